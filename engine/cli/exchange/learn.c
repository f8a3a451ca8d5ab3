#include "engine/cli/exchange/learn.h"

#include "engine/adopt.h"
#include "engine/alloc.h"
#include "engine/cli/exchange/import.h"
#include "engine/cli/study.h"
#include "storage/db.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* Points that are tried first, of a study and in all. */
enum { POINTS_EACH = 3, POINTS_LIMIT = 8 };

struct learning {
    const char *path; /* of the database */
    const struct hone_plan *plan;
    const struct hone_objective *objective;
    struct hone_db *db;
    struct hone_adoption same;  /* results of studies that evaluated the same */
    size_t *source, sources;    /* (sources) the study that each of them is of, by place */
    struct hone_adoption other; /* those of one that did not */
    struct hone_adoption *into; /* that of the study which is read */
    struct hone_history points; /* to be tried first */
    enum hone_code code;        /* of adopting */
    struct hone_err *err;
};

static size_t source_count(const struct hone_plan *plan) {
    const struct hone_value *from = plan->learn_from;

    return from == NULL ? 0 : from->type == HONE_LIST ? from->count : 1;
}

static const char *source_name(const struct hone_plan *plan, size_t i) {
    const struct hone_value *from = plan->learn_from;

    return from->type == HONE_LIST ? from->item[i]->text : from->text;
}

enum hone_code cli_learn_check(struct hone_db *db, const struct hone_plan *plan,
    struct hone_err *err) {
    struct hone_arena arena = {0};
    enum hone_code code = HONE_OK;

    for (size_t i = 0; code == HONE_OK && i < source_count(plan); i++) {
        struct hone_study_row row;

        code = cli_study_read(db, source_name(plan, i), &arena, &row, err);
    }
    hone_arena_finish(&arena);
    return code == HONE_OK ? code : hone_while(err, "search.learn_from");
}

/* ---- What a study evaluated ---- */

/* The next line of a fingerprint that begins so, or NULL; *at moves behind it. */
static const char *next_line(const char **at, const char *prefix, size_t *ret_length) {
    while (**at != '\0') {
        const char *line = *at;

        *ret_length = strcspn(line, "\n");
        *at = line + *ret_length + (line[*ret_length] == '\n');
        if (strncmp(line, prefix, strlen(prefix)) == 0) {
            return line;
        }
    }
    return NULL;
}

static bool same_lines(const char *a, const char *b, const char *prefix) {
    size_t a_length = 0, b_length = 0;
    const char *one, *other;

    do {
        one = next_line(&a, prefix, &a_length);
        other = next_line(&b, prefix, &b_length);
        if ((one == NULL) != (other == NULL)) {
            return false;
        }
    } while (one != NULL && a_length == b_length && memcmp(one, other, a_length) == 0);
    return one == NULL;
}

static bool same_objective(const struct learning *l, const struct hone_study_row *row) {
    return strcmp(row->data_hash, l->objective->data_hash) == 0 &&
           strcmp(row->fold_hash, l->objective->fold_hash) == 0 &&
           row->folds == l->objective->folds &&
           same_lines(row->fingerprint, l->plan->fingerprint, "objective.");
}

/* ---- Points of other objectives ---- */

/* The best complete trial whose loss is above that, or NULL. */
static const struct hone_trial *best_above(const struct hone_history *history, double above) {
    const struct hone_trial *best = NULL;

    for (size_t i = 0; i < history->count; i++) {
        const struct hone_trial *trial = &history->trial[i];

        if (trial->state == HONE_COMPLETE && trial->loss > above &&
            (best == NULL || trial->loss < best->loss)) {
            best = trial;
        }
    }
    return best;
}

static bool is_same_point(const struct learning *l, const double *a, const double *b) {
    size_t p = 0;

    while (p < l->plan->space.n && (a[p] == b[p] || (isnan(a[p]) && isnan(b[p])))) {
        p++;
    }
    return p == l->plan->space.n;
}

/* Unless another study has brought it. */
static enum hone_code add_point(struct learning *l, const double *x_value, struct hone_err *err) {
    struct hone_trial *point = NULL;
    enum hone_code code;

    for (size_t i = 0; i < l->points.count; i++) {
        if (is_same_point(l, l->points.trial[i].x_value, x_value)) {
            return HONE_OK;
        }
    }
    code = hone_history_append(&l->points, x_value, &point, err);
    if (code == HONE_OK) {
        point->part = hone_queue_part;
    }
    return code;
}

static enum hone_code take_best(struct learning *l, struct hone_err *err) {
    const struct hone_trial *best = best_above(&l->other.history, -(double)INFINITY);
    enum hone_code code = HONE_OK;

    for (size_t n = 0; code == HONE_OK && best != NULL && n < POINTS_EACH &&
                       l->points.count < POINTS_LIMIT; n++) {
        code = add_point(l, best->x_value, err);
        best = best_above(&l->other.history, best->loss);
    }
    return code;
}

/* ---- Reading ---- */

static bool adopt_one(void *self, const struct hone_foreign *foreign) {
    struct learning *l = self;

    l->code = hone_adopt(l->into, foreign, l->err);
    return l->code == HONE_OK;
}

static enum hone_code adopt(struct learning *l, const char *name, struct hone_adoption *into,
    struct hone_err *err) {
    const struct cli_import import = {.path = l->path, .from = name, .study = l->plan->name,
        .metric = l->objective->metric, .maximize = l->objective->maximize,
        .space = &l->plan->space, .visit = adopt_one, .self = l};
    enum hone_code code;

    l->into = into;
    l->err = err;
    l->code = HONE_OK;
    code = cli_import_hone(&import, err);
    return code == HONE_OK ? l->code : code;
}

static enum hone_code adoption_init(const struct learning *l, struct hone_adoption *adoption,
    struct hone_err *err) {
    return hone_adoption_init(adoption, &l->plan->space, l->objective->folds,
        l->objective->maximize, err);
}

static enum hone_code is_same(const struct learning *l, const char *name, bool *ret_same,
    struct hone_err *err) {
    struct hone_arena arena = {0};
    struct hone_study_row row = {0};
    enum hone_code code = cli_study_read(l->db, name, &arena, &row, err);

    *ret_same = code == HONE_OK && same_objective(l, &row);
    hone_arena_finish(&arena);
    return code;
}

/* The results that came last are of the study in this place. */
static enum hone_code note_source(struct learning *l, size_t place, struct hone_err *err) {
    const size_t count = l->same.history.count;
    size_t *source = hone_resize(l->source, count + 1, sizeof(*source));

    if (source == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for %zu trials", count);
    }
    for (l->source = source; l->sources < count; l->sources++) {
        source[l->sources] = place;
    }
    return HONE_OK;
}

static enum hone_code learn_from(struct learning *l, size_t place, struct hone_err *err) {
    const char *name = source_name(l->plan, place);
    bool same = false;
    enum hone_code code = is_same(l, name, &same, err);

    if (code != HONE_OK) {
        return code;
    }
    if (same) {
        code = adopt(l, name, &l->same, err);
        return code == HONE_OK ? note_source(l, place, err) : code;
    }
    code = adoption_init(l, &l->other, err);
    if (code == HONE_OK) {
        code = adopt(l, name, &l->other, err);
    }
    if (code == HONE_OK) {
        code = take_best(l, err);
    }
    hone_adoption_finish(&l->other);
    return code;
}

enum hone_code cli_learn(const char *db_path, const struct hone_plan *plan,
    const struct hone_objective *objective, struct hone_db *db, struct hone_err *err) {
    struct learning l = {.path = db_path, .plan = plan, .objective = objective, .db = db,
        .points = {.params = plan->space.n, .folds = objective->folds}};
    enum hone_code code = adoption_init(&l, &l.same, err);

    for (size_t i = 0; code == HONE_OK && i < source_count(plan); i++) {
        code = learn_from(&l, i, err);
    }
    if (code == HONE_OK) {
        code = hone_db_teach(db, plan->name, &plan->space, &l.points, &l.same.history,
            l.source, err);
    }
    hone_adoption_finish(&l.same);
    hone_history_finish(&l.points);
    hone_free(l.source);
    return code == HONE_OK ? code : hone_while(err, "search.learn_from");
}
