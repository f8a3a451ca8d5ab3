#include "engine/cli/study.h"

#include "engine/cli/grid.h"
#include "engine/cli/learnt.h"
#include "engine/cli/yaml.h"
#include "search/samplers.h"

#include <string.h>

struct keeping {
    struct hone_arena *arena;
    struct hone_study_row *row;
    bool kept;
};

static bool keep_text(struct hone_arena *arena, const char **text) {
    if (*text != NULL) {
        *text = hone_arena_text(arena, *text, strlen(*text));
        return *text != NULL;
    }
    return true;
}

static bool keep_row(void *self, const struct hone_study_row *row) {
    struct keeping *keeping = self;
    struct hone_study_row *kept = keeping->row;
    struct hone_arena *arena = keeping->arena;

    *kept = *row;
    keeping->kept = keep_text(arena, &kept->name) && keep_text(arena, &kept->spec_text) &&
                    keep_text(arena, &kept->spec_file) && keep_text(arena, &kept->folder) &&
                    keep_text(arena, &kept->fingerprint) && keep_text(arena, &kept->sampler) &&
                    keep_text(arena, &kept->metric) && keep_text(arena, &kept->data_hash) &&
                    keep_text(arena, &kept->fold_hash);
    return false;
}

enum hone_code cli_study_read(struct hone_db *db, const char *name, struct hone_arena *arena,
    struct hone_study_row *ret_row, struct hone_err *err) {
    struct hone_study_row row = {0};
    struct keeping keeping = {.arena = arena, .row = &row};
    enum hone_code code = hone_db_study(db, name, keep_row, &keeping, err);

    if (code != HONE_OK) {
        return code;
    }
    if (!keeping.kept) {
        return hone_fail(err, HONE_E_NOMEM, "reading study '%s'", name);
    }
    *ret_row = row;
    return HONE_OK;
}

enum hone_code cli_study_plan(const struct hone_study_row *row, struct cli_spec *spec,
    struct hone_err *err) {
    spec->stored = true;
    hone_buf_add(&spec->text, row->spec_text);
    return cli_spec_load_text(spec, row->name, row->spec_file, row->folder, err);
}

enum hone_code cli_study_space(const struct hone_study_row *row, struct hone_arena *arena,
    struct hone_space *ret_space, struct hone_err *err) {
    struct hone_problems problems = {.file = row->spec_file};
    const struct hone_value *root = NULL;
    struct hone_space space = {0};
    enum hone_code code = cli_yaml_read(row->spec_text, strlen(row->spec_text), arena, &problems,
        &root, err);

    if (code == HONE_OK) {
        code = hone_space_read(hone_value_get(root, "space"), arena, &space, &problems, err);
    }
    if (code == HONE_OK && problems.count > 0) {
        code = hone_fail(err, HONE_E_CORRUPT, "the stored spec of study '%s' cannot be read: %s",
            row->name, hone_buf_text(&problems.lines));
    }
    if (code == HONE_OK) {
        *ret_space = space;
    }
    hone_problems_finish(&problems);
    return code;
}

uint64_t cli_study_trials(const struct hone_study_row *row) {
    return cli_study_finished(row) + row->count[HONE_WAITING] + row->count[HONE_RUNNING];
}

uint64_t cli_study_finished(const struct hone_study_row *row) {
    return row->count[HONE_COMPLETE] + row->count[HONE_PRUNED] + row->count[HONE_FAILED];
}

bool cli_study_has_enough(struct hone_db *db, const struct hone_study_row *row) {
    struct hone_arena arena = {0};
    struct cli_learnt learnt = {0};
    struct hone_err unused;
    const bool asks = strstr(row->fingerprint, "search.stop = \"auto\"\n") != NULL;
    const bool has_enough =
        asks && cli_learnt_of_all(db, row, &arena, &learnt, &unused) == HONE_OK &&
        learnt.is_known && learnt.row.is_enough;

    hone_arena_finish(&arena);
    return has_enough;
}

static bool is_by(const struct hone_study_row *row, const struct hone_sampler_type *sampler) {
    return strcmp(row->sampler, sampler->name) == 0;
}

/* Without `points:`, which is for grids alone. */
static bool forget_points(struct hone_space *space, struct hone_arena *arena) {
    struct hone_param *param = hone_arena_array(arena, space->n, sizeof(*param));

    for (size_t p = 0; param != NULL && p < space->n; p++) {
        param[p] = space->param[p];
        param[p].points = 0;
    }
    space->param = param;
    return param != NULL;
}

/* Of a whole grid, or of a space of which the sampler proposes each point once.
 * UINT64_MAX when there is no end, or none that can be had: who only looks shows what he
 * can. */
static uint64_t count_points(const struct hone_study_row *row) {
    struct hone_arena arena = {0};
    struct hone_space space;
    struct hone_err unused;
    uint64_t points = 0;

    if (is_by(row, &hone_sampler_random) || is_by(row, &hone_sampler_sobol)) {
        return UINT64_MAX;
    }
    if (cli_study_space(row, &arena, &space, &unused) != HONE_OK ||
        (!is_by(row, &hone_sampler_grid) && !forget_points(&space, &arena)) ||
        cli_grid_points(&space, &points, &unused) != HONE_OK || points == 0) {
        points = UINT64_MAX;
    }
    hone_arena_finish(&arena);
    return points;
}

uint64_t cli_study_budget(const struct hone_study_row *row) {
    uint64_t points = count_points(row);

    return points <= row->budget ? points : row->budget + row->imported;
}
