#include "engine/space.h"

#include <math.h>
#include <string.h>

enum { EXACT_POWER = 22 }; /* 10^22 is the last power of ten that is a double */

static const double WHOLE_LIMIT = 9007199254740992.0; /* 2^53: doubles count no further */
static const double SLACK = 1e-9;                     /* of a step, for what people type */

size_t hone_space_find(const struct hone_space *space, const char *name) {
    for (size_t p = 0; p < space->n; p++) {
        if (strcmp(space->param[p].name, name) == 0) {
            return p;
        }
    }
    return space->n;
}

const char *hone_space_nearest(const struct hone_space *space, const char *word) {
    const char *best = NULL;

    for (size_t p = 0; p < space->n; p++) {
        const char *const pair[] = {best != NULL ? best : space->param[p].name,
            space->param[p].name};

        best = hone_nearest(word, pair, 2);
    }
    return best;
}

bool hone_param_is_constant(const struct hone_param *param) {
    return hone_param_levels(param) == 1;
}

size_t hone_param_levels(const struct hone_param *param) {
    if (param->type == HONE_PARAM_CATEGORICAL) {
        return param->choice_count;
    }
    if (param->low == param->high) {
        return 1;
    }
    return param->step > 0 ? (size_t)((param->high - param->low) / param->step + 0.5) + 1 : 0;
}

/* The k-th grid value. low + k * step is off by an ulp for steps such as 0.1.
 * When low and step are decimals, counting in units of their last place and
 * dividing once gives the double that is read from what a person would write. */
static double grid_value(const struct hone_param *param, double k) {
    double scale = 1;

    for (int places = 0; places <= EXACT_POWER; places++) {
        double low = round(param->low * scale);
        double step = round(param->step * scale);

        if (fabs(low) + k * step > WHOLE_LIMIT) {
            break;
        }
        if (low / scale == param->low && step / scale == param->step) {
            return (low + k * step) / scale;
        }
        scale *= 10;
    }
    return param->low + k * param->step;
}

double hone_param_level(const struct hone_param *param, size_t k) {
    if (param->type == HONE_PARAM_CATEGORICAL) {
        return (double)k;
    }
    return k == 0 ? param->low : fmin(grid_value(param, (double)k), param->high);
}

double hone_param_last_level(const struct hone_param *param) {
    double k = round((param->high - param->low) / param->step);
    double last = grid_value(param, k);

    /* Beyond high by a rounding error is still reached, by more is not. */
    if (last - param->high > SLACK * param->step) {
        last = grid_value(param, k - 1);
    }
    return fmin(last, param->high);
}

/* u -> which of `count` equal shares. */
static double share_of(double u, double count) {
    return fmin(floor(u * count), count - 1);
}

/* The logarithmic scale's ends: half a bin outside the first and last value. */
static void log_ends(const struct hone_param *param, double *ret_low, double *ret_width) {
    *ret_low = log(param->low - param->step / 2);
    *ret_width = log(param->high + param->step / 2) - *ret_low;
}

static double decode_log(const struct hone_param *param, double u) {
    double low;
    double width;

    log_ends(param, &low, &width);
    return exp(low + u * width);
}

/* Halved, because high - low may be beyond the largest double. */
static double decode_linear(const struct hone_param *param, double u) {
    return 2 * (param->low / 2 + u * (param->high / 2 - param->low / 2));
}

double hone_param_decode(const struct hone_param *param, double x_unit) {
    double u = fmin(fmax(x_unit, 0), 1);
    double levels = (double)hone_param_levels(param);
    double value;

    if (levels > 0 && !param->log) {
        return hone_param_level(param, (size_t)share_of(u, levels));
    }
    /* Both ends must be reachable, whatever the rounding. */
    if (u == 0 || u == 1 || levels == 1) {
        return u == 0 ? param->low : param->high;
    }
    value = param->log ? decode_log(param, u) : decode_linear(param, u);
    if (levels > 0) {
        double k = floor((value - param->low) / param->step + 0.5);

        return hone_param_level(param, (size_t)fmin(fmax(k, 0), levels - 1));
    }
    return fmin(fmax(value, param->low), param->high);
}

static double encode_log(const struct hone_param *param, double x_value) {
    double low;
    double width;

    log_ends(param, &low, &width);
    return (log(x_value) - low) / width;
}

double hone_param_encode(const struct hone_param *param, double x_value) {
    double levels = (double)hone_param_levels(param);
    double u;

    if (levels == 1) {
        return 0.5;
    }
    if (param->log) {
        u = encode_log(param, x_value);
    } else if (param->type == HONE_PARAM_CATEGORICAL) {
        u = (x_value + 0.5) / levels;
    } else if (levels > 0) {
        u = ((x_value - param->low) / param->step + 0.5) / levels;
    } else {
        u = (x_value / 2 - param->low / 2) / (param->high / 2 - param->low / 2);
    }
    return fmin(fmax(u, 0), 1);
}

static bool holds(const struct hone_condition *condition, double parent_value) {
    for (size_t i = 0; i < condition->count; i++) {
        if (condition->x_value[i] == parent_value) {
            return true;
        }
    }
    return false;
}

bool hone_space_active(const struct hone_space *space, size_t p, const double *x_value) {
    const struct hone_param *param = &space->param[p];

    for (size_t c = 0; c < param->condition_count; c++) {
        /* An inactive parent is NaN, which equals nothing. */
        if (!holds(&param->condition[c], x_value[param->condition[c].parent])) {
            return false;
        }
    }
    return true;
}

void hone_space_decode(const struct hone_space *space, const double *x_unit, double *ret_x_value) {
    for (size_t i = 0; i < space->n; i++) {
        size_t p = space->order[i];

        ret_x_value[p] = hone_space_active(space, p, ret_x_value)
                             ? hone_param_decode(&space->param[p], x_unit[p])
                             : NAN;
    }
}

void hone_space_encode(const struct hone_space *space, const double *x_value, double *ret_x_unit) {
    for (size_t p = 0; p < space->n; p++) {
        ret_x_unit[p] = isnan(x_value[p]) ? 0.5 : hone_param_encode(&space->param[p], x_value[p]);
    }
}

bool hone_space_same(const struct hone_space *space, const double *x_value, const double *y_value) {
    for (size_t p = 0; p < space->n; p++) {
        bool both_inactive = isnan(x_value[p]) && isnan(y_value[p]);

        if (!both_inactive && x_value[p] != y_value[p]) {
            return false;
        }
    }
    return true;
}

struct hone_value hone_param_value(const struct hone_param *param, double x_value) {
    struct hone_value value = {.real = x_value};

    if (param->type == HONE_PARAM_CATEGORICAL) {
        return *param->choice[(size_t)x_value];
    }
    value.type = param->type == HONE_PARAM_INT ? HONE_INT : HONE_REAL;
    if (param->type == HONE_PARAM_INT) {
        value.integer = (int64_t)x_value;
    }
    return value;
}

static bool parse_choice(const struct hone_param *param, const struct hone_value *value,
    double *ret_x_value, struct hone_buf *why) {
    for (size_t k = 0; k < param->choice_count; k++) {
        if (hone_value_equal(param->choice[k], value)) {
            *ret_x_value = (double)k;
            return true;
        }
    }
    hone_buf_add(why, "it is none of the choices; it should be one of ");
    for (size_t k = 0; k < param->choice_count && k < 20; k++) {
        hone_buf_add(why, k > 0 ? ", " : "");
        hone_value_write_plain(param->choice[k], why);
    }
    hone_buf_add(why, param->choice_count > 20 ? " …" : "");
    return false;
}

static void write_range(const struct hone_param *param, struct hone_buf *buf) {
    hone_buf_printf(buf, "it should be %s from ",
        param->type == HONE_PARAM_INT ? "an integer" : "a number");
    hone_buf_add_real(buf, param->low);
    hone_buf_add(buf, " to ");
    hone_buf_add_real(buf, param->high);
    if (param->step > (param->type == HONE_PARAM_INT ? 1 : 0)) {
        hone_buf_add(buf, " in steps of ");
        hone_buf_add_real(buf, param->step);
    }
}

/* A number within SLACK of a grid value is that value, and so is the value itself where the
 * numbers are so large that no other double is as near. */
static bool snap(const struct hone_param *param, double number, double *ret_x_value) {
    double nearest = number;

    if (!(number >= param->low && number <= param->high)) {
        return false;
    }
    if (param->step > 0) {
        nearest = hone_param_level(param, (size_t)round((number - param->low) / param->step));
    }
    if (fabs(number - nearest) > SLACK * param->step) {
        return false;
    }
    *ret_x_value = nearest;
    return true;
}

bool hone_param_parse(const struct hone_param *param, const struct hone_value *value,
    double *ret_x_value, struct hone_buf *why) {
    if (param->type == HONE_PARAM_CATEGORICAL) {
        return parse_choice(param, value, ret_x_value, why);
    }
    if (!hone_value_is_number(value)) {
        hone_buf_printf(why, "it is %s; ", hone_value_type_name(value->type));
        write_range(param, why);
        return false;
    }
    if (!snap(param, value->real, ret_x_value)) {
        hone_buf_add(why, "it is outside the range or off its steps; ");
        write_range(param, why);
        return false;
    }
    return true;
}

/* presets[p] as the nearest value that the parameter can take. */
static double nearest_value(const struct hone_param *param, double wanted) {
    double k;

    if (param->type == HONE_PARAM_CATEGORICAL || param->step == 0) {
        return fmin(fmax(wanted, hone_param_decode(param, 0)), hone_param_decode(param, 1));
    }
    k = round((fmin(fmax(wanted, param->low), param->high) - param->low) / param->step);
    return hone_param_level(param, (size_t)k);
}

static double default_value(const struct hone_param *param, double preset) {
    struct hone_buf why = {0};
    double x_value;

    if (param->preset != NULL && hone_param_parse(param, param->preset, &x_value, &why)) {
        return x_value;
    }
    hone_buf_finish(&why);
    if (!isnan(preset)) {
        return nearest_value(param, preset);
    }
    return param->type == HONE_PARAM_CATEGORICAL ? 0 : hone_param_decode(param, 0.5);
}

void hone_space_complete(const struct hone_space *space, const double *presets, double *x_value) {
    for (size_t i = 0; i < space->n; i++) {
        size_t p = space->order[i];

        if (!hone_space_active(space, p, x_value)) {
            x_value[p] = NAN;
        } else if (isnan(x_value[p])) {
            x_value[p] = default_value(&space->param[p], presets != NULL ? presets[p] : NAN);
        }
    }
}
