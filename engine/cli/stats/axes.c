#include "engine/cli/stats/axes.h"

#include <math.h>

enum { PROBES = 4096 };

static const double least_weight = 1e-9;

uint64_t cli_axis_all(const struct cli_axis *axis) {
    return axis->bins == CLI_BINS ? UINT64_MAX : (UINT64_C(1) << axis->bins) - 1;
}

double cli_axis_weight(const struct cli_axis *axis, uint64_t bins) {
    double weight = 0;

    for (; bins != 0; bins &= bins - 1) {
        weight += axis->weight[__builtin_ctzll(bins)];
    }
    return weight;
}

static size_t nearest_level(const struct hone_param *param, size_t levels, double x_value) {
    size_t best = 0;

    for (size_t k = 1; k < levels; k++) {
        if (fabs(hone_param_level(param, k) - x_value) <
            fabs(hone_param_level(param, best) - x_value)) {
            best = k;
        }
    }
    return best;
}

uint8_t cli_axis_bin(const struct hone_param *param, const struct cli_axis *axis,
    double x_value) {
    size_t bin;

    if (isnan(x_value)) {
        return CLI_BIN_NONE;
    }
    if (axis->is_levels) {
        return (uint8_t)nearest_level(param, axis->bins, x_value);
    }
    bin = (size_t)(hone_param_encode(param, x_value) * CLI_BINS);
    return (uint8_t)(bin < CLI_BINS ? bin : CLI_BINS - 1);
}

/* The levels of a log scale have unequal shares of it, and none has no share. */
static void weigh(const struct hone_param *param, struct cli_axis *axis) {
    for (size_t b = 0; b < axis->bins; b++) {
        axis->weight[b] = least_weight;
    }
    for (size_t i = 0; i < PROBES; i++) {
        double x_unit = ((double)i + 0.5) / PROBES;

        axis->weight[cli_axis_bin(param, axis, hone_param_decode(param, x_unit))] += 1.0 / PROBES;
    }
}

static void set_bins(const struct hone_param *param, struct cli_axis *axis) {
    const size_t levels = hone_param_levels(param);

    axis->is_levels = levels > 0 && levels <= CLI_BINS;
    axis->bins = axis->is_levels ? levels : CLI_BINS;
    axis->is_ordered = param->type != HONE_PARAM_CATEGORICAL || !axis->is_levels;
    if (axis->is_levels && param->type != HONE_PARAM_CATEGORICAL) {
        weigh(param, axis);
        return;
    }
    for (size_t b = 0; b < axis->bins; b++) {
        axis->weight[b] = 1.0 / (double)axis->bins;
    }
}

/* axis (space->n) has its bins. */
static enum hone_code set_gates(const struct hone_space *space, size_t p, struct cli_axis *axis,
    struct hone_arena *arena, struct hone_err *err) {
    const struct hone_param *param = &space->param[p];
    struct cli_gate *gate = hone_arena_array(arena, param->condition_count, sizeof(*gate));

    if (gate == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "the parameters of the space");
    }
    for (size_t c = 0; c < param->condition_count; c++) {
        const struct hone_condition *condition = &param->condition[c];
        const size_t parent = condition->parent;

        gate[c].parent = parent;
        for (size_t i = 0; i < condition->count; i++) {
            gate[c].bins |= UINT64_C(1) << cli_axis_bin(&space->param[parent], &axis[parent],
                                condition->x_value[i]);
        }
    }
    axis[p].gates = param->condition_count;
    axis[p].gate = gate;
    return HONE_OK;
}

enum hone_code cli_axes_make(const struct hone_space *space, struct hone_arena *arena,
    struct cli_axes *ret_axes, struct hone_err *err) {
    struct cli_axis *axis = hone_arena_array(arena, space->n, sizeof(*axis));
    enum hone_code code = HONE_OK;

    if (axis == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "the parameters of the space");
    }
    for (size_t p = 0; p < space->n; p++) {
        set_bins(&space->param[p], &axis[p]);
    }
    for (size_t p = 0; code == HONE_OK && p < space->n; p++) {
        code = set_gates(space, p, axis, arena, err);
    }
    if (code == HONE_OK) {
        *ret_axes = (struct cli_axes){.n = space->n, .axis = axis};
    }
    return code;
}
