/* A search played through in a test: a space, a loss, a sampler, as the run would. */
#ifndef HONE_TESTS_SEARCH_GP_STUDY_H
#define HONE_TESTS_SEARCH_GP_STUDY_H

#include "engine/rng.h"
#include "tests/search/support.h"

enum { STUDY_FOLDS = 3, STUDY_ROOM = 128 };

/* A problem: its space, and its loss at a point; NaN: the trial fails. */
struct problem {
    const char *name;
    void (*make)(struct maker *maker);
    double (*loss)(const double *x_value);
    double lowest;
};

extern const struct problem problem_branin;
extern const struct problem problem_hartmann6;
extern const struct problem problem_mixed;       /* log scale, int, category, cliff */
extern const struct problem problem_conditional; /* three branches */
extern const struct problem problem_half_fails;  /* a bowl in [0, 1]^2 that fails beyond 0.6 */

struct study {
    const struct problem *problem;
    const struct hone_sampler_type *type;
    struct maker maker;
    const struct hone_space *space;
    struct hone_history history;
    struct hone_sampler *sampler;
    uint64_t seed;
    size_t parallel;
    double noise;     /* sd of each fold's loss */
    bool prunes;      /* every fifth trial stops after one fold */
    double scale, shift; /* of the loss that is told; 0: 1 */
};

/* Opens with one trial, the space's centre, told. Fields may be set before the first
 * play. Uses the sampler type gp with its defaults, or the one that is given. */
void open_study(struct study *study, const struct problem *problem, uint64_t seed);
void open_study_of(struct study *study, const struct hone_sampler_type *type,
    const struct problem *problem, uint64_t seed);
void close_study(struct study *study);

/* Asks for the next trial as if all were told that may be; a sampler other than the
 * study's own may be asked. Returns whether there was a point. */
bool ask_study(const struct study *study, struct hone_sampler *sampler, size_t asking,
    struct hone_proposal *ret_proposal);

/* Asks and tells until there are `count` trials or no more points; returns the
 * number of trials. */
size_t play(struct study *study, size_t count);

/* Tells the result of a trial at this point. */
void tell(struct study *study, const double *x_value, const char *part);

/* A sampler as the study's own was at its beginning. */
struct hone_sampler *fresh_sampler(const struct study *study);

#endif
