/* Trials from elsewhere, added to a study in one transaction: by hand, or at its beginning. */
#include "engine/alloc.h"
#include "storage/db.h"
#include "storage/runner.h"
#include "storage/sql.h"
#include "storage/study_rows.h"
#include "storage/trial_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct entry;

struct importing {
    struct hone_db *db;
    struct hone_study_row study; /* its texts live as long as `stmt` */
    sqlite3_stmt *stmt;
    struct hone_progress progress;
    struct hone_trial_frame frame;
    struct hone_trial_writer writer;
    struct hone_history before; /* the study's trials */
    struct hone_arena texts;
    size_t known;               /* imported ones among them */
    struct entry *entry;        /* (known) sorted by what was tried and what came of it */
};

/* ---- What is there already ---- */

static uint64_t bits_of(double number) {
    uint64_t bits = 0;

    if (!isnan(number)) {
        memcpy(&bits, &number, sizeof(bits));
    }
    return bits;
}

static int compare_bits(double a, double b) {
    uint64_t x = bits_of(a);
    uint64_t y = bits_of(b);

    return (x > y) - (x < y);
}

static int compare_results(const struct hone_trial *a, const struct hone_trial *b,
    size_t params) {
    int order = (int)a->state - (int)b->state;

    order = order != 0 ? order : compare_bits(a->loss, b->loss);
    for (size_t p = 0; p < params && order == 0; p++) {
        order = compare_bits(a->x_value[p], b->x_value[p]);
    }
    return order;
}

/* qsort and bsearch pass nothing beside the entries. */
struct entry {
    size_t params;
    const struct hone_trial *trial;
    size_t source; /* while a study is taught */
};

static int compare_entries(const void *a, const void *b) {
    const struct entry *x = a;
    const struct entry *y = b;

    return compare_results(x->trial, y->trial, x->params);
}

/* Equal ones by their sources. */
static int compare_in_order(const void *a, const void *b) {
    const struct entry *x = a;
    const struct entry *y = b;
    const int order = compare_entries(a, b);

    return order != 0 ? order : (x->source > y->source) - (x->source < y->source);
}

static enum hone_code sort_known(struct importing *im, struct hone_err *err) {
    const size_t params = im->frame.space->n;

    im->entry = hone_new_array(im->before.imported, sizeof(*im->entry));
    if (im->entry == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for %zu trials", im->before.imported);
    }
    for (size_t i = 0; i < im->before.count; i++) {
        if (hone_trial_is_imported(&im->before.trial[i])) {
            im->entry[im->known++] =
                (struct entry){.params = params, .trial = &im->before.trial[i]};
        }
    }
    qsort(im->entry, im->known, sizeof(*im->entry), compare_entries);
    return HONE_OK;
}

static bool is_known(const struct importing *im, const struct hone_trial *trial) {
    const struct entry key = {.params = im->frame.space->n, .trial = trial};

    return im->known > 0 &&
           bsearch(&key, im->entry, im->known, sizeof(key), compare_entries) != NULL;
}

/* ---- Adding ---- */

static enum hone_code add_trials(struct importing *im, const struct hone_history *trials,
    struct hone_imported *ret, struct hone_err *err) {
    struct hone_imported imported = {.first = im->progress.trials};
    enum hone_code code = HONE_OK;

    for (size_t i = 0; i < trials->count && code == HONE_OK; i++) {
        struct hone_trial trial = trials->trial[i];

        if (is_known(im, &trial)) {
            imported.known++;
            continue;
        }
        trial.number = imported.first + imported.added++;
        code = hone_trial_insert(&im->writer, &trial, 0, err);
    }
    *ret = imported;
    return code;
}

/* ---- The study ---- */

static enum hone_code open_study(struct importing *im, const char *name,
    const struct hone_space *space, struct hone_err *err) {
    enum hone_code code = hone_study_need(im->db, name, &im->frame.study, err);

    if (code == HONE_OK) {
        code = hone_progress_read(im->db, im->frame.study, &im->progress, err);
    }
    if (code == HONE_OK) {
        code = hone_study_read(im->db, im->frame.study, &im->study, &im->progress.trials,
            &im->stmt, err);
    }
    im->frame.maximize = im->study.maximize;
    im->frame.folds = im->study.folds;
    im->frame.space = space;
    im->before = (struct hone_history){.params = space->n, .folds = im->study.folds};
    return code == HONE_OK ? hone_trial_writer_init(&im->writer, im->db, &im->frame, err) : code;
}

static void importing_finish(struct importing *im) {
    (void)sqlite3_finalize(im->stmt);
    hone_trial_writer_finish(&im->writer);
    hone_free(im->entry);
    hone_history_finish(&im->before);
    hone_arena_finish(&im->texts);
}

/* `added` more trials are there, with so many imported ones among all. */
static enum hone_code write_counts(struct importing *im, uint64_t added, uint64_t imported,
    struct hone_err *err) {
    enum hone_code code;

    im->progress.trials += added;
    code = hone_progress_write(im->db, im->frame.study, &im->progress, err);
    return code == HONE_OK && added > 0 && imported > 0
               ? hone_imported_write(im->db, im->frame.study, imported, err)
               : code;
}

/* ---- By hand ---- */

static enum hone_code refuse_running(struct importing *im, const char *name,
    struct hone_err *err) {
    int64_t pid = 0;
    enum hone_code code = hone_runner_pid(im->db, im->frame.study, &pid, err);

    return code == HONE_OK && pid != 0
               ? hone_fail(err, HONE_E_BUSY,
                     "study '%s' is being run by process %lld; stop it before importing", name,
                     (long long)pid)
               : code;
}

static enum hone_code import(struct importing *im, const struct hone_history *trials,
    struct hone_imported *ret, struct hone_err *err) {
    enum hone_code code = hone_trials_load(im->db, &im->frame, &im->texts, &im->before, err);

    if (code == HONE_OK) {
        code = sort_known(im, err);
    }
    if (code == HONE_OK) {
        code = add_trials(im, trials, ret, err);
    }
    return code == HONE_OK ? write_counts(im, ret->added, im->known + ret->added, err) : code;
}

enum hone_code hone_db_import(struct hone_db *db, const char *study,
    const struct hone_space *space, const struct hone_history *trials,
    struct hone_imported *ret, struct hone_err *err) {
    struct importing im = {.db = db};
    struct hone_imported imported = {0};
    enum hone_code code = hone_sql_begin(db, err);

    if (code != HONE_OK) {
        return code;
    }
    code = open_study(&im, study, space, err);
    if (code == HONE_OK) {
        code = refuse_running(&im, study, err);
    }
    if (code == HONE_OK) {
        hone_assert(trials->params == space->n && trials->folds == im.study.folds);
        code = import(&im, trials, &imported, err);
    }
    importing_finish(&im);
    code = hone_sql_end(db, code, err);
    if (code == HONE_OK) {
        *ret = imported;
    }
    return code;
}

/* ---- At its beginning ---- */

/* Studies that learnt from one another have trials in common; equal ones of one study are
 * repeated measurements. ret_again (count): whether an earlier source has the same. */
static enum hone_code find_again(const struct hone_history *trials, const size_t *source,
    bool *ret_again, struct hone_err *err) {
    struct entry *entry = hone_new_array(trials->count, sizeof(*entry));
    size_t first = 0; /* of those that are equal */

    if (entry == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for %zu trials", trials->count);
    }
    for (size_t i = 0; i < trials->count; i++) {
        entry[i] = (struct entry){
            .params = trials->params, .trial = &trials->trial[i], .source = source[i]};
    }
    qsort(entry, trials->count, sizeof(*entry), compare_in_order);
    for (size_t i = 0; i < trials->count; i++) {
        first = compare_entries(&entry[first], &entry[i]) == 0 ? first : i;
        ret_again[entry[i].trial - trials->trial] = entry[i].source != entry[first].source;
    }
    hone_free(entry);
    return HONE_OK;
}

static enum hone_code add_next(struct importing *im, const struct hone_trial *from,
    uint64_t *number, struct hone_err *err) {
    struct hone_trial trial = *from;

    trial.number = (*number)++;
    return hone_trial_insert(&im->writer, &trial, 0, err);
}

static enum hone_code teach(struct importing *im, const struct hone_history *points,
    const struct hone_history *results, const size_t *source, struct hone_err *err) {
    bool *again = hone_new_array(results->count, sizeof(*again));
    uint64_t number = 0;
    enum hone_code code = again == NULL
                              ? hone_fail(err, HONE_E_NOMEM, "no memory for %zu trials",
                                    results->count)
                              : find_again(results, source, again, err);

    for (size_t i = 0; i < points->count && code == HONE_OK; i++) {
        code = add_next(im, &points->trial[i], &number, err);
    }
    for (size_t i = 0; i < results->count && code == HONE_OK; i++) {
        code = again[i] ? HONE_OK : add_next(im, &results->trial[i], &number, err);
    }
    hone_free(again);
    return code == HONE_OK ? write_counts(im, number, number - points->count, err) : code;
}

enum hone_code hone_db_teach(struct hone_db *db, const char *study,
    const struct hone_space *space, const struct hone_history *points,
    const struct hone_history *results, const size_t *source, struct hone_err *err) {
    struct importing im = {.db = db};
    enum hone_code code = hone_sql_begin(db, err);

    if (code != HONE_OK) {
        return code;
    }
    code = open_study(&im, study, space, err);
    if (code == HONE_OK && im.progress.trials == 0) {
        hone_assert(points->params == space->n && points->folds == im.study.folds);
        hone_assert(results->params == space->n && results->folds == im.study.folds);
        code = teach(&im, points, results, source, err);
    }
    importing_finish(&im);
    return hone_sql_end(db, code, err);
}
