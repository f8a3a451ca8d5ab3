#include "engine/stream.h"

#include "engine/alloc.h"
#include "engine/clock.h"

/* Between two lots of points, and from the beginning of a fold to its first one. Soon
 * enough for who watches; a sync, of some milliseconds, is then lost in the work. */
static const double period_seconds = 1;

enum hone_code hone_stream_init(struct hone_stream *stream, size_t workers,
    struct hone_err *err) {
    stream->grown = hone_new_array(workers, sizeof(*stream->grown));
    if (stream->grown == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory to watch %zu workers", workers);
    }
    stream->workers = workers;
    return HONE_OK;
}

bool hone_stream_is_due(const struct hone_stream *stream, struct hone_pool *pool) {
    return hone_clock_seconds() - stream->put_at >= period_seconds &&
           hone_pool_has_points(pool, period_seconds);
}

static enum hone_code put_copy(struct hone_stream *stream, struct hone_store *store,
    struct hone_err *err) {
    const struct hone_result *copy = &stream->copy;

    stream->grown[stream->grown_count++] = (struct hone_stream_fold){
        .trial = copy->trial, .fold = copy->fold, .started_ms = copy->started_ms};
    return hone_store_put_points(store, copy, err);
}

enum hone_code hone_stream_put(struct hone_stream *stream, struct hone_pool *pool,
    struct hone_store *store, struct hone_err *err) {
    enum hone_code code = HONE_OK;

    stream->grown_count = 0;
    if (!hone_stream_is_due(stream, pool)) {
        return HONE_OK;
    }
    for (size_t w = 0; code == HONE_OK && w < stream->workers; w++) {
        bool any = false;

        code = hone_pool_copy_points(pool, w, period_seconds, &stream->copy, &any, err);
        if (code == HONE_OK && any) {
            code = put_copy(stream, store, err);
        }
    }
    stream->put_at = hone_clock_seconds();
    return code;
}

void hone_stream_finish(struct hone_stream *stream) {
    hone_result_finish(&stream->copy);
    hone_free(stream->grown);
}
