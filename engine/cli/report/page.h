/* The report as one HTML file that needs nothing else. */
#ifndef HONE_CLI_REPORT_PAGE_H
#define HONE_CLI_REPORT_PAGE_H

#include "engine/buf.h"
#include "engine/err.h"

/* Appends the page with `data`, a JSON text, in it. What the data holds cannot end
 * the element it is in, and no script but the page's own may run: its policy names
 * it by hash and forbids all else, the network included. */
HONE_MUST_CHECK enum hone_code cli_page_write(const struct hone_buf *data, struct hone_buf *ret,
    struct hone_err *err);

#endif
