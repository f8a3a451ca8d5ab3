/* A store without a record, for runs that need none: tests, benchmarks, a first
 * try. It still counts, so that a coordinator that breaks the order of a turn
 * or of the trial numbers is found out here as it would be by a database. */
#include "storage/db.h"

#include "engine/alloc.h"

struct null_store {
    struct hone_store base;
    bool in_turn;
    uint64_t trials; /* numbers below are known */
};

static struct null_store *null_cast(struct hone_store *store);

static enum hone_code null_open_study(struct hone_store *store, const struct hone_study *study,
    struct hone_history *history, uint64_t *ret_parallel, struct hone_err *err) {
    (void)err;
    null_cast(store)->trials = history->count;
    *ret_parallel = study->parallel;
    return HONE_OK;
}

static enum hone_code null_begin(struct hone_store *store, struct hone_err *err) {
    struct null_store *self = null_cast(store);

    (void)err;
    hone_assert(!self->in_turn);
    self->in_turn = true;
    return HONE_OK;
}

static enum hone_code null_has_news(struct hone_store *store, bool *ret_news,
    struct hone_err *err) {
    (void)err;
    hone_assert(!null_cast(store)->in_turn);
    *ret_news = false;
    return HONE_OK;
}

static enum hone_code null_news(struct hone_store *store, struct hone_history *history,
    bool *ret_changed, struct hone_err *err) {
    (void)history;
    (void)ret_changed;
    (void)err;
    hone_assert(null_cast(store)->in_turn);
    return HONE_OK;
}

static enum hone_code null_put_trial(struct hone_store *store, const struct hone_trial *trial,
    struct hone_err *err) {
    struct null_store *self = null_cast(store);

    (void)err;
    hone_assert(self->in_turn);
    hone_assert(trial->number <= self->trials);
    self->trials += trial->number == self->trials;
    return HONE_OK;
}

static enum hone_code null_put_points(struct hone_store *store,
    const struct hone_result *so_far, struct hone_err *err) {
    struct null_store *self = null_cast(store);

    (void)err;
    hone_assert(self->in_turn);
    hone_assert(so_far->trial < self->trials);
    return HONE_OK;
}

static enum hone_code null_forget_points(struct hone_store *store, uint64_t trial, size_t fold,
    struct hone_err *err) {
    struct null_store *self = null_cast(store);

    (void)fold;
    (void)err;
    hone_assert(self->in_turn);
    hone_assert(trial < self->trials);
    return HONE_OK;
}

static enum hone_code null_put_result(struct hone_store *store, const struct hone_result *result,
    struct hone_err *err) {
    struct null_store *self = null_cast(store);

    (void)err;
    hone_assert(self->in_turn);
    hone_assert(result->trial < self->trials);
    return HONE_OK;
}

static enum hone_code null_put_insight(struct hone_store *store,
    const struct hone_insight *insight, struct hone_err *err) {
    (void)insight;
    (void)err;
    hone_assert(null_cast(store)->in_turn);
    return HONE_OK;
}

static enum hone_code null_end(struct hone_store *store, struct hone_err *err) {
    struct null_store *self = null_cast(store);

    (void)err;
    hone_assert(self->in_turn);
    self->in_turn = false;
    return HONE_OK;
}

static void null_close(struct hone_store *store) {
    hone_free(null_cast(store));
}

static const struct hone_store_type null_type = {
    .name = "null",
    .open_study = null_open_study,
    .has_news = null_has_news,
    .begin = null_begin,
    .news = null_news,
    .put_trial = null_put_trial,
    .put_points = null_put_points,
    .forget_points = null_forget_points,
    .put_result = null_put_result,
    .put_insight = null_put_insight,
    .end = null_end,
    .close = null_close,
};

static struct null_store *null_cast(struct hone_store *store) {
    hone_assert(store->type == &null_type);
    return (struct null_store *)store;
}

enum hone_code hone_null_store_new(struct hone_store **ret, struct hone_err *err) {
    struct null_store *self = hone_new(sizeof(*self));

    if (self == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for a store");
    }
    self->base.type = &null_type;
    *ret = &self->base;
    return HONE_OK;
}
