/* Trials in flight: begun in this run and not yet finished. The coordinator's
 * notes about them that nobody else needs and nothing has to store. */
#ifndef HONE_ENGINE_FLIGHT_H
#define HONE_ENGINE_FLIGHT_H

#include "engine/err.h"
#include "engine/race.h"
#include "engine/trial.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Folds run side by side, or they race: then one after the other.
 *
 * Side by side, a trial whose fold failed goes on with its other folds, and its
 * error is that of the lowest failed one: stopping early would make what is
 * stored depend on which fold came in first. Failed folds wait here until the
 * trial is finished and are stored with it; a fold that failed in an interrupted
 * trial is tried again, as if it had not been reached.
 *
 * In a race each fold is judged when it comes back, and stored in one turn with what
 * follows from it: a failed one ends the trial, and a trial that has lost has no
 * fold beyond. So one that was interrupted or killed had not lost with the folds
 * it has, and goes on with the next. */
struct hone_flight {
    uint64_t number;    /* of the trial */
    bool begun;         /* in the turn that is going on */
    bool landed;        /* finished, or set back to waiting, in that turn */
    bool has_news;      /* folds came back in that turn */
    size_t next_fold;   /* those below were submitted or were done before; a place in
                         * the order of a race */
    size_t left;        /* folds that have not come back */
    size_t out;         /* of these in the pool; in a race one at most */
    struct hone_race *race; /* owned; NULL: side by side */
    size_t failed_count;
    struct hone_result *failed; /* (failed_count) by fold */
};

/* Ascending by number. */
struct hone_flights {
    size_t count, room;
    struct hone_flight *flight;
};

/* Adds a trial with the folds it has not done. ret_flight is valid until the
 * next change. */
HONE_MUST_CHECK enum hone_code hone_flights_add(struct hone_flights *flights,
    const struct hone_trial *trial, size_t folds, struct hone_flight **ret_flight,
    struct hone_err *err);

/* The flight of this trial; it must be there. */
struct hone_flight *hone_flights_find(const struct hone_flights *flights, uint64_t number);

/* At the end of a turn: forgets flights that have landed, and that others have
 * begun just now. */
void hone_flights_sweep(struct hone_flights *flights);

void hone_flights_finish(struct hone_flights *flights);

/* Takes the next fold to submit; false when there is none now. It is out until
 * hone_flight_came_back. */
bool hone_flight_next_fold(struct hone_flight *flight, const struct hone_trial *trial,
    size_t folds, size_t *ret_fold);

/* Notes that a fold has left the pool. It counts when it has a value or failed;
 * otherwise it was cut off and has not happened. */
void hone_flight_came_back(struct hone_flight *flight, bool counts);

/* Keeps a failed fold, moved out of *result. */
HONE_MUST_CHECK enum hone_code hone_flight_keep_failed(struct hone_flight *flight,
    struct hone_result *result, struct hone_err *err);

/* Whether no fold is to come: all are back, or the race is over. */
bool hone_flight_is_over(const struct hone_flight *flight, const struct hone_trial *trial);

/* Decides what the trial came to, once it is over: complete, pruned or failed. */
HONE_MUST_CHECK enum hone_code hone_flight_land(struct hone_flight *flight,
    struct hone_trial *trial, size_t folds, int64_t wall_ms, struct hone_err *err);

#endif
