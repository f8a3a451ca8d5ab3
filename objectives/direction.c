/* Objective `direction`: nothing is evaluated here. Values are told from
 * outside, by ask and tell, and all there is to say is which are good. */
#include "engine/alloc.h"
#include "objectives/objectives.h"

static const char *const direction_names[] = {"minimize", "maximize", NULL};

struct direction_config {
    int direction; /* index into direction_names */
};

static const struct hone_option direction_options[] = {
    HONE_ONE_OF(struct direction_config, direction, direction_names, 0, "which values are good"),
    HONE_OPTIONS_END,
};

static enum hone_code configure(const struct hone_objective_setup *setup, struct hone_arena *arena,
    const void **ret_config, struct hone_problems *problems, struct hone_err *err) {
    struct direction_config *config = hone_arena_new(arena, sizeof(*config));

    if (config == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "reading objective");
    }
    hone_options_read(direction_options, "objective", hone_value_get(setup->spec, "objective"),
        config, problems);
    *ret_config = config;
    return HONE_OK;
}

static enum hone_code direction_open(const struct hone_objective_setup *setup,
    struct hone_objective **ret, struct hone_err *err) {
    const struct direction_config *config = setup->config;
    struct hone_objective *self = hone_new(sizeof(*self));

    if (self == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "opening the objective");
    }
    *self = (struct hone_objective){
        .type = &hone_objective_direction, .folds = 1, .maximize = config->direction == 1,
        .metric = "value",
    };
    *ret = self;
    return HONE_OK;
}

static void describe(const struct hone_objective *self, struct hone_buf *ret_lines) {
    (void)self;
    hone_buf_add(ret_lines, "objective: values are told through 'hone pipe'\n");
}

static void direction_close(struct hone_objective *self) {
    hone_free(self);
}

const struct hone_objective_type hone_objective_direction = {
    .name = "direction", .summary = "nothing else: values are told through 'hone pipe'",
    .configure = configure, .open = direction_open, .describe = describe,
    .close = direction_close,
};
