#include "engine/cli/args.h"

#include "engine/problems.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { WORKERS_LIMIT = 4096, FLAG_NAMES = 64, HELP_COLUMN = 27 };

const char *const cli_no_formats[] = {"table", NULL};
const char *const cli_table_formats[] = {"table", "csv", "json", NULL};
const char *const cli_point_formats[] = {"table", "csv", "json", "yaml", "args", NULL};

/* --format is not among them: its choices are the command's. */
static const struct cli_flag common_flags[] = {
    {.name = "db",
        .kind = CLI_TEXT,
        .offset = offsetof(struct cli_common, db),
        .shown = "FILE",
        .summary = "the database (else HONE_DB, else hone.db here)"},
    {.name = "quiet",
        .letter = 'q',
        .kind = CLI_SWITCH,
        .offset = offsetof(struct cli_common, quiet),
        .summary = "no progress, no messages but errors"},
    {.name = "workers",
        .kind = CLI_COUNT,
        .offset = offsetof(struct cli_common, workers),
        .shown = "N",
        .summary = "folds at once (default: the cores this process may use)",
        .low = 1,
        .high = WORKERS_LIMIT},
    {.name = "help",
        .letter = 'h',
        .kind = CLI_SWITCH,
        .offset = offsetof(struct cli_common, help),
        .summary = "this text"},
    {.name = "version",
        .kind = CLI_SWITCH,
        .offset = offsetof(struct cli_common, version),
        .summary = "the version of hone"},
    CLI_FLAGS_END,
};

static struct cli_flag format_flag(const char *const *formats) {
    return (struct cli_flag){.name = "format", .kind = CLI_CHOICE,
        .offset = offsetof(struct cli_common, format), .summary = "how results are written",
        .choices = formats};
}

/* One walk over argv. */
struct reading {
    const char *command; /* its name, or NULL before it */
    const struct cli_flag *own;
    struct cli_flag format[2];
    char **argv;
    int argc, at;
    struct hone_arena *arena;
    void *args;
};

bool cli_count_parse(const char *text, uint64_t *ret) {
    char *end = NULL;
    unsigned long long number;

    if (*text < '0' || *text > '9') {
        return false;
    }
    errno = 0;
    number = strtoull(text, &end, 10);
    if (errno != 0 || *end != '\0') {
        return false;
    }
    *ret = number;
    return true;
}

static const struct cli_flag *find_in(const struct cli_flag *flags, const char *name,
    size_t length, char letter) {
    for (; flags != NULL && flags->name != NULL; flags++) {
        if (letter != 0 ? flags->letter == letter
                        : strlen(flags->name) == length && memcmp(flags->name, name, length) == 0) {
            return flags;
        }
    }
    return NULL;
}

static const struct cli_flag *find_flag(const struct reading *r, const char *name, size_t length,
    char letter) {
    const struct cli_flag *tables[] = {r->own, r->format, common_flags};
    const struct cli_flag *found = NULL;

    for (size_t i = 0; found == NULL && i < sizeof(tables) / sizeof(tables[0]); i++) {
        found = find_in(tables[i], name, length, letter);
    }
    return found;
}

/* No flag has a name that could be meant. */
static enum hone_code fail_strange(const struct reading *r, const char *dashes, const char *name,
    struct hone_err *err) {
    return hone_fail(err, HONE_E_INPUT, "unknown flag '%s%s'; 'hone%s%s --help' lists the flags",
        dashes, name, r->command == NULL ? "" : " ", r->command == NULL ? "" : r->command);
}

static enum hone_code fail_unknown(const struct reading *r, const char *word, size_t length,
    struct hone_err *err) {
    const struct cli_flag *tables[] = {r->own, r->format, common_flags};
    const char *names[FLAG_NAMES];
    size_t count = 0;
    char name[FLAG_NAMES] = "";
    const char *near;

    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        for (const struct cli_flag *f = tables[i]; f != NULL && f->name != NULL; f++) {
            names[count++] = f->name;
        }
    }
    memcpy(name, word, length < sizeof(name) ? length : sizeof(name) - 1);
    near = hone_nearest(name, names, count);
    if (near == NULL) {
        return fail_strange(r, "--", name, err);
    }
    return hone_fail(err, HONE_E_INPUT, "unknown flag '--%s'; did you mean '--%s'?", name, near);
}

static enum hone_code fail_choice(const struct cli_flag *flag, const char *value,
    struct hone_err *err) {
    struct hone_buf known = {0};
    size_t count = 0;
    const char *near;

    if (flag->choices[1] == NULL) {
        return hone_fail(err, HONE_E_INPUT, "--%s %s: what this command writes has no such form",
            flag->name, value);
    }
    for (; flag->choices[count] != NULL; count++) {
        hone_buf_printf(&known, "%s%s", count == 0 ? "" : ", ", flag->choices[count]);
    }
    near = hone_nearest(value, flag->choices, count);
    (void)hone_fail(err, HONE_E_INPUT, "--%s %s: it is one of %s%s%s%s", flag->name, value,
        hone_buf_text(&known), near == NULL ? "" : "; did you mean ", near == NULL ? "" : near,
        near == NULL ? "" : "?");
    hone_buf_finish(&known);
    return err->code;
}

static enum hone_code set_choice(const struct cli_flag *flag, const char *value, int *ret,
    struct hone_err *err) {
    for (int i = 0; flag->choices[i] != NULL; i++) {
        if (strcmp(flag->choices[i], value) == 0) {
            *ret = i;
            return HONE_OK;
        }
    }
    return fail_choice(flag, value, err);
}

static enum hone_code set_count(const struct cli_flag *flag, const char *value, uint64_t *ret,
    struct hone_err *err) {
    uint64_t number;

    if (!cli_count_parse(value, &number) || number < flag->low ||
        (flag->high > 0 && number > flag->high)) {
        if (flag->high == 0) {
            return hone_fail(err, HONE_E_INPUT,
                "--%s %s: it takes a whole number of at least %" PRIu64, flag->name, value,
                flag->low);
        }
        return hone_fail(err, HONE_E_INPUT,
            "--%s %s: it takes a whole number from %" PRIu64 " to %" PRIu64, flag->name, value,
            flag->low, flag->high);
    }
    *ret = number;
    return HONE_OK;
}

/* A list never grows longer than argv. */
static enum hone_code add_text(const struct reading *r, struct cli_texts *texts, const char *text,
    struct hone_err *err) {
    if (texts->item == NULL) {
        texts->item = hone_arena_array(r->arena, (size_t)r->argc, sizeof(*texts->item));
        if (texts->item == NULL) {
            return hone_fail(err, HONE_E_NOMEM, "the command line");
        }
    }
    texts->item[texts->count++] = text;
    return HONE_OK;
}

static enum hone_code set_flag(const struct reading *r, const struct cli_flag *flag,
    const char *value, struct hone_err *err) {
    void *member = (char *)r->args + flag->offset;

    switch (flag->kind) {
    case CLI_SWITCH:
        *(bool *)member = true;
        return HONE_OK;
    case CLI_TEXT:
        *(const char **)member = value;
        return HONE_OK;
    case CLI_COUNT:
        return set_count(flag, value, member, err);
    case CLI_CHOICE:
        return set_choice(flag, value, member, err);
    case CLI_TEXTS:
        break;
    }
    return add_text(r, member, value, err);
}

/* The flag at r->at; `attached` is the value in the same word, or NULL. */
static enum hone_code read_value(struct reading *r, const struct cli_flag *flag,
    const char *attached, struct hone_err *err) {
    if (flag->kind == CLI_SWITCH && attached != NULL) {
        return hone_fail(err, HONE_E_INPUT, "--%s takes no value", flag->name);
    }
    if (flag->kind != CLI_SWITCH && attached == NULL) {
        if (r->at + 1 >= r->argc) {
            return hone_fail(err, HONE_E_INPUT, "--%s needs a value", flag->name);
        }
        attached = r->argv[++r->at];
    }
    return set_flag(r, flag, attached, err);
}

static enum hone_code read_long(struct reading *r, const char *word, struct hone_err *err) {
    const char *equals = strchr(word, '=');
    size_t length = equals == NULL ? strlen(word) : (size_t)(equals - word);
    const struct cli_flag *flag = find_flag(r, word, length, 0);

    if (flag == NULL) {
        return fail_unknown(r, word, length, err);
    }
    return read_value(r, flag, equals == NULL ? NULL : equals + 1, err);
}

static enum hone_code read_short(struct reading *r, const char *word, struct hone_err *err) {
    const struct cli_flag *flag = find_flag(r, "", 0, word[0]);

    if (flag == NULL || (flag->kind == CLI_SWITCH && word[1] != '\0')) {
        return fail_strange(r, "-", word, err);
    }
    return read_value(r, flag, word[1] == '\0' ? NULL : word + 1, err);
}

static bool is_flag(const char *word) {
    return word[0] == '-' && word[1] != '\0';
}

static enum hone_code read_flag(struct reading *r, struct hone_err *err) {
    const char *word = r->argv[r->at];

    return word[1] == '-' ? read_long(r, word + 2, err) : read_short(r, word + 1, err);
}

enum hone_code cli_args_find_command(int argc, char **argv, struct cli_common *ret_common,
    int *ret_at, struct hone_err *err) {
    struct cli_common common = {0};
    struct reading r = {.argv = argv, .argc = argc, .at = 1, .args = &common};

    r.format[0] = format_flag(cli_point_formats);
    for (; r.at < argc && is_flag(argv[r.at]) && strcmp(argv[r.at], "--") != 0; r.at++) {
        enum hone_code code = read_flag(&r, err);

        if (code != HONE_OK) {
            return code;
        }
    }
    *ret_common = common;
    *ret_at = r.at;
    return HONE_OK;
}

/* All words after `--`. */
static enum hone_code read_rest(struct reading *r, const struct cli_command *command,
    struct hone_err *err) {
    struct cli_common *common = r->args;
    struct cli_texts *rest = command->takes_command ? &common->command : &common->operand;
    enum hone_code code = HONE_OK;

    common->has_command = command->takes_command;
    for (r->at++; code == HONE_OK && r->at < r->argc; r->at++) {
        code = add_text(r, rest, r->argv[r->at], err);
    }
    return code;
}

static enum hone_code check_operands(const struct cli_command *command,
    const struct cli_common *common, struct hone_err *err) {
    if (common->operand.count < command->operands_low) {
        return hone_fail(err, HONE_E_INPUT, "something is missing; usage: hone %s %s",
            command->name, command->operands);
    }
    if (common->operand.count > command->operands_high) {
        return hone_fail(err, HONE_E_INPUT, "'%s' is too much; usage: hone %s %s",
            common->operand.item[command->operands_high], command->name, command->operands);
    }
    return HONE_OK;
}

/* A format read before the command's name may not be one of the command's. */
static enum hone_code check_format(const struct cli_command *command,
    const struct cli_common *common, struct hone_err *err) {
    struct cli_flag flag = format_flag(command->formats);
    int unused;

    return set_choice(&flag, cli_point_formats[common->format], &unused, err);
}

const char *cli_default_db(void) {
    const char *named = getenv("HONE_DB");

    return named != NULL && named[0] != '\0' ? named : "hone.db";
}

enum hone_code cli_args_read(const struct cli_command *command, int argc, char **argv, int at,
    struct hone_arena *arena, void *args, struct hone_err *err) {
    struct cli_common *common = args;
    struct reading r = {.command = command->name, .own = command->flags, .argv = argv,
        .argc = argc, .at = at + 1, .arena = arena, .args = args};
    enum hone_code code = HONE_OK;

    r.format[0] = format_flag(command->formats);
    for (; code == HONE_OK && r.at < argc; r.at++) {
        if (strcmp(argv[r.at], "--") == 0) {
            code = read_rest(&r, command, err);
        } else if (is_flag(argv[r.at])) {
            code = read_flag(&r, err);
        } else {
            code = add_text(&r, &common->operand, argv[r.at], err);
        }
    }
    if (code == HONE_OK && common->db == NULL) {
        common->db = cli_default_db();
    }
    if (code != HONE_OK || common->help || common->version) {
        return code;
    }
    code = check_format(command, common, err);
    return code == HONE_OK ? check_operands(command, common, err) : code;
}

static void help_flag(const struct cli_flag *flag, struct hone_buf *buf) {
    size_t start = buf->length;

    hone_buf_add(buf, "  ");
    if (flag->letter != 0) {
        hone_buf_printf(buf, "-%c, ", flag->letter);
    }
    hone_buf_printf(buf, "--%s", flag->name);
    if (flag->shown != NULL) {
        hone_buf_printf(buf, " %s", flag->shown);
    }
    for (size_t i = 0; flag->choices != NULL && flag->choices[i] != NULL; i++) {
        hone_buf_printf(buf, "%s%s", i == 0 ? " " : "|", flag->choices[i]);
    }
    do {
        hone_buf_add(buf, " ");
    } while (buf->length - start < HELP_COLUMN && !buf->failed);
    hone_buf_printf(buf, " %s\n", flag->summary);
}

static void visit_all(const struct cli_flag *flags, cli_flag_visit *visit, void *self) {
    for (; flags != NULL && flags->name != NULL; flags++) {
        visit(self, flags);
    }
}

void cli_args_flags(const struct cli_command *command, cli_flag_visit *visit, void *self) {
    struct cli_flag format =
        format_flag(command == NULL ? cli_table_formats : command->formats);

    if (command == NULL) {
        format.summary = "how results are written, where they have such forms";
    }
    visit_all(command == NULL ? NULL : command->flags, visit, self);
    visit(self, &format);
    visit_all(common_flags, visit, self);
}

static void help_visit(void *self, const struct cli_flag *flag) {
    help_flag(flag, self);
}

void cli_args_help_common(struct hone_buf *buf) {
    hone_buf_add(buf, "Everywhere:\n");
    cli_args_flags(NULL, help_visit, buf);
}

void cli_args_help(const struct cli_command *command, struct hone_buf *buf) {
    hone_buf_printf(buf, "usage: hone %s %s\n\n%s\n", command->name, command->operands,
        command->summary);
    if (command->details != NULL) {
        hone_buf_printf(buf, "\n%s", command->details);
    }
    hone_buf_add(buf, "\nFlags:\n");
    cli_args_flags(command, help_visit, buf);
}
