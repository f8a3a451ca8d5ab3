/* Data sets for tests: from text, from files of tests/data, from numbers. */
#ifndef HONE_TESTS_OBJECTIVES_DATA_HELP_H
#define HONE_TESTS_OBJECTIVES_DATA_HELP_H

#include "objectives/data/dataset.h"

#include <stddef.h>

/* A new file in the temporary folder with these bytes; its path is valid until
 * data_drop, which removes it. */
char *data_file(const char *bytes, size_t length);
void data_drop(char *path);

/* Reads and fails the test when that fails. */
struct hone_dataset *data_read(const struct hone_data_config *config, const char *group,
    const char *time);
struct hone_dataset *data_read_csv(const char *text);
struct hone_dataset *data_read_svmlight(const char *text);

/* Expects HONE_E_INPUT with one line that contains `words`; "" when it does,
 * else what came instead. */
const char *data_refused(const struct hone_data_config *config, const char *group,
    const char *time, const char *words);
void data_csv_refused(const char *text, const char *words);
void data_svmlight_refused(const char *text, const char *words);

/* Lets the n-th allocation fail for n = 1, 2 … until reading succeeds. */
void data_survives_failing_memory(const struct hone_data_config *config, const char *group,
    const char *time);

/* Features a, b … of `columns` numbers each, given row by row, NaN: missing;
 * label is the class of each row, or NULL with y. Freed by data_fake_free. */
struct hone_dataset *data_fake(size_t rows, size_t features, const double *x,
    const int32_t *label, size_t classes, const double *y);
void data_fake_free(struct hone_dataset *data);

#endif
