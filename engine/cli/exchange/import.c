/* hone import STUDY FILE */
#include "engine/cli/exchange/import.h"

#include "engine/cli/commands.h"
#include "engine/cli/session.h"
#include "engine/cli/study.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD_BYTES = 100, WORD_ROOM = 32 };

enum kind { KIND_CSV, KIND_JSON, KIND_OPTUNA, KIND_HONE };

struct import_args {
    struct cli_common common;
    const char *from, *spec;
};

static const struct cli_flag import_flags[] = {
    {.name = "from", .kind = CLI_TEXT, .offset = offsetof(struct import_args, from),
     .shown = "NAME", .summary = "the study in FILE, when it has several"},
    {.name = "spec", .kind = CLI_TEXT, .offset = offsetof(struct import_args, spec),
     .shown = "FILE", .summary = "makes STUDY from this spec when it is not there"},
    CLI_FLAGS_END,
};

struct importing {
    const struct import_args *args;
    const char *study, *path;
    enum kind kind;
    struct hone_optuna *optuna; /* KIND_OPTUNA: open, its study chosen */
    bool optuna_maximize;
    struct hone_db *db;
    bool is_new; /* the study was not there */
    struct hone_arena arena;
    struct hone_study_row row;
    struct hone_space space;
    struct hone_adoption adoption;
    uint64_t seen; /* trials in the file */
    struct hone_imported done;
    enum hone_code code; /* of a trial that could not be taken over */
    struct hone_err *err;
};

bool cli_import_state(const char *word, enum hone_state *ret) {
    static const struct {
        const char *word;
        enum hone_state state;
    } states[] = {{"complete", HONE_COMPLETE}, {"pruned", HONE_PRUNED}, {"failed", HONE_FAILED},
        {"fail", HONE_FAILED}, {"running", HONE_RUNNING}, {"waiting", HONE_WAITING}};
    const char *dot = strrchr(word, '.'); /* TrialState.COMPLETE */
    char small[WORD_ROOM] = "";

    word = dot == NULL ? word : dot + 1;
    for (size_t i = 0; word[i] != '\0' && i + 1 < sizeof(small); i++) {
        small[i] = (char)tolower((unsigned char)word[i]);
    }
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        if (strcmp(states[i].word, small) == 0) {
            *ret = states[i].state;
            return true;
        }
    }
    return false;
}

/* ---- What the file is ---- */

static enum hone_code read_head(const char *path, unsigned char *ret_head, size_t *ret_length,
    struct hone_err *err) {
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat info;
    ssize_t length = -1;

    if (file < 0) {
        return hone_fail(err, HONE_E_INPUT, "'%s': %s", path, strerror(errno));
    }
    if (fstat(file, &info) != 0 || !S_ISREG(info.st_mode)) {
        (void)close(file);
        return hone_fail(err, HONE_E_INPUT, "'%s': it is no regular file", path);
    }
    length = read(file, ret_head, HEAD_BYTES);
    (void)close(file);
    *ret_length = length > 0 ? (size_t)length : 0;
    return length >= 0 ? HONE_OK : hone_fail(err, HONE_E_IO, "'%s': %s", path, strerror(errno));
}

/* Before any database is open: closing a descriptor of one drops its locks. */
static enum hone_code find_kind(struct importing *im, struct hone_err *err) {
    static const unsigned char ours[] = {'h', 'o', 'n', 'e'}; /* application_id, at 68 */
    unsigned char head[HEAD_BYTES + 1] = "";
    size_t length = 0;
    enum hone_code code = read_head(im->path, head, &length, err);
    const char *text = (const char *)head;
    char first;

    if (code != HONE_OK) {
        return code;
    }
    first = text[strspn(text, " \t\r\n")];
    im->kind = KIND_CSV;
    if (length == HEAD_BYTES && memcmp(head, "SQLite format 3", 16) == 0) {
        im->kind = memcmp(head + 68, ours, sizeof(ours)) == 0 ? KIND_HONE : KIND_OPTUNA;
    } else if (first == '[' || first == '{') {
        im->kind = KIND_JSON;
    }
    return HONE_OK;
}

/* ---- The study ---- */

/* Creates the study as a run would, and runs nothing. */
static enum hone_code create(const struct importing *im, struct cli_spec *spec,
    struct hone_err *err) {
    struct cli_session session = {0};
    enum hone_code code = HONE_OK;

    if (hone_value_get(spec->root, "study") == NULL) {
        spec->plan.name = im->study;
    }
    if (strcmp(spec->plan.name, im->study) != 0) {
        return hone_fail(err, HONE_E_INPUT, "'%s' is the spec of study '%s', not of '%s'",
            im->args->spec, spec->plan.name, im->study);
    }
    code = cli_session_open(&session, &im->args->common, &spec->plan, err);
    cli_session_close(&session);
    return code;
}

/* The space as Optuna's distributions have it; the values are told. */
static enum hone_code load_optuna_spec(const struct importing *im, struct cli_spec *spec,
    struct hone_err *err) {
    const char *folder = NULL;
    enum hone_code code = cli_spec_here(spec, &folder, err);

    hone_buf_add(&spec->text, "# Made by 'hone import' from Optuna's study.\nobjective: ");
    hone_buf_add(&spec->text, im->optuna_maximize ? "{direction: maximize}\n"
                                                  : "{direction: minimize}\n");
    if (code == HONE_OK) {
        code = hone_optuna_write_space(im->optuna, &spec->text, err);
    }
    return code == HONE_OK ? cli_spec_load_text(spec, im->study, im->path, folder, err) : code;
}

static enum hone_code make_study(const struct importing *im, struct hone_err *err) {
    struct cli_spec spec = {0};
    enum hone_code code = im->args->spec != NULL
                              ? cli_spec_load_file(&spec, im->args->spec, err)
                              : load_optuna_spec(im, &spec, err);

    if (code == HONE_OK) {
        code = create(im, &spec, err);
    }
    cli_spec_finish(&spec);
    return code;
}

static enum hone_code read_study(struct importing *im, struct hone_err *err) {
    enum hone_code code = hone_db_open(im->args->common.db, HONE_DB_WRITE, &im->db, err);

    if (code == HONE_OK) {
        code = cli_study_read(im->db, im->study, &im->arena, &im->row, err);
    }
    return code == HONE_OK ? cli_study_space(&im->row, &im->arena, &im->space, err) : code;
}

/* A study that is not there is made where it is known what it is; one that is there has to
 * be what --spec says. */
static enum hone_code find_study(struct importing *im, struct hone_err *err) {
    const bool has_spec = im->args->spec != NULL;
    enum hone_code code = read_study(im, err);

    im->is_new = code == HONE_E_MISSING;
    if (im->is_new && !has_spec && im->kind != KIND_OPTUNA) {
        struct hone_err missing = *err;

        return hone_fail(err, HONE_E_MISSING, "%s; --spec SPEC.yaml makes one", missing.text);
    }
    if (!im->is_new && (code != HONE_OK || !has_spec)) {
        return code;
    }
    hone_db_close(im->db);
    im->db = NULL;
    code = make_study(im, err);
    if (code == HONE_OK && !has_spec && !im->args->common.quiet) {
        cli_say("study '%s' is new: its parameters are those of '%s', 'hone pipe' goes on with it",
            im->study, im->path);
    }
    return code == HONE_OK ? read_study(im, err) : code;
}

/* A study that was made for trials that did not come: the next spec may be another. */
static void forget_study(const struct importing *im) {
    struct hone_err err;

    if (im->is_new && im->db != NULL && hone_db_delete(im->db, im->study, &err) != HONE_OK) {
        cli_say("study '%s' stays, without trials: %s", im->study, err.text);
    }
}

/* ---- The trials ---- */

static bool take(void *self, const struct hone_foreign *foreign) {
    struct importing *im = self;

    im->seen++;
    im->code = hone_adopt(&im->adoption, foreign, im->err);
    return im->code == HONE_OK;
}

static enum hone_code check_direction(const struct importing *im, struct hone_err *err) {
    return im->kind != KIND_OPTUNA || im->optuna_maximize == im->row.maximize
               ? HONE_OK
               : hone_fail(err, HONE_E_INPUT, "the study in '%s' is %s, '%s' here is %s", im->path,
                     im->optuna_maximize ? "maximized" : "minimized", im->study,
                     im->row.maximize ? "maximized" : "minimized");
}

static enum hone_code read_trials(struct importing *im, struct hone_err *err) {
    const struct cli_import source = {.path = im->path, .from = im->args->from,
        .study = im->study, .metric = im->row.metric, .maximize = im->row.maximize,
        .space = &im->space, .visit = take, .self = im};
    enum hone_code code = check_direction(im, err);

    if (code != HONE_OK) {
        return code;
    }
    switch (im->kind) {
    case KIND_CSV:
        code = cli_import_csv(&source, err);
        break;
    case KIND_JSON:
        code = cli_import_json(&source, err);
        break;
    case KIND_HONE:
        code = cli_import_hone(&source, err);
        break;
    case KIND_OPTUNA:
        code = hone_optuna_trials(im->optuna, take, im, err);
        break;
    }
    return code == HONE_OK ? im->code : code;
}

/* ---- Telling ---- */

static void say_misfit(const struct importing *im, const struct hone_misfits *misfit) {
    const char *plural = misfit->count == 1 ? "" : "s";

    if (misfit->why == HONE_MISFIT_PARAM) {
        cli_say("%zu trial%s left out for '%s'; trial %" PRIu64 ": %s", misfit->count, plural,
            im->space.param[misfit->param].name, misfit->first, misfit->text);
    } else {
        cli_say("%zu trial%s left out; trial %" PRIu64 ": %s", misfit->count, plural,
            misfit->first, misfit->why == HONE_MISFIT_UNFINISHED ? "it is not finished"
                                                                 : misfit->text);
    }
}

static void say_unknown(const struct hone_adoption *a) {
    struct hone_buf names = {0};

    for (size_t i = 0; i < a->unknowns; i++) {
        hone_buf_printf(&names, "%s'%.100s'", i == 0 ? "" : ", ", a->unknown[i]);
    }
    if (a->unknowns > 0) {
        cli_say("not in the space, left out: %s", hone_buf_text(&names));
    }
    hone_buf_finish(&names);
}

static void tell(const struct importing *im, struct cli_out *out) {
    const struct hone_adoption *a = &im->adoption;

    for (size_t i = 0; i < a->misfits && !im->args->common.quiet; i++) {
        say_misfit(im, &a->misfit[i]);
    }
    if (!im->args->common.quiet) {
        say_unknown(a);
    }
    if (a->filled > 0 && !im->args->common.quiet) {
        cli_say("%zu trial%s did not name all parameters: the 'default:' in the spec stands for"
                " them", a->filled, a->filled == 1 ? "" : "s");
    }
    if (im->done.known > 0 && !im->args->common.quiet) {
        cli_say("%" PRIu64 " trial%s left out: imported before", im->done.known,
            im->done.known == 1 ? "" : "s");
    }
    if (im->done.added > 0) {
        hone_buf_printf(&out->text, "imported %" PRIu64 " of %" PRIu64 " trials, as %" PRIu64
            " to %" PRIu64 "\n", im->done.added, im->seen, im->done.first,
            im->done.first + im->done.added - 1);
    } else {
        hone_buf_printf(&out->text, "imported 0 of %" PRIu64 " trials\n", im->seen);
    }
}

/* ---- The command ---- */

static enum hone_code open_optuna(struct importing *im, struct hone_err *err) {
    enum hone_code code = HONE_OK;

    if (im->kind == KIND_OPTUNA) {
        code = hone_optuna_open(im->path, &im->optuna, err);
        if (code == HONE_OK) {
            code = hone_optuna_choose(im->optuna, im->args->from, im->study,
                &im->optuna_maximize, err);
        }
    }
    return code;
}

static enum hone_code import(struct importing *im, struct cli_out *out, struct hone_err *err) {
    enum hone_code code = hone_adoption_init(&im->adoption, &im->space, im->row.folds,
        im->row.maximize, err);

    if (code == HONE_OK) {
        code = read_trials(im, err);
    }
    if (code == HONE_OK) {
        code = hone_db_import(im->db, im->row.name, &im->space, &im->adoption.history, &im->done,
            err);
    }
    if (code != HONE_OK) {
        return code;
    }
    tell(im, out);
    return im->seen > 0 && im->adoption.history.count == 0
               ? hone_fail(err, HONE_E_INPUT, "no trial of '%s' fits study '%s'", im->path,
                     im->study)
               : HONE_OK;
}

static enum hone_code import_run(const void *args, struct cli_out *out, struct hone_err *err) {
    const struct import_args *a = args;
    struct importing im = {.args = a, .study = a->common.operand.item[0],
        .path = a->common.operand.item[1], .err = err};
    enum hone_code code = find_kind(&im, err);

    if (code == HONE_OK) {
        code = open_optuna(&im, err);
    }
    if (code == HONE_OK) {
        code = find_study(&im, err);
    }
    if (code == HONE_OK) {
        code = import(&im, out, err);
    }
    if (code != HONE_OK) {
        forget_study(&im);
    }
    hone_adoption_finish(&im.adoption);
    hone_optuna_close(im.optuna);
    hone_db_close(im.db);
    hone_arena_finish(&im.arena);
    return code;
}

const struct cli_command cli_command_import = {
    .name = "import",
    .operands = "STUDY FILE",
    .summary = "takes finished trials of elsewhere into a study, to learn from",
    .details =
        "FILE is an SQLite file of Optuna, another database of hone, CSV or JSON; what it is, is\n"
        "seen from its contents. CSV and JSON are as 'hone export' writes them, or pandas over\n"
        "Optuna and scikit-learn: columns number, state, value, and parameters by their names.\n\n"
        "Trials get the next numbers and are part of the study from then on: 'hone trials' shows\n"
        "them (their part is import), the best may be one of them, and samplers learn from them.\n"
        "They do not count against the budget. Values must be ones that the space has; a trial\n"
        "with another, or without a result, is told and left out, as is one imported before.\n"
        "A parameter that a trial does not name takes its 'default:' from the spec if it has\n"
        "one; names that the space does not have are dropped. Folds are kept when they are as\n"
        "many as the study's; a value without folds counts as one fold's.\n\n"
        "A study that is not there is made from --spec, or from Optuna's own parameters for\n"
        "'hone pipe' to go on with; where no trial can be imported, it is not made.\n",
    .flags = import_flags,
    .formats = cli_no_formats,
    .args_size = sizeof(struct import_args),
    .operands_low = 2,
    .operands_high = 2,
    .run = import_run,
};
