#include "objectives/command/folds.h"

#include "engine/alloc.h"
#include "objectives/command/folder.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

enum { FLUSH_BYTES = 65536 };

struct writer {
    const struct hone_dataset *data;
    const struct hone_scaling *scaling;
    enum hone_prepare prepare;
    const char *path;
    int file;
    struct hone_buf text;
    double *raw;     /* (features) one row */
    hone_real *ready; /* (features) one row, prepared */
};

void hone_fold_file(const char *folder, size_t fold, enum hone_part part, struct hone_buf *buf) {
    hone_buf_printf(buf, "%s/fold-%zu-%s.csv", folder, fold,
        part == HONE_PART_TRAIN ? "train" : "test");
}

/* A text as one cell (RFC 4180). */
static void add_cell(struct hone_buf *buf, const char *text) {
    const size_t length = strlen(text);

    if (length == 0 || (text[strcspn(text, ",\"\r\n")] == '\0' && text[0] != ' ' &&
                           text[length - 1] != ' ')) {
        hone_buf_add(buf, text);
        return;
    }
    hone_buf_add(buf, "\"");
    for (const char *c = text; *c != '\0'; c++) {
        hone_buf_add_bytes(buf, c, 1);
        if (*c == '"') {
            hone_buf_add(buf, "\"");
        }
    }
    hone_buf_add(buf, "\"");
}

static bool begins_column(const struct hone_feature *feature, size_t f) {
    return f == 0 || feature[f].column != feature[f - 1].column;
}

/* Indicators and levels are told from their column by what follows a '='. */
static void add_feature_name(struct hone_buf *buf, const struct hone_feature *feature) {
    struct hone_buf name = {0};

    hone_buf_add(&name, feature->name);
    if (feature->kind == HONE_FEATURE_INDICATOR) {
        hone_buf_add(&name, "=missing");
    } else if (feature->kind == HONE_FEATURE_LEVEL) {
        hone_buf_printf(&name, "=%s", feature->level);
    }
    buf->failed = buf->failed || name.failed;
    add_cell(buf, hone_buf_text(&name));
    hone_buf_finish(&name);
}

static void add_header(struct writer *w) {
    const struct hone_dataset *data = w->data;

    for (size_t f = 0; f < data->features; f++) {
        if (w->prepare != HONE_PREPARE_NONE) {
            add_feature_name(&w->text, &data->feature[f]);
            hone_buf_add(&w->text, ",");
        } else if (begins_column(data->feature, f)) {
            add_cell(&w->text, data->feature[f].name);
            hone_buf_add(&w->text, ",");
        }
    }
    add_cell(&w->text, data->target_name);
    hone_buf_add(&w->text, "\n");
}

/* One row as it is in memory, sparse or not. */
static const double *row_of(struct writer *w, size_t row) {
    const struct hone_dataset *data = w->data;

    if (data->x != NULL) {
        return data->x + row * data->features;
    }
    memset(w->raw, 0, data->features * sizeof(*w->raw));
    for (size_t k = data->row_start[row]; k < data->row_start[row + 1]; k++) {
        w->raw[data->at[k]] = data->entry[k];
    }
    return w->raw;
}

/* Back from features to columns: a number is its cell, of one-hot levels the one
 * that is set is the cell; indicators were no column. */
static void add_raw_row(struct writer *w, size_t row) {
    const struct hone_feature *feature = w->data->feature;
    const double *x = row_of(w, row);

    for (size_t f = 0; f < w->data->features; f++) {
        if (f > 0 && begins_column(feature, f)) {
            hone_buf_add(&w->text, ",");
        }
        if (feature[f].kind == HONE_FEATURE_NUMBER && !isnan(x[f])) {
            hone_buf_add_real(&w->text, x[f]);
        } else if (feature[f].kind == HONE_FEATURE_LEVEL && x[f] == 1) {
            add_cell(&w->text, feature[f].level);
        }
    }
    hone_buf_add(&w->text, w->data->features > 0 ? "," : "");
}

/* Every feature a number: what is missing is what the training part has most. */
static void add_filled_row(struct writer *w, size_t row) {
    const double *x = row_of(w, row);

    for (size_t f = 0; f < w->data->features; f++) {
        hone_buf_add_real(&w->text, isnan(x[f]) ? w->scaling->fill[f] : x[f]);
        hone_buf_add(&w->text, ",");
    }
}

/* Training is in single precision: nine digits read back to the same bits. */
static void add_ready_row(struct writer *w, uint32_t row) {
    hone_gather(w->data, w->scaling, &row, 1, w->ready);
    for (size_t f = 0; f < w->data->features; f++) {
        hone_buf_printf(&w->text, "%.9g,", (double)w->ready[f]);
    }
}

static void add_target(struct writer *w, size_t row) {
    if (w->data->task == HONE_TASK_CLASSIFICATION) {
        add_cell(&w->text, w->data->class_name[w->data->label[row]]);
    } else {
        hone_buf_add_real(&w->text, w->data->y[row]);
    }
    hone_buf_add(&w->text, "\n");
}

static enum hone_code flush(struct writer *w, struct hone_err *err) {
    enum hone_code code = hone_buf_ok(&w->text, err);

    if (code == HONE_OK) {
        code = hone_buf_write(&w->text, w->file, w->path, err);
    }
    hone_buf_clear(&w->text);
    return code;
}

static void add_row(struct writer *w, uint32_t row) {
    switch (w->prepare) {
    case HONE_PREPARE_NONE:
        add_raw_row(w, row);
        break;
    case HONE_PREPARE_FILL:
        add_filled_row(w, row);
        break;
    case HONE_PREPARE_STANDARDISE:
        add_ready_row(w, row);
        break;
    }
    add_target(w, row);
}

static enum hone_code write_rows(struct writer *w, const uint32_t *rows, size_t count,
    struct hone_err *err) {
    enum hone_code code = HONE_OK;

    add_header(w);
    for (size_t i = 0; code == HONE_OK && i < count; i++) {
        add_row(w, rows[i]);
        if (w->text.length > FLUSH_BYTES) {
            code = flush(w, err);
        }
    }
    return code == HONE_OK ? flush(w, err) : code;
}

static enum hone_code write_file(struct writer *w, const char *folder, size_t fold,
    const struct hone_split *split, enum hone_part part, struct hone_err *err) {
    struct hone_buf path = {0};
    enum hone_code code;

    hone_fold_file(folder, fold, part, &path);
    code = hone_buf_ok(&path, err);
    if (code == HONE_OK) {
        w->path = path.text;
        code = hone_folder_create(path.text, &w->file, err);
    }
    if (code == HONE_OK) {
        w->scaling = &split->scaling;
        code = part == HONE_PART_TRAIN ? write_rows(w, split->train, split->train_count, err)
                                       : write_rows(w, split->test, split->test_count, err);
        if (close(w->file) != 0 && code == HONE_OK) {
            code = hone_fail(err, HONE_E_IO, "'%s' could not be written", path.text);
        }
    }
    hone_buf_finish(&path);
    return code;
}

enum hone_code hone_fold_files_write(const struct hone_dataset *data,
    const struct hone_folds *folds, enum hone_prepare prepare, const char *folder,
    struct hone_err *err) {
    struct writer w = {.data = data, .prepare = prepare};
    enum hone_code code = HONE_OK;

    w.raw = hone_new_array(data->features, sizeof(*w.raw));
    w.ready = hone_new_array(data->features, sizeof(*w.ready));
    if (w.raw == NULL || w.ready == NULL) {
        code = hone_fail(err, HONE_E_NOMEM, "the files of the folds");
    }
    for (size_t fold = 0; code == HONE_OK && fold < folds->count; fold++) {
        const struct hone_split *split = &folds->split[fold];

        code = write_file(&w, folder, fold, split, HONE_PART_TRAIN, err);
        if (code == HONE_OK) {
            code = write_file(&w, folder, fold, split, HONE_PART_TEST, err);
        }
    }
    hone_free(w.raw);
    hone_free(w.ready);
    hone_buf_finish(&w.text);
    return code;
}
