#include "engine/plan.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { NAMES_LIMIT = 64 };

static const char *const order_names[] = {"strict", "free", NULL};
static const char *const stop_names[] = {"off", "auto", NULL};

struct search_config {
    const char *method;
    int64_t trials;
    const struct hone_value *first;
    double timeout;
    int64_t max_failures;
    const struct hone_value *parallel;
    int order;
    int stop;
    const struct hone_value *learn_from;
};

const struct hone_option hone_search_options[] = {
    HONE_WORDS(struct search_config, method, "how points are proposed; gp by default"),
    HONE_INTEGER(struct search_config, trials, HONE_DEFAULT_TRIALS, 1, 1e12,
        "budget of finished trials; a grid takes all its points unless fewer are asked"),
    HONE_ANYTHING(struct search_config, first,
        "default, also when not given: trial 0 is the defaults; none; or a list of points to try "
        "first"),
    HONE_SECONDS(struct search_config, timeout, INFINITY, "ask for no new trial after this time"),
    HONE_INTEGER(struct search_config, max_failures, 0, 0, 1e12,
        "end when so many trials failed and none is complete; 0: never; infeasible ones do not "
        "count"),
    HONE_ANYTHING(struct search_config, parallel,
        "trials in flight at once, part of the search; auto, also when not given: 1 + workers / "
        "folds, rounded up; 1 + workers where folds race"),
    HONE_ONE_OF(struct search_config, order, order_names, 0,
        "strict: one search, one answer; free: each trial uses whatever has finished"),
    HONE_ONE_OF(struct search_config, stop, stop_names, 0,
        "auto: end when the remaining gain is below the noise of a trial (gp); off: the budget "
        "alone ends the search"),
    HONE_TEXTS(struct search_config, learn_from,
        "earlier studies of the database: their trials, where they evaluated the same, else their "
        "best points to try first"),
    HONE_OPTIONS_END,
};

struct spec_config {
    const char *study;
    int64_t seed;
    const struct hone_value *data, *cv, *objective, *space, *search;
};

static const struct hone_option spec_options[] = {
    HONE_WORDS(struct spec_config, study, "name of the study"),
    HONE_INTEGER(struct spec_config, seed, 0, 0, 9.2e18, "the whole search follows from it"),
    HONE_ANYTHING(struct spec_config, data, "where the data is"),
    HONE_ANYTHING(struct spec_config, cv, "how it is split"),
    HONE_ANYTHING(struct spec_config, objective, "what is evaluated"),
    HONE_ANYTHING(struct spec_config, space, "what is searched"),
    HONE_ANYTHING(struct spec_config, search, "how it is searched"),
    HONE_OPTIONS_END,
};

struct loader {
    struct hone_plan *plan;
    const struct hone_spec *spec;
    const struct hone_registry *registry;
    struct hone_problems *problems;
    struct hone_err *err;
    struct spec_config top;
    struct search_config search;
    bool space_sound, search_sound;
};

bool hone_plan_name_is_good(const char *name) {
    static const char *const allowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    size_t length = strspn(name, allowed);

    return length >= 1 && length <= HONE_NAME_LIMIT && name[length] == '\0';
}

static struct hone_place place_of(const struct hone_value *map, const char *key) {
    const struct hone_value *value = hone_value_get(map, key);

    return value != NULL ? value->place : map != NULL ? map->place : (struct hone_place){0};
}

static void load_top(struct loader *l) {
    static const struct hone_option *const tables[] = {spec_options, NULL};
    struct hone_plan *plan = l->plan;
    const struct hone_value *root = l->spec->root;

    hone_options_read(spec_options, "", root, &l->top, l->problems);
    hone_options_unknown(tables, "", root, l->problems);
    plan->name = l->top.study != NULL ? l->top.study : l->spec->name;
    plan->seed = (uint64_t)l->top.seed;
    if (!hone_plan_name_is_good(plan->name)) {
        hone_problem(l->problems, place_of(root, "study"), "study",
            "'%.120s' cannot name a study; it should be 1 to %d of A-Z a-z 0-9 . _ -", plan->name,
            HONE_NAME_LIMIT);
    }
    if (l->top.space == NULL) {
        hone_problem(l->problems, root->place, "space",
            "it is missing; it should say what is searched, such as"
            " space: {x: {type: float, low: 0, high: 1}}");
    }
}

static enum hone_code load_space(struct loader *l) {
    struct hone_plan *plan = l->plan;
    size_t before = l->problems->count;
    enum hone_code code;

    code = hone_space_read(l->top.space, &plan->arena, &plan->space, l->problems, l->err);
    l->space_sound = l->problems->count == before;
    return code;
}

/* The objective's type is the one whose name is a key of `objective:`; for a
 * type that is told its values, the only key. */
static bool is_chosen(const struct hone_value *objective, const struct hone_objective_type *type) {
    return hone_value_get(objective, type->name) != NULL &&
           (!hone_objective_is_told(type) || objective->count == 1);
}

static const struct hone_objective_type *find_objective(const struct loader *l,
    size_t *ret_matches) {
    const struct hone_objective_type *found = NULL;

    *ret_matches = 0;
    for (size_t i = 0; l->registry->objectives[i] != NULL; i++) {
        if (is_chosen(l->top.objective, l->registry->objectives[i])) {
            found = l->registry->objectives[i];
            *ret_matches += 1;
        }
    }
    return found;
}

static void add_names(const struct loader *l, bool told, const char *before,
    struct hone_buf *names) {
    for (size_t i = 0; l->registry->objectives[i] != NULL; i++) {
        if (hone_objective_is_told(l->registry->objectives[i]) == told) {
            hone_buf_printf(names, "%s%s", before, l->registry->objectives[i]->name);
            before = ", ";
        }
    }
}

/* "function and model" */
static void add_chosen(const struct loader *l, struct hone_buf *names) {
    const char *before = "";

    for (size_t i = 0; l->registry->objectives[i] != NULL; i++) {
        if (is_chosen(l->top.objective, l->registry->objectives[i])) {
            hone_buf_printf(names, "%s%s", before, l->registry->objectives[i]->name);
            before = " and ";
        }
    }
}

static void missing_objective(struct loader *l) {
    struct hone_buf names = {0};
    struct hone_buf chosen = {0};

    add_chosen(l, &chosen);
    add_names(l, false, "", &names);
    add_names(l, true, "; or, where values are told, nothing but ", &names);
    hone_problem(l->problems, place_of(l->spec->root, "objective"), "objective",
        "%s%s; it should have exactly one of: %s",
        chosen.length > 0 ? "it says " : "it does not say what is evaluated",
        hone_buf_text(&chosen), hone_buf_text(&names));
    hone_buf_finish(&names);
    hone_buf_finish(&chosen);
}

static bool reads_section(const struct hone_objective_type *type, const char *section) {
    for (size_t i = 0; type->sections != NULL && type->sections[i] != NULL; i++) {
        if (strcmp(type->sections[i], section) == 0) {
            return true;
        }
    }
    return false;
}

static void check_sections(struct loader *l) {
    static const char *const optional[] = {"data", "cv"};

    for (size_t i = 0; i < sizeof(optional) / sizeof(optional[0]); i++) {
        const struct hone_value *section = hone_value_get(l->spec->root, optional[i]);

        if (section != NULL && !reads_section(l->plan->objective, optional[i])) {
            hone_problem(l->problems, section->place, optional[i],
                "an objective of kind '%s' does not read it; it should be left out",
                l->plan->objective->name);
        }
    }
}

static enum hone_code load_objective(struct loader *l) {
    struct hone_plan *plan = l->plan;
    size_t matches;

    plan->objective = find_objective(l, &matches);
    if (matches != 1) {
        missing_objective(l);
        return HONE_OK;
    }
    check_sections(l);
    plan->setup = (struct hone_objective_setup){.spec = l->spec->root,
        .data_file = l->spec->data_file, .space = &plan->space,
        .folder = plan->folder, .seed = plan->seed};
    return plan->objective->configure(&plan->setup, &plan->arena, &plan->setup.config, l->problems,
        l->err);
}

static const struct hone_sampler_type *find_sampler(const struct hone_registry *registry,
    const char *name) {
    for (size_t i = 0; registry->samplers[i] != NULL; i++) {
        if (strcmp(registry->samplers[i]->name, name) == 0) {
            return registry->samplers[i];
        }
    }
    return NULL;
}

static void unknown_method(struct loader *l) {
    const char *names[NAMES_LIMIT] = {NULL};
    struct hone_buf known = {0};
    size_t count = 0;
    const char *near;

    for (; l->registry->samplers[count] != NULL && count < NAMES_LIMIT; count++) {
        names[count] = l->registry->samplers[count]->name;
        hone_buf_printf(&known, "%s%s", count > 0 ? ", " : "", names[count]);
    }
    near = hone_nearest(l->search.method, names, count);
    hone_problem(l->problems, place_of(l->top.search, "method"), "search.method",
        "there is no method '%.60s'; it should be one of %s%s%s%s", l->search.method,
        hone_buf_text(&known), near != NULL ? " (did you mean '" : "", near != NULL ? near : "",
        near != NULL ? "'?)" : "");
    hone_buf_finish(&known);
}

/* Which keys may stand beside a method that does not exist is not known: those that may
 * beside any. */
static void check_any_keys(struct loader *l) {
    const struct hone_option *tables[NAMES_LIMIT + 2] = {hone_search_options};
    size_t count = 1;

    for (size_t i = 0; l->registry->samplers[i] != NULL && count <= NAMES_LIMIT; i++) {
        if (l->registry->samplers[i]->options != NULL) {
            tables[count++] = l->registry->samplers[i]->options;
        }
    }
    hone_options_unknown(tables, "search", l->top.search, l->problems);
}

static void load_parallel(struct loader *l) {
    const struct hone_value *value = l->search.parallel;
    bool is_auto = value == NULL || (value->type == HONE_TEXT && strcmp(value->text, "auto") == 0);

    if (is_auto) {
        return;
    }
    if (value->type != HONE_INT || value->integer < 1 || value->integer > 100000) {
        hone_problem(l->problems, value->place, "search.parallel",
            "it should be auto or an integer from 1 to 100000");
        return;
    }
    l->plan->parallel = (uint64_t)value->integer;
}

static void check_learn_from(struct loader *l) {
    const struct hone_value *studies = l->search.learn_from;

    if (studies == NULL || (studies->type == HONE_LIST && studies->count == 0)) {
        return;
    }
    l->plan->learn_from = studies;
    for (size_t i = 0; studies->type == HONE_LIST && i < studies->count; i++) {
        if (studies->item[i]->type != HONE_TEXT) {
            hone_problem(l->problems, studies->item[i]->place, "search.learn_from",
                "%s stands here; it should be the name of a study",
                hone_value_type_name(studies->item[i]->type));
        }
    }
    if (studies->type != HONE_LIST && studies->type != HONE_TEXT) {
        hone_problem(l->problems, studies->place, "search.learn_from",
            "%s stands here; it should be the name of a study, or a list of names",
            hone_value_type_name(studies->type));
    }
    if (l->plan->sampler != NULL && l->plan->sampler->blind) {
        hone_problem(l->problems, studies->place, "search.learn_from",
            "method '%s' looks at no results; it should be left out, or the method be gp or tpe",
            l->plan->sampler->name);
    }
}

/* Which needs a model that says what is to be gained. */
static void check_stop(struct loader *l) {
    const struct hone_sampler_type *type = l->plan->sampler;

    l->plan->stop_auto = l->search.stop == 1;
    if (l->plan->stop_auto && type != NULL && type->reflect == NULL && !l->spec->stored) {
        hone_problem(l->problems, place_of(l->top.search, "stop"), "search.stop",
            "method '%s' cannot tell what is to be gained yet; it should be left out, or the method"
            " be gp", type->name);
    }
}

static enum hone_code load_sampler(struct loader *l) {
    struct hone_plan *plan = l->plan;
    const struct hone_sampler_type *type = plan->sampler;
    const struct hone_option *tables[] = {hone_search_options, type->options, NULL};
    void *config = hone_arena_new(&plan->arena, type->config_size);

    if (config == NULL) {
        return hone_fail(l->err, HONE_E_NOMEM, "out of memory for the plan");
    }
    hone_options_preset(type->options, config);
    if (l->top.search != NULL && l->top.search->type == HONE_MAP) { /* else noted before */
        hone_options_read(type->options, "search", l->top.search, config, l->problems);
    }
    hone_options_unknown(tables, "search", l->top.search, l->problems);
    plan->sampler_config = config;
    return HONE_OK;
}

static enum hone_code load_search(struct loader *l) {
    struct hone_plan *plan = l->plan;
    size_t before = l->problems->count;
    enum hone_code code;

    hone_options_read(hone_search_options, "search", l->top.search, &l->search, l->problems);
    plan->sampler = l->registry->default_sampler;
    if (l->search.method != NULL) {
        plan->sampler = find_sampler(l->registry, l->search.method);
    }
    load_parallel(l);
    check_learn_from(l);
    check_stop(l);
    plan->timeout_seconds = l->search.timeout;
    plan->max_failures = (uint64_t)l->search.max_failures;
    plan->order_free = l->search.order == 1;
    if (plan->sampler == NULL) {
        unknown_method(l);
        check_any_keys(l);
        plan->sampler = l->registry->default_sampler;
        return HONE_OK;
    }
    plan->budget = (uint64_t)l->search.trials;
    if (plan->sampler->size != NULL && hone_value_get(l->top.search, "trials") == NULL) {
        plan->budget = UINT64_MAX;
    }
    code = load_sampler(l);
    l->search_sound = l->problems->count == before;
    return code;
}

/* What needs both a sound space and a sound search; the objective may have
 * problems of its own. */
static enum hone_code load_rest(struct loader *l) {
    struct hone_plan *plan = l->plan;

    if (!l->space_sound || !l->search_sound) {
        return HONE_OK;
    }
    if (plan->sampler->check != NULL) {
        plan->sampler->check(&plan->space, plan->sampler_config, l->problems);
    }
    return hone_first_read(plan, l->search.first, l->problems, l->err);
}

static bool root_is_mapping(struct loader *l) {
    const struct hone_value *root = l->spec->root;

    if (root->type == HONE_MAP) {
        return true;
    }
    hone_problem(l->problems, root->place, "",
        "%s stands here; a spec should be a mapping with data, objective, space and search",
        hone_value_type_name(root->type));
    return false;
}

static enum hone_code load_all(struct loader *l) {
    enum hone_code code;

    if (!root_is_mapping(l)) {
        return HONE_OK;
    }
    load_top(l);
    code = load_space(l);
    if (code == HONE_OK) {
        code = load_objective(l);
    }
    if (code == HONE_OK) {
        code = load_search(l);
    }
    if (code == HONE_OK) {
        code = load_rest(l);
    }
    if (code == HONE_OK) {
        code = hone_fingerprint(l->spec->root, &l->plan->arena, &l->plan->fingerprint, l->err);
    }
    return code;
}

enum hone_code hone_plan_load(struct hone_plan *plan, const struct hone_spec *spec,
    const struct hone_registry *registry, struct hone_problems *problems, struct hone_err *err) {
    struct loader l = {.plan = plan, .spec = spec, .registry = registry, .problems = problems,
        .err = err};
    enum hone_code code;

    plan->spec_text = spec->text;
    plan->spec_file = spec->file;
    plan->folder = spec->folder;
    code = load_all(&l);
    return code != HONE_OK ? code : hone_problems_verdict(problems, err);
}

void hone_plan_finish(struct hone_plan *plan) {
    hone_arena_finish(&plan->arena);
}

enum hone_code hone_plan_make_sampler(const struct hone_plan *plan,
    const struct hone_objective *objective, struct hone_sampler **ret, struct hone_err *err) {
    const struct hone_sampler_setup setup = {
        .space = &plan->space, .seed = plan->seed, .budget = plan->budget,
        .folds = objective->folds, .maximize = objective->maximize,
        .x_default = plan->x_default, .config = plan->sampler_config,
    };

    return hone_sampler_create(plan->sampler, &setup, ret, err);
}

bool hone_plan_is_ordered(const struct hone_plan *plan, bool race) {
    return !plan->order_free && (race || !plan->sampler->blind);
}

uint64_t hone_plan_parallel(const struct hone_plan *plan, size_t workers, size_t folds,
    bool race) {
    size_t at_once = race ? 1 : folds;

    if (plan->parallel > 0) {
        return plan->parallel;
    }
    return plan->sampler->blind && !race ? HONE_PARALLEL_OPEN
                                         : 1 + (workers + at_once - 1) / at_once;
}
