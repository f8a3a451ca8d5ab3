/* The folds of a data set as CSV files, for programs. */
#ifndef HONE_OBJECTIVES_COMMAND_FOLDS_H
#define HONE_OBJECTIVES_COMMAND_FOLDS_H

#include "engine/buf.h"
#include "objectives/data/dataset.h"
#include "objectives/data/fold.h"

enum hone_prepare {
    HONE_PREPARE_NONE,        /* columns as they were read, missing cells empty */
    HONE_PREPARE_FILL,        /* numbers alone: missing cells filled, texts one-hot */
    HONE_PREPARE_STANDARDISE, /* as a built-in model sees them: numbers, filled and scaled */
};

enum hone_part { HONE_PART_TRAIN, HONE_PART_TEST };

/* Appends the path of a file. */
void hone_fold_file(const char *folder, size_t fold, enum hone_part part, struct hone_buf *buf);

/* Writes both files of every fold: a header line, then the rows in the data's
 * order, the target last and as it was read. HONE_E_IO, HONE_E_NOMEM. */
HONE_MUST_CHECK enum hone_code hone_fold_files_write(const struct hone_dataset *data,
    const struct hone_folds *folds, enum hone_prepare prepare, const char *folder,
    struct hone_err *err);

#endif
