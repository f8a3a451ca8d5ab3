/* A plot's frame: two axes with marks, labels and lines across. */
#ifndef HONE_CLI_PLOT_FRAME_H
#define HONE_CLI_PLOT_FRAME_H

#include "engine/buf.h"
#include "engine/cli/plot/scale.h"

struct cli_frame {
    struct cli_scale x, y; /* y.from is below y.to */
    const char *x_name, *y_name;
    size_t x_ticks, y_ticks; /* about so many marks */
};

void cli_frame_draw(const struct cli_frame *frame, struct hone_buf *svg);

#endif
