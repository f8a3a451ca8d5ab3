/* Conditions tie parameters together; parameters that are not tied, not even
 * through others, multiply. So: split what is undecided into groups that are
 * tied; in each group decide one parameter after each of its values that a
 * condition names, and once for all the other values, which act alike; count
 * what is left of the group in the same way; add.
 *
 * This is exact for any conditions. Where each parameter waits for one parent,
 * the work is that of walking down the trees, because a decided parent splits
 * its group into its children's; only parameters that wait for several parents
 * each make it grow faster, with the number of parents so entangled. */
#include "search/grid_count.h"

#include "engine/alloc.h"

#include <math.h>
#include <stdlib.h>

/* An undecided parameter in the list being counted. A function that is given a
 * part of that list may reorder it, and leaves in it the nodes it found there. */
struct node {
    size_t group; /* equal: tied together */
    size_t place; /* in space->order */
};

struct counter {
    const struct hone_space *space;
    const struct grid_axis *axis;
    size_t *place_of; /* (n) of a parameter, in space->order */
    bool *undecided;  /* (n) by parameter */
    double *x_value;  /* (n) of the decided ones; NaN: inactive, or a value no condition names */
    size_t *leader;   /* (n) by place: union-find while grouping */
    double **named;   /* (n) by parameter: values that conditions name, ascending */
    size_t *named_count;
};

static uint64_t saturated_sum(uint64_t a, uint64_t b) {
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static uint64_t saturated_product(uint64_t a, uint64_t b) {
    return a > 0 && b > UINT64_MAX / a ? UINT64_MAX : a * b;
}

static const struct hone_param *param_at(const struct counter *counter, size_t place) {
    return &counter->space->param[counter->space->order[place]];
}

static int compare_nodes(const void *left, const void *right) {
    const struct node *a = left;
    const struct node *b = right;

    if (a->group != b->group) {
        return a->group < b->group ? -1 : 1;
    }
    return (a->place > b->place) - (a->place < b->place);
}

static bool names(const struct hone_condition *condition, double x_value) {
    for (size_t i = 0; i < condition->count; i++) {
        if (condition->x_value[i] == x_value) {
            return true;
        }
    }
    return false;
}

/* Whether what is decided already makes the parameter inactive. */
static bool is_dead(const struct counter *counter, const struct hone_param *param) {
    for (size_t c = 0; c < param->condition_count; c++) {
        size_t parent = param->condition[c].parent;

        if (!counter->undecided[parent] &&
            !names(&param->condition[c], counter->x_value[parent])) {
            return true;
        }
    }
    return false;
}

/* Decides the dead ones and puts them at the end. Returns how many live. */
static size_t bury_dead(struct counter *counter, struct node *node, size_t count) {
    size_t dead = 0;

    for (size_t i = 0; i < count; i++) {
        node[i].group = 0;
    }
    qsort(node, count, sizeof(*node), compare_nodes); /* parents before children */
    for (size_t i = 0; i < count; i++) {
        size_t p = counter->space->order[node[i].place];

        if (is_dead(counter, &counter->space->param[p])) {
            counter->undecided[p] = false;
            counter->x_value[p] = NAN;
            node[i].group = 1;
            dead++;
        }
    }
    qsort(node, count, sizeof(*node), compare_nodes);
    return count - dead;
}

static void revive(struct counter *counter, const struct node *node, size_t count) {
    for (size_t i = 0; i < count; i++) {
        counter->undecided[counter->space->order[node[i].place]] = true;
    }
}

static size_t find_leader(size_t *leader, size_t place) {
    while (leader[place] != place) {
        leader[place] = leader[leader[place]];
        place = leader[place];
    }
    return place;
}

/* Sorts the nodes into groups tied by conditions on undecided parents. */
static void group_nodes(struct counter *counter, struct node *node, size_t count) {
    for (size_t i = 0; i < count; i++) {
        counter->leader[node[i].place] = node[i].place;
    }
    for (size_t i = 0; i < count; i++) {
        const struct hone_param *param = param_at(counter, node[i].place);

        for (size_t c = 0; c < param->condition_count; c++) {
            size_t parent = param->condition[c].parent;

            if (counter->undecided[parent]) {
                size_t root = find_leader(counter->leader, counter->place_of[parent]);

                counter->leader[find_leader(counter->leader, node[i].place)] = root;
            }
        }
    }
    for (size_t i = 0; i < count; i++) {
        node[i].group = find_leader(counter->leader, node[i].place);
    }
    qsort(node, count, sizeof(*node), compare_nodes);
}

static bool is_root(const struct counter *counter, const struct hone_param *param) {
    for (size_t c = 0; c < param->condition_count; c++) {
        if (counter->undecided[param->condition[c].parent]) {
            return false;
        }
    }
    return true;
}

/* The middle one of the nodes that wait for none: a chain of ties falls in halves. */
static size_t find_pivot(const struct counter *counter, const struct node *node, size_t count) {
    size_t roots = 0;
    size_t pivot = 0;

    for (size_t i = 0; i < count; i++) {
        roots += is_root(counter, param_at(counter, node[i].place)) ? 1 : 0;
    }
    for (size_t before = 0; before <= roots / 2 && pivot < count; pivot++) {
        before += is_root(counter, param_at(counter, node[pivot].place)) ? 1 : 0;
    }
    return pivot - 1;
}

static uint64_t count_group(struct counter *counter, struct node *node, size_t count);

static uint64_t count_nodes(struct counter *counter, struct node *node, size_t count) {
    size_t live = bury_dead(counter, node, count);
    uint64_t ways = 1;
    size_t to;

    group_nodes(counter, node, live);
    for (size_t from = 0; from < live; from = to) {
        for (to = from + 1; to < live && node[to].group == node[from].group; to++) {
        }
        ways = saturated_product(ways, count_group(counter, &node[from], to - from));
    }
    revive(counter, &node[live], count - live);
    return ways;
}

/* All nodes are tied, so at least one is a root, and roots are active. */
static uint64_t count_group(struct counter *counter, struct node *node, size_t count) {
    size_t pivot = find_pivot(counter, node, count);
    struct node chosen = node[pivot];
    size_t p = counter->space->order[chosen.place];
    size_t named = counter->named_count[p];
    uint64_t ways = 0;

    if (count == 1) {
        return counter->axis[p].count; /* whatever it is, nothing else depends on it */
    }
    node[pivot] = node[0];
    node[0] = chosen;
    counter->undecided[p] = false;
    for (size_t i = 0; i < named; i++) {
        counter->x_value[p] = counter->named[p][i];
        ways = saturated_sum(ways, count_nodes(counter, node + 1, count - 1));
    }
    if (counter->axis[p].count > named) {
        counter->x_value[p] = NAN;
        ways = saturated_sum(ways, saturated_product(counter->axis[p].count - named,
            count_nodes(counter, node + 1, count - 1)));
    }
    counter->undecided[p] = true;
    return ways;
}

static int compare_values(const void *left, const void *right) {
    double a = *(const double *)left;
    double b = *(const double *)right;

    return (a > b) - (a < b);
}

/* Leaves each value once, and those that the axis visits. */
static size_t tidy_named(const struct grid_axis *axis, double *value, size_t count) {
    size_t kept = 0;
    size_t k;

    qsort(value, count, sizeof(*value), compare_values);
    for (size_t i = 0; i < count; i++) {
        bool is_new = kept == 0 || value[i] > value[kept - 1];

        if (is_new && grid_axis_find(axis, value[i], &k)) {
            value[kept++] = value[i];
        }
    }
    return kept;
}

/* Collects the values that conditions name into `pool`, parent after parent. */
static void collect_named(struct counter *counter, double *pool) {
    const struct hone_space *space = counter->space;

    for (size_t p = 0; p < space->n; p++) {
        counter->named[p] = pool;
        pool += counter->named_count[p]; /* room: as many as are named, repeated ones too */
        counter->named_count[p] = 0;
    }
    for (size_t p = 0; p < space->n; p++) {
        for (size_t c = 0; c < space->param[p].condition_count; c++) {
            const struct hone_condition *condition = &space->param[p].condition[c];
            size_t parent = condition->parent;

            for (size_t i = 0; i < condition->count; i++) {
                counter->named[parent][counter->named_count[parent]++] = condition->x_value[i];
            }
        }
    }
    for (size_t p = 0; p < space->n; p++) {
        counter->named_count[p] =
            tidy_named(&counter->axis[p], counter->named[p], counter->named_count[p]);
    }
}

/* How many values conditions name, per parent in named_count and in all. */
static size_t count_named(struct counter *counter) {
    size_t total = 0;

    for (size_t p = 0; p < counter->space->n; p++) {
        for (size_t c = 0; c < counter->space->param[p].condition_count; c++) {
            const struct hone_condition *condition = &counter->space->param[p].condition[c];

            counter->named_count[condition->parent] += condition->count;
            total += condition->count;
        }
    }
    return total;
}

static bool has_rooms(const struct counter *counter) {
    return counter->place_of != NULL && counter->undecided != NULL && counter->x_value != NULL &&
           counter->leader != NULL && counter->named != NULL && counter->named_count != NULL;
}

enum hone_code grid_count(const struct hone_space *space, const struct grid_axis *axis,
    uint64_t *ret_count, struct hone_err *err) {
    struct counter counter = {
        .space = space,
        .axis = axis,
        .place_of = hone_new_array(space->n, sizeof(*counter.place_of)),
        .undecided = hone_new_array(space->n, sizeof(*counter.undecided)),
        .x_value = hone_new_array(space->n, sizeof(*counter.x_value)),
        .leader = hone_new_array(space->n, sizeof(*counter.leader)),
        .named = hone_new_array(space->n, sizeof(*counter.named)),
        .named_count = hone_new_array(space->n, sizeof(*counter.named_count)),
    };
    struct node *node = hone_new_array(space->n, sizeof(*node));
    double *pool = NULL;
    enum hone_code code = HONE_OK;

    if (node == NULL || !has_rooms(&counter)) {
        code = hone_fail(err, HONE_E_NOMEM, "no memory to count the points of the grid");
        goto out;
    }
    pool = hone_new_array(count_named(&counter), sizeof(*pool));
    if (pool == NULL) {
        code = hone_fail(err, HONE_E_NOMEM, "no memory to count the points of the grid");
        goto out;
    }
    collect_named(&counter, pool);
    for (size_t place = 0; place < space->n; place++) {
        counter.place_of[space->order[place]] = place;
        counter.undecided[place] = true;
        node[place].place = place;
    }
    *ret_count = count_nodes(&counter, node, space->n);
out:
    hone_free(pool);
    hone_free(node);
    hone_free(counter.place_of);
    hone_free(counter.undecided);
    hone_free(counter.x_value);
    hone_free(counter.leader);
    hone_free(counter.named);
    hone_free(counter.named_count);
    return code;
}
