/* Regression trees over binned parameters (Breiman, Friedman, Olshen, Stone
 * 1984), grown such that every leaf is a box of the whole space.
 *
 * A conditional parameter divides only boxes in which it is active everywhere.
 * Where it would divide a box best among the points that have it, the box is
 * divided by its condition first. So the volume of a leaf is a product over
 * parameters, and what a tree says of one parameter alone can be summed exactly
 * (Hutter, Hoos, Leyton-Brown 2014, "An efficient approach for assessing
 * hyperparameter importance", section 3.2), conditions and all. */
#ifndef HONE_CLI_STATS_TREE_H
#define HONE_CLI_STATS_TREE_H

#include "engine/cli/stats/axes.h"
#include "engine/err.h"

#include <gsl/gsl_rng.h>
#include <stddef.h>
#include <stdint.h>

/* What trees are grown from; not owned. */
struct cli_sample {
    const struct cli_axes *axes;
    size_t n;
    const uint8_t *bin;  /* (axes->n, n) one parameter after another */
    const double *loss;  /* (n) */
};

struct cli_node {
    double value;   /* mean loss in the box */
    uint64_t bins;  /* of the left part */
    uint32_t param;
    uint32_t left, right; /* 0: a leaf; the root is node 0 */
};

struct cli_tree {
    size_t count, room;
    struct cli_node *node;
};

/* Grows a tree on `count` points of the sample, index[] with repetitions, which is
 * put into another order. At each node a random third of the parameters is
 * looked at. Fills a zero-initialised tree. Fails only for want of memory. */
HONE_MUST_CHECK enum hone_code cli_tree_grow(const struct cli_sample *sample, size_t count,
    uint32_t *index, gsl_rng *rng, struct cli_tree *tree, struct hone_err *err);
void cli_tree_finish(struct cli_tree *tree); /* accepts zeroed */

/* The loss at a point; the bin of parameter p is bin[p * stride]. */
double cli_tree_predict(const struct cli_tree *tree, const uint8_t *bin, size_t stride);

/* Adds to sum[p][b] the mean loss of the whole space with parameter p in bin b.
 * room (axes->n) is overwritten. */
void cli_tree_add_marginals(const struct cli_tree *tree, const struct cli_axes *axes,
    double (*sum)[CLI_BINS], double *room);

#endif
