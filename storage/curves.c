#include "storage/curves.h"

#include "engine/alloc.h"
#include "storage/trial_rows.h"

enum { FIRST_ROOM = 64 };

static enum hone_code damaged(const struct hone_curves *c, struct hone_err *err) {
    return hone_sql_damaged(c->db, err, "the curves of a trial (id %lld) are not as they were"
        " written", (long long)c->trial);
}

static enum hone_code keep_point(struct hone_curves *c, struct hone_err *err) {
    if (c->count == c->room) {
        size_t room = c->room == 0 ? FIRST_ROOM : 2 * c->room;
        struct hone_curve_row *row = hone_resize(c->row, room, sizeof(*row));

        if (row == NULL) {
            return hone_fail(err, HONE_E_NOMEM, "reading curves: out of memory");
        }
        c->row = row;
        c->room = room;
    }
    c->row[c->count++] = (struct hone_curve_row){
        .fold = (size_t)sqlite3_column_int64(c->points, 0),
        .point = {.epoch = sqlite3_column_int64(c->points, 1),
            .train_loss = hone_sql_real(c->points, 2), .valid_loss = hone_sql_real(c->points, 3),
            .rate = hone_sql_real(c->points, 4)},
    };
    return HONE_OK;
}

static enum hone_code next_point(struct hone_curves *c, struct hone_err *err) {
    return hone_sql_next(c->db, c->points, &c->point, err);
}

/* Takes the points of the fold that `details` stands at. */
static enum hone_code read_fold(struct hone_curves *c, struct hone_err *err) {
    struct hone_detail_fields fields;
    struct hone_sum sum = {0};
    enum hone_code code = HONE_OK;

    if (!hone_detail_read(c->details, &fields)) {
        return damaged(c, err);
    }
    c->found = hone_detail_sum_add(c->found, hone_detail_sum(&fields));
    while (code == HONE_OK && c->point && sqlite3_column_int64(c->points, 0) == fields.fold) {
        code = keep_point(c, err);
        if (code == HONE_OK) {
            hone_curve_sum_add(&sum, &c->row[c->count - 1].point);
            code = next_point(c, err);
        }
    }
    return code == HONE_OK && hone_sum_end(&sum) != fields.curve_sum ? damaged(c, err) : code;
}

static enum hone_code read_folds(struct hone_curves *c, struct hone_err *err) {
    bool fold = false;
    enum hone_code code = next_point(c, err);

    while (code == HONE_OK && (code = hone_sql_next(c->db, c->details, &fold, err)) == HONE_OK &&
           fold) {
        code = read_fold(c, err);
    }
    return code == HONE_OK && (c->point || c->found != c->expected) ? damaged(c, err) : code;
}

static enum hone_code read_trial(struct hone_curves *c, struct hone_err *err) {
    bool row = false;
    enum hone_code code = hone_sql_next(c->db, c->expecting, &row, err);

    c->expected = code == HONE_OK && row ? sqlite3_column_int64(c->expecting, 0) : 0;
    c->found = 0;
    c->count = 0;
    return code == HONE_OK ? read_folds(c, err) : code;
}

enum hone_code hone_curves_init(struct hone_curves *c, struct hone_db *db, struct hone_err *err) {
    enum hone_code code = hone_sql_prepare(db, "SELECT detail_checksum FROM trial WHERE id = ?",
        &c->expecting, err);

    c->db = db;
    if (code == HONE_OK) {
        code = hone_sql_prepare(db, "SELECT " HONE_DETAIL_COLUMNS
            " FROM fold_detail d WHERE d.trial = ? ORDER BY d.fold", &c->details, err);
    }
    if (code == HONE_OK) {
        code = hone_sql_prepare(db, "SELECT fold, epoch, train_loss, valid_loss, rate"
            " FROM curve WHERE trial = ? ORDER BY fold, epoch", &c->points, err);
    }
    return code;
}

void hone_curves_finish(struct hone_curves *c) {
    (void)sqlite3_finalize(c->expecting);
    (void)sqlite3_finalize(c->details);
    (void)sqlite3_finalize(c->points);
    hone_free(c->row);
}

enum hone_code hone_curves_visit(struct hone_curves *c, int64_t trial, hone_curve_visit *visit,
    void *self, struct hone_err *err) {
    sqlite3_stmt *const stmts[] = {c->expecting, c->details, c->points};
    enum hone_code code;

    c->trial = trial;
    for (size_t i = 0; i < sizeof(stmts) / sizeof(stmts[0]); i++) {
        hone_sql_bind_int(stmts[i], 1, trial);
    }
    code = read_trial(c, err);
    for (size_t i = 0; i < sizeof(stmts) / sizeof(stmts[0]); i++) {
        (void)sqlite3_reset(stmts[i]);
    }
    for (size_t i = 0; code == HONE_OK && i < c->count && visit(self, &c->row[i]); i++) {
    }
    return code;
}
