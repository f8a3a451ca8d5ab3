#include "engine/store.h"

#include <math.h>

enum hone_code hone_store_open_study(struct hone_store *store, const struct hone_study *study,
    struct hone_history *history, uint64_t *ret_parallel, struct hone_err *err) {
    uint64_t parallel = 0;
    enum hone_code code;

    hone_assert(study->name != NULL && study->fingerprint != NULL && study->space != NULL);
    hone_assert(study->folds >= 1 && study->parallel >= 1);
    hone_assert(history->count == 0);
    code = store->type->open_study(store, study, history, &parallel, err);
    if (code != HONE_OK) {
        return code;
    }
    hone_assert(parallel >= 1);
    hone_assert(history->count == 0 || history->params == study->space->n);
    hone_assert(history->count == 0 || history->folds == study->folds);
    *ret_parallel = parallel;
    return HONE_OK;
}

enum hone_code hone_store_begin(struct hone_store *store, struct hone_err *err) {
    return store->type->begin(store, err);
}

enum hone_code hone_store_has_news(struct hone_store *store, bool *ret_news,
    struct hone_err *err) {
    return store->type->has_news(store, ret_news, err);
}

enum hone_code hone_store_news(struct hone_store *store, struct hone_history *history,
    bool *ret_changed, struct hone_err *err) {
    const size_t before = history->count;
    bool changed = false;
    enum hone_code code = store->type->news(store, history, &changed, err);

    for (size_t i = before; code == HONE_OK && i < history->count; i++) {
        hone_assert(history->trial[i].state == HONE_WAITING || history->trial[i].elsewhere);
    }
    hone_assert(code != HONE_OK || changed || history->count == before);
    *ret_changed = changed;
    return code;
}

/* A finished trial has what its state promises: a number, or the reason for
 * not having one. */
enum hone_code hone_store_put_trial(struct hone_store *store, const struct hone_trial *trial,
    struct hone_err *err) {
    hone_assert(trial->state != HONE_COMPLETE || isfinite(trial->loss));
    hone_assert(trial->state != HONE_FAILED || trial->error != NULL);
    return store->type->put_trial(store, trial, err);
}

static enum hone_code forget_earlier(struct hone_store *store, const struct hone_result *result,
    struct hone_err *err) {
    hone_assert(result->curve_stored <= result->curve_count);
    hone_assert(!result->curve_again || result->curve_stored == 0);
    return result->curve_again
               ? store->type->forget_points(store, result->trial, result->fold, err)
               : HONE_OK;
}

enum hone_code hone_store_put_points(struct hone_store *store, const struct hone_result *so_far,
    struct hone_err *err) {
    enum hone_code code = forget_earlier(store, so_far, err);

    return code == HONE_OK && so_far->curve_count > so_far->curve_stored
               ? store->type->put_points(store, so_far, err)
               : code;
}

enum hone_code hone_store_put_result(struct hone_store *store, const struct hone_result *result,
    struct hone_err *err) {
    enum hone_code code = forget_earlier(store, result, err);

    hone_assert(result->outcome != HONE_OUTCOME_CANCELLED);
    hone_assert(result->outcome != HONE_OUTCOME_VALUE || isfinite(result->value));
    return code == HONE_OK ? store->type->put_result(store, result, err) : code;
}

enum hone_code hone_store_put_insight(struct hone_store *store,
    const struct hone_insight *insight, struct hone_err *err) {
    hone_assert(insight->is_known);
    return store->type->put_insight(store, insight, err);
}

enum hone_code hone_store_end(struct hone_store *store, struct hone_err *err) {
    return store->type->end(store, err);
}

void hone_store_close(struct hone_store *store) {
    if (store != NULL) {
        store->type->close(store);
    }
}
