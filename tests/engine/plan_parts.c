#include "tests/engine/plan_parts.h"

#include <stddef.h>

static const struct hone_option walk_options[] = {
    HONE_INTEGER(struct plan_parts_walk, stride, 3, 1, 10, "how far"),
    HONE_OPTIONS_END,
};

static const struct hone_sampler_type walk = {
    .name = "walk", .summary = "goes on and on",
    .options = walk_options, .config_size = sizeof(struct plan_parts_walk),
};

static void lattice_check(const struct hone_space *space, const void *config,
    struct hone_problems *problems) {
    (void)config;
    for (size_t p = 0; p < space->n; p++) {
        if (hone_param_levels(&space->param[p]) == 0) {
            hone_problem(problems, space->param[p].place, space->param[p].name,
                "a lattice cannot visit it; it should have a step");
        }
    }
}

static uint64_t lattice_size(const struct hone_sampler *self) {
    (void)self;
    return 1;
}

static const struct hone_sampler_type lattice = {
    .name = "lattice", .summary = "all of them", .check = lattice_check, .size = lattice_size,
};

/* What `model:` itself says is beside the point here. */
struct model_config {
    struct plan_parts_model part;
    const char *model;
};

static const struct hone_option model_options[] = {
    HONE_WORDS(struct model_config, model, "its kind"),
    {.name = "epochs", .kind = HONE_OPTION_INT,
        .offset = offsetof(struct model_config, part.epochs), .preset = 30, .low = 1, .high = 1000},
    HONE_OPTIONS_END,
};

static enum hone_code model_configure(const struct hone_objective_setup *setup,
    struct hone_arena *arena, const void **ret_config, struct hone_problems *problems,
    struct hone_err *err) {
    static const struct hone_option *const tables[] = {model_options, NULL};
    const struct hone_value *section = hone_value_get(setup->spec, "objective");
    void *config = hone_arena_new(arena, sizeof(struct model_config));

    if (config == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "out of memory");
    }
    hone_options_read(model_options, "objective", section, config, problems);
    hone_options_unknown(tables, "objective", section, problems);
    *ret_config = config;
    return HONE_OK;
}

static void model_presets(const struct hone_objective_setup *setup, double *ret_x_value) {
    size_t lr = hone_space_find(setup->space, "lr");

    if (lr < setup->space->n) {
        ret_x_value[lr] = 0.25;
    }
}

/* Plans are loaded here and never run. */
static enum hone_code evaluate(const struct hone_objective *self, const struct hone_job *job,
    struct hone_result *ret_result, struct hone_err *err) {
    (void)self;
    (void)job;
    (void)ret_result;
    return hone_fail(err, HONE_E_NOMEM, "out of memory");
}

static const char *const model_sections[] = {"data", "cv", NULL};

static const struct hone_objective_type model = {
    .name = "model", .sections = model_sections, .configure = model_configure,
    .presets = model_presets, .evaluate = evaluate,
};

static enum hone_code configure_nothing(const struct hone_objective_setup *setup,
    struct hone_arena *arena, const void **ret_config, struct hone_problems *problems,
    struct hone_err *err) {
    (void)setup;
    (void)arena;
    (void)problems;
    (void)err;
    *ret_config = NULL;
    return HONE_OK;
}

static const struct hone_objective_type function = {
    .name = "function", .configure = configure_nothing, .evaluate = evaluate,
};

static const struct hone_objective_type direction = {
    .name = "direction", .configure = configure_nothing,
};

static const struct hone_sampler_type *const samplers[] = {&walk, &lattice, NULL};
static const struct hone_objective_type *const objectives[] = {&model, &function, &direction,
    NULL};

const struct hone_registry plan_parts = {
    .samplers = samplers, .objectives = objectives, .default_sampler = &walk,
};

enum hone_code plan_parts_load(struct hone_plan *plan, const struct hone_value *root,
    struct hone_problems *problems, struct hone_err *err) {
    const struct hone_spec spec = {.root = root, .name = "from-file", .text = "text",
        .file = "s", .folder = "/folder"};

    *plan = (struct hone_plan){0};
    *problems = (struct hone_problems){.file = "s"};
    return hone_plan_load(plan, &spec, &plan_parts, problems, err);
}
