#include "objectives/data/kfold.h"

#include "engine/alloc.h"
#include "engine/rng.h"

#include <gsl/gsl_randist.h>
#include <stdlib.h>
#include <string.h>

/* An order and a place in it: of rows, groups or classes. */
struct ranked {
    double key;
    uint32_t index;
};

static bool is_stratified(const struct hone_cv_config *config, const struct hone_dataset *data) {
    if (config->stratify == HONE_STRATIFY_AUTO) {
        return data->task == HONE_TASK_CLASSIFICATION && config->group == NULL &&
            config->time == NULL;
    }
    return config->stratify == HONE_STRATIFY_ON;
}

static enum hone_code check_keys(const struct hone_cv_config *config,
    const struct hone_dataset *data, struct hone_err *err) {
    if (config->group != NULL && config->time != NULL) {
        return hone_fail(err, HONE_E_INPUT,
            "cv: both group and time; folds are made by one of them");
    }
    if (config->stratify == HONE_STRATIFY_ON && (config->group != NULL || config->time != NULL)) {
        return hone_fail(err, HONE_E_INPUT,
            "cv.stratify: folds by %s cannot be stratified; leave stratify out",
            config->group != NULL ? "group" : "time");
    }
    if (config->stratify == HONE_STRATIFY_ON && data->task == HONE_TASK_REGRESSION) {
        return hone_fail(err, HONE_E_INPUT,
            "cv.stratify: the target '%s' is numbers and has no classes; leave stratify out",
            data->target_name);
    }
    if (config->repeats > 1 && (!config->shuffle || config->time != NULL)) {
        return hone_fail(err, HONE_E_INPUT,
            "cv.repeats: %lld repeats of the same folds; more than 1 needs shuffle: true and no "
            "time", (long long)config->repeats);
    }
    return HONE_OK;
}

/* The members of each class, or NULL. */
static size_t *count_members(const struct hone_dataset *data) {
    size_t *members = hone_new_array(data->classes, sizeof(*members));

    for (size_t i = 0; members != NULL && i < data->rows; i++) {
        members[data->label[i]]++;
    }
    return members;
}

enum hone_code hone_kfold_largest_class(const struct hone_dataset *data, size_t *ret_rows,
    struct hone_err *err) {
    size_t *members = count_members(data);
    size_t most = 0;

    if (members == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "the folds");
    }
    for (size_t i = 0; i < data->classes; i++) {
        most = members[i] > most ? members[i] : most;
    }
    hone_free(members);
    *ret_rows = most;
    return HONE_OK;
}

/* As scikit-learn: a class smaller than the folds is only absent from some test
 * parts; when every class is, stratifying is impossible. */
static enum hone_code check_classes(const struct hone_cv_config *config,
    const struct hone_dataset *data, struct hone_err *err) {
    size_t most = 0;
    enum hone_code code = hone_kfold_largest_class(data, &most, err);

    if (code != HONE_OK || (uint64_t)config->folds <= most) {
        return code;
    }
    if (most < 2) {
        return hone_fail(err, HONE_E_INPUT,
            "cv.folds: %lld folds, but every row is of a class of its own; use stratify: false or "
            "another data.target", (long long)config->folds);
    }
    return hone_fail(err, HONE_E_INPUT,
        "cv.folds: %lld folds, but no class has more than %zu rows; use at most %zu folds or "
        "stratify: false", (long long)config->folds, most, most);
}

static size_t time_test_size(const struct hone_cv_config *config, const struct hone_dataset *data) {
    return config->test_size > 0 ? (size_t)config->test_size
                                 : data->rows / ((size_t)config->folds + 1);
}

/* The first fold's past must not be empty. */
static enum hone_code check_time(const struct hone_cv_config *config,
    const struct hone_dataset *data, struct hone_err *err) {
    const size_t taken =
        (size_t)config->folds * time_test_size(config, data) + (size_t)config->gap;

    if (taken < data->rows) {
        return HONE_OK;
    }
    return hone_fail(err, HONE_E_INPUT,
        "cv: %lld folds of %zu rows and a gap of %lld leave nothing to train on; the data has %zu "
        "rows", (long long)config->folds, time_test_size(config, data), (long long)config->gap,
        data->rows);
}

enum hone_code hone_kfold_check(const struct hone_cv_config *config,
    const struct hone_dataset *data, struct hone_err *err) {
    /* By time, the first part is never tested: one more than the folds. */
    uint64_t parts = (uint64_t)config->folds + (config->time != NULL ? 1 : 0);
    enum hone_code code = check_keys(config, data, err);

    if (code != HONE_OK) {
        return code;
    }
    if (parts > data->rows) {
        return hone_fail(err, HONE_E_INPUT,
            "cv.folds: %lld folds%s need at least %llu rows; the data has %zu",
            (long long)config->folds, config->time != NULL ? " by time" : "",
            (unsigned long long)parts, data->rows);
    }
    if (config->group != NULL && parts > data->groups) {
        return hone_fail(err, HONE_E_INPUT,
            "cv.folds: %lld folds need at least as many groups; column '%s' has %zu",
            (long long)config->folds, config->group, data->groups);
    }
    if (config->time != NULL) {
        return check_time(config, data, err);
    }
    return is_stratified(config, data) ? check_classes(config, data, err) : HONE_OK;
}

/* fold_of[row] becomes the fold in which the row is tested: the rows, shuffled
 * or not, are cut into pieces of which the first are one larger. */
static enum hone_code assign_plain(size_t rows, size_t folds, const gsl_rng *shuffle,
    uint32_t *fold_of, struct hone_err *err) {
    uint32_t *order = hone_new_array(rows, sizeof(*order));
    size_t size = rows / folds;
    size_t larger = rows % folds;

    if (order == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "the folds");
    }
    for (size_t i = 0; i < rows; i++) {
        order[i] = (uint32_t)i;
    }
    if (shuffle != NULL) {
        gsl_ran_shuffle(shuffle, order, rows, sizeof(*order));
    }
    for (size_t i = 0; i < rows; i++) {
        fold_of[order[i]] = (uint32_t)(i < larger * (size + 1) ? i / (size + 1)
                                                               : (i - larger) / size);
    }
    hone_free(order);
    return HONE_OK;
}

/* The classes in order of first appearance; returns how many appear. `seen` is
 * (classes) of false. */
static size_t order_classes(const struct hone_dataset *data, bool *seen, size_t *class_at) {
    size_t count = 0;

    for (size_t i = 0; i < data->rows; i++) {
        if (!seen[data->label[i]]) {
            seen[data->label[i]] = true;
            class_at[count++] = (size_t)data->label[i];
        }
    }
    return count;
}

/* The folds of one class's rows, in order of the rows. The class takes the
 * places from `begin` on of all rows sorted by class, and place p is fold
 * p mod folds, so that the classes together fill the folds evenly too. */
static void deal_class(size_t begin, size_t members, size_t folds, const gsl_rng *shuffle,
    uint32_t *dealt) {
    size_t at = 0;

    for (size_t fold = 0; fold < folds; fold++) {
        size_t first = (fold + folds - begin % folds) % folds;

        for (size_t p = first; p < members; p += folds) {
            dealt[at++] = (uint32_t)fold;
        }
    }
    if (shuffle != NULL) {
        gsl_ran_shuffle(shuffle, dealt, members, sizeof(*dealt));
    }
}

struct stratify_room {
    size_t *members;  /* (classes) rows of the class */
    bool *seen;       /* (classes) */
    size_t *class_at; /* (classes) in order of first appearance */
    size_t *begin;    /* (classes) its first place in `dealt` */
    uint32_t *dealt;  /* (rows) folds, class by class */
};

/* The allocation of scikit-learn's StratifiedKFold: row for row the same
 * without shuffling. */
static void stratify(const struct hone_dataset *data, size_t folds, const gsl_rng *shuffle,
    const struct stratify_room *room, uint32_t *fold_of) {
    size_t classes = order_classes(data, room->seen, room->class_at);
    size_t begin = 0;

    for (size_t i = 0; i < classes; i++) {
        size_t class = room->class_at[i];

        deal_class(begin, room->members[class], folds, shuffle, room->dealt + begin);
        room->begin[class] = begin;
        begin += room->members[class];
    }
    for (size_t i = 0; i < data->rows; i++) {
        fold_of[i] = room->dealt[room->begin[data->label[i]]++];
    }
}

static enum hone_code assign_stratified(const struct hone_dataset *data, size_t folds,
    const gsl_rng *shuffle, uint32_t *fold_of, struct hone_err *err) {
    struct stratify_room room = {
        .members = count_members(data),
        .seen = hone_new_array(data->classes, sizeof(bool)),
        .class_at = hone_new_array(data->classes, sizeof(size_t)),
        .begin = hone_new_array(data->classes, sizeof(size_t)),
        .dealt = hone_new_array(data->rows, sizeof(uint32_t)),
    };
    enum hone_code code = HONE_OK;

    if (room.members == NULL || room.seen == NULL || room.class_at == NULL ||
        room.begin == NULL || room.dealt == NULL) {
        code = hone_fail(err, HONE_E_NOMEM, "the folds");
    } else {
        stratify(data, folds, shuffle, &room, fold_of);
    }
    hone_free(room.members);
    hone_free(room.seen);
    hone_free(room.class_at);
    hone_free(room.begin);
    hone_free(room.dealt);
    return code;
}

static int compare_ranked(const void *left, const void *right) {
    const struct ranked *a = left;
    const struct ranked *b = right;

    if (a->key != b->key) {
        return a->key < b->key ? -1 : 1;
    }
    return (a->index > b->index) - (a->index < b->index);
}

/* The groups from large to small. With shuffling, groups whose sizes are within
 * the same power of two stand in any order: repeats then differ although the
 * folds stay nearly as even as the largest-first order makes them. */
static void order_groups(const size_t *size, size_t groups, const gsl_rng *shuffle,
    struct ranked *order) {
    for (size_t i = 0; i < groups; i++) {
        order[i] = (struct ranked){.index = (uint32_t)i, .key = -(double)size[i]};
        if (shuffle != NULL) {
            int power = 0;

            while (size[i] >> power > 1) {
                power++;
            }
            order[i].key = -(double)power + gsl_rng_uniform(shuffle);
        }
    }
    qsort(order, groups, sizeof(*order), compare_ranked);
}

/* Each group in turn goes to the fold that has the fewest rows, as in
 * scikit-learn's GroupKFold. */
static void deal_groups(const size_t *size, const struct ranked *order, size_t groups,
    size_t *load, size_t folds, uint32_t *fold_of_group) {
    for (size_t i = 0; i < groups; i++) {
        size_t lightest = 0;

        for (size_t fold = 1; fold < folds; fold++) {
            lightest = load[fold] < load[lightest] ? fold : lightest;
        }
        load[lightest] += size[order[i].index];
        fold_of_group[order[i].index] = (uint32_t)lightest;
    }
}

static enum hone_code assign_grouped(const struct hone_dataset *data, size_t folds,
    const gsl_rng *shuffle, uint32_t *fold_of, struct hone_err *err) {
    size_t *size = hone_new_array(data->groups, sizeof(*size));
    size_t *load = hone_new_array(folds, sizeof(*load));
    struct ranked *order = hone_new_array(data->groups, sizeof(*order));
    uint32_t *fold_of_group = hone_new_array(data->groups, sizeof(*fold_of_group));
    enum hone_code code = HONE_OK;

    if (size == NULL || load == NULL || order == NULL || fold_of_group == NULL) {
        code = hone_fail(err, HONE_E_NOMEM, "the folds");
        goto out;
    }
    for (size_t i = 0; i < data->rows; i++) {
        size[data->group[i]]++;
    }
    order_groups(size, data->groups, shuffle, order);
    deal_groups(size, order, data->groups, load, folds, fold_of_group);
    for (size_t i = 0; i < data->rows; i++) {
        fold_of[i] = fold_of_group[data->group[i]];
    }
out:
    hone_free(size);
    hone_free(load);
    hone_free(order);
    hone_free(fold_of_group);
    return code;
}

static enum hone_code room_for_rows(struct hone_split *split, struct hone_err *err) {
    split->train = hone_new_array(split->train_count, sizeof(*split->train));
    split->test = hone_new_array(split->test_count, sizeof(*split->test));
    return split->train != NULL && split->test != NULL ? HONE_OK
                                                       : hone_fail(err, HONE_E_NOMEM, "the folds");
}

/* The rows of `fold` are tested, all others trained on, both ascending. */
static enum hone_code split_off(const uint32_t *fold_of, size_t rows, uint32_t fold,
    struct hone_split *split, struct hone_err *err) {
    enum hone_code code;
    size_t test = 0;
    size_t train = 0;

    for (size_t i = 0; i < rows; i++) {
        split->test_count += fold_of[i] == fold;
    }
    split->train_count = rows - split->test_count;
    code = room_for_rows(split, err);
    for (size_t i = 0; code == HONE_OK && i < rows; i++) {
        if (fold_of[i] == fold) {
            split->test[test++] = (uint32_t)i;
        } else {
            split->train[train++] = (uint32_t)i;
        }
    }
    return code;
}

static int compare_rows(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;

    return (a > b) - (a < b);
}

static void copy_rows(const struct ranked *from, size_t count, uint32_t *row) {
    for (size_t i = 0; i < count; i++) {
        row[i] = from[i].index;
    }
    qsort(row, count, sizeof(*row), compare_rows);
}

/* One fold by time: rows order[test_at] … are tested, and what came before is
 * trained on, but for the gap and what is too long ago. */
static enum hone_code cut_at(const struct hone_cv_config *config, const struct ranked *order,
    size_t test_at, size_t test_count, struct hone_split *split, struct hone_err *err) {
    const size_t past = test_at - (size_t)config->gap;
    const size_t most = config->max_train_size > 0 ? (size_t)config->max_train_size : past;
    enum hone_code code;

    split->train_count = past < most ? past : most;
    split->test_count = test_count;
    code = room_for_rows(split, err);
    if (code == HONE_OK) {
        copy_rows(order + past - split->train_count, split->train_count, split->train);
        copy_rows(order + test_at, test_count, split->test);
    }
    return code;
}

/* As scikit-learn's TimeSeriesSplit: the rows in order of time end in `folds` test
 * parts of equal size, and each is predicted from what came before. Rows of one
 * time keep their order. */
static enum hone_code split_by_time(const struct hone_cv_config *config,
    const struct hone_dataset *data, struct hone_split *split, struct hone_err *err) {
    const size_t folds = (size_t)config->folds;
    const size_t test_count = time_test_size(config, data);
    struct ranked *order = hone_new_array(data->rows, sizeof(*order));
    enum hone_code code = HONE_OK;

    if (order == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "the folds");
    }
    for (size_t i = 0; i < data->rows; i++) {
        order[i] = (struct ranked){.key = data->time[i], .index = (uint32_t)i};
    }
    qsort(order, data->rows, sizeof(*order), compare_ranked);
    for (size_t fold = 0; code == HONE_OK && fold < folds; fold++) {
        code = cut_at(config, order, data->rows - (folds - fold) * test_count, test_count,
            &split[fold], err);
    }
    hone_free(order);
    return code;
}

static enum hone_code assign(const struct hone_cv_config *config, const struct hone_dataset *data,
    const gsl_rng *shuffle, uint32_t *fold_of, struct hone_err *err) {
    size_t folds = (size_t)config->folds;

    if (config->group != NULL) {
        return assign_grouped(data, folds, shuffle, fold_of, err);
    }
    if (is_stratified(config, data)) {
        return assign_stratified(data, folds, shuffle, fold_of, err);
    }
    return assign_plain(data->rows, folds, shuffle, fold_of, err);
}

enum hone_code hone_kfold_assign(const struct hone_cv_config *config,
    const struct hone_dataset *data, uint64_t seed, uint64_t repeat, struct hone_split *ret_split,
    struct hone_err *err) {
    struct hone_rng rng;
    uint32_t *fold_of;
    enum hone_code code;

    if (config->time != NULL) {
        return split_by_time(config, data, ret_split, err);
    }
    fold_of = hone_new_array(data->rows, sizeof(*fold_of));
    if (fold_of == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "the folds");
    }
    hone_rng_at(&rng, seed, repeat, 0, HONE_FOR_FOLDS);
    code = assign(config, data, config->shuffle ? &rng.gsl : NULL, fold_of, err);
    for (int64_t fold = 0; code == HONE_OK && fold < config->folds; fold++) {
        code = split_off(fold_of, data->rows, (uint32_t)fold, &ret_split[fold], err);
    }
    hone_free(fold_of);
    return code;
}
