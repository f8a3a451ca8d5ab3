#include "objectives/sections.h"

#include "engine/objective.h"

enum { FOLDS_LIMIT = 1000, REPEATS_LIMIT = 60 }; /* a fold's number has 16 bits, see rng.h */

static const char *const task_names[] = {"auto", "classification", "regression", NULL};
static const char *const stratify_names[] = {"auto", "on", "off", NULL};

const struct hone_option hone_data_options[] = {
    HONE_WORDS(struct hone_data_config, csv, "a CSV file with a header line"),
    HONE_WORDS(struct hone_data_config, svmlight, "a file of lines 'target index:value …'"),
    HONE_WORDS(struct hone_data_config, sqlite, "an SQLite database, read by query"),
    HONE_WORDS(struct hone_data_config, query, "the SELECT whose rows are the data"),
    HONE_WORDS(struct hone_data_config, test,
        "a CSV file of the same columns that the search never sees; 'hone best' scores on it"),
    HONE_WORDS(struct hone_data_config, target, "column to predict; the last one by default"),
    HONE_ONE_OF(struct hone_data_config, task, task_names, HONE_TASK_AUTO,
        "auto: classification when the target is text or few integers"),
    HONE_TEXTS(struct hone_data_config, ignore, "columns to leave out"),
    HONE_TEXTS(struct hone_data_config, missing,
        "cells read as missing; by default \"\", NA, N/A, NaN, nan, null, NULL and ?"),
    HONE_OPTIONS_END,
};

const struct hone_option hone_cv_options[] = {
    HONE_INTEGER(struct hone_cv_config, folds, 5, 2, FOLDS_LIMIT, "parts the rows are split into"),
    HONE_INTEGER(struct hone_cv_config, repeats, 1, 1, REPEATS_LIMIT,
        "how often all folds are made, each time shuffled anew"),
    HONE_ONE_OF(struct hone_cv_config, stratify, stratify_names, HONE_STRATIFY_AUTO,
        "same share of each class in each fold; auto: in classification without group or time"),
    HONE_FLAG(struct hone_cv_config, shuffle, true, "shuffle the rows before splitting"),
    HONE_WORDS(struct hone_cv_config, group, "column whose equal values stay in one fold"),
    HONE_WORDS(struct hone_cv_config, time,
        "column to sort by: train on the past, test on what follows"),
    HONE_INTEGER(struct hone_cv_config, gap, 0, 0, 1e9,
        "with time: rows left out between the past and what follows"),
    HONE_INTEGER(struct hone_cv_config, max_train_size, 0, 0, 1e9,
        "with time: train on the latest so many rows alone; 0: on all of the past"),
    HONE_INTEGER(struct hone_cv_config, test_size, 0, 0, 1e9,
        "with time: rows tested in each fold; 0: rows / (folds + 1)"),
    HONE_ONE_OF(struct hone_cv_config, race, hone_race_wish_names, HONE_RACE_AUTO,
        "run a trial's folds one by one and leave it after two or more when its chance to become "
        "the best is below 0.1; auto: on with method gp alone"),
    HONE_OPTIONS_END,
};

static struct hone_place place_of(const struct hone_value *value) {
    return value == NULL ? (struct hone_place){0, 0} : value->place;
}

static void move_source(struct hone_data_config *config, const char *file) {
    const char **const source[] = {&config->csv, &config->svmlight, &config->sqlite};

    for (size_t i = 0; file != NULL && i < sizeof(source) / sizeof(source[0]); i++) {
        *source[i] = *source[i] != NULL ? file : NULL;
    }
}

void hone_data_section_read(const struct hone_objective_setup *setup,
    struct hone_data_config *ret_config, struct hone_problems *problems) {
    const struct hone_value *spec = setup->spec;
    const struct hone_option *const tables[] = {hone_data_options, NULL};
    const struct hone_value *map = hone_value_get(spec, "data");
    const size_t before = problems->count;
    int sources;

    if (map == NULL) {
        hone_problem(problems, place_of(spec), "data",
            "it is missing; it should say where the data is, as in data: {csv: FILE}");
        hone_options_preset(hone_data_options, ret_config);
        return;
    }
    hone_options_read(hone_data_options, "data", map, ret_config, problems);
    hone_options_unknown(tables, "data", map, problems);
    if (problems->count > before) {
        return;
    }
    sources = (ret_config->csv != NULL) + (ret_config->svmlight != NULL) +
              (ret_config->sqlite != NULL);
    if (sources != 1) {
        hone_problem(problems, map->place, "data",
            "%d sources are named; there should be exactly one of csv, svmlight, sqlite", sources);
    } else if ((ret_config->sqlite != NULL) != (ret_config->query != NULL)) {
        hone_problem(problems, map->place, "data.query",
            ret_config->sqlite != NULL ? "it is missing; sqlite needs a SELECT"
                                       : "it is given without sqlite; it should be left out");
    }
    if (sources == 1 && ret_config->svmlight != NULL && ret_config->test != NULL) {
        hone_problem(problems, map->place, "data.test",
            "it needs columns with names, which svmlight has not; it should be left out");
    }
    move_source(ret_config, setup->data_file);
}

void hone_cv_section_read(const struct hone_value *spec, struct hone_cv_config *ret_config,
    struct hone_problems *problems) {
    const struct hone_option *const tables[] = {hone_cv_options, NULL};
    const struct hone_value *map = hone_value_get(spec, "cv");
    const size_t before = problems->count;

    hone_options_read(hone_cv_options, "cv", map, ret_config, problems);
    hone_options_unknown(tables, "cv", map, problems);
    if (problems->count == before && ret_config->group != NULL && ret_config->time != NULL) {
        hone_problem(problems, map->place, "cv",
            "group and time are both given; it should be one of them");
    }
    if (problems->count == before && ret_config->time == NULL &&
        (ret_config->gap > 0 || ret_config->max_train_size > 0 || ret_config->test_size > 0)) {
        hone_problem(problems, map->place, "cv",
            "gap, max_train_size and test_size are for folds by time; time should be given too");
    }
}
