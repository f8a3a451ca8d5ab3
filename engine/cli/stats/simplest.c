#include "engine/cli/stats/simplest.h"

#include <math.h>
#include <string.h>

const char cli_simpler_usual[] = "hidden,-weight_decay,-dropout,epochs";

/* ---- The order ---- */

static enum hone_code add_key(struct cli_simpler *simpler, const struct hone_space *space,
    const char *word, size_t length, bool usual, struct hone_err *err) {
    const bool larger = length > 0 && word[0] == '-';
    struct hone_buf name = {0};
    size_t param;
    enum hone_code code = HONE_OK;

    hone_buf_add_bytes(&name, word + larger, length - larger);
    param = hone_space_find(space, hone_buf_text(&name));
    if (param < space->n && simpler->count < CLI_SIMPLER_LIMIT &&
        !(usual && hone_param_is_constant(&space->param[param]))) {
        simpler->key[simpler->count].param = param;
        simpler->key[simpler->count++].larger = larger;
    } else if (param == space->n && !usual) {
        const char *near = hone_space_nearest(space, hone_buf_text(&name));

        code = hone_fail(err, HONE_E_INPUT, "--simpler: '%s' is no parameter%s%s%s",
            hone_buf_text(&name), near == NULL ? "" : "; did you mean '", near == NULL ? "" : near,
            near == NULL ? "" : "'?");
    } else if (param < space->n && !usual) {
        code = hone_fail(err, HONE_E_INPUT, "--simpler: it takes at most %d names",
            CLI_SIMPLER_LIMIT);
    }
    hone_buf_finish(&name);
    return code;
}

enum hone_code cli_simpler_read(const char *text, const struct hone_space *space,
    struct cli_simpler *ret, struct hone_err *err) {
    const bool usual = text == NULL;
    struct cli_simpler simpler = {0};
    enum hone_code code = HONE_OK;

    for (const char *at = usual ? cli_simpler_usual : text; code == HONE_OK && *at != '\0';) {
        size_t length = strcspn(at, ",");

        code = add_key(&simpler, space, at, length, usual, err);
        at += length + (at[length] == ',');
    }
    if (code == HONE_OK && simpler.count == 0) {
        code = hone_fail(err, HONE_E_INPUT, "which trial is simpler? none of %s is searched;"
            " '--simpler NAME,-NAME' says it: smaller NAME first, or larger -NAME",
            cli_simpler_usual);
    }
    if (code == HONE_OK) {
        *ret = simpler;
    }
    return code;
}

void cli_simpler_write(const struct cli_simpler *simpler, const struct hone_space *space,
    struct hone_buf *buf) {
    for (size_t i = 0; i < simpler->count; i++) {
        hone_buf_printf(buf, "%s%s", i == 0 ? "" : ",", simpler->key[i].larger ? "-" : "");
        hone_buf_add_printable(buf, space->param[simpler->key[i].param].name);
    }
}

/* ---- The trial ---- */

struct size {
    double sum;
    size_t length;
};

static struct size size_of(const struct hone_param *param, double x_value) {
    struct hone_value value;
    struct size size = {0};

    if (isnan(x_value)) {
        return size;
    }
    value = hone_param_value(param, x_value);
    if (hone_value_is_number(&value)) {
        size.sum = value.real;
    } else if (value.type == HONE_LIST) {
        size.length = value.count;
        for (size_t i = 0; i < value.count; i++) {
            size.sum += hone_value_is_number(value.item[i]) ? value.item[i]->real : 0;
        }
    } else {
        size.sum = x_value;
    }
    return size;
}

/* Negative when trial a is simpler than b. */
static int compare(const struct cli_record *record, const struct cli_simpler *simpler, size_t a,
    size_t b) {
    const struct hone_space *space = &record->spec.plan.space;

    for (size_t i = 0; i < simpler->count; i++) {
        const size_t p = simpler->key[i].param;
        const struct size x = size_of(&space->param[p], record->x_value[a * space->n + p]);
        const struct size y = size_of(&space->param[p], record->x_value[b * space->n + p]);
        int order = x.sum != y.sum ? (x.sum < y.sum ? -1 : 1)
                                   : (x.length > y.length) - (x.length < y.length);

        if (order != 0) {
            return simpler->key[i].larger ? -order : order;
        }
    }
    return 0;
}

static double loss_of(const struct cli_record *record, size_t number) {
    return cli_record_loss(record, record->trial[number].value);
}

enum hone_code cli_simplest_find(const struct cli_record *record,
    const struct cli_simpler *simpler, size_t *ret_number, size_t *ret_within,
    struct hone_err *err) {
    const size_t best = cli_record_best(record);
    size_t chosen = best;
    size_t within = 0;
    double most;

    if (best == record->count) {
        return hone_fail(err, HONE_E_MISSING, "study '%s' has no complete trial",
            record->study.name);
    }
    if (!isfinite(record->trial[best].sem)) {
        return hone_fail(err, HONE_E_INPUT, "the values of study '%s' have no standard error:"
            " each is of one fold", record->study.name);
    }
    most = loss_of(record, best) + record->trial[best].sem;
    for (size_t i = 0; i < record->count; i++) {
        if (record->trial[i].state == HONE_COMPLETE && loss_of(record, i) <= most) {
            int order = compare(record, simpler, i, chosen);

            within++;
            if (order < 0 || (order == 0 && loss_of(record, i) < loss_of(record, chosen))) {
                chosen = i;
            }
        }
    }
    *ret_number = chosen;
    *ret_within = within;
    return HONE_OK;
}
