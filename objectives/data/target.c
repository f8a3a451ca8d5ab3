#include "objectives/data/target.h"

#include "engine/alloc.h"
#include "engine/buf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* With AUTO, integers of at most so many values are classes: the digits, the
 * grades, the stars; never a count or a year over many rows. */
enum { MOST_AUTO_CLASSES = 20 };

static enum hone_code no_memory(const char *where, struct hone_err *err) {
    return hone_fail(err, HONE_E_NOMEM, "the target of '%s'", where);
}

static int compare_numbers(const void *left, const void *right) {
    double a = *(const double *)left;
    double b = *(const double *)right;

    return (a > b) - (a < b);
}

/* A sorted copy of the different numbers. */
static double *different_numbers(const double *number, size_t rows, size_t *ret_count) {
    double *different = hone_new_array(rows, sizeof(*different));
    size_t count = 0;

    if (different == NULL) {
        return NULL;
    }
    memcpy(different, number, rows * sizeof(*different));
    qsort(different, rows, sizeof(*different), compare_numbers);
    for (size_t i = 0; i < rows; i++) {
        if (i == 0 || different[i] != different[i - 1]) {
            different[count++] = different[i];
        }
    }
    *ret_count = count;
    return different;
}

static bool all_integers(const double *number, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (number[i] != floor(number[i])) {
            return false;
        }
    }
    return true;
}

static enum hone_code check_class_count(const struct hone_dataset *data, size_t classes,
    const char *where, struct hone_err *err) {
    if (classes < 2) {
        return hone_fail(err, HONE_E_INPUT,
            "%s: the target '%s' has the same value in every row; there is nothing to learn", where,
            hone_cell_show(data->target_name).text);
    }
    if (classes > HONE_MOST_LEVELS || (classes > MOST_AUTO_CLASSES && 2 * classes > data->rows)) {
        return hone_fail(err, HONE_E_INPUT,
            "%s: the target '%s' has %zu different values in %zu rows, too many for classes; use "
            "data.task: regression or another data.target", where,
            hone_cell_show(data->target_name).text, classes, data->rows);
    }
    return HONE_OK;
}

static enum hone_code number_targets(struct hone_dataset *data, const double *number,
    size_t different, const char *where, struct hone_err *err) {
    if (different < 2) {
        return check_class_count(data, different, where, err);
    }
    data->y = hone_new_array(data->rows, sizeof(*data->y));
    if (data->y == NULL) {
        return no_memory(where, err);
    }
    memcpy(data->y, number, data->rows * sizeof(*data->y));
    data->task = HONE_TASK_REGRESSION;
    return HONE_OK;
}

static enum hone_code name_number_classes(struct hone_dataset_own *own, const double *different,
    const char *where, struct hone_err *err) {
    size_t classes = own->data.classes;
    const char **name = hone_arena_array(&own->arena, classes, sizeof(*name));
    struct hone_buf text = {0};
    bool complete = name != NULL;

    for (size_t i = 0; complete && i < classes; i++) {
        hone_buf_clear(&text);
        hone_buf_add_real(&text, different[i] + 0.0); /* -0 is 0 */
        name[i] = hone_arena_text(&own->arena, hone_buf_text(&text), text.length);
        complete = name[i] != NULL && !text.failed;
    }
    hone_buf_finish(&text);
    own->data.class_name = name;
    return complete ? HONE_OK : no_memory(where, err);
}

static enum hone_code number_classes(struct hone_dataset_own *own, const double *number,
    const double *different, size_t classes, const char *where, struct hone_err *err) {
    struct hone_dataset *data = &own->data;
    enum hone_code code = check_class_count(data, classes, where, err);

    if (code != HONE_OK) {
        return code;
    }
    data->task = HONE_TASK_CLASSIFICATION;
    data->classes = classes;
    data->label = hone_new_array(data->rows, sizeof(*data->label));
    if (data->label == NULL) {
        return no_memory(where, err);
    }
    for (size_t i = 0; i < data->rows; i++) {
        const double *at =
            bsearch(&number[i], different, classes, sizeof(*different), compare_numbers);

        data->label[i] = (int32_t)(at - different);
    }
    return name_number_classes(own, different, where, err);
}

enum hone_code hone_target_numbers(struct hone_dataset_own *own, enum hone_task task,
    const double *number, const char *where, struct hone_err *err) {
    size_t rows = own->data.rows;
    size_t count = 0;
    double *different = different_numbers(number, rows, &count);
    bool few;
    enum hone_code code;

    if (different == NULL) {
        return no_memory(where, err);
    }
    few = count <= MOST_AUTO_CLASSES && 2 * count <= rows && all_integers(different, count);
    if (task == HONE_TASK_CLASSIFICATION || (task == HONE_TASK_AUTO && few)) {
        code = number_classes(own, number, different, count, where, err);
    } else {
        code = number_targets(&own->data, number, count, where, err);
    }
    hone_free(different);
    return code;
}

static enum hone_code copy_class_names(struct hone_dataset_own *own,
    const struct hone_levels *levels, const char *where, struct hone_err *err) {
    const char **name = hone_arena_array(&own->arena, levels->count, sizeof(*name));
    bool complete = name != NULL;

    for (size_t i = 0; complete && i < levels->count; i++) {
        name[i] = hone_arena_text(&own->arena, levels->text[i], strlen(levels->text[i]));
        complete = name[i] != NULL;
    }
    own->data.class_name = name;
    own->data.classes = levels->count;
    return complete ? HONE_OK : no_memory(where, err);
}

/* place[level] is the class of a level. */
static enum hone_code text_classes(struct hone_dataset_own *own, struct hone_column *column,
    int32_t *place, const char *where, struct hone_err *err) {
    struct hone_dataset *data = &own->data;
    enum hone_code code = check_class_count(data, column->levels.count, where, err);

    if (code == HONE_OK) {
        code = hone_levels_sort(&column->levels, place, err);
    }
    if (code == HONE_OK) {
        code = copy_class_names(own, &column->levels, where, err);
    }
    if (code != HONE_OK) {
        return code;
    }
    data->task = HONE_TASK_CLASSIFICATION;
    data->label = hone_new_array(data->rows, sizeof(*data->label));
    if (data->label == NULL) {
        return no_memory(where, err);
    }
    for (size_t i = 0; i < data->rows; i++) {
        data->label[i] = place[column->level[i]];
    }
    return HONE_OK;
}

enum hone_code hone_target_column(struct hone_dataset_own *own, struct hone_table *table,
    struct hone_err *err) {
    struct hone_column *column = &table->column[table->target];
    enum hone_task task = (enum hone_task)table->config->task;
    enum hone_code code;
    int32_t *place;

    own->data.target_name = hone_arena_text(&own->arena, column->name, strlen(column->name));
    if (own->data.target_name == NULL) {
        return no_memory(table->path, err);
    }
    if (!column->is_text) {
        return hone_target_numbers(own, task, column->number, table->path, err);
    }
    if (task == HONE_TASK_REGRESSION) {
        return hone_table_fail(table, column->word_line, err,
            "the target '%s' has '%s' here; data.task: regression needs numbers",
            hone_cell_show(column->name).text, column->word.text);
    }
    place = hone_new_array(column->levels.count, sizeof(*place));
    if (place == NULL) {
        return no_memory(table->path, err);
    }
    code = text_classes(own, column, place, table->path, err);
    hone_free(place);
    return code;
}
