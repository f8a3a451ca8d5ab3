#include "engine/flight.h"

#include "engine/alloc.h"

#include <math.h>
#include <stdio.h>

enum { FIRST_ROOM = 8 };

static void flight_finish(struct hone_flight *flight) {
    for (size_t i = 0; i < flight->failed_count; i++) {
        hone_result_finish(&flight->failed[i]);
    }
    hone_free(flight->failed);
    hone_race_free(flight->race);
}

enum hone_code hone_flights_add(struct hone_flights *flights, const struct hone_trial *trial,
    size_t folds, struct hone_flight **ret_flight, struct hone_err *err) {
    size_t i = flights->count;

    hone_assert(trial->folds_done <= folds);
    if (flights->count == flights->room) {
        size_t room = flights->room == 0 ? FIRST_ROOM : 2 * flights->room;
        struct hone_flight *flight = hone_resize(flights->flight, room, sizeof(*flight));

        if (flight == NULL) {
            return hone_fail(err, HONE_E_NOMEM, "no memory for %zu trials in flight", room);
        }
        flights->flight = flight;
        flights->room = room;
    }
    for (; i > 0 && flights->flight[i - 1].number > trial->number; i--) {
        flights->flight[i] = flights->flight[i - 1];
    }
    flights->flight[i] = (struct hone_flight){
        .number = trial->number,
        .begun = true,
        .left = folds - trial->folds_done,
    };
    flights->count++;
    *ret_flight = &flights->flight[i];
    return HONE_OK;
}

struct hone_flight *hone_flights_find(const struct hone_flights *flights, uint64_t number) {
    size_t i = 0;

    while (i < flights->count && flights->flight[i].number != number) {
        i++;
    }
    hone_assert(i < flights->count);
    return &flights->flight[i];
}

void hone_flights_sweep(struct hone_flights *flights) {
    size_t kept = 0;

    for (size_t i = 0; i < flights->count; i++) {
        if (flights->flight[i].landed) {
            flight_finish(&flights->flight[i]);
            continue;
        }
        flights->flight[kept] = flights->flight[i];
        flights->flight[kept++].begun = false;
    }
    flights->count = kept;
}

void hone_flights_finish(struct hone_flights *flights) {
    for (size_t i = 0; i < flights->count; i++) {
        flight_finish(&flights->flight[i]);
    }
    hone_free(flights->flight);
    *flights = (struct hone_flights){0};
}

bool hone_flight_next_fold(struct hone_flight *flight, const struct hone_trial *trial,
    size_t folds, size_t *ret_fold) {
    if (flight->race != NULL && flight->out > 0) {
        return false;
    }
    while (flight->next_fold < folds) {
        size_t place = flight->next_fold++;
        size_t fold = flight->race == NULL ? place : flight->race->order[place];

        if (isnan(trial->fold_loss[fold])) {
            flight->out++;
            *ret_fold = fold;
            return true;
        }
    }
    return false;
}

void hone_flight_came_back(struct hone_flight *flight, bool counts) {
    hone_assert(flight->out > 0 && flight->out <= flight->left);
    flight->out--;
    flight->left -= counts;
}

enum hone_code hone_flight_keep_failed(struct hone_flight *flight, struct hone_result *result,
    struct hone_err *err) {
    size_t i = flight->failed_count;
    struct hone_result *failed = hone_resize(flight->failed, i + 1, sizeof(*failed));

    if (failed == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for %zu failed folds", i + 1);
    }
    flight->failed = failed;
    for (; i > 0 && failed[i - 1].fold > result->fold; i--) {
        failed[i] = failed[i - 1];
    }
    failed[i] = *result;
    flight->failed_count++;
    *result = (struct hone_result){0};
    return HONE_OK;
}

/* The sentence of a failed trial; says which fold only where there are more. */
static char *write_error(const struct hone_result *failed, size_t folds) {
    const char *reason = failed->error == NULL ? "no reason was given" : failed->error;
    int length = snprintf(NULL, 0, "fold %zu: %s", failed->fold, reason);
    char *text;

    if (folds == 1) {
        return hone_strdup(reason);
    }
    hone_assert(length >= 0);
    text = hone_new((size_t)length + 1);
    if (text != NULL) {
        (void)snprintf(text, (size_t)length + 1, "fold %zu: %s", failed->fold, reason);
    }
    return text;
}

/* A race is judged with the effects and the incumbent it began with: whoever
 * looks again, with the same folds, comes to the same. */
bool hone_flight_is_over(const struct hone_flight *flight, const struct hone_trial *trial) {
    return flight->left == 0 ||
           (flight->race != NULL && flight->out == 0 &&
               (flight->failed_count > 0 || hone_race_is_lost(flight->race, trial)));
}

enum hone_code hone_flight_land(struct hone_flight *flight, struct hone_trial *trial, size_t folds,
    int64_t wall_ms, struct hone_err *err) {
    char *error = NULL;
    bool pruned = flight->left > 0 && flight->failed_count == 0;
    bool failed;

    hone_assert(hone_flight_is_over(flight, trial));
    for (size_t i = 0; i < flight->failed_count; i++) {
        const struct hone_result *fold = &flight->failed[i];

        hone_trial_note_run(trial, fold->fold, fold->started_ms, fold->seconds);
    }
    if (pruned) {
        hone_trial_summarise(trial, folds);
    }
    failed = flight->failed_count > 0 || !isfinite(trial->loss);
    if (flight->failed_count > 0) {
        error = write_error(&flight->failed[0], folds);
    } else if (failed) {
        error = hone_strdup("the mean over the folds is not a finite number");
    }
    if (failed && error == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for the error of trial %llu",
            (unsigned long long)trial->number);
    }
    if (failed) {
        trial->loss = (double)NAN;
        trial->sem = (double)NAN;
    }
    trial->state = failed ? HONE_FAILED : pruned ? HONE_PRUNED : HONE_COMPLETE;
    trial->error = error;
    trial->finished_ms = wall_ms;
    flight->landed = true;
    return HONE_OK;
}
