#include "engine/space_reach.h"

#include "engine/arena.h"

/* The values of a parameter that all conditions met so far allow. */
struct allowed {
    bool is_asked;
    size_t count;
    double *x_value; /* (count) */
};

static bool allows(const struct allowed *allowed, double x_value) {
    for (size_t k = 0; k < allowed->count; k++) {
        if (allowed->x_value[k] == x_value) {
            return true;
        }
    }
    return !allowed->is_asked;
}

static enum hone_code narrow(struct allowed *allowed, const struct hone_condition *condition,
    struct hone_arena *arena, struct hone_err *err) {
    struct allowed both = {.is_asked = true};

    both.x_value = hone_arena_array(arena, condition->count, sizeof(*both.x_value));
    if (both.x_value == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "conditions of %zu values", condition->count);
    }
    for (size_t k = 0; k < condition->count; k++) {
        if (allows(allowed, condition->x_value[k])) {
            both.x_value[both.count++] = condition->x_value[k];
        }
    }
    *allowed = both;
    return HONE_OK;
}

/* Children before their parents. */
static enum hone_code walk_up(const struct hone_space *space, size_t p, struct allowed *allowed,
    struct hone_arena *arena, size_t *ret, struct hone_err *err) {
    for (size_t i = space->n; i-- > 0;) {
        const size_t at = space->order[i];
        const struct hone_param *param = &space->param[at];

        for (size_t c = 0; (at == p || allowed[at].is_asked) && c < param->condition_count; c++) {
            const size_t parent = param->condition[c].parent;
            const enum hone_code code =
                narrow(&allowed[parent], &param->condition[c], arena, err);

            if (code != HONE_OK) {
                return code;
            }
            if (allowed[parent].count == 0) {
                *ret = parent;
                return HONE_OK;
            }
        }
    }
    return HONE_OK;
}

enum hone_code hone_space_reach(const struct hone_space *space, size_t p, size_t *ret,
    struct hone_err *err) {
    struct hone_arena arena = {0};
    struct allowed *allowed = hone_arena_array(&arena, space->n, sizeof(*allowed));
    enum hone_code code;

    *ret = space->n;
    code = allowed == NULL
               ? hone_fail(err, HONE_E_NOMEM, "conditions of %zu parameters", space->n)
               : walk_up(space, p, allowed, &arena, ret, err);
    hone_arena_finish(&arena);
    return code;
}
