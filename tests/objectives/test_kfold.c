/* Who is trained on and who is tested: scikit-learn's splits
 * (tests/golden/cv_*.csv) and what must hold for any. */
#include "engine/alloc.h"
#include "objectives/data/fold.h"
#include "tests/objectives/data_help.h"
#include "tests/objectives/golden.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST_ROWS = 64, CLASSES = 4 };

/* Rows with classes, groups and times. */
struct sample {
    double x[MOST_ROWS], time[MOST_ROWS];
    int32_t label[MOST_ROWS], group[MOST_ROWS];
    size_t rows;
    struct hone_dataset *data;
};

static void sample_build(struct sample *sample) {
    sample->data = data_fake(sample->rows, 1, sample->x, sample->label, CLASSES, NULL);
    sample->data->group = sample->group;
    for (size_t i = 0; i < sample->rows; i++) {
        size_t groups = (size_t)sample->group[i] + 1;

        sample->data->groups = groups > sample->data->groups ? groups : sample->data->groups;
    }
    sample->data->time = sample->time;
}

static void sample_drop(struct sample *sample) {
    data_fake_free(sample->data);
}

static void sample_read(struct sample *sample, const struct golden *labels, const char *name) {
    *sample = (struct sample){.rows = 0};
    for (size_t r = 0; r < labels->rows; r++) {
        if (strcmp(golden_text(labels, r, "case"), name) == 0) {
            size_t i = sample->rows++;

            sample->x[i] = (double)i;
            sample->time[i] = (double)i;
            sample->label[i] = (int32_t)golden_number(labels, r, "y");
            sample->group[i] = (int32_t)golden_number(labels, r, "group");
        }
    }
    sample_build(sample);
}

/* n rows of 3 classes and 11 groups in an order without pattern; times fall. */
static void sample_make(struct sample *sample, size_t n) {
    *sample = (struct sample){.rows = n};
    for (size_t i = 0; i < n; i++) {
        sample->x[i] = (double)i;
        sample->time[i] = (double)((n - i) / 2);
        sample->label[i] = (int32_t)((i * i + i / 5) % 3);
        sample->group[i] = (int32_t)(i < 11 ? i : (i * i + i / 7) % 11);
    }
    sample_build(sample);
}

static struct hone_folds *make(const struct hone_cv_config *config, const struct sample *sample,
    uint64_t seed) {
    struct hone_folds *folds = NULL;
    struct hone_err err = {0};

    if (hone_folds_make(config, sample->data, seed, &folds, &err) != HONE_OK) {
        fail_msg("%s", err.text);
    }
    assert_int_equal(folds->count, config->folds * config->repeats);
    return folds;
}

static bool is_in(const uint32_t *rows, size_t count, size_t row) {
    for (size_t i = 0; i < count; i++) {
        if (rows[i] == row) {
            return true;
        }
    }
    return false;
}

static size_t count_class(const struct sample *sample, const struct hone_split *split,
    int32_t class) {
    size_t count = 0;

    for (size_t i = 0; i < split->test_count; i++) {
        count += sample->label[split->test[i]] == class;
    }
    return count;
}

static void check_fold(const struct golden *folds, size_t r, const struct sample *sample,
    const struct hone_split *split, bool rows_exact) {
    static const char *const column[CLASSES] = {"test_y0", "test_y1", "test_y2", "test_y3"};

    assert_int_equal(split->train_count, golden_number(folds, r, "n_train"));
    assert_int_equal(split->test_count, golden_number(folds, r, "n_test"));
    if (rows_exact) {
        assert_int_equal(split->train[0], golden_number(folds, r, "train_min"));
        assert_int_equal(split->train[split->train_count - 1],
            golden_number(folds, r, "train_max"));
        assert_int_equal(split->test[0], golden_number(folds, r, "test_min"));
        assert_int_equal(split->test[split->test_count - 1], golden_number(folds, r, "test_max"));
    }
    for (int32_t k = 0; rows_exact && k < CLASSES; k++) {
        assert_int_equal(count_class(sample, split, k), golden_number(folds, r, column[k]));
    }
}

/* The folds of one splitter; without shuffling. */
static struct hone_cv_config splitter_config(const char *splitter, int64_t k) {
    struct hone_cv_config config = {.folds = k, .repeats = 1, .stratify = HONE_STRATIFY_OFF};

    if (strcmp(splitter, "StratifiedKFold") == 0) {
        config.stratify = HONE_STRATIFY_ON;
    }
    config.group = strcmp(splitter, "GroupKFold") == 0 ? "group" : NULL;
    if (strncmp(splitter, "TimeSeriesSplit", strlen("TimeSeriesSplit")) == 0) {
        config.time = "time";
        config.gap = strcmp(splitter, "TimeSeriesSplit_gap2") == 0 ? 2 : 0;
    }
    if (strcmp(splitter, "TimeSeriesSplit_max10_test4") == 0) {
        config.max_train_size = 10;
        config.test_size = 4;
    }
    return config;
}

static int compare_sizes(const void *a, const void *b) {
    return *(const int *)a - *(const int *)b;
}

/* Groups of equal size may go to either fold: only the sizes are defined. */
static void check_group_sizes(const struct golden *golden, size_t first,
    const struct hone_folds *folds) {
    int ours[8], theirs[8];

    for (size_t i = 0; i < folds->count; i++) {
        ours[i] = (int)folds->split[i].test_count;
        theirs[i] = (int)golden_number(golden, first + i, "n_test");
    }
    qsort(ours, folds->count, sizeof(int), compare_sizes);
    qsort(theirs, folds->count, sizeof(int), compare_sizes);
    assert_memory_equal(ours, theirs, folds->count * sizeof(int));
}

static void folds_are_those_of_scikit_learn(void **state) {
    struct golden labels = golden_read("cv_labels.csv");
    struct golden golden = golden_read("cv_folds.csv");
    size_t checked = 0;

    (void)state;
    for (size_t r = 0; r < golden.rows; r++) {
        const char *splitter = golden_text(&golden, r, "splitter");
        bool grouped = strcmp(splitter, "GroupKFold") == 0;
        struct hone_cv_config config =
            splitter_config(splitter, (int64_t)golden_number(&golden, r, "k"));
        struct sample sample;
        struct hone_folds *folds;

        if (golden_number(&golden, r, "fold") != 0) {
            continue; /* folds are checked together */
        }
        sample_read(&sample, &labels, golden_text(&golden, r, "case"));
        folds = make(&config, &sample, 1);
        for (size_t fold = 0; !grouped && fold < folds->count; fold++) {
            check_fold(&golden, r + fold, &sample, &folds->split[fold], true);
        }
        if (grouped) {
            check_group_sizes(&golden, r, folds);
        }
        checked++;
        hone_folds_free(folds);
        sample_drop(&sample);
    }
    assert_int_equal(checked, 5 * 2 * 6);
    golden_finish(&golden);
    golden_finish(&labels);
}

/* KFold, TimeSeriesSplit by definition; StratifiedKFold because the same way
 * of dealing was chosen. */
static void rows_are_those_of_scikit_learn(void **state) {
    struct golden labels = golden_read("cv_labels.csv");
    struct golden golden = golden_read("cv_assign.csv");
    struct hone_folds *folds = NULL;
    struct sample sample = {.rows = 0};
    char now[128] = "";

    (void)state;
    for (size_t r = 0; r < golden.rows; r++) {
        const char *splitter = golden_text(&golden, r, "splitter");
        int64_t k = (int64_t)golden_number(&golden, r, "k");
        struct hone_cv_config config = splitter_config(splitter, k);
        const struct hone_split *split;
        char key[128];

        if (config.group != NULL) {
            continue;
        }
        (void)sprintf(key, "%s %s %d", golden_text(&golden, r, "case"), splitter, (int)k);
        if (strcmp(key, now) != 0) {
            if (folds != NULL) {
                hone_folds_free(folds);
                sample_drop(&sample);
            }
            sample_read(&sample, &labels, golden_text(&golden, r, "case"));
            folds = make(&config, &sample, 1);
            (void)strcpy(now, key);
        }
        split = &folds->split[(size_t)golden_number(&golden, r, "fold")];
        assert_true(is_in(split->test, split->test_count, (size_t)golden_number(&golden, r, "i")));
    }
    hone_folds_free(folds);
    sample_drop(&sample);
    golden_finish(&golden);
    golden_finish(&labels);
}

/* All ways to make folds with shuffling. */
static const struct hone_cv_config ways[] = {
    {.folds = 4, .repeats = 3, .shuffle = true, .stratify = HONE_STRATIFY_OFF},
    {.folds = 4, .repeats = 3, .shuffle = true, .stratify = HONE_STRATIFY_AUTO},
    {.folds = 4, .repeats = 3, .shuffle = true, .group = "group"},
};
enum { WAYS = sizeof(ways) / sizeof(ways[0]) };

static void check_parts(const struct hone_split *split, size_t rows) {
    assert_int_equal(split->train_count + split->test_count, rows);
    for (size_t i = 0; i < rows; i++) {
        assert_true(is_in(split->train, split->train_count, i) !=
            is_in(split->test, split->test_count, i));
    }
    for (size_t i = 1; i < split->train_count; i++) {
        assert_true(split->train[i - 1] < split->train[i]);
    }
    for (size_t i = 1; i < split->test_count; i++) {
        assert_true(split->test[i - 1] < split->test[i]);
    }
}

static void every_row_is_tested_once_a_repeat(void **state) {
    struct sample sample;

    (void)state;
    sample_make(&sample, 53);
    for (size_t way = 0; way < WAYS; way++) {
        for (uint64_t seed = 0; seed < 10; seed++) {
            struct hone_folds *folds = make(&ways[way], &sample, seed);
            size_t tested[3][MOST_ROWS] = {{0}};

            for (size_t i = 0; i < folds->count; i++) {
                check_parts(&folds->split[i], sample.rows);
                for (size_t j = 0; j < folds->split[i].test_count; j++) {
                    tested[i / 4][folds->split[i].test[j]]++;
                }
            }
            for (size_t i = 0; i < 3 * sample.rows; i++) {
                assert_int_equal(tested[i / sample.rows][i % sample.rows], 1);
            }
            hone_folds_free(folds);
        }
    }
    sample_drop(&sample);
}

static void sizes_and_classes_stay_even_when_shuffled(void **state) {
    struct sample sample;
    size_t members[CLASSES] = {0};
    struct hone_folds *folds;

    (void)state;
    sample_make(&sample, 53);
    for (size_t i = 0; i < sample.rows; i++) {
        members[sample.label[i]]++;
    }
    folds = make(&ways[1], &sample, 7);
    for (size_t i = 0; i < folds->count; i++) {
        assert_in_range(folds->split[i].test_count, 53 / 4, 53 / 4 + 1);
        for (int32_t k = 0; k < 3; k++) {
            assert_in_range(count_class(&sample, &folds->split[i], k), members[k] / 4,
                members[k] / 4 + 1);
        }
    }
    hone_folds_free(folds);
    sample_drop(&sample);
}

static void groups_are_never_split(void **state) {
    struct sample sample;

    (void)state;
    sample_make(&sample, 60);
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct hone_folds *folds = make(&ways[2], &sample, seed);

        for (size_t i = 0; i < folds->count; i++) {
            const struct hone_split *split = &folds->split[i];

            assert_true(split->test_count > 0);
            for (size_t a = 0; a < split->train_count; a++) {
                for (size_t b = 0; b < split->test_count; b++) {
                    assert_int_not_equal(sample.group[split->train[a]],
                        sample.group[split->test[b]]);
                }
            }
        }
        hone_folds_free(folds);
    }
    sample_drop(&sample);
}

/* The sample's times fall with the row number, and each stands twice. */
static void time_never_trains_on_the_future(void **state) {
    const struct hone_cv_config config = {.folds = 5, .repeats = 1, .time = "time",
        .shuffle = true};
    struct sample sample;
    struct hone_folds *folds;

    (void)state;
    sample_make(&sample, 47);
    folds = make(&config, &sample, 3);
    for (size_t i = 0; i < folds->count; i++) {
        const struct hone_split *split = &folds->split[i];

        for (size_t a = 0; a < split->train_count; a++) {
            for (size_t b = 0; b < split->test_count; b++) {
                assert_true(sample.time[split->train[a]] <= sample.time[split->test[b]]);
                assert_true(split->train[a] != split->test[b]);
            }
        }
        assert_int_equal(split->test_count, 47 / 6);
    }
    assert_true(is_in(folds->split[4].test, folds->split[4].test_count, 0));
    hone_folds_free(folds);
    sample_drop(&sample);
}

static void folds_depend_on_seed_and_repeat_alone(void **state) {
    struct sample sample;

    (void)state;
    sample_make(&sample, 53);
    for (size_t way = 0; way < WAYS; way++) {
        struct hone_folds *a = make(&ways[way], &sample, 11);
        struct hone_folds *b = make(&ways[way], &sample, 11);
        struct hone_folds *c = make(&ways[way], &sample, 12);
        struct hone_cv_config once = ways[way];
        struct hone_folds *d;

        assert_string_equal(a->hash, b->hash);
        assert_string_not_equal(a->hash, c->hash);
        assert_true(a->split[0].test_count != a->split[4].test_count ||
            memcmp(a->split[0].test, a->split[4].test, a->split[0].test_count * 4) != 0);
        once.repeats = 1;
        d = make(&once, &sample, 11);
        assert_memory_equal(a->split[3].test, d->split[3].test, d->split[3].test_count * 4);
        hone_folds_free(a);
        hone_folds_free(b);
        hone_folds_free(c);
        hone_folds_free(d);
    }
    sample_drop(&sample);
}

static void impossible_folds_are_refused(void **state) {
    static const struct {
        struct hone_cv_config config;
        const char *words;
    } bad[] = {
        {{.folds = 31, .repeats = 1, .stratify = HONE_STRATIFY_OFF},
            "31 folds need at least 31 rows; the data has 30"},
        {{.folds = 30, .repeats = 1, .time = "time"}, "30 folds by time need at least 31 rows"},
        {{.folds = 5, .repeats = 1, .time = "time", .gap = 5},
            "5 folds of 5 rows and a gap of 5 leave nothing to train on; the data has 30 rows"},
        {{.folds = 3, .repeats = 1, .time = "time", .test_size = 10},
            "3 folds of 10 rows and a gap of 0 leave nothing to train on"},
        {{.folds = 12, .repeats = 1, .group = "group"},
            "12 folds need at least as many groups; column 'group' has 11"},
        {{.folds = 25, .repeats = 1}, "but no class has more than"},
        {{.folds = 3, .repeats = 1, .group = "group", .time = "time"}, "both group and time"},
        {{.folds = 3, .repeats = 1, .group = "group", .stratify = HONE_STRATIFY_ON},
            "cv.stratify: folds by group"},
        {{.folds = 3, .repeats = 1, .time = "time", .stratify = HONE_STRATIFY_ON},
            "cv.stratify: folds by time"},
        {{.folds = 3, .repeats = 2}, "cv.repeats"},
        {{.folds = 3, .repeats = 2, .shuffle = true, .time = "time"}, "cv.repeats"},
    };
    struct sample sample;

    (void)state;
    sample_make(&sample, 30);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct hone_folds *folds = NULL;
        struct hone_err err = {0};

        assert_int_equal(hone_folds_make(&bad[i].config, sample.data, 1, &folds, &err),
            HONE_E_INPUT);
        if (strstr(err.text, bad[i].words) == NULL) {
            fail_msg("expected '%s', but: %s", bad[i].words, err.text);
        }
        assert_null(folds);
    }
    sample_drop(&sample);
}

/* As scikit-learn: only when every class is too small is it impossible. */
static void small_class_is_no_error_while_a_larger_one_fills_the_folds(void **state) {
    const struct hone_cv_config config = {.folds = 5, .repeats = 1, .shuffle = true};
    struct sample sample = {.rows = 12};
    struct hone_folds *folds;

    (void)state;
    sample.label[3] = sample.label[8] = 1;
    sample_build(&sample);
    folds = make(&config, &sample, 1);
    for (size_t i = 0; i < folds->count; i++) {
        assert_in_range(count_class(&sample, &folds->split[i], 1), 0, 1);
    }
    hone_folds_free(folds);
    sample_drop(&sample);
}

static void failing_memory_is_an_error_and_leaks_nothing(void **state) {
    struct sample sample;

    (void)state;
    sample_make(&sample, 30);
    for (size_t way = 0; way < WAYS; way++) {
        enum hone_code code = HONE_E_NOMEM;

        for (unsigned long n = 1; code != HONE_OK; n++) {
            struct hone_folds *folds = NULL;
            struct hone_err err;

            hone_alloc_fail_at(n, 1);
            code = hone_folds_make(&ways[way], sample.data, 1, &folds, &err);
            hone_alloc_fail_at(0, 0);
            assert_true(code == HONE_OK || (code == HONE_E_NOMEM && folds == NULL));
            hone_folds_free(folds);
        }
    }
    sample_drop(&sample);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folds_are_those_of_scikit_learn),
        cmocka_unit_test(rows_are_those_of_scikit_learn),
        cmocka_unit_test(every_row_is_tested_once_a_repeat),
        cmocka_unit_test(sizes_and_classes_stay_even_when_shuffled),
        cmocka_unit_test(groups_are_never_split),
        cmocka_unit_test(time_never_trains_on_the_future),
        cmocka_unit_test(folds_depend_on_seed_and_repeat_alone),
        cmocka_unit_test(impossible_folds_are_refused),
        cmocka_unit_test(small_class_is_no_error_while_a_larger_one_fills_the_folds),
        cmocka_unit_test(failing_memory_is_an_error_and_leaks_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
