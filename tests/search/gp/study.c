#include "tests/search/gp/study.h"

#include "search/samplers.h"

#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* ---- Problems ---- */

static double square(double x) {
    return x * x;
}

static void make_branin(struct maker *maker) {
    add_float(maker, -5, 10, false, 0);
    add_float(maker, 0, 15, false, 0);
}

static double branin(const double *x) {
    double b = x[1] - 5.1 / (4 * M_PI * M_PI) * x[0] * x[0] + 5 / M_PI * x[0] - 6;

    return b * b + 10 * (1 - 1 / (8 * M_PI)) * cos(x[0]) + 10;
}

static void make_hartmann6(struct maker *maker) {
    for (int i = 0; i < 6; i++) {
        add_float(maker, 0, 1, false, 0);
    }
}

static double hartmann6(const double *x) {
    static const double weight[4] = {1, 1.2, 3, 3.2};
    static const double a[4][6] = {{10, 3, 17, 3.5, 1.7, 8}, {0.05, 10, 17, 0.1, 8, 14},
        {3, 3.5, 1.7, 10, 17, 8}, {17, 8, 0.05, 10, 0.1, 14}};
    static const double p[4][6] = {{0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886},
        {0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991},
        {0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650},
        {0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381}};
    double sum = 0;

    for (int i = 0; i < 4; i++) {
        double e = 0;

        for (int j = 0; j < 6; j++) {
            e += a[i][j] * square(x[j] - p[i][j]);
        }
        sum -= weight[i] * exp(-e);
    }
    return sum;
}

/* Learning rate, batch size, optimiser, layers, dropout: as tuning looks. Too high a
 * rate diverges. */
static void make_mixed(struct maker *maker) {
    add_float(maker, 1e-5, 1, true, 0);
    add_int(maker, 8, 256, true, 0);
    add_choice(maker, 3);
    add_int(maker, 1, 4, false, 0);
    add_float(maker, 0, 0.9, false, 0);
}

static double mixed(const double *x) {
    static const double best_rate[3] = {-3, -2, -1.2};
    double off = log10(x[0]) - best_rate[(size_t)x[2]];
    double loss = 0.08 * square(off) + 0.01 * square(log2(x[1]) - 5.5) +
                  0.02 * (x[2] != 1) + 0.02 * fabs(x[3] - 2) + 0.05 * square(x[4] - 0.2);

    return off > 1.2 ? loss + 0.5 + 2 * (off - 1.2) : loss;
}

static void make_conditional(struct maker *maker) {
    size_t optimizer = add_choice(maker, 3);
    size_t momentum;

    add_float(maker, 1e-5, 1, true, 0);
    momentum = add_float(maker, 0.5, 0.99, false, 0);
    add_when(maker, momentum, optimizer, 1, (const double[]){1});
    add_when(maker, add_float(maker, 0.8, 0.999, false, 0), optimizer, 1, (const double[]){2});
    add_when(maker, add_float(maker, 1e-8, 1e-2, true, 0), optimizer, 1, (const double[]){2});
}

static double conditional(const double *x) {
    double rate = log10(x[1]);

    if (x[0] == 0) {
        return 0.1 + 0.1 * square(rate + 1);
    }
    if (x[0] == 1) {
        return 0.04 + 0.1 * square(rate + 2) + 1.5 * square(x[2] - 0.9);
    }
    return 0.1 * square(rate + 3) + 2 * square(x[3] - 0.95) + 0.01 * square(log10(x[4]) + 6);
}

static void make_square(struct maker *maker) {
    add_float(maker, 0, 1, false, 0);
    add_float(maker, 0, 1, false, 0);
}

static double half_fails(const double *x) {
    return x[0] > 0.6 ? (double)NAN : square(x[0] - 0.55) + square(x[1] - 0.3);
}

const struct problem problem_branin = {"branin", make_branin, branin, 0.397887};
const struct problem problem_hartmann6 = {"hartmann6", make_hartmann6, hartmann6, -3.32237};
const struct problem problem_mixed = {"mixed", make_mixed, mixed, 0};
const struct problem problem_conditional = {"conditional", make_conditional, conditional, 0};
const struct problem problem_half_fails = {"half fails", make_square, half_fails, 0};

/* ---- Playing ---- */

struct hone_sampler *fresh_sampler(const struct study *study) {
    struct hone_sampler_setup setup = {.space = study->space, .seed = study->seed,
        .budget = UINT64_MAX, .folds = STUDY_FOLDS, .config = preset_config(study->type)};
    struct hone_sampler *sampler = NULL;
    struct hone_err err;

    assert_int_equal(hone_sampler_create(study->type, &setup, &sampler, &err), HONE_OK);
    return sampler;
}

void open_study(struct study *study, const struct problem *problem, uint64_t seed) {
    open_study_of(study, &hone_sampler_gp, problem, seed);
}

void open_study_of(struct study *study, const struct hone_sampler_type *type,
    const struct problem *problem, uint64_t seed) {
    double x_value[STUDY_ROOM];

    *study =
        (struct study){.problem = problem, .type = type, .seed = seed, .parallel = 1};
    problem->make(&study->maker);
    study->space = make_space(&study->maker);
    study->history =
        (struct hone_history){.params = study->space->n, .folds = STUDY_FOLDS};
    study->sampler = fresh_sampler(study);
    for (size_t p = 0; p < study->space->n; p++) {
        x_value[p] = (double)NAN;
    }
    hone_space_complete(study->space, NULL, x_value);
    tell(study, x_value, "first");
}

void close_study(struct study *study) {
    hone_sampler_free(study->sampler);
    hone_history_finish(&study->history);
    finish_space(&study->maker);
}

void tell(struct study *study, const double *x_value, const char *part) {
    double loss = study->problem->loss(x_value);
    struct hone_trial *trial;
    struct hone_rng rng;
    struct hone_err err;
    size_t folds = STUDY_FOLDS;

    assert_int_equal(hone_history_append(&study->history, x_value, &trial, &err), HONE_OK);
    trial->part = part;
    if (isnan(loss)) {
        trial->state = HONE_FAILED;
        return;
    }
    if (study->prunes && trial->number > 4 && trial->number % 5 == 0) {
        folds = 1;
    }
    hone_rng_at(&rng, study->seed, trial->number, 0, HONE_FOR_NOISE);
    for (size_t f = 0; f < folds; f++) {
        double told = loss + study->noise * gsl_ran_gaussian(&rng.gsl, 1) + 0.01 * (double)f;

        told = told * (study->scale == 0 ? 1 : study->scale) + study->shift;
        hone_trial_note_fold(trial, STUDY_FOLDS, f, told);
    }
    trial->state = folds == STUDY_FOLDS ? HONE_COMPLETE : HONE_PRUNED;
}

bool ask_study(const struct study *study, struct hone_sampler *sampler, size_t asking,
    struct hone_proposal *ret_proposal) {
    struct hone_view view = {.history = &study->history,
        .settled = asking < study->parallel ? 0 : asking + 1 - study->parallel,
        .asking = asking};
    struct hone_err err;

    assert_int_equal(hone_sampler_ask(sampler, &view, ret_proposal, &err), HONE_OK);
    return !ret_proposal->exhausted;
}

size_t play(struct study *study, size_t count) {
    while (study->history.count < count) {
        double x_unit[STUDY_ROOM], x_value[STUDY_ROOM];
        struct hone_proposal proposal = {.x_unit = x_unit};

        if (!ask_study(study, study->sampler, study->history.count, &proposal)) {
            break;
        }
        hone_space_decode(study->space, x_unit, x_value);
        tell(study, x_value, proposal.part);
    }
    return study->history.count;
}
