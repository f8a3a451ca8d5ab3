/* A trial that is finished never changes, and one that this engine runs is changed
 * by nobody else. So there are few to look at: those that wait and those that run
 * elsewhere. */
#include "storage/news.h"

#include "engine/clock.h"
#include "storage/runner.h"

/* So often the others are looked after: a dead one is known in well below a second. */
static const double look_seconds = 0.2;

/* State and folds of a trial, and whether it runs without an engine. */
static const char look_sql[] =
    "SELECT state, folds_done, state = 1 AND runner NOT IN (SELECT id FROM runner)"
    " FROM trial WHERE study = ? AND number = ?";

static enum hone_code read_version(struct hone_news *news, int64_t *ret, struct hone_err *err) {
    bool row = false;
    enum hone_code code = hone_sql_next(news->db, news->version, &row, err);

    if (code == HONE_OK && row) {
        *ret = sqlite3_column_int64(news->version, 0);
    }
    (void)sqlite3_reset(news->version);
    return code;
}

enum hone_code hone_news_init(struct hone_news *news, struct hone_db *db,
    struct hone_trial_writer *writer, struct hone_arena *texts, int64_t runner,
    struct hone_err *err) {
    enum hone_code code = hone_trial_reader_init(&news->reader, db, &writer->frame, texts, err);

    news->db = db;
    news->writer = writer;
    news->study = writer->frame.study;
    news->runner = runner;
    if (code == HONE_OK) {
        code = hone_sql_prepare(db, "PRAGMA data_version", &news->version, err);
    }
    if (code == HONE_OK) {
        code = hone_sql_prepare(db, look_sql, &news->look, err);
    }
    return code == HONE_OK ? read_version(news, &news->data_version, err) : code;
}

void hone_news_finish(struct hone_news *news) {
    hone_trial_reader_finish(&news->reader);
    (void)sqlite3_finalize(news->version);
    (void)sqlite3_finalize(news->look);
    *news = (struct hone_news){0};
}

static bool may_write(const struct hone_news *news) {
    return sqlite3_txn_state(news->db->sqlite, "main") == SQLITE_TXN_WRITE;
}

/* ---- Whether there is any ---- */

static bool is_time_to_look(struct hone_news *news) {
    double now = hone_clock_seconds();

    if (now - news->looked_at < look_seconds) {
        return false;
    }
    news->looked_at = now;
    return true;
}

enum hone_code hone_news_look(struct hone_news *news, bool *ret_news, struct hone_err *err) {
    int64_t version = news->data_version;
    int64_t dead = 0;
    enum hone_code code = read_version(news, &version, err);

    if (code == HONE_OK && version == news->data_version && is_time_to_look(news)) {
        code = hone_runner_find_dead(news->db, news->study, news->runner, &dead, err);
        news->looked_at = dead != 0 ? 0 : news->looked_at; /* the turn looks again */
    }
    if (code == HONE_OK) {
        *ret_news = version != news->data_version || dead != 0;
    }
    return code;
}

enum hone_code hone_news_take(struct hone_news *news, bool *ret_news, struct hone_err *err) {
    int64_t version = news->data_version;
    bool buried = false;
    enum hone_code code = HONE_OK;

    if (may_write(news) && is_time_to_look(news)) {
        code = hone_runner_bury(news->db, news->study, news->runner, &buried, err);
    }
    if (code == HONE_OK) {
        code = read_version(news, &version, err);
    }
    if (code == HONE_OK) {
        *ret_news = buried || version != news->data_version;
        news->data_version = version;
    }
    return code;
}

/* ---- Hearing it ---- */

struct look {
    enum hone_state state;
    size_t folds_done;
    bool orphan;
};

static enum hone_code look_at(struct hone_news *news, uint64_t number, struct look *ret,
    struct hone_err *err) {
    bool row = false;
    enum hone_code code;

    hone_sql_bind_int(news->look, 1, news->study);
    hone_sql_bind_int(news->look, 2, (int64_t)number);
    code = hone_sql_next(news->db, news->look, &row, err);
    if (code == HONE_OK && row) {
        *ret = (struct look){
            .state = (enum hone_state)sqlite3_column_int(news->look, 0),
            .folds_done = (size_t)sqlite3_column_int64(news->look, 1),
            .orphan = sqlite3_column_int(news->look, 2) != 0 && may_write(news),
        };
    }
    (void)sqlite3_reset(news->look);
    if (code == HONE_OK && !row) {
        code = hone_sql_damaged(news->db, err, "trial %llu of study %lld is no longer there",
            (unsigned long long)number, (long long)news->study);
    }
    return code;
}

/* What a dead engine left running waits again, with the folds it has. */
static enum hone_code set_free(struct hone_news *news, struct hone_trial *trial,
    struct hone_err *err) {
    trial->state = HONE_WAITING;
    return hone_trial_update(news->writer, trial, 0, err);
}

static enum hone_code hear_trial(struct hone_news *news, struct hone_history *history,
    struct hone_trial *trial, bool *ret_changed, struct hone_err *err) {
    struct look look = {.state = HONE_WAITING};
    enum hone_code code = look_at(news, trial->number, &look, err);
    bool is_running = look.state == HONE_RUNNING && !look.orphan;

    if (code != HONE_OK ||
        (look.state == HONE_WAITING && trial->state == HONE_WAITING &&
            look.folds_done == trial->folds_done)) {
        return code;
    }
    if (is_running) {
        *ret_changed = *ret_changed || !trial->elsewhere;
        trial->state = HONE_RUNNING;
        trial->elsewhere = true;
        return HONE_OK;
    }
    *ret_changed = true;
    code = hone_trial_reload(&news->reader, history, trial->number, err);
    trial->elsewhere = hone_state_is_finished(trial->state);
    return code == HONE_OK && look.orphan ? set_free(news, trial, err) : code;
}

enum hone_code hone_news_hear(struct hone_news *news, struct hone_history *history,
    bool *ret_changed, struct hone_err *err) {
    enum hone_code code = HONE_OK;

    while (news->first_open < history->count &&
           hone_state_is_finished(history->trial[news->first_open].state)) {
        news->first_open++;
    }
    for (size_t i = news->first_open; i < history->count && code == HONE_OK; i++) {
        struct hone_trial *trial = &history->trial[i];

        if (trial->state == HONE_WAITING || (trial->state == HONE_RUNNING && trial->elsewhere)) {
            code = hear_trial(news, history, trial, ret_changed, err);
        }
    }
    return code;
}
