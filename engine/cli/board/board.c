#include "engine/cli/board/board.h"

#include "engine/buf.h"
#include "engine/cli/board/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* plugins/hparams/plugin_data.proto and api.proto of TensorBoard. */
enum { DATA_VERSION = 1, DATA_EXPERIMENT = 2, DATA_START = 3, DATA_END = 4 };
enum { START_HPARAMS = 1, START_GROUP = 4, START_TIME = 5, MAP_KEY = 1, MAP_VALUE = 2 };
enum { END_STATUS = 1, END_TIME = 2, STATUS_SUCCESS = 1, STATUS_FAILURE = 2, STATUS_RUNNING = 3 };
enum { JSON_NUMBER = 2, JSON_TEXT = 3, JSON_BOOL = 4, LIST_VALUES = 1 };
enum { EXPERIMENT_TIME = 3, EXPERIMENT_HPARAMS = 4, EXPERIMENT_METRICS = 5 };
enum { HPARAM_NAME = 1, HPARAM_TYPE = 4, HPARAM_DISCRETE = 5, HPARAM_INTERVAL = 6 };
enum { TYPE_TEXT = 1, TYPE_BOOL = 2, TYPE_NUMBER = 3, INTERVAL_LOW = 1, INTERVAL_HIGH = 2 };
enum { METRIC_NAME = 1, METRIC_SHOWN = 3, NAME_GROUP = 1, NAME_TAG = 2 };

enum { FOLDER_MODE = 0777, FILE_MODE = 0666, MS = 1000 };

/* What a program told by its steps; "value" is the fold's own, at step 0. */
static const char told_tag[] = "value/steps";

/* ---- Files ---- */

/* No name of a study leads out of the folder, but ".." would. */
static void add_folder(const struct cli_board *board, struct hone_buf *path) {
    hone_buf_printf(path, "%s/%s%s", board->folder, board->study[0] == '.' ? "_" : "",
        board->study);
}

static enum hone_code make_folders(const char *path, struct hone_err *err) {
    struct hone_buf part = {0};
    enum hone_code code = HONE_OK;

    for (size_t i = 1; code == HONE_OK && i <= strlen(path); i++) {
        if (path[i] == '/' || path[i] == '\0') {
            hone_buf_clear(&part);
            hone_buf_add_bytes(&part, path, i);
            if (mkdir(hone_buf_text(&part), FOLDER_MODE) != 0 && errno != EEXIST) {
                code = hone_fail(err, HONE_E_IO, "'%s': %s", hone_buf_text(&part),
                    strerror(errno));
            }
        }
    }
    hone_buf_finish(&part);
    return code;
}

/* In its place, and not by renaming a new file: TensorBoard keeps a file open and
 * reads on where it was. */
static enum hone_code put_bytes(const char *path, const struct hone_buf *bytes,
    struct hone_err *err) {
    const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
    enum hone_code code;

    if (file < 0) {
        return hone_fail(err, HONE_E_IO, "'%s': %s", path, strerror(errno));
    }
    code = hone_buf_write(bytes, file, path, err);
    if (close(file) != 0 && code == HONE_OK) {
        code = hone_fail(err, HONE_E_IO, "'%s': %s", path, strerror(errno));
    }
    return code;
}

/* `folder` is below the study's; "" is that itself. The name says since when the study
 * or the trial is there. */
static enum hone_code write_file(const struct cli_board *board, const char *folder,
    int64_t started_ms, const struct hone_buf *events, struct hone_err *err) {
    struct hone_buf path = {0};
    enum hone_code code;

    add_folder(board, &path);
    hone_buf_printf(&path, "%s%s", folder[0] == '\0' ? "" : "/", folder);
    code = hone_buf_ok(events, err);
    if (code == HONE_OK) {
        code = make_folders(hone_buf_text(&path), err);
    }
    hone_buf_printf(&path, "/events.out.tfevents.%" PRId64 ".hone", started_ms / MS);
    if (code == HONE_OK) {
        code = hone_buf_ok(&path, err);
    }
    if (code == HONE_OK) {
        code = put_bytes(hone_buf_text(&path), events, err);
    }
    hone_buf_finish(&path);
    return code;
}

static double seconds_of(int64_t wall_ms) {
    return (double)wall_ms / MS;
}

static bool has_path(const struct cli_board *board, const char *below) {
    struct hone_buf path = {0};
    struct stat info;
    bool has;

    add_folder(board, &path);
    hone_buf_add(&path, below);
    has = !path.failed && stat(hone_buf_text(&path), &info) == 0;
    hone_buf_finish(&path);
    return has;
}

bool cli_board_is_there(const struct cli_board *board) {
    return has_path(board, "");
}

bool cli_board_has(const struct cli_board *board, uint64_t number) {
    char below[32];

    (void)snprintf(below, sizeof(below), "/%" PRIu64, number);
    return has_path(board, below);
}

/* ---- HParams ---- */

/* As google.protobuf.Value; lists and null are texts of JSON. */
static void add_json_value(struct hone_buf *message, unsigned field,
    const struct hone_value *value) {
    struct hone_buf inner = {0}, text = {0};

    if (value->type == HONE_BOOL) {
        cli_pb_add_varint(&inner, JSON_BOOL, value->boolean);
    } else if (hone_value_is_number(value)) {
        cli_pb_add_double(&inner, JSON_NUMBER, value->real);
    } else {
        hone_value_write_plain(value, &text);
        cli_pb_add_text(&inner, JSON_TEXT, hone_buf_text(&text));
    }
    hone_buf_finish(&text);
    cli_pb_add_message(message, field, &inner);
}

static void add_hparams(struct hone_buf *summary, const char *tag, unsigned kind,
    struct hone_buf *message) {
    struct hone_buf data = {0};

    cli_pb_add_varint(&data, DATA_VERSION, 0);
    cli_pb_add_message(&data, kind, message);
    cli_summary_add_hparams(summary, tag, &data);
}

static void add_interval(struct hone_buf *message, const struct hone_param *param) {
    struct hone_buf interval = {0};

    cli_pb_add_double(&interval, INTERVAL_LOW, param->low);
    cli_pb_add_double(&interval, INTERVAL_HIGH, param->high);
    cli_pb_add_message(message, HPARAM_INTERVAL, &interval);
}

/* One type for all choices: texts, unless all are numbers or all are true or false. */
static unsigned type_of(const struct hone_param *param) {
    bool numbers = true;
    bool truths = true;

    if (param->type != HONE_PARAM_CATEGORICAL) {
        return TYPE_NUMBER;
    }
    for (size_t i = 0; i < param->choice_count; i++) {
        numbers = numbers && hone_value_is_number(param->choice[i]);
        truths = truths && param->choice[i]->type == HONE_BOOL;
    }
    return numbers ? TYPE_NUMBER : truths ? TYPE_BOOL : TYPE_TEXT;
}

static void add_param(struct hone_buf *experiment, const struct hone_param *param) {
    struct hone_buf info = {0}, list = {0};

    cli_pb_add_text(&info, HPARAM_NAME, param->name);
    cli_pb_add_varint(&info, HPARAM_TYPE, type_of(param));
    if (param->type == HONE_PARAM_CATEGORICAL) {
        for (size_t i = 0; i < param->choice_count; i++) {
            add_json_value(&list, LIST_VALUES, param->choice[i]);
        }
        cli_pb_add_message(&info, HPARAM_DISCRETE, &list);
    } else {
        add_interval(&info, param);
    }
    cli_pb_add_message(experiment, EXPERIMENT_HPARAMS, &info);
}

static void add_metric(struct hone_buf *experiment, const char *tag, const char *shown) {
    struct hone_buf info = {0}, name = {0};

    cli_pb_add_text(&name, NAME_TAG, tag);
    cli_pb_add_message(&info, METRIC_NAME, &name);
    cli_pb_add_text(&info, METRIC_SHOWN, shown);
    cli_pb_add_message(experiment, EXPERIMENT_METRICS, &info);
}

enum hone_code cli_board_open(const struct cli_board *board, int64_t started_ms,
    struct hone_err *err) {
    struct hone_buf experiment = {0}, summary = {0}, events = {0};
    enum hone_code code;

    cli_pb_add_double(&experiment, EXPERIMENT_TIME, seconds_of(started_ms));
    for (size_t p = 0; p < board->space->n; p++) {
        add_param(&experiment, &board->space->param[p]);
    }
    add_metric(&experiment, "value", board->metric);
    add_metric(&experiment, "stderr", "standard error");
    add_hparams(&summary, "_hparams_/experiment", DATA_EXPERIMENT, &experiment);
    cli_event_file_start(&events, seconds_of(started_ms));
    cli_event_file_add(&events, seconds_of(started_ms), 0, &summary);
    code = write_file(board, "", started_ms, &events, err);
    hone_buf_finish(&events);
    return code;
}

/* ---- A trial ---- */

static void add_start(const struct cli_board *board, uint64_t number, int64_t started_ms,
    const double *x_value, struct hone_buf *events) {
    struct hone_buf start = {0}, summary = {0}, group = {0};

    for (size_t p = 0; p < board->space->n; p++) {
        const struct hone_param *param = &board->space->param[p];

        if (!isnan(x_value[p])) {
            const struct hone_value value = hone_param_value(param, x_value[p]);
            struct hone_buf entry = {0};

            cli_pb_add_text(&entry, MAP_KEY, param->name);
            add_json_value(&entry, MAP_VALUE, &value);
            cli_pb_add_message(&start, START_HPARAMS, &entry);
        }
    }
    hone_buf_printf(&group, "trial %" PRIu64, number);
    cli_pb_add_text(&start, START_GROUP, hone_buf_text(&group));
    cli_pb_add_double(&start, START_TIME, seconds_of(started_ms));
    add_hparams(&summary, "_hparams_/session_start_info", DATA_START, &start);
    cli_event_file_start(events, seconds_of(started_ms));
    cli_event_file_add(events, seconds_of(started_ms), 0, &summary);
    hone_buf_finish(&group);
}

static void add_end(const struct hone_trial_row *row, struct hone_buf *events) {
    struct hone_buf end = {0}, summary = {0}, values = {0};
    const double time = seconds_of(row->finished_ms);

    if (isfinite(row->value)) {
        cli_summary_add_scalar(&values, "value", row->value);
    }
    if (isfinite(row->sem)) {
        cli_summary_add_scalar(&values, "stderr", row->sem);
    }
    for (size_t m = 0; m < row->metrics; m++) {
        struct hone_buf tag = {0};

        hone_buf_printf(&tag, "metrics/%s", row->metric[m].name);
        cli_summary_add_scalar(&values, hone_buf_text(&tag), row->metric[m].value);
        hone_buf_finish(&tag);
    }
    cli_event_file_add(events, time, 0, &values);
    cli_pb_add_varint(&end, END_STATUS,
        row->state == HONE_FAILED ? STATUS_FAILURE : STATUS_SUCCESS);
    cli_pb_add_double(&end, END_TIME, time);
    add_hparams(&summary, "_hparams_/session_end_info", DATA_END, &end);
    cli_event_file_add(events, time, 0, &summary);
}

static enum hone_code write_trial(const struct cli_board *board, uint64_t number,
    int64_t started_ms, const struct hone_buf *events, struct hone_err *err) {
    char folder[32];

    (void)snprintf(folder, sizeof(folder), "%" PRIu64, number);
    return write_file(board, folder, started_ms, events, err);
}

enum hone_code cli_board_begin(const struct cli_board *board, uint64_t number,
    int64_t started_ms, const double *x_value, struct hone_err *err) {
    struct hone_buf events = {0};
    enum hone_code code;

    add_start(board, number, started_ms, x_value, &events);
    code = write_trial(board, number, started_ms, &events, err);
    hone_buf_finish(&events);
    return code;
}

enum hone_code cli_board_end(const struct cli_board *board, const struct hone_trial_row *row,
    const double *x_value, struct hone_err *err) {
    struct hone_buf events = {0};
    enum hone_code code;

    add_start(board, row->number, row->started_ms, x_value, &events);
    if (hone_state_is_finished(row->state)) {
        add_end(row, &events);
    }
    code = write_trial(board, row->number, row->started_ms, &events, err);
    hone_buf_finish(&events);
    return code;
}

/* ---- A fold ---- */

/* Epochs have no times of their own: they share the fold's evenly, those that the curve
 * leaves out among them; so do the values of a program, whose steps may be anything. */
static double share_of_time(const struct cli_board_fold *fold, size_t i) {
    return hone_curve_is_told(&fold->point[i])
               ? (double)(i + 1) / (double)fold->points
               : (double)fold->point[i].epoch / (double)fold->point[fold->points - 1].epoch;
}

static void add_points(const struct cli_board_fold *fold, struct hone_buf *events) {
    const double start = seconds_of(fold->started_ms);
    const double seconds = isfinite(fold->seconds) ? fold->seconds : 0;

    for (size_t i = 0; i < fold->points; i++) {
        const struct hone_curve_point *point = &fold->point[i];
        struct hone_buf summary = {0};

        if (isfinite(point->train_loss)) {
            cli_summary_add_scalar(&summary, "loss/train", point->train_loss);
        }
        if (isfinite(point->valid_loss)) {
            cli_summary_add_scalar(&summary,
                hone_curve_is_told(point) ? told_tag : "loss/validation", point->valid_loss);
        }
        if (isfinite(point->rate)) {
            cli_summary_add_scalar(&summary, "rate", point->rate);
        }
        cli_event_file_add(events,
            start + seconds * share_of_time(fold, i), point->epoch, &summary);
    }
}

enum hone_code cli_board_fold(const struct cli_board *board, uint64_t number,
    int64_t trial_started_ms, const struct cli_board_fold *fold, struct hone_err *err) {
    const double start = seconds_of(fold->started_ms);
    struct hone_buf events = {0}, summary = {0};
    char folder[64];
    enum hone_code code;

    cli_event_file_start(&events, start);
    add_points(fold, &events);
    if (isfinite(fold->value)) {
        cli_summary_add_scalar(&summary, "value", fold->value);
        cli_event_file_add(&events, start + (isfinite(fold->seconds) ? fold->seconds : 0),
            0, &summary);
    }
    (void)snprintf(folder, sizeof(folder), "%" PRIu64 "/fold-%zu", number, fold->fold);
    code = write_file(board, folder, trial_started_ms, &events, err);
    hone_buf_finish(&events);
    return code;
}
