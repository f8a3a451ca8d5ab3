/* A C function as an objective: of one fold, on any worker. */
#ifndef HONE_ENGINE_LIB_FUNCTION_H
#define HONE_ENGINE_LIB_FUNCTION_H

#include "engine/hone.h"
#include "engine/objective.h"

struct lib_function {
    struct hone_objective base;
    hone_function *function;
    void *data; /* the user's */
};

/* Fills an objective that lives in the caller's memory: nothing to close. */
void lib_function_init(struct lib_function *objective, hone_function *function, void *data,
    bool maximize);

#endif
