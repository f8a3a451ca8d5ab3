/* A run while it goes on: what its parts share. Coordinator only. */
#ifndef HONE_ENGINE_RUN_SESSION_H
#define HONE_ENGINE_RUN_SESSION_H

#include "engine/flight.h"
#include "engine/propose.h"
#include "engine/run.h"
#include "engine/stream.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Work that a run claims beyond what its workers do now: enough to keep short folds
 * going while results gather and a transaction syncs, and no more than other engines
 * can miss. Each of both may take half of it. */
extern const double session_backlog_seconds;

struct session {
    const struct hone_run *run;
    struct hone_pool *pool;
    size_t room;   /* of the pool */
    size_t inside; /* folds in the pool */
    struct hone_flights flights;
    struct hone_result *taken; /* (taken_room) values that came in this turn */
    size_t taken_count, taken_room; /* there is a place for each fold that is inside */
    struct hone_at_work *at_work; /* (workers) room to tell of them */
    struct hone_proposer proposer;
    struct hone_stream stream;
    bool ordered;            /* see hone_plan_is_ordered */
    bool urgent;             /* what came in this turn decides what comes next */
    size_t first_unfinished; /* trials below are finished */
    double fold_seconds;     /* of a fold, of late; infinite before the first */
    uint64_t failures;       /* trials with a failed fold in this session, infeasible ones not */
    uint64_t *heard;         /* (heard_count) trials that others have finished, in this turn */
    size_t heard_count, heard_room;
    double deadline;         /* by hone_clock_seconds */
    double told_at;          /* last tick */
    bool drained;     /* the last look into the pool found it empty */
    bool idle;        /* nothing is in flight here: others have to finish first */
    bool idle_told;
    bool hopeless;    /* nothing but failures: what is tried cannot work */
    bool interrupted; /* a stop request was heeded, or that there is no hope */
    bool cancelled;   /* … and a second one */
    bool over;
};

bool session_stop_asked(const struct session *s);

/* Nothing more is to begin, and what is queued is not to run. */
bool session_is_ending(const struct session *s);

/* The same, or the time is over: what is queued may still run. */
bool session_must_end(const struct session *s);

/* Trials that run in other engines; all that run. */
size_t session_count_elsewhere(const struct session *s);
size_t session_count_in_flight(const struct session *s);

/* Finishes a trial that no fold is to come of, in the transaction that is open. */
HONE_MUST_CHECK enum hone_code session_land(struct session *s, struct hone_flight *flight,
    struct hone_err *err);

#endif
