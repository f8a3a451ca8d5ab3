#include "tests/objectives/data_help.h"

#include "engine/alloc.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

char *data_file(const char *bytes, size_t length) {
    char *path = strdup("/tmp/hone-test-XXXXXX");
    int file;

    assert_non_null(path);
    file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, bytes, length), (ssize_t)length);
    (void)close(file);
    return path;
}

void data_drop(char *path) {
    (void)unlink(path);
    free(path);
}

struct hone_dataset *data_read(const struct hone_data_config *config, const char *group,
    const char *time) {
    struct hone_dataset *data = NULL;
    struct hone_err err = {0};

    if (hone_dataset_read(config, NULL, group, time, &data, &err) != HONE_OK) {
        fail_msg("%s", err.text);
    }
    return data;
}

struct hone_dataset *data_read_csv(const char *text) {
    char *path = data_file(text, strlen(text));
    struct hone_dataset *data = data_read(&(struct hone_data_config){.csv = path}, NULL, NULL);

    data_drop(path);
    return data;
}

struct hone_dataset *data_read_svmlight(const char *text) {
    char *path = data_file(text, strlen(text));
    struct hone_dataset *data =
        data_read(&(struct hone_data_config){.svmlight = path}, NULL, NULL);

    data_drop(path);
    return data;
}

const char *data_refused(const struct hone_data_config *config, const char *group,
    const char *time, const char *words) {
    static char instead[4096];
    struct hone_dataset *data = NULL;
    struct hone_err err = {0};
    enum hone_code code = hone_dataset_read(config, NULL, group, time, &data, &err);

    instead[0] = '\0';
    if (code == HONE_OK) {
        (void)snprintf(instead, sizeof(instead), "it was read");
    } else if (code != HONE_E_INPUT || data != NULL || strstr(err.text, words) == NULL ||
        strpbrk(err.text, "\n\r\x1b") != NULL) {
        (void)snprintf(instead, sizeof(instead), "code %d: %s", (int)code, err.text);
    }
    hone_dataset_free(data);
    return instead;
}

static void text_refused(struct hone_data_config *config, const char **source, const char *text,
    const char *words) {
    char *path = data_file(text, strlen(text));
    const char *instead;

    *source = path;
    instead = data_refused(config, NULL, NULL, words);
    data_drop(path);
    if (*instead != '\0') {
        fail_msg("expected '%s', but %s", words, instead);
    }
}

void data_csv_refused(const char *text, const char *words) {
    struct hone_data_config config = {0};

    text_refused(&config, &config.csv, text, words);
}

void data_svmlight_refused(const char *text, const char *words) {
    struct hone_data_config config = {0};

    text_refused(&config, &config.svmlight, text, words);
}

void data_survives_failing_memory(const struct hone_data_config *config, const char *group,
    const char *time) {
    enum { MOST_ALLOCATIONS = 5000 };
    enum hone_code code = HONE_E_NOMEM;
    unsigned long n = 0;

    while (code != HONE_OK) {
        struct hone_dataset *data = NULL;
        struct hone_err err = {0};

        assert_true(++n < MOST_ALLOCATIONS);
        hone_alloc_fail_at(n, 1);
        code = hone_dataset_read(config, NULL, group, time, &data, &err);
        hone_alloc_fail_at(0, 0);
        assert_true(code == HONE_OK || (code == HONE_E_NOMEM && data == NULL));
        hone_dataset_free(data);
    }
    assert_true(n > 1);
}

struct hone_dataset *data_fake(size_t rows, size_t features, const double *x,
    const int32_t *label, size_t classes, const double *y) {
    struct hone_dataset *data = calloc(1, sizeof(*data));
    struct hone_feature *feature = calloc(features, sizeof(*feature));

    assert_non_null(data);
    assert_non_null(feature);
    for (size_t j = 0; j < features; j++) {
        feature[j] = (struct hone_feature){.kind = HONE_FEATURE_NUMBER, .column = j, .name = "f"};
    }
    for (size_t i = 0; x != NULL && i < rows * features; i++) {
        data->cells_missing += isnan(x[i]);
    }
    data->rows = rows;
    data->features = features;
    data->feature = feature;
    data->classes = classes;
    data->task = label != NULL ? HONE_TASK_CLASSIFICATION : HONE_TASK_REGRESSION;
    data->target_name = "y";
    data->x = calloc(rows * features, sizeof(double));
    data->y = y != NULL ? calloc(rows, sizeof(double)) : NULL;
    data->label = label != NULL ? calloc(rows, sizeof(int32_t)) : NULL;
    assert_non_null(data->x);
    memcpy(data->x, x, rows * features * sizeof(double));
    if (data->y != NULL) {
        memcpy(data->y, y, rows * sizeof(double));
    }
    if (data->label != NULL) {
        memcpy(data->label, label, rows * sizeof(int32_t));
    }
    return data;
}

void data_fake_free(struct hone_dataset *data) {
    union {
        const struct hone_feature *shared;
        void *own;
    } feature = {.shared = data->feature};

    free(feature.own);
    free(data->x);
    free(data->y);
    free(data->label);
    free(data);
}
