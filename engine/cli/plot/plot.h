/* Plots of one study, a kind a file. */
#ifndef HONE_CLI_PLOT_PLOT_H
#define HONE_CLI_PLOT_PLOT_H

#include "engine/arena.h"
#include "engine/buf.h"
#include "engine/cli/plot/scale.h"
#include "engine/cli/stats/record.h"
#include "engine/err.h"
#include "storage/db.h"

#include <stddef.h>

enum { CLI_PLOT_WIDTH = 900, CLI_PLOT_HEIGHT = 520 };

/* What there is to draw from, and where to. */
struct cli_plot {
    struct hone_db *db;
    const struct cli_record *record;
    struct hone_arena *arena; /* for the time of the drawing */
    struct hone_buf *buf;     /* the picture */
};

struct cli_plot_kind {
    const char *name;
    const char *summary;
    /* Appends the picture as SVG. HONE_E_MISSING when the study has not got what
     * it shows; the sentence says what. */
    enum hone_code (*draw)(struct cli_plot *plot, struct hone_err *err);
    /* Appends it as lines for a terminal. NULL: it cannot be told so. */
    enum hone_code (*text)(struct cli_plot *plot, size_t columns, struct hone_err *err);
};

extern const struct cli_plot_kind cli_plot_history, cli_plot_importance, cli_plot_slice,
    cli_plot_parallel, cli_plot_contour, cli_plot_curves, cli_plot_folds, cli_plot_timeline;

/* All of them, NULL-terminated. */
extern const struct cli_plot_kind *const cli_plot_kinds[];

/* ---- What several kinds need ---- */

/* Starts the picture with its heading, "STUDY: what it shows". */
void cli_plot_start(struct cli_plot *plot, double height, const char *what);

/* The scale of the values, without those that are far worse than the others
 * (Tukey 1977: three interquartile ranges beyond the worse quartile): a few that
 * diverged would flatten all the rest. HONE_E_MISSING without any value. */
HONE_MUST_CHECK enum hone_code cli_plot_value_scale(const struct cli_plot *plot, double from,
    double to, struct cli_scale *ret, struct hone_err *err);

/* How good a value is on that scale: 0 the best end, 1 the worst. */
double cli_plot_share(const struct cli_plot *plot, const struct cli_scale *scale, double value);

/* Appends "trial 7: 0.97 ± 0.002", and its parameters, for who points at it. */
void cli_plot_add_trial(const struct cli_plot *plot, size_t number, struct hone_buf *buf);

/* Parameters worth a look: no constants; those that matter most first when it can
 * be told. ret_param (space.n) room; returns how many. */
HONE_MUST_CHECK enum hone_code cli_plot_params(struct cli_plot *plot, size_t *ret_param,
    size_t *ret_count, struct hone_err *err);

#endif
