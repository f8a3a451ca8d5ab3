/* hone verify STUDY [N] */
#include "engine/alloc.h"
#include "engine/cli/commands.h"
#include "engine/cli/cores.h"
#include "engine/cli/session.h"
#include "engine/cli/stored.h"
#include "engine/cli/study.h"
#include "engine/cli/table.h"
#include "engine/pool.h"
#include "objectives/objectives.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 64, JOBS_A_WORKER = 2 };

/* A stored fold, and what it comes to now. */
struct fold {
    uint64_t trial;
    size_t fold;
    const double *x_value; /* all folds of a trial share it */
    enum hone_outcome outcome, now_outcome;
    double value, now_value;
    bool differs;
};

struct verify_args {
    struct cli_common common;
    const char *data;
};

static const struct cli_flag verify_flags[] = {
    {.name = "data", .kind = CLI_TEXT, .offset = offsetof(struct verify_args, data),
     .shown = "FILE", .summary = "where the data file is now"},
    CLI_FLAGS_END,
};

struct verifying {
    const struct cli_common *common;
    const char *data; /* where it has moved, or NULL */
    struct hone_arena arena;
    struct hone_study_row study;
    struct cli_spec spec;
    struct hone_objective *objective;
    struct hone_pool *pool;
    size_t trials, count, room; /* trials: those that have folds */
    struct fold *fold;          /* (room) by trial and fold */
    size_t differing;
    enum hone_code code; /* of the reading, with its sentence in err */
    struct hone_err *err;
};

/* ---- What is stored ---- */

static enum hone_code make_room(struct verifying *v, size_t more) {
    size_t room = v->room == 0 ? FIRST_ROOM : v->room;
    struct fold *fold;

    while (room < v->count + more) {
        room *= 2;
    }
    if (room == v->room) {
        return HONE_OK;
    }
    fold = hone_resize(v->fold, room, sizeof(*fold));
    if (fold == NULL) {
        return hone_fail(v->err, HONE_E_NOMEM, "the stored folds");
    }
    v->fold = fold;
    v->room = room;
    return HONE_OK;
}

static enum hone_code keep_folds(struct verifying *v, const struct hone_trial_row *row) {
    double *x_value = hone_arena_array(&v->arena, v->spec.plan.space.n, sizeof(*x_value));
    enum hone_code code = make_room(v, row->folds);

    if (x_value == NULL) {
        return hone_fail(v->err, HONE_E_NOMEM, "the stored points");
    }
    if (code == HONE_OK) {
        code = cli_stored_point(&v->spec, row, x_value, v->err);
    }
    for (size_t i = 0; code == HONE_OK && i < row->folds; i++) {
        v->fold[v->count++] = (struct fold){
            .trial = row->number, .fold = row->fold[i].fold, .x_value = x_value,
            .outcome = row->fold[i].outcome, .value = row->fold[i].value,
        };
    }
    return code;
}

/* An imported trial was computed elsewhere. */
static bool take_trial(void *self, const struct hone_trial_row *row) {
    struct verifying *v = self;

    if (row->folds > 0 && !hone_part_is(row->part, hone_import_part)) {
        v->trials++;
        v->code = keep_folds(v, row);
    }
    return v->code == HONE_OK;
}

static enum hone_code read_folds(struct verifying *v, struct hone_db *db, struct hone_err *err) {
    const struct cli_texts *operand = &v->common->operand;
    struct hone_trial_query query = {.study = v->study.name, .with_folds = true};
    enum hone_code code;

    if (operand->count > 1) {
        query.one = true;
        if (!cli_count_parse(operand->item[1], &query.number)) {
            return hone_fail(err, HONE_E_INPUT, "'%s' is no trial; they are 0, 1, 2 ...",
                operand->item[1]);
        }
    }
    code = hone_db_trials(db, &query, take_trial, v, err);
    if (code == HONE_OK) {
        code = v->code;
    }
    if (code == HONE_OK && v->count == 0) {
        code = hone_fail(err, HONE_E_MISSING, "study '%s' has no fold that was run here%s",
            v->study.name, query.one ? " for this trial" : "");
    }
    return code;
}

/* The database is closed again before the work begins: a reading that takes
 * hours would keep its log growing. */
static enum hone_code read_all(struct verifying *v, struct hone_err *err) {
    struct hone_db *db = NULL;
    enum hone_code code = hone_db_open(v->common->db, HONE_DB_READ, &db, err);

    if (code == HONE_OK) {
        code = cli_study_read(db, v->common->operand.item[0], &v->arena, &v->study, err);
    }
    if (code == HONE_OK) {
        code = cli_spec_move_data(&v->spec, v->data, err);
    }
    if (code == HONE_OK) {
        code = cli_study_plan(&v->study, &v->spec, err);
    }
    if (code == HONE_OK && hone_objective_is_told(v->spec.plan.objective)) {
        code = hone_fail(err, HONE_E_INPUT,
            "study '%s' was told its values; only those of built-in objectives are verified",
            v->study.name);
    }
    if (code == HONE_OK && v->spec.plan.objective == &hone_objective_command) {
        code = hone_fail(err, HONE_E_INPUT,
            "study '%s' runs a command, which need not come to the same value twice; only built-in "
            "objectives are verified", v->study.name);
    }
    if (code == HONE_OK) {
        code = read_folds(v, db, err);
    }
    hone_db_close(db);
    return code;
}

/* ---- Computing it again ---- */

static int compare_folds(const void *a, const void *b) {
    const struct fold *x = a;
    const struct fold *y = b;

    if (x->trial != y->trial) {
        return x->trial < y->trial ? -1 : 1;
    }
    return (x->fold > y->fold) - (x->fold < y->fold);
}

static bool same_bits(double a, double b) {
    return memcmp(&a, &b, sizeof(a)) == 0;
}

static void compare(struct verifying *v, const struct hone_result *result) {
    const struct fold key = {.trial = result->trial, .fold = result->fold};
    struct fold *fold = bsearch(&key, v->fold, v->count, sizeof(key), compare_folds);

    hone_assert(fold != NULL);
    fold->now_outcome = result->outcome;
    fold->now_value = result->value;
    fold->differs = fold->outcome != result->outcome ||
        (fold->outcome == HONE_OUTCOME_VALUE && !same_bits(fold->value, result->value));
    v->differing += fold->differs;
}

static void submit(struct verifying *v, const struct fold *fold) {
    const struct hone_plan *plan = &v->spec.plan;
    const struct hone_job job = {.seed = plan->seed, .trial = fold->trial, .fold = fold->fold,
        .space = &plan->space, .x_value = fold->x_value};

    hone_pool_submit(v->pool, &job);
}

static enum hone_code take_result(struct verifying *v, struct hone_err *err) {
    struct hone_result result = {0};
    enum hone_code code = HONE_OK;

    if (hone_pool_take(v->pool, INFINITY, &result, &code) == HONE_TAKE_RESULT &&
        code == HONE_OK) {
        compare(v, &result);
    }
    hone_result_finish(&result);
    return code == HONE_OK ? code : hone_fail(err, code, "computing a fold again");
}

static enum hone_code compute(struct verifying *v, struct hone_err *err) {
    size_t workers = v->common->workers > 0 ? (size_t)v->common->workers : cli_cores();
    size_t room = JOBS_A_WORKER * workers;
    enum hone_code code = hone_pool_start(v->objective, workers, room, &v->pool, err);

    for (size_t taken = 0, next = 0; code == HONE_OK && taken < v->count; taken++) {
        for (; next < v->count && next - taken < room; next++) {
            submit(v, &v->fold[next]);
        }
        code = take_result(v, err);
    }
    hone_pool_stop(v->pool);
    return code;
}

static enum hone_code open_objective(struct verifying *v, struct hone_err *err) {
    enum hone_code code = cli_session_objective(&v->spec.plan, &v->objective, err);

    return code == HONE_OK ? cli_stored_data_check(&v->study, v->objective, err) : code;
}

/* ---- Telling ---- */

/* All digits in any format: six would often show two equal numbers. */
static void value_cell(struct cli_table *table, enum hone_outcome outcome, double value) {
    struct hone_buf text = {0};

    if (outcome != HONE_OUTCOME_VALUE) {
        cli_table_text(table, "failed");
    } else if (table->format != CLI_TABLE) {
        cli_table_real(table, value);
    } else {
        hone_buf_add_real(&text, value);
        table->failed = table->failed || text.failed;
        cli_table_text(table, hone_buf_text(&text));
    }
    hone_buf_finish(&text);
}

static enum hone_code write_differences(const struct verifying *v, struct cli_out *out,
    struct hone_err *err) {
    static const char *const names[] = {"trial", "fold", "stored", "computed"};
    struct cli_table table;

    cli_table_start(&table, out, (enum cli_format)v->common->format,
        sizeof(names) / sizeof(names[0]), names);
    for (size_t i = 0; i < v->count; i++) {
        const struct fold *fold = &v->fold[i];

        if (fold->differs) {
            cli_table_count(&table, fold->trial);
            cli_table_count(&table, fold->fold);
            value_cell(&table, fold->outcome, fold->value);
            value_cell(&table, fold->now_outcome, fold->now_value);
        }
    }
    return cli_table_finish(&table, err);
}

static enum hone_code conclude(const struct verifying *v, struct cli_out *out,
    struct hone_err *err) {
    enum hone_code code = HONE_OK;

    if (v->differing > 0 || v->common->format != CLI_TABLE) {
        code = write_differences(v, out, err);
    } else if (!v->common->quiet) {
        hone_buf_printf(&out->text, "%zu fold%s of %zu trial%s: the same to the last bit\n",
            v->count, v->count == 1 ? "" : "s", v->trials, v->trials == 1 ? "" : "s");
    }
    if (code == HONE_OK && v->differing > 0) {
        code = hone_fail(err, HONE_E_NUMERIC,
            "%zu of %zu folds of study '%s' are other numbers than those that are stored",
            v->differing, v->count, v->study.name);
    }
    return code;
}

static enum hone_code verify_run(const void *args, struct cli_out *out, struct hone_err *err) {
    const struct verify_args *a = args;
    struct verifying v = {.common = &a->common, .data = a->data, .err = err};
    enum hone_code code = read_all(&v, err);

    if (code == HONE_OK) {
        code = open_objective(&v, err);
    }
    if (code == HONE_OK) {
        code = compute(&v, err);
    }
    if (code == HONE_OK) {
        code = conclude(&v, out, err);
    }
    hone_objective_close(v.objective);
    hone_free(v.fold);
    cli_spec_finish(&v.spec);
    hone_arena_finish(&v.arena);
    return code;
}

const struct cli_command cli_command_verify = {
    .name = "verify",
    .operands = "STUDY [N]",
    .summary = "computes stored trials again and compares every bit",
    .details =
        "All folds that the trials have, or those of trial N. What differs is listed with both\n"
        "numbers; exit status 0: all are the same, 1: some are not. The data must be what it was.\n"
        "Another processor or another version of a library may round differently. Commands are\n"
        "not run again, nor are imported trials. Nothing in the database changes.\n",
    .flags = verify_flags,
    .formats = cli_table_formats,
    .args_size = sizeof(struct verify_args),
    .operands_low = 1,
    .operands_high = 2,
    .run = verify_run,
};
