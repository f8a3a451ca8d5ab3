#define _XOPEN_SOURCE 700 /* realpath */
#include "engine/cli/spec.h"

#include "engine/cli/out.h"
#include "engine/cli/registry.h"
#include "engine/cli/yaml.h"
#include "storage/db.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEY_ROOM = 64 };

static enum hone_code no_memory(struct hone_err *err) {
    return hone_fail(err, HONE_E_NOMEM, "reading the spec");
}

/* Shows all problems; whoever gets the code then has nothing more to say. */
static enum hone_code show_problems(const struct hone_problems *problems, struct hone_err *err) {
    enum hone_code code = hone_problems_verdict(problems, err);

    if (code != HONE_E_INPUT) {
        return code;
    }
    cli_say_lines(hone_buf_text(&problems->lines));
    if (problems->count > HONE_PROBLEMS_SHOWN) {
        cli_say("and %zu problems more", problems->count - HONE_PROBLEMS_SHOWN);
    }
    err->text[0] = '\0';
    return code;
}

/* Where what the key names stands, or else what is next above it. */
static struct hone_place find_place(const struct hone_value *root, const char *key) {
    struct hone_place place = {0};
    char word[KEY_ROOM];

    while (root != NULL && *key != '\0') {
        const size_t length = strcspn(key, ".");

        (void)snprintf(word, sizeof(word), "%.*s", (int)length, key);
        root = hone_value_get(root, word);
        place = root != NULL ? root->place : place;
        key += length + (key[length] == '.');
    }
    return place;
}

/* Whether the line begins with a key; then it is a problem of what the key names. */
static bool place_line(const struct hone_plan *plan, const char *line, size_t length,
    struct hone_problems *problems) {
    const size_t key_length = strspn(line, "abcdefghijklmnopqrstuvwxyz_.");
    char key[KEY_ROOM];

    if (key_length == 0 || key_length >= sizeof(key) || strncmp(line + key_length, ": ", 2) != 0) {
        return false;
    }
    (void)snprintf(key, sizeof(key), "%.*s", (int)key_length, line);
    hone_problem(problems, find_place(plan->setup.spec, key), key, "%.*s",
        (int)(length - key_length - 2), line + key_length + 2);
    return true;
}

void cli_spec_say_error(const struct hone_plan *plan, struct hone_err *err) {
    struct hone_problems problems = {.file = plan->spec_file};
    bool placed = err->text[0] != '\0';

    for (const char *line = err->text; placed && *line != '\0';) {
        const size_t length = strcspn(line, "\n");

        placed = place_line(plan, line, length, &problems);
        line += length + (line[length] == '\n');
    }
    if (placed && !problems.lines.failed) {
        cli_say_lines(hone_buf_text(&problems.lines));
        err->text[0] = '\0';
    }
    hone_problems_finish(&problems);
}

/* A study also is a view of the database: some names are taken there. */
static void check_name(struct cli_spec *spec) {
    const struct hone_value *written = hone_value_get(spec->root, "study");
    const struct hone_plan *plan = &spec->plan;

    if (plan->name != NULL && hone_plan_name_is_good(plan->name) &&
        !hone_db_name_is_free(plan->name)) {
        hone_problem(&spec->problems,
            written == NULL ? (struct hone_place){0} : written->place, "study",
            "'%s' is the name of a table in the database; choose another", plan->name);
    }
}

enum hone_code cli_spec_load_text(struct cli_spec *spec, const char *name, const char *file,
    const char *folder, struct hone_err *err) {
    struct hone_arena *arena = &spec->arena;
    struct hone_spec source = {
        .text = hone_buf_text(&spec->text), .data_file = spec->data_file,
        .stored = spec->stored};
    enum hone_code code;

    source.name = hone_arena_text(arena, name, strlen(name));
    source.file = hone_arena_text(arena, file, strlen(file));
    source.folder = hone_arena_text(arena, folder, strlen(folder));
    if (source.name == NULL || source.file == NULL || source.folder == NULL) {
        return no_memory(err);
    }
    spec->problems.file = source.file;
    code = cli_yaml_read(source.text, spec->text.length, arena, &spec->problems, &spec->root, err);
    if (code != HONE_OK) {
        return code;
    }
    if (spec->root != NULL && spec->data_file != NULL &&
        hone_value_get(spec->root, "data") == NULL) {
        return hone_fail(err, HONE_E_INPUT, "study '%s' has no data that could have moved", name);
    }
    if (spec->root != NULL) {
        source.root = spec->root;
        code = hone_plan_load(&spec->plan, &source, cli_registry(), &spec->problems, err);
        check_name(spec);
    }
    return code == HONE_OK || code == HONE_E_INPUT ? show_problems(&spec->problems, err) : code;
}

enum hone_code cli_spec_here(struct cli_spec *spec, const char **ret_folder,
    struct hone_err *err) {
    char folder[PATH_MAX];
    const char *copy;

    if (getcwd(folder, sizeof(folder)) == NULL) {
        return hone_fail(err, HONE_E_IO, "the current folder: %s", strerror(errno));
    }
    copy = hone_arena_text(&spec->arena, folder, strlen(folder));
    if (copy == NULL) {
        return no_memory(err);
    }
    *ret_folder = copy;
    return HONE_OK;
}

/* Where the file is, links in the way resolved. */
static enum hone_code folder_of(struct cli_spec *spec, const char *path, const char **ret_folder,
    struct hone_err *err) {
    char resolved[PATH_MAX];
    const char *slash = strrchr(path, '/');
    char *folder;

    if (slash == NULL) {
        return cli_spec_here(spec, ret_folder, err);
    }
    folder = hone_arena_text(&spec->arena, path, (size_t)(slash - path + 1));
    if (folder == NULL) {
        return no_memory(err);
    }
    if (realpath(folder, resolved) == NULL) {
        return hone_fail(err, HONE_E_INPUT, "the folder of '%s': %s", path, strerror(errno));
    }
    folder = hone_arena_text(&spec->arena, resolved, strlen(resolved));
    if (folder == NULL) {
        return no_memory(err);
    }
    *ret_folder = folder;
    return HONE_OK;
}

/* "dir/digits.yaml" -> "digits". */
static const char *name_of(struct cli_spec *spec, const char *path) {
    const char *slash = strrchr(path, '/');
    const char *base = slash == NULL ? path : slash + 1;
    const char *dot = strrchr(base, '.');
    bool yaml = dot != NULL && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0);

    return hone_arena_text(&spec->arena, base, yaml ? (size_t)(dot - base) : strlen(base));
}

enum hone_code cli_spec_load_file(struct cli_spec *spec, const char *path, struct hone_err *err) {
    const char *folder = ".";
    const char *name = name_of(spec, path);
    enum hone_code code = hone_buf_read_file(&spec->text, path, CLI_YAML_BYTES, err);

    if (code == HONE_E_IO) {
        err->code = HONE_E_INPUT; /* a file that the user named and cannot be read */
    }
    if (code != HONE_OK) {
        return err->code;
    }
    code = name == NULL ? no_memory(err) : folder_of(spec, path, &folder, err);
    return code == HONE_OK ? cli_spec_load_text(spec, name, path, folder, err) : code;
}

enum hone_code cli_spec_move_data(struct cli_spec *spec, const char *path, struct hone_err *err) {
    char resolved[PATH_MAX];

    if (path == NULL) {
        return HONE_OK;
    }
    if (realpath(path, resolved) == NULL) {
        return hone_fail(err, HONE_E_INPUT, "--data %s: %s", path, strerror(errno));
    }
    spec->data_file = hone_arena_text(&spec->arena, resolved, strlen(resolved));
    return spec->data_file == NULL ? no_memory(err) : HONE_OK;
}

void cli_spec_finish(struct cli_spec *spec) {
    hone_plan_finish(&spec->plan);
    hone_problems_finish(&spec->problems);
    hone_buf_finish(&spec->text);
    hone_arena_finish(&spec->arena);
}
