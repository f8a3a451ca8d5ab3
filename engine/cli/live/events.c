#include "engine/cli/live/events.h"

#include "engine/clock.h"
#include "engine/cli/out.h"
#include "engine/cli/point.h"

#include <inttypes.h>
#include <math.h>

const char cli_events_help[] =
    "With --json, progress is one JSON object a line on standard error; a line that does not\n"
    "begin with '{' is an error or a warning in words. Each has \"event\" and \"time\":\n"
    "  start     study, method, metric, maximize, parameters, folds, parallel (null: any\n"
    "            number), workers, trials (the budget, null: open), finished (trials that are\n"
    "            done already)\n"
    "  begun     trial, params\n"
    "  fold      trial, fold, value (null: it failed), seconds, error\n"
    "  trial     trial, state, value, stderr, seconds, best (it is the best so far), error\n"
    "  stopping  requests: 1 lets folds that run finish, 2 does not\n"
    "  end       reason (budget, exhausted, enough: the gain that remains is below the noise,\n"
    "            timeout, failures: max_failures, interrupted), finished, complete, pruned,\n"
    "            failed, best (trial, value, stderr; null without one), seconds\n";

static void start_event(struct hone_buf *buf, const char *event) {
    char time[HONE_CLOCK_TEXT];

    hone_clock_write(hone_clock_wall_ms(), time);
    hone_buf_printf(buf, "{\"event\":\"%s\",\"time\":\"%s\"", event, time);
}

static void add_count(struct hone_buf *buf, const char *key, uint64_t count) {
    hone_buf_printf(buf, ",\"%s\":%" PRIu64, key, count);
}

/* null where it is open. */
static void add_limit(struct hone_buf *buf, const char *key, uint64_t limit, uint64_t open) {
    if (limit == open) {
        hone_buf_printf(buf, ",\"%s\":null", key);
    } else {
        add_count(buf, key, limit);
    }
}

static void add_real(struct hone_buf *buf, const char *key, double number) {
    hone_buf_printf(buf, ",\"%s\":", key);
    hone_buf_add_json_real(buf, number);
}

static void add_text(struct hone_buf *buf, const char *key, const char *text) {
    hone_buf_printf(buf, ",\"%s\":", key);
    hone_buf_add_json_text(buf, text);
}

static void add_truth(struct hone_buf *buf, const char *key, bool truth) {
    hone_buf_printf(buf, ",\"%s\":%s", key, truth ? "true" : "false");
}

static void end_event(struct hone_buf *buf) {
    hone_buf_add(buf, "}\n");
    if (!buf->failed) {
        cli_say_bytes(hone_buf_text(buf), buf->length);
    }
    hone_buf_finish(buf);
}

void cli_event_start(const struct hone_plan *plan, const struct hone_objective *objective,
    const struct cli_glance *glance, uint64_t parallel, size_t workers) {
    struct hone_buf buf = {0};

    start_event(&buf, "start");
    add_text(&buf, "study", plan->name);
    add_text(&buf, "method", plan->sampler->name);
    add_text(&buf, "metric", objective->metric);
    add_truth(&buf, "maximize", objective->maximize);
    add_count(&buf, "parameters", plan->space.n);
    add_count(&buf, "folds", objective->folds);
    add_limit(&buf, "parallel", parallel, HONE_PARALLEL_OPEN);
    add_count(&buf, "workers", workers);
    add_limit(&buf, "trials", glance->budget, UINT64_MAX);
    add_count(&buf, "finished", glance->finished);
    end_event(&buf);
}

void cli_event_begun(const struct hone_plan *plan, const struct hone_trial *trial) {
    struct hone_buf buf = {0};

    start_event(&buf, "begun");
    add_count(&buf, "trial", trial->number);
    hone_buf_add(&buf, ",\"params\":");
    cli_add_point_json(&buf, &plan->space, trial->x_value);
    end_event(&buf);
}

void cli_event_fold(const struct hone_result *result) {
    struct hone_buf buf = {0};

    start_event(&buf, "fold");
    add_count(&buf, "trial", result->trial);
    add_count(&buf, "fold", result->fold);
    add_real(&buf, "value", result->outcome == HONE_OUTCOME_VALUE ? result->value : NAN);
    add_real(&buf, "seconds", result->seconds);
    add_text(&buf, "error", result->error);
    end_event(&buf);
}

void cli_event_trial(const struct hone_objective *objective, const struct hone_trial *trial,
    bool best) {
    struct hone_buf buf = {0};

    start_event(&buf, "trial");
    add_count(&buf, "trial", trial->number);
    add_text(&buf, "state", hone_state_name(trial->state));
    add_real(&buf, "value", hone_objective_loss(objective, trial->loss));
    add_real(&buf, "stderr", trial->sem);
    add_real(&buf, "seconds", trial->seconds);
    add_truth(&buf, "best", best);
    add_text(&buf, "error", trial->error);
    end_event(&buf);
}

void cli_event_stopping(int requests) {
    struct hone_buf buf = {0};

    start_event(&buf, "stopping");
    add_count(&buf, "requests", (uint64_t)requests);
    end_event(&buf);
}

static void add_best(struct hone_buf *buf, const struct cli_glance *glance) {
    if (!glance->has_best) {
        hone_buf_add(buf, ",\"best\":null");
        return;
    }
    hone_buf_printf(buf, ",\"best\":{\"trial\":%" PRIu64, glance->best_trial);
    add_real(buf, "value", glance->best_value);
    add_real(buf, "stderr", glance->best_sem);
    hone_buf_add(buf, "}");
}

static const char *reason_of(enum hone_end end) {
    switch (end) {
    case HONE_END_BUDGET:
        return "budget";
    case HONE_END_EXHAUSTED:
        return "exhausted";
    case HONE_END_ENOUGH:
        return "enough";
    case HONE_END_TIMEOUT:
        return "timeout";
    case HONE_END_FAILURES:
        return "failures";
    case HONE_END_INTERRUPTED:
        break;
    }
    return "interrupted";
}

void cli_event_end(const struct cli_glance *glance, enum hone_end end) {
    struct hone_buf buf = {0};

    start_event(&buf, "end");
    add_text(&buf, "reason", reason_of(end));
    add_count(&buf, "finished", glance->finished);
    add_count(&buf, "complete", glance->complete);
    add_count(&buf, "pruned", glance->pruned);
    add_count(&buf, "failed", glance->failed);
    add_best(&buf, glance);
    add_real(&buf, "seconds", glance->elapsed);
    end_event(&buf);
}
