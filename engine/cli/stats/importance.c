#include "engine/cli/stats/importance.h"

#include "engine/cli/stats/tree.h"
#include "engine/rng.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>

#include <math.h>
#include <string.h>

enum {
    DRAWS = 32,
    TREES = 4,     /* a draw */
    POINTS = 2000, /* at most in a draw: with more, intervals are below a hundredth */
    PROBES = 4096, /* random points at which the variance of the trees is measured */
};

static const double far_out = 3;                    /* interquartile ranges */
static const double normal_90 = 1.6448536269514722; /* half width of a 90 % interval */

/* What a number of trees say together: sums over them. */
struct opinion {
    size_t trees;
    double (*marginal)[CLI_BINS]; /* (axes.n) */
    double *probe;                /* (PROBES) */
};

struct forest {
    struct hone_arena arena;
    struct cli_axes axes;
    struct cli_sample sample;
    uint8_t *bin;           /* (axes.n, n) */
    double *loss;           /* (n) */
    uint8_t *probe;         /* (PROBES, axes.n) */
    uint32_t *index;        /* (n) */
    bool *is_drawn;         /* (n) */
    double *unseen;         /* (n) sum over trees that had not seen the trial */
    size_t *unseen_trees;   /* (n) how many they were */
    struct opinion all, of_draw;
    double (*alone)[DRAWS]; /* (axes.n) variance of the trees of a draw by one parameter */
    double whole[DRAWS];    /* and by all */
    double *room;           /* (axes.n) */
};

/* ---- What the trials say ---- */

static void fill_bins(struct forest *f, const struct hone_space *space, const double *x_value) {
    const size_t n = f->sample.n;

    for (size_t p = 0; p < space->n; p++) {
        for (size_t i = 0; i < n; i++) {
            f->bin[p * n + i] =
                cli_axis_bin(&space->param[p], &f->axes.axis[p], x_value[i * space->n + p]);
        }
    }
}

/* Lowers what is far out. */
static void fill_losses(struct forest *f, const double *loss) {
    const size_t n = f->sample.n;
    double low, high;

    memcpy(f->loss, loss, n * sizeof(*loss));
    gsl_sort(f->loss, 1, n);
    low = gsl_stats_quantile_from_sorted_data(f->loss, 1, n, 0.25);
    high = gsl_stats_quantile_from_sorted_data(f->loss, 1, n, 0.75);
    for (size_t i = 0; i < n; i++) {
        f->loss[i] = high > low ? fmin(loss[i], high + far_out * (high - low)) : loss[i];
    }
}

static uint8_t random_bin(const struct cli_axis *axis, double x_unit) {
    size_t b = 0;

    while (b + 1 < axis->bins && x_unit >= axis->weight[b]) {
        x_unit -= axis->weight[b++];
    }
    return (uint8_t)b;
}

static void fill_probes(struct forest *f, uint64_t seed) {
    struct hone_rng rng;

    hone_rng_at(&rng, seed, DRAWS, 0, HONE_FOR_MODEL);
    for (size_t i = 0; i < PROBES; i++) {
        for (size_t p = 0; p < f->axes.n; p++) {
            f->probe[i * f->axes.n + p] =
                random_bin(&f->axes.axis[p], hone_rng_uniform(&rng));
        }
    }
}

static bool make_room(struct forest *f, size_t n, size_t params) {
    struct hone_arena *arena = &f->arena;

    f->bin = hone_arena_array(arena, n, params);
    f->loss = hone_arena_array(arena, n, sizeof(*f->loss));
    f->probe = hone_arena_array(arena, PROBES, params);
    f->index = hone_arena_array(arena, n, sizeof(*f->index));
    f->is_drawn = hone_arena_array(arena, n, sizeof(*f->is_drawn));
    f->unseen = hone_arena_array(arena, n, sizeof(*f->unseen));
    f->unseen_trees = hone_arena_array(arena, n, sizeof(*f->unseen_trees));
    f->all.marginal = hone_arena_array(arena, params, sizeof(*f->all.marginal));
    f->all.probe = hone_arena_array(arena, PROBES, sizeof(*f->all.probe));
    f->of_draw.marginal = hone_arena_array(arena, params, sizeof(*f->of_draw.marginal));
    f->of_draw.probe = hone_arena_array(arena, PROBES, sizeof(*f->of_draw.probe));
    f->alone = hone_arena_array(arena, params, sizeof(*f->alone));
    f->room = hone_arena_array(arena, params, sizeof(*f->room));
    return f->bin != NULL && f->loss != NULL && f->probe != NULL && f->index != NULL &&
           f->is_drawn != NULL && f->unseen != NULL && f->unseen_trees != NULL &&
           f->all.marginal != NULL && f->all.probe != NULL && f->of_draw.marginal != NULL &&
           f->of_draw.probe != NULL && f->alone != NULL && f->room != NULL;
}

static enum hone_code prepare(struct forest *f, const struct hone_space *space, size_t n,
    const double *x_value, const double *loss, uint64_t seed, struct hone_err *err) {
    enum hone_code code = cli_axes_make(space, &f->arena, &f->axes, err);

    if (code == HONE_OK && !make_room(f, n, space->n)) {
        code = hone_fail(err, HONE_E_NOMEM, "a forest of %zu trials", n);
    }
    if (code == HONE_OK) {
        f->sample =
            (struct cli_sample){.axes = &f->axes, .n = n, .bin = f->bin, .loss = f->loss};
        fill_bins(f, space, x_value);
        fill_losses(f, loss);
        fill_probes(f, seed);
    }
    return code;
}

/* ---- Growing ---- */

static size_t draw_trials(struct forest *f, gsl_rng *rng) {
    const size_t n = f->sample.n;
    const size_t count = n < POINTS ? n : POINTS;

    memset(f->is_drawn, 0, n * sizeof(*f->is_drawn));
    for (size_t i = 0; i < count; i++) {
        f->index[i] = (uint32_t)gsl_rng_uniform_int(rng, n);
        f->is_drawn[f->index[i]] = true;
    }
    return count;
}

static void note_unseen(struct forest *f, const struct cli_tree *tree) {
    const size_t n = f->sample.n;

    for (size_t i = 0; i < n; i++) {
        if (!f->is_drawn[i]) {
            f->unseen[i] += cli_tree_predict(tree, f->bin + i, n);
            f->unseen_trees[i]++;
        }
    }
}

static enum hone_code add_tree(struct forest *f, size_t count, gsl_rng *rng,
    struct hone_err *err) {
    struct opinion *opinion = &f->of_draw;
    struct cli_tree tree = {0};
    enum hone_code code = cli_tree_grow(&f->sample, count, f->index, rng, &tree, err);

    if (code == HONE_OK) {
        opinion->trees++;
        cli_tree_add_marginals(&tree, &f->axes, opinion->marginal, f->room);
        for (size_t i = 0; i < PROBES; i++) {
            opinion->probe[i] += cli_tree_predict(&tree, f->probe + i * f->axes.n, 1);
        }
        note_unseen(f, &tree);
    }
    cli_tree_finish(&tree);
    return code;
}

static void add_opinion(const struct forest *f, const struct opinion *from, struct opinion *to) {
    to->trees += from->trees;
    for (size_t i = 0; i < PROBES; i++) {
        to->probe[i] += from->probe[i];
    }
    for (size_t p = 0; p < f->axes.n; p++) {
        for (size_t b = 0; b < CLI_BINS; b++) {
            to->marginal[p][b] += from->marginal[p][b];
        }
    }
}

/* ---- Shares ---- */

/* Variance of the mean tree when parameter p alone is known. */
static double variance_of_param(const struct forest *f, const struct opinion *o, size_t p) {
    const struct cli_axis *axis = &f->axes.axis[p];
    double mean = 0, square = 0;

    for (size_t b = 0; b < axis->bins; b++) {
        mean += axis->weight[b] * o->marginal[p][b] / (double)o->trees;
    }
    for (size_t b = 0; b < axis->bins; b++) {
        double off = o->marginal[p][b] / (double)o->trees - mean;

        square += axis->weight[b] * off * off;
    }
    return square;
}

/* Of the mean tree, over the whole space. By chance it may be below the sum of
 * what parameters explain by themselves, which is exact. */
static double variance_of_all(const struct forest *f, const struct opinion *o) {
    const double trees = (double)o->trees;
    double singles = 0;

    for (size_t p = 0; p < f->axes.n; p++) {
        singles += variance_of_param(f, o, p);
    }
    return fmax(gsl_stats_variance(o->probe, 1, PROBES) / (trees * trees), singles);
}

static enum hone_code add_draw(struct forest *f, uint64_t seed, size_t draw,
    struct hone_err *err) {
    struct opinion *opinion = &f->of_draw;
    struct hone_rng rng;
    size_t count;
    enum hone_code code = HONE_OK;

    hone_rng_at(&rng, seed, draw, 0, HONE_FOR_MODEL);
    opinion->trees = 0;
    memset(opinion->probe, 0, PROBES * sizeof(*opinion->probe));
    memset(opinion->marginal, 0, f->axes.n * sizeof(*opinion->marginal));
    count = draw_trials(f, &rng.gsl);
    for (int t = 0; code == HONE_OK && t < TREES; t++) {
        code = add_tree(f, count, &rng.gsl, err);
    }
    if (code != HONE_OK) {
        return code;
    }
    f->whole[draw] = variance_of_all(f, opinion);
    for (size_t p = 0; p < f->axes.n; p++) {
        f->alone[p][draw] = variance_of_param(f, opinion, p);
    }
    add_opinion(f, opinion, &f->all);
    return HONE_OK;
}

/* ---- The answer ---- */

/* Mean squares of what trees missed in trials that they had not seen, and of what
 * there was to be known. */
static void measure_misses(const struct forest *f, double *ret_missed, double *ret_all) {
    const double mean = gsl_stats_mean(f->loss, 1, f->sample.n);
    double missed = 0, all = 0;
    size_t count = 0;

    for (size_t i = 0; i < f->sample.n; i++) {
        if (f->unseen_trees[i] > 0) {
            const double said = f->unseen[i] / (double)f->unseen_trees[i];

            missed += (f->loss[i] - said) * (f->loss[i] - said);
            all += (f->loss[i] - mean) * (f->loss[i] - mean);
            count++;
        }
    }
    *ret_missed = count > 0 ? missed / (double)count : 0;
    *ret_all = count > 0 ? all / (double)count : 0;
}

static double active_share(const struct forest *f, size_t p) {
    const size_t n = f->sample.n;
    size_t active = 0;

    for (size_t i = 0; i < n; i++) {
        active += f->bin[p * n + i] != CLI_BIN_NONE;
    }
    return (double)active / (double)n;
}

/* Standard deviation over the draws. */
static double spread(const struct forest *f, size_t p, double missed) {
    double share[DRAWS];

    for (size_t d = 0; d < DRAWS; d++) {
        const double whole = f->whole[d] + missed;

        share[d] = whole > 0 ? f->alone[p][d] / whole : 0;
    }
    return gsl_stats_sd(share, 1, DRAWS);
}

/* The whole is what the trees vary and what they miss. By the first alone, shares
 * would be too large where trees know little: with 200 trials of hartmann6 0.36 for
 * x5, whose share is 0.10. */
static void conclude(const struct forest *f, struct cli_importances *ret) {
    double missed, all, whole;

    measure_misses(f, &missed, &all);
    whole = variance_of_all(f, &f->all) + missed;
    ret->trials = f->sample.n;
    ret->explained = all > 0 ? 1 - missed / all : 0;
    ret->rest = 1;
    for (size_t p = 0; p < f->axes.n; p++) {
        const double share = whole > 0 ? variance_of_param(f, &f->all, p) / whole : 0;
        const double half = whole > 0 ? normal_90 * spread(f, p, missed) : 0;

        ret->rest -= share;
        ret->param[p] = (struct cli_importance){
            .share = share, .low = fmax(share - half, 0), .high = fmin(share + half, 1),
            .active = active_share(f, p),
        };
    }
    ret->rest = fmax(ret->rest, 0);
}

static enum hone_code check(size_t n, const double *loss, struct hone_err *err) {
    if (n < CLI_IMPORTANCE_LEAST) {
        return hone_fail(err, HONE_E_MISSING,
            "importance needs %d trials with a value at least; there are %zu",
            CLI_IMPORTANCE_LEAST, n);
    }
    for (size_t i = 1; i < n; i++) {
        if (loss[i] != loss[0]) {
            return HONE_OK;
        }
    }
    return hone_fail(err, HONE_E_MISSING, "all %zu trials have the same value", n);
}

enum hone_code cli_importance_find(const struct hone_space *space, size_t n,
    const double *x_value, const double *loss, uint64_t seed, struct cli_importances *ret,
    struct hone_err *err) {
    struct forest f = {0};
    enum hone_code code = check(n, loss, err);

    if (code == HONE_OK) {
        code = prepare(&f, space, n, x_value, loss, seed, err);
    }
    for (size_t draw = 0; code == HONE_OK && draw < DRAWS; draw++) {
        code = add_draw(&f, seed, draw, err);
    }
    if (code == HONE_OK) {
        conclude(&f, ret);
    }
    hone_arena_finish(&f.arena);
    return code;
}
