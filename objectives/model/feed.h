/* The way of rows from the data set into a network. */
#ifndef HONE_OBJECTIVES_MODEL_FEED_H
#define HONE_OBJECTIVES_MODEL_FEED_H

#include "objectives/data/dataset.h"
#include "objectives/data/fold.h"
#include "objectives/model/network.h"

#include <stddef.h>
#include <stdint.h>

/* Makes these rows (count, at most the network's block), filled and standardised,
 * its input. Sparse rows are not copied: `rows` and the data must stay until the
 * network has gone forward and backward. No allocation. */
void hone_feed(struct hone_network *network, const struct hone_dataset *data,
    const struct hone_scaling *scaling, const uint32_t *rows, size_t count);

#endif
