/* What a Gaussian process, fitted to the trials, expects: along each parameter and over
 * the two strongest while all others stay as in the best trial; its length scales; and
 * what it says of each trial when that is left out. Values are in the metric's own
 * direction. */
#include "engine/cli/report/json.h"
#include "engine/cli/report/members.h"
#include "search/gp_portrait.h"
#include "search/samplers.h"

#include <math.h>
#include <string.h>

enum {
    TRIALS = 240,      /* that the model is made of: the better half, the others evenly */
    SLICE_POINTS = 33, /* along a parameter */
    FIELD_POINTS = 25, /* along each of two */
    DIGITS = 5,
};

struct modelling {
    const struct cli_report_source *source;
    const struct hone_space *space;
    struct hone_history history;
    size_t *number;     /* (history.count) of each trial in the study */
    const double *base; /* (space->n) the best trial's point */
    double *x_value;    /* (space->n) room */
    struct hone_gp_portrait *portrait;
};

/* ---- The trials ---- */

static bool has_a_say(const struct cli_record_trial *trial) {
    return (trial->state == HONE_COMPLETE || trial->state == HONE_PRUNED) &&
           isfinite(trial->value);
}

static enum hone_code add_trial(struct modelling *m, size_t number, struct hone_err *err) {
    const struct cli_record *record = m->source->record;
    const struct cli_record_trial *from = &record->trial[number];
    struct hone_trial *trial = NULL;
    enum hone_code code = hone_history_append(&m->history,
        record->x_value + number * m->space->n, &trial, err);

    if (code != HONE_OK) {
        return code;
    }
    for (size_t f = 0; f < record->folds; f++) {
        const double value = record->fold_value[number * record->folds + f];

        if (isfinite(value)) {
            hone_trial_note_fold(trial, record->folds, f, cli_record_loss(record, value), 0);
        }
    }
    trial->state = from->state;
    trial->loss = cli_record_loss(record, from->value);
    trial->sem = from->sem;
    m->number[m->history.count - 1] = number;
    return HONE_OK;
}

/* Marks the better half of what there is room for by rank, then the others evenly. */
static void choose(const struct cli_report_source *source, size_t usable, bool *ret_chosen) {
    const struct cli_record *record = source->record;
    size_t left = TRIALS;
    size_t seen = 0, taken = 0;

    for (size_t i = 0; i < source->ties->count && i < TRIALS / 2; i++, left--) {
        ret_chosen[source->ties->number[i]] = true;
    }
    usable -= TRIALS - left;
    for (size_t i = 0; i < record->count; i++) {
        if (has_a_say(&record->trial[i]) && !ret_chosen[i] && ++seen * left / usable > taken) {
            ret_chosen[i] = true;
            taken++;
        }
    }
}

static enum hone_code gather(struct modelling *m, struct hone_err *err) {
    const struct cli_record *record = m->source->record;
    bool *chosen = hone_arena_array(m->source->arena, record->count, sizeof(*chosen));
    size_t usable = 0;
    enum hone_code code = HONE_OK;

    m->number = hone_arena_array(m->source->arena, record->count, sizeof(*m->number));
    m->x_value = hone_arena_array(m->source->arena, m->space->n, sizeof(*m->x_value));
    if (chosen == NULL || m->number == NULL || m->x_value == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "a model of %zu trials", record->count);
    }
    for (size_t i = 0; i < record->count; i++) {
        usable += has_a_say(&record->trial[i]);
    }
    if (usable > TRIALS) {
        choose(m->source, usable, chosen);
    }
    for (size_t i = 0; code == HONE_OK && i < record->count; i++) {
        if (has_a_say(&record->trial[i]) && (usable <= TRIALS || chosen[i])) {
            code = add_trial(m, i, err);
        }
    }
    return code;
}

static enum hone_code fit(struct modelling *m, struct hone_err *err) {
    const struct hone_plan *plan = &m->source->record->spec.plan;
    const struct hone_sampler_setup setup = {
        .space = m->space, .seed = plan->seed, .budget = plan->budget,
        .folds = m->source->record->folds, .x_default = plan->x_default,
        .config = plan->sampler == &hone_sampler_gp ? plan->sampler_config : NULL,
    };

    return hone_gp_portrait_new(&setup, &m->history, &m->portrait, err);
}

/* ---- Guesses ---- */

struct guesses {
    size_t count;
    struct hone_gp_guess guess[FIELD_POINTS * FIELD_POINTS];
};

/* In the metric's direction, low below high. */
static struct hone_gp_guess as_value(const struct modelling *m, struct hone_gp_guess loss) {
    const struct hone_gp_guess turned = {-loss.mean, -loss.high, -loss.low};

    return m->source->record->study.maximize ? turned : loss;
}

static void add_guesses(const struct guesses *guesses, bool with_band, struct hone_buf *buf) {
    const size_t stride = sizeof(struct hone_gp_guess) / sizeof(double);

    cli_json_add_reals(buf, "mean", guesses->count, &guesses->guess->mean, stride, DIGITS);
    if (with_band) {
        cli_json_add_reals(buf, "low", guesses->count, &guesses->guess->low, stride, DIGITS);
        cli_json_add_reals(buf, "high", guesses->count, &guesses->guess->high, stride, DIGITS);
    }
}

/* How many places of a parameter are asked for, and the i-th. */
static size_t places(const struct hone_param *param, size_t most) {
    const size_t levels = hone_param_levels(param);

    return levels > 0 && levels <= most ? levels : most;
}

static double place(const struct hone_param *param, size_t most, size_t i) {
    const size_t count = places(param, most);

    return hone_param_levels(param) == count
               ? hone_param_level(param, i)
               : hone_param_decode(param, (double)i / (double)(count - 1));
}

/* The best trial's point with other values of p and q; parameters that become active
 * get their defaults. False when p or q is not active there. */
static bool move_to(struct modelling *m, size_t p, double x_p, size_t q, double x_q) {
    memcpy(m->x_value, m->base, m->space->n * sizeof(*m->x_value));
    m->x_value[p] = x_p;
    m->x_value[q] = x_q;
    hone_space_complete(m->space, m->source->record->spec.plan.x_default, m->x_value);
    return !isnan(m->x_value[p]) && !isnan(m->x_value[q]);
}

static struct hone_gp_guess guess_here(const struct modelling *m) {
    return as_value(m, hone_gp_portrait_guess(m->portrait, m->x_value));
}

static void add_places(const struct hone_param *param, const char *key, size_t most,
    struct hone_buf *buf) {
    cli_json_key(buf, key);
    hone_buf_add(buf, "[");
    for (size_t i = 0; i < places(param, most); i++) {
        cli_json_next(buf);
        cli_json_real(buf, place(param, most, i), DIGITS);
    }
    hone_buf_add(buf, "]");
}

/* ---- Slices ---- */

static bool is_shown(const struct modelling *m, size_t p) {
    const struct hone_param *param = &m->space->param[p];

    return !hone_param_is_constant(param) && !isnan(m->base[p]) &&
           (param->type != HONE_PARAM_CATEGORICAL || param->choice_count <= SLICE_POINTS);
}

static void add_slice(struct modelling *m, size_t p, struct hone_buf *buf) {
    const struct hone_param *param = &m->space->param[p];
    struct guesses guesses = {.count = places(param, SLICE_POINTS)};

    cli_json_next(buf);
    if (!is_shown(m, p)) {
        hone_buf_add(buf, "null");
        return;
    }
    for (size_t i = 0; i < guesses.count; i++) {
        const double x = place(param, SLICE_POINTS, i);

        (void)move_to(m, p, x, p, x);
        guesses.guess[i] = guess_here(m);
    }
    hone_buf_add(buf, "{");
    add_places(param, "x", SLICE_POINTS, buf);
    add_guesses(&guesses, true, buf);
    hone_buf_add(buf, "}");
}

static void add_slices(struct modelling *m, struct hone_buf *buf) {
    cli_json_key(buf, "slices");
    hone_buf_add(buf, "[");
    for (size_t p = 0; p < m->space->n; p++) {
        add_slice(m, p, buf);
    }
    hone_buf_add(buf, "]");
}

/* ---- The two strongest ---- */

/* The parameter of the largest share that is shown and not `other`; n: none. */
static size_t strongest(const struct modelling *m, const struct cli_importance *importance,
    size_t other) {
    size_t best = m->space->n;

    for (size_t p = 0; p < m->space->n; p++) {
        if (p != other && is_shown(m, p) &&
            (best == m->space->n || importance[p].share > importance[best].share)) {
            best = p;
        }
    }
    return best;
}

/* mean[i * |y| + j] at (x[i], y[j]); null where one makes the other inactive. */
static void add_field(struct modelling *m, size_t a, size_t b, struct hone_buf *buf) {
    const struct hone_param *param_a = &m->space->param[a];
    const struct hone_param *param_b = &m->space->param[b];
    struct guesses guesses = {0};

    for (size_t i = 0; i < places(param_a, FIELD_POINTS); i++) {
        for (size_t j = 0; j < places(param_b, FIELD_POINTS); j++) {
            const bool is_there = move_to(m, a, place(param_a, FIELD_POINTS, i), b,
                place(param_b, FIELD_POINTS, j));

            guesses.guess[guesses.count++] =
                is_there ? guess_here(m) : (struct hone_gp_guess){NAN, NAN, NAN};
        }
    }
    hone_buf_add(buf, "{");
    cli_json_add_count(buf, "a", a);
    cli_json_add_count(buf, "b", b);
    add_places(param_a, "x", FIELD_POINTS, buf);
    add_places(param_b, "y", FIELD_POINTS, buf);
    add_guesses(&guesses, false, buf);
    hone_buf_add(buf, "}");
}

static void add_contour(struct modelling *m, const struct cli_importance *importance,
    struct hone_buf *buf) {
    const size_t none = m->space->n;
    const size_t a = importance == NULL ? none : strongest(m, importance, none);
    const size_t b = a == none ? none : strongest(m, importance, a);

    cli_json_key(buf, "contour");
    if (b == none) {
        hone_buf_add(buf, "null");
    } else {
        add_field(m, a, b, buf);
    }
}

/* ---- The model itself ---- */

static void add_lengths(const struct modelling *m, struct hone_buf *buf) {
    cli_json_key(buf, "lengths");
    hone_buf_add(buf, "[");
    for (size_t p = 0; p < m->space->n; p++) {
        cli_json_next(buf);
        cli_json_real(buf, hone_gp_portrait_length(m->portrait, p), 3);
    }
    hone_buf_add(buf, "]");
}

static void add_left_out(const struct modelling *m, struct hone_buf *buf) {
    struct guesses guesses = {.count = hone_gp_portrait_count(m->portrait)};

    hone_assert(guesses.count <= sizeof(guesses.guess) / sizeof(guesses.guess[0]));
    cli_json_key(buf, "leftOut");
    hone_buf_add(buf, "{");
    cli_json_key(buf, "number");
    hone_buf_add(buf, "[");
    for (size_t i = 0; i < guesses.count; i++) {
        uint64_t at = 0;

        guesses.guess[i] = as_value(m, hone_gp_portrait_left_out(m->portrait, i, &at));
        cli_json_next(buf);
        cli_json_real(buf, (double)m->number[at], CLI_JSON_EXACT);
    }
    hone_buf_add(buf, "]");
    add_guesses(&guesses, true, buf);
    hone_buf_add(buf, "}");
}

static enum hone_code draw(struct modelling *m, struct hone_err *err) {
    const struct cli_record *record = m->source->record;
    const size_t best = cli_record_best(record);
    enum hone_code code;

    if (best == record->count) {
        return hone_fail(err, HONE_E_MISSING, "no trial is complete");
    }
    m->base = record->x_value + best * m->space->n;
    code = gather(m, err);
    return code == HONE_OK ? fit(m, err) : code;
}

enum hone_code cli_report_model(const struct cli_report_source *source,
    const struct cli_importance *importance, struct hone_buf *buf, struct hone_err *err) {
    struct modelling m = {
        .source = source, .space = &source->record->spec.plan.space,
        .history = {.params = source->record->spec.plan.space.n, .folds = source->record->folds},
    };
    struct hone_err reason = {0};
    enum hone_code code = draw(&m, &reason);

    cli_json_key(buf, "model");
    hone_buf_add(buf, "{");
    if (code == HONE_OK) {
        cli_json_add_count(buf, "trials", m.history.count);
        add_lengths(&m, buf);
        add_slices(&m, buf);
        add_contour(&m, importance, buf);
        add_left_out(&m, buf);
    } else {
        cli_json_add_text(buf, "missing", reason.text);
    }
    hone_buf_add(buf, "}");
    hone_gp_portrait_free(m.portrait);
    hone_history_finish(&m.history);
    if (code != HONE_OK && code != HONE_E_MISSING) {
        *err = reason;
        return code;
    }
    return HONE_OK;
}
