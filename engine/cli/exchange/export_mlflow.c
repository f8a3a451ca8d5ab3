/* hone export --to mlflow FOLDER: MLflow's directory store, an experiment a study, a
 * run a trial. `mlflow migrate-filestore` takes it into any of MLflow's databases,
 * whose own tables change too often to be written from outside. */
#define _XOPEN_SOURCE 700 /* realpath */
#include "engine/cli/exchange/export.h"
#include "engine/cli/point.h"
#include "engine/cli/table.h"
#include "objectives/command/folder.h"
#include "objectives/data/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    NAME_LIMIT = 200, /* of MLflow's 250, with room for what is put behind */
    RUN_DIGITS = 32,
    EXPERIMENT_DIGITS = 18,
};

/* MLflow's own numbers (RunStatus). */
enum { STATUS_RUNNING = 1, STATUS_SCHEDULED = 2, STATUS_FINISHED = 3, STATUS_FAILED = 4,
    STATUS_KILLED = 5 };

struct tree {
    const struct cli_exporting *e;
    char root[PATH_MAX];   /* absolute */
    char making[PATH_MAX]; /* the experiment's folder until it is whole */
    char experiment[EXPERIMENT_DIGITS + 1];
    struct hone_buf path; /* of the run's folder, then of a file in it */
    struct hone_buf text; /* of a file */
    size_t run_length;    /* of the run's part of path */
    int64_t when_ms;      /* of the run's values */
    enum hone_code code;
    struct hone_err *err;
};

/* ---- Files ---- */

static enum hone_code system_failed(struct tree *t, const char *path) {
    return hone_fail(t->err, HONE_E_IO, "'%s': %s", path, strerror(errno));
}

static enum hone_code make_folder(struct tree *t, const char *path) {
    return mkdir(path, 0777) == 0 ? HONE_OK : system_failed(t, path);
}

/* All of t->text to a new file at t->path. */
static enum hone_code fill_file(struct tree *t) {
    const char *path = hone_buf_text(&t->path);
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    enum hone_code code;

    if (file < 0) {
        return system_failed(t, path);
    }
    code = hone_buf_write(&t->text, file, path, t->err);
    if (close(file) != 0 && code == HONE_OK) {
        code = system_failed(t, path);
    }
    return code;
}

static enum hone_code ready(struct tree *t) {
    enum hone_code code = hone_buf_ok(&t->path, t->err);

    return code == HONE_OK ? hone_buf_ok(&t->text, t->err) : code;
}

/* The path of the run's folder, without what was put behind it. */
static void cut_path(struct tree *t) {
    if (!t->path.failed) {
        t->path.length = t->run_length;
        t->path.text[t->run_length] = '\0';
    }
}

/* A name as MLflow allows it and a file can have it. */
static void add_name(struct hone_buf *path, const char *name) {
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

    for (size_t i = 0; name[i] != '\0' && i < NAME_LIMIT; i++) {
        bool good = strchr(allowed, name[i]) != NULL || (strchr(". ", name[i]) != NULL && i > 0);

        hone_buf_add_bytes(path, good ? &name[i] : "_", 1);
    }
}

/* Two names may be the same once they are allowed: then the later one gets longer. */
static void make_free(struct hone_buf *path) {
    struct stat info;

    while (!path->failed && lstat(hone_buf_text(path), &info) == 0) {
        hone_buf_add(path, "_");
    }
}

/* Puts t->text into the run's folder: params/NAME, metrics/NAME, tags/NAME. */
static enum hone_code put(struct tree *t, const char *folder, const char *name) {
    enum hone_code code;

    hone_buf_add(&t->path, folder);
    add_name(&t->path, name);
    make_free(&t->path);
    code = ready(t);
    if (code == HONE_OK) {
        code = fill_file(t);
    }
    cut_path(t);
    hone_buf_clear(&t->text);
    return code;
}

static void add_int(struct hone_buf *text, int64_t number) {
    hone_buf_printf(text, "%" PRId64, number);
}

/* ---- A run ---- */

static enum hone_code put_params(struct tree *t, const struct hone_trial_row *row) {
    enum hone_code code = HONE_OK;

    for (size_t p = 0; p < row->params && code == HONE_OK; p++) {
        const struct hone_cell *cell = &row->param[p];

        if (cell->type == HONE_CELL_TEXT) {
            hone_buf_add_printable(&t->text, cell->text);
        } else if (cell->type != HONE_CELL_NONE) {
            cli_add_cell_json(&t->text, cell);
        }
        if (cell->type != HONE_CELL_NONE) {
            code = put(t, "/params/", row->param_name[p]);
        }
    }
    return code;
}

/* "MILLISECONDS VALUE STEP", a line a value. */
static void add_metric(struct tree *t, double value, int64_t step) {
    if (isfinite(value)) {
        add_int(&t->text, t->when_ms);
        hone_buf_add(&t->text, " ");
        hone_buf_add_real(&t->text, value);
        hone_buf_add(&t->text, " ");
        add_int(&t->text, step);
        hone_buf_add(&t->text, "\n");
    }
}

static enum hone_code put_metric(struct tree *t, const char *name) {
    return t->text.length > 0 ? put(t, "/metrics/", name) : HONE_OK;
}

static enum hone_code put_number(struct tree *t, const char *name, double value) {
    add_metric(t, value, 0);
    return put_metric(t, name);
}

static enum hone_code put_metrics(struct tree *t, const struct hone_trial_row *row) {
    enum hone_code code = put_number(t, "value", row->value);

    if (code == HONE_OK) {
        code = put_number(t, "stderr", row->sem);
    }
    if (code == HONE_OK) {
        code = put_number(t, "seconds", row->seconds);
    }
    for (size_t f = 0; row->folds > 1 && f < row->folds; f++) {
        add_metric(t, row->fold[f].value, (int64_t)row->fold[f].fold);
    }
    if (code == HONE_OK) {
        code = put_metric(t, "fold");
    }
    for (size_t m = 0; m < row->metrics && code == HONE_OK; m++) {
        code = put_number(t, row->metric[m].name, row->metric[m].value);
    }
    return code;
}

/* ---- Its curves: a metric a fold, a step an epoch or what a program called one ---- */

enum curve { CURVE_TRAIN, CURVE_VALID, CURVE_RATE, CURVES };

static const char *const curve_name[CURVES] = {"train_loss", "valid_loss", "learning_rate"};

struct curves {
    struct tree *t;
    size_t fold;
    bool told; /* the fold's are values that a program told, and no losses */
    struct hone_buf line[CURVES];
};

static enum hone_code put_curves(struct curves *c) {
    enum hone_code code = HONE_OK;

    for (size_t i = 0; i < CURVES && code == HONE_OK; i++) {
        char name[64];

        (void)snprintf(name, sizeof(name), "%s.fold%zu", c->told ? "value" : curve_name[i],
            c->fold);
        hone_buf_add(&c->t->text, hone_buf_text(&c->line[i]));
        c->t->text.failed = c->t->text.failed || c->line[i].failed;
        code = put_metric(c->t, name);
        hone_buf_clear(&c->line[i]);
    }
    return code;
}

/* Lines go where their curve grows: one file can be written at a time. */
static void add_point(struct curves *c, enum curve which, double value, int64_t epoch) {
    add_metric(c->t, value, epoch);
    hone_buf_add(&c->line[which], hone_buf_text(&c->t->text));
    hone_buf_clear(&c->t->text);
}

static bool see_point(void *self, const struct hone_curve_row *row) {
    struct curves *c = self;

    if (row->fold != c->fold) {
        c->t->code = put_curves(c);
        c->fold = row->fold;
    }
    c->told = hone_curve_is_told(&row->point);
    add_point(c, CURVE_TRAIN, row->point.train_loss, row->point.epoch);
    add_point(c, CURVE_VALID, row->point.valid_loss, row->point.epoch);
    add_point(c, CURVE_RATE, row->point.rate, row->point.epoch);
    return c->t->code == HONE_OK;
}

static enum hone_code put_all_curves(struct tree *t, const struct hone_trial_row *row) {
    struct curves c = {.t = t};
    enum hone_code code = hone_db_curves(t->e->db, t->e->study->name, row->number, see_point, &c,
        t->err);

    if (code == HONE_OK) {
        code = t->code;
    }
    if (code == HONE_OK) {
        code = put_curves(&c);
    }
    for (size_t i = 0; i < CURVES; i++) {
        hone_buf_finish(&c.line[i]);
    }
    return code;
}

/* ---- What a run is called and how it went ---- */

static enum hone_code put_tag(struct tree *t, const char *name, const char *text) {
    if (text == NULL || text[0] == '\0') {
        return HONE_OK;
    }
    hone_buf_add(&t->text, text);
    return put(t, "/tags/", name);
}

static enum hone_code put_tags(struct tree *t, const struct hone_trial_row *row) {
    char name[32];
    enum hone_code code;

    (void)snprintf(name, sizeof(name), "trial %" PRIu64, row->number);
    code = put_tag(t, "mlflow.runName", name);
    if (code == HONE_OK) {
        code = put_tag(t, "hone.state", hone_state_name(row->state));
    }
    if (code == HONE_OK) {
        code = put_tag(t, "hone.part", row->part);
    }
    if (code == HONE_OK) {
        code = put_tag(t, "hone.why", row->why);
    }
    return code == HONE_OK ? put_tag(t, "hone.error", row->error) : code;
}

static int status_of(enum hone_state state) {
    switch (state) {
    case HONE_RUNNING:
        return STATUS_RUNNING;
    case HONE_COMPLETE:
        return STATUS_FINISHED;
    case HONE_PRUNED:
        return STATUS_KILLED;
    case HONE_FAILED:
        return STATUS_FAILED;
    default:
        return STATUS_SCHEDULED;
    }
}

/* A path as a URI; what is not plain is %xx. */
static void add_uri(struct hone_buf *text, const char *path) {
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-";

    hone_buf_add(text, "file://");
    for (; *path != '\0'; path++) {
        if (strchr(plain, *path) != NULL) {
            hone_buf_add_bytes(text, path, 1);
        } else {
            hone_buf_printf(text, "%%%02X", (unsigned)(unsigned char)*path);
        }
    }
}

static enum hone_code put_meta(struct tree *t, const struct hone_trial_row *row, const char *run) {
    struct hone_buf *text = &t->text;

    hone_buf_add(text, "artifact_uri: ");
    add_uri(text, t->root);
    hone_buf_printf(text, "/%s/%s/artifacts\nend_time: ", t->experiment, run);
    if (row->finished_ms != 0) {
        add_int(text, row->finished_ms);
    } else {
        hone_buf_add(text, "null");
    }
    hone_buf_printf(text,
        "\nentry_point_name: ''\nexperiment_id: '%s'\nlifecycle_stage: active\nrun_id: %s\n"
        "run_name: trial %" PRIu64 "\nrun_uuid: %s\nsource_name: ''\nsource_type: 4\n"
        "source_version: ''\nstart_time: ", t->experiment, run, row->number, run);
    add_int(text, row->started_ms);
    hone_buf_printf(text, "\nstatus: %d\ntags: []\nuser_id: hone\n", status_of(row->state));
    return put(t, "/", "meta.yaml");
}

/* Always the same for the same trial, so that an export can be repeated. */
static void name_run(const struct tree *t, uint64_t number, char ret[RUN_DIGITS + 1]) {
    char hex[HONE_HASH_HEX];
    struct hone_hash hash;

    hone_hash_begin(&hash);
    hone_hash_add(&hash, t->experiment, EXPERIMENT_DIGITS);
    hone_hash_add_number(&hash, number);
    hone_hash_hex(&hash, hex);
    memcpy(ret, hex, RUN_DIGITS);
    ret[RUN_DIGITS] = '\0';
}

static enum hone_code make_run_folders(struct tree *t, const char *run) {
    static const char *const folders[] = {"", "/params", "/metrics", "/tags", "/artifacts"};
    enum hone_code code = HONE_OK;

    hone_buf_clear(&t->path);
    hone_buf_printf(&t->path, "%s/%s", t->making, run);
    t->run_length = t->path.length;
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]) && code == HONE_OK; i++) {
        hone_buf_add(&t->path, folders[i]);
        code = ready(t);
        if (code == HONE_OK) {
            code = make_folder(t, hone_buf_text(&t->path));
        }
        cut_path(t);
    }
    return code;
}

static enum hone_code put_run(struct tree *t, const struct hone_trial_row *row) {
    char run[RUN_DIGITS + 1];
    enum hone_code code;

    name_run(t, row->number, run);
    t->when_ms = row->finished_ms != 0 ? row->finished_ms : row->started_ms;
    code = make_run_folders(t, run);
    if (code == HONE_OK) {
        code = put_meta(t, row, run);
    }
    if (code == HONE_OK) {
        code = put_params(t, row);
    }
    if (code == HONE_OK) {
        code = put_metrics(t, row);
    }
    if (code == HONE_OK) {
        code = put_tags(t, row);
    }
    return code == HONE_OK ? put_all_curves(t, row) : code;
}

static bool see_trial(void *self, const struct hone_trial_row *row) {
    struct tree *t = self;

    t->code = put_run(t, row);
    return t->code == HONE_OK;
}

/* ---- The experiment ---- */

static enum hone_code put_experiment(struct tree *t) {
    const struct hone_study_row *study = t->e->study;
    struct hone_buf *text = &t->text;

    hone_buf_clear(&t->path);
    hone_buf_add(&t->path, t->making);
    t->run_length = t->path.length;
    hone_buf_add(text, "artifact_location: ");
    add_uri(text, t->root);
    hone_buf_printf(text, "/%s\ncreation_time: %" PRId64 "\nexperiment_id: '%s'\n"
        "last_update_time: %" PRId64 "\nlifecycle_stage: active\nname: ", t->experiment,
        study->created_ms, t->experiment, study->created_ms);
    hone_buf_add_json_text(text, study->name);
    hone_buf_add(text, "\n");
    return put(t, "/", "meta.yaml");
}

static enum hone_code write_runs(struct tree *t) {
    const struct hone_trial_query query = {.study = t->e->study->name, .with_folds = true};
    enum hone_code code = put_experiment(t);

    if (code == HONE_OK) {
        code = hone_db_trials(t->e->db, &query, see_trial, t, t->err);
    }
    return code == HONE_OK ? t->code : code;
}

/* Digits: MLflow takes nothing else. */
static void name_experiment(struct tree *t) {
    char hex[HONE_HASH_HEX];
    struct hone_hash hash;

    hone_hash_begin(&hash);
    hone_hash_add(&hash, t->e->study->name, strlen(t->e->study->name));
    hone_hash_add_number(&hash, (uint64_t)t->e->study->created_ms);
    hone_hash_hex(&hash, hex);
    for (size_t i = 0; i < EXPERIMENT_DIGITS; i++) {
        int digit = hex[i] <= '9' ? hex[i] - '0' : hex[i] - 'a' + 10;

        t->experiment[i] = (char)('0' + digit % 9 + 1); /* none leads with 0 */
    }
    t->experiment[EXPERIMENT_DIGITS] = '\0';
}

/* ---- The folder as a whole ---- */

/* mkdtemp makes a folder that is ours alone: this is as mkdir would make it. */
static int as_usual(const char *path) {
    const mode_t mask = umask(0);

    (void)umask(mask);
    return chmod(path, 0777 & ~mask);
}

static enum hone_code open_root(struct tree *t) {
    const char *path = t->e->path;

    if (mkdir(path, 0777) != 0 && errno != EEXIST) {
        return hone_fail(t->err, HONE_E_INPUT, "'%s': %s", path, strerror(errno));
    }
    if (realpath(path, t->root) == NULL) {
        return hone_fail(t->err, HONE_E_INPUT, "'%s': %s", path, strerror(errno));
    }
    if ((size_t)snprintf(t->making, sizeof(t->making), "%s/.hone-XXXXXX", t->root) >=
        sizeof(t->making)) {
        return hone_fail(t->err, HONE_E_INPUT, "'%s': its path is too long", path);
    }
    return HONE_OK;
}

/* What stands in the place goes only once the new one is whole. */
static enum hone_code move_there(struct tree *t) {
    struct hone_buf old = {0};
    struct stat info;
    bool replaces;
    enum hone_code code;

    hone_buf_clear(&t->path);
    hone_buf_printf(&t->path, "%s/%s", t->root, t->experiment);
    hone_buf_printf(&old, "%s.old", t->making);
    code = ready(t);
    if (code == HONE_OK) {
        code = hone_buf_ok(&old, t->err);
    }
    replaces = code == HONE_OK && lstat(hone_buf_text(&t->path), &info) == 0;
    if (replaces && !t->e->force) {
        code = hone_fail(t->err, HONE_E_INPUT,
            "'%s' has this study already, as experiment %s; --force replaces it", t->e->path,
            t->experiment);
    }
    if (code == HONE_OK && replaces &&
        rename(hone_buf_text(&t->path), hone_buf_text(&old)) != 0) {
        code = system_failed(t, hone_buf_text(&t->path));
    }
    if (code == HONE_OK && rename(t->making, hone_buf_text(&t->path)) != 0) {
        code = system_failed(t, hone_buf_text(&t->path));
    }
    if (code == HONE_OK && replaces) {
        hone_folder_remove(hone_buf_text(&old));
    }
    hone_buf_finish(&old);
    return code;
}

static enum hone_code fill_folder(struct tree *t) {
    enum hone_code code;

    if (mkdtemp(t->making) == NULL) {
        return hone_fail(t->err, HONE_E_INPUT, "'%s': %s", t->e->path, strerror(errno));
    }
    code = write_runs(t);
    if (code == HONE_OK && as_usual(t->making) != 0) {
        code = system_failed(t, t->making);
    }
    if (code == HONE_OK) {
        code = move_there(t);
    }
    if (code != HONE_OK) {
        hone_folder_remove(t->making);
    }
    return code;
}

static enum hone_code write_mlflow(const struct cli_exporting *e, struct hone_err *err) {
    struct tree t = {.e = e, .err = err};
    enum hone_code code = open_root(&t);

    if (code == HONE_OK) {
        name_experiment(&t);
        code = fill_folder(&t);
    }
    hone_buf_finish(&t.path);
    hone_buf_finish(&t.text);
    if (code == HONE_OK && !e->quiet) {
        hone_buf_add(&e->out->text, "mlflow migrate-filestore --source ");
        cli_add_shell_word(&e->out->text, e->path);
        hone_buf_add(&e->out->text, " --target sqlite:///mlflow.db\n");
    }
    return code;
}

const struct cli_export_form cli_export_mlflow = {
    .name = "mlflow", .kind = CLI_EXPORT_FOLDER, .write = write_mlflow,
};
