/* The environment of a run: that of the engine, and what the run is about.
 *
 * A parameter lr is in HONE_PARAM_lr and, in capitals with _ for all that is no
 * letter or digit, in HONE_PARAM_LR; inactive ones are not there. A slot gpu is
 * in HONE_SLOT_GPU and, as CUDA has it, in CUDA_VISIBLE_DEVICES. */
#ifndef HONE_OBJECTIVES_COMMAND_ENV_H
#define HONE_OBJECTIVES_COMMAND_ENV_H

#include "objectives/command/template.h"

/* The files of a run. */
struct hone_run_files {
    const char *params; /* JSON, written before the run */
    const char *result; /* does not exist before it */
};

/* The environment, NULL-terminated, in arena. The engine's own is read now and
 * must not change meanwhile. HONE_E_NOMEM. */
HONE_MUST_CHECK enum hone_code hone_env_make(const struct hone_filling *filling,
    const struct hone_slots_config *slots, const struct hone_run_files *files,
    struct hone_arena *arena, char ***ret_envp, struct hone_err *err);

/* Appends the active parameters as a JSON object. */
void hone_env_write_params(const struct hone_filling *filling, struct hone_buf *buf);

#endif
