#include "objectives/data/svmlight.h"

#include "engine/alloc.h"
#include "objectives/data/cell.h"
#include "objectives/data/levels.h"
#include "objectives/data/lines.h"
#include "objectives/data/target.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    LARGEST_INDEX = 10000000, /* a stray index must not fill the memory with features */
    FIRST_ROWS = 1024,
    FIRST_ENTRIES = 8192,
    LONGEST_WORD = 400, /* the longest decimal of a double that anybody writes */
};

/* One file being read. The arrays become the data set's. */
struct rows {
    struct hone_lines lines;
    struct hone_err *err;
    bool by_qid;
    size_t count, room;
    double *target;    /* (count) */
    int32_t *group;    /* (count) when by_qid */
    size_t *row_start; /* (count + 1) */
    size_t entries, entry_room;
    uint32_t *at;  /* (entries) as written */
    double *entry; /* (entries) */
    bool from_zero;
    uint32_t largest;
    struct hone_levels qids;
};

/* A word of a line and where it stands. */
struct word {
    const char *line;
    char text[LONGEST_WORD + 1];
    size_t column; /* from 1, in bytes */
};

static enum hone_code fail_at(const struct rows *rows, const struct word *word, const char *what) {
    return hone_fail(rows->err, HONE_E_INPUT, "%s:%zu:%zu: '%s' %s", rows->lines.path,
        rows->lines.line, word->column, hone_cell_show(word->text).text, what);
}

static enum hone_code no_memory(const struct rows *rows) {
    return hone_fail(rows->err, HONE_E_NOMEM, "reading '%s'", rows->lines.path);
}

/* Takes the next word off *text; false when only blanks are left. A longer word
 * than any number is cut, and then is no number. */
static bool next_word(const char **text, const char *end, struct word *ret_word) {
    const char *from = *text;
    size_t length;

    while (from < end && strchr(" \t\r\n", *from) != NULL) {
        from++;
    }
    *text = from;
    while (*text < end && strchr(" \t\r\n", **text) == NULL) {
        (*text)++;
    }
    length = (size_t)(*text - from);
    length = length < LONGEST_WORD ? length : LONGEST_WORD;
    memcpy(ret_word->text, from, length);
    ret_word->text[length] = '\0';
    ret_word->column = (size_t)(from - ret_word->line) + 1;
    return length > 0;
}

static enum hone_code room_for_row(struct rows *rows) {
    size_t room = rows->room > 0 ? 2 * rows->room : FIRST_ROWS;
    double *target;
    int32_t *group;
    size_t *row_start;

    if (rows->count < rows->room) {
        return HONE_OK;
    }
    target = hone_resize(rows->target, room, sizeof(*target));
    rows->target = target != NULL ? target : rows->target;
    group = hone_resize(rows->group, room, sizeof(*group));
    rows->group = group != NULL ? group : rows->group;
    row_start = hone_resize(rows->row_start, room + 1, sizeof(*row_start));
    rows->row_start = row_start != NULL ? row_start : rows->row_start;
    if (target == NULL || group == NULL || row_start == NULL) {
        return no_memory(rows);
    }
    rows->row_start[0] = 0;
    rows->room = room;
    return HONE_OK;
}

static enum hone_code add_entry(struct rows *rows, uint32_t index, double value) {
    size_t room = rows->entry_room > 0 ? 2 * rows->entry_room : FIRST_ENTRIES;

    if (rows->entries == rows->entry_room) {
        uint32_t *at = hone_resize(rows->at, room, sizeof(*at));
        double *entry = at != NULL ? hone_resize(rows->entry, room, sizeof(*entry)) : NULL;

        rows->at = at != NULL ? at : rows->at;
        rows->entry = entry != NULL ? entry : rows->entry;
        if (at == NULL || entry == NULL) {
            return no_memory(rows);
        }
        rows->entry_room = room;
    }
    rows->at[rows->entries] = index;
    rows->entry[rows->entries] = value;
    rows->entries++;
    return HONE_OK;
}

/* Digits alone, at most LARGEST_INDEX; the text ends at `end`. */
static bool read_index(const char *text, const char *end, uint32_t *ret_index) {
    uint32_t index = 0;

    if (text == end) {
        return false;
    }
    for (; text < end; text++) {
        if (*text < '0' || *text > '9') {
            return false;
        }
        index = 10 * index + (uint32_t)(*text - '0');
        if (index > LARGEST_INDEX) {
            return false;
        }
    }
    *ret_index = index;
    return true;
}

/* `last` is the index before on this line, -1 at its beginning. */
static enum hone_code take_entry(struct rows *rows, const struct word *word, int64_t *last) {
    const char *colon = strchr(word->text, ':');
    uint32_t index = 0;
    double value = 0.0;

    if (colon == NULL || !read_index(word->text, colon, &index)) {
        return fail_at(rows, word, "is not index:value with an index from 0 to 10000000");
    }
    if (hone_cell_read(colon + 1, &value) != HONE_CELL_NUMBER || strchr(" \t", colon[1]) != NULL) {
        return fail_at(rows, word, "has no finite number after the colon");
    }
    if ((int64_t)index <= *last) {
        return fail_at(rows, word,
            "does not ascend; the indices of a line are each larger than the one before");
    }
    *last = index;
    rows->from_zero = rows->from_zero || index == 0;
    rows->largest = index > rows->largest ? index : rows->largest;
    return value != 0.0 ? add_entry(rows, index, value) : HONE_OK;
}

static enum hone_code take_qid(struct rows *rows, const struct word *word) {
    const char *id = word->text + strlen("qid:");
    uint32_t unused;

    if (*id == '\0' || !read_index(id, id + strlen(id), &unused)) {
        return fail_at(rows, word, "is not qid:NUMBER");
    }
    if (!rows->by_qid) {
        return HONE_OK;
    }
    return hone_levels_index(&rows->qids, id, &rows->group[rows->count], rows->err);
}

/* Everything behind the label. */
static enum hone_code take_entries(struct rows *rows, const char *text, const char *end,
    struct word *word) {
    enum hone_code code = HONE_OK;
    bool first = true;
    bool has_qid = false;
    int64_t last = -1;

    while (code == HONE_OK && next_word(&text, end, word)) {
        if (first && strncmp(word->text, "qid:", 4) == 0) {
            code = take_qid(rows, word);
            has_qid = true;
        } else {
            code = take_entry(rows, word, &last);
        }
        first = false;
    }
    if (code == HONE_OK && rows->by_qid && !has_qid) {
        return hone_fail(rows->err, HONE_E_INPUT,
            "cv.group: %s:%zu: no qid; it needs one behind each label", rows->lines.path,
            rows->lines.line);
    }
    return code;
}

static enum hone_code take_line(struct rows *rows, const char *text, size_t length) {
    const char *comment = memchr(text, '#', length);
    const char *end = comment != NULL ? comment : text + length;
    struct word word;
    enum hone_code code;

    word.line = text;
    if (!next_word(&text, end, &word)) {
        return HONE_OK;
    }
    code = room_for_row(rows);
    if (code != HONE_OK) {
        return code;
    }
    if (hone_cell_read(word.text, &rows->target[rows->count]) != HONE_CELL_NUMBER) {
        return fail_at(rows, &word, "is not a label; a line begins with one finite number");
    }
    code = take_entries(rows, text, end, &word);
    if (code == HONE_OK) {
        rows->row_start[++rows->count] = rows->entries;
    }
    return code;
}

static enum hone_code take_lines(struct rows *rows) {
    const char *text;
    size_t length;
    enum hone_code code;

    for (;;) {
        code = hone_lines_next(&rows->lines, &text, &length, rows->err);
        if (code != HONE_OK || length == 0) {
            break;
        }
        code = take_line(rows, text, length);
        if (code != HONE_OK) {
            break;
        }
    }
    if (code == HONE_OK && rows->count < 2) {
        return hone_fail(rows->err, HONE_E_INPUT, "%s: %zu row%s of data; at least 2 are needed",
            rows->lines.path, rows->count, rows->count == 1 ? "" : "s");
    }
    if (code == HONE_OK && rows->entries == 0) {
        return hone_fail(rows->err, HONE_E_INPUT,
            "%s: no feature that is not 0; rows are written label index:value …",
            rows->lines.path);
    }
    return code;
}

/* Features are named by their index as the file writes it. */
static enum hone_code name_features(struct hone_dataset_own *own, const struct rows *rows) {
    struct hone_dataset *data = &own->data;
    uint32_t first = rows->from_zero ? 0 : 1;
    struct hone_feature *feature;

    data->features = rows->largest - first + 1;
    data->columns_number = data->features;
    feature = hone_arena_array(&own->arena, data->features, sizeof(*feature));
    if (feature == NULL) {
        return no_memory(rows);
    }
    data->feature = feature;
    for (size_t i = 0; i < data->features; i++) {
        char name[24];
        int length = snprintf(name, sizeof(name), "%zu", i + first);

        feature[i] = (struct hone_feature){.kind = HONE_FEATURE_NUMBER, .column = i,
            .name = hone_arena_text(&own->arena, name, (size_t)length)};
        if (feature[i].name == NULL) {
            return no_memory(rows);
        }
    }
    for (size_t i = 0; i < rows->entries; i++) {
        rows->at[i] -= first;
    }
    return HONE_OK;
}

static enum hone_code hand_over(struct hone_dataset_own *own, struct rows *rows,
    enum hone_task task) {
    struct hone_dataset *data = &own->data;
    enum hone_code code;

    data->rows = rows->count;
    data->target_name = "label";
    hone_hash_hex(&rows->lines.hash, data->hash);
    code = name_features(own, rows);
    if (code == HONE_OK) {
        code = hone_target_numbers(own, task, rows->target, rows->lines.path, rows->err);
    }
    if (code != HONE_OK) {
        return code;
    }
    if (rows->by_qid) {
        data->group = rows->group;
        data->groups = rows->qids.count;
        rows->group = NULL;
    }
    data->row_start = rows->row_start;
    data->at = rows->at;
    data->entry = rows->entry;
    rows->row_start = NULL;
    rows->at = NULL;
    rows->entry = NULL;
    return HONE_OK;
}

enum hone_code hone_svmlight_read(struct hone_dataset_own *own, const char *path,
    enum hone_task task, bool by_qid, struct hone_err *err) {
    struct rows rows = {.err = err, .by_qid = by_qid};
    enum hone_code code = hone_lines_open(&rows.lines, path, err);

    if (code == HONE_OK) {
        code = take_lines(&rows);
    }
    if (code == HONE_OK) {
        code = hand_over(own, &rows, task);
    }
    hone_lines_close(&rows.lines);
    hone_levels_finish(&rows.qids);
    hone_free(rows.target);
    hone_free(rows.group);
    hone_free(rows.row_start);
    hone_free(rows.at);
    hone_free(rows.entry);
    return code;
}
