/* libyaml's document API gives nodes with line and column; an alias is another
 * reference to its anchor's node, so each node is converted once and shared.
 * Sharing makes exponentially large trees cheap to write ("billion laughs"):
 * every value therefore knows how many values it stands for, written out. */
#include "engine/cli/yaml.h"

#include "engine/alloc.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { KEY_SHOWN = 200 };

/* What is known of a node once it is converted. */
struct made {
    const struct hone_value *value; /* NULL: not yet, or it was a problem */
    size_t values;                  /* written out, itself included; 0: not visited */
    size_t depth;
    bool busy;                      /* being converted: an alias now is a loop */
};

struct reader {
    yaml_document_t document;
    struct hone_arena *arena;
    struct hone_problems *problems;
    struct made *made; /* one a node, index = node id - 1 */
    bool out_of_memory;
};

/* The keys that lead to a value, for messages. */
struct path {
    const struct path *up; /* NULL at the top */
    const char *key;
};

static struct hone_place place_of(yaml_mark_t mark) {
    return (struct hone_place){.line = (int)mark.line + 1, .column = (int)mark.column + 1};
}

static void path_write(const struct path *path, char *ret_text, size_t room) {
    size_t used = 0;

    if (path->up != NULL) {
        path_write(path->up, ret_text, room);
        used = strlen(ret_text);
    } else {
        ret_text[0] = '\0';
    }
    if (used > 0 && used + 1 < room) {
        ret_text[used++] = '.';
        ret_text[used] = '\0';
    }
    if (used < room) {
        strncat(ret_text, path->key, room - used - 1);
    }
}

static void problem_at(struct reader *r, const struct path *path, yaml_mark_t mark,
    const char *sentence) {
    char key[KEY_SHOWN + 1];

    path_write(path, key, sizeof(key));
    hone_problem(r->problems, place_of(mark), key, "%s", sentence);
}

static const struct made *convert(struct reader *r, int node, const struct path *path);

/* Checks what every scalar must be: text without NUL, and no tag of its own
 * (libyaml gives scalars without a tag that of a string). */
static bool scalar_usable(struct reader *r, const yaml_node_t *node, const struct path *path) {
    if (strlen((const char *)node->data.scalar.value) != node->data.scalar.length) {
        problem_at(r, path, node->start_mark, "it holds a NUL character; leave it out");
        return false;
    }
    if (node->tag != NULL && strcmp((const char *)node->tag, YAML_STR_TAG) != 0) {
        problem_at(r, path, node->start_mark,
            "it has a tag; write the plain value, or quote it to make it text");
        return false;
    }
    return true;
}

static bool convert_scalar(struct reader *r, const yaml_node_t *node, const struct path *path,
    struct hone_value *ret) {
    char *text;

    if (!scalar_usable(r, node, path)) {
        return false;
    }
    text = hone_arena_text(r->arena, (const char *)node->data.scalar.value,
        node->data.scalar.length);
    if (text == NULL) {
        r->out_of_memory = true;
        return false;
    }
    if (node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE) {
        *ret = hone_value_from_plain(text);
    } else {
        *ret = (struct hone_value){.type = HONE_TEXT, .text = text};
    }
    return true;
}

/* Adds what a part counts to the whole. */
static void count_part(struct made *whole, const struct made *part) {
    whole->values = whole->values + part->values > CLI_YAML_VALUES
                        ? (size_t)CLI_YAML_VALUES + 1
                        : whole->values + part->values;
    whole->depth = part->depth + 1 > whole->depth ? part->depth + 1 : whole->depth;
}

static bool convert_list(struct reader *r, const yaml_node_t *node, const struct path *path,
    struct made *made, struct hone_value *ret) {
    const yaml_node_item_t *first = node->data.sequence.items.start;
    size_t count = (size_t)(node->data.sequence.items.top - first);
    const struct hone_value **item = hone_arena_array(r->arena, count, sizeof(*item));
    bool usable = true;

    if (item == NULL) {
        r->out_of_memory = true;
        return false;
    }
    for (size_t i = 0; i < count && !r->out_of_memory; i++) {
        const struct made *part = convert(r, first[i], path);

        usable = usable && part->value != NULL;
        item[i] = part->value;
        count_part(made, part);
    }
    *ret = (struct hone_value){.type = HONE_LIST, .count = count, .item = item};
    return usable;
}

/* A key: the scalar as it is written. NULL when it cannot be one. */
static const char *convert_key(struct reader *r, const yaml_node_t *node,
    const struct path *path) {
    const char *text;

    if (node->type != YAML_SCALAR_NODE) {
        problem_at(r, path, node->start_mark, "a list or mapping stands as a key; a key is a word");
        return NULL;
    }
    if (!scalar_usable(r, node, path)) {
        return NULL;
    }
    text = (const char *)node->data.scalar.value;
    if (text[0] == '\0') {
        problem_at(r, path, node->start_mark, "a key is missing before ':'; a key is a word");
        return NULL;
    }
    if (strcmp(text, "<<") == 0 && node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE) {
        problem_at(r, path, node->start_mark,
            "merge keys (<<) are no part of YAML 1.2; write the entries, or an alias for a whole "
            "value");
        return NULL;
    }
    text = hone_arena_text(r->arena, text, node->data.scalar.length);
    r->out_of_memory = r->out_of_memory || text == NULL;
    return text;
}

static int compare_entries(const void *a, const void *b) {
    const struct hone_entry *x = *(const struct hone_entry *const *)a;
    const struct hone_entry *y = *(const struct hone_entry *const *)b;
    int order = strcmp(x->key, y->key);

    return order != 0 ? order : (x < y ? -1 : x > y);
}

static size_t keep_named(struct hone_entry *entry, size_t count) {
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        if (entry[i].key != NULL) {
            entry[kept++] = entry[i];
        }
    }
    return kept;
}

/* Notes every key that stands a second time, and drops it, so that the rest can be
 * looked at: returns how many are left. Sorted, because a hostile map may have a
 * hundred thousand keys. */
static size_t drop_duplicates(struct reader *r, struct hone_entry *entry, size_t count,
    const struct path *path) {
    struct hone_entry **sorted = hone_new_array(count, sizeof(*sorted));
    const struct hone_entry *first;

    if (sorted == NULL) {
        r->out_of_memory = true;
        return 0;
    }
    for (size_t i = 0; i < count; i++) {
        sorted[i] = &entry[i];
    }
    qsort(sorted, count, sizeof(*sorted), compare_entries);
    first = count > 0 ? sorted[0] : NULL;
    for (size_t i = 1; i < count; i++) {
        if (strcmp(sorted[i]->key, first->key) == 0) {
            struct path at = {.up = path, .key = sorted[i]->key};
            char key[KEY_SHOWN + 1];

            path_write(&at, key, sizeof(key));
            hone_problem(r->problems, sorted[i]->place, key,
                "given again, first in line %d; keep one of them", first->place.line);
            sorted[i]->key = NULL;
        } else {
            first = sorted[i];
        }
    }
    hone_free(sorted);
    return keep_named(entry, count);
}

static bool convert_map(struct reader *r, const yaml_node_t *node, const struct path *path,
    struct made *made, struct hone_value *ret) {
    const yaml_node_pair_t *first = node->data.mapping.pairs.start;
    size_t count = (size_t)(node->data.mapping.pairs.top - first);
    struct hone_entry *entry = hone_arena_array(r->arena, count, sizeof(*entry));
    bool usable = true;
    size_t kept = 0;

    if (entry == NULL) {
        r->out_of_memory = true;
        return false;
    }
    for (size_t i = 0; i < count && !r->out_of_memory; i++) {
        const yaml_node_t *key_node = yaml_document_get_node(&r->document, first[i].key);
        const char *key = convert_key(r, key_node, path);
        struct path at = {.up = path, .key = key == NULL ? "?" : key};
        const struct made *part = convert(r, first[i].value, &at);

        usable = usable && key != NULL && part->value != NULL;
        count_part(made, part);
        if (key != NULL) {
            entry[kept++] = (struct hone_entry){.key = key,
                .place = place_of(key_node->start_mark), .value = part->value};
        }
    }
    kept = drop_duplicates(r, entry, kept, path);
    *ret = (struct hone_value){.type = HONE_MAP, .count = kept, .entry = entry};
    return usable;
}

static bool convert_new(struct reader *r, const yaml_node_t *node, const struct path *path,
    struct made *made, struct hone_value *ret) {
    switch (node->type) {
    case YAML_SCALAR_NODE:
        return convert_scalar(r, node, path, ret);
    case YAML_SEQUENCE_NODE:
        return convert_list(r, node, path, made, ret);
    case YAML_MAPPING_NODE:
        return convert_map(r, node, path, made, ret);
    case YAML_NO_NODE:
        break;
    }
    return false;
}

/* Recursion is bounded by check_shape; what an alias stands for was converted
 * before. */
static const struct made *convert(struct reader *r, int id, const struct path *path) {
    const yaml_node_t *node = yaml_document_get_node(&r->document, id);
    struct made *made = &r->made[id - 1];
    struct hone_value *value;

    if (made->busy) {
        problem_at(r, path, node->start_mark,
            "the alias stands inside what it names; a value cannot hold itself");
        made->value = NULL;
        return made;
    }
    if (made->values > 0) {
        return made;
    }
    *made = (struct made){.values = 1, .depth = 1, .busy = true};
    value = hone_arena_new(r->arena, sizeof(*value));
    if (value == NULL) {
        r->out_of_memory = true;
    } else if (convert_new(r, node, path, made, value)) {
        value->place = place_of(node->start_mark);
        made->value = value;
    }
    made->busy = false;
    return made;
}

/* The reader's errors come with an offset in bytes alone. */
static struct hone_place place_at(const char *text, size_t length, size_t offset) {
    struct hone_place place = {.line = 1, .column = 1};

    for (size_t i = 0; i < offset && i < length; i++) {
        bool line_end = text[i] == '\n';

        place.line += line_end;
        place.column = line_end ? 1 : place.column + 1;
    }
    return place;
}

/* What would be right, for what people get wrong most. */
static const char *advice(const char *text, size_t length, const yaml_parser_t *parser) {
    size_t at = parser->problem_mark.index;

    if (at < length && text[at] == '\t') {
        return "a tab stands here; indent with spaces";
    }
    if (parser->error == YAML_READER_ERROR) {
        return "a spec is UTF-8 text without control characters";
    }
    if (parser->context != NULL && strstr(parser->context, "quoted scalar") != NULL) {
        return "close the quote";
    }
    if (parser->context != NULL && strstr(parser->context, "flow") != NULL) {
        return "close the bracket and put commas between";
    }
    return "check the indentation, the colons and the quotes";
}

/* Whether nothing but white space follows. */
static bool at_end(const char *text, size_t length, size_t at) {
    while (at < length && strchr(" \t\r\n", text[at]) != NULL) {
        at++;
    }
    return at >= length;
}

/* What is never closed is a mistake where it was opened, not at the end. */
static struct hone_place place_of_error(const yaml_parser_t *parser, const char *text,
    size_t length) {
    if (parser->error == YAML_READER_ERROR) {
        return place_at(text, length, parser->problem_offset);
    }
    if (parser->context != NULL && at_end(text, length, parser->problem_mark.index)) {
        return place_of(parser->context_mark);
    }
    return place_of(parser->problem_mark);
}

static void note_syntax(const yaml_parser_t *parser, const char *text, size_t length,
    struct hone_problems *problems) {
    const char *wrong = parser->problem == NULL ? "cannot be read" : parser->problem;
    struct hone_place place = place_of_error(parser, text, length);

    if (parser->context == NULL) {
        hone_problem(problems, place, "", "no YAML: %s; %s", wrong,
            advice(text, length, parser));
        return;
    }
    hone_problem(problems, place, "", "no YAML: %s %s (from line %d on); %s", wrong,
        parser->context, (int)parser->context_mark.line + 1, advice(text, length, parser));
}

static enum hone_code load_failed(const yaml_parser_t *parser, const char *text, size_t length,
    struct hone_problems *problems, struct hone_err *err) {
    if (parser->error == YAML_MEMORY_ERROR) {
        return hone_fail(err, HONE_E_NOMEM, "reading YAML");
    }
    note_syntax(parser, text, length, problems);
    return HONE_OK;
}

static void note_second_document(yaml_parser_t *parser, const char *text, size_t length,
    struct hone_problems *problems) {
    yaml_document_t second;
    yaml_node_t *root;

    if (!yaml_parser_load(parser, &second)) {
        note_syntax(parser, text, length, problems);
        return;
    }
    root = yaml_document_get_root_node(&second);
    if (root != NULL) {
        hone_problem(problems, place_of(root->start_mark), "",
            "a second document begins after '---'; a spec is one document");
    }
    yaml_document_delete(&second);
}

/* What the events of one reading have shown so far. */
struct shape {
    size_t depth, anchors;
    bool within; /* the limits are kept */
};

static bool has_anchor(const yaml_event_t *event) {
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return event->data.scalar.anchor != NULL;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.anchor != NULL;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.anchor != NULL;
    default:
        return false;
    }
}

static void note_event(struct shape *shape, const yaml_event_t *event,
    struct hone_problems *problems) {
    bool begins = event->type == YAML_SEQUENCE_START_EVENT ||
                  event->type == YAML_MAPPING_START_EVENT;
    bool ends = event->type == YAML_SEQUENCE_END_EVENT || event->type == YAML_MAPPING_END_EVENT;

    shape->anchors += has_anchor(event);
    shape->depth = shape->depth + begins - ends;
    if (shape->depth > CLI_YAML_DEPTH) {
        hone_problem(problems, place_of(event->start_mark), "",
            "it is nested deeper than %d here; a spec is flatter", (int)CLI_YAML_DEPTH);
        shape->within = false;
    } else if (shape->anchors > CLI_YAML_ANCHORS) {
        hone_problem(problems, place_of(event->start_mark), "",
            "this is anchor %zu; at most %d may stand in a spec", shape->anchors,
            (int)CLI_YAML_ANCHORS);
        shape->within = false;
    }
}

/* A first reading, event by event: libyaml sets itself no limits, and takes
 * minutes, or too much of the stack, for what is nested 100,000 deep. Sets
 * ret_within when the text is YAML and keeps the limits. */
static enum hone_code check_shape(const char *text, size_t length,
    struct hone_problems *problems, bool *ret_within, struct hone_err *err) {
    struct shape shape = {.within = true};
    enum hone_code code = HONE_OK;
    bool more = true;
    yaml_parser_t parser;

    if (!yaml_parser_initialize(&parser)) {
        return hone_fail(err, HONE_E_NOMEM, "reading YAML");
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
    while (more && shape.within) {
        yaml_event_t event;

        if (!yaml_parser_parse(&parser, &event)) {
            code = load_failed(&parser, text, length, problems, err);
            shape.within = false;
            break;
        }
        note_event(&shape, &event, problems);
        more = event.type != YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    *ret_within = shape.within;
    yaml_parser_delete(&parser);
    return code;
}

static enum hone_code convert_root(struct reader *r, const struct hone_value **ret_root,
    struct hone_err *err) {
    const struct path top = {.key = ""};
    size_t nodes = (size_t)(r->document.nodes.top - r->document.nodes.start);
    const struct made *root;

    if (nodes == 0) {
        hone_problem(r->problems, (struct hone_place){.line = 1, .column = 1}, "",
            "it is empty; 'hone init' writes a spec to start from");
        return HONE_OK;
    }
    r->made = hone_new_array(nodes, sizeof(*r->made));
    if (r->made == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "reading YAML");
    }
    root = convert(r, 1, &top);
    if (r->out_of_memory) {
        return hone_fail(err, HONE_E_NOMEM, "reading YAML");
    }
    *ret_root = root->value;
    if (root->values > CLI_YAML_VALUES) {
        hone_problem(r->problems, place_of(r->document.start_mark), "",
            "with its aliases written out it has more than %d values; a spec has fewer",
            (int)CLI_YAML_VALUES);
        *ret_root = NULL;
    }
    if (root->depth > CLI_YAML_DEPTH) {
        hone_problem(r->problems, place_of(r->document.start_mark), "",
            "it is nested %zu deep; at most %d", root->depth, (int)CLI_YAML_DEPTH);
        *ret_root = NULL;
    }
    return HONE_OK;
}

static enum hone_code read_document(const char *text, size_t length, struct hone_arena *arena,
    struct hone_problems *problems, const struct hone_value **ret_root, struct hone_err *err) {
    struct reader r = {.arena = arena, .problems = problems};
    enum hone_code code = HONE_OK;
    yaml_parser_t parser;

    if (!yaml_parser_initialize(&parser)) {
        return hone_fail(err, HONE_E_NOMEM, "reading YAML");
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
    if (!yaml_parser_load(&parser, &r.document)) {
        code = load_failed(&parser, text, length, problems, err);
        goto out;
    }
    code = convert_root(&r, ret_root, err);
    if (code == HONE_OK && *ret_root != NULL) {
        note_second_document(&parser, text, length, problems);
    }
    yaml_document_delete(&r.document);
out:
    hone_free(r.made);
    yaml_parser_delete(&parser);
    return code;
}

enum hone_code cli_yaml_read(const char *text, size_t length, struct hone_arena *arena,
    struct hone_problems *problems, const struct hone_value **ret_root, struct hone_err *err) {
    bool within = false;
    enum hone_code code = check_shape(text, length, problems, &within, err);

    *ret_root = NULL;
    return code == HONE_OK && within
               ? read_document(text, length, arena, problems, ret_root, err)
               : code;
}
