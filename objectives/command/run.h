/* One job of the objective `command`: a program run until it answers, with its
 * files, its time limit and its retries. */
#ifndef HONE_OBJECTIVES_COMMAND_RUN_H
#define HONE_OBJECTIVES_COMMAND_RUN_H

#include "objectives/command/config.h"

struct hone_run_setup {
    const struct hone_command *command;
    const char *folder;         /* where programs start */
    const char *private_folder; /* ours: files of the folds, a folder for each run */
    struct hone_slots *slots;
};

/* As evaluate of struct hone_objective_type. */
HONE_MUST_CHECK enum hone_code hone_command_run(const struct hone_run_setup *setup,
    const struct hone_job *job, struct hone_result *ret_result, struct hone_err *err);

#endif
