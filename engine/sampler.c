#include "engine/sampler.h"

#include <math.h>

static const double inactive_unit = 0.5; /* as engine/space.h has it */

enum hone_code hone_sampler_create(const struct hone_sampler_type *type,
    const struct hone_sampler_setup *setup, struct hone_sampler **ret, struct hone_err *err) {
    struct hone_sampler *sampler = NULL;
    enum hone_code code;

    hone_assert(setup->space != NULL);
    hone_assert(setup->folds >= 1);
    hone_assert(setup->config != NULL || type->config_size == 0);
    code = type->create(setup, &sampler, err);
    if (code != HONE_OK) {
        return hone_while(err, "starting the sampler '%s'", type->name);
    }
    hone_assert(sampler != NULL && sampler->type == type);
    *ret = sampler;
    return HONE_OK;
}

uint64_t hone_sampler_size(const struct hone_sampler *sampler) {
    return sampler->type->size == NULL ? 0 : sampler->type->size(sampler);
}

enum hone_code hone_sampler_ask(struct hone_sampler *sampler, const struct hone_view *view,
    struct hone_proposal *ret_proposal, struct hone_err *err) {
    const size_t params = view->history->params;
    enum hone_code code;

    hone_assert(view->settled <= view->asking);
    hone_assert(view->settled <= view->history->count);
    *ret_proposal = (struct hone_proposal){
        .x_unit = ret_proposal->x_unit,
        .part = sampler->type->name,
        .mean = (double)NAN,
        .sd = (double)NAN,
        .acquisition = (double)NAN,
    };
    for (size_t p = 0; p < params; p++) {
        ret_proposal->x_unit[p] = inactive_unit;
    }
    code = sampler->type->ask(sampler, view, ret_proposal, err);
    if (code != HONE_OK) {
        return hone_while(err, "asking the sampler '%s' for trial %zu", sampler->type->name,
            view->asking);
    }
    hone_assert(ret_proposal->part != NULL);
    for (size_t p = 0; p < params && !ret_proposal->exhausted; p++) {
        hone_assert(ret_proposal->x_unit[p] >= 0 && ret_proposal->x_unit[p] <= 1);
    }
    return HONE_OK;
}

enum hone_code hone_sampler_reflect(struct hone_sampler *sampler, const struct hone_view *view,
    struct hone_insight *ret_insight, struct hone_err *err) {
    enum hone_code code;

    *ret_insight =
        (struct hone_insight){.trials = view->settled, .length = ret_insight->length};
    if (sampler->type->reflect == NULL) {
        return HONE_OK;
    }
    code = sampler->type->reflect(sampler, view, ret_insight, err);
    return code == HONE_OK ? code
                           : hone_while(err, "asking the sampler '%s' what it has learnt",
                                 sampler->type->name);
}

void hone_sampler_free(struct hone_sampler *sampler) {
    if (sampler != NULL) {
        sampler->type->free(sampler);
    }
}
