#include "engine/cli/stats/model.h"

#include "search/samplers.h"

#include <math.h>
#include <string.h>

/* That the model is made of: fitting takes seconds with more. */
enum { TRIALS = 240 };

/* ---- The trials ---- */

static enum hone_code add_trial(struct cli_model *m, size_t number, struct hone_err *err) {
    const struct cli_record *record = m->record;
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
            hone_trial_note_fold(trial, record->folds, f, cli_record_loss(record, value));
        }
    }
    trial->state = from->state;
    trial->loss = cli_record_loss(record, from->value);
    trial->sem = from->sem;
    m->number[m->history.count - 1] = number;
    return HONE_OK;
}

/* Marks the better half of what there is room for by rank, then the others evenly. */
static void choose(const struct cli_record *record, const struct cli_ties *ties, size_t usable,
    bool *ret_chosen) {
    size_t left = TRIALS;
    size_t seen = 0, taken = 0;

    for (size_t i = 0; i < ties->count && i < TRIALS / 2; i++, left--) {
        ret_chosen[ties->number[i]] = true;
    }
    usable -= TRIALS - left;
    for (size_t i = 0; i < record->count; i++) {
        if (cli_record_has_value(&record->trial[i]) && !ret_chosen[i] &&
            ++seen * left / usable > taken) {
            ret_chosen[i] = true;
            taken++;
        }
    }
}

static enum hone_code gather(struct cli_model *m, const struct cli_ties *ties,
    struct hone_arena *arena, struct hone_err *err) {
    const struct cli_record *record = m->record;
    bool *chosen = hone_arena_array(arena, record->count, sizeof(*chosen));
    size_t usable = 0;
    enum hone_code code = HONE_OK;

    m->number = hone_arena_array(arena, record->count, sizeof(*m->number));
    m->x_value = hone_arena_array(arena, m->space->n, sizeof(*m->x_value));
    if (chosen == NULL || m->number == NULL || m->x_value == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "a model of %zu trials", record->count);
    }
    for (size_t i = 0; i < record->count; i++) {
        usable += cli_record_has_value(&record->trial[i]);
    }
    if (usable > TRIALS) {
        choose(record, ties, usable, chosen);
    }
    for (size_t i = 0; code == HONE_OK && i < record->count; i++) {
        if (cli_record_has_value(&record->trial[i]) && (usable <= TRIALS || chosen[i])) {
            code = add_trial(m, i, err);
        }
    }
    return code;
}

static enum hone_code fit(struct cli_model *m, struct hone_err *err) {
    const struct hone_plan *plan = &m->record->spec.plan;
    const struct hone_sampler_setup setup = {
        .space = m->space, .seed = plan->seed, .budget = plan->budget,
        .folds = m->record->folds, .x_default = plan->x_default,
        .config = plan->sampler == &hone_sampler_gp ? plan->sampler_config : NULL,
    };

    return hone_gp_portrait_new(&setup, &m->history, &m->portrait, err);
}

/* ---- Questions ---- */

struct hone_gp_guess cli_model_value(const struct cli_model *m, struct hone_gp_guess loss) {
    const struct hone_gp_guess turned = {-loss.mean, -loss.high, -loss.low};

    return m->record->study.maximize ? turned : loss;
}

size_t cli_model_places(const struct hone_param *param, size_t most) {
    const size_t levels = hone_param_levels(param);

    return levels > 0 && levels <= most ? levels : most;
}

double cli_model_place(const struct hone_param *param, size_t most, size_t i) {
    const size_t count = cli_model_places(param, most);

    return hone_param_levels(param) == count
               ? hone_param_level(param, i)
               : hone_param_decode(param, (double)i / (double)(count - 1));
}

bool cli_model_move(struct cli_model *m, size_t p, double x_p, size_t q, double x_q) {
    memcpy(m->x_value, m->base, m->space->n * sizeof(*m->x_value));
    m->x_value[p] = x_p;
    m->x_value[q] = x_q;
    hone_space_complete(m->space, m->record->spec.plan.x_default, m->x_value);
    return !isnan(m->x_value[p]) && !isnan(m->x_value[q]);
}

struct hone_gp_guess cli_model_here(const struct cli_model *m) {
    return cli_model_value(m, hone_gp_portrait_guess(m->portrait, m->x_value));
}

bool cli_model_shows(const struct cli_model *m, size_t p, size_t most) {
    const struct hone_param *param = &m->space->param[p];

    return !hone_param_is_constant(param) && !isnan(m->base[p]) &&
           (param->type != HONE_PARAM_CATEGORICAL || param->choice_count <= most);
}

/* ---- The model ---- */

enum hone_code cli_model_fit(struct cli_model *model, const struct cli_record *record,
    const struct cli_ties *ties, struct hone_arena *arena, struct hone_err *err) {
    const size_t best = record->recommended;
    enum hone_code code;

    model->record = record;
    model->space = &record->spec.plan.space;
    model->history.params = model->space->n;
    model->history.folds = record->folds;
    if (best == record->count) {
        return hone_fail(err, HONE_E_MISSING, "no trial is complete");
    }
    model->base = record->x_value + best * model->space->n;
    code = gather(model, ties, arena, err);
    return code == HONE_OK ? fit(model, err) : code;
}

void cli_model_finish(struct cli_model *model) {
    hone_gp_portrait_free(model->portrait);
    hone_history_finish(&model->history);
}
