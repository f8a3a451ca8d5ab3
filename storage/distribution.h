/* A parameter's range as Optuna writes it in distribution_json. */
#ifndef HONE_STORAGE_DISTRIBUTION_H
#define HONE_STORAGE_DISTRIBUTION_H

#include "engine/buf.h"
#include "engine/space.h"

/* Appends the JSON, letter for letter as Python's json.dumps would: dashboards
 * compare texts. A choice that Optuna does not know (a list) is a text. */
void hone_distribution_write(const struct hone_param *param, struct hone_buf *buf);

#endif
