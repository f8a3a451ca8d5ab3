/* Port: an objective turns a point into values, one fold at a time.
 *
 * Life: configure (while the plan is loaded; reads its part of the spec), open
 * (once; reads data, prepares folds), evaluate (on any worker, many at once),
 * close. After open an instance is immutable. */
#ifndef HONE_ENGINE_OBJECTIVE_H
#define HONE_ENGINE_OBJECTIVE_H

#include "engine/arena.h"
#include "engine/buf.h"
#include "engine/err.h"
#include "engine/option.h"
#include "engine/space.h"
#include "engine/trial.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hone_objective_type;

/* What the spec wishes; see race.h. AUTO: as the method does. */
enum hone_race_wish { HONE_RACE_AUTO, HONE_RACE_ON, HONE_RACE_OFF };

/* As they are written in a spec, in this order; NULL-terminated. */
extern const char *const hone_race_wish_names[];

/* What open learns. The base of every instance: its first member. */
struct hone_objective {
    const struct hone_objective_type *type;
    size_t folds;       /* jobs a trial, >= 1 */
    bool maximize;      /* direction of `value` */
    const char *metric; /* what `value` is: "log_loss", "value" … */
    enum hone_race_wish race;
    size_t classes;     /* 0: values are not about classes */
    const char *const *class_name; /* (classes) the instance's; class k of the data is called so */
    char data_hash[65]; /* SHA-256 of the data, hex; "" without data */
    char fold_hash[65]; /* SHA-256 of the fold assignment, hex; "" without folds */
};

/* What configure and open may know. Immutable. */
struct hone_objective_setup {
    const struct hone_value *spec; /* the whole spec: sections data, cv, objective */
    const struct hone_space *space;
    const char *folder; /* relative paths in the spec start here */
    const char *data_file; /* where the data has moved, absolute; NULL: where the spec says */
    uint64_t seed;
    const void *config; /* what configure made; NULL during configure */
};

struct hone_job {
    uint64_t seed; /* of the study */
    uint64_t trial;
    size_t fold;
    const struct hone_space *space;
    const double *x_value;      /* (space->n), the point */
    const atomic_bool *cancel;  /* true: leave soon, outcome CANCELLED */
    struct hone_arena *arena;   /* the worker's scratch, empty at the start */
};

struct hone_objective_type {
    const char *name;     /* the key of `objective:` that chooses it: model, function, command */
    const char *summary;
    const char *const *sections; /* top-level sections it reads beside objective; NULL-terminated */
    /* Reads and checks its part of the spec and the space's names and ranges;
     * config lives in arena. What is wrong goes to problems. */
    enum hone_code (*configure)(const struct hone_objective_setup *setup,
        struct hone_arena *arena, const void **ret_config, struct hone_problems *problems,
        struct hone_err *err);
    /* Its own default for a parameter of the space, as x_values (NaN: it has
     * none). Called after configure without problems. */
    void (*presets)(const struct hone_objective_setup *setup, double *ret_x_value);
    enum hone_code (*open)(const struct hone_objective_setup *setup, struct hone_objective **ret,
        struct hone_err *err);
    /* Appends lines about data, folds and model, for `hone check`. */
    void (*describe)(const struct hone_objective *self, struct hone_buf *ret_lines);
    /* One fold. Thread-safe. A fold that cannot be computed is a result with
     * outcome FAILED; HONE_E_NOMEM is the only error. ret_result arrives with
     * trial and fold set, outcome VALUE and a value of NaN, which is a failure
     * if it stays; started_ms and seconds are the pool's. Its curve may be read at any
     * moment, and is changed by the functions of trial.h alone. NULL: nothing is
     * evaluated here, values are told from outside, see ask.h. */
    enum hone_code (*evaluate)(const struct hone_objective *self, const struct hone_job *job,
        struct hone_result *ret_result, struct hone_err *err);
    void (*close)(struct hone_objective *self);
};

HONE_MUST_CHECK enum hone_code hone_objective_open(const struct hone_objective_type *type,
    const struct hone_objective_setup *setup, struct hone_objective **ret, struct hone_err *err);
HONE_MUST_CHECK enum hone_code hone_objective_evaluate(const struct hone_objective *objective,
    const struct hone_job *job, struct hone_result *ret_result, struct hone_err *err);
void hone_objective_close(struct hone_objective *objective); /* accepts NULL */

/* Whether its values come from outside, by ask and tell: a run cannot make them. */
bool hone_objective_is_told(const struct hone_objective_type *type);

/* Between the user's frame and the engine's: everything inside is minimised.
 * Its own inverse. */
double hone_objective_loss(const struct hone_objective *objective, double value);

#endif
