/* hone pipe: ask and tell as JSON lines, an answer a line. What an answer tells
 * of is durable before it is written. */
#include "engine/ask.h"
#include "engine/cli/commands.h"
#include "engine/cli/point.h"
#include "engine/cli/request.h"
#include "engine/cli/session.h"
#include "engine/cli/wire.h"

#include <inttypes.h>
#include <math.h>
#include <unistd.h>

struct pipe_args {
    struct cli_common common;
    uint64_t trials;
};

static const struct cli_flag pipe_flags[] = {
    {.name = "trials", .kind = CLI_COUNT, .offset = offsetof(struct pipe_args, trials),
     .shown = "N", .summary = "the budget, instead of the spec's", .low = 1,
     .high = UINT64_C(1000000000000)},
    CLI_FLAGS_END,
};

struct talk {
    const struct cli_session *session;
    struct hone_ask *ask;
    struct hone_buf answer; /* to the line that is being read */
};

/* ---- Answers ---- */

static void add_trial(struct talk *t, const struct hone_trial *trial) {
    hone_buf_printf(&t->answer, "{\"trial\":%" PRIu64 ",\"params\":", trial->number);
    cli_add_point_json(&t->answer, &t->session->plan->space, trial->x_value);
}

static enum hone_code answer_ask(struct talk *t, struct hone_err *err) {
    const struct hone_trial *trial;
    enum hone_code code = hone_ask_next(t->ask, &trial, err);

    if (code != HONE_OK) {
        return code;
    }
    if (trial == NULL) {
        hone_buf_add(&t->answer, "{\"done\":true}");
        return HONE_OK;
    }
    add_trial(t, trial);
    hone_buf_add(&t->answer, "}");
    return HONE_OK;
}

static enum hone_code answer_tell(struct talk *t, const struct cli_request *request,
    struct hone_err *err) {
    const struct hone_told told = {.value = request->value, .sem = request->sem,
        .metric_count = request->metric_count, .metric = request->metric};
    enum hone_code code = hone_ask_tell(t->ask, request->trial, &told, err);

    hone_buf_add(&t->answer, "{\"ok\":true}");
    return code;
}

static enum hone_code answer_fail(struct talk *t, const struct cli_request *request,
    struct hone_err *err) {
    enum hone_code code = hone_ask_fail(t->ask, request->trial, request->reason, err);

    hone_buf_add(&t->answer, "{\"ok\":true}");
    return code;
}

/* Nothing is pruned here: a race compares folds, and what is told has none. */
static enum hone_code answer_report(struct talk *t, const struct cli_request *request,
    struct hone_err *err) {
    enum hone_code code =
        hone_ask_report(t->ask, request->trial, request->step, request->value, err);

    hone_buf_add(&t->answer, "{\"prune\":false}");
    return code;
}

static enum hone_code answer_best(struct talk *t, struct hone_err *err) {
    const struct hone_trial *best = NULL;
    enum hone_code code = hone_ask_best(t->ask, &best, err);

    if (code != HONE_OK) {
        return code;
    }
    if (best == NULL) {
        return hone_fail(err, HONE_E_INPUT, "no trial is complete");
    }
    add_trial(t, best);
    hone_buf_add(&t->answer, ",\"value\":");
    hone_buf_add_real(&t->answer, hone_objective_loss(t->session->objective, best->loss));
    if (isfinite(best->sem)) {
        hone_buf_add(&t->answer, ",\"stderr\":");
        hone_buf_add_real(&t->answer, best->sem);
    }
    hone_buf_add(&t->answer, "}");
    return HONE_OK;
}

static enum hone_code answer_request(struct talk *t, const struct cli_request *request,
    struct hone_err *err) {
    switch (request->op) {
    case CLI_OP_ASK:
        return answer_ask(t, err);
    case CLI_OP_TELL:
        return answer_tell(t, request, err);
    case CLI_OP_REPORT:
        return answer_report(t, request, err);
    case CLI_OP_FAIL:
        return answer_fail(t, request, err);
    case CLI_OP_BEST:
        break;
    }
    return answer_best(t, err);
}

static enum hone_code answer_line(struct talk *t, const char *line, size_t length,
    struct hone_err *err) {
    struct cli_request request;
    enum hone_code code = cli_request_read(line, length, &request, err);

    if (code == HONE_OK) {
        code = answer_request(t, &request, err);
    }
    cli_request_finish(&request);
    return code;
}

/* ---- The talk ---- */

/* Ends the answer and writes it. What could not be done is an answer too. */
static enum hone_code send_answer(struct talk *t, struct cli_wire *wire, enum hone_code done,
    const struct hone_err *why, struct hone_err *err) {
    enum hone_code code;

    if (done != HONE_OK) {
        hone_buf_clear(&t->answer);
        hone_buf_add(&t->answer, "{\"error\":");
        hone_buf_add_json_text(&t->answer, why->text);
        hone_buf_add(&t->answer, "}");
    }
    hone_buf_add(&t->answer, "\n");
    code = hone_buf_ok(&t->answer, err);
    if (code == HONE_OK) {
        code = cli_wire_write(wire, t->answer.text, t->answer.length, err);
    }
    hone_buf_clear(&t->answer);
    return code;
}

/* Answers one line. A request that cannot be used is no failure of ours. */
static enum hone_code take_turn(struct talk *t, struct cli_wire *wire, enum cli_wire_turn *ret_turn,
    struct hone_err *err) {
    const char *line;
    size_t length;
    struct hone_err why;
    enum hone_code done;
    enum hone_code code = cli_wire_read(wire, ret_turn, &line, &length, err);

    if (code != HONE_OK || *ret_turn == CLI_WIRE_END || *ret_turn == CLI_WIRE_STOPPED) {
        return code;
    }
    done = *ret_turn == CLI_WIRE_TOO_LONG
               ? hone_fail(&why, HONE_E_INPUT, "a line of more than %d bytes", CLI_WIRE_LINE_BYTES)
               : answer_line(t, line, length, &why);
    code = send_answer(t, wire, done, &why, err);
    if (done != HONE_OK && done != HONE_E_INPUT) {
        *err = why;
        return done;
    }
    return code;
}

static enum hone_code talk(struct talk *t, enum cli_wire_turn *ret_turn, struct hone_err *err) {
    struct cli_wire wire;
    enum hone_code code = cli_wire_init(&wire, STDIN_FILENO, STDOUT_FILENO, &t->session->stop, err);

    *ret_turn = CLI_WIRE_LINE;
    while (code == HONE_OK && *ret_turn != CLI_WIRE_END && *ret_turn != CLI_WIRE_STOPPED) {
        code = take_turn(t, &wire, ret_turn, err);
    }
    cli_wire_finish(&wire);
    return code;
}

/* Whatever ended the talk, what was told is kept; after a failure of the store
 * what was asked waits again because its runner is dead. */
static enum hone_code ask_and_tell(struct cli_session *s, struct hone_err *err) {
    const struct hone_ask_setup setup = {.plan = s->plan, .objective = s->objective,
        .sampler = s->sampler, .store = s->store, .history = &s->history,
        .budget = s->plan->budget};
    struct talk t = {.session = s};
    enum cli_wire_turn turn = CLI_WIRE_END;
    enum hone_code code = hone_ask_new(&setup, &t.ask, err);

    if (code == HONE_OK) {
        code = talk(&t, &turn, err);
    }
    if (code == HONE_OK) {
        code = hone_ask_end(t.ask, err);
    }
    if (code == HONE_OK && turn == CLI_WIRE_STOPPED) {
        code = hone_fail(err, HONE_E_CANCELLED, "interrupted; everything told is kept");
    }
    hone_ask_free(t.ask);
    hone_buf_finish(&t.answer);
    return code;
}

static enum hone_code load(const struct pipe_args *a, struct cli_spec *spec,
    struct hone_err *err) {
    enum hone_code code = cli_spec_load_file(spec, a->common.operand.item[0], err);

    if (code == HONE_OK && !hone_objective_is_told(spec->plan.objective)) {
        code = hone_fail(err, HONE_E_INPUT, "this spec is for 'hone run': it evaluates a %s; for "
            "'hone pipe' it should have 'objective: {direction: minimize}' or maximize",
            spec->plan.objective->name);
    }
    if (code == HONE_OK && a->trials > 0) {
        spec->plan.budget = a->trials;
    }
    return code;
}

static enum hone_code pipe_run(const void *args, struct cli_out *out, struct hone_err *err) {
    const struct pipe_args *a = args;
    struct cli_spec spec = {0};
    struct cli_session session = {0};
    enum hone_code code = load(a, &spec, err);

    (void)out; /* an answer cannot wait to be gathered */
    if (code == HONE_OK) {
        code = cli_session_open(&session, &a->common, &spec.plan, err);
    }
    if (code == HONE_OK) {
        code = ask_and_tell(&session, err);
    }
    cli_session_close(&session);
    cli_spec_finish(&spec);
    return code;
}

const struct cli_command cli_command_pipe = {
    .name = "pipe",
    .operands = "SPEC.yaml",
    .summary = "asks and tells as JSON lines on standard input and output",
    .details =
        "The spec has 'objective: {direction: minimize}' or maximize, and nothing else there.\n"
        "Each line is answered by a line; one that cannot be used by {\"error\":\"...\"}:\n"
        "  {\"op\":\"ask\"}                                    {\"trial\":7,\"params\":{...}} or "
        "{\"done\":true}\n"
        "  {\"op\":\"tell\",\"trial\":7,\"value\":0.2}             {\"ok\":true}; also stderr, "
        "metrics: {...}\n"
        "  {\"op\":\"report\",\"trial\":7,\"step\":3,\"value\":0.4}  {\"prune\":false}\n"
        "  {\"op\":\"fail\",\"trial\":7,\"error\":\"...\"}           {\"ok\":true}\n"
        "  {\"op\":\"best\"}                                   {\"trial\":7,\"params\":{...},"
        "\"value\":0.2}\n"
        "Any number may be asked before any is told. What was told or reported is on disk when it\n"
        "is answered; what was asked and not told is asked again next time, without its reports.\n",
    .flags = pipe_flags,
    .formats = cli_no_formats,
    .args_size = sizeof(struct pipe_args),
    .operands_low = 1,
    .operands_high = 1,
    .run = pipe_run,
};
