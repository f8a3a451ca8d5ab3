/* Files to import that somebody has broken: whatever is in them, reading ends with a
 * trial that fits or a sentence. Meant for a build with the sanitizers.
 *
 *   fuzz_import [SECONDS [SEED]]    of each kind of file; prints how many were read
 *
 * A file is one of a few good ones with some changes. The same seed makes the same
 * files in the same order; the one that is being read stays when it ends badly. They
 * lie in memory where that can be had: a disk would do most of the work. */
#include "engine/adopt.h"
#include "engine/cli/exchange/import.h"
#include "engine/clock.h"
#include "storage/optuna.h"
#include "tests/storage/rig.h"

#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { FILE_LIMIT = 1024 * 1024, CHANGES = 8, RIG_TRIALS = 12, SLOW_SECONDS = 10 };

struct file {
    unsigned char *bytes; /* (FILE_LIMIT) */
    size_t length;
};

struct kind {
    const char *name;
    enum hone_code (*read)(const struct cli_import *im, struct hone_err *err);
    bool text; /* words are put in, not only bytes */
    struct file seed;
};

struct target {
    struct rig rig;
    char path[128]; /* of the file that is read */
    uint64_t random;
    struct hone_adoption *adoption;
    uint64_t trials;
};

/* ---- Chance: splitmix64 (Steele, Lea and Flood 2014) ---- */

static uint64_t draw(struct target *t) {
    uint64_t z = (t->random += UINT64_C(0x9e3779b97f4a7c15));

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static size_t below(struct target *t, size_t limit) {
    return limit == 0 ? 0 : (size_t)(draw(t) % limit);
}

/* ---- Changes ---- */

static void put_in(struct file *file, size_t at, const void *bytes, size_t length) {
    if (file->length + length <= FILE_LIMIT) {
        memmove(file->bytes + at + length, file->bytes + at, file->length - at);
        memcpy(file->bytes + at, bytes, length);
        file->length += length;
    }
}

static void take_out(struct target *t, struct file *file) {
    size_t at = below(t, file->length);
    size_t length = 1 + below(t, file->length - at < 64 ? file->length - at : 64);

    length = length < file->length - at ? length : file->length - at;
    memmove(file->bytes + at, file->bytes + at + length, file->length - at - length);
    file->length -= length;
}

static void repeat_part(struct target *t, struct file *file) {
    unsigned char part[64];
    size_t at = below(t, file->length);
    size_t length = file->length - at < sizeof(part) ? file->length - at : sizeof(part);

    memcpy(part, file->bytes + at, length);
    put_in(file, below(t, file->length), part, length);
}

static void put_word(struct target *t, struct file *file) {
    static const char *const words[] = {"NaN", "-Infinity", "1e999", "-1e-999", "null", "true", "[",
        "]", "{", "}", "\"", ",", ":", "\n", "\r\n", "\\u0000", "\\ud800", "0", "-",
        "18446744073709551616", "fold_59999", "fold_60000", "value", "params_lr", "\"params\":",
        "state", "PRUNED", "\xff", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "2026-01-01 00:00:00",
        "\xef\xbb\xbf"};
    const char *word = words[below(t, sizeof(words) / sizeof(words[0]))];

    put_in(file, below(t, file->length + 1), word, strlen(word));
}

static void change_bytes(struct target *t, struct file *file) {
    static const unsigned char extremes[] = {0, 1, 0x7f, 0x80, 0xff};
    size_t at = below(t, file->length);

    if (draw(t) % 2 == 0) {
        file->bytes[at] ^= (unsigned char)(1U << below(t, 8));
    } else {
        file->bytes[at] = extremes[below(t, sizeof(extremes))];
    }
}

static void change(struct target *t, const struct kind *kind, struct file *file) {
    size_t changes = 1 + below(t, CHANGES);

    for (size_t i = 0; i < changes && file->length > 0; i++) {
        switch (below(t, kind->text ? 5 : 12)) {
        case 0:
            take_out(t, file);
            break;
        case 1:
            repeat_part(t, file);
            break;
        case 2:
        case 3:
            if (kind->text) {
                put_word(t, file);
                break;
            }
            change_bytes(t, file);
            break;
        default:
            change_bytes(t, file);
            break;
        }
    }
}

/* ---- Reading ---- */

static bool take(void *self, const struct hone_foreign *foreign) {
    struct target *t = self;
    struct hone_err err;

    t->trials++;
    assert_int_equal(hone_adopt(t->adoption, foreign, &err), HONE_OK);
    return t->trials < 100000;
}

static enum hone_code read_optuna(const struct cli_import *im, struct hone_err *err) {
    struct hone_optuna *optuna = NULL;
    struct hone_buf space = {0};
    bool maximize;
    enum hone_code code = hone_optuna_open(im->path, &optuna, err);

    if (code == HONE_OK) {
        code = hone_optuna_choose(optuna, NULL, im->study, &maximize, err);
    }
    if (code == HONE_OK) {
        code = hone_optuna_trials(optuna, im->visit, im->self, err);
    }
    if (code == HONE_OK) {
        code = hone_optuna_write_space(optuna, &space, err);
    }
    hone_buf_finish(&space);
    hone_optuna_close(optuna);
    return code;
}

/* What was taken over is what the rest of the program counts on. */
static void check_adopted(const struct hone_adoption *a) {
    for (size_t i = 0; i < a->history.count; i++) {
        const struct hone_trial *trial = &a->history.trial[i];

        assert_true(trial->state != HONE_COMPLETE || isfinite(trial->loss));
        assert_true(trial->state != HONE_FAILED || trial->error != NULL);
        assert_true(trial->folds_done <= RIG_FOLDS);
        for (size_t p = 0; p < a->space->n; p++) {
            double u = isnan(trial->x_value[p])
                           ? 0.5 : hone_param_encode(&a->space->param[p], trial->x_value[p]);

            assert_true(u >= 0 && u <= 1);
        }
    }
}

static void save(const char *path, const struct file *file) {
    FILE *to = fopen(path, "wb");

    assert_non_null(to);
    assert_true(file->length == 0 ||
                fwrite(file->bytes, 1, file->length, to) == file->length);
    assert_int_equal(fclose(to), 0);
}

static void load(const char *path, struct file *file) {
    FILE *from = fopen(path, "rb");

    assert_non_null(from);
    file->length = fread(file->bytes, 1, FILE_LIMIT, from);
    assert_int_equal(fclose(from), 0);
    assert_true(file->length > 0);
}

static enum hone_code read_once(struct target *t, const struct kind *kind) {
    struct hone_adoption adoption;
    struct hone_err err = {0};
    const struct cli_import im = {.path = t->path, .study = "trees", .metric = "accuracy",
        .maximize = true, .space = &t->rig.space, .visit = take, .self = t};
    enum hone_code code;

    assert_int_equal(hone_adoption_init(&adoption, &t->rig.space, RIG_FOLDS, true, &err), HONE_OK);
    t->adoption = &adoption;
    t->trials = 0;
    (void)alarm(SLOW_SECONDS); /* what takes longer hangs */
    code = kind->read(&im, &err);
    (void)alarm(0);
    check_adopted(&adoption);
    if (code != HONE_OK) { /* a sentence, and no bug of ours */
        assert_true(strlen(err.text) > 0 && code != HONE_E_NOMEM && code != HONE_E_CANCELLED);
    }
    hone_adoption_finish(&adoption);
    return code;
}

static void fuzz(struct target *t, const struct kind *kind, double seconds) {
    struct file file = {.bytes = malloc(FILE_LIMIT)};
    double end = hone_clock_seconds() + seconds;
    size_t count = 0;
    size_t good = 0;

    assert_non_null(file.bytes);
    (void)snprintf(t->path, sizeof(t->path), "%s/hone-fuzz-%ld-%s",
        access("/dev/shm", W_OK) == 0 ? "/dev/shm" : t->rig.folder, (long)getpid(), kind->name);
    save(t->path, &kind->seed);
    assert_int_equal(read_once(t, kind), HONE_OK);
    assert_int_equal(t->trials, RIG_TRIALS);
    while (hone_clock_seconds() < end) {
        memcpy(file.bytes, kind->seed.bytes, kind->seed.length);
        file.length = kind->seed.length;
        change(t, kind, &file);
        save(t->path, &file);
        good += read_once(t, kind) == HONE_OK;
        count++;
    }
    (void)unlink(t->path);
    free(file.bytes);
    print_message("# %s: %zu files, of which %zu can be read\n", kind->name, count, good);
}

/* ---- The good files ---- */

static void make_text(struct target *t, struct kind *kind, bool json) {
    struct file *file = &kind->seed;
    int length = snprintf((char *)file->bytes, FILE_LIMIT, json ? "[" :
        "number,state,value,stderr,lr,units,opt,depth,fold_0,fold_1,fold_2,seconds,started\n");

    for (size_t i = 0; i < RIG_TRIALS; i++) {
        const char *format = json
            ? "%s{\"number\":%zu,\"state\":\"complete\",\"value\":0.5,\"stderr\":0.1,\"params\":"
              "{\"lr\":0.1,\"units\":%zu,\"opt\":[1, 2]},\"folds\":[{\"fold\":0,\"value\":0.4},"
              "{\"fold\":1,\"value\":0.5},{\"fold\":2,\"value\":0.6}],\"started\":"
              "\"2026-01-01T00:00:00.000Z\",\"seconds\":1.5,\"error\":null}\n"
            : "%s%zu,complete,0.5,0.1,0.1,%zu,\"[1, 2]\",,0.4,0.5,0.6,1.5,"
              "2026-01-01T00:00:00.000Z\n";

        length += snprintf((char *)file->bytes + length, FILE_LIMIT - (size_t)length, format,
            json && i > 0 ? "," : "", i, i + 1);
    }
    length += snprintf((char *)file->bytes + length, FILE_LIMIT - (size_t)length, json ? "]" : "");
    file->length = (size_t)length;
    (void)t;
}

static void make_databases(struct target *t, struct kind *optuna, struct kind *hone) {
    struct hone_err err = {0};
    char path[128];

    rig_open(&t->rig);
    rig_fill(&t->rig, RIG_TRIALS);
    (void)snprintf(path, sizeof(path), "%s/optuna", t->rig.folder);
    save(path, &(struct file){0});
    assert_int_equal(hone_db_export_optuna(t->rig.db, "trees", &t->rig.space, path, &err), HONE_OK);
    load(path, &optuna->seed);
    save(path, &(struct file){0});
    assert_int_equal(hone_db_backup(t->rig.db, path, &err), HONE_OK);
    load(path, &hone->seed);
    (void)unlink(path);
    rig_close(&t->rig);
}

static double seconds = 0.4;
static uint64_t seed = 1;

static void broken_files_are_read_or_refused(void **state) {
    struct kind kinds[] = {
        {.name = "csv", .read = cli_import_csv, .text = true},
        {.name = "json", .read = cli_import_json, .text = true},
        {.name = "optuna", .read = read_optuna},
        {.name = "hone", .read = cli_import_hone},
    };
    struct target t = {.random = seed};

    (void)state;
    rig_init(&t.rig);
    for (size_t i = 0; i < 4; i++) {
        kinds[i].seed.bytes = malloc(FILE_LIMIT);
        assert_non_null(kinds[i].seed.bytes);
    }
    make_text(&t, &kinds[0], false);
    make_text(&t, &kinds[1], true);
    make_databases(&t, &kinds[2], &kinds[3]);
    for (size_t i = 0; i < 4; i++) {
        fuzz(&t, &kinds[i], seconds);
        free(kinds[i].seed.bytes);
    }
    rig_finish(&t.rig);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(broken_files_are_read_or_refused),
    };

    seconds = argc > 1 ? strtod(argv[1], NULL) : seconds;
    seed = argc > 2 ? strtoull(argv[2], NULL, 10) : seed;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
