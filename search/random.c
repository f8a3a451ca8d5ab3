/* Random search (Bergstra, Bengio 2012, "Random search for hyper-parameter
 * optimization", JMLR 13): every point is drawn anew, uniform in the unit cube,
 * that is, uniform in each parameter's own scale.
 *
 * Point t depends on the seed and on t alone. Every parameter takes one number
 * of the stream, in the order of the spec and whether or not it is active, so
 * that a parameter added at the end leaves the others as they were. */
#include "search/samplers.h"

#include "engine/alloc.h"
#include "engine/rng.h"

struct random_sampler {
    struct hone_sampler base;
    const struct hone_space *space;
    uint64_t seed;
    double *x_value; /* (space->n) room to snap a point */
};

static struct random_sampler *downcast(struct hone_sampler *self) {
    hone_assert(self->type == &hone_sampler_random);
    return (struct random_sampler *)self;
}

static void random_free(struct hone_sampler *self) {
    if (self != NULL) {
        hone_free(downcast(self)->x_value);
        hone_free(self);
    }
}

static enum hone_code random_create(const struct hone_sampler_setup *setup,
    struct hone_sampler **ret, struct hone_err *err) {
    struct random_sampler *sampler = hone_new(sizeof(*sampler));

    if (sampler == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for random search");
    }
    sampler->base.type = &hone_sampler_random;
    sampler->space = setup->space;
    sampler->seed = setup->seed;
    sampler->x_value = hone_new_array(setup->space->n, sizeof(*sampler->x_value));
    if (sampler->x_value == NULL) {
        random_free(&sampler->base);
        return hone_fail(err, HONE_E_NOMEM, "no memory for random search");
    }
    *ret = &sampler->base;
    return HONE_OK;
}

static enum hone_code random_ask(struct hone_sampler *self, const struct hone_view *view,
    struct hone_proposal *ret_proposal, struct hone_err *err) {
    struct random_sampler *sampler = downcast(self);
    struct hone_rng rng;

    (void)err;
    hone_rng_at(&rng, sampler->seed, view->asking, 0, HONE_FOR_POINT);
    for (size_t p = 0; p < sampler->space->n; p++) {
        ret_proposal->x_unit[p] = hone_rng_uniform(&rng);
    }
    hone_space_decode(sampler->space, ret_proposal->x_unit, sampler->x_value);
    hone_space_encode(sampler->space, sampler->x_value, ret_proposal->x_unit);
    ret_proposal->part = "random";
    return HONE_OK;
}

const struct hone_sampler_type hone_sampler_random = {
    .name = "random",
    .summary = "every point drawn anew, independent of the others",
    .blind = true,
    .create = random_create,
    .ask = random_ask,
    .free = random_free,
};
