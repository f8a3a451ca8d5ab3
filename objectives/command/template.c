#include "objectives/command/template.h"

#include <math.h>
#include <string.h>

const char *const hone_word_names[HONE_WORDS_COUNT] = {
    "trial", "seed", "fold", "train", "test", "workdir",
};

static const char key[] = "objective.command";

struct reader {
    const struct hone_template_names *names;
    struct hone_arena *arena;
    struct hone_problems *problems;
    struct hone_place place; /* of the argument */
};

static size_t find_slot(const struct hone_slots_config *slots, const char *name) {
    size_t i = 0;

    while (i < slots->count && strcmp(slots->list[i].name, name) != 0) {
        i++;
    }
    return i;
}

static size_t find_word(const char *name) {
    size_t i = 0;

    while (i < HONE_WORDS_COUNT && strcmp(hone_word_names[i], name) != 0) {
        i++;
    }
    return i;
}

/* What people type between braces when they mean a hole. */
static bool looks_like_name(const char *name) {
    static const char *const letters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

    return *name != '\0' && name[strspn(name, letters)] == '\0';
}

static void unknown_name(struct reader *r, const char *name) {
    const char *candidates[2 + HONE_WORDS_COUNT + HONE_SLOT_LISTS];
    const char *near = hone_space_nearest(r->names->space, name);
    size_t count = 0;

    if (near != NULL) {
        candidates[count++] = near;
    }
    for (size_t i = 0; i < HONE_WORDS_COUNT; i++) {
        candidates[count++] = hone_word_names[i];
    }
    for (size_t i = 0; i < r->names->slots->count; i++) {
        candidates[count++] = r->names->slots->list[i].name;
    }
    near = hone_nearest(name, candidates, count);
    hone_problem(r->problems, r->place, key,
        "there is no parameter '%.60s'; {%.60s} should be a parameter or one of trial, seed, fold, "
        "train, test, workdir, or be written {{%.60s}} to stand for itself%s%s%s",
        name, name, name, near != NULL ? " (did you mean '" : "", near != NULL ? near : "",
        near != NULL ? "'?)" : "");
}

/* Notes what two parts of the spec call by the same name. */
static void check_once(struct reader *r, const char *name, size_t meanings) {
    if (meanings > 1) {
        hone_problem(r->problems, r->place, key,
            "{%.60s} has two meanings here; the parameter or slot should have another name", name);
    }
}

/* Whether {name} is a hole; then *ret is it. */
static bool read_name(struct reader *r, const char *name, struct hone_piece *ret) {
    const size_t param = hone_space_find(r->names->space, name);
    const size_t slot = find_slot(r->names->slots, name);
    const size_t word = find_word(name);
    const bool is_param = param < r->names->space->n;
    const bool is_slot = slot < r->names->slots->count;
    const bool is_word = word < HONE_WORDS_COUNT;

    check_once(r, name, (size_t)is_param + is_slot + is_word);
    if (!is_param && !is_slot && !is_word) {
        return false;
    }
    *ret = (struct hone_piece){
        .kind = is_param  ? HONE_PIECE_PARAM
                : is_slot ? HONE_PIECE_SLOT
                          : HONE_PIECE_WORD,
        .index = is_param ? param : is_slot ? slot : word,
    };
    if (ret->kind == HONE_PIECE_WORD && !r->names->has_data &&
        (word == HONE_WORD_TRAIN || word == HONE_WORD_TEST)) {
        hone_problem(r->problems, r->place, key,
            "{%s} is a file of a fold; the spec should have data: and cv:", name);
    }
    return true;
}

/* Reads what begins at a '{'. Returns the bytes it takes, 0 when the brace is
 * text. */
static size_t read_hole(struct reader *r, char *text, struct hone_piece *ret) {
    const bool quoted = text[1] == '{';
    char *name = text + (quoted ? 2 : 1);
    char *end = strchr(name, '}');
    bool known;

    if (end == NULL || end == name || (quoted && end[1] != '}')) {
        return 0;
    }
    *end = '\0';
    if (quoted) {
        known = looks_like_name(name);
        *end = '}';
        *ret = (struct hone_piece){.kind = HONE_PIECE_TEXT};
        return known ? (size_t)(end + 2 - text) : 0;
    }
    known = read_name(r, name, ret);
    if (!known && looks_like_name(name)) {
        unknown_name(r, name);
    }
    *end = '}';
    return known ? (size_t)(end + 1 - text) : 0;
}

static bool add_text(struct reader *r, struct hone_argument *argument, const char *from,
    size_t length) {
    char *text;

    if (length == 0) {
        return true;
    }
    text = hone_arena_text(r->arena, from, length);
    argument->piece[argument->count++] = (struct hone_piece){.text = text};
    return text != NULL;
}

/* {{name}} is text between its outer braces. */
static bool add_hole(struct reader *r, struct hone_argument *argument, struct hone_piece piece,
    const char *from, size_t length) {
    if (piece.kind == HONE_PIECE_TEXT) {
        return add_text(r, argument, from + 1, length - 2);
    }
    argument->piece[argument->count++] = piece;
    return true;
}

static bool cut_argument(struct reader *r, const char *source, struct hone_argument *argument) {
    char *text = hone_arena_text(r->arena, source, strlen(source));
    size_t braces = 0;
    size_t start = 0;
    bool done = true;

    for (const char *c = source; *c != '\0'; c++) {
        braces += *c == '{';
    }
    argument->piece = hone_arena_array(r->arena, 2 * braces + 1, sizeof(*argument->piece));
    if (text == NULL || argument->piece == NULL) {
        return false;
    }
    for (size_t at = 0; done && text[at] != '\0';) {
        struct hone_piece piece;
        const size_t taken = text[at] == '{' ? read_hole(r, text + at, &piece) : 0;

        if (taken > 0) {
            done = add_text(r, argument, text + start, at - start) &&
                   add_hole(r, argument, piece, text + at, taken);
            start = at + taken;
        }
        at += taken > 0 ? taken : 1;
    }
    return done && add_text(r, argument, text + start, strlen(text + start));
}

static enum hone_code read_argument(struct reader *r, const struct hone_value *item,
    struct hone_argument *argument, struct hone_err *err) {
    struct hone_buf text = {0};
    enum hone_code code;

    r->place = item->place;
    if (item->type == HONE_LIST || item->type == HONE_MAP || item->type == HONE_NULL) {
        hone_problem(r->problems, item->place, key,
            "%s stands here; an argument should be a text or a number, quoted when it has braces: "
            "\"{lr}\"", hone_value_type_name(item->type));
        return HONE_OK;
    }
    hone_value_write_plain(item, &text);
    code = hone_buf_ok(&text, err);
    if (code == HONE_OK && !cut_argument(r, hone_buf_text(&text), argument)) {
        code = hone_fail(err, HONE_E_NOMEM, "reading the command");
    }
    hone_buf_finish(&text);
    return code;
}

enum hone_code hone_template_read(const struct hone_value *command,
    const struct hone_template_names *names, struct hone_arena *arena,
    struct hone_template *ret_template, struct hone_problems *problems, struct hone_err *err) {
    struct reader r = {.names = names, .arena = arena, .problems = problems};
    struct hone_template template = {.count = command->count};
    enum hone_code code = HONE_OK;

    if (command->type != HONE_LIST || command->count == 0) {
        hone_problem(problems, command->place, key,
            "%s stands here; it should be a list of arguments, as in "
            "[python3, train.py, \"{lr}\"]; no shell is involved",
            command->type == HONE_LIST ? "an empty list" : hone_value_type_name(command->type));
        return HONE_OK;
    }
    template.argument = hone_arena_array(arena, template.count, sizeof(*template.argument));
    if (template.argument == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "reading the command");
    }
    for (size_t i = 0; code == HONE_OK && i < command->count; i++) {
        code = read_argument(&r, command->item[i], &template.argument[i], err);
    }
    *ret_template = template;
    return code;
}

/* ---- Filling ---- */

static bool is_inactive(const struct hone_piece *piece, const struct hone_filling *filling) {
    return piece->kind == HONE_PIECE_PARAM && isnan(filling->x_value[piece->index]);
}

static bool is_left_out(const struct hone_argument *argument, const struct hone_filling *filling) {
    if (argument->count == 0 || argument->piece[0].kind != HONE_PIECE_TEXT ||
        argument->piece[0].text[0] != '-') {
        return false;
    }
    for (size_t i = 1; i < argument->count; i++) {
        if (is_inactive(&argument->piece[i], filling)) {
            return true;
        }
    }
    return false;
}

static void add_piece(const struct hone_piece *piece, const struct hone_filling *filling,
    struct hone_buf *buf) {
    if (piece->kind == HONE_PIECE_TEXT) {
        hone_buf_add(buf, piece->text);
    } else if (piece->kind == HONE_PIECE_WORD) {
        hone_buf_add(buf, filling->word[piece->index]);
    } else if (piece->kind == HONE_PIECE_SLOT) {
        hone_buf_add(buf, filling->slot[piece->index]);
    } else if (!is_inactive(piece, filling)) {
        const struct hone_value value = hone_param_value(&filling->space->param[piece->index],
            filling->x_value[piece->index]);

        hone_value_write_plain(&value, buf);
    }
}

enum hone_code hone_template_fill(const struct hone_template *template,
    const struct hone_filling *filling, struct hone_arena *arena, char ***ret_argv,
    struct hone_err *err) {
    char **argv = hone_arena_array(arena, template->count + 1, sizeof(*argv));
    struct hone_buf buf = {0};
    size_t count = 0;
    bool found = argv != NULL;

    for (size_t i = 0; found && i < template->count; i++) {
        const struct hone_argument *argument = &template->argument[i];

        if (is_left_out(argument, filling)) {
            continue;
        }
        hone_buf_clear(&buf);
        for (size_t p = 0; p < argument->count; p++) {
            add_piece(&argument->piece[p], filling, &buf);
        }
        argv[count] = hone_arena_text(arena, hone_buf_text(&buf), buf.length);
        found = argv[count++] != NULL && !buf.failed;
    }
    hone_buf_finish(&buf);
    if (!found) {
        return hone_fail(err, HONE_E_NOMEM, "the arguments of a command");
    }
    *ret_argv = argv;
    return HONE_OK;
}
