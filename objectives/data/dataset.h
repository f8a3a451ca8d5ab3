/* A data set in memory: encoded features and a target, read once, read-only
 * afterwards, shared by all workers.
 *
 * Encoding that needs no learning is done here: a number column is one feature
 * (NaN where a cell is missing) plus, where any cell is missing, an indicator
 * feature (1: missing); a text column is one 0/1 feature a level (all NaN where
 * the cell is missing). Everything that is learned (median, mode, mean, sd) is
 * learned a fold, see fold.h. */
#ifndef HONE_OBJECTIVES_DATA_DATASET_H
#define HONE_OBJECTIVES_DATA_DATASET_H

#include "engine/err.h"
#include "engine/value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum hone_task { HONE_TASK_AUTO, HONE_TASK_CLASSIFICATION, HONE_TASK_REGRESSION };

enum hone_feature_kind {
    HONE_FEATURE_NUMBER,    /* imputed by the training median */
    HONE_FEATURE_INDICATOR, /* 1 where the number column's cell is missing */
    HONE_FEATURE_LEVEL,     /* one-hot; imputed by the training mode of its column */
};

struct hone_feature {
    enum hone_feature_kind kind;
    size_t column;     /* of the source; the levels of one column stand together */
    const char *name;  /* of the column */
    const char *level; /* HONE_FEATURE_LEVEL: the text it stands for */
};

/* Where the data is: exactly one of csv, svmlight, sqlite. */
struct hone_data_config {
    const char *csv;
    const char *svmlight;
    const char *sqlite;
    const char *query; /* with sqlite: a SELECT */
    const char *test;  /* a CSV file of the same columns that the search never sees, or NULL */
    const char *target; /* NULL: the last column */
    int task;           /* enum hone_task; what AUTO decides: target.h */
    const struct hone_value *ignore;  /* columns to leave out */
    const struct hone_value *missing; /* cells read as missing; NULL: "", NA, NaN, ? … */
};

struct hone_dataset {
    size_t rows;
    size_t features; /* encoded */
    const struct hone_feature *feature;
    /* Dense, or sparse when x is NULL. */
    double *x;         /* (rows, features) row-major, NaN: missing */
    size_t *row_start; /* (rows + 1) sparse: row i has entries row_start[i] … row_start[i+1] - 1 */
    uint32_t *at;      /* (entries) feature index, ascending in a row */
    double *entry;     /* (entries) */
    enum hone_task task; /* never AUTO */
    double *y;         /* (rows) regression target */
    int32_t *label;    /* (rows) classification: index of the class */
    size_t classes;    /* 0 in regression */
    const char *const *class_name; /* (classes) sorted: numbers by value, else by bytes */
    const char *target_name;
    /* Columns kept beside the features for splitting, as read: cv.group, cv.time. */
    int32_t *group;    /* (rows) index of the group, or NULL */
    size_t groups;
    double *time;      /* (rows) to sort by, or NULL */
    char hash[65];     /* SHA-256 of what was read, hex */
    /* For describe: what was seen. */
    size_t columns_number, columns_text, cells_missing;
    size_t cells_unknown; /* texts that the data set it is like does not have: no level is 1 */
};

/* Reads the data. group and time name columns (or NULL) that become ret->group
 * and ret->time and are no features. `folder` starts relative paths. Errors are
 * HONE_E_INPUT or HONE_E_IO with "KEY: FILE:LINE: what; what would be right", where KEY is
 * that of the spec: data.csv, cv.group … Several unknown columns are a line each.
 * Free with hone_dataset_free. */
HONE_MUST_CHECK enum hone_code hone_dataset_read(const struct hone_data_config *config,
    const char *folder, const char *group, const char *time, struct hone_dataset **ret,
    struct hone_err *err);

/* Reads a CSV file into the features of `like`, which must stay as long as the data
 * set that is read: columns are found by name, in any order, and others are left
 * out; `missing` is that of the config. With with_target the target's column is
 * read too; otherwise label and y are NULL. HONE_E_INPUT as above, without a KEY; a column
 * that is not there, a word among numbers and an unknown class are such. */
HONE_MUST_CHECK enum hone_code hone_dataset_read_like(const struct hone_dataset *like,
    const struct hone_value *missing, const char *folder, const char *file, bool with_target,
    struct hone_dataset **ret, struct hone_err *err);

/* Whether the classes were texts when they were read, not numbers. */
bool hone_classes_are_texts(const struct hone_dataset *data);

void hone_dataset_free(struct hone_dataset *data); /* accepts NULL */

#endif
