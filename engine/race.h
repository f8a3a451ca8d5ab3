/* Racing of folds: a trial that can hardly become the best is left before all
 * its folds are run, and is then pruned, with the folds it has (Bergman, Purucker,
 * Hutter 2024, "Don't waste your time: early stopping cross-validation").
 *
 * Trials share their folds, so that fold losses are a two-way table: y_if = mu +
 * a_i + b_f + e_if. The effect b_f of a fold, which all trials share, is taken
 * off before a trial with some folds is compared with one that has all.
 *
 * A race sees what the proposal of its trial could see. That stays as it is, so
 * its decisions depend neither on timing and workers nor on kills. */
#ifndef HONE_ENGINE_RACE_H
#define HONE_ENGINE_RACE_H

#include "engine/err.h"
#include "engine/objective.h"
#include "engine/sampler.h"
#include "engine/trial.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Trials below that number are never left, nor those that the spec wants first: what was gained
 * over the defaults needs their value. No trial is left with fewer folds. */
enum { HONE_RACE_FIRST_TRIAL = 4, HONE_RACE_FIRST_FOLD = 2 };

/* Of one trial. */
struct hone_race {
    size_t folds;
    size_t *order;   /* (folds) its folds as they are run, one after the other */
    double *effect;  /* (folds) b_f */
    double variance; /* of a single fold's loss, effects taken off */
    double best;     /* loss of the incumbent; NaN: there is none to lose against */
};

/* Whether the folds of a run race: as the objective wishes, else as the method
 * does; two folds or fewer never. */
bool hone_race_is_on(const struct hone_objective *objective,
    const struct hone_sampler_type *sampler);

/* The race of trial view->asking against what the view has settled. */
HONE_MUST_CHECK enum hone_code hone_race_new(uint64_t seed, const struct hone_view *view,
    struct hone_race **ret, struct hone_err *err);
void hone_race_free(struct hone_race *race); /* accepts NULL */

/* Whether the trial should be left with the folds it has now. */
bool hone_race_is_lost(const struct hone_race *race, const struct hone_trial *trial);

/* The probability, as far as these folds tell (NaN: not run), that the trial's
 * mean over all folds would be below the incumbent's. NaN when nothing can be
 * said. */
double hone_race_chance(const struct hone_race *race, const double *fold_loss);

/* How many of the folds were run; their mean, effects taken off. Both arrays have `folds`
 * numbers; NaN: not run. */
size_t hone_race_folds_run(size_t folds, const double *fold_loss);
double hone_race_mean(size_t folds, const double *effect, const double *fold_loss);

/* A trial that has all its folds. */
struct hone_race_outcome {
    const double *fold_loss; /* (folds) */
    size_t folds;
    double mean;
};

/* What folds do: effects b_f (folds), which sum to 0 and are left as they are as long as there
 * are fewer than four outcomes, and the variance that is left of a single fold's loss, NaN
 * without any.
 *
 * It is learnt from the typical outcomes, the best quarter but at least 9: a model at chance
 * level knows no difficult fold, and a poor one scatters more. On 60 random points of six real
 * tasks the variance that is left in the best twelve was 1.2 to 10 times as large with the
 * effects of all trials, in the median 3. Outcomes that are equal on every fold count once:
 * where losses are shares of errors, a plateau of points that predict the same would say that
 * there is no variance. The outcomes are reordered; `room` has `count` numbers. */
void hone_race_learn(size_t count, struct hone_race_outcome *outcome, double *room,
    double *ret_effect, double *ret_variance);

/* A permutation of the folds that depends on seed and trial alone. */
void hone_race_order(uint64_t seed, uint64_t trial, size_t folds, size_t *ret_order);

/* The same of the latest complete trials that the view has settled; effects that cannot be told
 * are 0. */
void hone_race_noise(const struct hone_view *view, double *ret_effect, double *ret_variance);

#endif
