/* Local minimisation within bounds: projected L-BFGS. */
#ifndef HONE_SEARCH_GP_DESCENT_H
#define HONE_SEARCH_GP_DESCENT_H

#include <stddef.h>

struct gp_descent {
    size_t n;
    const double *low, *high; /* (n) */
    int iterations;           /* at most */
    double gradient_below;    /* stop when the projected gradient's largest part is below */
    double decrease_below;    /* stop when a step gains less, relative to 1 + |value| */
    /* Value at x, gradient to ret_gradient. +inf where there is none: the line
     * search steps back from it. */
    double (*value)(void *self, const double *x, double *ret_gradient);
    void *self;
};

/* How many doubles of room gp_descend needs for n variables. */
size_t gp_descent_room(size_t n);

/* Moves x (n) down to a local minimum from where it is, which has to be within
 * the bounds, and returns the value there. `room` is scratch. */
double gp_descend(const struct gp_descent *descent, double *x, double *room);

#endif
