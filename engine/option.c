#include "engine/option.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_BYTES = 256, NAMES_LIMIT = 256 };

const struct hone_option *hone_option_find(const struct hone_option *options, const char *name) {
    for (const struct hone_option *o = options; o != NULL && o->name != NULL; o++) {
        if (strcmp(o->name, name) == 0) {
            return o;
        }
    }
    return NULL;
}

static void *member(const struct hone_option *option, void *config) {
    return (char *)config + option->offset;
}

static void preset_one(const struct hone_option *o, void *config) {
    switch (o->kind) {
    case HONE_OPTION_REAL:
    case HONE_OPTION_DURATION: *(double *)member(o, config) = o->preset; break;
    case HONE_OPTION_INT:
        *(int64_t *)member(o, config) = isnan(o->preset) ? 0 : (int64_t)o->preset;
        break;
    case HONE_OPTION_BOOL: *(bool *)member(o, config) = o->preset != 0; break;
    case HONE_OPTION_CHOICE: *(int *)member(o, config) = (int)o->preset; break;
    case HONE_OPTION_TEXT: *(const char **)member(o, config) = NULL; break;
    case HONE_OPTION_INTS:
    case HONE_OPTION_TEXTS:
    case HONE_OPTION_VALUE: *(const struct hone_value **)member(o, config) = NULL; break;
    }
}

void hone_options_preset(const struct hone_option *options, void *config) {
    for (const struct hone_option *o = options; o != NULL && o->name != NULL; o++) {
        preset_one(o, config);
    }
}

/* 30, "30s", "5m", "2h", "1d" -> seconds; NaN when it is no duration. */
static double duration_seconds(const struct hone_value *value) {
    static const struct {
        const char *unit;
        double seconds;
    } unit[] = {{"", 1}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};
    size_t digits;
    char *end;
    double number;

    if (hone_value_is_number(value)) {
        return value->real;
    }
    if (value->type != HONE_TEXT) {
        return NAN;
    }
    digits = strspn(value->text, "0123456789.");
    number = strtod(value->text, &end);
    if (digits == 0 || end != value->text + digits) {
        return NAN; /* strtod also reads 0x10 and 1e3 */
    }
    for (size_t i = 0; i < sizeof(unit) / sizeof(unit[0]); i++) {
        if (strcmp(end, unit[i].unit) == 0) {
            return number * unit[i].seconds;
        }
    }
    return NAN;
}

/* true, false, and the words that YAML 1.1 took for them. -1: neither. */
static int truth(const struct hone_value *value) {
    static const char *const word[] = {"no", "yes", "off", "on"};

    if (value->type == HONE_BOOL) {
        return value->boolean;
    }
    for (int i = 0; value->type == HONE_TEXT && i < 4; i++) {
        if (strcmp(value->text, word[i]) == 0) {
            return i % 2;
        }
    }
    return -1;
}

/* Choices are words; on and off may have been written true and false. */
static int choice_index(const struct hone_option *o, const struct hone_value *value) {
    const char *word = value->type == HONE_TEXT ? value->text : NULL;

    if (value->type == HONE_BOOL) {
        word = value->boolean ? "on" : "off";
    }
    for (int i = 0; word != NULL && o->choices[i] != NULL; i++) {
        if (strcmp(o->choices[i], word) == 0) {
            return i;
        }
    }
    return -1;
}

static bool in_range(const struct hone_option *o, double number) {
    return number >= o->low && number <= o->high;
}

static bool is_whole(const struct hone_value *value) {
    return value->type == HONE_INT ||
           (value->type == HONE_REAL && value->real == floor(value->real) &&
               fabs(value->real) < 1e15);
}

static int64_t whole(const struct hone_value *value) {
    return value->type == HONE_INT ? value->integer : (int64_t)value->real;
}

static bool is_scalar(const struct hone_value *value) {
    return value->type != HONE_LIST && value->type != HONE_MAP && value->type != HONE_NULL;
}

static bool all_items(const struct hone_option *o, const struct hone_value *value,
    bool (*fits)(const struct hone_option *, const struct hone_value *)) {
    if (value->type != HONE_LIST) {
        return fits(o, value);
    }
    for (size_t i = 0; i < value->count; i++) {
        if (!fits(o, value->item[i])) {
            return false;
        }
    }
    return true;
}

static bool fits_int(const struct hone_option *o, const struct hone_value *value) {
    return is_whole(value) && in_range(o, value->real);
}

static bool fits_text(const struct hone_option *o, const struct hone_value *value) {
    (void)o;
    return is_scalar(value);
}

static bool fits(const struct hone_option *o, const struct hone_value *value) {
    switch (o->kind) {
    case HONE_OPTION_REAL: return hone_value_is_number(value) && in_range(o, value->real);
    case HONE_OPTION_INT: return fits_int(o, value);
    case HONE_OPTION_BOOL: return truth(value) >= 0;
    case HONE_OPTION_CHOICE: return choice_index(o, value) >= 0;
    case HONE_OPTION_TEXT: return is_scalar(value) && value->type == HONE_TEXT;
    case HONE_OPTION_DURATION: return in_range(o, duration_seconds(value));
    case HONE_OPTION_INTS: return all_items(o, value, fits_int);
    case HONE_OPTION_TEXTS: return all_items(o, value, fits_text);
    case HONE_OPTION_VALUE: return true;
    }
    return false;
}

static size_t count_names(const char *const *names) {
    size_t count = 0;

    while (names != NULL && names[count] != NULL) {
        count++;
    }
    return count;
}

/* As YAML has it: what is text for its quotes alone keeps them. */
static void write_got(const struct hone_value *value, struct hone_buf *buf) {
    if (value->type == HONE_TEXT && hone_value_from_plain(value->text).type != HONE_TEXT) {
        hone_value_write_json(value, buf);
    } else if (value->type == HONE_REAL && !isfinite(value->real)) {
        hone_buf_add(buf, isnan(value->real) ? ".nan" : value->real > 0 ? ".inf" : "-.inf");
    } else {
        hone_value_write_plain(value, buf);
    }
}

bool hone_option_check(const struct hone_option *option, const char *key,
    const struct hone_value *value, struct hone_problems *problems) {
    struct hone_buf got = {0};
    struct hone_buf want = {0};
    const char *near = NULL;

    if (fits(option, value)) {
        return true;
    }
    write_got(value, &got);
    hone_option_write_range(option, &want);
    if (option->kind == HONE_OPTION_CHOICE && value->type == HONE_TEXT) {
        near = hone_nearest(value->text, option->choices, count_names(option->choices));
    }
    hone_problem(problems, value->place, key, "'%.80s' cannot be used; it should be %s%s%s%s",
        hone_buf_text(&got), hone_buf_text(&want), near != NULL ? " (did you mean '" : "",
        near != NULL ? near : "", near != NULL ? "'?)" : "");
    hone_buf_finish(&got);
    hone_buf_finish(&want);
    return false;
}

void hone_option_set(const struct hone_option *o, void *config, const struct hone_value *value) {
    switch (o->kind) {
    case HONE_OPTION_REAL: *(double *)member(o, config) = value->real; break;
    case HONE_OPTION_DURATION: *(double *)member(o, config) = duration_seconds(value); break;
    case HONE_OPTION_INT: *(int64_t *)member(o, config) = whole(value); break;
    case HONE_OPTION_BOOL: *(bool *)member(o, config) = truth(value) == 1; break;
    case HONE_OPTION_CHOICE: *(int *)member(o, config) = choice_index(o, value); break;
    case HONE_OPTION_TEXT: *(const char **)member(o, config) = value->text; break;
    case HONE_OPTION_INTS:
    case HONE_OPTION_TEXTS:
    case HONE_OPTION_VALUE: *(const struct hone_value **)member(o, config) = value; break;
    }
}

static void join_key(const char *section, const char *name, char ret_key[KEY_BYTES]) {
    (void)snprintf(ret_key, KEY_BYTES, "%.150s%s%.100s", section, *section != '\0' ? "." : "",
        name);
}

void hone_options_read(const struct hone_option *options, const char *section,
    const struct hone_value *map, void *config, struct hone_problems *problems) {
    hone_options_preset(options, config);
    if (map == NULL || map->type == HONE_NULL) {
        return;
    }
    if (map->type != HONE_MAP) {
        hone_problem(problems, map->place, section, "%s stands here; it should be a mapping",
            hone_value_type_name(map->type));
        return;
    }
    for (size_t i = 0; i < map->count; i++) {
        const struct hone_option *option = hone_option_find(options, map->entry[i].key);
        char key[KEY_BYTES];

        join_key(section, map->entry[i].key, key);
        if (option != NULL && hone_option_check(option, key, map->entry[i].value, problems)) {
            hone_option_set(option, config, map->entry[i].value);
        }
    }
}

/* All names of all tables, at most NAMES_LIMIT. */
static size_t gather_names(const struct hone_option *const *tables,
    const char *ret_names[NAMES_LIMIT]) {
    size_t count = 0;

    for (size_t t = 0; tables[t] != NULL; t++) {
        for (const struct hone_option *o = tables[t]; o->name != NULL && count < NAMES_LIMIT; o++) {
            ret_names[count++] = o->name;
        }
    }
    return count;
}

static bool in_tables(const struct hone_option *const *tables, const char *name) {
    for (size_t t = 0; tables[t] != NULL; t++) {
        if (hone_option_find(tables[t], name) != NULL) {
            return true;
        }
    }
    return false;
}

static void unknown_key(const struct hone_option *const *tables, const char *section,
    const struct hone_entry *entry, struct hone_problems *problems) {
    const char *names[NAMES_LIMIT] = {NULL};
    size_t count = gather_names(tables, names);
    const char *near = problems->count < HONE_PROBLEMS_SHOWN
                           ? hone_nearest(entry->key, names, count)
                           : NULL;
    struct hone_buf known = {0};
    char key[KEY_BYTES];

    for (size_t i = 0; i < count; i++) {
        hone_buf_printf(&known, "%s%s", i > 0 ? ", " : "", names[i]);
    }
    join_key(section, entry->key, key);
    if (near != NULL) {
        hone_problem(problems, entry->place, key, "unknown key; did you mean '%s'?", near);
    } else if (count == 0) {
        hone_problem(problems, entry->place, key, "unknown key; nothing may stand here");
    } else {
        hone_problem(problems, entry->place, key, "unknown key; known here: %s",
            hone_buf_text(&known));
    }
    hone_buf_finish(&known);
}

void hone_options_unknown(const struct hone_option *const *tables, const char *section,
    const struct hone_value *map, struct hone_problems *problems) {
    if (map == NULL || map->type != HONE_MAP) {
        return;
    }
    for (size_t i = 0; i < map->count; i++) {
        if (!in_tables(tables, map->entry[i].key)) {
            unknown_key(tables, section, &map->entry[i], problems);
        }
    }
}

static void write_duration(double seconds, struct hone_buf *buf) {
    static const struct {
        double seconds;
        const char *unit;
    } unit[] = {{86400, "d"}, {3600, "h"}, {60, "m"}, {1, "s"}};

    for (size_t i = 0; i < sizeof(unit) / sizeof(unit[0]); i++) {
        if (seconds >= unit[i].seconds && fmod(seconds, unit[i].seconds) == 0) {
            hone_buf_add_real(buf, seconds / unit[i].seconds);
            hone_buf_add(buf, unit[i].unit);
            return;
        }
    }
    hone_buf_add_real(buf, seconds);
}

void hone_option_write_preset(const struct hone_option *o, struct hone_buf *buf) {
    if (isnan(o->preset)) {
        hone_buf_add(buf, "auto");
        return;
    }
    switch (o->kind) {
    case HONE_OPTION_REAL:
    case HONE_OPTION_INT: hone_buf_add_real(buf, o->preset); break;
    case HONE_OPTION_BOOL: hone_buf_add(buf, o->preset != 0 ? "true" : "false"); break;
    case HONE_OPTION_CHOICE: hone_buf_add(buf, o->choices[(int)o->preset]); break;
    case HONE_OPTION_DURATION:
        if (isinf(o->preset)) {
            hone_buf_add(buf, "none");
        } else {
            write_duration(o->preset, buf);
        }
        break;
    case HONE_OPTION_INTS:
        if (o->preset > 0) {
            hone_buf_add_real(buf, o->preset);
        }
        break;
    default: break;
    }
}

static void write_numbers(const struct hone_option *o, const char *what, struct hone_buf *buf) {
    bool has_low = o->low > -DBL_MAX;
    bool has_high = o->high < DBL_MAX;

    hone_buf_add(buf, what);
    if (!has_low && !has_high && o->kind == HONE_OPTION_REAL) {
        hone_buf_add(buf, " that is finite");
    }
    if (has_low) {
        hone_buf_add(buf, has_high ? " from " : " of at least ");
        hone_buf_add_real(buf, o->low);
    }
    if (has_high) {
        hone_buf_add(buf, has_low ? " to " : " of at most ");
        hone_buf_add_real(buf, o->high);
    }
}

static void write_choices(const char *const *choices, struct hone_buf *buf) {
    hone_buf_add(buf, "one of ");
    for (size_t i = 0; choices[i] != NULL; i++) {
        hone_buf_printf(buf, "%s%s", i > 0 ? ", " : "", choices[i]);
    }
}

void hone_option_write_range(const struct hone_option *o, struct hone_buf *buf) {
    switch (o->kind) {
    case HONE_OPTION_REAL: write_numbers(o, "a number", buf); break;
    case HONE_OPTION_INT: write_numbers(o, "an integer", buf); break;
    case HONE_OPTION_BOOL: hone_buf_add(buf, "true or false"); break;
    case HONE_OPTION_CHOICE: write_choices(o->choices, buf); break;
    case HONE_OPTION_TEXT: hone_buf_add(buf, "a text"); break;
    case HONE_OPTION_DURATION: hone_buf_add(buf, "a time such as 30s, 5m, 2h or 1d"); break;
    case HONE_OPTION_INTS:
        write_numbers(o, "an integer", buf);
        hone_buf_add(buf, ", or a list of such");
        break;
    case HONE_OPTION_TEXTS: hone_buf_add(buf, "a text, or a list of texts"); break;
    case HONE_OPTION_VALUE: hone_buf_add(buf, "a value"); break;
    }
}
