/* libhone: the search of hyperparameters as a C library.
 *
 *     #include <hone.h>                        cc search.c $(pkg-config --cflags --libs hone)
 *
 *     static double bowl(struct hone_point *point, void *data) {
 *         double x = hone_point_float(point, "x");
 *         double y = hone_point_float(point, "y");
 *         return x * x + y * y;
 *     }
 *
 *     struct hone_params *params = hone_params_new();
 *     double x[2], value;
 *
 *     hone_params_float(params, "x", -5, 10, 0);
 *     hone_params_float(params, "y", -5, 10, 0);
 *     code = hone_minimize(params, bowl, NULL, NULL, x, &value, &err);
 *     hone_params_free(params);
 *
 * Two ways in. hone_minimize calls a function of yours, from as many threads as
 * you like. Ask and tell hands out points that you evaluate wherever you want:
 * hone_search_open, hone_search_ask, hone_search_tell. Both work on one study,
 * which lives in memory or in a database that the program `hone` reads, and in
 * which a search that was cut off goes on.
 *
 * Sources. The methods: grid; random (Bergstra and Bengio 2012, JMLR 13:281);
 * sobol (Sobol 1967, directions of Joe and Kuo 2008, shifted); tpe (Bergstra et
 * al. 2011, NIPS 24); gp (Jones, Schonlau and Welch 1998, J. Global Optim.
 * 13:455, with the noisy expected improvement of Letham et al. 2019, Bayesian
 * Anal. 14:495, on the logarithm of Ament et al. 2023, NeurIPS 36). Random
 * numbers are addressed by seed and trial (Salmon et al. 2011, SC'11).
 *
 * Values. A point is an array of doubles, one a parameter in the order in which
 * they were added: the number itself (a rate is a rate, not its logarithm), of a
 * choice its index from 0, NaN where the parameter is not active.
 *
 * Errors. What can fail returns enum hone_code; the sentence for the reader is
 * in *err, which may be NULL. Outputs (ret_…) change on success alone. A trial
 * that fails is no error: it is recorded, and the search goes on. HONE_E_INPUT
 * has changed nothing; after any other code a search is over but for looking and
 * closing, its database as after the last call that succeeded.
 *
 * Ownership. What …_new and …_open return is yours until …_free or …_close. All
 * names and arrays that are passed in are copied before the call returns.
 *
 * Threads. Searches share nothing: any number may be at work in one process, on
 * one database too. A struct hone_params or hone_search belongs to one thread at
 * a time; hone_search_stop alone may be called by any thread, and by a signal
 * handler. A struct hone_point belongs to whoever evaluates it.
 *
 * The process. libhone prints nothing, never exits (a broken promise of its own
 * aborts, after one line), touches neither signals nor locale nor environment,
 * and keeps no state of its own beside what you hold. GSL's error handler is the
 * process's: while it is GSL's own, which ends the program, the first opening of
 * a search turns it off; one that you installed is left, and has to return. The
 * threads of OpenBLAS are the process's too and are left alone: where the bits
 * of a proposal matter set OPENBLAS_NUM_THREADS=1. A search with a database must
 * not be carried across fork.
 *
 * Versions are semantic; the library's soname has the major number. What stands
 * in this header is all that it exports. */
#ifndef HONE_H
#define HONE_H

#include <stddef.h>
#include <stdint.h>

#define HONE_VERSION_MAJOR 0
#define HONE_VERSION_MINOR 1
#define HONE_VERSION_PATCH 0

#define HONE_API __attribute__((visibility("default")))
#define HONE_MUST_CHECK __attribute__((warn_unused_result))

#ifdef __cplusplus
extern "C" {
#endif

/* "0.1.0": of the library that runs, which may be newer than this header. */
HONE_API const char *hone_version(void);

/* ---- Errors ---- */

enum hone_code {
    HONE_OK = 0,
    HONE_E_NOMEM,     /* memory ran out */
    HONE_E_IO,        /* a file or the disk failed */
    HONE_E_INPUT,     /* what the user gave cannot be used: spec, data, arguments */
    HONE_E_MISSING,   /* what was named does not exist: study, trial */
    HONE_E_DIFFERS,   /* the stored study was made from another spec */
    HONE_E_BUSY,      /* somebody else holds it */
    HONE_E_CORRUPT,   /* a database that is damaged, foreign or newer */
    HONE_E_NUMERIC,   /* a computation has no finite result */
    HONE_E_CANCELLED, /* stopped on request; not a failure of the work */
};

struct hone_err {
    enum hone_code code;
    char text[2048]; /* one sentence, or one line a mistake; "" at first is a good habit */
};

/* ---- The space ----
 *
 * Describing it does not fail: what is wrong with it, and memory that ran out,
 * is said, all at once, by the call that uses it; NULL may be passed on. It may
 * be used for any number of searches, and changed or freed once they are open. */

struct hone_params;

/* NULL when memory ran out. */
HONE_API struct hone_params *hone_params_new(void);
HONE_API void hone_params_free(struct hone_params *params); /* accepts NULL */

/* On a logarithmic scale; low > 0 then. */
enum { HONE_LOG = 1 };

/* A number from low to high, both included. Names are as in a spec file. */
HONE_API void hone_params_float(struct hone_params *params, const char *name, double low,
    double high, int flags);
HONE_API void hone_params_int(struct hone_params *params, const char *name, int64_t low,
    int64_t high, int flags);

/* One of `count` different texts, without an order. */
HONE_API void hone_params_choice(struct hone_params *params, const char *name, size_t count,
    const char *const *choice);

/* Any further key of the parameter, written as in a spec file: "default", the
 * value that trial 0 has; "step", the distance of its values; "points", how many
 * of a float a grid takes. */
HONE_API void hone_params_set(struct hone_params *params, const char *name, const char *key,
    const char *value);

/* The parameter is active only when `parent` has this value. Called again for
 * the same parent it adds a value that will do; parents must all agree. */
HONE_API void hone_params_when(struct hone_params *params, const char *name, const char *parent,
    const char *value);

/* ---- A point on its way to a value ----
 *
 * What can be said of it is said before the value is returned or told. */

struct hone_point;

/* Its trial: numbered from 0 in the order proposed. */
HONE_API uint64_t hone_point_trial(const struct hone_point *point);

/* The values, one a parameter; see above. Valid as long as the point. */
HONE_API const double *hone_point_values(const struct hone_point *point);

/* One value by its name. Of a float or int: the number. Of an int or choice: the
 * number or index. Of a choice: its text, valid as long as the search. Of one
 * that is not active: NaN, INT64_MIN, NULL. So too of a name that is none or of
 * another type; the trial then fails and says so. */
HONE_API double hone_point_float(struct hone_point *point, const char *name);
HONE_API int64_t hone_point_int(struct hone_point *point, const char *name);
HONE_API const char *hone_point_text(struct hone_point *point, const char *name);

/* The standard error of the value, from 0 on, where it is known. */
HONE_API void hone_point_stderr(struct hone_point *point, double stderr_of_value);

/* A further number to be kept. At most 32, and of a name 63 bytes; one that is
 * not finite is left out, a second one of a name replaces the first. */
HONE_API void hone_point_metric(struct hone_point *point, const char *name, double value);

/* An intermediate value; steps go up from 0 on. In a run it is in the database within
 * a second or two, under ask and tell with what is told. Returns whether to leave now:
 * then what is returned is not used. Always 0 under ask and tell. */
HONE_API int hone_point_report(struct hone_point *point, int64_t step, double value);

/* The trial has no value, for this reason, whatever is returned or told. */
HONE_API void hone_point_fail(struct hone_point *point, const char *reason);

/* ---- Searching ---- */

/* All zero is the default: say only what you want. */
struct hone_options {
    const char *study;           /* its name, [A-Za-z0-9._-]{1,100}; NULL: "search" */
    const char *database;        /* a file, made when missing; NULL: in memory alone */
    int maximize;                /* large values are good; minimize and maximize know it */
    const char *method;          /* gp, tpe, random, sobol, grid; NULL: gp */
    uint64_t trials;             /* the budget of the study, earlier ones and failures included;
                                  * 0: 50, or all points of a grid; at most 1e12 */
    uint64_t seed;               /* the whole search follows from it; at most 9.2e18 */
    double timeout_seconds;      /* no new trial after it: of each run, and since a
                                  * point was first asked for; 0: none */
    size_t workers;              /* threads that call the function, at most 100000; 0: 1 */
    uint64_t parallel;           /* trials in flight at once, part of the search as the seed is:
                                  * trial t rests on 0 … t - parallel. 0: as many as workers (any
                                  * number where points rest on no results), and as recorded in
                                  * the database; at most 100000 */
    const char *const *search;   /* further keys of `search:` in a spec file: key, value, key,
                                  * value, …, NULL. NULL: none. Not learn_from, which is the
                                  * program's alone */
    void *reserved[8];           /* NULL */
};

/* Evaluates a point and returns its value; NaN or infinity fails the trial. With
 * more than one worker it is called by several threads at once, always by ones
 * that the search started, and must not call the search. No exception may leave
 * it. `data` is what was passed beside it. */
typedef double hone_function(struct hone_point *point, void *data);

/* Searches for the point with the smallest, or largest, value: opens, runs and
 * closes a search. options may be NULL. ret_x has room for one double a
 * parameter; both outputs may be NULL. HONE_E_NUMERIC when no trial has a value;
 * the sentence then says why one has not. */
HONE_API HONE_MUST_CHECK enum hone_code hone_minimize(const struct hone_params *params,
    hone_function *function, void *data, const struct hone_options *options, double *ret_x,
    double *ret_value, struct hone_err *err);
HONE_API HONE_MUST_CHECK enum hone_code hone_maximize(const struct hone_params *params,
    hone_function *function, void *data, const struct hone_options *options, double *ret_x,
    double *ret_value, struct hone_err *err);

struct hone_search;

/* Begins the study, or goes on with one of this name in the database: trials
 * that were cut off come first, with the points they had. HONE_E_INPUT: all
 * that is wrong with params and options. HONE_E_DIFFERS: the stored study is
 * another search; the sentence says in what. Other processes may work on the same
 * study: they share its trials. One that this very process opens again is taken
 * over: the earlier search then fails with HONE_E_BUSY. */
HONE_API HONE_MUST_CHECK enum hone_code hone_search_open(const struct hone_params *params,
    const struct hone_options *options, struct hone_search **ret, struct hone_err *err);

/* Points that were asked and not told wait for the next opening; they are
 * released. Accepts NULL. */
HONE_API void hone_search_close(struct hone_search *search);

/* Why a run ended; none of these is an error. */
enum hone_end {
    HONE_END_BUDGET,      /* all trials asked for are finished, here or elsewhere */
    HONE_END_EXHAUSTED,   /* the sampler has no further point */
    HONE_END_TIMEOUT,     /* the time has passed */
    HONE_END_INTERRUPTED, /* somebody said stop */
    HONE_END_FAILURES,    /* nothing but failures, as many as search.max_failures allows */
    HONE_END_ENOUGH,      /* stop: auto; little is to be gained by going on */
};

/* Evaluates points until the search ends; ret_end may be NULL. After an
 * interrupt it may be called again and goes on. HONE_E_INPUT while points are
 * asked and not told. */
HONE_API HONE_MUST_CHECK enum hone_code hone_search_run(struct hone_search *search,
    hone_function *function, void *data, enum hone_end *ret_end, struct hone_err *err);

/* Ends a run, soon: what is being evaluated is finished. A second call tells the
 * function to leave, by what hone_point_report returns. A run that has not begun
 * ends at once. Any thread, and signal handlers. */
HONE_API void hone_search_stop(struct hone_search *search);

/* The next point to evaluate; NULL when budget, time or points are spent. Any
 * number may be asked before any is told, in any order: a proposal rests on all
 * that was told. The point is the search's, and yours to use until it is told. */
HONE_API HONE_MUST_CHECK enum hone_code hone_search_ask(struct hone_search *search,
    struct hone_point **ret_point, struct hone_err *err);

/* Finishes the trial with its value, as a function's return does; the point is
 * then gone. With a database the value is on disk when this returns. */
HONE_API HONE_MUST_CHECK enum hone_code hone_search_tell(struct hone_search *search,
    struct hone_point *point, double value, struct hone_err *err);

/* The complete trial with the best value: outputs as of hone_minimize, ret_trial may be NULL.
 * Where values are noisy that is partly luck; `hone best` on the database names the trial that
 * the model of all trials expects to be the best. HONE_E_MISSING while none is complete. */
HONE_API HONE_MUST_CHECK enum hone_code hone_search_best(const struct hone_search *search,
    double *ret_x, double *ret_value, uint64_t *ret_trial, struct hone_err *err);

/* Stored in databases: never renumbered. */
enum hone_state {
    HONE_WAITING = 0,
    HONE_RUNNING = 1,
    HONE_COMPLETE = 2,
    HONE_PRUNED = 3,
    HONE_FAILED = 4,
};

/* How many trials there are; their numbers are below. */
HONE_API uint64_t hone_search_count(const struct hone_search *search);

/* One trial. ret_value is NaN unless it is complete, ret_error NULL unless it
 * failed; the text is valid as long as the search. All outputs may be NULL. */
HONE_API HONE_MUST_CHECK enum hone_code hone_search_trial(const struct hone_search *search,
    uint64_t number, enum hone_state *ret_state, double *ret_x, double *ret_value,
    const char **ret_error, struct hone_err *err);

#ifdef __cplusplus
}
#endif
#endif
