/* What is to be predicted: numbers, or classes. */
#ifndef HONE_OBJECTIVES_DATA_TARGET_H
#define HONE_OBJECTIVES_DATA_TARGET_H

#include "objectives/data/dataset.h"
#include "objectives/data/encode.h"
#include "objectives/data/table.h"

/* Sets task, y or label, classes and class_name of own->data from a target of
 * numbers (rows). `task` is what the user asked for; AUTO takes integers with
 * at most 20 different values, each standing in two rows or more on average,
 * as classes. `where` is the file, for messages. HONE_E_INPUT when the target is
 * constant or has too many classes. */
HONE_MUST_CHECK enum hone_code hone_target_numbers(struct hone_dataset_own *own,
    enum hone_task task, const double *number, const char *where, struct hone_err *err);

/* The same from the table's target column, numbers or text; text is classes. */
HONE_MUST_CHECK enum hone_code hone_target_column(struct hone_dataset_own *own,
    struct hone_table *table, struct hone_err *err);

#endif
