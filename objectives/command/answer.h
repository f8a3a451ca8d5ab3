/* What a program answers: one text, a number or a JSON object. */
#ifndef HONE_OBJECTIVES_COMMAND_ANSWER_H
#define HONE_OBJECTIVES_COMMAND_ANSWER_H

#include "engine/trial.h"

#include <stdbool.h>
#include <stddef.h>

enum hone_answer {
    HONE_ANSWER_VALUE,      /* the result has value and metrics */
    HONE_ANSWER_NONE,       /* the result is a failure: no number stands there */
    HONE_ANSWER_INFEASIBLE, /* the result is a failure: the program says so */
};

/* Reads the text: a finite decimal number, or a JSON object whose `value` (else
 * `loss`) is one; its other finite numbers become metrics, and `stderr` is the
 * value's standard error. With
 * {"infeasible": true} it is a failure, for its `reason`. White space around it
 * is ignored. */
enum hone_answer hone_answer_read(const char *text, size_t length, struct hone_result *ret_result);

/* Whether a line is an intermediate value {"step": 3, "value": 0.41}; the step is
 * a whole number from 0 on. */
bool hone_answer_is_step(const char *line, size_t length, int64_t *ret_step, double *ret_value);

#endif
