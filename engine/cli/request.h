/* What a line of `hone pipe` asks for. */
#ifndef HONE_CLI_REQUEST_H
#define HONE_CLI_REQUEST_H

#include "engine/ask.h"
#include "engine/err.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

enum cli_op { CLI_OP_ASK, CLI_OP_TELL, CLI_OP_REPORT, CLI_OP_FAIL, CLI_OP_BEST };

struct cli_request {
    enum cli_op op;
    uint64_t trial;
    int64_t step;
    double value;       /* finite */
    double sem;         /* NaN: not given */
    const char *reason; /* lives in root */
    size_t metric_count;
    struct hone_metric_value metric[HONE_METRIC_LIMIT];
    json_t *root; /* owned */
};

/* Reads one line: a JSON object whose "op" says which members it has, all of them
 * known, none twice. HONE_E_INPUT says what is wrong. Finish it in any case. */
HONE_MUST_CHECK enum hone_code cli_request_read(const char *line, size_t length,
    struct cli_request *ret_request, struct hone_err *err);
void cli_request_finish(struct cli_request *request);

#endif
