#include "storage/insight_rows.h"

#include "engine/alloc.h"
#include "storage/schema.h"
#include "storage/study_rows.h"

#include <math.h>
#include <stdio.h>

/* ---- Writing ---- */

static int64_t row_sum(int64_t study, const struct hone_insight_row *row) {
    struct hone_sum sum = {0};

    hone_sum_word(&sum, (uint64_t)study);
    hone_sum_word(&sum, row->trials);
    hone_sum_word(&sum, row->is_fit);
    hone_sum_word(&sum, row->best);
    hone_sum_real(&sum, row->mean);
    hone_sum_real(&sum, row->sd);
    hone_sum_real(&sum, row->remaining);
    hone_sum_real(&sum, row->tolerance);
    hone_sum_word(&sum, row->is_enough);
    hone_sum_real(&sum, row->noise);
    hone_sum_real(&sum, row->loo_gain);
    hone_sum_real(&sum, row->loo_r2);
    hone_sum_real(&sum, row->loo_coverage);
    for (size_t p = 0; p < row->params; p++) {
        hone_sum_real(&sum, row->length[p]);
    }
    return hone_sum_end(&sum);
}

static enum hone_code write_row(struct hone_db *db, int64_t study,
    const struct hone_insight_row *row, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    enum hone_code code = hone_sql_prepare(db,
        "INSERT OR REPLACE INTO sampler_insight VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        &stmt, err);
    int at = 0;

    if (code != HONE_OK) {
        return code;
    }
    hone_sql_bind_int(stmt, ++at, study);
    hone_sql_bind_int(stmt, ++at, (int64_t)row->trials);
    hone_sql_bind_int(stmt, ++at, row->is_fit);
    hone_sql_bind_int(stmt, ++at, (int64_t)row->best);
    hone_sql_bind_real(stmt, ++at, row->mean);
    hone_sql_bind_real(stmt, ++at, row->sd);
    hone_sql_bind_real(stmt, ++at, row->remaining);
    hone_sql_bind_real(stmt, ++at, row->tolerance);
    hone_sql_bind_int(stmt, ++at, row->is_enough);
    hone_sql_bind_real(stmt, ++at, row->noise);
    hone_sql_bind_real(stmt, ++at, row->loo_gain);
    hone_sql_bind_real(stmt, ++at, row->loo_r2);
    hone_sql_bind_real(stmt, ++at, row->loo_coverage);
    hone_sql_bind_int(stmt, ++at, row_sum(study, row));
    code = hone_sql_run(db, stmt, err);
    (void)sqlite3_finalize(stmt);
    return code;
}

static enum hone_code write_lengths(struct hone_db *db, int64_t study,
    const struct hone_insight_row *row, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    enum hone_code code =
        hone_sql_prepare(db, "INSERT INTO sampler_length VALUES (?, ?, ?, ?)", &stmt, err);

    for (size_t p = 0; code == HONE_OK && p < row->params; p++) {
        if (!isnan(row->length[p])) {
            hone_sql_bind_int(stmt, 1, study);
            hone_sql_bind_int(stmt, 2, (int64_t)row->trials);
            hone_sql_bind_int(stmt, 3, (int64_t)p);
            hone_sql_bind_real(stmt, 4, row->length[p]);
            code = hone_sql_run(db, stmt, err);
        }
    }
    (void)sqlite3_finalize(stmt);
    return code;
}

static enum hone_code write_all(struct hone_db *db, int64_t study,
    const struct hone_insight_row *row, struct hone_err *err) {
    enum hone_code code = write_row(db, study, row, err);

    return code == HONE_OK ? write_lengths(db, study, row, err) : code;
}

enum hone_code hone_insight_write(struct hone_db *db, const struct hone_trial_frame *frame,
    const struct hone_insight *insight, struct hone_err *err) {
    const struct hone_insight_row row = {
        .trials = insight->trials, .is_fit = insight->is_fit, .best = insight->best,
        .mean = hone_turn_value(frame->maximize, insight->mean), .sd = insight->sd,
        .remaining = insight->remaining, .tolerance = insight->tolerance,
        .is_enough = insight->is_enough, .noise = insight->noise,
        .loo_gain = insight->loo_gain, .loo_r2 = insight->loo_r2,
        .loo_coverage = insight->loo_coverage, .params = frame->space->n,
        .length = insight->length,
    };

    return write_all(db, frame->study, &row, err);
}

/* ---- Reading ---- */

struct reading {
    struct hone_db *db;
    const char *name; /* of the study */
    int64_t study;
    size_t params;
    double *length; /* (params) */
    sqlite3_stmt *rows, *lengths;
};

static enum hone_code read_lengths(const struct reading *r, uint64_t trials,
    struct hone_err *err) {
    bool more = false;
    enum hone_code code = HONE_OK;

    for (size_t p = 0; p < r->params; p++) {
        r->length[p] = (double)NAN;
    }
    (void)sqlite3_reset(r->lengths);
    hone_sql_bind_int(r->lengths, 1, r->study);
    hone_sql_bind_int(r->lengths, 2, (int64_t)trials);
    while ((code = hone_sql_next(r->db, r->lengths, &more, err)) == HONE_OK && more) {
        uint64_t param = (uint64_t)sqlite3_column_int64(r->lengths, 0);

        if (param < r->params) {
            r->length[param] = hone_sql_real(r->lengths, 1);
        }
    }
    return code;
}

static enum hone_code read_row(const struct reading *r, struct hone_insight_row *ret,
    struct hone_err *err) {
    sqlite3_stmt *stmt = r->rows;
    enum hone_code code;

    *ret = (struct hone_insight_row){
        .trials = (uint64_t)sqlite3_column_int64(stmt, 0),
        .is_fit = sqlite3_column_int(stmt, 1) != 0,
        .best = (uint64_t)sqlite3_column_int64(stmt, 2),
        .mean = hone_sql_real(stmt, 3), .sd = hone_sql_real(stmt, 4),
        .remaining = hone_sql_real(stmt, 5), .tolerance = hone_sql_real(stmt, 6),
        .is_enough = sqlite3_column_int(stmt, 7) != 0,
        .noise = hone_sql_real(stmt, 8), .loo_gain = hone_sql_real(stmt, 9),
        .loo_r2 = hone_sql_real(stmt, 10), .loo_coverage = hone_sql_real(stmt, 11),
        .params = r->params, .length = r->length,
    };
    code = read_lengths(r, ret->trials, err);
    if (code == HONE_OK && row_sum(r->study, ret) != sqlite3_column_int64(stmt, 12)) {
        code = hone_sql_damaged(r->db, err, "what was learnt from %llu trials of study '%s'"
            " is not as it was written", (unsigned long long)ret->trials, r->name);
    }
    return code;
}

static enum hone_code prepare(struct reading *r, bool latest, struct hone_err *err) {
    char sql[512];
    enum hone_code code;
    int64_t params = 0;

    (void)snprintf(sql, sizeof(sql), "SELECT count(*) FROM param WHERE study = %lld",
        (long long)r->study);
    code = hone_sql_integer(r->db, sql, &params, err);
    r->params = (size_t)params;
    (void)snprintf(sql, sizeof(sql), "SELECT trials, fitted, best, mean, sd, remaining, tolerance,"
        " enough, noise, loo_gain, loo_r2, loo_coverage, checksum FROM sampler_insight"
        " WHERE study = ? ORDER BY trials%s", latest ? " DESC LIMIT 1" : "");
    if (code == HONE_OK) {
        code = hone_sql_prepare(r->db, sql, &r->rows, err);
    }
    if (code == HONE_OK) {
        code = hone_sql_prepare(r->db,
            "SELECT param, length FROM sampler_length WHERE study = ? AND trials = ?",
            &r->lengths, err);
    }
    if (code == HONE_OK) {
        r->length = hone_new_array(r->params, sizeof(*r->length));
        hone_sql_bind_int(r->rows, 1, r->study);
        if (r->length == NULL) {
            code = hone_fail(err, HONE_E_NOMEM, "reading what was learnt: out of memory");
        }
    }
    return code;
}

enum hone_code hone_db_insights(struct hone_db *db, const char *study, bool latest,
    hone_insight_visit *visit, void *self, struct hone_err *err) {
    struct reading r = {.db = db, .name = study};
    bool more = true;
    enum hone_code code = hone_study_need(db, study, &r.study, err);

    if (code == HONE_OK) {
        code = prepare(&r, latest, err);
    }
    while (code == HONE_OK && more &&
           (code = hone_sql_next(db, r.rows, &more, err)) == HONE_OK && more) {
        struct hone_insight_row row;

        code = read_row(&r, &row, err);
        more = code == HONE_OK && visit(self, &row);
    }
    (void)sqlite3_finalize(r.rows);
    (void)sqlite3_finalize(r.lengths);
    hone_free(r.length);
    return code;
}

/* ---- Copying ---- */

struct copying {
    struct hone_db *to;
    int64_t study; /* in `to` */
    enum hone_code code;
    struct hone_err *err;
};

static bool copy_row(void *self, const struct hone_insight_row *row) {
    struct copying *c = self;

    c->code = write_all(c->to, c->study, row, c->err);
    return c->code == HONE_OK;
}

enum hone_code hone_insights_copy(struct hone_db *from, const char *study, struct hone_db *to,
    int64_t to_study, struct hone_err *err) {
    struct copying c = {.to = to, .study = to_study, .code = HONE_OK, .err = err};
    enum hone_code code = hone_db_insights(from, study, false, copy_row, &c, err);

    return code == HONE_OK ? c.code : code;
}
