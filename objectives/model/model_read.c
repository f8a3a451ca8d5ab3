/* hone_model_read: every size is checked against what the file really holds before
 * memory is asked for. */
#include "objectives/model/model_file.h"

#include "engine/alloc.h"
#include "objectives/data/cell.h"
#include "objectives/data/levels.h"

#include <float.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

enum { LARGEST_FILE = 1 << 30, MOST_CLASSES = 1000, MOST_LAYERS = 1000 };

struct reading {
    const char *path;
    struct hone_predictor *predictor;
    struct hone_err *err;
};

static enum hone_code wrong(const struct reading *r, const char *what) {
    return hone_fail(r->err, HONE_E_INPUT, "%s: %s; it is no model that hone has written", r->path,
        what);
}

static enum hone_code no_memory(const struct reading *r) {
    return hone_fail(r->err, HONE_E_NOMEM, "reading '%s'", r->path);
}

static const char *copy_text(const struct reading *r, const json_t *text) {
    return hone_arena_text(&r->predictor->arena, json_string_value(text),
        json_string_length(text));
}

static bool read_real(const json_t *object, const char *key, double *ret) {
    const json_t *value = json_object_get(object, key);

    if (!json_is_number(value) || !isfinite(json_number_value(value))) {
        return false;
    }
    *ret = json_number_value(value);
    return true;
}

/* Where `text` stands in a NULL-terminated list of names; false when nowhere. */
static bool read_name(const json_t *text, const char *const *names, size_t *ret) {
    for (size_t i = 0; json_is_string(text) && names[i] != NULL; i++) {
        if (strcmp(names[i], json_string_value(text)) == 0) {
            *ret = i;
            return true;
        }
    }
    return false;
}

static enum hone_code read_head(const struct reading *r, const json_t *root) {
    const json_t *format = json_object_get(root, "format");
    const json_t *version = json_object_get(root, "version");

    if (!json_is_string(format) || strcmp(json_string_value(format), hone_model_format) != 0) {
        return wrong(r, "it does not begin with \"format\": \"hone model\"");
    }
    if (!json_is_integer(version) || json_integer_value(version) < 1) {
        return wrong(r, "it has no version");
    }
    return json_integer_value(version) == HONE_MODEL_VERSION
               ? HONE_OK
               : hone_fail(r->err, HONE_E_INPUT,
                     "%s: a model of version %lld; this program reads version %d", r->path,
                     (long long)json_integer_value(version), HONE_MODEL_VERSION);
}

/* ---- What is predicted ---- */

static enum hone_code read_classes(const struct reading *r, const json_t *root) {
    struct hone_dataset *like = &r->predictor->like;
    const json_t *list = json_object_get(root, "classes");
    const size_t count = json_array_size(list);
    const char **name;

    if (count < 2 || count > MOST_CLASSES) {
        return wrong(r, "classes is no list of 2 to 1000 names");
    }
    name = hone_arena_array(&r->predictor->arena, count, sizeof(*name));
    for (size_t k = 0; name != NULL && k < count; k++) {
        if (!json_is_string(json_array_get(list, k))) {
            return wrong(r, "classes is no list of 2 to 1000 names");
        }
        name[k] = copy_text(r, json_array_get(list, k));
        if (name[k] == NULL) {
            return no_memory(r);
        }
    }
    like->class_name = name;
    like->classes = count;
    r->predictor->scaling.y_sd = 1;
    return name == NULL ? no_memory(r) : HONE_OK;
}

static enum hone_code read_target(const struct reading *r, const json_t *root) {
    static const char *const task_names[] = {"classification", "regression", NULL};
    struct hone_dataset *like = &r->predictor->like;
    struct hone_scaling *scaling = &r->predictor->scaling;
    const json_t *target = json_object_get(root, "target");
    const json_t *y = json_object_get(root, "target_scaling");
    size_t task;

    if (!read_name(json_object_get(root, "task"), task_names, &task) || !json_is_string(target)) {
        return wrong(r, "task or target is missing");
    }
    like->target_name = copy_text(r, target);
    if (like->target_name == NULL) {
        return no_memory(r);
    }
    like->task = task == 0 ? HONE_TASK_CLASSIFICATION : HONE_TASK_REGRESSION;
    if (like->task == HONE_TASK_CLASSIFICATION) {
        return read_classes(r, root);
    }
    return read_real(y, "mean", &scaling->y_mean) && read_real(y, "sd", &scaling->y_sd)
               ? HONE_OK
               : wrong(r, "target_scaling has no mean or no sd");
}

/* ---- Cells and features ---- */

static enum hone_code add_missing(const struct reading *r, const json_t *item,
    struct hone_value *list) {
    struct hone_value *value = hone_arena_new(&r->predictor->arena, sizeof(*value));

    if (json_is_array(item) || json_is_object(item)) {
        return wrong(r, "what stands for a missing cell is no scalar");
    }
    if (value == NULL) {
        return no_memory(r);
    }
    value->type = json_is_integer(item) ? HONE_INT : json_is_real(item) ? HONE_REAL
        : json_is_boolean(item) ? HONE_BOOL : json_is_null(item) ? HONE_NULL : HONE_TEXT;
    value->boolean = json_is_true(item);
    value->integer = json_integer_value(item);
    value->real = json_number_value(item);
    value->text = json_is_string(item) ? copy_text(r, item) : "";
    list->item[list->count++] = value;
    return value->text == NULL ? no_memory(r) : HONE_OK;
}

static enum hone_code read_missing(const struct reading *r, const json_t *root) {
    const json_t *json = json_object_get(root, "missing");
    struct hone_value *list;

    if (json_is_null(json)) {
        return HONE_OK;
    }
    if (!json_is_array(json) && !json_is_string(json) && !json_is_number(json)) {
        return wrong(r, "missing is no list");
    }
    list = hone_arena_new(&r->predictor->arena, sizeof(*list));
    if (list != NULL) {
        *list = (struct hone_value){.type = HONE_LIST};
        list->item = hone_arena_array(&r->predictor->arena, json_array_size(json) + 1,
            sizeof(*list->item));
    }
    if (list == NULL || list->item == NULL) {
        return no_memory(r);
    }
    r->predictor->missing = list;
    if (!json_is_array(json)) {
        return add_missing(r, json, list);
    }
    for (size_t i = 0; i < json_array_size(json); i++) {
        if (add_missing(r, json_array_get(json, i), list) != HONE_OK) {
            return r->err->code;
        }
    }
    return HONE_OK;
}

/* Whether the feature goes on with the column of the one before. */
static bool goes_on(const struct hone_feature *before, const struct hone_feature *feature) {
    const bool pair =
        before->kind == HONE_FEATURE_NUMBER && feature->kind == HONE_FEATURE_INDICATOR;
    const bool levels = before->kind == HONE_FEATURE_LEVEL && feature->kind == HONE_FEATURE_LEVEL;

    return (pair || levels) && strcmp(before->name, feature->name) == 0;
}

static enum hone_code read_feature(const struct reading *r, const json_t *json, size_t j,
    struct hone_feature *feature) {
    const struct hone_scaling *scaling = &r->predictor->scaling;
    const json_t *column = json_object_get(json, "column");
    const json_t *level = json_object_get(json, "level");
    size_t kind;

    if (!json_is_string(column) ||
        !read_name(json_object_get(json, "kind"), hone_feature_kind_names, &kind) ||
        (kind == HONE_FEATURE_LEVEL) != json_is_string(level)) {
        return wrong(r, "a feature has no column, kind or level");
    }
    if (!read_real(json, "fill", &scaling->fill[j]) ||
        !read_real(json, "mean", &scaling->mean[j]) ||
        !read_real(json, "scale", &scaling->scale[j])) {
        return wrong(r, "a feature has no fill, mean or scale");
    }
    feature->kind = (enum hone_feature_kind)kind;
    feature->name = copy_text(r, column);
    feature->level = kind == HONE_FEATURE_LEVEL ? copy_text(r, level) : NULL;
    return feature->name == NULL || (feature->level == NULL && kind == HONE_FEATURE_LEVEL)
               ? no_memory(r)
               : HONE_OK;
}

/* Gives feature j its column, which must be that of the feature before or a new one. */
static enum hone_code place_feature(const struct reading *r, struct hone_feature *feature,
    size_t j, struct hone_levels *columns) {
    const size_t before = columns->count;
    int32_t index = 0;
    enum hone_code code;

    if (j > 0 && goes_on(&feature[j - 1], &feature[j])) {
        feature[j].column = feature[j - 1].column;
        return HONE_OK;
    }
    code = hone_levels_index(columns, feature[j].name, &index, r->err);
    if (code == HONE_OK &&
        (columns->count == before || feature[j].kind == HONE_FEATURE_INDICATOR)) {
        return wrong(r, "the features of a column do not stand together");
    }
    feature[j].column = (size_t)index;
    return code;
}

static enum hone_code read_features(const struct reading *r, const json_t *root) {
    struct hone_predictor *p = r->predictor;
    const json_t *list = json_object_get(root, "features");
    const size_t count = json_array_size(list);
    struct hone_feature *feature = hone_arena_array(&p->arena, count, sizeof(*feature));
    struct hone_levels columns = {0};
    enum hone_code code = HONE_OK;

    if (count == 0) {
        return wrong(r, "it has no features");
    }
    p->scaling.fill = hone_new_array(count, sizeof(double));
    p->scaling.mean = hone_new_array(count, sizeof(double));
    p->scaling.scale = hone_new_array(count, sizeof(double));
    if (feature == NULL || p->scaling.fill == NULL || p->scaling.mean == NULL ||
        p->scaling.scale == NULL) {
        return no_memory(r);
    }
    for (size_t j = 0; code == HONE_OK && j < count; j++) {
        code = read_feature(r, json_array_get(list, j), j, &feature[j]);
        if (code == HONE_OK) {
            code = place_feature(r, feature, j, &columns);
        }
    }
    hone_levels_finish(&columns);
    p->like.feature = feature;
    p->like.features = count;
    return code;
}

/* ---- Layers ---- */

/* A layer's list of numbers that a weight can hold. */
static bool read_weights(const json_t *list, size_t count, hone_real *ret_weight) {
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(list, i);
        const double value = json_number_value(item);

        if (!json_is_number(item) || !(fabs(value) <= FLT_MAX)) {
            return false;
        }
        ret_weight[i] = (hone_real)value;
    }
    return true;
}

/* The sizes of a layer, which its lists must have. False: they do not fit. */
static bool layer_fits(const json_t *layer, size_t inputs, size_t *ret_outputs) {
    const size_t weights = json_array_size(json_object_get(layer, "weights"));
    const size_t outputs = json_array_size(json_object_get(layer, "biases"));

    *ret_outputs = outputs;
    return outputs > 0 && weights / outputs == inputs && weights % outputs == 0 &&
           json_integer_value(json_object_get(layer, "inputs")) == (json_int_t)inputs &&
           json_integer_value(json_object_get(layer, "outputs")) == (json_int_t)outputs;
}

/* The shape that all layers together have. */
static enum hone_code read_shape(const struct reading *r, const json_t *list,
    struct hone_network_shape *shape, size_t *hidden) {
    const size_t count = json_array_size(list);
    size_t outputs = shape->inputs;

    for (size_t l = 0; l < count; l++) {
        const json_t *layer = json_array_get(list, l);
        const json_t *activation = json_object_get(layer, "activation");
        size_t index;

        if (!layer_fits(layer, outputs, &outputs)) {
            return wrong(r, "the sizes of its layers do not fit");
        }
        if (l + 1 == count) {
            break;
        }
        if (!read_name(activation, hone_activation_names, &index) ||
            (l > 0 && hone_activations[index] != shape->activation)) {
            return wrong(r, "the activation of its layers is none that is known");
        }
        shape->activation = hone_activations[index];
        hidden[l] = outputs;
    }
    return outputs == shape->outputs ? HONE_OK : wrong(r, "the sizes of its layers do not fit");
}

static enum hone_code read_layers(const struct reading *r, const json_t *root) {
    struct hone_predictor *p = r->predictor;
    const bool softmax = p->like.task == HONE_TASK_CLASSIFICATION;
    const json_t *list = json_object_get(root, "layers");
    const size_t count = json_array_size(list);
    size_t hidden[MOST_LAYERS];
    struct hone_network_shape shape = {
        .inputs = p->like.features, .hidden_count = count - 1, .hidden = hidden,
        .outputs = softmax ? p->like.classes : 1, .softmax = softmax,
        .activation = hone_activations[0],
    };
    enum hone_code code;

    if (count == 0 || count > MOST_LAYERS) {
        return wrong(r, "it has no layers, or too many");
    }
    code = read_shape(r, list, &shape, hidden);
    if (code == HONE_OK) {
        code = hone_predictor_make_network(p, &shape, r->err);
    }
    for (size_t l = 0; code == HONE_OK && l < count; l++) {
        const struct hone_layer *layer = &p->network.layer[l];
        const json_t *json = json_array_get(list, l);

        if (!read_weights(json_object_get(json, "weights"), layer->inputs * layer->outputs,
                layer->weight) ||
            !read_weights(json_object_get(json, "biases"), layer->outputs, layer->bias)) {
            code = wrong(r, "a weight is no number");
        }
    }
    return code;
}

/* ---- The file ---- */

static enum hone_code read_root(const struct reading *r, const json_t *root) {
    enum hone_code code = read_head(r, root);

    if (code == HONE_OK) {
        code = read_target(r, root);
    }
    if (code == HONE_OK) {
        code = read_missing(r, root);
    }
    if (code == HONE_OK) {
        code = read_features(r, root);
    }
    return code == HONE_OK ? read_layers(r, root) : code;
}

enum hone_code hone_model_read(const char *path, struct hone_predictor *predictor,
    struct hone_err *err) {
    const struct reading reading = {.path = path, .predictor = predictor, .err = err};
    struct hone_buf text = {0};
    json_error_t why;
    json_t *root;
    enum hone_code code = hone_buf_read_file(&text, path, LARGEST_FILE, err);

    if (code != HONE_OK) {
        err->code = code == HONE_E_NOMEM ? code : HONE_E_INPUT;
        code = err->code;
        goto out;
    }
    root = json_loadb(hone_buf_text(&text), text.length, JSON_REJECT_DUPLICATES, &why);
    hone_buf_finish(&text);
    if (root == NULL) {
        code = hone_fail(err, HONE_E_INPUT, "%s:%d:%d: %s; it is no model that hone has written",
            path, why.line, why.column, hone_cell_show(why.text).text);
        goto out;
    }
    code = read_root(&reading, root);
    json_decref(root);
out:
    hone_buf_finish(&text);
    return code;
}
