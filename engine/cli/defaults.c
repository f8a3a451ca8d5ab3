#include "engine/cli/defaults.h"

#include "engine/trial.h"

#include <math.h>

bool cli_defaults_are_first(const struct hone_value *spec) {
    const struct hone_value *first = hone_value_get(hone_value_get(spec, "search"), "first");

    return first == NULL || first->type != HONE_LIST;
}

bool cli_defaults_may_follow(const char *part) {
    return hone_part_is(part, hone_import_part) || hone_part_is(part, hone_queue_part);
}

static bool take(void *self, const struct hone_trial_row *row) {
    struct cli_defaults *defaults = self;

    if (hone_part_is(row->part, hone_first_part) && row->state == HONE_COMPLETE) {
        *defaults = (struct cli_defaults){true, row->number, row->value};
    }
    return cli_defaults_may_follow(row->part);
}

enum hone_code cli_defaults_find(struct hone_db *db, const struct hone_study_row *study,
    const struct hone_value *spec, struct cli_defaults *ret, struct hone_err *err) {
    const struct hone_trial_query query = {.study = study->name};

    *ret = (struct cli_defaults){.value = (double)NAN};
    return cli_defaults_are_first(spec) ? hone_db_trials(db, &query, take, ret, err) : HONE_OK;
}
