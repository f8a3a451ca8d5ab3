#include "objectives/data/encode.h"

#include "engine/alloc.h"
#include "objectives/data/date.h"
#include "objectives/data/target.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROWS_AT_ONCE = 64,          /* so many rows of the matrix stay in the cache */
    MOST_FEATURES = 10000000,   /* one-hot features; see also svmlight.c */
};

static enum hone_code no_memory(const struct hone_table *table, struct hone_err *err) {
    return hone_fail(err, HONE_E_NOMEM, "the data of '%s'", table->path);
}

/* How many features a column becomes. */
static size_t column_width(const struct hone_column *column) {
    if (column->use != HONE_USE_FEATURE) {
        return 0;
    }
    return column->is_text ? column->levels.count : column->missing > 0 ? 2 : 1;
}

/* Levels in order of their bytes: their order of appearance would make the
 * features depend on the order of the rows. */
static enum hone_code sort_levels(struct hone_table *table, struct hone_column *column,
    struct hone_err *err) {
    int32_t *place = hone_new_array(column->levels.count, sizeof(*place));
    enum hone_code code;

    if (place == NULL) {
        return no_memory(table, err);
    }
    code = hone_levels_sort(&column->levels, place, err);
    for (size_t i = 0; code == HONE_OK && i < table->rows; i++) {
        if (column->level[i] >= 0) {
            column->level[i] = place[column->level[i]];
        }
    }
    hone_free(place);
    return code;
}

static enum hone_code name_features(struct hone_dataset_own *own, struct hone_table *table,
    size_t at, struct hone_feature *feature, struct hone_err *err) {
    struct hone_column *column = &table->column[at];
    size_t width = column_width(column);
    const char *name = hone_arena_text(&own->arena, column->name, strlen(column->name));

    if (name == NULL) {
        return no_memory(table, err);
    }
    for (size_t i = 0; i < width; i++) {
        feature[i] = (struct hone_feature){.column = at, .name = name,
            .kind = i > 0 ? HONE_FEATURE_INDICATOR : HONE_FEATURE_NUMBER};
        if (column->is_text) {
            const char *level = column->levels.text[i];

            feature[i].kind = HONE_FEATURE_LEVEL;
            feature[i].level = hone_arena_text(&own->arena, level, strlen(level));
            if (feature[i].level == NULL) {
                return no_memory(table, err);
            }
        }
    }
    return HONE_OK;
}

/* Counts and names the features, column by column. */
static enum hone_code plan_features(struct hone_dataset_own *own, struct hone_table *table,
    struct hone_err *err) {
    struct hone_dataset *data = &own->data;
    struct hone_feature *feature;
    enum hone_code code = HONE_OK;
    size_t at = 0;

    for (size_t i = 0; i < table->columns; i++) {
        const struct hone_column *column = &table->column[i];

        data->features += column_width(column);
        data->cells_missing += column->missing;
        data->columns_text += column->use == HONE_USE_FEATURE && column->is_text;
        data->columns_number += column->use == HONE_USE_FEATURE && !column->is_text;
    }
    if (data->features > MOST_FEATURES) {
        return hone_table_fail(table, 0, err, "%zu features; at most %d can be used",
            data->features, MOST_FEATURES);
    }
    feature = hone_arena_array(&own->arena, data->features, sizeof(*feature));
    if (feature == NULL) {
        return no_memory(table, err);
    }
    data->feature = feature;
    for (size_t i = 0; code == HONE_OK && i < table->columns; i++) {
        size_t width = column_width(&table->column[i]);

        if (width > 0 && table->column[i].is_text) {
            code = sort_levels(table, &table->column[i], err);
        }
        if (code == HONE_OK && width > 0) {
            code = name_features(own, table, i, feature + at, err);
        }
        at += width;
    }
    return code;
}

/* One cell's features, at x. */
static void encode_cell(const struct hone_column *column, size_t row, size_t width, double *x) {
    if (!column->is_text) {
        x[0] = column->number[row];
        if (width > 1) {
            x[1] = isnan(column->number[row]) ? 1.0 : 0.0;
        }
        return;
    }
    for (size_t i = 0; i < width; i++) {
        x[i] = column->level[row] < 0 ? NAN : (size_t)column->level[row] == i ? 1.0 : 0.0;
    }
}

static enum hone_code encode_features(struct hone_dataset *data, const struct hone_table *table,
    struct hone_err *err) {
    if (data->features > SIZE_MAX / sizeof(double) / data->rows) {
        return no_memory(table, err);
    }
    data->x = hone_new_array(data->rows * data->features, sizeof(*data->x));
    if (data->x == NULL) {
        return no_memory(table, err);
    }
    for (size_t first = 0; first < data->rows; first += ROWS_AT_ONCE) {
        size_t end = first + ROWS_AT_ONCE < data->rows ? first + ROWS_AT_ONCE : data->rows;
        size_t at = 0;

        for (size_t i = 0; i < table->columns; i++) {
            size_t width = column_width(&table->column[i]);

            for (size_t row = first; width > 0 && row < end; row++) {
                encode_cell(&table->column[i], row, width, data->x + row * data->features + at);
            }
            at += width;
        }
    }
    return HONE_OK;
}

static enum hone_code take_group(struct hone_dataset *data, struct hone_column *column,
    const struct hone_table *table, struct hone_err *err) {
    if (column->levels.count < 2) {
        (void)hone_table_fail(table, 0, err, "column '%s' has one group; at least 2 are needed",
            hone_cell_show(column->name).text);
        return hone_while(err, "cv.group");
    }
    data->group = column->level;
    data->groups = column->levels.count;
    column->level = NULL; /* the data set owns it now */
    return HONE_OK;
}

static enum hone_code take_time(struct hone_dataset *data, struct hone_column *column,
    struct hone_table *table, struct hone_err *err) {
    enum hone_code code;

    if (!column->is_text) {
        data->time = column->number;
        column->number = NULL; /* the data set owns it now */
        return HONE_OK;
    }
    code = hone_dates_check(table, column, err);
    if (code != HONE_OK) {
        return hone_while(err, "cv.time");
    }
    code = sort_levels(table, column, err);
    if (code != HONE_OK) {
        return code;
    }
    data->time = hone_new_array(data->rows, sizeof(*data->time));
    if (data->time == NULL) {
        return no_memory(table, err);
    }
    for (size_t i = 0; i < data->rows; i++) {
        data->time[i] = column->level[i];
    }
    return HONE_OK;
}

enum hone_code hone_encode(struct hone_dataset_own *own, struct hone_table *table,
    struct hone_err *err) {
    struct hone_dataset *data = &own->data;
    enum hone_code code;

    data->rows = table->rows;
    memcpy(data->hash, table->hash, sizeof(data->hash));
    code = hone_target_column(own, table, err);
    for (size_t i = 0; code == HONE_OK && i < table->columns; i++) {
        if (table->column[i].use == HONE_USE_GROUP) {
            code = take_group(data, &table->column[i], table, err);
        } else if (table->column[i].use == HONE_USE_TIME) {
            code = take_time(data, &table->column[i], table, err);
        }
    }
    if (code == HONE_OK) {
        code = plan_features(own, table, err);
    }
    return code == HONE_OK ? encode_features(data, table, err) : code;
}
