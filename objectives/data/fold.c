#include "objectives/data/fold.h"

#include "engine/alloc.h"
#include "objectives/data/hash.h"
#include "objectives/data/kfold.h"
#include "objectives/data/scaling.h"

#include <string.h>

static void hash_rows(struct hone_hash *hash, const uint32_t *rows, size_t count) {
    hone_hash_add_number(hash, count);
    for (size_t i = 0; i < count; i++) {
        hone_hash_add_number(hash, rows[i]);
    }
}

/* By time a row may be in neither part, so both are hashed. */
static void hash_assignment(struct hone_folds *folds) {
    struct hone_hash hash;

    hone_hash_begin(&hash);
    for (size_t i = 0; i < folds->count; i++) {
        hash_rows(&hash, folds->split[i].train, folds->split[i].train_count);
        hash_rows(&hash, folds->split[i].test, folds->split[i].test_count);
    }
    hone_hash_hex(&hash, folds->hash);
}

static enum hone_code fill_folds(const struct hone_cv_config *config,
    const struct hone_dataset *data, uint64_t seed, struct hone_folds *folds,
    struct hone_err *err) {
    enum hone_code code = HONE_OK;

    for (int64_t repeat = 0; code == HONE_OK && repeat < config->repeats; repeat++) {
        code = hone_kfold_assign(config, data, seed, (uint64_t)repeat,
            folds->split + repeat * config->folds, err);
    }
    for (size_t i = 0; code == HONE_OK && i < folds->count; i++) {
        struct hone_split *split = &folds->split[i];

        code = hone_scaling_learn(data, split->train, split->train_count, data->cells_missing > 0,
            &split->scaling, err);
    }
    if (code == HONE_OK) {
        hash_assignment(folds);
    }
    return code;
}

enum hone_code hone_folds_make(const struct hone_cv_config *config,
    const struct hone_dataset *data, uint64_t seed, struct hone_folds **ret,
    struct hone_err *err) {
    struct hone_folds *folds = NULL;
    enum hone_code code = hone_kfold_check(config, data, err);

    if (code != HONE_OK) {
        goto out;
    }
    folds = hone_new(sizeof(*folds));
    if (folds != NULL) {
        folds->split = hone_new_array((size_t)(config->folds * config->repeats),
            sizeof(*folds->split));
    }
    if (folds == NULL || folds->split == NULL) {
        code = hone_fail(err, HONE_E_NOMEM, "the folds");
        goto out;
    }
    folds->count = (size_t)(config->folds * config->repeats);
    code = fill_folds(config, data, seed, folds, err);
    if (code != HONE_OK) {
        goto out;
    }
    *ret = folds;
    folds = NULL; /* the caller owns it now */
out:
    hone_folds_free(folds);
    return code;
}

void hone_folds_free(struct hone_folds *folds) {
    if (folds == NULL) {
        return;
    }
    for (size_t i = 0; i < folds->count; i++) {
        hone_free(folds->split[i].train);
        hone_free(folds->split[i].test);
        hone_scaling_finish(&folds->split[i].scaling);
    }
    hone_free(folds->split);
    hone_free(folds->narrow);
    hone_free(folds);
}
