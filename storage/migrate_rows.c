#include "storage/migrate_rows.h"

#include "engine/alloc.h"
#include "storage/schema.h"
#include "storage/space_rows.h"
#include "storage/study_view.h"
#include "storage/trial_rows.h"

#include <math.h>
#include <string.h>

/* legacy_alter_table: what refers to a table goes on to mean its old name. */
static const char set_aside_sql[] =
    "PRAGMA legacy_alter_table = ON;"
    "DROP VIEW trial_intermediate_values;"
    "DROP INDEX trial_by_state; DROP TABLE trial_param;"
    "ALTER TABLE trial RENAME TO trial_of_2; ALTER TABLE fold RENAME TO fold_of_2;"
    "ALTER TABLE metric RENAME TO metric_of_2; ALTER TABLE curve RENAME TO curve_of_2;"
    "PRAGMA legacy_alter_table = OFF";

static const char finish_sql[] =
    "INSERT INTO metric SELECT * FROM metric_of_2; INSERT INTO curve SELECT * FROM curve_of_2;"
    "DROP TABLE metric_of_2; DROP TABLE curve_of_2; DROP TABLE fold_of_2; DROP TABLE trial_of_2";

static const char trials_sql[] =
    "SELECT id, number, state, value, sem, folds_done, seconds, started_ms, finished_ms, runner,"
    " part, why, mean, sd, acquisition, error, point, checksum"
    " FROM trial_of_2 WHERE study = ? ORDER BY number";

enum trial_column {
    ID, NUMBER, STATE, VALUE, SEM, FOLDS_DONE, SECONDS, STARTED, FINISHED, RUNNER, PART, WHY, MEAN,
    SD, ACQUISITION, ERROR, POINT, CHECKSUM,
};

static const char folds_sql[] =
    "SELECT trial, fold, outcome, value, seconds, started_ms, error, metric_checksum,"
    " curve_checksum, checksum FROM fold_of_2 WHERE trial = ? ORDER BY fold";

enum fold_column {
    FOLD_TRIAL, FOLD, FOLD_OUTCOME, FOLD_VALUE, FOLD_SECONDS, FOLD_STARTED, FOLD_ERROR,
    FOLD_METRIC_SUM, FOLD_CURVE_SUM, FOLD_CHECKSUM,
};

struct study {
    int64_t id;
    size_t folds;
    const char *name;
};

struct migrating {
    struct hone_db *db;
    struct hone_arena arena;
    size_t count;
    struct study *study; /* (count) */
    /* of the study in hand */
    struct hone_space space;
    struct hone_trial_writer writer;
    sqlite3_stmt *trials, *folds;
    struct hone_trial *trial; /* the one in hand, in the metric's direction */
};

static enum hone_code damaged(const struct migrating *m, struct hone_err *err) {
    return hone_sql_damaged(m->db, err, "trial %lld of study %lld is not as it was written",
        (long long)sqlite3_column_int64(m->trials, NUMBER), (long long)m->writer.frame.study);
}

static enum hone_code no_memory(struct hone_err *err) {
    return hone_fail(err, HONE_E_NOMEM, "reading the trials of an earlier version: out of memory");
}

/* ---- Checksums, as version 2 made them ---- */

static bool trial_is_sound(sqlite3_stmt *stmt, int64_t study, size_t params) {
    static const int integers[] = {NUMBER, STATE, FOLDS_DONE, STARTED, FINISHED};
    static const int reals[] = {VALUE, SEM, SECONDS, MEAN, SD, ACQUISITION};
    static const int texts[] = {PART, WHY, ERROR};
    size_t bytes = (size_t)sqlite3_column_bytes(stmt, POINT);
    struct hone_sum sum = {0};

    hone_sum_word(&sum, (uint64_t)study);
    for (size_t i = 0; i < sizeof(integers) / sizeof(integers[0]); i++) {
        hone_sum_word(&sum, (uint64_t)sqlite3_column_int64(stmt, integers[i]));
    }
    for (size_t i = 0; i < sizeof(reals) / sizeof(reals[0]); i++) {
        hone_sum_real(&sum, hone_sql_real(stmt, reals[i]));
    }
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        hone_sum_text(&sum, hone_sql_text(stmt, texts[i]));
    }
    hone_sum_bytes(&sum, sqlite3_column_blob(stmt, POINT), bytes);
    return bytes == params * HONE_POINT_BYTES &&
           hone_sum_end(&sum) == sqlite3_column_int64(stmt, CHECKSUM);
}

static bool fold_is_sound(sqlite3_stmt *stmt, size_t folds) {
    static const int integers[] = {FOLD_TRIAL, FOLD, FOLD_OUTCOME, FOLD_STARTED, FOLD_METRIC_SUM,
        FOLD_CURVE_SUM};
    int64_t fold = sqlite3_column_int64(stmt, FOLD);
    struct hone_sum sum = {0};

    for (size_t i = 0; i < sizeof(integers) / sizeof(integers[0]); i++) {
        hone_sum_word(&sum, (uint64_t)sqlite3_column_int64(stmt, integers[i]));
    }
    hone_sum_real(&sum, hone_sql_real(stmt, FOLD_VALUE));
    hone_sum_real(&sum, hone_sql_real(stmt, FOLD_SECONDS));
    hone_sum_text(&sum, hone_sql_text(stmt, FOLD_ERROR));
    return fold >= 0 && (size_t)fold < folds &&
           hone_sum_end(&sum) == sqlite3_column_int64(stmt, FOLD_CHECKSUM);
}

/* ---- A trial ---- */

static enum hone_code read_trial(struct migrating *m, struct hone_err *err) {
    sqlite3_stmt *stmt = m->trials;
    struct hone_trial *trial = m->trial;
    const unsigned char *point = sqlite3_column_blob(stmt, POINT);

    if (!trial_is_sound(stmt, m->writer.frame.study, m->space.n)) {
        return damaged(m, err);
    }
    hone_trial_clear(trial, m->writer.frame.folds);
    for (size_t p = 0; p < m->space.n; p++) {
        trial->x_value[p] = hone_point_at(point, p);
    }
    trial->number = (uint64_t)sqlite3_column_int64(stmt, NUMBER);
    trial->state = (enum hone_state)sqlite3_column_int(stmt, STATE);
    trial->started_ms = sqlite3_column_int64(stmt, STARTED);
    trial->finished_ms = sqlite3_column_int64(stmt, FINISHED);
    trial->part = hone_sql_text(stmt, PART);
    return hone_copy_text(hone_sql_text(stmt, WHY), &trial->why) &&
                   hone_copy_text(hone_sql_text(stmt, ERROR), &trial->error)
               ? HONE_OK
               : no_memory(err);
}

/* Noting folds has made up numbers that the row has. */
static void read_numbers(const struct migrating *m) {
    struct hone_trial *trial = m->trial;

    trial->loss = hone_sql_real(m->trials, VALUE);
    trial->sem = hone_sql_real(m->trials, SEM);
    trial->seconds = sqlite3_column_double(m->trials, SECONDS);
    trial->mean = hone_sql_real(m->trials, MEAN);
    trial->sd = hone_sql_real(m->trials, SD);
    trial->acquisition = hone_sql_real(m->trials, ACQUISITION);
}

static enum hone_code read_fold(struct migrating *m, struct hone_err *err) {
    size_t fold = (size_t)sqlite3_column_int64(m->folds, FOLD);
    double value = hone_sql_real(m->folds, FOLD_VALUE);

    if (!fold_is_sound(m->folds, m->writer.frame.folds) || isinf(value)) {
        return damaged(m, err);
    }
    hone_trial_note_run(m->trial, fold, sqlite3_column_int64(m->folds, FOLD_STARTED),
        sqlite3_column_double(m->folds, FOLD_SECONDS));
    if (!isnan(value)) {
        hone_trial_note_fold(m->trial, m->writer.frame.folds, fold, value);
    }
    return HONE_OK;
}

static enum hone_code read_folds(struct migrating *m, struct hone_err *err) {
    bool row = false;
    enum hone_code code = HONE_OK;

    hone_sql_bind_int(m->folds, 1, sqlite3_column_int64(m->trials, ID));
    while (code == HONE_OK && (code = hone_sql_next(m->db, m->folds, &row, err)) == HONE_OK &&
           row) {
        code = read_fold(m, err);
    }
    (void)sqlite3_reset(m->folds);
    return code;
}

static enum hone_code write_details(struct migrating *m, struct hone_err *err) {
    bool row = false;
    enum hone_code code = HONE_OK;

    while (code == HONE_OK && (code = hone_sql_next(m->db, m->folds, &row, err)) == HONE_OK &&
           row) {
        const struct hone_detail_fields fields = {
            .fold = sqlite3_column_int64(m->folds, FOLD),
            .metric_sum = sqlite3_column_int64(m->folds, FOLD_METRIC_SUM),
            .curve_sum = sqlite3_column_int64(m->folds, FOLD_CURVE_SUM),
            .error = hone_sql_text(m->folds, FOLD_ERROR)};
        int64_t id;

        if (fields.metric_sum != 0 || fields.curve_sum != 0 || fields.error != NULL) {
            code = hone_detail_insert(&m->writer, m->trial->number, &fields, &id, err);
        }
    }
    (void)sqlite3_reset(m->folds);
    return code;
}

static enum hone_code move_trial(struct migrating *m, struct hone_err *err) {
    enum hone_code code = read_trial(m, err);

    if (code == HONE_OK) {
        code = read_folds(m, err);
    }
    if (code != HONE_OK) {
        return code;
    }
    read_numbers(m);
    code = hone_trial_insert_as(&m->writer, sqlite3_column_int64(m->trials, ID), m->trial,
        sqlite3_column_int64(m->trials, RUNNER), err);
    return code == HONE_OK ? write_details(m, err) : code;
}

/* ---- A study ---- */

static enum hone_code move_trials(struct migrating *m, const struct study *study,
    struct hone_err *err) {
    struct hone_history one = {.params = m->space.n, .folds = study->folds};
    bool row = false;
    enum hone_code code = hone_history_append(&one, NULL, &m->trial, err);

    if (code == HONE_OK) {
        code = hone_sql_prepare(m->db, trials_sql, &m->trials, err);
    }
    if (code == HONE_OK) {
        hone_sql_bind_int(m->trials, 1, study->id);
        code = hone_sql_prepare(m->db, folds_sql, &m->folds, err);
    }
    while (code == HONE_OK && (code = hone_sql_next(m->db, m->trials, &row, err)) == HONE_OK &&
           row) {
        code = move_trial(m, err);
    }
    (void)sqlite3_finalize(m->trials);
    (void)sqlite3_finalize(m->folds);
    m->trials = m->folds = NULL;
    hone_history_finish(&one);
    return code;
}

static enum hone_code move_study(struct migrating *m, const struct study *study,
    struct hone_err *err) {
    struct hone_trial_frame frame = {.study = study->id, .folds = study->folds};
    struct hone_space_rows rows = {0};
    enum hone_code code = hone_space_rows_read(m->db, study->id, &m->arena, &rows, err);

    if (code == HONE_OK) {
        code = hone_space_rows_outline(&rows, &m->arena, &m->space, err);
    }
    if (code == HONE_OK) {
        frame.space = &m->space;
        code = hone_trial_writer_init(&m->writer, m->db, &frame, err);
    }
    if (code == HONE_OK) {
        code = move_trials(m, study, err);
    }
    hone_trial_writer_finish(&m->writer);
    return code == HONE_OK
               ? hone_study_view_create(m->db, study->id, study->name, &m->space, err)
               : code;
}

/* ---- All of them ---- */

/* None is open any more when tables are renamed. */
static enum hone_code list_studies(struct migrating *m, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    int64_t count = 0;
    bool row = false;
    enum hone_code code = hone_sql_integer(m->db, "SELECT count(*) FROM study", &count, err);

    if (code == HONE_OK) {
        m->study = hone_arena_array(&m->arena, (size_t)count, sizeof(*m->study));
        code = m->study == NULL ? no_memory(err)
            : hone_sql_prepare(m->db, "SELECT id, folds, name FROM study ORDER BY id", &stmt, err);
    }
    while (code == HONE_OK && m->count < (size_t)count &&
           (code = hone_sql_next(m->db, stmt, &row, err)) == HONE_OK && row) {
        const char *name = hone_sql_text(stmt, 2);
        struct study *study = &m->study[m->count++];

        study->id = sqlite3_column_int64(stmt, 0);
        study->folds = (size_t)sqlite3_column_int64(stmt, 1);
        study->name = name == NULL ? NULL : hone_arena_text(&m->arena, name, strlen(name));
        code = study->name == NULL ? no_memory(err) : HONE_OK;
    }
    (void)sqlite3_finalize(stmt);
    return code;
}

static enum hone_code move_all(struct migrating *m, struct hone_err *err) {
    enum hone_code code = list_studies(m, err);

    for (size_t i = 0; i < m->count && code == HONE_OK; i++) {
        code = hone_study_view_drop(m->db, m->study[i].name, err);
    }
    if (code == HONE_OK) {
        code = hone_sql_exec(m->db, set_aside_sql, err);
    }
    if (code == HONE_OK) {
        code = hone_schema_add(m->db, m->db->version + 1, err);
    }
    for (size_t i = 0; i < m->count && code == HONE_OK; i++) {
        code = move_study(m, &m->study[i], err);
    }
    return code == HONE_OK ? hone_sql_exec(m->db, finish_sql, err) : code;
}

enum hone_code hone_migrate_rows(struct hone_db *db, struct hone_err *err) {
    struct migrating m = {.db = db};
    enum hone_code code = move_all(&m, err);

    hone_arena_finish(&m.arena);
    return code;
}
