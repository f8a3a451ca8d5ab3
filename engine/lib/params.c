#include "engine/lib/params.h"

#include "engine/alloc.h"
#include "engine/buf.h"
#include "engine/space.h"

#include <inttypes.h>
#include <string.h>

/* "default" of one, or the value "sgd" of its parent: what was said of it. */
struct remark {
    struct remark *next;
    const char *key; /* of a condition: the parent */
    const char *text;
};

struct param {
    struct param *next;
    const char *name;
    enum hone_param_type type;
    double low, high;
    int64_t int_low, int_high;
    int flags;
    size_t choice_count;
    const char **choice;
    struct remark *fields, *conditions; /* in the order of saying */
};

struct hone_params {
    struct hone_arena arena;
    struct param *first;
    struct param **end;
    const char *stranger; /* a name that was no parameter's when something was said of it */
    bool foreign;         /* a text is not UTF-8 */
    bool failed;          /* memory ran out */
};

struct hone_params *hone_params_new(void) {
    struct hone_params *params = hone_new(sizeof(*params));

    if (params != NULL) {
        params->end = &params->first;
    }
    return params;
}

void hone_params_free(struct hone_params *params) {
    if (params != NULL) {
        hone_arena_finish(&params->arena);
        hone_free(params);
    }
}

/* ---- Describing ---- */

static void *take(struct hone_params *params, size_t count, size_t size_bytes) {
    void *room = hone_arena_array(&params->arena, count, size_bytes);

    params->failed = params->failed || room == NULL;
    return room;
}

static const char *copy(struct hone_params *params, const char *text) {
    const char *copied = hone_arena_text(&params->arena, text, strlen(text));

    params->foreign = params->foreign || !hone_is_utf8(text);
    params->failed = params->failed || copied == NULL;
    return copied != NULL ? copied : "";
}

/* NULL without memory. */
static struct param *add(struct hone_params *params, const char *name, enum hone_param_type type,
    int flags) {
    struct param *param = params == NULL ? NULL : take(params, 1, sizeof(*param));

    if (param != NULL) {
        param->name = copy(params, name);
        param->type = type;
        param->flags = flags;
        *params->end = param;
        params->end = &param->next;
    }
    return param;
}

void hone_params_float(struct hone_params *params, const char *name, double low, double high,
    int flags) {
    struct param *param = add(params, name, HONE_PARAM_FLOAT, flags);

    if (param != NULL) {
        param->low = low;
        param->high = high;
    }
}

void hone_params_int(struct hone_params *params, const char *name, int64_t low, int64_t high,
    int flags) {
    struct param *param = add(params, name, HONE_PARAM_INT, flags);

    if (param != NULL) {
        param->int_low = low;
        param->int_high = high;
    }
}

void hone_params_choice(struct hone_params *params, const char *name, size_t count,
    const char *const *choice) {
    struct param *param = add(params, name, HONE_PARAM_CATEGORICAL, 0);
    const char **copies = param == NULL ? NULL : take(params, count, sizeof(*copies));

    if (copies == NULL) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        copies[i] = copy(params, choice[i]);
    }
    param->choice_count = count;
    param->choice = copies;
}

/* ---- What is said of one ---- */

static struct param *find(const struct hone_params *params, const char *name) {
    struct param *param = params->first;

    while (param != NULL && strcmp(param->name, name) != 0) {
        param = param->next;
    }
    return param;
}

static void say(struct hone_params *params, struct remark **list, const char *key,
    const char *text) {
    struct remark *remark = take(params, 1, sizeof(*remark));

    if (remark == NULL) {
        return;
    }
    remark->key = copy(params, key);
    remark->text = copy(params, text);
    while (*list != NULL) {
        list = &(*list)->next;
    }
    *list = remark;
}

/* The parameter of this name; that there is none is told by the search. */
static struct param *find_for(struct hone_params *params, const char *name) {
    struct param *param = params == NULL ? NULL : find(params, name);

    if (params != NULL && param == NULL && params->stranger == NULL) {
        params->stranger = copy(params, name);
    }
    return param;
}

void hone_params_set(struct hone_params *params, const char *name, const char *key,
    const char *value) {
    struct param *param = find_for(params, name);

    if (param != NULL) {
        say(params, &param->fields, key, value);
    }
}

void hone_params_when(struct hone_params *params, const char *name, const char *parent,
    const char *value) {
    struct param *param = find_for(params, name);

    if (param != NULL) {
        say(params, &param->conditions, parent, value);
    }
}

/* ---- The tree ---- */

/* What is written for a value of this parameter: a choice is a text, whatever it
 * looks like. */
static const struct hone_value *value_of(struct lib_tree *tree, const struct param *param,
    const char *text) {
    return param != NULL && param->type == HONE_PARAM_CATEGORICAL ? lib_tree_text(tree, text)
                                                                  : lib_tree_plain(tree, text);
}

static const struct hone_value *choices_of(struct lib_tree *tree, const struct param *param) {
    struct lib_list list = {0};

    for (size_t i = 0; i < param->choice_count; i++) {
        lib_list_put(tree, &list, lib_tree_text(tree, param->choice[i]));
    }
    return lib_list_end(tree, &list);
}

/* Before it becomes a double, which counts no further. */
static void check_bound(const struct param *param, int64_t bound, struct hone_problems *problems) {
    const int64_t limit = INT64_C(1) << 53;

    if (bound < -limit || bound > limit) {
        hone_problem(problems, (struct hone_place){0}, param->name,
            "its bound %" PRId64 " cannot be used; it should be within 2^53", bound);
    }
}

static void put_range(struct lib_tree *tree, const struct param *param, struct lib_map *map,
    struct hone_problems *problems) {
    bool is_int = param->type == HONE_PARAM_INT;

    if (is_int) {
        check_bound(param, param->int_low, problems);
        check_bound(param, param->int_high, problems);
    }
    lib_map_put(tree, map, "type", lib_tree_text(tree, is_int ? "int" : "float"));
    lib_map_put(tree, map, "low",
        is_int ? lib_tree_int(tree, param->int_low) : lib_tree_real(tree, param->low));
    lib_map_put(tree, map, "high",
        is_int ? lib_tree_int(tree, param->int_high) : lib_tree_real(tree, param->high));
    if ((param->flags & HONE_LOG) != 0) {
        lib_map_put(tree, map, "log", lib_tree_flag(tree, true));
    }
}

static const struct hone_value *alternatives_of(const struct hone_params *params,
    struct lib_tree *tree, const struct remark *first) {
    const struct param *parent = find(params, first->key);
    struct lib_list list = {0};

    for (const struct remark *c = first; c != NULL; c = c->next) {
        if (strcmp(c->key, first->key) == 0) {
            lib_list_put(tree, &list, value_of(tree, parent, c->text));
        }
    }
    return lib_list_end(tree, &list);
}

static bool is_first_of_parent(const struct param *param, const struct remark *condition) {
    const struct remark *c = param->conditions;

    while (strcmp(c->key, condition->key) != 0) {
        c = c->next;
    }
    return c == condition;
}

static const struct hone_value *conditions_of(const struct hone_params *params,
    struct lib_tree *tree, const struct param *param) {
    struct lib_map map = {0};

    for (const struct remark *c = param->conditions; c != NULL; c = c->next) {
        if (is_first_of_parent(param, c)) {
            lib_map_put(tree, &map, c->key, alternatives_of(params, tree, c));
        }
    }
    return lib_map_end(tree, &map);
}

static bool is_known(const struct lib_map *map, const char *key) {
    for (size_t i = 0; i < map->count; i++) {
        if (strcmp(map->entry[i].key, key) == 0) {
            return true;
        }
    }
    return false;
}

static void put_fields(struct lib_tree *tree, const struct param *param, struct lib_map *map,
    struct hone_problems *problems) {
    for (const struct remark *f = param->fields; f != NULL; f = f->next) {
        if (is_known(map, f->key)) {
            hone_problem(problems, (struct hone_place){0}, param->name,
                "'%.60s' is said twice; it should be said once", f->key);
        } else {
            lib_map_put(tree, map, f->key, strcmp(f->key, "default") == 0
                    ? value_of(tree, param, f->text)
                    : lib_tree_plain(tree, f->text));
        }
    }
}

static const struct hone_value *tree_of(const struct hone_params *params, struct lib_tree *tree,
    const struct param *param, struct hone_problems *problems) {
    struct lib_map map = {0};

    if (param->type == HONE_PARAM_CATEGORICAL) {
        lib_map_put(tree, &map, "choices", choices_of(tree, param));
    } else {
        put_range(tree, param, &map, problems);
    }
    put_fields(tree, param, &map, problems);
    if (param->conditions != NULL) {
        lib_map_put(tree, &map, "when", conditions_of(params, tree, param));
    }
    return lib_map_end(tree, &map);
}

const struct hone_value *lib_params_tree(const struct hone_params *params, struct lib_tree *tree,
    struct hone_problems *problems) {
    struct lib_map map = {0};

    tree->failed = tree->failed || params->failed;
    if (params->foreign) {
        hone_problem(problems, (struct hone_place){0}, "space",
            "a name or a value is not UTF-8; all should be");
    }
    if (params->stranger != NULL) {
        hone_problem(problems, (struct hone_place){0}, "space",
            "something is said of '%.100s', which is no parameter; it should be added first",
            params->stranger);
    }
    for (const struct param *p = params->first; p != NULL; p = p->next) {
        if (is_known(&map, p->name)) {
            hone_problem(problems, (struct hone_place){0}, p->name,
                "there are two parameters of this name; there should be one");
        } else {
            lib_map_put(tree, &map, p->name, tree_of(params, tree, p, problems));
        }
    }
    return lib_map_end(tree, &map);
}
