#include "objectives/model/feed.h"

void hone_feed(struct hone_network *network, const struct hone_dataset *data,
    const struct hone_scaling *scaling, const uint32_t *rows, size_t count) {
    if (!network->shape.sparse) {
        hone_gather(data, scaling, rows, count, network->input);
        return;
    }
    network->sparse = (struct hone_sparse_rows){
        .start = data->row_start, .at = data->at, .entry = data->entry, .scale = scaling->scale,
        .row = rows,
    };
}
