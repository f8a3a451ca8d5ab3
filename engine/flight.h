/* Trials in flight: begun in this run and not yet finished. The coordinator's
 * notes about them that nobody else needs and nothing has to store. */
#ifndef HONE_ENGINE_FLIGHT_H
#define HONE_ENGINE_FLIGHT_H

#include "engine/err.h"
#include "engine/trial.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A trial whose fold failed goes on with its other folds, and its error is that
 * of the lowest failed one: stopping early would make what is stored depend on
 * which fold came in first. Failed folds wait here until the trial is finished
 * and are stored with it; a fold that failed in an interrupted trial is tried
 * again, as if it had not been reached. */
struct hone_flight {
    uint64_t number;    /* of the trial */
    bool begun;         /* in the turn that is going on */
    bool landed;        /* finished, or set back to waiting, in that turn */
    size_t next_fold;   /* those below were submitted or were done before */
    size_t left;        /* folds that have not come back */
    size_t failed_count;
    struct hone_result *failed; /* (failed_count) by fold */
};

/* Ascending by number. */
struct hone_flights {
    size_t count, room;
    struct hone_flight *flight;
};

/* Adds a trial with the folds it has not done. Its number is above all others.
 * ret_flight is valid until the next change. */
HONE_MUST_CHECK enum hone_code hone_flights_add(struct hone_flights *flights,
    const struct hone_trial *trial, size_t folds, struct hone_flight **ret_flight,
    struct hone_err *err);

/* The flight of this trial; it must be there. */
struct hone_flight *hone_flights_find(const struct hone_flights *flights, uint64_t number);

/* At the end of a turn: forgets flights that have landed, and that others have
 * begun just now. */
void hone_flights_sweep(struct hone_flights *flights);

void hone_flights_finish(struct hone_flights *flights);

/* Finds the next fold to submit; false when there is none. */
bool hone_flight_next_fold(struct hone_flight *flight, const struct hone_trial *trial,
    size_t folds, size_t *ret_fold);

/* Keeps a failed fold, moved out of *result. */
HONE_MUST_CHECK enum hone_code hone_flight_keep_failed(struct hone_flight *flight,
    struct hone_result *result, struct hone_err *err);

/* Decides what the trial came to, once no fold is left: complete or failed. */
HONE_MUST_CHECK enum hone_code hone_flight_land(struct hone_flight *flight,
    struct hone_trial *trial, size_t folds, int64_t wall_ms, struct hone_err *err);

#endif
