/* The command line: one table of flags a command, read into its typed struct;
 * the same table makes the help text. Flags may stand anywhere, `--flag=value`
 * and `--flag value` are the same, `--` ends them. */
#ifndef HONE_CLI_ARGS_H
#define HONE_CLI_ARGS_H

#include "engine/arena.h"
#include "engine/buf.h"
#include "engine/cli/out.h"
#include "engine/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cli_format { CLI_TABLE, CLI_CSV, CLI_JSON, CLI_YAML, CLI_ARGS };

/* Names of the formats, index = enum cli_format; NULL-terminated. */
extern const char *const cli_no_formats[];    /* table alone: nothing to choose from */
extern const char *const cli_table_formats[]; /* that, csv and json */
extern const char *const cli_point_formats[]; /* those, yaml and args */

struct cli_texts {
    size_t count;
    const char **item;
};

/* What every command understands; the first member of each command's struct. */
struct cli_common {
    const char *db; /* never NULL after cli_args_read */
    int format;     /* enum cli_format */
    bool quiet;
    uint64_t workers; /* 0: as many as cores */
    bool help, version;
    struct cli_texts operand;
    bool has_command; /* a `--` was followed by … */
    struct cli_texts command;
};

enum cli_flag_kind {
    CLI_SWITCH, /* bool */
    CLI_TEXT,   /* const char * */
    CLI_COUNT,  /* uint64_t, low … high */
    CLI_CHOICE, /* int: index into choices */
    CLI_TEXTS,  /* struct cli_texts: may be given again and again */
};

struct cli_flag {
    const char *name; /* without dashes; NULL ends a table */
    char letter;      /* short form, 0: none */
    enum cli_flag_kind kind;
    size_t offset;
    const char *shown; /* what stands for the value in help: "FILE" */
    const char *summary;
    const char *const *choices;
    uint64_t low, high;
};

#define CLI_FLAGS_END { .name = NULL }

struct cli_command {
    const char *name; /* NULL ends a table */
    const char *operands; /* for the usage line: "STUDY [N]" */
    const char *summary;
    const char *details; /* more help, NULL: none */
    const struct cli_flag *flags;
    const char *const *formats;
    size_t args_size;
    size_t operands_low, operands_high;
    bool hidden;        /* not for people: left out of lists */
    bool takes_command; /* words after `--` are a program to run, else operands */
    enum hone_code (*run)(const void *args, struct cli_out *out, struct hone_err *err);
};

/* Finds the command's name among argv[1 …]: reads the flags of every command
 * that stand before it into ret_common and sets ret_at to the name's index
 * (argc: there is none). HONE_E_INPUT says what is wrong. */
HONE_MUST_CHECK enum hone_code cli_args_find_command(int argc, char **argv,
    struct cli_common *ret_common, int *ret_at, struct hone_err *err);

/* Reads what follows argv[at] into args (command->args_size bytes, beginning
 * with the struct cli_common that was found); texts point into argv, lists
 * live in arena. With --help nothing more is checked. */
HONE_MUST_CHECK enum hone_code cli_args_read(const struct cli_command *command, int argc,
    char **argv, int at, struct hone_arena *arena, void *args, struct hone_err *err);

/* The database that is meant when none is named: HONE_DB, else hone.db here. */
const char *cli_default_db(void);

/* Visits all flags of a command, its own first; NULL: those of every command. */
typedef void cli_flag_visit(void *self, const struct cli_flag *flag);
void cli_args_flags(const struct cli_command *command, cli_flag_visit *visit, void *self);

/* Appends the help text of a command. */
void cli_args_help(const struct cli_command *command, struct hone_buf *buf);

/* Appends the flags of every command. */
void cli_args_help_common(struct hone_buf *buf);

/* Reads a whole number that fills the text; false when it is none. */
bool cli_count_parse(const char *text, uint64_t *ret);

#endif
