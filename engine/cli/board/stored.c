/* Trials of a database for TensorBoard. */
#include "engine/alloc.h"
#include "engine/cli/board/board.h"

#include <inttypes.h>

struct reading {
    size_t count, room;
    struct hone_curve_row *row; /* (count) by fold and epoch */
    bool out_of_memory;
};

static bool keep_point(void *self, const struct hone_curve_row *row) {
    struct reading *r = self;

    if (r->count == r->room) {
        const size_t room = r->room == 0 ? 256 : 2 * r->room;
        struct hone_curve_row *more = hone_resize(r->row, room, sizeof(*more));

        r->out_of_memory = more == NULL;
        if (more == NULL) {
            return false;
        }
        r->row = more;
        r->room = room;
    }
    r->row[r->count++] = *row;
    return true;
}

static enum hone_code read_curves(const struct cli_board *board, struct hone_db *db,
    uint64_t number, struct reading *r, struct hone_err *err) {
    enum hone_code code = hone_db_curves(db, board->study, number, keep_point, r, err);

    return code == HONE_OK && r->out_of_memory
               ? hone_fail(err, HONE_E_NOMEM, "the curves of trial %" PRIu64, number)
               : code;
}

/* With the points of this fold, as an array of their own. */
static enum hone_code write_fold(const struct cli_board *board, uint64_t number,
    int64_t trial_started_ms, const struct cli_board_fold *known, const struct reading *r,
    struct hone_err *err) {
    struct hone_curve_point *point = hone_new_array(r->count + 1, sizeof(*point));
    struct cli_board_fold fold = *known;
    enum hone_code code;

    if (point == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "a curve of %zu points", r->count);
    }
    fold.point = point;
    for (size_t i = 0; i < r->count; i++) {
        if (r->row[i].fold == fold.fold) {
            point[fold.points++] = r->row[i].point;
        }
    }
    code = cli_board_fold(board, number, trial_started_ms, &fold, err);
    hone_free(point);
    return code;
}

enum hone_code cli_board_trial(const struct cli_board *board, struct hone_db *db,
    const struct hone_trial_row *row, const double *x_value, struct hone_err *err) {
    struct reading r = {0};
    enum hone_code code = read_curves(board, db, row->number, &r, err);

    for (size_t f = 0; code == HONE_OK && f < row->folds; f++) {
        const struct cli_board_fold fold = {
            .fold = row->fold[f].fold, .value = row->fold[f].value,
            .started_ms = row->fold[f].started_ms, .seconds = row->fold[f].seconds,
        };

        code = write_fold(board, row->number, row->started_ms, &fold, &r, err);
    }
    hone_free(r.row);
    return code == HONE_OK ? cli_board_end(board, row, x_value, err) : code;
}

enum hone_code cli_board_curve(const struct cli_board *board, struct hone_db *db, uint64_t number,
    int64_t trial_started_ms, const struct cli_board_fold *fold, struct hone_err *err) {
    struct reading r = {0};
    enum hone_code code = read_curves(board, db, number, &r, err);

    if (code == HONE_OK) {
        code = write_fold(board, number, trial_started_ms, fold, &r, err);
    }
    hone_free(r.row);
    return code;
}
