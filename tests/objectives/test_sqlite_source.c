/* The result of a query as data: types, reading only, SQLite's own words. */
#include "objectives/data/dataset.h"
#include "tests/objectives/data_help.h"

#include <math.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static char *path;

static void execute(const char *sql) {
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(db);
}

static int make_file(void **state) {
    (void)state;
    path = data_file("", 0);
    execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a REAL, word TEXT, mixed, y INTEGER);"
            "INSERT INTO t VALUES (1, 0.1, 'red', 5, 0), (2, NULL, 'blue', 5, 1),"
            "(3, -999.0, NULL, 'x', 0), (4, 1e-3, 'red', 'x', 1), (5, 2, 'NA', 'x', 0),"
            "(6, 3, 'red', 'x', 1)");
    return 0;
}

static int drop_file(void **state) {
    (void)state;
    data_drop(path);
    return 0;
}

static struct hone_dataset *read_query(const char *query) {
    return data_read(&(struct hone_data_config){.sqlite = path, .query = query}, NULL, NULL);
}

static void columns_have_the_type_of_their_content(void **state) {
    struct hone_dataset *data = read_query("SELECT a, word, y FROM t ORDER BY id");

    (void)state;
    assert_int_equal(data->rows, 6);
    assert_int_equal(data->features, 4); /* a, a missing, blue, red */
    assert_true(data->x[0] == 0.1 && isnan(data->x[4]) && data->x[5] == 1.0);
    assert_string_equal(data->feature[2].level, "blue");
    assert_true(data->x[3] == 1.0 && data->x[6] == 1.0);
    assert_true(isnan(data->x[2 * 4 + 3]) && isnan(data->x[4 * 4 + 3])); /* NULL and NA */
    assert_int_equal(data->classes, 2);
    hone_dataset_free(data);
}

/* The integers come before the first text: the query is run twice. */
static void integers_in_a_text_column_are_levels(void **state) {
    struct hone_dataset *data = read_query("SELECT mixed, y FROM t ORDER BY id");

    (void)state;
    assert_int_equal(data->features, 2);
    assert_string_equal(data->feature[0].level, "5");
    assert_string_equal(data->feature[1].level, "x");
    assert_true(data->x[0] == 1.0 && data->x[2 * 2] == 0.0);
    hone_dataset_free(data);
}

static void missing_numbers_match_by_value(void **state) {
    const struct hone_value minus = {.type = HONE_INT, .integer = -999, .real = -999};
    struct hone_data_config config = {.sqlite = path, .missing = &minus,
        .query = "SELECT a, y FROM t WHERE a IS NOT NULL"};
    struct hone_dataset *data = data_read(&config, NULL, NULL);

    (void)state;
    assert_int_equal(data->cells_missing, 1);
    assert_true(isnan(data->x[2]));
    hone_dataset_free(data);
}

static void hash_is_that_of_the_result(void **state) {
    struct hone_dataset *a = read_query("SELECT a, mixed, y FROM t ORDER BY id");
    struct hone_dataset *b = read_query("SELECT t.a, t.mixed, t.y FROM t ORDER BY t.id -- same");
    struct hone_dataset *c = read_query("SELECT a, mixed, y FROM t ORDER BY id DESC");

    (void)state;
    assert_int_equal(strlen(a->hash), 64);
    assert_string_equal(a->hash, b->hash);
    assert_string_not_equal(a->hash, c->hash);
    hone_dataset_free(a);
    hone_dataset_free(b);
    hone_dataset_free(c);
}

static void what_is_not_one_select_is_refused(void **state) {
    static const struct {
        const char *query;
        const char *words;
    } bad[] = {
        {"DELETE FROM t", "does more than read"},
        {"INSERT INTO t (a) VALUES (1) RETURNING a, y", "does more than read"},
        {"ATTACH 'x.db' AS x", "does more than read"},
        {"PRAGMA journal_mode = WAL", "does more than read"},
        {"PRAGMA table_info(t)", "does more than read"},
        {"BEGIN", "does more than read"},
        {"DROP TABLE t", "does more than read"},
        {"SELECT a, y FROM t; DELETE FROM t", "something follows"},
        {"", "reads nothing"},
        {"-- nothing", "reads nothing"},
        {"SELEC a FROM t", ": near \"SELEC\": syntax error"},
        {"SELECT a, z FROM t", ": no such column: z"},
        {"SELECT a, y FROM nowhere", ": no such table: nowhere"},
        {"SELECT abs(-9223372036854775808) AS a, y FROM t", ": integer overflow"},
        {"SELECT a, a, y FROM t", ": two columns are named 'a'; the query's result"},
        {"SELECT a, x'00ff' AS b, y FROM t", ": row 1: column 'b': a BLOB"},
        {"SELECT id, y, NULLIF(id, 3) AS z FROM t", ": row 3: column 'z' (the target) is missing"},
        {"SELECT 9e999 AS a, y FROM t", ": row 1: column 'a': 'inf' is infinite"},
        {"SELECT a, y FROM t WHERE 0", ": 0 rows of data"},
        {"SELECT char(65, 0, 66) AS a, y FROM t", ": row 1: column 'a': a text with a NUL"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct hone_data_config config = {.sqlite = path, .query = bad[i].query};
        const char *instead = data_refused(&config, NULL, NULL, bad[i].words);

        if (*instead != '\0') {
            fail_msg("%s: expected '%s', but %s", bad[i].query, bad[i].words, instead);
        }
    }
    hone_dataset_free(read_query("SELECT a, y FROM t; -- and nothing more"));
}

static void files_that_are_no_database_are_refused(void **state) {
    char *other = data_file("a,y\n1,2\n", 8);
    struct hone_data_config config = {.sqlite = other, .query = "SELECT * FROM t"};

    (void)state;
    assert_string_equal(data_refused(&config, NULL, NULL, "file is not a database"), "");
    config.sqlite = "/dev/zero";
    assert_string_equal(data_refused(&config, NULL, NULL, "not a regular file"), "");
    config.sqlite = "/nowhere.db";
    assert_string_equal(data_refused(&config, NULL, NULL, "/nowhere.db: No such file"), "");
    config = (struct hone_data_config){.sqlite = path};
    assert_string_equal(data_refused(&config, NULL, NULL, "a SELECT is needed"), "");
    data_drop(other);
}

static void failing_memory_is_an_error_and_leaks_nothing(void **state) {
    struct hone_data_config config = {.sqlite = path,
        .query = "SELECT id, a, word, mixed, y FROM t"};

    (void)state;
    data_survives_failing_memory(&config, "id", NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_have_the_type_of_their_content),
        cmocka_unit_test(integers_in_a_text_column_are_levels),
        cmocka_unit_test(missing_numbers_match_by_value),
        cmocka_unit_test(hash_is_that_of_the_result),
        cmocka_unit_test(what_is_not_one_select_is_refused),
        cmocka_unit_test(files_that_are_no_database_are_refused),
        cmocka_unit_test(failing_memory_is_an_error_and_leaks_nothing),
    };

    return cmocka_run_group_tests(tests, make_file, drop_file);
}
