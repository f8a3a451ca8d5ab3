/* Port: a schedule says which learning rate each epoch uses. Formulas, names
 * and defaults are those of torch.optim.lr_scheduler, one step an epoch. */
#ifndef HONE_OBJECTIVES_MODEL_SCHEDULE_H
#define HONE_OBJECTIVES_MODEL_SCHEDULE_H

#include "engine/option.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where training stands. Zero-initialised but for the first two members;
 * hone_schedule_rate and hone_schedule_watch keep the rest. */
struct hone_schedule_state {
    double initial;       /* learning_rate */
    int64_t epochs;       /* the maximum, warm-up taken off, at least 1 */
    int64_t epoch;        /* from 0, warm-up taken off */
    double factor;        /* plateau: of the initial rate, by now */
    double best;          /* plateau: smallest loss so far */
    int64_t bad_epochs;   /* plateau: since then */
    int64_t cooldown_left; /* plateau */
};

struct hone_schedule_type {
    const char *name;
    const char *summary;
    const struct hone_option *options; /* NULL: none */
    size_t config_size;                /* at most HONE_SCHEDULE_CONFIG_LIMIT */
    /* The rate of state->epoch. */
    double (*rate)(const void *config, const struct hone_schedule_state *state);
    /* The momentum of state->epoch, NaN to leave it; NULL when it has no part in it. */
    double (*momentum)(const void *config, const struct hone_schedule_state *state);
    /* Sees the loss after each epoch; NULL when it does not look. */
    void (*watch)(const void *config, double loss, struct hone_schedule_state *state);
};

enum { HONE_SCHEDULE_CONFIG_LIMIT = 64 };

/* A linear warm-up goes before any schedule: the rate rises from start_factor
 * times the schedule's first rate to that rate, and the schedule then begins. */
struct hone_schedule {
    const struct hone_schedule_type *type;
    const void *config;
    int64_t warmup_epochs;
    double warmup_start_factor;
    bool warming_up; /* in the epoch whose rate was asked last */
    struct hone_schedule_state state;
};

/* Sets the schedule to its first epoch. */
void hone_schedule_begin(struct hone_schedule *schedule, double initial, int64_t epochs);

/* The rate of `epoch`, counted from 0. */
double hone_schedule_rate(struct hone_schedule *schedule, int64_t epoch);

/* The momentum of the epoch whose rate was asked last: NaN when it is the
 * optimizer's own. */
double hone_schedule_momentum(const struct hone_schedule *schedule);

/* Tells the loss after the epoch whose rate was asked last; during the warm-up nobody
 * looks. */
void hone_schedule_watch(struct hone_schedule *schedule, double loss);

/* All of them and, in the same order, their names; both NULL-terminated. */
extern const struct hone_schedule_type *const hone_schedules[];
extern const char *const hone_schedule_names[];

extern const struct hone_schedule_type hone_schedule_constant, hone_schedule_exponential,
    hone_schedule_step, hone_schedule_multistep, hone_schedule_polynomial, hone_schedule_cosine,
    hone_schedule_cosine_restarts, hone_schedule_onecycle, hone_schedule_plateau;

#endif
