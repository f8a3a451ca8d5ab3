/* An open file of Optuna's, as its readers share it. */
#ifndef HONE_STORAGE_OPTUNA_FILE_H
#define HONE_STORAGE_OPTUNA_FILE_H

#include "engine/arena.h"
#include "storage/optuna.h"
#include "storage/sql.h"

#include <stddef.h>
#include <stdint.h>

/* A distribution and its choices; not a categorical one: none. */
struct hone_optuna_choices {
    const char *json; /* as in the file */
    bool unreadable;  /* no JSON: Python also writes NaN and Infinity */
    size_t count;
    struct hone_value *value;
};

struct hone_optuna {
    struct hone_db db;
    int64_t study;
    struct hone_arena arena;   /* as long as the file is open */
    struct hone_arena scratch; /* a trial */
    sqlite3_stmt *params, *values, *steps, *choose;
    size_t distributions, room;
    struct hone_optuna_choices *distribution;
    size_t param_room;
    const char **name;
    struct hone_value *param;
    size_t fold_room;
    double *fold;
};

/* The choices of a distribution_json, read once; the struct may move with the next
 * call, its values stay. */
HONE_MUST_CHECK enum hone_code hone_optuna_find_choices(struct hone_optuna *optuna,
    const char *json, const struct hone_optuna_choices **ret, struct hone_err *err);

#endif
