/* How well a sampler searches: mean log10 regret on problems with known minima.
 *
 *     regret [METHOD [OPTION=VALUE …]]       (gp, tpe, random, sobol)
 *
 * SEEDS (20), TRIALS (60), NOISE (0; in units of the sd of the better half of random
 * values), FOLDS (1; a trial's noise is that of their mean), SMOOTH (0; the share of the
 * noise that changes smoothly with the point), EFFECT (0; sd of what a fold adds to all
 * trials, in units of a fold's noise), RACE (0; else trials may be left before their last fold,
 * and there are as many as take the same number of folds), PROBLEM (all) come from the
 * environment. A row a problem, all as log10 of regret relative to the mean regret of
 * the best of 60 random points, at least 1e-3: after half of the trials and after all,
 * of the trial that is recommended (by the model where there is one, else the best
 * seen); after all, of the best seen; standard error; trials; processor time of a proposal. */
#include "engine/alloc.h"
#include "engine/cli/cores.h"
#include "engine/cli/yaml.h"
#include "engine/race.h"
#include "engine/rng.h"
#include "engine/trial.h"
#include "objectives/function.h"
#include "search/samplers.h"
#include "tests/bench/problems.h"
#include "tests/bench/split.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RANDOM_POINTS = 60, RANDOM_ROUNDS = 500, SCATTER_POINTS = 4000 };
static const double least_regret = 1e-3;

struct bench {
    const struct hone_sampler_type *type;
    const void *config;
    size_t seeds, trials, folds;
    double noise, smooth, effect;
    bool race;
    const char *only;
};

struct arena_problem {
    const struct bench_problem *problem;
    double (*value)(size_t n, const double *x);
    struct hone_arena arena;
    struct hone_space space;
    double *x_default;
    double base;    /* mean regret of the best of 60 random points */
    double scatter; /* sd of the better half of random values */
};

static void fail(const char *text) {
    (void)fprintf(stderr, "regret: %s\n", text);
    exit(1);
}

static const struct hone_value *read_yaml(struct hone_arena *arena, const char *text) {
    struct hone_problems problems = {0};
    const struct hone_value *root = NULL;
    struct hone_err err;

    if (cli_yaml_read(text, strlen(text), arena, &problems, &root, &err) != HONE_OK ||
        root == NULL) {
        fail(text);
    }
    return root;
}

static void draw(const struct arena_problem *p, struct hone_rng *rng, double *x_unit,
    double *x_value) {
    for (size_t i = 0; i < p->space.n; i++) {
        x_unit[i] = hone_rng_uniform(rng);
    }
    hone_space_decode(&p->space, x_unit, x_value);
}

static int ascending(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

static double sd_of(const double *value, size_t n) {
    double mean = 0, squares = 0;

    for (size_t i = 0; i < n; i++) {
        mean += value[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        squares += (value[i] - mean) * (value[i] - mean);
    }
    return sqrt(squares / (double)(n - 1));
}

static void calibrate(struct arena_problem *p) {
    double x_unit[BENCH_PARAMS_LIMIT], x_value[BENCH_PARAMS_LIMIT];
    static double value[SCATTER_POINTS];
    struct hone_rng rng;

    hone_rng_at(&rng, 99, 0, 0, HONE_FOR_POINT);
    for (size_t r = 0; r < RANDOM_ROUNDS; r++) {
        double best = (double)INFINITY;

        for (size_t i = 0; i < RANDOM_POINTS; i++) {
            draw(p, &rng, x_unit, x_value);
            best = fmin(best, p->value(p->space.n, x_value));
        }
        p->base += (best - p->problem->minimum) / RANDOM_ROUNDS;
    }
    for (size_t i = 0; i < SCATTER_POINTS; i++) {
        draw(p, &rng, x_unit, x_value);
        value[i] = p->value(p->space.n, x_value);
    }
    qsort(value, SCATTER_POINTS, sizeof(*value), ascending);
    p->scatter = sd_of(value, SCATTER_POINTS / 2);
}

/* A space's one parameter as often as the problem wants it. */
static char *space_text(const struct bench_problem *problem) {
    const char *colon = strchr(problem->space, ':');
    char *text = calloc(1, (strlen(problem->space) + 16) * problem->times + 3);

    if (problem->times == 1) {
        return strcpy(text, problem->space);
    }
    strcat(text, "{");
    for (size_t i = 0; i < problem->times; i++) {
        (void)sprintf(text + strlen(text), "%sx%zu%.*s", i > 0 ? ", " : "", i,
            (int)(strlen(colon) - 1), colon);
    }
    return strcat(text, "}");
}

static void open_problem(struct arena_problem *p, const struct bench_problem *problem) {
    struct hone_problems problems = {0};
    struct hone_err err;
    char *text = space_text(problem);

    *p = (struct arena_problem){.problem = problem, .value = problem->value};
    for (size_t i = 0; p->value == NULL && hone_functions[i].name != NULL; i++) {
        p->value = strcmp(hone_functions[i].name, problem->name) == 0 ? hone_functions[i].value
                                                                       : NULL;
    }
    if (hone_space_read(read_yaml(&p->arena, text), &p->arena, &p->space, &problems, &err) !=
            HONE_OK || problems.count > 0) {
        fail(text);
    }
    free(text);
    p->x_default = calloc(p->space.n, sizeof(double));
    for (size_t i = 0; i < p->space.n; i++) {
        p->x_default[i] = (double)NAN;
    }
    hone_space_complete(&p->space, NULL, p->x_default);
    calibrate(p);
}

/* A search as it goes. */
struct play {
    const struct bench *bench;
    const struct arena_problem *problem;
    struct split split;
    size_t folds_left;
    struct hone_history history;
};

/* Runs the folds of a point; the trial stays without a result when no fold is left for it. */
static void tell(struct play *play, const double *x_value) {
    const struct arena_problem *p = play->problem;
    const struct hone_view view = {&play->history, play->history.count, play->history.count};
    double x_unit[BENCH_PARAMS_LIMIT];
    double loss = p->value(p->space.n, x_value);
    struct hone_race *race;
    struct hone_trial *trial;
    struct hone_err err;

    if (hone_race_new(play->split.seed, &view, &race, &err) != HONE_OK ||
        hone_history_append(&play->history, x_value, &trial, &err) != HONE_OK) {
        fail(err.text);
    }
    hone_space_encode(&p->space, x_value, x_unit);
    for (size_t i = 0; i < play->split.folds && play->folds_left > 0; i++, play->folds_left--) {
        size_t fold = race->order[i];

        if (play->bench->race && hone_race_is_lost(race, trial)) {
            trial->state = HONE_PRUNED;
            break;
        }
        hone_trial_note_fold(trial, play->split.folds, fold,
            loss + split_add(&play->split, fold, trial->number, x_unit));
    }
    if (trial->folds_done == play->split.folds) {
        trial->state = HONE_COMPLETE;
    }
    hone_race_free(race);
}

static double regret_at(const struct arena_problem *p, const struct hone_history *history,
    uint64_t number) {
    double regret = p->value(p->space.n, history->trial[number].x_value) - p->problem->minimum;

    return log10(fmax(regret / p->base, least_regret));
}

static double recommended(const struct arena_problem *p, struct hone_sampler *sampler,
    const struct hone_history *history) {
    const struct hone_view view = {history, history->count, history->count};
    double length[BENCH_PARAMS_LIMIT];
    struct hone_insight insight = {.length = length};
    struct hone_err err;

    if (hone_sampler_reflect(sampler, &view, &insight, &err) != HONE_OK) {
        fail(err.text);
    }
    return regret_at(p, history,
        insight.is_known ? insight.best : hone_history_best(history)->number);
}

static void play_init(struct play *play, const struct bench *bench,
    const struct arena_problem *p, uint64_t seed) {
    double noise = bench->noise * p->scatter * sqrt((double)bench->folds);

    *play = (struct play){.bench = bench, .problem = p,
        .folds_left = bench->trials * bench->folds,
        .history = {.params = p->space.n, .folds = bench->folds}};
    split_draw(&play->split, bench->folds, p->space.n, seed, noise, bench->smooth,
        bench->effect * noise);
}

/* As many trials as the folds allow, of a sampler that is told to expect `budget`; returns how
 * many have a result. */
static size_t search(const struct bench *bench, const struct arena_problem *p, uint64_t seed,
    size_t budget, double ret_regret[3], double *seconds) {
    struct hone_sampler_setup setup = {.space = &p->space, .seed = seed, .budget = budget,
        .folds = bench->folds, .x_default = p->x_default, .config = bench->config};
    double x_unit[BENCH_PARAMS_LIMIT], x_value[BENCH_PARAMS_LIMIT];
    struct hone_sampler *sampler = NULL;
    const size_t half = bench->trials * bench->folds / 2;
    struct play play;
    struct hone_err err;
    size_t count;

    if (hone_sampler_create(bench->type, &setup, &sampler, &err) != HONE_OK) {
        fail(err.text);
    }
    play_init(&play, bench, p, seed);
    tell(&play, p->x_default);
    while (play.history.count < budget && play.folds_left > 0) {
        struct hone_view view = {&play.history, play.history.count, play.history.count};
        struct hone_proposal proposal = {.x_unit = x_unit};
        bool is_early = play.folds_left > half;
        clock_t start = clock();

        if (hone_sampler_ask(sampler, &view, &proposal, &err) != HONE_OK) {
            fail(err.text);
        }
        *seconds += ((double)(clock() - start) / CLOCKS_PER_SEC);
        hone_space_decode(&p->space, x_unit, x_value);
        tell(&play, x_value);
        if (is_early && play.folds_left <= half) {
            ret_regret[0] = recommended(p, sampler, &play.history);
        }
    }
    ret_regret[1] = recommended(p, sampler, &play.history);
    ret_regret[2] = regret_at(p, &play.history, hone_history_best(&play.history)->number);
    count = play.history.count;
    hone_sampler_free(sampler);
    hone_history_finish(&play.history);
    return count;
}

static void measure(const struct bench *bench, const struct bench_problem *problem,
    double total[3], size_t *count) {
    struct arena_problem p;
    double mean[3] = {0}, squares = 0, seconds = 0;
    size_t trials = 0;

    open_problem(&p, problem);
    for (size_t s = 0; s < bench->seeds; s++) {
        double regret[3], unused = 0;
        size_t budget = bench->trials;

        if (bench->race) {
            budget = search(bench, &p, 1000 + s, bench->trials * bench->folds, regret, &unused);
        }
        trials += search(bench, &p, 1000 + s, budget, regret, &seconds);
        mean[0] += regret[0] / (double)bench->seeds;
        mean[1] += regret[1] / (double)bench->seeds;
        mean[2] += regret[2] / (double)bench->seeds;
        squares += regret[1] * regret[1] / (double)bench->seeds;
    }
    printf("%-16s %3zu  %7.3f %7.3f %7.3f  se %.3f  %5.1f trials  %6.2f ms\n",
        problem->name, p.space.n, mean[0], mean[1], mean[2],
        sqrt(fmax(squares - mean[1] * mean[1], 0) / (double)bench->seeds),
        (double)trials / (double)bench->seeds, seconds * 1e3 / (double)trials);
    (void)fflush(stdout);
    total[0] += mean[0];
    total[1] += mean[1];
    total[2] += mean[2];
    (*count)++;
    free(p.x_default);
    hone_arena_finish(&p.arena);
}

static double number_from(const char *name, double preset) {
    return getenv(name) != NULL ? atof(getenv(name)) : preset;
}

static void configure(struct bench *bench, int argc, char **argv, struct hone_arena *arena) {
    void *config;

    for (size_t i = 0; hone_samplers[i] != NULL; i++) {
        if (strcmp(hone_samplers[i]->name, argc > 1 ? argv[1] : "gp") == 0) {
            bench->type = hone_samplers[i];
        }
    }
    if (bench->type == NULL) {
        fail("there is no such method");
    }
    config = calloc(1, bench->type->config_size + 1);
    hone_options_preset(bench->type->options, config);
    for (int i = 2; i < argc; i++) {
        char *equals = strchr(argv[i], '=');
        struct hone_problems problems = {0};
        const struct hone_option *option;
        const struct hone_value *value;

        if (equals == NULL) {
            fail("an option is NAME=VALUE");
        }
        *equals = '\0';
        option = hone_option_find(bench->type->options, argv[i]);
        value = read_yaml(arena, equals + 1);
        if (option == NULL || !hone_option_check(option, argv[i], value, &problems)) {
            fail(argv[i]);
        }
        hone_option_set(option, config, value);
    }
    bench->config = config;
}

int main(int argc, char **argv) {
    struct bench bench = {
        .seeds = (size_t)number_from("SEEDS", 20),
        .trials = (size_t)number_from("TRIALS", 60),
        .folds = (size_t)number_from("FOLDS", 1),
        .noise = number_from("NOISE", 0),
        .smooth = number_from("SMOOTH", 0),
        .effect = number_from("EFFECT", 0),
        .race = number_from("RACE", 0) != 0,
        .only = getenv("PROBLEM"),
    };
    struct hone_arena arena = {0};
    struct hone_err err = {0};
    double total[3] = {0};
    size_t count = 0;

    (void)gsl_set_error_handler_off();
    if (cli_cores_limit_blas(&err) != HONE_OK) {
        fail(err.text);
    }
    configure(&bench, argc, argv, &arena);
    if (bench.folds < 1 || bench.folds > SPLIT_FOLDS_LIMIT) {
        fail("FOLDS is no number from 1 to 10");
    }
    for (size_t i = 0; bench_problems[i].name != NULL; i++) {
        if (bench.only == NULL || strstr(bench.only, bench_problems[i].name) != NULL) {
            measure(&bench, &bench_problems[i], total, &count);
        }
    }
    printf("%-16s      %7.3f %7.3f %7.3f\n", "mean", total[0] / (double)count,
        total[1] / (double)count, total[2] / (double)count);
    hone_arena_finish(&arena);
    return 0;
}
