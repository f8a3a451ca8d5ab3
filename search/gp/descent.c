/* Limited-memory BFGS (Nocedal 1980; Nocedal, Wright 2006, algorithm 7.4) with
 * gradient projection (Bertsekas 1982): variables at a bound whose gradient
 * points outwards are held; the others take the quasi-Newton step, which is cut
 * at the bounds (projected path), with Armijo backtracking along that path.
 *
 * GSL's minimisers know no bounds. */
#include "search/gp/descent.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { MEMORY = 8, HALVINGS = 25 };

static const double armijo = 1e-4;

struct pairs {
    size_t n;
    int count; /* of pairs ever kept; the latest MEMORY are there */
    double *s, *y; /* (MEMORY, n) steps and changes of the gradient */
    double rho[MEMORY];
};

struct state {
    double *x, *g, *x_new, *g_new, *step;
    struct pairs pairs;
};

size_t gp_descent_room(size_t n) {
    return n * (4 + 2 * MEMORY);
}

/* Ten numbers or so: a call of BLAS would take longer than the sum. */
static double dot(size_t n, const double *a, const double *b) {
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

/* y += a x */
static void add(size_t n, double a, const double *x, double *y) {
    for (size_t i = 0; i < n; i++) {
        y[i] += a * x[i];
    }
}

static void scale(size_t n, double a, double *x) {
    for (size_t i = 0; i < n; i++) {
        x[i] *= a;
    }
}

static bool is_held(const struct gp_descent *d, const double *x, const double *g, size_t i) {
    return (x[i] <= d->low[i] && g[i] > 0) || (x[i] >= d->high[i] && g[i] < 0) ||
           d->low[i] == d->high[i];
}

static double projected_gradient(const struct gp_descent *d, const double *x, const double *g) {
    double largest = 0;

    for (size_t i = 0; i < d->n; i++) {
        if (!is_held(d, x, g, i)) {
            largest = fmax(largest, fabs(g[i]));
        }
    }
    return largest;
}

/* step <- -H g on the free variables, two-loop recursion. */
static void quasi_newton(const struct pairs *pairs, double *step) {
    const size_t n = pairs->n;
    int kept = pairs->count < MEMORY ? pairs->count : MEMORY;
    double a[MEMORY];

    for (int j = 1; j <= kept; j++) {
        int k = (pairs->count - j) % MEMORY;

        a[k] = pairs->rho[k] * dot(n, pairs->s + (size_t)k * n, step);
        add(n, -a[k], pairs->y + (size_t)k * n, step);
    }
    if (kept > 0) {
        const double *y = pairs->y + (size_t)((pairs->count - 1) % MEMORY) * n;

        scale(n, 1 / (pairs->rho[(pairs->count - 1) % MEMORY] * dot(n, y, y)), step);
    }
    for (int j = kept; j >= 1; j--) {
        int k = (pairs->count - j) % MEMORY;
        double b = pairs->rho[k] * dot(n, pairs->y + (size_t)k * n, step);

        add(n, a[k] - b, pairs->s + (size_t)k * n, step);
    }
}

/* Sets the direction; without curvature pairs a step of length at most 1. */
static void set_direction(const struct gp_descent *d, struct state *at) {
    double norm;

    for (size_t i = 0; i < d->n; i++) {
        at->step[i] = is_held(d, at->x, at->g, i) ? 0 : -at->g[i];
    }
    norm = sqrt(dot(d->n, at->step, at->step));
    quasi_newton(&at->pairs, at->step);
    if (at->pairs.count == 0 && norm > 1) {
        scale(d->n, 1 / norm, at->step);
    }
    for (size_t i = 0; i < d->n; i++) {
        at->step[i] = is_held(d, at->x, at->g, i) ? 0 : at->step[i];
    }
}

/* Drops the curvature pairs when the direction does not descend. */
static void ensure_descent(const struct gp_descent *d, struct state *at) {
    if (at->pairs.count > 0 && dot(d->n, at->step, at->g) >= 0) {
        at->pairs.count = 0;
        set_direction(d, at);
    }
}

/* x_new on the projected path at length t; returns the slope g'(x_new - x). */
static double step_to(const struct gp_descent *d, struct state *at, double t) {
    double slope = 0;

    for (size_t i = 0; i < d->n; i++) {
        at->x_new[i] = fmin(fmax(at->x[i] + t * at->step[i], d->low[i]), d->high[i]);
        slope += at->g[i] * (at->x_new[i] - at->x[i]);
    }
    return slope;
}

/* The minimum of the parabola through the value, its slope and the trial value,
 * kept between a tenth and a half of the length. */
static double shorter(double t, double value, double slope, double tried) {
    double best = -slope * t / (2 * (tried - value - slope));

    return isfinite(tried) && best > 0.1 * t ? fmin(best, 0.5 * t) : 0.1 * t;
}

/* Finds a point that is low enough; false when there is none. */
static bool line_search(const struct gp_descent *d, struct state *at, double value,
    double *ret_value) {
    double t = 1;

    for (int i = 0; i < HALVINGS; i++) {
        double slope = step_to(d, at, t);
        double tried = d->value(d->self, at->x_new, at->g_new);

        if (isfinite(tried) && tried <= value + armijo * slope) {
            *ret_value = tried;
            return slope < 0;
        }
        t = shorter(t, value, slope, tried);
    }
    return false;
}

/* Keeps a pair when its curvature is positive enough to be of use. */
static void remember(struct pairs *pairs, const struct state *at) {
    const size_t n = pairs->n;
    int k = pairs->count % MEMORY;
    double *s = pairs->s + (size_t)k * n;
    double *y = pairs->y + (size_t)k * n;
    double sy;

    for (size_t i = 0; i < n; i++) {
        s[i] = at->x_new[i] - at->x[i];
        y[i] = at->g_new[i] - at->g[i];
    }
    sy = dot(n, s, y);
    if (sy > DBL_EPSILON * dot(n, y, y)) {
        pairs->rho[k] = 1 / sy;
        pairs->count++;
    }
}

static void accept(struct state *at, size_t n) {
    memcpy(at->x, at->x_new, n * sizeof(*at->x));
    memcpy(at->g, at->g_new, n * sizeof(*at->g));
}

double gp_descend(const struct gp_descent *d, double *x, double *room) {
    const size_t n = d->n;
    struct state at = {
        .x = x, .g = room, .x_new = room + n, .g_new = room + 2 * n, .step = room + 3 * n,
        .pairs = {.n = n, .s = room + 4 * n, .y = room + (4 + MEMORY) * n},
    };
    double value = d->value(d->self, x, at.g);

    for (int i = 0; i < d->iterations && isfinite(value); i++) {
        double before = value;

        if (projected_gradient(d, x, at.g) < d->gradient_below) {
            break;
        }
        set_direction(d, &at);
        ensure_descent(d, &at);
        if (!line_search(d, &at, before, &value)) {
            break;
        }
        remember(&at.pairs, &at);
        accept(&at, n);
        if (before - value < d->decrease_below * (1 + fabs(value))) {
            break;
        }
    }
    return value;
}
