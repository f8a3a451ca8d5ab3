/* Learning curves. Of the first trials by rank every fold is kept, of the next ones,
 * and of those that run, the mean over folds; curves longer than the page can show are
 * thinned. */
#include "engine/alloc.h"
#include "engine/cli/report/json.h"
#include "engine/cli/report/members.h"

#include <math.h>
#include <string.h>

enum {
    WHOLE_TRIALS = 24, /* with their folds */
    WHOLE_POINTS = 48, /* a curve */
    MEAN_POINTS = 16,
    ROWS_READ = 200000, /* epochs of folds, at which reading ends */
    NUMBERS = 40000,    /* written, at which it ends too */
};

struct curves {
    size_t count, room;
    struct hone_curve_row *row; /* (room) of one trial, by fold and epoch */
    bool failed;
    size_t read, written;
};

static bool keep_row(void *self, const struct hone_curve_row *row) {
    struct curves *c = self;

    if (c->count == c->room) {
        const size_t room = c->room == 0 ? 256 : 2 * c->room;
        struct hone_curve_row *grown = hone_resize(c->row, room, sizeof(*grown));

        if (grown == NULL) {
            c->failed = true;
            return false;
        }
        c->row = grown;
        c->room = room;
    }
    c->row[c->count++] = *row;
    return true;
}

/* How many rows from `from` on are of the same fold. */
static size_t run_length(const struct curves *c, size_t from) {
    size_t to = from;

    while (to < c->count && c->row[to].fold == c->row[from].fold) {
        to++;
    }
    return to - from;
}

/* The i-th of `points` places among `count`, ends included. */
static size_t place(size_t i, size_t points, size_t count) {
    return points < 2 ? 0 : i * (count - 1) / (points - 1);
}

static size_t points_of(size_t count, size_t most) {
    return count < most ? count : most;
}

enum column { EPOCH, TRAIN, VALID };

static double number_of(const struct hone_curve_point *point, enum column column) {
    switch (column) {
    case EPOCH:
        return (double)point->epoch;
    case TRAIN:
        return point->train_loss;
    default:
        return point->valid_loss;
    }
}

static void add_fold_column(struct curves *c, const struct hone_curve_row *row, size_t count,
    enum column column, struct hone_buf *buf) {
    const size_t points = points_of(count, WHOLE_POINTS);

    cli_json_next(buf);
    hone_buf_add(buf, "[");
    for (size_t i = 0; i < points; i++) {
        cli_json_next(buf);
        cli_json_real(buf, number_of(&row[place(i, points, count)].point, column), 5);
    }
    hone_buf_add(buf, "]");
    c->written += points;
}

/* [fold, [epochs], [training losses], [validation losses]] */
static void add_fold(struct curves *c, size_t from, size_t count, struct hone_buf *buf) {
    cli_json_next(buf);
    hone_buf_add(buf, "[");
    cli_json_real(buf, (double)c->row[from].fold, CLI_JSON_EXACT);
    for (enum column column = EPOCH; column <= VALID; column++) {
        add_fold_column(c, c->row + from, count, column, buf);
    }
    hone_buf_add(buf, "]");
}

static void add_folds(struct curves *c, struct hone_buf *buf) {
    size_t count;

    hone_buf_add(buf, "[");
    for (size_t from = 0; from < c->count; from += count) {
        count = run_length(c, from);
        add_fold(c, from, count, buf);
    }
    hone_buf_add(buf, "]");
}

/* Mean over the folds at the i-th place of each, of what is validated on when there
 * is such a thing. */
static double mean_at(const struct curves *c, size_t i, size_t points) {
    const enum column column = isfinite(c->row[0].point.valid_loss) ? VALID : TRAIN;
    double sum = 0, folds = 0;
    size_t count;

    for (size_t from = 0; from < c->count; from += count) {
        count = run_length(c, from);
        sum += number_of(&c->row[from + place(i, points, count)].point, column);
        folds++;
    }
    return sum / folds;
}

static void add_mean(struct curves *c, struct hone_buf *buf) {
    const size_t points = points_of(run_length(c, 0), MEAN_POINTS);

    hone_buf_add(buf, "[");
    for (size_t i = 0; i < points; i++) {
        cli_json_next(buf);
        cli_json_real(buf, mean_at(c, i, points), 4);
    }
    hone_buf_add(buf, "]");
    c->written += points;
}

/* {"mean": […], "folds": […]}, the latter for the first trials alone. */
static void add_trial(struct curves *c, size_t number, bool whole, struct hone_buf *buf) {
    struct hone_buf key = {0};

    hone_buf_printf(&key, "%zu", number);
    cli_json_key(buf, hone_buf_text(&key));
    hone_buf_add(buf, "{");
    cli_json_key(buf, "mean");
    add_mean(c, buf);
    if (whole) {
        cli_json_key(buf, "folds");
        add_folds(c, buf);
    }
    hone_buf_add(buf, "}");
    buf->failed = buf->failed || key.failed;
    hone_buf_finish(&key);
}

static enum hone_code read_trial(const struct cli_report_source *source, struct curves *c,
    size_t number, struct hone_err *err) {
    enum hone_code code;

    c->count = 0;
    code = hone_db_curves(source->db, source->record->study.name, number, keep_row, c, err);
    c->read += c->count + 1;
    return code == HONE_OK && c->failed ? hone_fail(err, HONE_E_NOMEM, "the curves") : code;
}

/* As far as they have come. */
static enum hone_code add_running(const struct cli_report_source *source, struct curves *c,
    struct hone_buf *buf, struct hone_err *err) {
    const struct cli_record *record = source->record;
    enum hone_code code = HONE_OK;

    for (size_t i = 0; code == HONE_OK && i < record->count && c->read < ROWS_READ; i++) {
        if (record->trial[i].state != HONE_RUNNING) {
            continue;
        }
        code = read_trial(source, c, i, err);
        if (code == HONE_OK && c->count > 0) {
            add_trial(c, i, false, buf);
        }
    }
    return code;
}

/* Nothing is looked for where the first trials have no curve. */
enum hone_code cli_report_curves(const struct cli_report_source *source, struct hone_buf *buf,
    struct hone_err *err) {
    const struct cli_ties *ties = source->ties;
    struct curves c = {0};
    enum hone_code code = HONE_OK;
    size_t found = 0;

    cli_json_key(buf, "curves");
    hone_buf_add(buf, "{");
    for (size_t i = 0; i < ties->count && c.read < ROWS_READ && c.written < NUMBERS; i++) {
        if (found == 0 && i == WHOLE_TRIALS) {
            break;
        }
        code = read_trial(source, &c, ties->number[i], err);
        if (code != HONE_OK) {
            break;
        }
        if (c.count > 0) {
            add_trial(&c, ties->number[i], found++ < WHOLE_TRIALS, buf);
        }
    }
    if (code == HONE_OK) {
        code = add_running(source, &c, buf, err);
    }
    hone_buf_add(buf, "}");
    hone_free(c.row);
    return code;
}
