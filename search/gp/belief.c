#include "search/gp/belief.h"

#include "engine/alloc.h"
#include "search/gp/fit.h"
#include "search/gp/schedule.h"
#include "search/gp/subset.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

static const double jitter = 1e-8;    /* relative to s2 */
static const double highest_noise = 1e100; /* slopes of tiny losses may have no square */
static const double normal_90 = 1.6448536269514722; /* half width of a 90 % interval */

enum {
    SPARE_ROOM = 64,    /* results to be appended until the next fit */
    FIT_POINTS = 400,   /* hyperparameters hardly change with more */
    COLD_POINTS = 200,  /* a cold fit finds its way on these */
    COLD_STARTS = 2,
    COLD_ITERATIONS = 6, /* after which the better start shows */
};

/* ---- Life ---- */

enum hone_code gp_belief_init(struct gp_belief *belief, const struct points_layout *layout,
    const struct gp_settings *settings, struct hone_err *err) {
    belief->layout = layout;
    belief->settings = *settings;
    belief->theta = hone_new_array(gp_theta_count(layout), sizeof(double));
    if (belief->theta == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for %zu hyperparameters",
            gp_theta_count(layout));
    }
    return HONE_OK;
}

static void drop_model(struct gp_belief *belief) {
    gp_model_finish(&belief->model);
    hone_free(belief->trial);
    belief->trial = NULL;
    belief->is_ready = false;
    if (belief->room > 0) {
        memset(belief->is_in, 0, belief->room * sizeof(*belief->is_in));
    }
}

void gp_belief_finish(struct gp_belief *belief) {
    drop_model(belief);
    gp_data_finish(&belief->data);
    hone_free(belief->theta);
    hone_free(belief->place);
    hone_free(belief->is_in);
    *belief = (struct gp_belief){0};
}

static enum hone_code make_room(struct gp_belief *belief, size_t count, struct hone_err *err) {
    size_t room = 2 * count;
    size_t *place;
    bool *is_in;

    if (count <= belief->room) {
        return HONE_OK;
    }
    place = hone_new_array(room, sizeof(*place));
    is_in = hone_new_array(room, sizeof(*is_in));
    if (place == NULL || is_in == NULL) {
        hone_free(place);
        hone_free(is_in);
        return hone_fail(err, HONE_E_NOMEM, "no memory to follow %zu trials", room);
    }
    if (belief->room > 0) {
        memcpy(is_in, belief->is_in, belief->room * sizeof(*is_in));
    }
    hone_free(belief->place);
    hone_free(belief->is_in);
    belief->place = place;
    belief->is_in = is_in;
    belief->room = room;
    return HONE_OK;
}

/* ---- Noise ---- */

/* The share of the common noise: what the folds show is a mean over those that were
 * run already, else the common noise is that of a mean over all. */
static double noise_share(const struct gp_data *data, size_t folds, size_t i) {
    return data->is_known ? 1 : (double)folds / (double)data->folds[i];
}

/* Of the folds that were not run. All trials share their folds, so that a trial with all of
 * them has none: what its neighbours do not share is the common noise, which is fitted. Had
 * they the noise of all folds, mean log10 regret on 16 problems in a race would be -0.752, not
 * -0.837, with little noise, and the same where folds change smoothly with the point. */
static double known_noise(const struct gp_data *data, size_t folds, size_t i) {
    double missing = 1 - (double)data->folds[i] / (double)folds;

    if (!data->is_known || missing == 0) {
        return 0;
    }
    return fmin(data->slope[i] * data->slope[i] * data->se2[i] * missing, highest_noise);
}

/* N_i of the i-th result. */
static double noise_of(const struct gp_belief *belief, size_t i) {
    const double *rest = belief->theta + belief->layout->scales;
    const struct gp_data *data = &belief->data;

    return exp(rest[GP_AT_RHO]) * known_noise(data, belief->history->folds, i) +
           exp(rest[GP_AT_NOISE]) * noise_share(data, belief->history->folds, i) +
           jitter * exp(rest[GP_AT_S2]);
}

double gp_belief_noise(const struct gp_belief *belief, size_t i) {
    const double *rest = belief->theta + belief->layout->scales;
    size_t place = belief->place[belief->trial[i]];

    if (belief->data.is_known) {
        return exp(rest[GP_AT_NOISE]) + jitter * exp(rest[GP_AT_S2]);
    }
    return noise_of(belief, place) * (double)belief->data.folds[place] /
           (double)belief->history->folds;
}

/* ---- Fit ---- */

/* The results that a fit uses, in arrays of their own. */
struct selection {
    struct gp_evidence evidence;
    double *row, *z, *known, *share;
};

static void selection_finish(struct selection *s) {
    hone_free(s->row);
    hone_free(s->z);
    hone_free(s->known);
    hone_free(s->share);
}

/* Results `index[0 .. count - 1]` of the data. */
static enum hone_code select_results(const struct gp_belief *belief,
    const struct points_record *record, size_t count, const size_t *index, struct selection *ret,
    struct hone_err *err) {
    const struct gp_data *data = &belief->data;
    const size_t columns = belief->layout->columns;

    ret->row = hone_new_array(count, columns * sizeof(double));
    ret->z = hone_new_array(count, sizeof(double));
    ret->known = hone_new_array(count, sizeof(double));
    ret->share = hone_new_array(count, sizeof(double));
    if (ret->row == NULL || ret->z == NULL || ret->known == NULL || ret->share == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory to fit a model to %zu results", count);
    }
    for (size_t i = 0; i < count; i++) {
        memcpy(ret->row + i * columns, record->row + data->trial[index[i]] * columns,
            columns * sizeof(double));
        ret->z[i] = data->z[index[i]];
        ret->known[i] = known_noise(data, belief->history->folds, index[i]);
        ret->share[i] = noise_share(data, belief->history->folds, index[i]);
    }
    ret->evidence = (struct gp_evidence){
        .layout = belief->layout, .kernel = belief->settings.kernel, .n = count,
        .row = ret->row, .z = ret->z, .known = ret->known, .share = ret->share,
        .is_known = data->is_known, .deterministic = belief->settings.deterministic,
        .mean = (double)NAN, .jitter = jitter,
    };
    return HONE_OK;
}

/* Sets theta to the better of two starts that depend on nothing, each after a few
 * steps down; false when neither has a likelihood. `start` is room. */
static bool start_cold(struct gp_fit *fit, double *start, double *theta) {
    double lowest = (double)INFINITY;

    for (int which = 0; which < COLD_STARTS; which++) {
        double value;

        gp_fit_start(fit, which, start);
        value = gp_fit_descend(fit, COLD_ITERATIONS, start);
        if (which == 0 || value < lowest) {
            lowest = value;
            memcpy(theta, start, gp_theta_count(fit->evidence->layout) * sizeof(*start));
        }
    }
    return isfinite(lowest);
}

/* Moves belief->theta down on the selected results: from where it is, or cold.
 * ret_value is +inf when there is no likelihood at all. */
static enum hone_code fit_to(struct gp_belief *belief, const struct points_record *record,
    size_t count, const size_t *index, bool cold, double *ret_value, struct hone_err *err) {
    const size_t thetas = gp_theta_count(belief->layout);
    struct selection selection = {0};
    struct gp_fit fit = {0};
    double *start = hone_new_array(thetas, sizeof(*start));
    enum hone_code code = select_results(belief, record, count, index, &selection, err);

    if (code == HONE_OK && start == NULL) {
        code = hone_fail(err, HONE_E_NOMEM, "no memory for %zu hyperparameters", thetas);
    }
    if (code == HONE_OK) {
        code = gp_fit_init(&fit, &selection.evidence, err);
    }
    if (code != HONE_OK) {
        goto out;
    }
    *ret_value = (double)INFINITY;
    if (!cold || start_cold(&fit, start, belief->theta)) {
        *ret_value = gp_fit_descend(&fit, GP_FIT_ITERATIONS, belief->theta);
    }
out:
    gp_fit_finish(&fit);
    selection_finish(&selection);
    hone_free(start);
    return code;
}

/* Fits to an even choice of at most `points` results. */
static enum hone_code fit_evenly(struct gp_belief *belief, const struct points_record *record,
    size_t count, const size_t *index, size_t points, bool cold, double *ret_value,
    struct hone_err *err) {
    size_t even[FIT_POINTS];

    if (count <= points) {
        return fit_to(belief, record, count, index, cold, ret_value, err);
    }
    for (size_t i = 0; i < points; i++) {
        even[i] = index[i * count / points];
    }
    return fit_to(belief, record, points, even, cold, ret_value, err);
}

/* Fits to `count` results. An evaluation takes count^3, and its minimum hardly depends
 * on how many of many results it sees. */
static enum hone_code fit(struct gp_belief *belief, const struct points_record *record,
    size_t count, const size_t *index, bool cold, double *ret_value, struct hone_err *err) {
    enum hone_code code = HONE_OK;

    if (cold) {
        code = fit_evenly(belief, record, count, index, COLD_POINTS, true, ret_value, err);
    }
    if (cold && (code != HONE_OK || !isfinite(*ret_value) || count <= COLD_POINTS)) {
        return code;
    }
    return fit_evenly(belief, record, count, index, FIT_POINTS, false, ret_value, err);
}

/* ---- Model ---- */

static void put_result(struct gp_belief *belief, size_t result) {
    size_t trial = belief->data.trial[result];

    belief->trial[belief->model.n] = trial;
    belief->is_in[trial] = true;
}

/* A model of the chosen results under theta; all others are left out. */
static enum hone_code build_model(struct gp_belief *belief, const struct points_record *record,
    size_t count, const size_t *index, struct hone_err *err) {
    const size_t scales = belief->layout->scales;
    const size_t room = count + SPARE_ROOM;
    struct gp_model *model = &belief->model;
    enum hone_code code = gp_model_init(model, belief->layout, belief->settings.kernel, room, err);

    belief->trial = hone_new_array(room, sizeof(*belief->trial));
    if (code != HONE_OK || belief->trial == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for a model of %zu results", room);
    }
    for (size_t p = 0; p < scales; p++) {
        model->weight[p] = exp(-2 * belief->theta[p]);
    }
    model->s2 = exp(belief->theta[scales + GP_AT_S2]);
    for (size_t i = 0; i < belief->data.n; i++) {
        belief->is_in[belief->data.trial[i]] = true;
    }
    for (size_t i = 0; i < count; i++) {
        put_result(belief, index[i]);
        gp_model_put(model,
            record->row + belief->data.trial[index[i]] * belief->layout->columns,
            noise_of(belief, index[i]));
    }
    return gp_model_factor(model, err);
}

/* Chooses the results that a model is made of; index has data.n elements. The
 * length scales say what is near: the last ones, or in a cold fit equal ones. */
static enum hone_code choose(const struct gp_belief *belief, const struct points_record *record,
    bool cold, size_t *ret_count, size_t *index, struct hone_err *err) {
    const struct gp_data *data = &belief->data;
    const double **row = NULL;
    double *weight = NULL;
    enum hone_code code;

    *ret_count = data->n;
    for (size_t i = 0; i < data->n; i++) {
        index[i] = i;
    }
    if (data->n <= GP_EXACT_LIMIT) {
        return HONE_OK;
    }
    *ret_count = GP_SUBSET;
    row = hone_new_array(data->n, sizeof(*row));
    weight = hone_new_array(belief->layout->scales, sizeof(*weight));
    if (row == NULL || weight == NULL) {
        code = hone_fail(err, HONE_E_NOMEM, "no memory to choose among %zu results", data->n);
        goto out;
    }
    for (size_t p = 0; p < belief->layout->scales; p++) {
        weight[p] = cold ? 1 : exp(-2 * belief->theta[p]);
    }
    for (size_t i = 0; i < data->n; i++) {
        row[i] = record->row + data->trial[i] * belief->layout->columns;
    }
    code = gp_subset(belief->layout, weight, data->n, row, data->z, index, err);
out:
    hone_free(row);
    hone_free(weight);
    return code;
}

/* Forms the model anew. Numbers that cannot be factored leave none. */
static enum hone_code form(struct gp_belief *belief, const struct points_record *record, bool cold,
    struct hone_err *err) {
    size_t *index = hone_new_array(belief->data.n, sizeof(*index));
    size_t count = 0;
    double value = 0;
    enum hone_code code;

    if (index == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for %zu results", belief->data.n);
    }
    code = choose(belief, record, cold, &count, index, err);
    if (code == HONE_OK) {
        code = fit(belief, record, count, index, cold, &value, err);
    }
    drop_model(belief);
    if (code == HONE_OK && isfinite(value)) {
        code = build_model(belief, record, count, index, err);
        belief->is_ready = code == HONE_OK;
    }
    if (!belief->is_ready) {
        drop_model(belief);
    }
    hone_free(index);
    return code == HONE_E_NUMERIC ? HONE_OK : code;
}

static enum hone_code enlarge(struct gp_belief *belief, struct hone_err *err) {
    size_t room = belief->model.room + SPARE_ROOM;
    size_t *trial = hone_resize(belief->trial, room, sizeof(*trial));
    struct gp_model larger = {0};
    enum hone_code code;

    if (trial == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for a model of %zu results", room);
    }
    belief->trial = trial;
    code = gp_model_copy(&belief->model, room, &larger, err);
    if (code == HONE_OK) {
        gp_model_finish(&belief->model);
        belief->model = larger;
    }
    return code;
}

/* Appends the results that the model does not have. One that it cannot take in by
 * an update, because it lies on another, makes it factor anew. */
static enum hone_code append_new(struct gp_belief *belief, const struct points_record *record,
    struct hone_err *err) {
    enum hone_code code = HONE_OK;

    for (size_t i = 0; i < belief->data.n && code == HONE_OK; i++) {
        size_t trial = belief->data.trial[i];
        const double *row = record->row + trial * belief->layout->columns;

        if (belief->is_in[trial]) {
            continue;
        }
        if (belief->model.n == belief->model.room) {
            code = enlarge(belief, err);
        }
        if (code == HONE_OK) {
            put_result(belief, i);
            code = gp_model_append(&belief->model, row, noise_of(belief, i), err);
        }
        if (code == HONE_E_NUMERIC) {
            gp_model_put(&belief->model, row, noise_of(belief, i));
            code = gp_model_factor(&belief->model, err);
        }
    }
    if (code == HONE_E_NUMERIC) {
        drop_model(belief);
        code = HONE_OK;
    }
    return code;
}

/* ---- Steps ---- */

static void set_places(struct gp_belief *belief) {
    for (size_t t = 0; t < belief->settled; t++) {
        belief->place[t] = SIZE_MAX;
    }
    for (size_t i = 0; i < belief->data.n; i++) {
        belief->place[belief->data.trial[i]] = i;
    }
}

static enum hone_code step(struct gp_belief *belief, const struct points_record *record,
    struct hone_err *err) {
    bool cold = false;
    bool due;
    enum hone_code code = make_room(belief, belief->settled + 1, err);

    if (code != HONE_OK) {
        return code;
    }
    belief->settled++;
    gp_data_finish(&belief->data);
    code = gp_data_read(&belief->data, &belief->settings.reading, belief->history,
        belief->settled, err);
    if (code != HONE_OK) {
        return code;
    }
    set_places(belief);
    due = gp_schedule_is_due(belief->settled, &cold);
    if (belief->data.n < GP_RESULTS_AT_LEAST) {
        drop_model(belief);
        return HONE_OK;
    }
    if (due || !belief->is_ready) {
        return form(belief, record, cold || !belief->is_ready, err);
    }
    return append_new(belief, record, err);
}

static size_t count_finished(const struct hone_history *history, size_t settled) {
    size_t count = 0;

    for (size_t t = 0; t < settled; t++) {
        count += hone_state_is_finished(history->trial[t].state);
    }
    return count;
}

/* Forgets everything; the next step takes in trial `settled`. */
static void restart(struct gp_belief *belief, const struct hone_history *history,
    size_t settled) {
    drop_model(belief);
    gp_data_finish(&belief->data);
    belief->history = history;
    belief->settled = settled;
}

static void observe(struct gp_belief *belief) {
    double *z = belief->model.z;

    for (size_t i = 0; i < belief->model.n; i++) {
        z[i] = belief->data.z[belief->place[belief->trial[i]]];
    }
    gp_model_observe(&belief->model, z, (double)NAN);
}

enum hone_code gp_belief_reach(struct gp_belief *belief, const struct points_record *record,
    const struct hone_history *history, size_t settled, struct hone_err *err) {
    size_t from = settled == 0 ? 0 : gp_schedule_restart(settled) - 1;
    bool moved = belief->settled != settled;

    if (belief->history != history || belief->settled > settled || belief->settled < from ||
        (!moved && belief->finished != count_finished(history, settled))) {
        restart(belief, history, from);
        moved = true;
    }
    while (belief->settled < settled) {
        enum hone_code code = step(belief, record, err);

        if (code != HONE_OK) {
            restart(belief, NULL, 0);
            return code;
        }
    }
    belief->finished = count_finished(history, settled);
    if (moved && belief->is_ready) {
        observe(belief);
    }
    return HONE_OK;
}

bool gp_belief_is_fresh(const struct gp_belief *belief) {
    bool cold;

    return belief->is_ready && gp_schedule_is_due(belief->settled, &cold);
}

/* ---- Skill ---- */

static double log_normal(double off, double var) {
    return -0.5 * (log(var) + off * off / var);
}

/* Against the mean and variance of all other results (Rasmussen, Williams 2006,
 * section 5.4.2, for the log density left out). */
struct gp_skill gp_belief_skill(const struct gp_belief *belief) {
    const struct gp_model *model = &belief->model;
    const double others = (double)model->n - 1;
    struct gp_skill skill = {0};
    double sum = 0, squares = 0, missed = 0;

    for (size_t i = 0; i < model->n; i++) {
        sum += model->z[i];
        squares += model->z[i] * model->z[i];
    }
    for (size_t i = 0; i < model->n; i++) {
        double var;
        double off = model->z[i] - gp_model_loo(model, i, &var);
        double other_mean = (sum - model->z[i]) / others;
        double other_var = (squares - model->z[i] * model->z[i]) / others -
                           other_mean * other_mean;

        skill.gain += log_normal(off, var) -
                      log_normal(model->z[i] - other_mean, gp_model_floor(model, other_var));
        missed += off * off;
        skill.coverage += off * off <= normal_90 * normal_90 * var;
    }
    skill.coverage /= (double)model->n;
    skill.r2 = squares > 0 ? 1 - missed / squares : 0;
    return skill;
}
