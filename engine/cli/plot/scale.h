/* From values to places along an axis, and the marks that an axis has. */
#ifndef HONE_CLI_PLOT_SCALE_H
#define HONE_CLI_PLOT_SCALE_H

#include "engine/buf.h"
#include "engine/space.h"

#include <stdbool.h>
#include <stddef.h>

enum { CLI_TICKS = 24 };

struct cli_scale {
    double low, high;  /* values at the ends; low < high */
    bool log;          /* both are above 0 */
    double from, to;   /* places of low and high, in pixels */
    const struct hone_param *choices; /* categorical: values are its indices; else NULL */
};

/* Of numbers from low to high; equal ends are moved apart. */
struct cli_scale cli_scale_of(double low, double high, bool log, double from, double to);

/* Of a parameter's whole range. */
struct cli_scale cli_scale_of_param(const struct hone_param *param, double from, double to);

/* The place of a value; those beyond the ends stand at the ends. */
double cli_scale_at(const struct cli_scale *scale, double value);

/* Whether it lies between the ends. */
bool cli_scale_has(const struct cli_scale *scale, double value);

/* Round values, about `wanted` of them, for marks; returns how many. */
size_t cli_scale_ticks(const struct cli_scale *scale, size_t wanted, double ret_tick[CLI_TICKS]);

/* Appends what stands beside a mark. */
void cli_scale_label(const struct cli_scale *scale, double tick, struct hone_buf *buf);

#endif
