#include "engine/propose.h"

#include "engine/alloc.h"

/* The first points are counted by what the history has of them and not by trial
 * number, so that a point queued before the first session does not push one
 * out. Others may have used some since. */
static size_t count_first(struct hone_proposer *p) {
    for (; p->seen < p->history->count; p->seen++) {
        p->first_used += hone_part_is(p->history->trial[p->seen].part, hone_first_part);
    }
    return p->first_used;
}

enum hone_code hone_proposer_init(struct hone_proposer *p, const struct hone_plan *plan,
    struct hone_sampler *sampler, struct hone_history *history, uint64_t budget,
    struct hone_err *err) {
    *p = (struct hone_proposer){
        .plan = plan,
        .sampler = sampler,
        .history = history,
        .budget = budget,
        .x_unit = hone_new_array(plan->space.n, sizeof(*p->x_unit)),
        .x_value = hone_new_array(plan->space.n, sizeof(*p->x_value)),
        .insight = {.length = hone_new_array(plan->space.n, sizeof(double))},
    };
    if (p->x_unit == NULL || p->x_value == NULL || p->insight.length == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for proposals");
    }
    return HONE_OK;
}

void hone_proposer_finish(struct hone_proposer *p) {
    hone_free(p->x_unit);
    hone_free(p->x_value);
    hone_free(p->insight.length);
    *p = (struct hone_proposer){0};
}

struct hone_trial *hone_proposer_waiting(struct hone_proposer *p) {
    struct hone_history *history = p->history;

    while (p->first_waiting < history->count &&
           history->trial[p->first_waiting].state != HONE_WAITING) {
        p->first_waiting++;
    }
    return p->first_waiting < history->count ? &history->trial[p->first_waiting] : NULL;
}

void hone_proposer_hear(struct hone_proposer *p, size_t first) {
    p->first_waiting = first;
}

bool hone_proposer_wants_new(const struct hone_proposer *p) {
    return !p->exhausted && !p->has_enough && p->history->count - p->history->imported < p->budget;
}

static enum hone_code propose_first(struct hone_proposer *p, struct hone_trial **ret_trial,
    struct hone_err *err) {
    const double *x_value = p->plan->first + p->first_used * p->plan->space.n;
    enum hone_code code = hone_history_append(p->history, x_value, ret_trial, err);

    if (code == HONE_OK) {
        (*ret_trial)->part = hone_first_part;
    }
    return code;
}

static enum hone_code note_proposal(struct hone_trial *trial, const struct hone_proposal *proposal,
    struct hone_err *err) {
    trial->part = proposal->part;
    trial->mean = proposal->mean;
    trial->sd = proposal->sd;
    trial->acquisition = proposal->acquisition;
    if (proposal->why[0] == '\0') {
        return HONE_OK;
    }
    trial->why = hone_strdup(proposal->why);
    return trial->why != NULL ? HONE_OK
                              : hone_fail(err, HONE_E_NOMEM, "no memory for a proposal");
}

/* ---- What the sampler has learnt ---- */

static enum hone_code reflect(struct hone_proposer *p, const struct hone_view *view,
    struct hone_err *err) {
    enum hone_code code = hone_sampler_reflect(p->sampler, view, &p->insight, err);

    p->insight_is_new = code == HONE_OK && p->insight.is_known;
    return code;
}

enum hone_code hone_proposer_reflect(struct hone_proposer *p, struct hone_err *err) {
    const struct hone_view view = {.history = p->history, .settled = p->history->count,
        .asking = p->history->count};

    return reflect(p, &view, err);
}

const struct hone_insight *hone_proposer_take_insight(struct hone_proposer *p) {
    bool is_new = p->insight_is_new;

    p->insight_is_new = false;
    return is_new ? &p->insight : NULL;
}

bool hone_proposer_is_hopeless(const struct hone_proposer *p, uint64_t failures) {
    const uint64_t most = p->plan->max_failures;

    return most > 0 && failures >= most && hone_history_best(p->history) == NULL;
}

static enum hone_code judge(struct hone_proposer *p, size_t settled, bool *ret_enough,
    struct hone_err *err) {
    const struct hone_view view = {.history = p->history, .settled = settled,
        .asking = settled};
    enum hone_code code = HONE_OK;

    if (settled != p->judged) {
        code = reflect(p, &view, err);
        p->judged = settled;
        p->judged_enough = code == HONE_OK && p->insight.is_known && p->insight.is_enough;
    }
    *ret_enough = p->judged_enough;
    return code;
}

/* The verdict before this one first: a resumed search looks back as far as one that
 * was never interrupted. */
static enum hone_code judge_twice(struct hone_proposer *p, const struct hone_view *view,
    struct hone_err *err) {
    bool before = false;
    bool now = false;
    enum hone_code code = HONE_OK;

    if (view->settled > 0) {
        code = judge(p, view->settled - 1, &before, err);
    }
    if (code == HONE_OK) {
        code = judge(p, view->settled, &now, err);
    }
    p->has_enough = code == HONE_OK && before && now;
    return code;
}

/* ---- New trials ---- */

static enum hone_code propose_asked(struct hone_proposer *p, const struct hone_view *view,
    struct hone_trial **ret_trial, struct hone_err *err) {
    struct hone_proposal proposal = {.x_unit = p->x_unit};
    enum hone_code code = hone_sampler_ask(p->sampler, view, &proposal, err);

    if (code != HONE_OK) {
        return code;
    }
    if (proposal.exhausted) {
        p->exhausted = true;
        return HONE_OK;
    }
    hone_space_decode(&p->plan->space, proposal.x_unit, p->x_value);
    code = hone_history_append(p->history, p->x_value, ret_trial, err);
    if (code == HONE_OK) {
        code = note_proposal(*ret_trial, &proposal, err);
    }
    return code == HONE_OK && proposal.refitted ? reflect(p, view, err) : code;
}

enum hone_code hone_proposer_new(struct hone_proposer *p, const struct hone_view *view,
    struct hone_trial **ret_trial, struct hone_err *err) {
    *ret_trial = NULL;
    if (!hone_proposer_wants_new(p)) {
        return HONE_OK;
    }
    if (count_first(p) < p->plan->first_count) {
        return propose_first(p, ret_trial, err);
    }
    if (p->plan->stop_auto) {
        enum hone_code code = judge_twice(p, view, err);

        if (code != HONE_OK || p->has_enough) {
            return code;
        }
    }
    return propose_asked(p, view, ret_trial, err);
}
