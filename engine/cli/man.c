/* The manual page, as man(7) macros. */
#include "engine/cli/commands.h"
#include "engine/cli/help.h"

#include <string.h>

/* Text of ours between macros: a backslash would be an escape, a dash a hyphen. */
static void add_bytes(struct hone_buf *buf, const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\\') {
            hone_buf_add(buf, "\\e");
        } else if (text[i] == '-') {
            hone_buf_add(buf, "\\-");
        } else {
            hone_buf_add_bytes(buf, text + i, 1);
        }
    }
}

static void add_text(struct hone_buf *buf, const char *text) {
    add_bytes(buf, text, strlen(text));
}

/* Lines as they are. One that began with a dot or a quote would be a macro. */
static void add_lines(struct hone_buf *buf, const char *lines) {
    hone_buf_add(buf, ".PP\n.nf\n");
    while (*lines != '\0') {
        const size_t length = strcspn(lines, "\n");

        hone_buf_add(buf, "\\&");
        add_bytes(buf, lines, length);
        hone_buf_add(buf, "\n");
        lines += length + (lines[length] == '\n');
    }
    hone_buf_add(buf, ".fi\n");
}

static void add_flag(void *self, const struct cli_flag *flag) {
    struct hone_buf *buf = self;

    hone_buf_add(buf, ".TP\n\\fB");
    if (flag->letter != 0) {
        hone_buf_printf(buf, "\\-%c\\fR, \\fB", flag->letter);
    }
    hone_buf_add(buf, "\\-\\-");
    add_text(buf, flag->name);
    hone_buf_add(buf, "\\fR");
    if (flag->shown != NULL) {
        hone_buf_add(buf, " \\fI");
        add_text(buf, flag->shown);
        hone_buf_add(buf, "\\fR");
    }
    for (size_t i = 0; flag->choices != NULL && flag->choices[i] != NULL; i++) {
        hone_buf_add(buf, i == 0 ? " " : "|");
        add_text(buf, flag->choices[i]);
    }
    hone_buf_add(buf, "\n\\&");
    add_text(buf, flag->summary);
    hone_buf_add(buf, "\n");
}

/* Its own flags; those that every command has stand in a section of their own. */
static void add_command(struct hone_buf *buf, const struct cli_command *command) {
    hone_buf_add(buf, ".SS \"hone ");
    add_text(buf, command->name);
    hone_buf_add(buf, " ");
    add_text(buf, command->operands);
    hone_buf_add(buf, "\"\n\\&");
    add_text(buf, command->summary);
    hone_buf_add(buf, ".\n");
    if (command->details != NULL) {
        add_lines(buf, command->details);
    }
    for (const struct cli_flag *f = command->flags; f != NULL && f->name != NULL; f++) {
        add_flag(buf, f);
    }
}

static void add_commands(struct hone_buf *buf) {
    hone_buf_add(buf, ".SH COMMANDS\n");
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        if (!cli_commands[i]->hidden) {
            add_command(buf, cli_commands[i]);
        }
    }
    hone_buf_add(buf, ".SH FLAGS OF EVERY COMMAND\n");
    cli_args_flags(NULL, add_flag, buf);
}

static void add_topics(struct hone_buf *buf) {
    hone_buf_add(buf, ".SH TOPICS\nAlso \\fBhone help\\fR \\fITOPIC\\fR.\n");
    for (size_t i = 0; cli_topics[i].name != NULL; i++) {
        struct hone_buf text = {0};

        if (cli_topics[i].write == cli_man_write) {
            continue;
        }
        hone_buf_printf(buf, ".SS \"%s: %s\"\n", cli_topics[i].name, cli_topics[i].summary);
        cli_topics[i].write(&text);
        add_lines(buf, hone_buf_text(&text));
        hone_buf_finish(&text);
    }
}

void cli_man_write(struct hone_buf *buf) {
    hone_buf_add(buf,
        ".TH HONE 1 \"\" \"hone " HONE_VERSION "\" \"User Commands\"\n"
        ".SH NAME\nhone \\- search hyperparameters\n"
        ".SH SYNOPSIS\n\\fBhone\\fR \\fICOMMAND\\fR [\\fIoperands and flags\\fR]\n"
        ".SH DESCRIPTION\nOne YAML file in, one SQLite database out. A pool of threads evaluates\n"
        "trials against k\\-fold cross\\-validation; a search that was interrupted or killed goes\n"
        "on where it stopped, and finds what it would have found.\n");
    add_commands(buf);
    add_topics(buf);
    hone_buf_add(buf,
        ".SH ENVIRONMENT\n.TP\nHONE_DB\nthe database, instead of hone.db in this folder\n"
        ".TP\nNO_COLOR\nwhen it is set, no colours and no block that is drawn anew\n"
        ".SH FILES\n.TP\nhone.db\nthe studies and their trials, an SQLite database\n"
        ".SH EXIT STATUS\n.TP\n0\ndone\n.TP\n1\nfailed while running\n"
        ".TP\n2\nbad usage, spec or data\n.TP\n3\nthe stored study was made from another spec\n"
        ".TP\n130\ninterrupted, with everything kept\n"
        ".SH SEE ALSO\nsqlite3(1)\n");
}
