/* Curves of folds that run are stored while they grow, so that whoever looks at the
 * study sees them, and a crash leaves them.
 *
 * A transaction syncs, so points wait to share one: they are put once a second at
 * most, and those of a fold that ends sooner come with its result. */
#ifndef HONE_ENGINE_STREAM_H
#define HONE_ENGINE_STREAM_H

#include "engine/err.h"
#include "engine/pool.h"
#include "engine/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A fold whose curve has got new points. */
struct hone_stream_fold {
    uint64_t trial;
    size_t fold;
    int64_t started_ms; /* wall time */
};

/* Of one run; its coordinator's. Zero-initialise. */
struct hone_stream {
    double put_at; /* when points were put last, by hone_clock_seconds */
    struct hone_result copy; /* of a fold that runs, see hone_pool_copy_points */
    size_t workers;
    size_t grown_count;
    struct hone_stream_fold *grown; /* (workers) of the turn, to be told of */
};

HONE_MUST_CHECK enum hone_code hone_stream_init(struct hone_stream *stream, size_t workers,
    struct hone_err *err);

/* Whether it is time for a turn, for the points that are there. Not in a turn. */
bool hone_stream_is_due(const struct hone_stream *stream, struct hone_pool *pool);

/* Puts the new points of all workers' folds, if it is time to; `grown` then says of
 * which. In a turn. */
HONE_MUST_CHECK enum hone_code hone_stream_put(struct hone_stream *stream, struct hone_pool *pool,
    struct hone_store *store, struct hone_err *err);

void hone_stream_finish(struct hone_stream *stream);

#endif
