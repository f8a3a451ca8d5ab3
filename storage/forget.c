/* Details of folds that are run again: what was put of them while they ran goes, and
 * the trial's row knows no more of it. */
#include "storage/trial_rows.h"

struct forgetting {
    struct hone_db *db;
    int64_t trial; /* its id */
    sqlite3_stmt *next, *drop, *account;
};

static void finish(struct forgetting *f) {
    (void)sqlite3_finalize(f->next);
    (void)sqlite3_finalize(f->drop);
    (void)sqlite3_finalize(f->account);
}

static enum hone_code prepare(struct forgetting *f, struct hone_err *err) {
    enum hone_code code = hone_sql_prepare(f->db, "SELECT fold, checksum FROM fold_detail"
        " WHERE trial = ?1 AND fold >= ?2 ORDER BY fold LIMIT 1", &f->next, err);

    if (code == HONE_OK) { /* with its rows in metric and curve */
        code = hone_sql_prepare(f->db, "DELETE FROM fold_detail WHERE trial = ?1 AND fold = ?2",
            &f->drop, err);
    }
    if (code == HONE_OK) { /* as hone_detail_sum_add */
        code = hone_sql_prepare(f->db, "UPDATE trial SET detail_checksum ="
            " (detail_checksum - ?2) & 4294967295 WHERE id = ?1", &f->account, err);
    }
    return code;
}

/* The first fold from `from` on that has details, and the checksum of that row. */
static enum hone_code find_next(struct forgetting *f, int64_t from, bool *ret_any,
    int64_t *ret_fold, int64_t *ret_checksum, struct hone_err *err) {
    enum hone_code code;

    hone_sql_bind_int(f->next, 1, f->trial);
    hone_sql_bind_int(f->next, 2, from);
    code = hone_sql_next(f->db, f->next, ret_any, err);
    if (code == HONE_OK && *ret_any) {
        *ret_fold = sqlite3_column_int64(f->next, 0);
        *ret_checksum = sqlite3_column_int64(f->next, 1);
    }
    (void)sqlite3_reset(f->next);
    return code;
}

static enum hone_code drop(struct forgetting *f, int64_t fold, int64_t checksum,
    struct hone_err *err) {
    enum hone_code code;

    hone_sql_bind_int(f->drop, 1, f->trial);
    hone_sql_bind_int(f->drop, 2, fold);
    hone_sql_bind_int(f->account, 1, f->trial);
    hone_sql_bind_int(f->account, 2, checksum);
    code = hone_sql_run(f->db, f->drop, err);
    return code == HONE_OK ? hone_sql_run(f->db, f->account, err) : code;
}

enum hone_code hone_details_forget_fold(struct hone_db *db, int64_t trial, size_t fold,
    struct hone_err *err) {
    struct forgetting f = {.db = db, .trial = trial};
    int64_t found = 0;
    int64_t checksum = 0;
    bool any = false;
    enum hone_code code = prepare(&f, err);

    if (code == HONE_OK) {
        code = find_next(&f, (int64_t)fold, &any, &found, &checksum, err);
    }
    if (code == HONE_OK && any && found == (int64_t)fold) {
        code = drop(&f, found, checksum, err);
    }
    finish(&f);
    return code;
}

enum hone_code hone_details_forget_unfinished(struct hone_db *db, int64_t trial,
    const unsigned char *folds, size_t count, struct hone_err *err) {
    struct forgetting f = {.db = db, .trial = trial};
    int64_t fold = -1;
    int64_t checksum = 0;
    bool any = true;
    enum hone_code code = prepare(&f, err);

    while (code == HONE_OK && any) {
        code = find_next(&f, fold + 1, &any, &fold, &checksum, err);
        if (code == HONE_OK && any &&
            ((size_t)fold >= count || !hone_fold_at(folds, (size_t)fold).has_run)) {
            code = drop(&f, fold, checksum, err);
        }
    }
    finish(&f);
    return code;
}
