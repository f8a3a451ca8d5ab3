/* libhone as a program meets it: through hone.h and what the shared library
 * exports, and nothing else. */
#include "engine/hone.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { TRIALS = 24, PARAMS = 3 };

static struct hone_err err;
static char folder[] = "/tmp/hone-lib-XXXXXX";
static char database[64];

/* ---- A space with everything in it, and a function on it ---- */

static struct hone_params *make_params(void) {
    static const char *const kinds[] = {"plain", "bent", "16"};
    struct hone_params *params = hone_params_new();

    assert_non_null(params);
    hone_params_float(params, "rate", 1e-4, 1, HONE_LOG);
    hone_params_choice(params, "kind", 3, kinds);
    hone_params_int(params, "bend", 1, 9, 0);
    hone_params_when(params, "bend", "kind", "bent");
    hone_params_when(params, "bend", "kind", "16");
    hone_params_set(params, "bend", "default", "2");
    hone_params_set(params, "kind", "default", "16");
    return params;
}

static double bend_of(struct hone_point *point) {
    int64_t bend = hone_point_int(point, "bend");

    return bend == INT64_MIN ? 0 : (double)bend;
}

static double bowl(struct hone_point *point, void *data) {
    double rate = log10(hone_point_float(point, "rate")) + 2;

    (void)data;
    return rate * rate + fabs(bend_of(point) - 3) +
           (strcmp(hone_point_text(point, "kind"), "bent") == 0 ? 0 : 1);
}

/* Asks the database, which answers with one line. */
static void assert_database_says(const char *query, const char *expected) {
    char command[1024];
    char line[512] = "";
    FILE *shown;

    assert_in_range(snprintf(command, sizeof(command), "sqlite3 %s \"%s\"", database, query), 1,
        sizeof(command) - 1);
    shown = popen(command, "r");
    assert_non_null(shown);
    assert_non_null(fgets(line, sizeof(line), shown));
    assert_int_equal(pclose(shown), 0);
    assert_string_equal(line, expected);
}

static struct hone_search *open_search(const struct hone_options *options) {
    struct hone_params *params = make_params();
    struct hone_search *search = NULL;

    assert_int_equal(hone_search_open(params, options, &search, &err), HONE_OK);
    hone_params_free(params); /* what a search needs of it is copied */
    return search;
}

static struct hone_point *ask(struct hone_search *search) {
    struct hone_point *point = NULL;

    assert_int_equal(hone_search_ask(search, &point, &err), HONE_OK);
    assert_non_null(point);
    return point;
}

static void tell(struct hone_search *search, struct hone_point *point, double value) {
    assert_int_equal(hone_search_tell(search, point, value, &err), HONE_OK);
}

static void expect_done(struct hone_search *search) {
    struct hone_point *point = (struct hone_point *)&err;

    assert_int_equal(hone_search_ask(search, &point, &err), HONE_OK);
    assert_null(point);
}

static void expect_state(const struct hone_search *search, uint64_t number,
    enum hone_state expected) {
    enum hone_state state = HONE_WAITING;

    assert_int_equal(hone_search_trial(search, number, &state, NULL, NULL, NULL, &err), HONE_OK);
    assert_int_equal(state, expected);
}

static const char *error_of(const struct hone_search *search, uint64_t number) {
    const char *error = NULL;

    assert_int_equal(hone_search_trial(search, number, NULL, NULL, NULL, &error, &err), HONE_OK);
    assert_non_null(error);
    return error;
}

/* ---- hone_minimize ---- */

static void minimize_finds_the_bottom(void **state) {
    const struct hone_options options = {.trials = 60};
    struct hone_params *params = make_params();
    double x[PARAMS];
    double value = NAN;

    (void)state;
    assert_int_equal(hone_minimize(params, bowl, NULL, &options, x, &value, &err), HONE_OK);
    assert_true(value < 0.1);
    assert_true(x[1] == 1 && x[2] == 3);
    assert_true(fabs(log10(x[0]) + 2) < 0.5);
    hone_params_free(params);
}

static double below(struct hone_point *point, void *data) {
    return *(const double *)data - bowl(point, NULL);
}

static double negative_bowl(struct hone_point *point, void *data) {
    return -bowl(point, data);
}

/* The same search, mirrored: the same points to the bit. */
static void maximize_is_minimize_with_the_sign_turned(void **state) {
    const struct hone_options options = {.trials = TRIALS};
    struct hone_params *params = make_params();
    double x[2][PARAMS];
    double value[2];

    (void)state;
    assert_int_equal(hone_minimize(params, bowl, NULL, &options, x[0], &value[0], &err), HONE_OK);
    assert_int_equal(hone_maximize(params, negative_bowl, NULL, &options, x[1], &value[1], &err),
        HONE_OK);
    assert_memory_equal(x[0], x[1], sizeof(x[0]));
    assert_true(value[1] == -value[0]);
    hone_params_free(params);
}

/* What the model expects is told as the value, not as the loss inside. */
static void thoughts_of_a_maximized_search_have_the_sign_of_its_values(void **state) {
    const struct hone_options options = {.trials = TRIALS, .database = database, .study = "high"};
    struct hone_params *params = make_params();
    double high = 1000;

    (void)state;
    assert_int_equal(hone_maximize(params, below, &high, &options, NULL, NULL, &err), HONE_OK);
    hone_params_free(params);
    assert_database_says("SELECT count(*) > 0, sum(why LIKE '%expects 9%' OR why LIKE"
        " '%expects 1%') = count(*) FROM trial WHERE why LIKE '%expects%' AND"
        " study = (SELECT id FROM study WHERE name = 'high')", "1|1\n");
}

static double no_number(struct hone_point *point, void *data) {
    (void)point;
    return *(const double *)data;
}

static void search_without_a_value_says_why(void **state) {
    const struct hone_options options = {.trials = 2};
    struct hone_params *params = make_params();
    double data = INFINITY;
    double value = 7;

    (void)state;
    assert_int_equal(hone_minimize(params, no_number, &data, &options, NULL, &value, &err),
        HONE_E_NUMERIC);
    assert_string_equal(err.text,
        "no trial has a value; trial 0 failed: the value is infinity, not a finite number");
    assert_true(value == 7); /* outputs change on success alone */
    assert_int_equal(hone_minimize(params, no_number, &data, &options, NULL, NULL, NULL),
        HONE_E_NUMERIC);
    hone_params_free(params);
}

struct counted {
    pthread_mutex_t lock;
    pthread_cond_t met;
    int inside, most;
};

/* Goes on when all four are there. */
static double meet(struct hone_point *point, void *data) {
    struct counted *c = data;

    assert_int_equal(pthread_mutex_lock(&c->lock), 0);
    c->inside++;
    c->most = c->inside > c->most ? c->inside : c->most;
    assert_int_equal(pthread_cond_broadcast(&c->met), 0);
    while (c->most < 4) {
        assert_int_equal(pthread_cond_wait(&c->met, &c->lock), 0);
    }
    c->inside--;
    assert_int_equal(pthread_mutex_unlock(&c->lock), 0);
    return (double)hone_point_trial(point);
}

static void function_is_called_by_as_many_threads_as_asked(void **state) {
    struct counted counted = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0};
    const struct hone_options options = {.method = "random", .trials = TRIALS, .workers = 4};
    struct hone_params *params = make_params();

    (void)state;
    assert_int_equal(hone_minimize(params, meet, &counted, &options, NULL, NULL, &err), HONE_OK);
    assert_int_equal(counted.most, 4);
    hone_params_free(params);
}

/* ---- Ask and tell ---- */

static void points_are_asked_ahead_and_told_in_any_order(void **state) {
    const struct hone_options options = {.method = "tpe", .trials = 6};
    struct hone_search *search = open_search(&options);
    struct hone_point *point[6];
    uint64_t trial = 0;
    double value = NAN;

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        point[i] = ask(search);
        assert_int_equal(hone_point_trial(point[i]), i);
    }
    expect_done(search);
    for (size_t i = 6; i-- > 0;) {
        tell(search, point[i], fabs((double)i - 2));
    }
    expect_done(search);
    assert_int_equal(hone_search_best(search, NULL, &value, &trial, &err), HONE_OK);
    assert_true(value == 0 && trial == 2);
    assert_int_equal(hone_search_count(search), 6);
    hone_search_close(search);
}

static void values_of_a_point_have_their_names(void **state) {
    const struct hone_options options = {.method = "random", .trials = TRIALS};
    struct hone_search *search = open_search(&options);
    struct hone_point *point = ask(search); /* the defaults */
    size_t inactive = 0;

    (void)state;
    assert_string_equal(hone_point_text(point, "kind"), "16");
    assert_int_equal(hone_point_int(point, "kind"), 2);
    assert_int_equal(hone_point_int(point, "bend"), 2);
    assert_true(hone_point_float(point, "bend") == 2);
    assert_true(fabs(hone_point_float(point, "rate") - 0.01) < 1e-12);
    for (size_t i = 1; i < TRIALS; i++) {
        point = ask(search);
        const double *x = hone_point_values(point);

        if (x[1] == 0) {
            assert_true(isnan(x[2]) && isnan(hone_point_float(point, "bend")));
            assert_int_equal(hone_point_int(point, "bend"), INT64_MIN);
            inactive++;
        }
    }
    assert_in_range(inactive, 1, TRIALS - 2);
    hone_search_close(search); /* with all points asked and none told */
}

static void what_is_said_of_a_point_is_kept(void **state) {
    const struct hone_options options = {.trials = 4, .database = database, .study = "said"};
    struct hone_search *search = open_search(&options);
    struct hone_point *point = ask(search);

    (void)state;
    hone_point_stderr(point, 0.25);
    hone_point_stderr(point, -1);
    hone_point_metric(point, "epochs", 12);
    hone_point_metric(point, "epochs", 13);
    hone_point_metric(point, "lost", NAN);
    assert_int_equal(hone_point_report(point, 1, 0.5), 0);
    assert_int_equal(hone_point_report(point, 1, 0.75), 0);
    assert_int_equal(hone_point_report(point, 3, 0.125), 0);
    tell(search, point, 2);
    point = ask(search);
    assert_int_equal(hone_point_report(point, 7, 0.75), 0);
    hone_point_fail(point, "no luck");
    tell(search, point, 2);
    hone_search_close(search);
    assert_database_says("SELECT t.value || ' ' || t.sem || ' ' ||"
        " (SELECT group_concat(m.value) FROM metric m) || ' ' || (SELECT group_concat(c.valid_loss)"
        " FROM curve c WHERE c.trial = t.id) || ' ' || (SELECT group_concat(c.epoch) FROM curve c"
        " WHERE c.trial <> t.id) FROM trial t WHERE t.number = 0", "2.0 0.25 13.0 0.5,0.125 7\n");
}

static void failures_say_why(void **state) {
    const struct hone_options options = {.method = "random", .trials = 5};
    struct hone_search *search = open_search(&options);
    struct hone_point *point[5];

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        point[i] = ask(search);
    }
    hone_point_fail(point[0], "out of %s");
    hone_point_fail(point[0], "a later reason");
    assert_true(isnan(hone_point_float(point[1], "rat")));
    assert_true(isnan(hone_point_float(point[2], "kind")));
    assert_null(hone_point_text(point[3], "bend"));
    tell(search, point[0], 1);
    tell(search, point[1], 1);
    tell(search, point[2], 1);
    tell(search, point[3], 1);
    tell(search, point[4], NAN);
    assert_string_equal(error_of(search, 0), "out of %s");
    assert_string_equal(error_of(search, 1), "there is no parameter 'rat'; did you mean 'rate'?");
    assert_string_equal(error_of(search, 2),
        "parameter 'kind' was read as a number, which it is not");
    assert_string_equal(error_of(search, 3),
        "parameter 'bend' was read as a choice, which it is not");
    assert_string_equal(error_of(search, 4), "the value is NaN, not a finite number");
    expect_state(search, 4, HONE_FAILED);
    assert_int_equal(hone_search_best(search, NULL, NULL, NULL, &err), HONE_E_MISSING);
    assert_int_equal(hone_search_trial(search, 5, NULL, NULL, NULL, NULL, &err), HONE_E_MISSING);
    hone_search_close(search);
}

/* ---- Descriptions that are wrong ---- */

static void everything_wrong_is_said_at_once(void **state) {
    static const char *const twins[] = {"a", "a"};
    static const char *const keys[] = {"stopp", "auto", "trials", "3", "parallel", NULL};
    const struct hone_options options = {.study = "a b", .method = "tpee", .trials = 2,
        .search = keys};
    struct hone_params *params = make_params();
    struct hone_search *search = NULL;

    (void)state;
    hone_params_float(params, "rate", 0, 1, 0);
    hone_params_float(params, "upside", 2, 1, HONE_LOG);
    hone_params_choice(params, "twins", 2, twins);
    hone_params_set(params, "rates", "default", "1");
    hone_params_set(params, "rate", "stepp", "1");
    hone_params_when(params, "twins", "kind", "straight");
    hone_params_choice(params, "\xff", 0, NULL);
    assert_int_equal(hone_search_open(params, &options, &search, &err), HONE_E_INPUT);
    assert_null(search);
    assert_non_null(strstr(err.text, "rate: there are two parameters of this name"));
    assert_non_null(strstr(err.text, "space.upside.low: 2 is above high, 1"));
    assert_non_null(strstr(err.text, "space.twins: a choice stands twice"));
    assert_non_null(strstr(err.text, "'rates', which is no parameter"));
    assert_non_null(strstr(err.text, "did you mean 'step'?"));
    assert_non_null(strstr(err.text, "'kind' never has this value"));
    assert_non_null(strstr(err.text, "is not UTF-8"));
    assert_non_null(strstr(err.text, "'a b' cannot name a study"));
    assert_non_null(strstr(err.text, "did you mean 'tpe'?"));
    assert_non_null(strstr(err.text, "'trials' is said twice"));
    assert_non_null(strstr(err.text, "'parallel' has no value behind it"));
    hone_params_free(params);
}

static void numbers_beyond_their_limits_are_named_as_they_were_given(void **state) {
    const struct hone_options most = {.method = "random", .trials = UINT64_C(1000000000000),
        .seed = UINT64_C(9200000000000000000), .parallel = 100000};
    const struct {
        struct hone_options options;
        const char *words;
    } table[] = {
        {{.trials = most.trials + 1}, "search.trials: '1000000000001' cannot be used; it should be"
                                      " an integer from 0 to 1000000000000"},
        {{.trials = UINT64_C(1) << 63}, "search.trials: '9223372036854775808' cannot be used"},
        {{.seed = most.seed + 1}, "seed: '9200000000000000001' cannot be used; it should be an"
                                  " integer from 0 to 9200000000000000000"},
        {{.seed = UINT64_MAX}, "seed: '18446744073709551615' cannot be used"},
        {{.parallel = most.parallel + 1}, "search.parallel: '100001' cannot be used; it should be"
                                          " an integer from 0 to 100000"},
        {{.parallel = UINT64_MAX}, "search.parallel: '18446744073709551615' cannot be used"},
        {{.workers = 100001}, "workers: '100001' cannot be used; it should be an integer from 0 to"
                              " 100000"},
    };
    struct hone_params *params = make_params();

    (void)state;
    hone_search_close(open_search(&most));
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct hone_search *search = NULL;

        assert_int_equal(hone_search_open(params, &table[i].options, &search, &err), HONE_E_INPUT);
        assert_null(search);
        assert_ptr_equal(strstr(err.text, table[i].words), err.text);
        assert_null(strchr(err.text, '\n')); /* and once */
    }
    hone_params_free(params);
}

static void an_int_that_a_double_cannot_count_is_refused(void **state) {
    const int64_t most = INT64_C(1) << 53;
    struct hone_params *params = hone_params_new();
    struct hone_search *search = NULL;

    (void)state;
    hone_params_int(params, "a", -most, most, 0);
    hone_params_int(params, "b", 0, most + 1, 0);
    hone_params_int(params, "c", -most - 1, 0, 0);
    assert_int_equal(hone_search_open(params, NULL, &search, &err), HONE_E_INPUT);
    assert_null(strstr(err.text, "a: "));
    assert_non_null(strstr(err.text, "b: its bound 9007199254740993 cannot be used"));
    assert_non_null(strstr(err.text, "c: its bound -9007199254740993 cannot be used"));
    hone_params_free(params);
}

static void learning_from_other_studies_is_refused(void **state) {
    static const char *const keys[] = {"learn_from", "earlier", NULL};
    const struct hone_options options = {.study = "a b", .database = database, .search = keys};
    struct hone_params *params = make_params();
    struct hone_search *search = NULL;

    (void)state;
    assert_int_equal(hone_search_open(params, &options, &search, &err), HONE_E_INPUT);
    assert_null(search);
    assert_non_null(strstr(err.text, "'a b' cannot name a study"));
    assert_non_null(strstr(err.text, "search.learn_from: libhone does not read it; it should be"
        " left out"));
    hone_params_free(params);
}

static void missing_memory_for_the_space_is_told_by_the_search(void **state) {
    struct hone_search *search = NULL;

    (void)state;
    hone_params_float(NULL, "x", 0, 1, 0);
    hone_params_choice(NULL, "x", 0, NULL);
    hone_params_set(NULL, "x", "default", "1");
    assert_int_equal(hone_search_open(NULL, NULL, &search, &err), HONE_E_NOMEM);
    hone_params_free(NULL);
    hone_search_close(NULL);
}

static void grid_ends_with_its_points(void **state) {
    const struct hone_options options = {.method = "grid"};
    struct hone_params *params = hone_params_new();
    struct hone_search *search = NULL;
    enum hone_end end = HONE_END_BUDGET;

    (void)state;
    hone_params_float(params, "x", 0, 1, 0);
    hone_params_int(params, "k", 1, 4, 0);
    hone_params_set(params, "x", "points", "3");
    assert_int_equal(hone_search_open(params, &options, &search, &err), HONE_OK);
    hone_params_set(params, "x", "points", "5"); /* of no effect on what is open */
    assert_int_equal(hone_search_run(search, no_number, &(double){1}, &end, &err), HONE_OK);
    assert_int_equal(end, HONE_END_EXHAUSTED);
    assert_int_equal(hone_search_count(search), 12);
    hone_search_close(search);
    hone_params_free(params);
}

/* ---- A database ---- */

static void untold_points_come_again_when_the_study_is_opened_again(void **state) {
    const struct hone_options options = {.study = "again", .database = database, .trials = 3,
        .method = "random", .seed = 7};
    struct hone_search *search = open_search(&options);
    struct hone_point *point;
    double x[PARAMS];

    (void)state;
    tell(search, ask(search), 1);
    memcpy(x, hone_point_values(ask(search)), sizeof(x));
    tell(search, ask(search), 3);
    hone_search_close(search);
    search = open_search(&options);
    expect_state(search, 1, HONE_WAITING);
    point = ask(search);
    assert_int_equal(hone_point_trial(point), 1);
    assert_memory_equal(hone_point_values(point), x, sizeof(x));
    tell(search, point, 2);
    expect_done(search);
    hone_search_close(search);
}

/* Half by ask and tell, half by a function; kept in a file, and in memory. */
static void resumed_search_proposes_what_an_unbroken_one_does(void **state) {
    const char *const methods[] = {"gp", "tpe", "sobol", "random"};

    (void)state;
    for (size_t m = 0; m < 4; m++) {
        struct hone_options options = {.study = methods[m], .database = database,
            .method = methods[m], .trials = TRIALS, .seed = 3};
        struct hone_search *search = open_search(&options);
        double broken[TRIALS][PARAMS];
        double whole[PARAMS];

        for (size_t i = 0; i < TRIALS / 2; i++) {
            struct hone_point *point = ask(search);

            tell(search, point, bowl(point, NULL));
        }
        hone_search_close(search);
        search = open_search(&options);
        assert_int_equal(hone_search_run(search, bowl, NULL, NULL, &err), HONE_OK);
        for (size_t i = 0; i < TRIALS; i++) {
            assert_int_equal(hone_search_trial(search, i, NULL, broken[i], NULL, NULL, &err),
                HONE_OK);
        }
        hone_search_close(search);
        options.database = NULL;
        search = open_search(&options);
        assert_int_equal(hone_search_run(search, bowl, NULL, NULL, &err), HONE_OK);
        for (size_t i = 0; i < TRIALS; i++) {
            assert_int_equal(hone_search_trial(search, i, NULL, whole, NULL, NULL, &err), HONE_OK);
            assert_memory_equal(broken[i], whole, sizeof(whole));
        }
        hone_search_close(search);
    }
}

static void another_search_under_the_same_name_is_refused(void **state) {
    struct hone_options options = {.study = "same", .database = database, .trials = 2};
    struct hone_search *search = open_search(&options);
    struct hone_params *params = make_params();

    (void)state;
    hone_search_close(search);
    options.seed = 1;
    search = NULL;
    assert_int_equal(hone_search_open(params, &options, &search, &err), HONE_E_DIFFERS);
    assert_non_null(strstr(err.text, "seed was 0, is 1"));
    options.database = "/dev/null/x.db";
    assert_int_equal(hone_search_open(params, &options, &search, &err), HONE_E_IO);
    assert_null(search);
    hone_params_free(params);
}

static void study_opened_twice_in_a_process_belongs_to_the_later(void **state) {
    const struct hone_options options = {.study = "twice", .database = database, .trials = 4,
        .method = "random"};
    struct hone_search *first = open_search(&options);
    struct hone_point *point = ask(first);
    struct hone_search *second = open_search(&options);

    (void)state;
    assert_int_equal(hone_search_tell(first, point, 1, &err), HONE_E_BUSY);
    hone_search_close(first);
    for (size_t i = 0; i < 4; i++) {
        tell(second, ask(second), 1);
    }
    expect_done(second);
    hone_search_close(second);
}

/* ---- Stopping ---- */

static double stop_at_five(struct hone_point *point, void *data) {
    struct hone_search *search = *(struct hone_search **)data;

    if (hone_point_trial(point) == 5) {
        hone_search_stop(search);
    }
    return 1;
}

/* Waits for the second request. */
static double stop_until_told(struct hone_point *point, void *data) {
    struct hone_search *search = *(struct hone_search **)data;

    hone_search_stop(search);
    hone_search_stop(search);
    for (int64_t step = 0; !hone_point_report(point, step, 1); step++) {
        (void)sched_yield();
    }
    return NAN; /* not used */
}

static void stopped_run_goes_on_when_called_again(void **state) {
    const struct hone_options options = {.method = "tpe", .trials = 12};
    struct hone_search *search = open_search(&options);
    struct hone_point *point;
    enum hone_end end = HONE_END_BUDGET;

    (void)state;
    assert_int_equal(hone_search_run(search, stop_at_five, &search, &end, &err), HONE_OK);
    assert_int_equal(end, HONE_END_INTERRUPTED);
    expect_state(search, 5, HONE_COMPLETE);
    assert_in_range(hone_search_count(search), 6, 7);
    assert_int_equal(hone_search_run(search, stop_until_told, &search, &end, &err), HONE_OK);
    assert_int_equal(end, HONE_END_INTERRUPTED);
    expect_state(search, hone_search_count(search) - 1, HONE_WAITING);
    point = ask(search);
    assert_int_equal(hone_search_run(search, bowl, NULL, &end, &err), HONE_E_INPUT);
    tell(search, point, 1);
    assert_int_equal(hone_search_run(search, bowl, NULL, &end, &err), HONE_OK);
    assert_int_equal(end, HONE_END_BUDGET);
    assert_int_equal(hone_search_count(search), 12);
    hone_search_close(search);
}

/* ---- Searches beside one another ---- */

struct alone {
    const char *method;
    const char *study;
    const char *database;
    double x[TRIALS][PARAMS];
    double value[TRIALS];
    enum hone_code code;
};

/* Asserts only after the thread is joined: cmocka's jump must not leave it. */
static void *search_alone(void *data) {
    struct alone *a = data;
    const struct hone_options options = {.study = a->study, .database = a->database,
        .method = a->method, .trials = TRIALS, .seed = 5, .workers = 2};
    struct hone_params *params = make_params();
    struct hone_search *search = NULL;

    a->code = hone_search_open(params, &options, &search, NULL);
    if (a->code == HONE_OK) {
        a->code = hone_search_run(search, bowl, NULL, NULL, NULL);
    }
    for (size_t i = 0; a->code == HONE_OK && i < TRIALS; i++) {
        a->code = hone_search_trial(search, i, NULL, a->x[i], &a->value[i], NULL, NULL);
    }
    hone_search_close(search);
    hone_params_free(params);
    return NULL;
}

static void searches_side_by_side_do_not_meet(void **state) {
    enum { SEARCHES = 4 };
    static const char *const method[SEARCHES] = {"gp", "tpe", "gp", "random"};
    static const char *const study[SEARCHES] = {"side-a", "side-b", "side-a", "side-b"};
    static struct alone together[SEARCHES];
    static struct alone alone[SEARCHES];
    pthread_t thread[SEARCHES];

    (void)state;
    for (size_t i = 0; i < SEARCHES; i++) { /* two on one file, two in memory */
        together[i] = (struct alone){.method = method[i], .study = study[i],
            .database = i < 2 ? database : NULL};
        alone[i] = (struct alone){.method = method[i], .study = study[i]};
        assert_int_equal(pthread_create(&thread[i], NULL, search_alone, &together[i]), 0);
    }
    for (size_t i = 0; i < SEARCHES; i++) {
        assert_int_equal(pthread_join(thread[i], NULL), 0);
        assert_int_equal(together[i].code, HONE_OK);
    }
    for (size_t i = 0; i < SEARCHES; i++) {
        (void)search_alone(&alone[i]);
        assert_memory_equal(together[i].x, alone[i].x, sizeof(alone[i].x));
        assert_memory_equal(together[i].value, alone[i].value, sizeof(alone[i].value));
    }
}

/* GSL's own would end the program; that it went is of the first test here. */
static void error_in_gsl_returns(void **state) {
    gsl_error_handler_t *now = gsl_set_error_handler(NULL);

    (void)state;
    assert_non_null(now);
    (void)gsl_set_error_handler(now);
    gsl_error("one", __FILE__, __LINE__, GSL_EFAILED);
}

static void version_is_that_of_the_header(void **state) {
    char expected[32];

    (void)state;
    (void)snprintf(expected, sizeof(expected), "%d.%d.%d", HONE_VERSION_MAJOR, HONE_VERSION_MINOR,
        HONE_VERSION_PATCH);
    assert_string_equal(hone_version(), expected);
}

static int make_folder(void **state) {
    (void)state;
    return mkdtemp(folder) == NULL ||
           snprintf(database, sizeof(database), "%s/h.db", folder) < 0;
}

static int remove_folder(void **state) {
    (void)state;
    (void)unlink(database);
    return rmdir(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(minimize_finds_the_bottom),
        cmocka_unit_test(maximize_is_minimize_with_the_sign_turned),
        cmocka_unit_test(search_without_a_value_says_why),
        cmocka_unit_test(function_is_called_by_as_many_threads_as_asked),
        cmocka_unit_test(points_are_asked_ahead_and_told_in_any_order),
        cmocka_unit_test(values_of_a_point_have_their_names),
        cmocka_unit_test(what_is_said_of_a_point_is_kept),
        cmocka_unit_test(thoughts_of_a_maximized_search_have_the_sign_of_its_values),
        cmocka_unit_test(failures_say_why),
        cmocka_unit_test(everything_wrong_is_said_at_once),
        cmocka_unit_test(numbers_beyond_their_limits_are_named_as_they_were_given),
        cmocka_unit_test(an_int_that_a_double_cannot_count_is_refused),
        cmocka_unit_test(learning_from_other_studies_is_refused),
        cmocka_unit_test(missing_memory_for_the_space_is_told_by_the_search),
        cmocka_unit_test(grid_ends_with_its_points),
        cmocka_unit_test(untold_points_come_again_when_the_study_is_opened_again),
        cmocka_unit_test(resumed_search_proposes_what_an_unbroken_one_does),
        cmocka_unit_test(another_search_under_the_same_name_is_refused),
        cmocka_unit_test(study_opened_twice_in_a_process_belongs_to_the_later),
        cmocka_unit_test(stopped_run_goes_on_when_called_again),
        cmocka_unit_test(searches_side_by_side_do_not_meet),
        cmocka_unit_test(error_in_gsl_returns),
        cmocka_unit_test(version_is_that_of_the_header),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
