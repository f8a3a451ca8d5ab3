#include "objectives/data/dataset.h"

#include "engine/alloc.h"
#include "engine/buf.h"
#include "objectives/data/csv_source.h"
#include "objectives/data/encode.h"
#include "objectives/data/sqlite_source.h"
#include "objectives/data/svmlight.h"
#include "objectives/data/table.h"

#include <string.h>

/* Reads the source into the table, a second time when columns turned to text
 * on the way; the second must be of the same bytes. */
static enum hone_code read_table(struct hone_table *table,
    enum hone_code (*read)(struct hone_table *, struct hone_err *), struct hone_err *err) {
    char first[HONE_HASH_HEX];
    enum hone_code code = read(table, err);

    if (code != HONE_OK || !hone_table_again(table)) {
        return code;
    }
    memcpy(first, table->hash, sizeof(first));
    code = read(table, err);
    if (code == HONE_OK && strcmp(first, table->hash) != 0) {
        return hone_table_fail(table, 0, err, "the data changed while it was being read");
    }
    return code;
}

static enum hone_code read_columns(struct hone_dataset_own *own,
    const struct hone_data_config *config, const char *path, const char *group, const char *time,
    struct hone_err *err) {
    bool is_file = config->csv != NULL;
    struct hone_table table = {.path = path, .config = config, .group = group, .time = time,
        .line_word = is_file ? ":" : ": row ", .what = is_file ? "header" : "query's result"};
    enum hone_code code = hone_missing_init(&table.missing, config->missing, err);

    if (code == HONE_OK) {
        code = read_table(&table, is_file ? hone_csv_read : hone_sqlite_read, err);
    }
    if (code == HONE_OK) {
        code = hone_table_check(&table, err);
    }
    if (code == HONE_OK) {
        code = hone_encode(own, &table, err);
    }
    hone_table_finish(&table);
    return code;
}

/* An svmlight file has no named columns that a key could mean. */
static enum hone_code read_sparse(struct hone_dataset_own *own,
    const struct hone_data_config *config, const char *path, const char *group, const char *time,
    struct hone_err *err) {
    bool by_qid = group != NULL && strcmp(group, "qid") == 0;
    const char *key = config->target != NULL ? "data.target"
        : config->ignore != NULL             ? "data.ignore"
        : config->missing != NULL            ? "data.missing"
        : time != NULL                       ? "cv.time"
        : group != NULL && !by_qid           ? "cv.group"
                                             : NULL;

    if (key != NULL) {
        return hone_fail(err, HONE_E_INPUT,
            "%s: it has no meaning here: an svmlight file has no column names%s", key,
            strcmp(key, "cv.group") == 0 ? "; rows can be grouped by qid" : "");
    }
    return hone_svmlight_read(own, path, (enum hone_task)config->task, by_qid, err);
}

static enum hone_code write_path(struct hone_buf *path, const char *folder, const char *file,
    struct hone_err *err) {
    bool here = folder == NULL || *folder == '\0' || strcmp(folder, ".") == 0;

    if (*file != '/' && !here) {
        hone_buf_printf(path, "%s%s", folder, folder[strlen(folder) - 1] == '/' ? "" : "/");
    }
    hone_buf_add(path, file);
    return hone_buf_ok(path, err);
}

static enum hone_code check_one_source(const struct hone_data_config *config,
    struct hone_err *err) {
    int sources = (config->csv != NULL) + (config->svmlight != NULL) + (config->sqlite != NULL);

    if (sources != 1) {
        return hone_fail(err, HONE_E_INPUT,
            "data: %s of csv, svmlight and sqlite; exactly one is needed",
            sources == 0 ? "none" : "more than one");
    }
    if (config->query != NULL && config->sqlite == NULL) {
        return hone_fail(err, HONE_E_INPUT,
            "data.query: it has a meaning beside data.sqlite alone");
    }
    return HONE_OK;
}

/* What begins with the path is not told of another key: it is of the one that names the file. */
static enum hone_code fail_with_key(const struct hone_data_config *config, const char *path,
    enum hone_code code, struct hone_err *err) {
    const char *key = config->csv != NULL ? "data.csv"
        : config->svmlight != NULL        ? "data.svmlight"
                                          : "data.sqlite";

    return code != HONE_E_NOMEM && strncmp(err->text, path, strlen(path)) == 0
               ? hone_while(err, "%s", key)
               : code;
}

enum hone_code hone_dataset_read(const struct hone_data_config *config, const char *folder,
    const char *group, const char *time, struct hone_dataset **ret, struct hone_err *err) {
    const char *file = config->csv != NULL ? config->csv
        : config->svmlight != NULL         ? config->svmlight
                                           : config->sqlite;
    struct hone_dataset_own *own = NULL;
    struct hone_buf path = {0};
    enum hone_code code = check_one_source(config, err);

    if (code != HONE_OK) {
        goto out;
    }
    code = write_path(&path, folder, file, err);
    if (code != HONE_OK) {
        goto out;
    }
    own = hone_new(sizeof(*own));
    if (own == NULL) {
        code = hone_fail(err, HONE_E_NOMEM, "reading '%s'", file);
        goto out;
    }
    code = (config->svmlight != NULL ? read_sparse : read_columns)(own, config,
        hone_buf_text(&path), group, time, err);
    if (code != HONE_OK) {
        code = fail_with_key(config, hone_buf_text(&path), code, err);
        goto out;
    }
    *ret = &own->data;
    own = NULL; /* the caller owns it now */
out:
    hone_buf_finish(&path);
    hone_dataset_free(own != NULL ? &own->data : NULL);
    return code;
}

static enum hone_code read_like(struct hone_dataset_own *own, struct hone_table *table,
    struct hone_err *err) {
    enum hone_code code = hone_missing_init(&table->missing, table->config->missing, err);

    if (code == HONE_OK) {
        code = read_table(table, hone_csv_read, err);
    }
    if (code == HONE_OK) {
        code = hone_table_check_like(table, err);
    }
    return code == HONE_OK ? hone_encode_like(own, table, err) : code;
}

enum hone_code hone_dataset_read_like(const struct hone_dataset *like,
    const struct hone_value *missing, const char *folder, const char *file, bool with_target,
    struct hone_dataset **ret, struct hone_err *err) {
    const struct hone_data_config config = {.csv = file, .missing = missing};
    struct hone_table table = {.config = &config, .like = like, .with_target = with_target,
        .line_word = ":", .what = "header"};
    struct hone_dataset_own *own = hone_new(sizeof(*own));
    struct hone_buf path = {0};
    enum hone_code code = own == NULL ? hone_fail(err, HONE_E_NOMEM, "reading '%s'", file)
                                      : write_path(&path, folder, file, err);

    if (code == HONE_OK) {
        table.path = hone_buf_text(&path);
        code = read_like(own, &table, err);
    }
    hone_table_finish(&table);
    hone_buf_finish(&path);
    if (code != HONE_OK) {
        hone_dataset_free(own != NULL ? &own->data : NULL);
        return code;
    }
    *ret = &own->data;
    return HONE_OK;
}

void hone_dataset_free(struct hone_dataset *data) {
    struct hone_dataset_own *own = (struct hone_dataset_own *)data; /* data is its first member */

    if (own == NULL) {
        return;
    }
    hone_free(data->x);
    hone_free(data->row_start);
    hone_free(data->at);
    hone_free(data->entry);
    hone_free(data->y);
    hone_free(data->label);
    hone_free(data->group);
    hone_free(data->time);
    hone_arena_finish(&own->arena);
    hone_free(own);
}
