/* The argument list of a command, with holes for what differs between runs.
 *
 * {name} is a hole when name is a parameter, a slot, or one of the built-in
 * words. {{name}} is the text {name}. Braces around anything else than a word
 * are text as they stand, so that JSON and awk programs can be arguments.
 *
 * A hole of an inactive parameter is filled with nothing. An argument that
 * begins with '-' and holds one, as --momentum={momentum}, is left out. */
#ifndef HONE_OBJECTIVES_COMMAND_TEMPLATE_H
#define HONE_OBJECTIVES_COMMAND_TEMPLATE_H

#include "engine/arena.h"
#include "engine/problems.h"
#include "engine/space.h"
#include "objectives/command/slots.h"

#include <stdbool.h>
#include <stddef.h>

/* Words that every run knows, in the order of hone_word_names. */
enum hone_word {
    HONE_WORD_TRIAL,
    HONE_WORD_SEED,
    HONE_WORD_FOLD,
    HONE_WORD_TRAIN, /* these two with data only */
    HONE_WORD_TEST,
    HONE_WORD_WORKDIR,
    HONE_WORDS_COUNT,
};

extern const char *const hone_word_names[HONE_WORDS_COUNT];

enum hone_piece_kind { HONE_PIECE_TEXT, HONE_PIECE_PARAM, HONE_PIECE_SLOT, HONE_PIECE_WORD };

struct hone_piece {
    enum hone_piece_kind kind;
    const char *text; /* HONE_PIECE_TEXT */
    size_t index;     /* of the parameter, the slot or the word */
};

struct hone_argument {
    size_t count;
    struct hone_piece *piece;
};

struct hone_template {
    size_t count;
    struct hone_argument *argument;
};

/* What a template may refer to. */
struct hone_template_names {
    const struct hone_space *space;
    const struct hone_slots_config *slots;
    bool has_data;
};

/* Reads the list `command:`. Everything lives in arena; what is wrong goes to
 * problems, located. HONE_E_NOMEM is the only error. */
HONE_MUST_CHECK enum hone_code hone_template_read(const struct hone_value *command,
    const struct hone_template_names *names, struct hone_arena *arena,
    struct hone_template *ret_template, struct hone_problems *problems, struct hone_err *err);

/* What the holes of one run are filled with. */
struct hone_filling {
    const struct hone_space *space;
    const double *x_value;              /* (space->n) */
    const char *const *slot;            /* one label a slot */
    const char *word[HONE_WORDS_COUNT]; /* NULL: not known, only without data */
};

/* The arguments of a run, NULL-terminated, in arena. Numbers are the shortest
 * text that reads back to the same bits, lists and mappings JSON, text is bare. */
HONE_MUST_CHECK enum hone_code hone_template_fill(const struct hone_template *template,
    const struct hone_filling *filling, struct hone_arena *arena, char ***ret_argv,
    struct hone_err *err);

#endif
