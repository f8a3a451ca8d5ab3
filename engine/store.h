/* Port: a store keeps the record of one study.
 *
 * The coordinator writes in turns. A turn is one transaction: everything put
 * between begin and end is durable when end returns, or none of it is. A store
 * that failed stays failed; the run ends. Coordinator only.
 *
 * Several engines, each a process of its own, may work on one study. Turns never
 * overlap, and a turn begins with the news: so a trial that waits is then
 * anybody's, and the next number is free. A trial that runs is one engine's,
 * until it finishes it, gives it back, or dies. */
#ifndef HONE_ENGINE_STORE_H
#define HONE_ENGINE_STORE_H

#include "engine/err.h"
#include "engine/sampler.h"
#include "engine/space.h"
#include "engine/trial.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hone_store_type;

struct hone_store {
    const struct hone_store_type *type;
};

/* A study as it is created or looked for by name. */
struct hone_study {
    const char *name;
    const char *spec_text;   /* the spec as the user wrote it */
    const char *spec_file;   /* its name, for messages */
    const char *folder;      /* absolute; relative paths in the spec start there */
    const char *fingerprint; /* canonical lines "key = value", see plan.h */
    const struct hone_space *space;
    const char *sampler;
    const char *metric;
    bool maximize;
    size_t folds;
    uint64_t seed;
    uint64_t budget;   /* UINT64_MAX: open */
    uint64_t parallel; /* wanted; the recorded one wins */
    const char *data_hash;
    const char *fold_hash;
    size_t classes;                /* 0: none */
    const char *const *class_name; /* (classes) */
};

struct hone_store_type {
    const char *name;
    /* Creates the study or finds it, makes this process one of its engines, and
     * fills the history with its trials: those of dead engines wait again, those
     * that living ones run are `elsewhere`. HONE_E_DIFFERS when the stored
     * fingerprint is another (the sentence has the differing lines). A larger
     * budget is stored. ret_parallel is the recorded one. The history stays where
     * it is until close; only begin and news change it. */
    enum hone_code (*open_study)(struct hone_store *self, const struct hone_study *study,
        struct hone_history *history, uint64_t *ret_parallel, struct hone_err *err);
    /* Whether it is time for a turn, though nothing came back: others have
     * written, an engine has died, or this one has to be heard of. Not in a turn. */
    enum hone_code (*has_news)(struct hone_store *self, bool *ret_news, struct hone_err *err);
    enum hone_code (*begin)(struct hone_store *self, struct hone_err *err);
    /* Brings the history up to what others have done since: trials they queued,
     * began, gave back or finished; those of an engine that died wait again.
     * ret_changed: something was. First thing in a turn. */
    enum hone_code (*news)(struct hone_store *self, struct hone_history *history,
        bool *ret_changed, struct hone_err *err);
    /* Inserts or updates a trial's row, with the folds that have run; its point is
     * written on insert. Of a trial that is to wait again, points that were put of
     * other folds are forgotten; so are those of the trials of a dead engine. */
    enum hone_code (*put_trial)(struct hone_store *self, const struct hone_trial *trial,
        struct hone_err *err);
    /* Appends the points beyond curve_stored to the curve of a fold that runs here. Of
     * so_far only trial, fold and curve are set. */
    enum hone_code (*put_points)(struct hone_store *self, const struct hone_result *so_far,
        struct hone_err *err);
    /* Forgets all points that were put of a fold that runs here. */
    enum hone_code (*forget_points)(struct hone_store *self, uint64_t trial, size_t fold,
        struct hone_err *err);
    /* Keeps what a finished fold has beyond its value: metrics, the points of its curve
     * beyond curve_stored, why it failed. In the same turn put_trial keeps the fold
     * itself. */
    enum hone_code (*put_result)(struct hone_store *self, const struct hone_result *result,
        struct hone_err *err);
    /* Inserts or replaces what was learnt from so many trials. */
    enum hone_code (*put_insight)(struct hone_store *self, const struct hone_insight *insight,
        struct hone_err *err);
    enum hone_code (*end)(struct hone_store *self, struct hone_err *err);
    /* Leaves the study to others. The run has given its trials back; what it
     * could not, others take once this process has ended. Accepts a failed
     * store. */
    void (*close)(struct hone_store *self);
};

HONE_MUST_CHECK enum hone_code hone_store_open_study(struct hone_store *store,
    const struct hone_study *study, struct hone_history *history, uint64_t *ret_parallel,
    struct hone_err *err);
HONE_MUST_CHECK enum hone_code hone_store_has_news(struct hone_store *store, bool *ret_news,
    struct hone_err *err);
HONE_MUST_CHECK enum hone_code hone_store_begin(struct hone_store *store, struct hone_err *err);
HONE_MUST_CHECK enum hone_code hone_store_news(struct hone_store *store,
    struct hone_history *history, bool *ret_changed, struct hone_err *err);
HONE_MUST_CHECK enum hone_code hone_store_put_trial(struct hone_store *store,
    const struct hone_trial *trial, struct hone_err *err);
/* With points or a result of a curve that was begun again (curve_again), those of the
 * earlier one are forgotten. */
HONE_MUST_CHECK enum hone_code hone_store_put_points(struct hone_store *store,
    const struct hone_result *so_far, struct hone_err *err);
HONE_MUST_CHECK enum hone_code hone_store_put_result(struct hone_store *store,
    const struct hone_result *result, struct hone_err *err);
HONE_MUST_CHECK enum hone_code hone_store_put_insight(struct hone_store *store,
    const struct hone_insight *insight, struct hone_err *err);
HONE_MUST_CHECK enum hone_code hone_store_end(struct hone_store *store, struct hone_err *err);
void hone_store_close(struct hone_store *store); /* accepts NULL */

#endif
