/* Points to try first: the defaults, or a list in the spec. */
#include "engine/plan.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { KEY_BYTES = 300 };

static void unknown_param(const struct hone_space *space, const struct hone_entry *entry,
    const char *key, struct hone_problems *problems) {
    const char *near = NULL;

    if (problems->count < HONE_PROBLEMS_SHOWN) { /* a search through all names */
        near = hone_space_nearest(space, entry->key);
    }
    hone_problem(problems, entry->place, key, "there is no parameter '%.100s'; %s%s%s", entry->key,
        near != NULL ? "did you mean '" : "it should be one of the space",
        near != NULL ? near : "", near != NULL ? "'?" : "");
}

static void read_coordinate(const struct hone_space *space, const struct hone_entry *entry,
    const char *key, double *x_value, struct hone_problems *problems) {
    size_t p = hone_space_find(space, entry->key);
    struct hone_buf why = {0};

    if (p == space->n) {
        unknown_param(space, entry, key, problems);
    } else if (!hone_param_parse(&space->param[p], entry->value, &x_value[p], &why)) {
        hone_problem(problems, entry->value->place, key, "%s: %s", entry->key,
            hone_buf_text(&why));
    }
    hone_buf_finish(&why);
}

/* A parameter given though its conditions do not hold would be dropped in
 * silence: say so instead. */
static void check_active(const struct hone_space *space, const struct hone_value *point,
    const char *key, const double *x_value, struct hone_problems *problems) {
    for (size_t i = 0; i < point->count; i++) {
        size_t p = hone_space_find(space, point->entry[i].key);

        if (p < space->n && isnan(x_value[p])) {
            hone_problem(problems, point->entry[i].place, key,
                "'%s' is not active at this point; it should be left out", space->param[p].name);
        }
    }
}

static void read_point(const struct hone_plan *plan, const double *presets,
    const struct hone_value *point, size_t index, double *ret_x_value,
    struct hone_problems *problems) {
    size_t before = problems->count;
    char key[KEY_BYTES];

    (void)snprintf(key, sizeof(key), "search.first[%zu]", index);
    for (size_t p = 0; p < plan->space.n; p++) {
        ret_x_value[p] = NAN;
    }
    if (point->type != HONE_MAP) {
        hone_problem(problems, point->place, key,
            "%s stands here; it should be a mapping such as {lr: 0.1}",
            hone_value_type_name(point->type));
        return;
    }
    for (size_t i = 0; i < point->count; i++) {
        read_coordinate(&plan->space, &point->entry[i], key, ret_x_value, problems);
    }
    if (problems->count == before) {
        hone_space_complete(&plan->space, presets, ret_x_value);
        check_active(&plan->space, point, key, ret_x_value, problems);
    }
}

static bool is_word(const struct hone_value *value, const char *word) {
    return value != NULL && value->type == HONE_TEXT && strcmp(value->text, word) == 0;
}

/* Whether trial 0 is the defaults: as asked, else yes. A sampler that visits
 * a known set of points (size) starts with its own. */
static bool wants_default(const struct hone_plan *plan, const struct hone_value *first) {
    return first != NULL ? is_word(first, "default") : plan->sampler->size == NULL;
}

enum hone_code hone_first_read(struct hone_plan *plan, const struct hone_value *first,
    struct hone_problems *problems, struct hone_err *err) {
    size_t n = plan->space.n;
    bool listed = first != NULL && first->type == HONE_LIST;
    size_t count = listed ? first->count : wants_default(plan, first) ? 1 : 0;
    double *presets = hone_arena_array(&plan->arena, n, sizeof(*presets));
    double *x_default = hone_arena_array(&plan->arena, n, sizeof(*x_default));
    double *points = hone_arena_array(&plan->arena, count * n, sizeof(*points));

    if (presets == NULL || x_default == NULL || points == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "out of memory for the first points");
    }
    for (size_t p = 0; p < n; p++) {
        presets[p] = NAN;
        x_default[p] = NAN;
    }
    if (problems->count == 0 && plan->objective->presets != NULL) {
        plan->objective->presets(&plan->setup, presets);
    }
    hone_space_complete(&plan->space, presets, x_default);
    if (first != NULL && !listed && !is_word(first, "default") && !is_word(first, "none")) {
        hone_problem(problems, first->place, "search.first",
            "it should be default, none, or a list of points such as [{lr: 0.1}]");
    }
    for (size_t i = 0; listed && i < count; i++) {
        read_point(plan, presets, first->item[i], i, points + i * n, problems);
    }
    if (!listed && count == 1) {
        memcpy(points, x_default, n * sizeof(*points));
    }
    plan->x_default = x_default;
    plan->first = points;
    plan->first_count = count;
    return HONE_OK;
}
