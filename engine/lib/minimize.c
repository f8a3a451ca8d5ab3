/* The short way: a search that is opened, run and closed in one call. */
#include "engine/err.h"
#include "engine/hone.h"

#include <inttypes.h>

/* Why there is no best: that of the first trial that says why. */
static enum hone_code fail_without_value(const struct hone_search *search, struct hone_err *err) {
    const char *why = NULL;
    uint64_t number = 0;

    while (number < hone_search_count(search)) {
        if (hone_search_trial(search, number, NULL, NULL, NULL, &why, err) == HONE_OK &&
            why != NULL) {
            return hone_fail(err, HONE_E_NUMERIC, "no trial has a value; trial %" PRIu64
                " failed: %.1000s", number, why);
        }
        number++;
    }
    return hone_fail(err, HONE_E_NUMERIC, "no trial has a value");
}

static enum hone_code find_best(const struct hone_search *search, double *ret_x, double *ret_value,
    struct hone_err *err) {
    enum hone_code code = hone_search_best(search, ret_x, ret_value, NULL, err);

    return code == HONE_E_MISSING ? fail_without_value(search, err) : code;
}

static enum hone_code optimize(const struct hone_params *params, hone_function *function,
    void *data, const struct hone_options *options, double *ret_x, double *ret_value,
    struct hone_err *err) {
    struct hone_search *search = NULL;
    struct hone_err unread;
    enum hone_code code;

    err = err != NULL ? err : &unread;
    code = hone_search_open(params, options, &search, err);
    if (code == HONE_OK) {
        code = hone_search_run(search, function, data, NULL, err);
    }
    if (code == HONE_OK) {
        code = find_best(search, ret_x, ret_value, err);
    }
    hone_search_close(search);
    return code;
}

enum hone_code hone_minimize(const struct hone_params *params, hone_function *function, void *data,
    const struct hone_options *options, double *ret_x, double *ret_value, struct hone_err *err) {
    struct hone_options own = options != NULL ? *options : (struct hone_options){0};

    own.maximize = 0;
    return optimize(params, function, data, &own, ret_x, ret_value, err);
}

enum hone_code hone_maximize(const struct hone_params *params, hone_function *function, void *data,
    const struct hone_options *options, double *ret_x, double *ret_value, struct hone_err *err) {
    struct hone_options own = options != NULL ? *options : (struct hone_options){0};

    own.maximize = 1;
    return optimize(params, function, data, &own, ret_x, ret_value, err);
}
