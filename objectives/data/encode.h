/* From a table to a data set: columns become features, target, group, time. */
#ifndef HONE_OBJECTIVES_DATA_ENCODE_H
#define HONE_OBJECTIVES_DATA_ENCODE_H

#include "engine/arena.h"
#include "objectives/data/dataset.h"
#include "objectives/data/table.h"

/* A data set and what only its making and freeing know. */
struct hone_dataset_own {
    struct hone_dataset data; /* first: a data set is freed through it */
    struct hone_arena arena;  /* names, features, classes */
};

/* Fills own->data, zeroed before, from a checked table. Takes over the arrays
 * of the table's group and time. On failure own is to be freed as it is. */
HONE_MUST_CHECK enum hone_code hone_encode(struct hone_dataset_own *own, struct hone_table *table,
    struct hone_err *err);

/* The same from a checked table that is `like` another data set. */
HONE_MUST_CHECK enum hone_code hone_encode_like(struct hone_dataset_own *own,
    const struct hone_table *table, struct hone_err *err);

#endif
