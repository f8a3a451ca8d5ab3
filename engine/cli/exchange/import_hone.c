/* hone import OTHER.db, a database of hone. */
#include "engine/cli/exchange/import.h"

#include "engine/cli/study.h"
#include "storage/db.h"

#include <math.h>
#include <string.h>

struct reading {
    const struct cli_import *im;
    struct hone_study_row study; /* in the file */
    size_t studies;
    const char *only; /* the name of the last one */
    struct hone_arena arena;
    size_t room;
    const char **name;        /* (room) */
    struct hone_value *value; /* (room) */
    double *fold;             /* (study.folds) */
    bool failed;              /* memory */
};

/* ---- Which study ---- */

static bool count_study(void *self, const struct hone_study_row *row) {
    struct reading *r = self;

    r->studies++;
    r->only = hone_arena_text(&r->arena, row->name, strlen(row->name));
    return r->studies < 2 && r->only != NULL;
}

/* As named; else the one of the same name, else the only one. */
static enum hone_code choose(struct reading *r, struct hone_db *db, struct hone_err *err) {
    const char *name = r->im->from != NULL ? r->im->from : r->im->study;
    enum hone_code code = HONE_OK;

    if (r->im->from == NULL) {
        code = hone_db_studies(db, count_study, r, err);
    }
    if (code == HONE_OK && r->studies == 1 && r->only != NULL) {
        name = r->only;
    }
    return code == HONE_OK ? cli_study_read(db, name, &r->arena, &r->study, err) : code;
}

static enum hone_code check_study(const struct reading *r, struct hone_err *err) {
    if (r->study.maximize != r->im->maximize) {
        return hone_fail(err, HONE_E_INPUT, "study '%s' of '%s' is %s, '%s' here is %s",
            r->study.name, r->im->path, r->study.maximize ? "maximized" : "minimized",
            r->im->study, r->im->maximize ? "maximized" : "minimized");
    }
    return HONE_OK;
}

/* ---- Trials ---- */

/* A choice that SQL has no type for is told as its text. */
static struct hone_value value_of(const struct hone_cell *cell) {
    if (cell->type == HONE_CELL_INT) {
        return (struct hone_value){
            .type = HONE_INT, .integer = cell->integer, .real = (double)cell->integer};
    }
    if (cell->type == HONE_CELL_REAL) {
        return (struct hone_value){.type = HONE_REAL, .real = cell->real};
    }
    return (struct hone_value){.type = HONE_TEXT, .text = cell->text};
}

static bool make_room(struct reading *r, size_t params) {
    if (r->fold == NULL) {
        r->room = params;
        r->name = hone_arena_array(&r->arena, params, sizeof(*r->name));
        r->value = hone_arena_array(&r->arena, params, sizeof(*r->value));
        r->fold = hone_arena_array(&r->arena, r->study.folds, sizeof(*r->fold));
    }
    r->failed = r->name == NULL || r->value == NULL || r->fold == NULL;
    return !r->failed;
}

static void read_folds(const struct reading *r, const struct hone_trial_row *row) {
    for (size_t f = 0; f < r->study.folds; f++) {
        r->fold[f] = (double)NAN;
    }
    for (size_t f = 0; f < row->folds; f++) {
        if (row->fold[f].fold < r->study.folds) {
            r->fold[row->fold[f].fold] = row->fold[f].value;
        }
    }
}

/* All trials of a study have the same parameters; inactive ones are not told. */
static bool tell(void *self, const struct hone_trial_row *row) {
    struct reading *r = self;
    struct hone_foreign foreign = {
        .number = row->number, .state = row->state, .value = row->value, .sem = row->sem,
        .seconds = row->seconds, .started_ms = row->started_ms, .finished_ms = row->finished_ms,
        .error = row->error, .folds = r->study.folds,
    };

    if (!make_room(r, row->params)) {
        return false;
    }
    for (size_t p = 0; p < r->room; p++) {
        if (row->param[p].type != HONE_CELL_NONE) {
            r->name[foreign.params] = row->param_name[p];
            r->value[foreign.params++] = value_of(&row->param[p]);
        }
    }
    read_folds(r, row);
    foreign.name = r->name;
    foreign.param = r->value;
    foreign.fold = r->fold;
    return r->im->visit(r->im->self, &foreign);
}

static enum hone_code read_study(struct reading *r, struct hone_db *db, struct hone_err *err) {
    const struct hone_trial_query query = {.study = r->study.name, .with_folds = true};
    enum hone_code code = hone_db_trials(db, &query, tell, r, err);

    return code == HONE_OK && r->failed
               ? hone_fail(err, HONE_E_NOMEM, "reading study '%s'", r->study.name) : code;
}

enum hone_code cli_import_hone(const struct cli_import *im, struct hone_err *err) {
    struct reading r = {.im = im};
    struct hone_db *db = NULL;
    enum hone_code code = hone_db_open(im->path, HONE_DB_READ, &db, err);

    if (code == HONE_OK) {
        code = choose(&r, db, err);
    }
    if (code == HONE_OK) {
        code = check_study(&r, err);
    }
    if (code == HONE_OK) {
        code = read_study(&r, db, err);
    }
    hone_db_close(db);
    hone_arena_finish(&r.arena);
    return code;
}
