/* hone complete -- WORD...: what may stand for the last word, a line each. The
 * scripts for bash and zsh (shell/) ask it, so that completion knows what the
 * program knows: its tables, and what is in the database. No line: a file. */
#include "engine/cli/commands.h"
#include "engine/cli/help.h"
#include "engine/cli/plot/plot.h"
#include "engine/cli/study.h"
#include "objectives/function.h"
#include "search/samplers.h"
#include "storage/db.h"

#include <string.h>

struct completing {
    const struct cli_texts *words;
    const struct cli_command *command; /* NULL: it is not there yet */
    bool lost;                         /* there is no such command */
    const char *db;
    const char *operand[2]; /* the first ones before the last word; NULL: none */
    size_t operands;
    const char *value_of; /* the flag whose value the last word is; NULL: none */
    const char *current;  /* what is to be completed */
    const char *before;   /* what stands before it in the same word: "--format=" */
    size_t before_length;
    struct hone_buf *buf;
};

static void offer(const struct completing *c, const char *word, const char *after) {
    if (strncmp(word, c->current, strlen(c->current)) == 0 && strpbrk(word, "\n\t ") == NULL) {
        hone_buf_add_bytes(c->buf, c->before, c->before_length);
        hone_buf_printf(c->buf, "%s%s\n", word, after);
    }
}

/* ---- What was typed ---- */

struct finding {
    const char *name;
    size_t length;
    char letter;
    const struct cli_flag *found;
    struct cli_flag copy;
};

static void match_flag(void *self, const struct cli_flag *flag) {
    struct finding *f = self;
    const bool same = f->letter != 0 ? flag->letter == f->letter
                                     : strlen(flag->name) == f->length &&
                                           strncmp(flag->name, f->name, f->length) == 0;

    if (same && f->found == NULL) {
        f->copy = *flag;
        f->found = &f->copy;
    }
}

/* The flag that the word names, or NULL. */
static const struct cli_flag *find_flag(const struct completing *c, const char *word,
    struct finding *f) {
    *f = (struct finding){.name = word + 2, .length = strcspn(word, "=") - 2};
    if (word[0] != '-' || word[1] == '\0') {
        return NULL;
    }
    if (word[1] != '-') {
        f->letter = word[1];
    }
    cli_args_flags(c->command, match_flag, f);
    return f->found;
}

static bool takes_next(const struct cli_flag *flag, const char *word) {
    return flag != NULL && flag->kind != CLI_SWITCH && strchr(word, '=') == NULL &&
           (word[1] == '-' || word[2] == '\0');
}

static void note_value(struct completing *c, const struct cli_flag *flag, const char *value) {
    if (strcmp(flag->name, "db") == 0) {
        c->db = value;
    }
}

static void note_operand(struct completing *c, const char *word) {
    if (c->command == NULL) {
        c->command = cli_command_find(word);
        c->lost = c->command == NULL;
        return;
    }
    if (c->operands < sizeof(c->operand) / sizeof(c->operand[0])) {
        c->operand[c->operands] = word;
    }
    c->operands++;
}

/* All words but the last. */
static void read_words(struct completing *c) {
    const size_t last = c->words->count - 1;

    for (size_t i = 0; i < last; i++) {
        const char *word = c->words->item[i];
        struct finding found;
        const struct cli_flag *flag = find_flag(c, word, &found);

        if (takes_next(flag, word) && i + 1 == last) {
            c->value_of = c->words->item[i];
        } else if (takes_next(flag, word)) {
            note_value(c, flag, c->words->item[++i]);
        } else if (flag != NULL && strchr(word, '=') != NULL) {
            note_value(c, flag, strchr(word, '=') + 1);
        } else if (word[0] != '-') {
            note_operand(c, word);
        }
    }
    c->current = c->words->item[last];
    if (c->current[0] == '-' && strchr(c->current, '=') != NULL) {
        c->value_of = c->current;
        c->before = c->current;
        c->before_length = strcspn(c->current, "=") + 1;
        c->current += c->before_length;
    }
}

/* ---- What the database knows ---- */

static bool offer_study(void *self, const struct hone_study_row *row) {
    offer(self, row->name, "");
    return true;
}

static void offer_studies(const struct completing *c) {
    struct hone_db *db = NULL;
    struct hone_err unused;
    struct completing copy = *c;

    if (hone_db_open(c->db, HONE_DB_READ, &db, &unused) == HONE_OK) {
        (void)!hone_db_studies(db, offer_study, &copy, &unused);
    }
    hone_db_close(db);
}

static void offer_choices(struct completing *c, const struct hone_param *param) {
    const char *equals = strchr(c->current, '=');

    c->before = c->current;
    c->before_length = (size_t)(equals - c->current) + 1;
    c->current = equals + 1;
    for (size_t i = 0; i < param->choice_count; i++) {
        struct hone_buf text = {0};

        hone_value_write_plain(param->choice[i], &text);
        offer(c, hone_buf_text(&text), "");
        hone_buf_finish(&text);
    }
}

static void offer_space(struct completing *c, const struct hone_space *space, const char *after) {
    const char *equals = after[0] == '=' ? strchr(c->current, '=') : NULL;

    for (size_t p = 0; p < space->n; p++) {
        const char *name = space->param[p].name;

        if (equals == NULL) {
            offer(c, name, after);
        } else if (strlen(name) == (size_t)(equals - c->current) &&
                   strncmp(name, c->current, strlen(name)) == 0) {
            offer_choices(c, &space->param[p]);
            return;
        }
    }
}

/* Parameters of the study that is the first operand; with `after` "=" also what
 * they may be. */
static void offer_params(struct completing *c, const char *after) {
    struct hone_arena arena = {0};
    struct hone_study_row row = {0};
    struct hone_space space = {0};
    struct hone_db *db = NULL;
    struct hone_err unused;
    enum hone_code code = c->operands == 0 ? HONE_E_MISSING
                                           : hone_db_open(c->db, HONE_DB_READ, &db, &unused);

    if (code == HONE_OK) {
        code = cli_study_read(db, c->operand[0], &arena, &row, &unused);
    }
    if (code == HONE_OK) {
        code = cli_study_space(&row, &arena, &space, &unused);
    }
    if (code == HONE_OK) {
        offer_space(c, &space, after);
    }
    hone_db_close(db);
    hone_arena_finish(&arena);
}

/* ---- What the tables know ---- */

static void offer_flag(void *self, const struct cli_flag *flag) {
    struct hone_buf word = {0};

    hone_buf_printf(&word, "--%s", flag->name);
    offer(self, hone_buf_text(&word), "");
    hone_buf_finish(&word);
}

static void offer_list(const struct completing *c, const char *const *names) {
    for (size_t i = 0; names[i] != NULL; i++) {
        offer(c, names[i], "");
    }
}

static void offer_commands(const struct completing *c) {
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        if (!cli_commands[i]->hidden) {
            offer(c, cli_commands[i]->name, "");
        }
    }
}

static void offer_topics(const struct completing *c) {
    offer_commands(c);
    for (size_t i = 0; cli_topics[i].name != NULL; i++) {
        offer(c, cli_topics[i].name, "");
    }
}

static void offer_methods(const struct completing *c) {
    for (size_t i = 0; hone_samplers[i] != NULL; i++) {
        offer(c, hone_samplers[i]->name, "");
    }
}

static void offer_functions(const struct completing *c) {
    for (size_t i = 0; hone_functions[i].name != NULL; i++) {
        offer(c, hone_functions[i].name, "");
    }
}

static void offer_kinds(const struct completing *c) {
    for (size_t i = 0; cli_plot_kinds[i] != NULL; i++) {
        offer(c, cli_plot_kinds[i]->name, "");
    }
}

/* Columns and keys to sort by are our names, or parameters. */
static void offer_columns(struct completing *c) {
    static const char *const names[] = {"number", "value", "stderr", "state", "seconds", "started",
        "finished", "error", "part", NULL};

    offer_list(c, names);
    offer_params(c, "");
}

static void offer_value(struct completing *c) {
    struct finding found;
    const struct cli_flag *flag = find_flag(c, c->value_of, &found);

    if (flag == NULL) {
        return;
    }
    if (flag->choices != NULL) {
        offer_list(c, flag->choices);
    } else if (strcmp(flag->name, "sort") == 0 || strcmp(flag->name, "columns") == 0 ||
               strcmp(flag->name, "simpler") == 0) {
        offer_columns(c);
    } else if (strcmp(flag->name, "method") == 0) {
        offer_methods(c);
    } else if (strcmp(flag->name, "function") == 0) {
        offer_functions(c);
    }
}

/* ---- Operands, by what the usage line calls them ---- */

/* The word of the usage line at this place; the last one stands for all that follow. */
static size_t usage_word(const char *operands, size_t place, const char **ret) {
    const char *at = operands + strspn(operands, " [");
    size_t length = strcspn(at, " ]");

    while (place > 0 && at[length] != '\0' && at[length + 1] != '\0') {
        const char *next = at + length + strspn(at + length, " ][|");

        if (*next == '\0' || *next == '.' || *next == '-') {
            break;
        }
        at = next;
        length = strcspn(at, " ]");
        place--;
    }
    *ret = at;
    return length;
}

static bool is(const char *word, size_t length, const char *name) {
    return length == strlen(name) && strncmp(word, name, length) == 0;
}

static void offer_operand(struct completing *c) {
    const char *word = "";
    const size_t length = usage_word(c->command->operands, c->operands, &word);

    if (is(word, length, "STUDY") || is(word, length, "STUDY...") || is(word, length, "A") ||
        is(word, length, "B")) {
        offer_studies(c);
    } else if (is(word, length, "NAME=VALUE")) {
        offer_params(c, "=");
    } else if (is(word, length, "KIND")) {
        offer_kinds(c);
    } else if (is(word, length, "COMMAND")) {
        offer_topics(c);
    }
}

static enum hone_code complete_run(const void *args, struct cli_out *out, struct hone_err *err) {
    const struct cli_common *common = args;
    struct completing c = {
        .words = &common->operand, .db = common->db, .before = "", .buf = &out->text,
    };

    (void)err;
    read_words(&c);
    if (c.lost) {
        return HONE_OK;
    }
    if (c.value_of != NULL) {
        offer_value(&c);
    } else if (c.current[0] == '-') {
        cli_args_flags(c.command, offer_flag, &c);
    } else if (c.command == NULL) {
        offer_commands(&c);
    } else {
        offer_operand(&c);
    }
    return HONE_OK;
}

const struct cli_command cli_command_complete = {
    .name = "complete",
    .operands = "-- WORD...",
    .summary = "what may stand for the last word, for the completion of shells",
    .formats = cli_no_formats,
    .args_size = sizeof(struct cli_common),
    .operands_low = 1,
    .operands_high = SIZE_MAX,
    .hidden = true,
    .run = complete_run,
};
