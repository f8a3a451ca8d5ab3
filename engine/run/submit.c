#include "engine/run/submit.h"

bool session_submit_next(struct session *s, struct hone_flight *flight) {
    const struct hone_run *run = s->run;
    const struct hone_trial *trial = &run->history->trial[flight->number];
    size_t fold;

    if (flight->landed || s->inside == s->room || session_is_ending(s) ||
        !hone_flight_next_fold(flight, trial, run->objective->folds, &fold)) {
        return false;
    }
    s->inside++;
    hone_pool_submit(s->pool, &(struct hone_job){
        .seed = run->plan->seed,
        .trial = trial->number,
        .fold = fold,
        .space = &run->plan->space,
        .x_value = trial->x_value,
    });
    return true;
}

void session_submit_all(struct session *s) {
    for (size_t i = 0; i < s->flights.count; i++) {
        bool more = true;

        while (more) {
            more = session_submit_next(s, &s->flights.flight[i]);
        }
    }
}
