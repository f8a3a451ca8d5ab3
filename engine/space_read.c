/* From the `space:` mapping to parameters. Every problem is noted and reading
 * goes on, so that a user sees all of them at once. */
#include "engine/alloc.h"
#include "engine/option.h"
#include "engine/space.h"
#include "engine/space_reach.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_BYTES = 300, NAME_LIMIT = 100, UNSAID = -1 };

static const double INTEGER_LIMIT = 9007199254740992.0; /* 2^53: doubles count no further */
static const double STEPS_LIMIT = 4503599627370496.0;   /* 2^52: every step makes another double */

static const char *const type_names[] = {"float", "int", "categorical", NULL};

struct param_config {
    int type;
    double low, high, step;
    bool log;
    int64_t points;
    const struct hone_value *choices;
    const struct hone_value *value;
    const struct hone_value *preset;
    const struct hone_value *when;
};

static const struct hone_option param_options[] = {
    HONE_ONE_OF(struct param_config, type, type_names, UNSAID, "float, int or categorical"),
    HONE_REAL(struct param_config, low, NAN, -DBL_MAX, DBL_MAX, "smallest value"),
    HONE_REAL(struct param_config, high, NAN, -DBL_MAX, DBL_MAX, "largest value"),
    HONE_FLAG(struct param_config, log, 0, "search on a logarithmic scale"),
    HONE_REAL(struct param_config, step, 0, 0, DBL_MAX, "distance of values; 0: any value"),
    HONE_INTEGER(struct param_config, points, 0, 1, 1e9, "how many values a grid takes"),
    HONE_ANYTHING(struct param_config, choices, "list of the values of a categorical"),
    HONE_ANYTHING(struct param_config, value, "the one value of a constant"),
    {.name = "default", .summary = "the value that trial 0 has", .kind = HONE_OPTION_VALUE,
        .offset = offsetof(struct param_config, preset)},
    HONE_ANYTHING(struct param_config, when, "active only when other parameters have these values"),
    HONE_OPTIONS_END,
};

struct reader {
    struct hone_arena *arena;
    struct hone_problems *problems;
    struct hone_err *err;
    const struct hone_value *map;
    struct hone_param *param;
    size_t n;
};

static enum hone_code no_memory(struct hone_err *err) {
    return hone_fail(err, HONE_E_NOMEM, "out of memory for the space");
}

static const char *key_of(const struct hone_param *param, const char *field,
    char ret_key[KEY_BYTES]) {
    (void)snprintf(ret_key, KEY_BYTES, "space.%.*s%s%s", NAME_LIMIT, param->name,
        *field != '\0' ? "." : "", field);
    return ret_key;
}

/* Where the value of `field` stands, or the parameter itself. */
static struct hone_place place_of(const struct hone_param *param, const struct hone_value *spec,
    const char *field) {
    const struct hone_value *value = hone_value_get(spec, field);

    return value != NULL ? value->place : param->place;
}

static bool is_finite_value(const struct hone_value *value) {
    if (value->type == HONE_REAL) {
        return isfinite(value->real);
    }
    for (size_t i = 0; value->type == HONE_LIST && i < value->count; i++) {
        if (!is_finite_value(value->item[i])) {
            return false;
        }
    }
    return true;
}

static int by_content(const void *a, const void *b) {
    const struct hone_value *const *first = a;
    const struct hone_value *const *second = b;

    return hone_value_compare(*first, *second);
}

/* Equal choices would make a grid visit a point twice. */
static enum hone_code check_twins(struct reader *r, const char *key,
    const struct hone_value *choices) {
    const struct hone_value **sorted = hone_new_array(choices->count, sizeof(*sorted));

    if (sorted == NULL) {
        return no_memory(r->err);
    }
    memcpy(sorted, choices->item, choices->count * sizeof(*sorted));
    qsort(sorted, choices->count, sizeof(*sorted), by_content);
    for (size_t i = 1; i < choices->count; i++) {
        const struct hone_value *a = sorted[i - 1];
        const struct hone_value *b = sorted[i];

        if (hone_value_compare(a, b) == 0) {
            bool a_is_later = a->place.line > b->place.line ||
                              (a->place.line == b->place.line && a->place.column > b->place.column);

            hone_problem(r->problems, a_is_later ? a->place : b->place, key,
                "a choice stands twice; each should stand once");
        }
    }
    hone_free(sorted);
    return HONE_OK;
}

static enum hone_code read_choices(struct reader *r, struct hone_param *param,
    const struct hone_value *choices) {
    char key[KEY_BYTES];

    key_of(param, "", key);
    if (choices->type != HONE_LIST || choices->count == 0) {
        hone_problem(r->problems, choices->place, key,
            "a categorical needs choices; it should be a list such as [a, b]");
        return HONE_OK;
    }
    if (choices->count > HONE_CHOICE_LIMIT) {
        hone_problem(r->problems, choices->place, key, "%zu choices; at most %d can be used",
            choices->count, HONE_CHOICE_LIMIT);
        return HONE_OK;
    }
    for (size_t i = 0; i < choices->count; i++) {
        if (!is_finite_value(choices->item[i])) {
            hone_problem(r->problems, choices->item[i]->place, key,
                "a choice is not finite; it should be an ordinary number or a text");
        }
    }
    param->type = HONE_PARAM_CATEGORICAL;
    param->choice_count = choices->count;
    param->choice = choices->item;
    return check_twins(r, key, choices);
}

static enum hone_code make_constant(struct reader *r, struct hone_param *param,
    const struct hone_value *value) {
    const struct hone_value **one = hone_arena_new(r->arena, sizeof(*one));
    char key[KEY_BYTES];

    if (one == NULL) {
        return no_memory(r->err);
    }
    if (!is_finite_value(value)) {
        hone_problem(r->problems, value->place, key_of(param, "", key),
            "the value is not finite; it should be an ordinary number");
    }
    *one = value;
    param->type = HONE_PARAM_CATEGORICAL;
    param->choice_count = 1;
    param->choice = one;
    return HONE_OK;
}

static bool check_bounds(struct reader *r, struct hone_param *param,
    const struct hone_value *spec, const struct param_config *config) {
    size_t before = r->problems->count;
    char key[KEY_BYTES];

    if (hone_value_get(spec, "low") == NULL || hone_value_get(spec, "high") == NULL) {
        hone_problem(r->problems, param->place, key_of(param, "", key),
            "low and high are needed; such as {type: %s, low: 1, high: 10}",
            type_names[config->type]);
        return false;
    }
    if (isnan(config->low) || isnan(config->high)) {
        return false; /* noted where they were read */
    }
    if (config->low > config->high) {
        hone_problem(r->problems, place_of(param, spec, "low"), key_of(param, "low", key),
            "%g is above high, %g; low should be the smaller", config->low, config->high);
    }
    if (config->log && config->low <= 0) {
        hone_problem(r->problems, place_of(param, spec, "low"), key_of(param, "low", key),
            "%g has no logarithm; with log: true it should be above 0", config->low);
    }
    return r->problems->count == before;
}

static void check_whole(struct reader *r, const struct hone_param *param,
    const struct hone_value *spec, const char *field, double number) {
    char key[KEY_BYTES];

    if (number != floor(number) || fabs(number) > INTEGER_LIMIT) {
        hone_problem(r->problems, place_of(param, spec, field), key_of(param, field, key),
            "%g is no whole number (of at most 2^53); an int needs one", number);
    }
}

static void check_step(struct reader *r, const struct hone_param *param,
    const struct hone_value *spec) {
    char key[KEY_BYTES];

    double largest = fmax(fabs(param->low), fabs(param->high));

    if (!isfinite(param->high - param->low)) {
        hone_problem(r->problems, place_of(param, spec, "step"), key_of(param, "step", key),
            "the range from %g to %g is too wide for steps; it should be left out", param->low,
            param->high);
    } else if (param->step > param->high - param->low && param->high > param->low) {
        hone_problem(r->problems, place_of(param, spec, "step"), key_of(param, "step", key),
            "%g is wider than the range; it should be at most %g", param->step,
            param->high - param->low);
    } else if (param->log && param->low - param->step / 2 <= 0) {
        hone_problem(r->problems, place_of(param, spec, "step"), key_of(param, "step", key),
            "%g is too wide for a logarithmic scale from %g; it should be below %g", param->step,
            param->low, 2 * param->low);
    } else if (param->type == HONE_PARAM_FLOAT && largest / param->step > STEPS_LIMIT) {
        hone_problem(r->problems, place_of(param, spec, "step"), key_of(param, "step", key),
            "%g is too fine for numbers such as %g; it should be larger", param->step, largest);
    }
}

static void read_range(struct reader *r, struct hone_param *param, const struct hone_value *spec,
    const struct param_config *config) {
    size_t before = r->problems->count;

    if (!check_bounds(r, param, spec, config)) {
        return;
    }
    param->type = config->type == HONE_PARAM_INT ? HONE_PARAM_INT : HONE_PARAM_FLOAT;
    param->low = config->low;
    param->high = config->high;
    param->log = config->log;
    param->points = (size_t)config->points;
    param->step = config->step;
    if (param->type == HONE_PARAM_INT) {
        param->step = config->step > 0 ? config->step : 1;
        check_whole(r, param, spec, "low", param->low);
        check_whole(r, param, spec, "high", param->high);
        check_whole(r, param, spec, "step", param->step);
    }
    if (param->step > 0 && r->problems->count == before) {
        check_step(r, param, spec);
    }
    if (param->step > 0 && r->problems->count == before) {
        /* Optuna's rule: high comes down to the last value that steps reach. */
        param->high = hone_param_last_level(param);
    }
}

static void check_fields(struct reader *r, const struct hone_param *param,
    const struct hone_value *spec, const char *const *allowed, const char *kind) {
    char key[KEY_BYTES];

    for (size_t i = 0; i < spec->count; i++) {
        const char *field = spec->entry[i].key;
        bool known = hone_option_find(param_options, field) != NULL;

        for (size_t a = 0; known && allowed[a] != NULL; a++) {
            known = strcmp(allowed[a], field) != 0;
        }
        if (known) { /* an option, but of another kind of parameter */
            hone_problem(r->problems, spec->entry[i].place, key_of(param, field, key),
                "it has no meaning for %s; it should be left out", kind);
        }
    }
}

static enum hone_code read_mapping(struct reader *r, struct hone_param *param,
    const struct hone_value *spec) {
    static const char *const constant[] = {"value", "when", NULL};
    static const char *const category[] = {"type", "choices", "default", "when", NULL};
    static const char *const range[] = {"type", "low", "high", "log", "step", "points", "default",
        "when", NULL};
    static const struct hone_option *const tables[] = {param_options, NULL};
    struct param_config config;
    char key[KEY_BYTES];

    key_of(param, "", key);
    hone_options_read(param_options, key, spec, &config, r->problems);
    hone_options_unknown(tables, key, spec, r->problems);
    param->preset = config.preset;
    if (config.value != NULL) {
        check_fields(r, param, spec, constant, "a constant");
        return make_constant(r, param, config.value);
    }
    if (config.type == UNSAID && hone_value_get(spec, "type") != NULL) {
        return HONE_OK; /* noted where it was read; what else fits is unknown */
    }
    if (config.type == UNSAID && config.choices == NULL) {
        hone_problem(r->problems, param->place, key,
            "type is missing; it should be type: float, type: int or type: categorical");
        return HONE_OK;
    }
    config.type = config.type == UNSAID ? HONE_PARAM_CATEGORICAL : config.type;
    if (config.type != HONE_PARAM_CATEGORICAL) {
        check_fields(r, param, spec, range, type_names[config.type]);
        read_range(r, param, spec, &config);
        return HONE_OK;
    }
    check_fields(r, param, spec, category, "a categorical");
    if (config.choices == NULL) {
        hone_problem(r->problems, param->place, key,
            "choices are missing; such as {type: categorical, choices: [a, b]}");
        return HONE_OK;
    }
    return read_choices(r, param, config.choices);
}

static void check_name(struct reader *r, const struct hone_param *param) {
    bool good = *param->name != '\0' && strlen(param->name) <= NAME_LIMIT;
    char key[KEY_BYTES];

    for (const char *c = param->name; *c != '\0'; c++) {
        good = good && (unsigned char)*c >= 0x20 && *c != 0x7F;
    }
    if (!good) {
        hone_problem(r->problems, param->place, key_of(param, "", key),
            "this cannot name a parameter; it should be 1 to %d printable characters", NAME_LIMIT);
    }
}

static enum hone_code read_param(struct reader *r, size_t p) {
    struct hone_param *param = &r->param[p];
    const struct hone_value *spec = r->map->entry[p].value;

    param->name = r->map->entry[p].key;
    param->place = r->map->entry[p].place;
    check_name(r, param);
    if (spec->type == HONE_MAP) {
        return read_mapping(r, param, spec);
    }
    if (spec->type == HONE_LIST) {
        return read_choices(r, param, spec);
    }
    return make_constant(r, param, spec);
}

/* The default must be a value of the parameter. */
static void check_preset(struct reader *r, const struct hone_param *param) {
    struct hone_buf why = {0};
    char key[KEY_BYTES];
    double x_value;

    if (param->preset != NULL && !hone_param_parse(param, param->preset, &x_value, &why)) {
        hone_problem(r->problems, param->preset->place, key_of(param, "default", key), "%s",
            hone_buf_text(&why));
    }
    hone_buf_finish(&why);
}

static size_t find_parent(struct reader *r, const struct hone_param *child,
    const struct hone_entry *entry) {
    const struct hone_space all = {.n = r->n, .param = r->param};
    size_t parent = hone_space_find(&all, entry->key);
    const char *near = NULL;
    char key[KEY_BYTES];

    if (parent < r->n && &r->param[parent] != child) {
        return parent;
    }
    if (r->problems->count < HONE_PROBLEMS_SHOWN) { /* a search through all names */
        near = hone_space_nearest(&all, entry->key);
    }
    if (parent < r->n) {
        hone_problem(r->problems, entry->place, key_of(child, "when", key),
            "it waits for itself; another parameter should stand here");
    } else if (near != NULL) {
        hone_problem(r->problems, entry->place, key_of(child, "when", key),
            "there is no parameter '%.100s'; did you mean '%s'?", entry->key, near);
    } else {
        hone_problem(r->problems, entry->place, key_of(child, "when", key),
            "there is no parameter '%.100s'; it should be one of this space", entry->key);
    }
    return r->n;
}

/* One value of the parent that lets the child be active. */
static void read_alternative(struct reader *r, const struct hone_param *child,
    const struct hone_param *parent, const struct hone_value *value, double *ret_x_value) {
    struct hone_buf why = {0};
    char key[KEY_BYTES];

    if (!hone_param_parse(parent, value, ret_x_value, &why)) {
        hone_problem(r->problems, value->place, key_of(child, "when", key),
            "'%s' never has this value: %s", parent->name, hone_buf_text(&why));
    }
    hone_buf_finish(&why);
}

/* Whether the parent can be waited for; else the reason is noted. */
static bool is_usable_parent(struct reader *r, const struct hone_param *child,
    const struct hone_entry *entry, size_t p) {
    const struct hone_value *value = entry->value;
    char key[KEY_BYTES];

    if (p == r->n || r->param[p].broken) {
        return false; /* noted before */
    }
    if (hone_param_levels(&r->param[p]) == 0) {
        hone_problem(r->problems, entry->place, key_of(child, "when", key),
            "'%s' is a continuous float; a condition needs a categorical, an int or a step",
            entry->key);
        return false;
    }
    if (value->type == HONE_LIST && value->count == 0) {
        hone_problem(r->problems, value->place, key_of(child, "when", key),
            "no value of '%s' is given; there should be at least one", entry->key);
        return false;
    }
    return true;
}

/* Adds one condition to the child, if it is one. */
static enum hone_code read_condition(struct reader *r, const struct hone_param *child,
    const struct hone_entry *entry, struct hone_condition *condition, size_t *ret_count) {
    size_t p = find_parent(r, child, entry);
    const struct hone_value *value = entry->value;
    size_t count = value->type == HONE_LIST ? value->count : 1;
    double *x_value;

    if (!is_usable_parent(r, child, entry, p)) {
        return HONE_OK;
    }
    x_value = hone_arena_array(r->arena, count, sizeof(*x_value));
    if (x_value == NULL) {
        return no_memory(r->err);
    }
    for (size_t i = 0; i < count; i++) {
        read_alternative(r, child, &r->param[p],
            value->type == HONE_LIST ? value->item[i] : value, &x_value[i]);
    }
    condition[*ret_count] = (struct hone_condition){.parent = p, .count = count,
        .x_value = x_value};
    *ret_count += 1;
    return HONE_OK;
}

static enum hone_code read_when(struct reader *r, size_t p) {
    struct hone_param *param = &r->param[p];
    const struct hone_value *when = hone_value_get(r->map->entry[p].value, "when");
    struct hone_condition *condition;
    char key[KEY_BYTES];

    if (when == NULL) {
        return HONE_OK;
    }
    if (when->type != HONE_MAP || when->count == 0) {
        hone_problem(r->problems, when->place, key_of(param, "when", key),
            "%s stands here; it should be a mapping such as {optimizer: [sgd, adam]}",
            when->type == HONE_MAP ? "an empty mapping" : hone_value_type_name(when->type));
        return HONE_OK;
    }
    condition = hone_arena_array(r->arena, when->count, sizeof(*condition));
    if (condition == NULL) {
        return no_memory(r->err);
    }
    for (size_t c = 0; c < when->count; c++) {
        enum hone_code code = read_condition(r, param, &when->entry[c], condition,
            &param->condition_count);

        if (code != HONE_OK) {
            return code;
        }
    }
    param->condition = condition;
    return HONE_OK;
}

static bool parents_placed(const struct hone_param *param, const bool *placed) {
    for (size_t c = 0; c < param->condition_count; c++) {
        if (!placed[param->condition[c].parent]) {
            return false;
        }
    }
    return true;
}

/* Parents first, else the order of the spec. What is left over waits in a ring. */
static enum hone_code find_order(struct reader *r, size_t *order) {
    bool *placed = hone_arena_array(r->arena, r->n, sizeof(*placed));
    size_t count = 0;
    size_t before;
    char key[KEY_BYTES];

    if (placed == NULL) {
        return no_memory(r->err);
    }
    do {
        before = count;
        for (size_t p = 0; p < r->n; p++) {
            if (!placed[p] && parents_placed(&r->param[p], placed)) {
                placed[p] = true;
                order[count++] = p;
            }
        }
    } while (count > before);
    for (size_t p = 0; p < r->n; p++) {
        if (!placed[p]) {
            hone_problem(r->problems, r->param[p].place, key_of(&r->param[p], "when", key),
                "the conditions go in a circle; one of them should be left out");
            order[count++] = p;
        }
    }
    return HONE_OK;
}

static bool hangs_on_a_child(const struct reader *r, size_t p) {
    const struct hone_param *param = &r->param[p];

    for (size_t c = 0; c < param->condition_count; c++) {
        if (r->param[param->condition[c].parent].condition_count > 0) {
            return true;
        }
    }
    return false;
}

/* Conditions that exclude each other leave a parameter that no trial has. */
static enum hone_code check_reach(struct reader *r, const struct hone_space *space) {
    char key[KEY_BYTES];

    for (size_t p = 0; p < r->n; p++) {
        size_t asked = r->n;
        enum hone_code code = hangs_on_a_child(r, p)
                                  ? hone_space_reach(space, p, &asked, r->err)
                                  : HONE_OK;

        if (code != HONE_OK) {
            return code;
        }
        if (asked < r->n) {
            hone_problem(r->problems, r->param[p].place, key_of(&r->param[p], "when", key),
                "it can never be active: it and what it depends on ask different things of '%s';"
                " one of the conditions should be left out", r->param[asked].name);
        }
    }
    return HONE_OK;
}

static enum hone_code read_params(struct reader *r) {
    enum hone_code code = HONE_OK;

    for (size_t p = 0; p < r->n && code == HONE_OK; p++) {
        size_t before = r->problems->count;

        code = read_param(r, p);
        r->param[p].broken = r->problems->count > before;
        if (!r->param[p].broken) {
            check_preset(r, &r->param[p]);
        }
    }
    for (size_t p = 0; p < r->n && code == HONE_OK; p++) {
        code = read_when(r, p);
    }
    return code;
}

static bool check_map(const struct hone_value *map, struct hone_problems *problems) {
    if (map->type != HONE_MAP) {
        hone_problem(problems, map->place, "space",
            "%s stands here; it should be a mapping of parameter names to what they may be",
            hone_value_type_name(map->type));
        return false;
    }
    if (map->count > HONE_SPACE_LIMIT) {
        hone_problem(problems, map->place, "space", "%zu parameters; at most %d can be searched",
            map->count, HONE_SPACE_LIMIT);
        return false;
    }
    return true;
}

enum hone_code hone_space_read(const struct hone_value *map, struct hone_arena *arena,
    struct hone_space *ret_space, struct hone_problems *problems, struct hone_err *err) {
    struct reader r = {.arena = arena, .problems = problems, .err = err, .map = map};
    const size_t before = problems->count;
    size_t *order;
    enum hone_code code;

    if (map == NULL || map->type == HONE_NULL) {
        *ret_space = (struct hone_space){0};
        return HONE_OK;
    }
    if (!check_map(map, problems)) {
        *ret_space = (struct hone_space){0};
        return HONE_OK;
    }
    r.n = map->count;
    r.param = hone_arena_array(arena, r.n, sizeof(*r.param));
    order = hone_arena_array(arena, r.n, sizeof(*order));
    if (r.param == NULL || order == NULL) {
        return no_memory(err);
    }
    code = read_params(&r);
    if (code == HONE_OK) {
        code = find_order(&r, order);
    }
    if (code != HONE_OK) {
        return code;
    }
    *ret_space = (struct hone_space){.n = r.n, .param = r.param, .order = order};
    return problems->count == before ? check_reach(&r, ret_space) : HONE_OK;
}
