#include "engine/cli/stats/findings.h"

#include "engine/cli/table.h"

#include <stdlib.h>
#include <string.h>

const double cli_tied_level = 0.05;

/* ---- Importance ---- */

enum hone_code cli_findings_importance(const struct cli_record *record, struct hone_arena *arena,
    struct cli_importances *ret, struct hone_err *err) {
    const struct hone_space *space = &record->spec.plan.space;
    double *x_value = hone_arena_array(arena, record->count * space->n, sizeof(*x_value));
    double *loss = hone_arena_array(arena, record->count, sizeof(*loss));
    size_t n = 0;

    ret->param = hone_arena_array(arena, space->n, sizeof(*ret->param));
    if (x_value == NULL || loss == NULL || ret->param == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "the importance of %zu parameters", space->n);
    }
    for (size_t i = 0; i < record->count; i++) {
        if (cli_record_has_value(&record->trial[i])) {
            memcpy(x_value + n * space->n, record->x_value + i * space->n,
                space->n * sizeof(*x_value));
            loss[n++] = cli_record_loss(record, record->trial[i].value);
        }
    }
    return cli_importance_find(space, n, x_value, loss, record->study.seed, ret, err);
}

/* ---- Ties ---- */

struct ranked {
    double loss;
    bool is_first;
    size_t number;
};

static int compare(const void *a, const void *b) {
    const struct ranked *x = a;
    const struct ranked *y = b;

    if (x->is_first != y->is_first) {
        return x->is_first ? -1 : 1;
    }
    if (x->loss != y->loss) {
        return x->loss < y->loss ? -1 : 1;
    }
    return (x->number > y->number) - (x->number < y->number);
}

/* Complete trials, `first` and then the others by loss; returns how many. */
static size_t rank(const struct cli_record *record, size_t first, struct ranked *ret) {
    size_t count = 0;

    for (size_t i = 0; i < record->count; i++) {
        if (record->trial[i].state == HONE_COMPLETE) {
            ret[count++] = (struct ranked){
                cli_record_loss(record, record->trial[i].value), i == first, i};
        }
    }
    qsort(ret, count, sizeof(*ret), compare);
    return count;
}

static size_t first_of(const struct cli_record *record) {
    const size_t chosen = record->recommended;
    const size_t best = cli_record_best(record);

    return chosen < record->count &&
                   cli_looks_same(record->trial[chosen].value, record->trial[best].value)
               ? chosen
               : best;
}

enum hone_code cli_findings_ties(const struct cli_record *record,
    struct hone_arena *arena, struct cli_ties *ret, struct hone_err *err) {
    const size_t folds = record->folds;
    struct ranked *ranked = hone_arena_array(arena, record->count, sizeof(*ranked));
    double *value = hone_arena_array(arena, record->count, folds * sizeof(*value));
    struct cli_ties ties = {
        .number = hone_arena_array(arena, record->count, sizeof(*ties.number)),
        .p = hone_arena_array(arena, record->count, sizeof(*ties.p)),
        .tied = hone_arena_array(arena, record->count, sizeof(*ties.tied)),
    };

    if (ranked == NULL || value == NULL || ties.number == NULL || ties.p == NULL ||
        ties.tied == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "comparing %zu trials", record->count);
    }
    ties.count = rank(record, first_of(record), ranked);
    for (size_t i = 0; i < ties.count; i++) {
        ties.number[i] = ranked[i].number;
        memcpy(value + i * folds, record->fold_value + ranked[i].number * folds,
            folds * sizeof(*value));
    }
    cli_paired_ties(ties.count, folds, value, 0, record->test_over_train, cli_tied_level, ties.p,
        ties.tied);
    for (size_t i = 0; i < ties.count; i++) {
        ties.tied_count += ties.tied[i];
    }
    *ret = ties;
    return HONE_OK;
}
