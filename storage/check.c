/* Everything that can be wrong with a file of ours, looked for. The pages are
 * SQLite's to judge, the schema is judged whenever a file is opened; here rows are
 * compared with their checksums, counts and one another. */
#include "engine/arena.h"
#include "storage/curves.h"
#include "storage/space_rows.h"
#include "storage/study_rows.h"
#include "storage/trial_rows.h"

#include <math.h>
#include <string.h>

struct checking {
    struct hone_db *db;
    hone_complaint_visit *complain;
    void *self;
    struct hone_census census;
    /* of the study in hand */
    int64_t study;
    const char *name;
    struct hone_arena arena;
    struct hone_space_rows space;
};

/* What is damaged is told and not the end of the checking. */
static enum hone_code note(struct checking *c, enum hone_code code, bool *ret_sound,
    struct hone_err *err) {
    if (code != HONE_E_CORRUPT) {
        return code;
    }
    c->census.complaints++;
    c->complain(c->self, err->text);
    *ret_sound = false;
    return HONE_OK;
}

/* Every row of the query is a complaint: its texts after the sentence's start. */
static enum hone_code complain_rows(struct checking *c, const char *sql, const char *format,
    struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    bool sound = true;
    enum hone_code code = hone_sql_prepare(c->db, sql, &stmt, err);

    while (code == HONE_OK && (code = hone_sql_next(c->db, stmt, &row, err)) == HONE_OK && row) {
        const char *what = hone_sql_text(stmt, 0);

        code = note(c, hone_sql_damaged(c->db, err, "%s%s", format, what == NULL ? "" : what),
            &sound, err);
    }
    (void)sqlite3_finalize(stmt);
    return note(c, code, &sound, err);
}

static enum hone_code check_file(struct checking *c, struct hone_err *err) {
    enum hone_code code = complain_rows(c,
        "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'", "",
        err);

    if (code == HONE_OK) {
        code = complain_rows(c, "SELECT DISTINCT \"table\" FROM pragma_foreign_key_check",
            "rows that belong to nothing stand in ", err);
    }
    return code;
}

/* ---- One study ---- */

static enum hone_code check_head(struct checking *c, struct hone_study_row *ret_row,
    struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    uint64_t trials = 0;
    enum hone_code code = hone_study_read(c->db, c->study, ret_row, &trials, &stmt, err);

    (void)sqlite3_finalize(stmt); /* only its numbers are used further */
    if (code == HONE_OK) {
        code = hone_space_rows_read(c->db, c->study, &c->arena, &c->space, err);
    }
    return code;
}

static bool count_trial(void *self, const struct hone_trial_row *row) {
    struct checking *c = self;

    c->census.trials++;
    c->census.folds += row->folds;
    return true;
}

/* Checksums of trials, folds and metrics, and how many there are. */
static enum hone_code check_rows(struct checking *c, struct hone_err *err) {
    const struct hone_trial_query query = {.study = c->name, .with_folds = true};

    return hone_db_trials(c->db, &query, count_trial, c, err);
}

/* Means and errors of trials follow from their folds. */
static enum hone_code check_means(struct checking *c, const struct hone_study_row *row,
    struct hone_err *err) {
    const struct hone_space space = {.n = c->space.count};
    const struct hone_trial_frame frame = {
        .study = c->study, .maximize = row->maximize, .space = &space, .folds = row->folds};
    struct hone_history history = {.params = space.n, .folds = row->folds};
    enum hone_code code = hone_trials_load(c->db, &frame, &c->arena, &history, err);

    hone_history_finish(&history);
    return code;
}

static bool see_curve(void *self, const struct hone_curve_row *row) {
    (void)self;
    (void)row;
    return true;
}

/* Curves, a trial at a time; the trials are known to be sound. */
static enum hone_code check_curves(struct checking *c, struct hone_err *err) {
    struct hone_curves curves = {0};
    sqlite3_stmt *trial = NULL;
    bool row = false;
    bool sound = true;
    enum hone_code code = hone_curves_init(&curves, c->db, err);

    if (code == HONE_OK) {
        code = hone_sql_prepare(c->db, "SELECT id FROM trial WHERE study = ? ORDER BY number",
            &trial, err);
    }
    if (code == HONE_OK) {
        hone_sql_bind_int(trial, 1, c->study);
    }
    while (code == HONE_OK && (code = hone_sql_next(c->db, trial, &row, err)) == HONE_OK && row) {
        code = note(c, hone_curves_visit(&curves, sqlite3_column_int64(trial, 0), see_curve, c,
            err), &sound, err);
    }
    (void)sqlite3_finalize(trial);
    hone_curves_finish(&curves);
    return code;
}

static bool see_insight(void *self, const struct hone_insight_row *row) {
    (void)self;
    (void)row;
    return true;
}

static enum hone_code check_insights(struct checking *c, struct hone_err *err) {
    return hone_db_insights(c->db, c->name, false, see_insight, c, err);
}

static enum hone_code check_view(struct checking *c, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hone_code code = hone_sql_prepare(c->db,
        "SELECT 1 FROM sqlite_schema WHERE type = 'view' AND name = ?", &stmt, err);

    if (code != HONE_OK) {
        return code;
    }
    hone_sql_bind_text(stmt, 1, c->name);
    code = hone_sql_next(c->db, stmt, &row, err);
    (void)sqlite3_finalize(stmt);
    return code == HONE_OK && !row
               ? hone_sql_damaged(c->db, err, "the view of study '%s' is missing", c->name)
               : code;
}

/* What rests on something that is damaged is not looked at. */
static enum hone_code check_study(struct checking *c, struct hone_err *err) {
    struct hone_study_row row = {0};
    bool sound = true;
    bool insights_sound = true; /* nothing rests on them */
    enum hone_code code = note(c, check_view(c, err), &sound, err);

    c->census.studies++;
    sound = true;
    if (code == HONE_OK) {
        code = note(c, check_head(c, &row, err), &sound, err);
    }
    if (code == HONE_OK && sound) {
        code = note(c, check_insights(c, err), &insights_sound, err);
    }
    if (code == HONE_OK && sound) {
        code = note(c, check_rows(c, err), &sound, err);
    }
    if (code == HONE_OK && sound) {
        code = note(c, check_means(c, &row, err), &sound, err);
    }
    if (code == HONE_OK && sound) {
        code = note(c, check_curves(c, err), &sound, err);
    }
    hone_arena_reset(&c->arena);
    return code;
}

static enum hone_code check_studies(struct checking *c, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    bool sound = true;
    enum hone_code code = hone_sql_prepare(c->db, "SELECT id, name FROM study ORDER BY id", &stmt,
        err);

    while (code == HONE_OK && (code = hone_sql_next(c->db, stmt, &row, err)) == HONE_OK && row) {
        c->study = sqlite3_column_int64(stmt, 0);
        c->name = hone_sql_text(stmt, 1);
        if (c->name == NULL) {
            code = hone_sql_damaged(c->db, err, "a study has no name");
        } else {
            code = check_study(c, err);
        }
    }
    (void)sqlite3_finalize(stmt);
    return note(c, code, &sound, err);
}

enum hone_code hone_db_check(struct hone_db *db, hone_complaint_visit *complain, void *self,
    struct hone_census *ret_census, struct hone_err *err) {
    struct checking c = {.db = db, .complain = complain, .self = self};
    enum hone_code code = hone_sql_begin_read(db, err);

    if (code != HONE_OK) {
        return code;
    }
    code = check_file(&c, err);
    if (code == HONE_OK) {
        code = check_studies(&c, err);
    }
    hone_sql_end_read(db);
    hone_arena_finish(&c.arena);
    if (code == HONE_OK) {
        *ret_census = c.census;
    }
    return code;
}
