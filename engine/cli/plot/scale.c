#include "engine/cli/plot/scale.h"

#include "engine/cli/point.h"
#include "engine/cli/table.h"
#include "engine/cli/width.h"

#include <math.h>

enum { LABEL_COLUMNS = 14 };

/* A twentieth, so that nothing stands on the frame. */
static const double margin = 0.05;

struct cli_scale cli_scale_of(double low, double high, bool log, double from, double to) {
    struct cli_scale scale = {.low = low, .high = high, .log = log, .from = from, .to = to};

    if (!(high > low)) {
        const double apart = low == 0 ? 1 : fabs(low) / 10;

        scale.low = log ? low / 2 : low - apart;
        scale.high = log ? low * 2 : low + apart;
    }
    return scale;
}

struct cli_scale cli_scale_of_param(const struct hone_param *param, double from, double to) {
    if (param->type == HONE_PARAM_CATEGORICAL) {
        struct cli_scale scale =
            cli_scale_of(-0.5, (double)param->choice_count - 0.5, false, from, to);

        scale.choices = param;
        return scale;
    }
    if (param->log) {
        const double ratio = pow(param->high / param->low, margin);

        return cli_scale_of(param->low / ratio, param->high * ratio, true, from, to);
    }
    return cli_scale_of(param->low - margin * (param->high - param->low),
        param->high + margin * (param->high - param->low), false, from, to);
}

double cli_scale_at(const struct cli_scale *scale, double value) {
    const double inside = fmin(fmax(value, scale->low), scale->high);
    const double share = scale->log ? log(inside / scale->low) / log(scale->high / scale->low)
                                    : (inside - scale->low) / (scale->high - scale->low);

    return scale->from + share * (scale->to - scale->from);
}

bool cli_scale_has(const struct cli_scale *scale, double value) {
    return value >= scale->low && value <= scale->high;
}

/* ---- Marks ---- */

static size_t add_tick(const struct cli_scale *scale, double tick, size_t count, double *ret) {
    if (count < CLI_TICKS && cli_scale_has(scale, tick)) {
        ret[count++] = tick;
    }
    return count;
}

static size_t choice_ticks(const struct cli_scale *scale, double *ret) {
    const size_t choices = scale->choices->choice_count;
    const size_t stride = (choices + CLI_TICKS - 1) / CLI_TICKS;
    size_t count = 0;

    for (size_t i = 0; i < choices; i += stride) {
        count = add_tick(scale, (double)i, count, ret);
    }
    return count;
}

/* Powers of ten, every second … when there are too many; with 2 and 5 when there
 * are hardly any. */
static size_t log_ticks(const struct cli_scale *scale, size_t wanted, double *ret) {
    static const double between[] = {1, 2, 5};
    const int first = (int)floor(log10(scale->low));
    const int last = (int)ceil(log10(scale->high));
    const int stride = 1 + (last - first) / (int)wanted;
    const size_t parts = last - first <= 2 ? 3 : 1;
    size_t count = 0;

    for (int power = first; power <= last; power += stride) {
        for (size_t i = 0; i < parts; i++) {
            count = add_tick(scale, between[i] * pow(10, power), count, ret);
        }
    }
    return count;
}

/* Steps of 1, 2 or 5 times a power of ten. */
static size_t even_ticks(const struct cli_scale *scale, size_t wanted, double *ret) {
    const double rough = (scale->high - scale->low) / (double)wanted;
    const double power = pow(10, floor(log10(rough)));
    const double step = power * (rough > 5 * power ? 10 : rough > 2 * power ? 5
                                                      : rough > power      ? 2 : 1);
    const double first = ceil(scale->low / step);
    size_t count = 0;

    for (double i = 0; i < CLI_TICKS && (first + i) * step <= scale->high; i++) {
        count = add_tick(scale, (first + i) * step, count, ret);
    }
    return count;
}

size_t cli_scale_ticks(const struct cli_scale *scale, size_t wanted, double ret_tick[CLI_TICKS]) {
    if (scale->choices != NULL) {
        return choice_ticks(scale, ret_tick);
    }
    return scale->log ? log_ticks(scale, wanted, ret_tick) : even_ticks(scale, wanted, ret_tick);
}

void cli_scale_label(const struct cli_scale *scale, double tick, struct hone_buf *buf) {
    struct hone_buf text = {0};

    if (scale->choices == NULL) {
        cli_add_short_real(buf, fabs(tick) < 1e-12 * (scale->high - scale->low) ? 0 : tick);
        return;
    }
    cli_add_param_value_shown(&text, scale->choices, tick);
    cli_width_add_fitted(buf, hone_buf_text(&text), text.length, LABEL_COLUMNS, "\u2026");
    hone_buf_finish(&text);
}
