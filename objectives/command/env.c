#define _GNU_SOURCE /* NOLINT: environ */
#include "objectives/command/env.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

enum {
    PER_PARAM = 2, /* as it is written, and in capitals */
    PER_SLOT = 2,
    OTHERS = HONE_WORDS_COUNT + 4,
};

struct env {
    struct hone_arena *arena;
    char **variable;
    size_t count;
    struct hone_buf text; /* scratch */
    bool failed;
};

/* Puts what stands in the scratch, NAME=VALUE, unless NAME is there already:
 * which of two a program sees would depend on the program. */
static void put(struct env *env, size_t own) {
    const char *text = hone_buf_text(&env->text);
    const size_t name = strcspn(text, "=") + 1;

    for (size_t i = own; i < env->count; i++) {
        if (strncmp(env->variable[i], text, name) == 0) {
            return;
        }
    }
    env->variable[env->count] = hone_arena_text(env->arena, text, env->text.length);
    env->failed = env->failed || env->text.failed || env->variable[env->count] == NULL;
    env->count += !env->failed;
}

static void put_text(struct env *env, size_t own, const char *name, const char *value) {
    if (value != NULL) {
        hone_buf_clear(&env->text);
        hone_buf_printf(&env->text, "%s=%s", name, value);
        put(env, own);
    }
}

static void add_capitals(struct hone_buf *buf, const char *name) {
    for (; *name != '\0'; name++) {
        const char one[2] = {isalnum((unsigned char)*name) ? (char)toupper((unsigned char)*name)
                                                           : '_'};

        hone_buf_add(buf, one);
    }
}

static void put_param(struct env *env, size_t own, const struct hone_filling *filling, size_t p,
    bool capitals) {
    const struct hone_param *param = &filling->space->param[p];
    struct hone_value value;

    if (isnan(filling->x_value[p]) || (!capitals && strchr(param->name, '=') != NULL)) {
        return;
    }
    value = hone_param_value(param, filling->x_value[p]);
    hone_buf_clear(&env->text);
    hone_buf_add(&env->text, "HONE_PARAM_");
    if (capitals) {
        add_capitals(&env->text, param->name);
    } else {
        hone_buf_add(&env->text, param->name);
    }
    hone_buf_add(&env->text, "=");
    hone_value_write_plain(&value, &env->text);
    put(env, own);
}

static void put_slot(struct env *env, size_t own, const char *name, const char *label) {
    hone_buf_clear(&env->text);
    hone_buf_add(&env->text, "HONE_SLOT_");
    add_capitals(&env->text, name);
    hone_buf_printf(&env->text, "=%s", label);
    put(env, own);
    if (strcmp(name, "gpu") == 0) {
        put_text(env, own, "CUDA_VISIBLE_DEVICES", label);
    }
}

/* The engine's own variables, without those that a run gets itself. */
static void put_own(struct env *env) {
    static const char prefix[] = "HONE_";
    static const char kept[] = "HONE_DB=";

    for (char **v = environ; v != NULL && *v != NULL; v++) {
        if (strncmp(*v, prefix, sizeof(prefix) - 1) != 0 ||
            strncmp(*v, kept, sizeof(kept) - 1) == 0) {
            env->variable[env->count++] = *v;
        }
    }
}

static size_t count_own(void) {
    size_t count = 0;

    while (environ != NULL && environ[count] != NULL) {
        count++;
    }
    return count;
}

/* A slot's CUDA_VISIBLE_DEVICES replaces the engine's. */
static void drop(struct env *env, const char *name) {
    const size_t length = strlen(name);

    for (size_t i = 0; i < env->count; i++) {
        if (strncmp(env->variable[i], name, length) == 0 && env->variable[i][length] == '=') {
            env->variable[i--] = env->variable[--env->count];
        }
    }
}

static void put_all(struct env *env, const struct hone_filling *filling,
    const struct hone_slots_config *slots, const struct hone_run_files *files) {
    size_t own;

    put_own(env);
    for (size_t i = 0; i < slots->count; i++) {
        if (strcmp(slots->list[i].name, "gpu") == 0) {
            drop(env, "CUDA_VISIBLE_DEVICES");
        }
    }
    own = env->count;
    put_text(env, own, "HONE_TRIAL", filling->word[HONE_WORD_TRIAL]);
    put_text(env, own, "HONE_SEED", filling->word[HONE_WORD_SEED]);
    put_text(env, own, "HONE_FOLD", filling->word[HONE_WORD_FOLD]);
    put_text(env, own, "HONE_TRAIN", filling->word[HONE_WORD_TRAIN]);
    put_text(env, own, "HONE_TEST", filling->word[HONE_WORD_TEST]);
    put_text(env, own, "HONE_WORKDIR", filling->word[HONE_WORD_WORKDIR]);
    put_text(env, own, "HONE_PARAMS", files->params);
    put_text(env, own, "HONE_RESULT", files->result);
    for (size_t i = 0; i < slots->count; i++) {
        put_slot(env, own, slots->list[i].name, filling->slot[i]);
    }
    for (size_t p = 0; p < filling->space->n; p++) {
        put_param(env, own, filling, p, false);
    }
    for (size_t p = 0; p < filling->space->n; p++) {
        put_param(env, own, filling, p, true);
    }
}

enum hone_code hone_env_make(const struct hone_filling *filling,
    const struct hone_slots_config *slots, const struct hone_run_files *files,
    struct hone_arena *arena, char ***ret_envp, struct hone_err *err) {
    const size_t room = count_own() + PER_PARAM * filling->space->n + PER_SLOT * slots->count +
                        OTHERS;
    struct env env = {.arena = arena};

    env.variable = hone_arena_array(arena, room + 1, sizeof(*env.variable));
    if (env.variable == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "the environment of a command");
    }
    put_all(&env, filling, slots, files);
    hone_buf_finish(&env.text);
    if (env.failed) {
        return hone_fail(err, HONE_E_NOMEM, "the environment of a command");
    }
    hone_assert(env.count <= room);
    *ret_envp = env.variable;
    return HONE_OK;
}

void hone_env_write_params(const struct hone_filling *filling, struct hone_buf *buf) {
    const char *separator = "{";

    for (size_t p = 0; p < filling->space->n; p++) {
        if (!isnan(filling->x_value[p])) {
            const struct hone_value value =
                hone_param_value(&filling->space->param[p], filling->x_value[p]);

            hone_buf_add(buf, separator);
            hone_buf_add_json_text(buf, filling->space->param[p].name);
            hone_buf_add(buf, ": ");
            hone_value_write_json(&value, buf);
            separator = ", ";
        }
    }
    hone_buf_add(buf, separator[0] == '{' ? "{}\n" : "}\n");
}
