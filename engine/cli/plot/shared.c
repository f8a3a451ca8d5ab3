#include "engine/cli/plot/plot.h"

#include "engine/cli/plot/svg.h"
#include "engine/cli/point.h"
#include "engine/cli/stats/findings.h"

#include <gsl/gsl_statistics_double.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

static const double far_beyond = 3; /* interquartile ranges */
static const double margin = 0.05;

void cli_plot_start(struct cli_plot *plot, double height, const char *what) {
    struct hone_buf title = {0};

    hone_buf_printf(&title, "%s: %s", plot->record->study.name, what);
    cli_svg_start(plot->buf, CLI_PLOT_WIDTH, height, hone_buf_text(&title));
    cli_svg_text(plot->buf, CLI_INK_STRONG, CLI_ANCHOR_START, 24, 30, hone_buf_text(&title));
    hone_buf_finish(&title);
}

static int compare(const void *a, const void *b) {
    const double *x = a;
    const double *y = b;

    return (*x > *y) - (*x < *y);
}

enum hone_code cli_plot_value_scale(const struct cli_plot *plot, double from, double to,
    struct cli_scale *ret, struct hone_err *err) {
    const struct cli_record *record = plot->record;
    double *loss = hone_arena_array(plot->arena, record->count + 1, sizeof(*loss));
    size_t count = 0;
    double low, high, lower, upper, fence;

    if (loss == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "the values of %zu trials", record->count);
    }
    for (size_t i = 0; i < record->count; i++) {
        if (cli_record_has_value(&record->trial[i])) {
            loss[count++] = cli_record_loss(record, record->trial[i].value);
        }
    }
    if (count == 0) {
        return hone_fail(err, HONE_E_MISSING, "study '%s' has no complete trial",
            record->study.name);
    }
    qsort(loss, count, sizeof(*loss), compare);
    lower = gsl_stats_quantile_from_sorted_data(loss, 1, count, 0.25);
    upper = gsl_stats_quantile_from_sorted_data(loss, 1, count, 0.75);
    fence = upper + far_beyond * (upper - lower);
    low = loss[0];
    for (high = low; count > 0 && high == low; count--) {
        high = loss[count - 1] <= fence ? loss[count - 1] : low;
    }
    low -= margin * (high - low);
    high += margin * (high - low);
    *ret = record->study.maximize ? cli_scale_of(-high, -low, false, from, to)
                                  : cli_scale_of(low, high, false, from, to);
    return HONE_OK;
}

double cli_plot_share(const struct cli_plot *plot, const struct cli_scale *scale, double value) {
    const double share = (value - scale->low) / (scale->high - scale->low);

    return plot->record->study.maximize ? 1 - share : share;
}

void cli_plot_add_trial(const struct cli_plot *plot, size_t number, struct hone_buf *buf) {
    const struct cli_record_trial *trial = &plot->record->trial[number];
    const struct hone_space *space = &plot->record->spec.plan.space;

    hone_buf_printf(buf, "trial %zu: ", number);
    cli_add_value(buf, trial->value, trial->sem);
    for (size_t p = 0; p < space->n; p++) {
        const double x = plot->record->x_value[number * space->n + p];

        if (!isnan(x) && !hone_param_is_constant(&space->param[p])) {
            hone_buf_add(buf, ", ");
            cli_add_param_shown(buf, &space->param[p], x);
        }
    }
}

/* The largest share first; few parameters, so by insertion. */
static void sort_by_share(size_t *param, size_t count, const struct cli_importance *importance) {
    for (size_t i = 1; i < count; i++) {
        const size_t moved = param[i];
        size_t at = i;

        for (; at > 0 && importance[param[at - 1]].share < importance[moved].share; at--) {
            param[at] = param[at - 1];
        }
        param[at] = moved;
    }
}

enum hone_code cli_plot_params(struct cli_plot *plot, size_t *ret_param, size_t *ret_count,
    struct hone_err *err) {
    const struct hone_space *space = &plot->record->spec.plan.space;
    struct cli_importances importances = {0};
    struct hone_err reason = {0};
    size_t count = 0;
    enum hone_code code =
        cli_findings_importance(plot->record, plot->arena, &importances, &reason);

    for (size_t p = 0; p < space->n; p++) {
        if (!hone_param_is_constant(&space->param[p])) {
            ret_param[count++] = p;
        }
    }
    if (code == HONE_OK) {
        sort_by_share(ret_param, count, importances.param);
    } else if (code != HONE_E_MISSING) {
        *err = reason;
        return code;
    }
    if (count == 0) {
        return hone_fail(err, HONE_E_MISSING, "study '%s' has no parameter with a choice",
            plot->record->study.name);
    }
    *ret_count = count;
    return HONE_OK;
}
