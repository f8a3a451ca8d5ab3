#include "objectives/settings.h"

#include <math.h>
#include <stdio.h>

enum { KEY_BYTES = 256, NAMES_LIMIT = 256 };

const struct hone_option *hone_settings_find(const struct hone_settings *settings,
    const char *name) {
    for (size_t t = 0; settings->table[t] != NULL; t++) {
        const struct hone_option *option = hone_option_find(settings->table[t], name);

        if (option != NULL) {
            return option;
        }
    }
    return NULL;
}

static size_t gather_names(const struct hone_settings *settings,
    const char *ret_names[NAMES_LIMIT]) {
    size_t count = 0;

    for (size_t t = 0; settings->table[t] != NULL; t++) {
        for (const struct hone_option *o = settings->table[t]; o->name != NULL; o++) {
            if (count < NAMES_LIMIT) {
                ret_names[count++] = o->name;
            }
        }
    }
    return count;
}

/* "space.learning_rte: unknown parameter; did you mean 'learning_rate'?" */
static void unknown_name(const struct hone_settings *settings, struct hone_place place,
    const char *key, const char *name, const char *(*foreign)(const char *),
    struct hone_problems *problems) {
    const char *names[NAMES_LIMIT] = {NULL};
    const size_t count = gather_names(settings, names);
    const char *near = hone_nearest(name, names, count);
    const char *why = foreign(name);

    if (why != NULL) {
        hone_problem(problems, place, key, "%s", why);
    } else if (near != NULL) {
        hone_problem(problems, place, key, "unknown parameter; did you mean '%s'?", near);
    } else {
        hone_problem(problems, place, key,
            "unknown parameter; it should be one of those that 'hone help models' lists");
    }
}

/* Both ends of a number's range must be usable. */
static void check_range(const struct hone_option *option, const struct hone_param *param,
    const char *key, struct hone_problems *problems) {
    const bool whole = param->type == HONE_PARAM_INT;
    const bool wants_whole = option->kind == HONE_OPTION_INT || option->kind == HONE_OPTION_INTS;
    const double end[] = {param->low, param->high};

    if (wants_whole && !whole) {
        hone_problem(problems, param->place, key,
            "it takes whole numbers; it should have type: int");
        return;
    }
    for (size_t i = 0; i < 2; i++) {
        const struct hone_value value = {
            .type = whole ? HONE_INT : HONE_REAL, .place = param->place,
            .integer = whole ? (int64_t)end[i] : 0, .real = end[i],
        };

        if (!hone_option_check(option, key, &value, problems)) {
            return;
        }
    }
}

static void check_param(const struct hone_settings *settings, const struct hone_param *param,
    const char *(*foreign)(const char *), struct hone_problems *problems) {
    const struct hone_option *option = hone_settings_find(settings, param->name);
    char key[KEY_BYTES];

    (void)snprintf(key, sizeof(key), "space.%.100s", param->name);
    if (option == NULL) {
        unknown_name(settings, param->place, key, param->name, foreign, problems);
        return;
    }
    if (hone_value_get(settings->constant, param->name) != NULL) {
        hone_problem(problems, param->place, key,
            "it also stands in objective; it should be in one of the two");
    }
    if (param->broken) {
        return; /* what is wrong with it has been said */
    }
    if (param->type != HONE_PARAM_CATEGORICAL) {
        check_range(option, param, key, problems);
        return;
    }
    for (size_t k = 0; k < param->choice_count; k++) {
        (void)hone_option_check(option, key, param->choice[k], problems);
    }
}

static void check_constant(const struct hone_settings *settings, const struct hone_entry *entry,
    const char *(*foreign)(const char *), struct hone_problems *problems) {
    const struct hone_option *option = hone_settings_find(settings, entry->key);
    char key[KEY_BYTES];

    (void)snprintf(key, sizeof(key), "objective.%.100s", entry->key);
    if (option == NULL) {
        unknown_name(settings, entry->place, key, entry->key, foreign, problems);
        return;
    }
    (void)hone_option_check(option, key, entry->value, problems);
}

void hone_settings_check(const struct hone_settings *settings,
    const char *(*foreign)(const char *name), struct hone_problems *problems) {
    for (size_t i = 0; i < settings->constant->count; i++) {
        check_constant(settings, &settings->constant->entry[i], foreign, problems);
    }
    for (size_t p = 0; p < settings->space->n; p++) {
        check_param(settings, &settings->space->param[p], foreign, problems);
    }
}

/* The space's value for a name, copied to the arena because lists stay referred
 * to; NULL in ret when the space does not say. */
static enum hone_code searched_value(const struct hone_settings *settings, const char *name,
    const double *x_value, struct hone_arena *arena, const struct hone_value **ret,
    struct hone_err *err) {
    const size_t p = hone_space_find(settings->space, name);
    struct hone_value *value;

    *ret = NULL;
    if (p == settings->space->n || isnan(x_value[p])) {
        return HONE_OK;
    }
    value = hone_arena_new(arena, sizeof(*value));
    if (value == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "settings of a trial");
    }
    *value = hone_param_value(&settings->space->param[p], x_value[p]);
    *ret = value;
    return HONE_OK;
}

enum hone_code hone_settings_read(const struct hone_settings *settings,
    const struct hone_option *options, const double *x_value, struct hone_arena *arena,
    void *ret_config, struct hone_err *err) {
    hone_options_preset(options, ret_config);
    for (const struct hone_option *o = options; o != NULL && o->name != NULL; o++) {
        const struct hone_value *value;
        enum hone_code code = searched_value(settings, o->name, x_value, arena, &value, err);

        if (code != HONE_OK) {
            return code;
        }
        if (value == NULL) {
            value = hone_value_get(settings->constant, o->name);
        }
        if (value != NULL) {
            hone_option_set(o, ret_config, value);
        }
    }
    return HONE_OK;
}

/* An option's default as a value. */
static struct hone_value preset_value(const struct hone_option *option) {
    struct hone_value value = {
        .type = HONE_REAL, .real = option->preset,
    };

    if (option->kind == HONE_OPTION_BOOL) {
        value.type = HONE_BOOL;
        value.boolean = option->preset != 0;
    } else if (option->kind == HONE_OPTION_CHOICE) {
        value.type = HONE_TEXT;
        value.text = option->choices[(int)option->preset];
    }
    return value;
}

/* The choice that the default is; a list of one number is that number. */
static double preset_choice(const struct hone_param *param, const struct hone_option *option) {
    const struct hone_value value = preset_value(option);
    const struct hone_value *item = &value;
    const struct hone_value list = {.type = HONE_LIST, .count = 1, .item = &item};

    for (size_t k = 0; k < param->choice_count; k++) {
        const bool single = option->kind == HONE_OPTION_INTS;

        if (hone_value_equal(param->choice[k], &value) ||
            (single && hone_value_equal(param->choice[k], &list))) {
            return (double)k;
        }
    }
    return NAN;
}

void hone_settings_preset(const struct hone_settings *settings, double *ret_x_value) {
    for (size_t p = 0; p < settings->space->n; p++) {
        const struct hone_param *param = &settings->space->param[p];
        const struct hone_option *option = hone_settings_find(settings, param->name);

        ret_x_value[p] = NAN;
        if (option != NULL && param->type == HONE_PARAM_CATEGORICAL) {
            ret_x_value[p] = preset_choice(param, option);
        } else if (option != NULL) {
            ret_x_value[p] = option->preset;
        }
    }
}
