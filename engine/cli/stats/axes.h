/* The parameters of a space cut into bins, for statistics that count.
 *
 * A parameter of at most 64 levels has a bin a level. Any other has 64 bins of
 * equal width on its own scale (a log-scale rate has bins of equal ratio). The
 * weight of a bin is the chance that a random point falls into it. */
#ifndef HONE_CLI_STATS_AXES_H
#define HONE_CLI_STATS_AXES_H

#include "engine/arena.h"
#include "engine/err.h"
#include "engine/space.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CLI_BINS = 64, CLI_BIN_NONE = 255 /* inactive */ };

/* Active only while the parent is in one of these bins. */
struct cli_gate {
    size_t parent;
    uint64_t bins; /* a bit a bin */
};

struct cli_axis {
    size_t bins;
    bool is_ordered; /* neighbouring bins are alike */
    bool is_levels;  /* a bin a level, in their order */
    double weight[CLI_BINS]; /* (bins) sums to 1 */
    size_t gates;            /* all must hold */
    const struct cli_gate *gate;
};

struct cli_axes {
    size_t n;
    const struct cli_axis *axis; /* (n) in the order of the space */
};

/* Everything lives in the arena. Fails only for want of memory. */
HONE_MUST_CHECK enum hone_code cli_axes_make(const struct hone_space *space,
    struct hone_arena *arena, struct cli_axes *ret_axes, struct hone_err *err);

/* The bin of a value; CLI_BIN_NONE for NaN. */
uint8_t cli_axis_bin(const struct hone_param *param, const struct cli_axis *axis, double x_value);

/* The bits of all bins. */
uint64_t cli_axis_all(const struct cli_axis *axis);

/* The weight of the bins whose bits are set. */
double cli_axis_weight(const struct cli_axis *axis, uint64_t bins);

#endif
