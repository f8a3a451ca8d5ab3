/* Where `hone import` reads trials from: one reader a kind of file. A reader knows
 * nothing of what becomes of a trial; it tells each and stops when it is told to. */
#ifndef HONE_CLI_EXCHANGE_IMPORT_H
#define HONE_CLI_EXCHANGE_IMPORT_H

#include "engine/adopt.h"
#include "engine/err.h"
#include "storage/optuna.h"

#include <stdbool.h>

struct cli_import {
    const char *path;
    const char *from;   /* name of the study in the file, or NULL */
    const char *study;  /* into which it goes */
    const char *metric; /* what its values are */
    bool maximize;
    const struct hone_space *space;
    hone_foreign_visit *visit;
    void *self;
};

/* An array of trials as `hone trials --format json` writes them; "params" is all
 * that a trial must have. HONE_E_INPUT says where and what. */
HONE_MUST_CHECK enum hone_code cli_import_json(const struct cli_import *im, struct hone_err *err);

/* A header line and a row a trial. Columns are known by their names: those of `hone
 * export`, of pandas over Optuna (params_lr) and scikit-learn (param_lr), and of
 * optuna-dashboard (Param lr). */
HONE_MUST_CHECK enum hone_code cli_import_csv(const struct cli_import *im, struct hone_err *err);

/* A study of another database of hone. HONE_E_INPUT when its direction is another. */
HONE_MUST_CHECK enum hone_code cli_import_hone(const struct cli_import *im, struct hone_err *err);

/* The word of a state in any of these files; false when it is none. */
bool cli_import_state(const char *word, enum hone_state *ret);

#endif
