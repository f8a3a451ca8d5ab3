/* What a Gaussian process, fitted to the trials, expects: along each parameter and over
 * the two strongest while all others stay as in the best trial; its length scales; and
 * what it says of each trial when that is left out. Values are in the metric's own
 * direction. */
#include "engine/cli/report/json.h"
#include "engine/cli/report/members.h"
#include "engine/cli/stats/model.h"

#include <math.h>
#include <string.h>

enum {
    SLICE_POINTS = 33, /* along a parameter */
    FIELD_POINTS = 25, /* along each of two */
    DIGITS = 5,
};

/* ---- Guesses ---- */

struct guesses {
    size_t count;
    struct hone_gp_guess guess[FIELD_POINTS * FIELD_POINTS];
};

static void add_guesses(const struct guesses *guesses, bool with_band, struct hone_buf *buf) {
    const size_t stride = sizeof(struct hone_gp_guess) / sizeof(double);

    cli_json_add_reals(buf, "mean", guesses->count, &guesses->guess->mean, stride, DIGITS);
    if (with_band) {
        cli_json_add_reals(buf, "low", guesses->count, &guesses->guess->low, stride, DIGITS);
        cli_json_add_reals(buf, "high", guesses->count, &guesses->guess->high, stride, DIGITS);
    }
}

static void add_places(const struct hone_param *param, const char *key, size_t most,
    struct hone_buf *buf) {
    cli_json_key(buf, key);
    hone_buf_add(buf, "[");
    for (size_t i = 0; i < cli_model_places(param, most); i++) {
        cli_json_next(buf);
        cli_json_real(buf, cli_model_place(param, most, i), DIGITS);
    }
    hone_buf_add(buf, "]");
}

/* ---- Slices ---- */

static void add_slice(struct cli_model *m, size_t p, struct hone_buf *buf) {
    const struct hone_param *param = &m->space->param[p];
    struct guesses guesses = {.count = cli_model_places(param, SLICE_POINTS)};

    cli_json_next(buf);
    if (!cli_model_shows(m, p, SLICE_POINTS)) {
        hone_buf_add(buf, "null");
        return;
    }
    for (size_t i = 0; i < guesses.count; i++) {
        const double x = cli_model_place(param, SLICE_POINTS, i);

        (void)cli_model_move(m, p, x, p, x);
        guesses.guess[i] = cli_model_here(m);
    }
    hone_buf_add(buf, "{");
    add_places(param, "x", SLICE_POINTS, buf);
    add_guesses(&guesses, true, buf);
    hone_buf_add(buf, "}");
}

static void add_slices(struct cli_model *m, struct hone_buf *buf) {
    cli_json_key(buf, "slices");
    hone_buf_add(buf, "[");
    for (size_t p = 0; p < m->space->n; p++) {
        add_slice(m, p, buf);
    }
    hone_buf_add(buf, "]");
}

/* ---- The two strongest ---- */

/* The parameter of the largest share that is shown and not `other`; n: none. */
static size_t strongest(const struct cli_model *m, const struct cli_importance *importance,
    size_t other) {
    size_t best = m->space->n;

    for (size_t p = 0; p < m->space->n; p++) {
        if (p != other && cli_model_shows(m, p, SLICE_POINTS) &&
            (best == m->space->n || importance[p].share > importance[best].share)) {
            best = p;
        }
    }
    return best;
}

/* mean[i * |y| + j] at (x[i], y[j]); null where one makes the other inactive. */
static void add_field(struct cli_model *m, size_t a, size_t b, struct hone_buf *buf) {
    const struct hone_param *param_a = &m->space->param[a];
    const struct hone_param *param_b = &m->space->param[b];
    struct guesses guesses = {0};

    for (size_t i = 0; i < cli_model_places(param_a, FIELD_POINTS); i++) {
        for (size_t j = 0; j < cli_model_places(param_b, FIELD_POINTS); j++) {
            const bool is_there = cli_model_move(m, a, cli_model_place(param_a, FIELD_POINTS, i), b,
                cli_model_place(param_b, FIELD_POINTS, j));

            guesses.guess[guesses.count++] =
                is_there ? cli_model_here(m) : (struct hone_gp_guess){NAN, NAN, NAN};
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

static void add_contour(struct cli_model *m, const struct cli_importance *importance,
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

static void add_lengths(const struct cli_model *m, struct hone_buf *buf) {
    cli_json_key(buf, "lengths");
    hone_buf_add(buf, "[");
    for (size_t p = 0; p < m->space->n; p++) {
        cli_json_next(buf);
        cli_json_real(buf, hone_gp_portrait_length(m->portrait, p), 3);
    }
    hone_buf_add(buf, "]");
}

static void add_left_out(const struct cli_model *m, struct hone_buf *buf) {
    struct guesses guesses = {.count = hone_gp_portrait_count(m->portrait)};

    hone_assert(guesses.count <= sizeof(guesses.guess) / sizeof(guesses.guess[0]));
    cli_json_key(buf, "leftOut");
    hone_buf_add(buf, "{");
    cli_json_key(buf, "number");
    hone_buf_add(buf, "[");
    for (size_t i = 0; i < guesses.count; i++) {
        uint64_t at = 0;

        guesses.guess[i] = cli_model_value(m, hone_gp_portrait_left_out(m->portrait, i, &at));
        cli_json_next(buf);
        cli_json_real(buf, (double)m->number[at], CLI_JSON_EXACT);
    }
    hone_buf_add(buf, "]");
    add_guesses(&guesses, true, buf);
    hone_buf_add(buf, "}");
}

enum hone_code cli_report_model(const struct cli_report_source *source,
    const struct cli_importance *importance, struct hone_buf *buf, struct hone_err *err) {
    struct cli_model m = {0};
    struct hone_err reason = {0};
    enum hone_code code =
        cli_model_fit(&m, source->record, source->ties, source->arena, &reason);

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
    cli_model_finish(&m);
    if (code != HONE_OK && code != HONE_E_MISSING) {
        *err = reason;
        return code;
    }
    return HONE_OK;
}
