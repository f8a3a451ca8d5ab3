#include "engine/cli/grid.h"

#include "engine/arena.h"
#include "engine/problems.h"
#include "search/samplers.h"

static enum hone_code count_points(const struct hone_space *space, const void *config,
    uint64_t *ret_count, struct hone_err *err) {
    const struct hone_sampler_setup setup = {
        .space = space, .budget = UINT64_MAX, .folds = 1, .config = config};
    struct hone_sampler *sampler = NULL;
    enum hone_code code = hone_sampler_create(&hone_sampler_grid, &setup, &sampler, err);

    if (code == HONE_OK) {
        *ret_count = hone_sampler_size(sampler);
    }
    hone_sampler_free(sampler);
    return code;
}

enum hone_code cli_grid_points(const struct hone_space *space, uint64_t *ret_count,
    struct hone_err *err) {
    const struct hone_sampler_type *grid = &hone_sampler_grid;
    struct hone_problems uncountable = {0};
    struct hone_arena arena = {0};
    void *config = hone_arena_new(&arena, grid->config_size);
    enum hone_code code = HONE_OK;

    *ret_count = 0;
    if (config == NULL) {
        code = hone_fail(err, HONE_E_NOMEM, "the grid");
        goto out;
    }
    hone_options_preset(grid->options, config);
    grid->check(space, config, &uncountable);
    if (uncountable.count == 0) {
        code = count_points(space, config, ret_count, err);
    }
out:
    hone_problems_finish(&uncountable);
    hone_arena_finish(&arena);
    return code;
}
