/* hone export --to cvresults: what scikit-learn's searches keep in cv_results_, a
 * list a key, an entry a finished trial. Scores as there: larger is better. */
#include "engine/alloc.h"
#include "engine/cli/exchange/export.h"
#include "engine/cli/point.h"
#include "engine/cli/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One list being written; all have one entry a trial. */
struct column {
    struct hone_buf name; /* as a JSON text */
    struct hone_buf list;
};

struct lists {
    const struct cli_exporting *e;
    size_t folds, columns;
    struct column *column; /* (columns) times, parameters, points, folds, scores */
    size_t count, room;
    double *score; /* (count) means, NaN: none */
};

enum { FIT_MEAN, FIT_STD, PARAMS }; /* the first columns; then a parameter each */
enum { SCORE_MEAN, SCORE_STD, RANK, SCORES }; /* the last ones */

static struct column *param_column(const struct lists *l, size_t p) {
    return &l->column[PARAMS + 1 + p];
}

static struct column *fold_column(const struct lists *l, size_t f) {
    return &l->column[PARAMS + 1 + l->e->space->n + f];
}

static struct column *score_column(const struct lists *l, size_t which) {
    return &l->column[l->columns - SCORES + which];
}

static void add_real(struct column *column, double number) {
    hone_buf_add(&column->list, column->list.length == 0 ? "" : ", ");
    hone_buf_add_json_real(&column->list, number);
}

/* ---- Names ---- */

static void name_column(struct column *column, const char *head, const char *name) {
    struct hone_buf text = {0};

    hone_buf_add(&text, head);
    hone_buf_add(&text, name);
    hone_buf_add_json_text(&column->name, hone_buf_text(&text));
    column->name.failed = column->name.failed || text.failed;
    hone_buf_finish(&text);
}

static void name_columns(const struct lists *l) {
    name_column(&l->column[FIT_MEAN], "mean_fit_time", "");
    name_column(&l->column[FIT_STD], "std_fit_time", "");
    name_column(&l->column[PARAMS], "params", "");
    for (size_t p = 0; p < l->e->space->n; p++) {
        name_column(param_column(l, p), "param_", l->e->space->param[p].name);
    }
    for (size_t f = 0; f < l->folds; f++) {
        hone_buf_printf(&fold_column(l, f)->name, "\"split%zu_test_score\"", f);
    }
    name_column(score_column(l, SCORE_MEAN), "mean_test_score", "");
    name_column(score_column(l, SCORE_STD), "std_test_score", "");
    name_column(score_column(l, RANK), "rank_test_score", "");
}

/* ---- Entries ---- */

static double as_score(const struct lists *l, double value) {
    return l->e->study->maximize ? value : -value;
}

static void put_params(const struct lists *l, const struct hone_trial_row *row) {
    struct hone_buf *points = &l->column[PARAMS].list;
    const char *separator = "{";

    hone_buf_add(points, points->length == 0 ? "" : ", ");
    for (size_t p = 0; p < row->params; p++) {
        struct hone_buf *list = &param_column(l, p)->list;

        hone_buf_add(list, list->length == 0 ? "" : ", ");
        cli_add_cell_json(list, &row->param[p]); /* inactive: null */
        if (row->param[p].type != HONE_CELL_NONE) {
            hone_buf_add(points, separator);
            hone_buf_add_json_text(points, row->param_name[p]);
            hone_buf_add(points, ": ");
            cli_add_cell_json(points, &row->param[p]);
            separator = ", ";
        }
    }
    hone_buf_add(points, separator[0] == '{' ? "{}" : "}");
}

/* Mean and spread as NumPy has them, the spread by n. NaN without a number. */
static void describe(size_t count, const double *number, double *ret_mean, double *ret_std) {
    double sum = 0;
    double squares = 0;

    for (size_t i = 0; i < count; i++) {
        sum += number[i];
    }
    *ret_mean = count == 0 ? (double)NAN : sum / (double)count;
    for (size_t i = 0; i < count; i++) {
        squares += (number[i] - *ret_mean) * (number[i] - *ret_mean);
    }
    *ret_std = count == 0 ? (double)NAN : sqrt(squares / (double)count);
}

/* Seconds are those of a whole fold: training and scoring are not told apart. */
static void put_times(const struct lists *l, const struct hone_trial_row *row, double *scratch) {
    double mean, std;

    for (size_t f = 0; f < row->folds; f++) {
        scratch[f] = row->fold[f].seconds;
    }
    describe(row->folds, scratch, &mean, &std);
    add_real(&l->column[FIT_MEAN], mean);
    add_real(&l->column[FIT_STD], std);
}

/* A trial that lacks a fold has no mean, as one whose fit failed has none there. */
static void put_scores(struct lists *l, const struct hone_trial_row *row, double *scratch) {
    double mean, std;
    size_t values = 0;
    size_t at = 0;

    for (size_t f = 0; f < l->folds; f++) {
        bool here = at < row->folds && row->fold[at].fold == f;
        double score = here ? as_score(l, row->fold[at++].value) : (double)NAN;

        add_real(fold_column(l, f), score);
        if (isfinite(score)) {
            scratch[values++] = score;
        }
    }
    describe(values, scratch, &mean, &std);
    mean = row->state == HONE_COMPLETE ? as_score(l, row->value) : (double)NAN;
    add_real(score_column(l, SCORE_MEAN), mean);
    add_real(score_column(l, SCORE_STD), isfinite(mean) ? std : (double)NAN);
    l->score[l->count++] = mean;
}

static bool make_room(struct lists *l) {
    size_t room = l->room == 0 ? 64 : 2 * l->room;
    double *score;

    if (l->count < l->room) {
        return true;
    }
    score = hone_resize(l->score, room, sizeof(*score));
    if (score != NULL) {
        l->score = score;
        l->room = room;
    }
    return score != NULL;
}

struct putting {
    struct lists *l;
    double *scratch; /* (folds) */
    bool failed;
};

static bool put_trial(void *self, const struct hone_trial_row *row) {
    struct putting *p = self;

    if (!hone_state_is_finished(row->state)) {
        return true;
    }
    if (!make_room(p->l)) {
        p->failed = true;
        return false;
    }
    put_times(p->l, row, p->scratch);
    put_params(p->l, row);
    put_scores(p->l, row, p->scratch);
    return true;
}

/* ---- Ranks ---- */

static int compare_scores(const void *a, const void *b) {
    double x = **(double *const *)a;
    double y = **(double *const *)b;

    if (isnan(x) || isnan(y)) {
        return isnan(x) - isnan(y);
    }
    return (x < y) - (x > y);
}

/* The best is 1; equals share the lowest of their ranks; no score comes last. */
static enum hone_code put_ranks(const struct lists *l, struct hone_err *err) {
    double **order = hone_new_array(l->count, sizeof(*order));
    size_t *rank = hone_new_array(l->count, sizeof(*rank));
    struct hone_buf *list = &score_column(l, RANK)->list;

    for (size_t i = 0; order != NULL && i < l->count; i++) {
        order[i] = &l->score[i];
    }
    if (order != NULL && rank != NULL && l->count > 0) {
        qsort(order, l->count, sizeof(*order), compare_scores);
    }
    for (size_t i = 0, first = 0; order != NULL && rank != NULL && i < l->count; i++) {
        first = i > 0 && compare_scores(&order[i - 1], &order[i]) == 0 ? first : i;
        rank[order[i] - l->score] = first + 1;
    }
    for (size_t i = 0; rank != NULL && i < l->count; i++) {
        hone_buf_add(list, i == 0 ? "" : ", ");
        cli_add_uint(list, rank[i]);
    }
    hone_free(order);
    hone_free(rank);
    return order == NULL || rank == NULL
               ? hone_fail(err, HONE_E_NOMEM, "no memory for %zu ranks", l->count) : HONE_OK;
}

/* ---- The whole ---- */

static enum hone_code write_lists(const struct lists *l, struct hone_err *err) {
    struct hone_buf *text = &l->e->out->text;
    enum hone_code code = HONE_OK;

    for (size_t c = 0; code == HONE_OK && c < l->columns; c++) {
        const struct column *column = &l->column[c];

        hone_buf_add(text, c == 0 ? "{\n" : ",\n");
        hone_buf_add(text, hone_buf_text(&column->name));
        hone_buf_add(text, ": [");
        hone_buf_add(text, hone_buf_text(&column->list));
        hone_buf_add(text, "]");
        cli_out_turn(l->e->out);
        code = hone_buf_ok(&column->name, err);
        if (code == HONE_OK) {
            code = hone_buf_ok(&column->list, err);
        }
    }
    hone_buf_add(text, "\n}\n");
    return code;
}

static enum hone_code gather(struct lists *l, struct hone_err *err) {
    const struct hone_trial_query query = {.study = l->e->study->name, .with_folds = true};
    struct putting putting = {.l = l};
    enum hone_code code;

    putting.scratch = hone_arena_array(l->e->arena, l->folds, sizeof(*putting.scratch));
    if (putting.scratch == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for %zu folds", l->folds);
    }
    code = hone_db_trials(l->e->db, &query, put_trial, &putting, err);
    return code == HONE_OK && putting.failed
               ? hone_fail(err, HONE_E_NOMEM, "no memory for %zu scores", l->count) : code;
}

static enum hone_code write_cvresults(const struct cli_exporting *e, struct hone_err *err) {
    struct lists l = {.e = e, .folds = e->study->folds,
        .columns = PARAMS + 1 + e->space->n + e->study->folds + SCORES};
    enum hone_code code;

    l.column = hone_new_array(l.columns, sizeof(*l.column));
    if (l.column == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for %zu lists", l.columns);
    }
    name_columns(&l);
    code = gather(&l, err);
    if (code == HONE_OK) {
        code = put_ranks(&l, err);
    }
    if (code == HONE_OK) {
        code = write_lists(&l, err);
    }
    for (size_t c = 0; c < l.columns; c++) {
        hone_buf_finish(&l.column[c].name);
        hone_buf_finish(&l.column[c].list);
    }
    hone_free(l.column);
    hone_free(l.score);
    return code;
}

const struct cli_export_form cli_export_cvresults = {
    .name = "cvresults",
    .kind = CLI_EXPORT_TEXT, .write = write_cvresults,
};
