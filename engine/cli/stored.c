#include "engine/cli/stored.h"

#include "engine/cli/yaml.h"

#include <math.h>
#include <string.h>

/* A stored value as the spec would have it; a JSON text is one of YAML's too. */
static enum hone_code cell_value(struct cli_spec *spec, const struct hone_cell *cell,
    struct hone_value *ret, struct hone_err *err) {
    const struct hone_value *root = NULL;
    enum hone_code code = HONE_OK;

    switch (cell->type) {
    case HONE_CELL_INT:
        *ret = (struct hone_value){
            .type = HONE_INT, .integer = cell->integer, .real = (double)cell->integer};
        break;
    case HONE_CELL_REAL:
        *ret = (struct hone_value){.type = HONE_REAL, .real = cell->real};
        break;
    case HONE_CELL_TEXT:
        *ret = (struct hone_value){.type = HONE_TEXT, .text = cell->text};
        break;
    default:
        code = cli_yaml_read(cell->text, cell->length, &spec->arena, &spec->problems, &root, err);
        if (code == HONE_OK && root != NULL) {
            *ret = *root;
        }
        break;
    }
    return code;
}

/* One parameter of the row; what is inactive stays NaN. */
static enum hone_code take_param(struct cli_spec *spec, const char *name,
    const struct hone_cell *cell, double *x_value, struct hone_err *err) {
    const struct hone_space *space = &spec->plan.space;
    const size_t p = hone_space_find(space, name);
    struct hone_value value = {0};
    struct hone_buf why = {0};
    enum hone_code code = HONE_OK;

    if (cell->type == HONE_CELL_NONE || p == space->n) {
        return HONE_OK;
    }
    code = cell_value(spec, cell, &value, err);
    if (code == HONE_OK &&
        !hone_param_parse(&space->param[p], &value, &x_value[p], &why)) {
        code = hone_fail(err, HONE_E_CORRUPT, "the stored value of parameter '%s': %s", name,
            hone_buf_text(&why));
    }
    hone_buf_finish(&why);
    return code;
}

enum hone_code cli_stored_point(struct cli_spec *spec, const struct hone_trial_row *row,
    double *ret_x_value, struct hone_err *err) {
    enum hone_code code = HONE_OK;

    for (size_t p = 0; p < spec->plan.space.n; p++) {
        ret_x_value[p] = NAN;
    }
    for (size_t i = 0; code == HONE_OK && i < row->params; i++) {
        code = take_param(spec, row->param_name[i], &row->param[i], ret_x_value, err);
    }
    return code;
}

enum hone_code cli_stored_data_check(const struct hone_study_row *study,
    const struct hone_objective *objective, struct hone_err *err) {
    if (strcmp(objective->data_hash, study->data_hash) != 0) {
        return hone_fail(err, HONE_E_DIFFERS,
            "the data of study '%s' has changed since: its SHA-256 was %.12s, is %.12s",
            study->name, study->data_hash, objective->data_hash);
    }
    return HONE_OK;
}
