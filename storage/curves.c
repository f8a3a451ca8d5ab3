#include "storage/curves.h"

#include "engine/alloc.h"
#include "storage/trial_rows.h"

enum { FIRST_ROOM = 64 };

struct curves {
    struct hone_db *db;
    int64_t trial;
    sqlite3_stmt *details, *points;
    bool point; /* there is a row in `points` that no fold has taken */
    int64_t expected, found; /* trial.detail_checksum, and of the rows */
    size_t count, room;
    struct hone_curve_row *row; /* (room) */
};

static enum hone_code damaged(const struct curves *c, struct hone_err *err) {
    return hone_sql_damaged(c->db, err, "the curves of a trial (id %lld) are not as they were"
        " written", (long long)c->trial);
}

static enum hone_code keep_point(struct curves *c, struct hone_err *err) {
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

static enum hone_code next_point(struct curves *c, struct hone_err *err) {
    return hone_sql_next(c->db, c->points, &c->point, err);
}

/* Takes the points of the fold that `details` stands at. */
static enum hone_code read_fold(struct curves *c, struct hone_err *err) {
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

static enum hone_code read_all(struct curves *c, struct hone_err *err) {
    bool fold = false;
    enum hone_code code = next_point(c, err);

    while (code == HONE_OK && (code = hone_sql_next(c->db, c->details, &fold, err)) == HONE_OK &&
           fold) {
        code = read_fold(c, err);
    }
    return code == HONE_OK && (c->point || c->found != c->expected) ? damaged(c, err) : code;
}

static enum hone_code read_expected(struct curves *c, struct hone_err *err) {
    sqlite3_stmt *stmt = NULL;
    bool row = false;
    enum hone_code code = hone_sql_prepare(c->db,
        "SELECT detail_checksum FROM trial WHERE id = ?", &stmt, err);

    if (code == HONE_OK) {
        hone_sql_bind_int(stmt, 1, c->trial);
        code = hone_sql_next(c->db, stmt, &row, err);
    }
    if (code == HONE_OK && row) {
        c->expected = sqlite3_column_int64(stmt, 0);
    }
    (void)sqlite3_finalize(stmt);
    return code;
}

static enum hone_code prepare(struct curves *c, struct hone_err *err) {
    enum hone_code code = read_expected(c, err);

    if (code == HONE_OK) {
        code = hone_sql_prepare(c->db, "SELECT " HONE_DETAIL_COLUMNS
            " FROM fold_detail d WHERE d.trial = ? ORDER BY d.fold", &c->details, err);
    }
    if (code == HONE_OK) {
        code = hone_sql_prepare(c->db, "SELECT fold, epoch, train_loss, valid_loss, rate"
            " FROM curve WHERE trial = ? ORDER BY fold, epoch", &c->points, err);
    }
    if (code == HONE_OK) {
        hone_sql_bind_int(c->details, 1, c->trial);
        hone_sql_bind_int(c->points, 1, c->trial);
    }
    return code;
}

enum hone_code hone_curves_visit(struct hone_db *db, int64_t trial, hone_curve_visit *visit,
    void *self, struct hone_err *err) {
    struct curves c = {.db = db, .trial = trial};
    enum hone_code code = prepare(&c, err);

    if (code == HONE_OK) {
        code = read_all(&c, err);
    }
    for (size_t i = 0; code == HONE_OK && i < c.count && visit(self, &c.row[i]); i++) {
    }
    (void)sqlite3_finalize(c.details);
    (void)sqlite3_finalize(c.points);
    hone_free(c.row);
    return code;
}
