/* What the other engines of a study have done since, in the history of this one. */
#ifndef HONE_STORAGE_NEWS_H
#define HONE_STORAGE_NEWS_H

#include "engine/arena.h"
#include "engine/trial.h"
#include "storage/sql.h"
#include "storage/trial_rows.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zero-initialise, finish in any case; what it points to stays the store's. */
struct hone_news {
    struct hone_db *db;
    struct hone_trial_writer *writer;
    struct hone_trial_reader reader;
    int64_t study, runner;
    int64_t data_version; /* of the file when last heard */
    double looked_at;     /* for the dead, by hone_clock_seconds */
    size_t first_open;    /* trials below are finished */
    sqlite3_stmt *version, *look;
};

HONE_MUST_CHECK enum hone_code hone_news_init(struct hone_news *news, struct hone_db *db,
    struct hone_trial_writer *writer, struct hone_arena *texts, int64_t runner,
    struct hone_err *err);
void hone_news_finish(struct hone_news *news);

/* Whether others have written or died since. Looks only. */
HONE_MUST_CHECK enum hone_code hone_news_look(struct hone_news *news, bool *ret_news,
    struct hone_err *err);

/* Whether there is something to hear; buries the dead in a transaction that may
 * write. Inside a transaction. */
HONE_MUST_CHECK enum hone_code hone_news_take(struct hone_news *news, bool *ret_news,
    struct hone_err *err);

/* Brings the trials that the history has up to their rows; those that a dead engine
 * ran wait again, here and in the file, if the transaction may write. ret_changed
 * becomes true when one is another than before. Inside the same transaction, with
 * all trials loaded. */
HONE_MUST_CHECK enum hone_code hone_news_hear(struct hone_news *news, struct hone_history *history,
    bool *ret_changed, struct hone_err *err);

#endif
