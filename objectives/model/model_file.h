/* A trained model as one JSON file that says of itself what it is: where it comes
 * from, what the columns are called and how they are filled and scaled, the
 * layers with their weights, the classes. Numbers are the shortest decimals that
 * read back to the same bits, so that a model that was saved and loaded predicts
 * what it predicted before, bit by bit. */
#ifndef HONE_OBJECTIVES_MODEL_MODEL_FILE_H
#define HONE_OBJECTIVES_MODEL_MODEL_FILE_H

#include "engine/buf.h"
#include "engine/err.h"
#include "objectives/model/predictor.h"

#include <stddef.h>
#include <stdint.h>

/* Where a model comes from, for whoever reads the file. */
struct hone_model_origin {
    const char *study;
    uint64_t trial;
    const char *parameters; /* of the trial, a JSON object */
    const char *spec_hash;  /* SHA-256 of the spec's text, hex */
    const char *data_hash;  /* SHA-256 of the data, hex */
    size_t rows;            /* trained on */
    const char *metric;
    double value, sem; /* over the folds of cross-validation; NaN: none */
    double test;       /* the metric on the test set; NaN: none */
};

/* Appends the file's text. */
void hone_model_write(const struct hone_predictor *predictor,
    const struct hone_model_origin *origin, struct hone_buf *buf);

/* Reads a file into a zero-initialised predictor, to be finished in any case.
 * HONE_E_INPUT with the path, and the line where there is one, for whatever is
 * no such file; nothing that is in it is trusted. */
HONE_MUST_CHECK enum hone_code hone_model_read(const char *path, struct hone_predictor *predictor,
    struct hone_err *err);

/* What both sides write: the file's first words and the names of kinds. */
extern const char hone_model_format[];
enum { HONE_MODEL_VERSION = 1 };
extern const char *const hone_feature_kind_names[]; /* by enum hone_feature_kind; NULL-terminated */

#endif
