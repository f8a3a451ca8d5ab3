/* The svmlight / libsvm format: one row a line, `label index:value …`, kept sparse.
 *
 *     # a comment
 *     1 qid:3 2:0.5 7:1   # another
 *
 * Indices ascend within a line and begin at 1; a file in which index 0 occurs
 * counts from 0. qid is read when rows are to be grouped by it (cv.group: qid)
 * and is no feature. */
#ifndef HONE_OBJECTIVES_DATA_SVMLIGHT_H
#define HONE_OBJECTIVES_DATA_SVMLIGHT_H

#include "objectives/data/encode.h"

/* Fills own->data, zeroed before. HONE_E_INPUT "FILE:LINE:COLUMN: …". On failure
 * own is to be freed as it is. */
HONE_MUST_CHECK enum hone_code hone_svmlight_read(struct hone_dataset_own *own, const char *path,
    enum hone_task task, bool by_qid, struct hone_err *err);

#endif
