#include "engine/cli/inline.h"

#include "engine/arena.h"
#include "engine/plan.h"
#include "engine/value.h"

#include <inttypes.h>
#include <string.h>

enum { PART_LIMIT = 5 };

const char cli_inline_help[] =
    "A search without a file:\n"
    "  -p lr=log:1e-5:1e-1       a number on a log scale\n"
    "  -p x=0:1                  a number; also x=float:0:1 and x=float:1:10:log\n"
    "  -p units=int:4:256:log    a whole number; without :log on a linear scale\n"
    "  -p opt=sgd,adam           one of these; also -p 'hidden=[32],[64,64]'\n"
    "  -p k=3                    a constant\n"
    "  -- python3 train.py --lr {lr}     what is run, started directly, never by a shell\n";

/* A -p cut at its colons. */
struct parts {
    size_t count;
    const char *text[PART_LIMIT];
    bool too_many;
};

static enum hone_code cut(const char *spec, struct hone_arena *arena, struct parts *ret,
    struct hone_err *err) {
    char *copy = hone_arena_text(arena, spec, strlen(spec));

    if (copy == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "the command line");
    }
    *ret = (struct parts){0};
    while (copy != NULL && ret->count < PART_LIMIT) {
        char *colon = strchr(copy, ':');

        ret->text[ret->count++] = copy;
        if (colon != NULL) {
            *colon++ = '\0';
        }
        copy = colon;
    }
    ret->too_many = copy != NULL;
    return HONE_OK;
}

static bool is_number(const char *text) {
    struct hone_value value = hone_value_from_plain(text);

    return hone_value_is_number(&value);
}

/* What a plain word of the command line is in YAML: a number, true, null …
 * stay so, all else is quoted text. */
static void add_scalar(struct hone_buf *buf, const char *text) {
    struct hone_value value = hone_value_from_plain(text);

    if (value.type == HONE_TEXT || text[0] == '\0') {
        hone_buf_add_json_text(buf, text);
    } else {
        hone_buf_add(buf, text);
    }
}

static bool is_range(const struct parts *parts, size_t first) {
    size_t numbers = parts->count - first;
    bool log = numbers == 3 && strcmp(parts->text[first + 2], "log") == 0;

    return !parts->too_many && (numbers == 2 || log) && is_number(parts->text[first]) &&
           is_number(parts->text[first + 1]);
}

static void add_range(struct hone_buf *buf, const char *type, const struct parts *parts,
    size_t first, bool log) {
    hone_buf_printf(buf, "{type: %s, low: %s, high: %s%s}", type, parts->text[first],
        parts->text[first + 1], log || parts->count - first == 3 ? ", log: true" : "");
}

static bool brackets_match(const char *text) {
    int depth = 0;

    for (; *text != '\0' && depth >= 0; text++) {
        depth += (*text == '[') - (*text == ']');
    }
    return depth == 0;
}

/* From a bracket to the one that closes it. */
static size_t group_length(const char *text) {
    size_t length = 0;
    int depth = 0;

    do {
        depth += (text[length] == '[') - (text[length] == ']');
        length++;
    } while (depth > 0);
    return length;
}

/* The comma behind an item, none of those within its brackets, or its end. */
static char *item_end(char *item) {
    while (*item != '\0' && *item != ',') {
        item += *item == '[' ? group_length(item) : 1;
    }
    return item;
}

/* What is in brackets as a whole is a list, as it stands. */
static void add_item(struct hone_buf *buf, const char *item) {
    if (item[0] == '[' && item[group_length(item)] == '\0') {
        hone_buf_add(buf, item);
    } else {
        add_scalar(buf, item);
    }
}

/* Of a text whose brackets match. */
static bool add_list(struct hone_buf *buf, const char *spec, struct hone_arena *arena) {
    char *item = hone_arena_text(arena, spec, strlen(spec));
    const char *separator = "[";
    bool more = item != NULL;

    while (more) {
        char *end = item_end(item);

        more = *end == ',';
        *end = '\0';
        hone_buf_add(buf, separator);
        add_item(buf, item);
        separator = ", ";
        item = end + 1;
    }
    hone_buf_add(buf, "]");
    return separator[0] == ',';
}

/* Appends the part after "NAME:". Returns false when it is none of the forms. */
static bool add_param(struct hone_buf *buf, const char *spec, const struct parts *parts,
    struct hone_arena *arena) {
    const char *kind = parts->text[0];

    if (parts->count > 1 && (strcmp(kind, "float") == 0 || strcmp(kind, "int") == 0)) {
        if (is_range(parts, 1)) {
            add_range(buf, kind, parts, 1, false);
        }
        return is_range(parts, 1);
    }
    if (parts->count > 1 && strcmp(kind, "log") == 0) {
        if (is_range(parts, 1)) {
            add_range(buf, "float", parts, 1, true);
        }
        return is_range(parts, 1);
    }
    if (parts->count > 1 && is_number(kind)) {
        if (is_range(parts, 0)) {
            add_range(buf, "float", parts, 0, false);
        }
        return is_range(parts, 0);
    }
    if (strchr(spec, ',') != NULL || spec[0] == '[') {
        return add_list(buf, spec, arena);
    }
    add_scalar(buf, spec);
    return spec[0] != '\0';
}

static enum hone_code write_param(const char *given, struct hone_arena *arena,
    struct hone_buf *buf, struct hone_problems *problems, struct hone_err *err) {
    const char *equals = strchr(given, '=');
    struct hone_place nowhere = {0};
    struct parts parts = {0};
    char *name;

    if (equals == NULL || equals == given) {
        hone_problem(problems, nowhere, "-p",
            "'%s' names no range; it should be NAME=RANGE such as "
            "lr=log:1e-5:1e-1, units=int:4:256 or opt=sgd,adam",
            given);
        return HONE_OK;
    }
    name = hone_arena_text(arena, given, (size_t)(equals - given));
    if (name == NULL || cut(equals + 1, arena, &parts, err) != HONE_OK) {
        return hone_fail(err, HONE_E_NOMEM, "the command line");
    }
    hone_buf_add(buf, "  ");
    hone_buf_add_json_text(buf, name);
    hone_buf_add(buf, ": ");
    if (!brackets_match(equals + 1)) {
        hone_problem(problems, nowhere, name, "the brackets of '%s' do not match", equals + 1);
    } else if (!add_param(buf, equals + 1, &parts, arena)) {
        hone_problem(problems, nowhere, name,
            "'%s' is no range; it should be LOW:HIGH, log:LOW:HIGH, "
            "float:LOW:HIGH[:log], int:LOW:HIGH[:log], A,B,C or a constant",
            equals + 1);
    }
    hone_buf_add(buf, "\n");
    return HONE_OK;
}

static void add_base_name(struct hone_buf *buf, const char *path) {
    const char *slash = strrchr(path, '/');
    const char *base = slash == NULL ? path : slash + 1;
    const char *dot = strrchr(base, '.');
    size_t length = dot == NULL || dot == base ? strlen(base) : (size_t)(dot - base);

    for (size_t i = 0; i < length && i < HONE_NAME_LIMIT; i++) {
        char one[2] = {base[i], '\0'};

        hone_buf_add(buf, hone_plan_name_is_good(one) ? one : "-");
    }
}

/* The program's name, or its script's: the first word that ends as a file does. */
static void add_study(const struct cli_inline *search, struct hone_buf *buf) {
    const char *named = search->function;

    if (search->study != NULL) {
        hone_buf_add_json_text(buf, search->study);
        return;
    }
    for (size_t i = 0; named == NULL && i < search->command.count; i++) {
        const char *word = search->command.item[i];
        const char *dot = strrchr(word, '.');

        named = word[0] != '-' && dot != NULL && dot != word && strchr(dot, '/') == NULL ? word
                                                                                        : NULL;
    }
    if (named == NULL) {
        named = search->command.count > 0 ? search->command.item[0] : "search";
    }
    hone_buf_add(buf, "\"");
    add_base_name(buf, named);
    hone_buf_add(buf, "\"");
}

static void add_objective(const struct cli_inline *search, struct hone_buf *buf) {
    if (search->function != NULL) {
        hone_buf_add(buf, "objective: {function: ");
        hone_buf_add_json_text(buf, search->function);
    } else {
        hone_buf_add(buf, "objective: {command: [");
        for (size_t i = 0; i < search->command.count; i++) {
            hone_buf_add(buf, i == 0 ? "" : ", ");
            hone_buf_add_json_text(buf, search->command.item[i]);
        }
        hone_buf_add(buf, "]");
    }
    if (search->direction != NULL || search->function == NULL) {
        hone_buf_add(buf, ", direction: ");
        hone_buf_add_json_text(buf, search->direction != NULL ? search->direction : "minimize");
    }
    hone_buf_add(buf, "}\n");
}

static void add_search(const struct cli_inline *search, struct hone_buf *buf) {
    hone_buf_add(buf, "search: {");
    if (search->method != NULL) {
        hone_buf_add(buf, "method: ");
        hone_buf_add_json_text(buf, search->method);
    }
    if (search->trials > 0) {
        hone_buf_printf(buf, "%strials: %" PRIu64, search->method != NULL ? ", " : "",
            search->trials);
    }
    hone_buf_add(buf, "}\n");
}

enum hone_code cli_inline_write(const struct cli_inline *search, struct hone_buf *ret_text,
    struct hone_problems *problems, struct hone_err *err) {
    struct hone_arena arena = {0};
    enum hone_code code = HONE_OK;

    hone_buf_add(ret_text, "study: ");
    add_study(search, ret_text);
    hone_buf_add(ret_text, "\n");
    if (search->has_seed) {
        hone_buf_printf(ret_text, "seed: %" PRIu64 "\n", search->seed);
    }
    add_objective(search, ret_text);
    add_search(search, ret_text);
    hone_buf_add(ret_text, search->param.count > 0 ? "space:\n" : "space: {}\n");
    for (size_t i = 0; code == HONE_OK && i < search->param.count; i++) {
        code = write_param(search->param.item[i], &arena, ret_text, problems, err);
    }
    hone_arena_finish(&arena);
    return code == HONE_OK ? hone_buf_ok(ret_text, err) : code;
}
