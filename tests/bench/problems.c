#include "tests/bench/problems.h"

#include <math.h>

/* ---- Surfaces as tuning has them: each term is 0 at its best, so that the minimum
 * is known; plateaus, cliffs, interactions and useless parameters are added ---- */

static double square(double x) {
    return x * x;
}

/* 0 at `best`, growing with the square of the distance in decades. */
static double decades(double x, double best) {
    return square(log10(x / best));
}

/* A perceptron: the best rate falls with the units and rises with the batch; too high
 * a rate diverges (a cliff to a plateau), too low a one does not learn. */
static double perceptron(size_t n, const double *x) {
    const double rate = x[0], decay = x[1], units = x[2], drop = x[3], batch = x[4];
    const double best_rate = 0.01 * sqrt(batch / 64) * pow(64 / units, 0.3);
    static const double activation[] = {0, 0.03, 0.1};
    double loss = 0.25 * decades(rate, best_rate) + 0.02 * decades(decay, 1e-4) +
                  0.1 * decades(units, 128) + 0.4 * square(drop - 0.2) + activation[(int)x[5]];

    (void)n;
    if (rate > 30 * best_rate) {
        return 2.3;
    }
    return fmin(loss, 2.2);
}

/* Boosted trees: many integers, rate times rounds is what counts. */
static double boosting(size_t n, const double *x) {
    const double work = x[0] * x[1]; /* rate, rounds */

    (void)n;
    return 0.15 * decades(work, 20) + 0.05 * decades(x[0], 0.05) + 0.02 * square(x[2] - 6) +
           0.03 * fabs(log2(x[3] / 8)) + 0.3 * square(x[4] - 0.8) + 0.3 * square(x[5] - 0.7) +
           0.01 * decades(x[6], 1) + (x[7] == 1 ? 0 : 0.02);
}

/* A support vector machine: each kernel has parameters of its own. */
static double vector_machine(size_t n, const double *x) {
    (void)n;
    switch ((int)x[0]) {
    case 0: /* linear */
        return 0.12 + 0.02 * decades(x[1], 0.1);
    case 1: /* rbf: a valley along C gamma */
        return 0.04 * decades(x[1] * x[2], 1) + 0.02 * decades(x[2], 0.02);
    default: /* poly */
        return 0.05 + 0.03 * decades(x[1] * pow(x[2], x[3]), 0.1) + 0.02 * square(x[3] - 3) +
               0.02 * decades(x[2], 0.3);
    }
}

/* Optimizers with their own best rates; momentum interacts with its rate; schedules
 * with a child each. */
static double optimizers(size_t n, const double *x) {
    static const double best_rate[] = {0.1, 0.03, 1e-3, 3e-3};
    static const double offset[] = {0.15, 0.05, 0.0, 0.03};
    const int kind = (int)x[0];
    double loss = offset[kind] + 0.03 * decades(x[3], 1e-4);
    double rate = x[1];

    (void)n;
    if (kind == 1) {
        rate = x[1] * (1 - 0.9) / (1 - x[2]);
        loss += 0.5 * square(x[2] - 0.93);
    }
    loss += 0.12 * decades(rate, best_rate[kind]);
    if (kind == 2) {
        loss += 0.02 * decades(1 - x[4], 0.01);
    }
    switch ((int)x[5]) {
    case 0:
        return loss + 0.04;
    case 1:
        return loss + 2 * square(x[6] - 0.95);
    default:
        return loss + 0.01 + 0.05 * square(x[7] - 0.1);
    }
}

/* Two branches of two floats and a shared one, the better branch the rarer. */
static double branches(size_t n, const double *x) {
    const double shared = square(x[1] - 0.3);

    (void)n;
    if (x[0] == 0) {
        return shared + square(x[2] - 0.2) + square(x[3] - 0.9) + 0.1 * sin(9 * x[2]) + 0.25;
    }
    if (x[0] == 1) {
        return shared + fabs(x[4] - 0.62) + square(x[5] - 0.35);
    }
    return shared + 0.3;
}

/* ---- The table ---- */

#define UNIT(name) #name ": {type: float, low: 0, high: 1}"
#define BOX(name, low, high) #name ": {type: float, low: " #low ", high: " #high "}"
#define LOG(name, low, high) #name ": {type: float, low: " #low ", high: " #high ", log: true}"
#define INT(name, low, high) #name ": {type: int, low: " #low ", high: " #high "}"
#define LOG_INT(name, low, high) #name ": {type: int, low: " #low ", high: " #high ", log: true}"

/* Where the centre, which is tried first, would be the minimum, the usual range is moved. */
const struct bench_problem bench_problems[] = {
    {"branin", "{" BOX(a, -5, 10) ", " BOX(b, 0, 15) "}", 1, 0.39788735772973816, NULL},
    {"goldstein_price", "{" BOX(x, -2, 2) "}", 2, 3, NULL},
    {"hartmann6", "{" UNIT(x) "}", 6, -3.32236801141551, NULL},
    {"ackley", "{" BOX(x, -22.3, 43.2) "}", 5, 0, NULL},
    {"rosenbrock", "{" BOX(x, -5, 10) "}", 4, 0, NULL},
    {"levy", "{" BOX(x, -7, 15) "}", 8, 0, NULL},
    {"styblinski_tang", "{" BOX(x, -5, 5) "}", 5, 5 * -39.16616570377142, NULL},
    {"michalewicz", "{" BOX(x, 0, 3.141592653589793) "}", 4, -3.6988570984606, NULL},
    {"griewank", "{" BOX(x, -430, 770) "}", 6, 0, NULL},
    {"rastrigin", "{" BOX(x, -3.62, 6.62) "}", 3, 0, NULL},
    {"levy", "{" BOX(x, -15, 7) "}", 20, 0, NULL},
    {"perceptron", "{" LOG(rate, 1e-5, 1) ", " LOG(decay, 1e-7, 1e-1) ", "
        LOG_INT(units, 4, 512) ", " BOX(drop, 0, 0.7) ", " LOG_INT(batch, 8, 512)
        ", activation: [relu, gelu, tanh]}", 1, 0, perceptron},
    {"boosting", "{" LOG(rate, 1e-3, 1) ", " LOG_INT(rounds, 10, 1000) ", " INT(depth, 1, 15)
        ", " LOG_INT(leaf, 1, 128) ", " BOX(rows, 0.2, 1) ", " BOX(columns, 0.2, 1) ", "
        LOG(ridge, 1e-3, 1e3) ", loss: [absolute, square]}", 1, 0, boosting},
    {"vector_machine", "{kernel: [linear, rbf, poly], " LOG(C, 1e-3, 1e3)
        ", gamma: {type: float, low: 1e-4, high: 10, log: true, when: {kernel: [rbf, poly]}}"
        ", degree: {type: int, low: 2, high: 5, when: {kernel: poly}}}", 1, 0, vector_machine},
    {"optimizers", "{optimizer: [sgd, momentum, adam, rmsprop], " LOG(rate, 1e-5, 1)
        ", momentum: {type: float, low: 0.5, high: 0.99, when: {optimizer: momentum}}, "
        LOG(decay, 1e-7, 1e-1)
        ", beta2: {type: float, low: 0.9, high: 0.9999, when: {optimizer: adam}}"
        ", schedule: [constant, exponential, step]"
        ", gamma: {type: float, low: 0.8, high: 1, when: {schedule: exponential}}"
        ", factor: {type: float, low: 0.01, high: 0.9, when: {schedule: step}}}", 1, 0,
        optimizers},
    {"branches", "{branch: [a, b, c], " UNIT(shared)
        ", p: {type: float, low: 0, high: 1, when: {branch: a}}"
        ", q: {type: float, low: 0, high: 1, when: {branch: a}}"
        ", r: {type: float, low: 0, high: 1, when: {branch: b}}"
        ", s: {type: float, low: 0, high: 1, when: {branch: b}}}", 1, 0, branches},
    {NULL, NULL, 0, 0, NULL},
};
