/* From a table to a data set with the features and classes of another one. */
#include "objectives/data/encode.h"

#include "engine/alloc.h"
#include "engine/buf.h"

#include <math.h>
#include <string.h>

static enum hone_code no_memory(const struct hone_table *table, struct hone_err *err) {
    return hone_fail(err, HONE_E_NOMEM, "the data of '%s'", table->path);
}

bool hone_classes_are_texts(const struct hone_dataset *data) {
    double number;

    for (size_t k = 0; k < data->classes; k++) {
        if (hone_cell_read(data->class_name[k], &number) != HONE_CELL_NUMBER) {
            return true;
        }
    }
    return false;
}

/* Features of the column that begins with `first`. */
static size_t width_of(const struct hone_dataset *like, size_t first) {
    size_t end = first + 1;

    while (end < like->features && like->feature[end].column == like->feature[first].column) {
        end++;
    }
    return end - first;
}

static void encode_numbers(struct hone_dataset *data, const struct hone_column *column,
    size_t width) {
    for (size_t row = 0; row < data->rows; row++) {
        double *x = data->x + row * data->features + column->feature;

        x[0] = column->number[row];
        if (width > 1) {
            x[1] = isnan(x[0]) ? 1.0 : 0.0;
        }
    }
}

/* Where `level` stands among the column's levels, `width` when it is unknown. */
static size_t known_level(const struct hone_feature *feature, size_t width, const char *level) {
    size_t i = 0;

    while (i < width && strcmp(feature[i].level, level) != 0) {
        i++;
    }
    return i;
}

/* place is room for a number a level of the column. */
static void encode_texts(struct hone_dataset *data, const struct hone_column *column, size_t width,
    size_t *place) {
    const struct hone_feature *feature = data->feature + column->feature;

    for (size_t i = 0; i < column->levels.count; i++) {
        place[i] = known_level(feature, width, column->levels.text[i]);
    }
    for (size_t row = 0; row < data->rows; row++) {
        double *x = data->x + row * data->features + column->feature;
        const bool missing = column->level[row] < 0;
        const size_t at = missing ? width : place[column->level[row]];

        data->cells_unknown += !missing && at == width;
        for (size_t i = 0; i < width; i++) {
            x[i] = missing ? NAN : i == at ? 1.0 : 0.0;
        }
    }
}

static enum hone_code encode_column(struct hone_dataset *data, const struct hone_column *column,
    const struct hone_table *table, struct hone_err *err) {
    const size_t width = width_of(data, column->feature);
    size_t *place;

    data->cells_missing += column->missing;
    if (!column->is_text) {
        encode_numbers(data, column, width);
        return HONE_OK;
    }
    place = hone_new_array(column->levels.count, sizeof(*place));
    if (place == NULL) {
        return no_memory(table, err);
    }
    encode_texts(data, column, width, place);
    hone_free(place);
    return HONE_OK;
}

/* The class of a row, by the name it would have had when it was learned. */
static enum hone_code read_class(struct hone_dataset *data, const struct hone_table *table,
    size_t row, struct hone_buf *name, struct hone_err *err) {
    const struct hone_column *column = &table->column[table->target];
    enum hone_code code;

    hone_buf_clear(name);
    if (column->is_text) {
        hone_buf_add(name, column->levels.text[column->level[row]]);
    } else {
        hone_buf_add_real(name, column->number[row] + 0.0); /* -0 is 0 */
    }
    code = hone_buf_ok(name, err);
    if (code != HONE_OK) {
        return code;
    }
    for (size_t k = 0; k < data->classes; k++) {
        if (strcmp(hone_buf_text(name), data->class_name[k]) == 0) {
            data->label[row] = (int32_t)k;
            return HONE_OK;
        }
    }
    return hone_table_fail(table, 0, err,
        "row %zu is of class '%s' (column '%s'), which was not learned", row + 1,
        hone_cell_show(hone_buf_text(name)).text, hone_cell_show(column->name).text);
}

static enum hone_code encode_classes(struct hone_dataset *data, const struct hone_table *table,
    struct hone_err *err) {
    struct hone_buf name = {0};
    enum hone_code code = HONE_OK;

    data->label = hone_new_array(data->rows, sizeof(*data->label));
    if (data->label == NULL) {
        return no_memory(table, err);
    }
    for (size_t row = 0; code == HONE_OK && row < data->rows; row++) {
        code = read_class(data, table, row, &name, err);
    }
    hone_buf_finish(&name);
    return code;
}

static enum hone_code encode_target(struct hone_dataset *data, const struct hone_table *table,
    struct hone_err *err) {
    if (data->task == HONE_TASK_CLASSIFICATION) {
        return encode_classes(data, table, err);
    }
    data->y = hone_new_array(data->rows, sizeof(*data->y));
    if (data->y == NULL) {
        return no_memory(table, err);
    }
    memcpy(data->y, table->column[table->target].number, data->rows * sizeof(*data->y));
    return HONE_OK;
}

enum hone_code hone_encode_like(struct hone_dataset_own *own, const struct hone_table *table,
    struct hone_err *err) {
    const struct hone_dataset *like = table->like;
    struct hone_dataset *data = &own->data;
    enum hone_code code = HONE_OK;

    *data = (struct hone_dataset){
        .rows = table->rows, .features = like->features, .feature = like->feature,
        .task = like->task, .classes = like->classes, .class_name = like->class_name,
        .target_name = like->target_name,
    };
    memcpy(data->hash, table->hash, sizeof(data->hash));
    if (data->features > SIZE_MAX / sizeof(double) / data->rows) {
        return no_memory(table, err);
    }
    data->x = hone_new_array(data->rows * data->features, sizeof(*data->x));
    if (data->x == NULL) {
        return no_memory(table, err);
    }
    for (size_t i = 0; code == HONE_OK && i < table->columns; i++) {
        if (table->column[i].use == HONE_USE_FEATURE) {
            code = encode_column(data, &table->column[i], table, err);
        }
    }
    return code == HONE_OK && table->with_target ? encode_target(data, table, err) : code;
}
