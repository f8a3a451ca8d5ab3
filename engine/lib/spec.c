#include "engine/lib/spec.h"

#include "engine/lib/params.h"
#include "objectives/objectives.h"
#include "search/samplers.h"

#include <inttypes.h>
#include <string.h>

/* Values are told, or come from a function that no spec can name. */
static const struct hone_objective_type *const objectives[] = {&hone_objective_direction, NULL};

static const struct hone_registry registry = {
    .samplers = hone_samplers,
    .objectives = objectives,
    .default_sampler = &hone_sampler_gp,
};

/* The limits of engine/plan.c, but from 0 on, which hone.h gives a meaning. */
struct limit {
    const char *key, *path;
    uint64_t most;
};

static const struct limit trials_limit = {"trials", "search.trials", UINT64_C(1000000000000)};
static const struct limit parallel_limit = {"parallel", "search.parallel", 100000};
static const struct limit workers_limit = {"workers", "workers", 100000};
static const struct limit seed_limit = {"seed", "seed", UINT64_C(9200000000000000000)};

static bool is_within(const struct limit *limit, uint64_t number,
    struct hone_problems *problems) {
    const struct hone_place nowhere = {0};

    if (number > limit->most) {
        hone_problem(problems, nowhere, limit->path, "'%" PRIu64 "' cannot be used; it should be"
            " an integer from 0 to %" PRIu64, number, limit->most);
    }
    return number <= limit->most;
}

/* Refuses a number that is too large before it becomes an int64_t, in which it may be
 * a negative one; the plan is then read without it. */
static void put_count(struct lib_tree *tree, struct lib_map *map, const struct limit *limit,
    uint64_t number, struct hone_problems *problems) {
    if (is_within(limit, number, problems)) {
        lib_map_put(tree, map, limit->key, lib_tree_int(tree, (int64_t)number));
    }
}

static bool is_said(const struct lib_map *map, const char *key) {
    for (size_t i = 0; i < map->count; i++) {
        if (strcmp(map->entry[i].key, key) == 0) {
            return true;
        }
    }
    return false;
}

/* The keys that have no member of their own. */
static void put_further(struct lib_tree *tree, const char *const *search, struct lib_map *map,
    struct hone_problems *problems) {
    const struct hone_place nowhere = {0};

    for (size_t i = 0; search != NULL && search[i] != NULL; i += 2) {
        if (search[i + 1] == NULL) {
            hone_problem(problems, nowhere, "search", "'%.60s' has no value behind it", search[i]);
            return;
        }
        if (is_said(map, search[i])) {
            hone_problem(problems, nowhere, "search", "'%.60s' is said twice; it should be said "
                "once", search[i]);
        } else {
            lib_map_put(tree, map, search[i], lib_tree_plain(tree, search[i + 1]));
        }
    }
}

static const struct hone_value *search_of(struct lib_tree *tree,
    const struct hone_options *options, struct hone_problems *problems) {
    struct lib_map map = {0};

    if (options->method != NULL) {
        lib_map_put(tree, &map, "method", lib_tree_text(tree, options->method));
    }
    if (options->trials != 0) {
        put_count(tree, &map, &trials_limit, options->trials, problems);
    }
    if (options->timeout_seconds != 0) {
        lib_map_put(tree, &map, "timeout", lib_tree_real(tree, options->timeout_seconds));
    }
    if (options->parallel != 0) {
        put_count(tree, &map, &parallel_limit, options->parallel, problems);
    }
    put_further(tree, options->search, &map, problems);
    return lib_map_end(tree, &map);
}

static const struct hone_value *objective_of(struct lib_tree *tree, bool maximize) {
    struct lib_map map = {0};

    lib_map_put(tree, &map, "direction", lib_tree_text(tree, maximize ? "maximize" : "minimize"));
    return lib_map_end(tree, &map);
}

static const struct hone_value *root_of(struct lib_tree *tree, const struct hone_params *params,
    const struct hone_options *options, struct hone_problems *problems) {
    struct lib_map map = {0};

    if (options->study != NULL) {
        lib_map_put(tree, &map, "study", lib_tree_text(tree, options->study));
    }
    (void)is_within(&workers_limit, options->workers, problems);
    put_count(tree, &map, &seed_limit, options->seed, problems);
    lib_map_put(tree, &map, "objective", objective_of(tree, options->maximize != 0));
    lib_map_put(tree, &map, "space", lib_params_tree(params, tree, problems));
    lib_map_put(tree, &map, "search", search_of(tree, options, problems));
    return lib_map_end(tree, &map);
}

/* All lines of the problems in place of the verdict's sentence. */
static enum hone_code fail_with(struct hone_problems *problems, struct hone_err *err) {
    const size_t length = problems->lines.length;

    if (length > 0) {
        problems->lines.text[length - 1] = '\0'; /* the last line's end */
    }
    return hone_fail(err, HONE_E_INPUT, "%s", hone_buf_text(&problems->lines));
}

/* Taking over trials from other studies is the program's work. */
static enum hone_code refuse_learn_from(struct hone_problems *problems, struct hone_err *err) {
    const struct hone_place nowhere = {0};

    hone_problem(problems, nowhere, "search.learn_from",
        "libhone does not read it; it should be left out");
    return hone_problems_verdict(problems, err);
}

static enum hone_code load_plan(struct lib_spec *s, const struct hone_value *root,
    struct hone_problems *problems, struct hone_err *err) {
    struct hone_spec spec = {.root = root, .name = "search", .file = "libhone", .folder = "/"};
    enum hone_code code;

    lib_tree_write(root, &s->text);
    code = hone_buf_ok(&s->text, err);
    if (code != HONE_OK) {
        return code;
    }
    spec.text = s->text.text;
    code = hone_plan_load(&s->plan, &spec, &registry, problems, err);
    if (s->plan.learn_from != NULL && (code == HONE_OK || code == HONE_E_INPUT)) {
        code = refuse_learn_from(problems, err);
    }
    return problems->count > 0 && code == HONE_E_INPUT ? fail_with(problems, err) : code;
}

enum hone_code lib_spec_load(struct lib_spec *s, const struct hone_params *params,
    const struct hone_options *options, struct hone_err *err) {
    static const struct hone_options all_default;
    struct hone_problems problems = {.placeless = true};
    struct lib_tree tree = {.arena = &s->arena};
    const struct hone_value *root = NULL;
    enum hone_code code = HONE_OK;

    if (params != NULL) {
        root = root_of(&tree, params, options != NULL ? options : &all_default, &problems);
    }
    if (root == NULL || tree.failed) {
        code = hone_fail(err, HONE_E_NOMEM, "no parameters, or no memory for them");
    } else {
        code = load_plan(s, root, &problems, err);
    }
    hone_problems_finish(&problems);
    return code;
}

void lib_spec_finish(struct lib_spec *s) {
    hone_plan_finish(&s->plan);
    hone_buf_finish(&s->text);
    hone_arena_finish(&s->arena);
}
