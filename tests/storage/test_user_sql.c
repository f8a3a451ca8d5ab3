#include "engine/buf.h"
#include "tests/storage/rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void write_cell(struct hone_buf *out, const struct hone_cell *cell) {
    switch (cell->type) {
    case HONE_CELL_INT:
        hone_buf_printf(out, "i%lld", (long long)cell->integer);
        break;
    case HONE_CELL_REAL:
        hone_buf_add(out, "r");
        hone_buf_add_real(out, cell->real);
        break;
    case HONE_CELL_TEXT:
    case HONE_CELL_BLOB:
        hone_buf_add(out, cell->type == HONE_CELL_TEXT ? "t" : "b");
        hone_buf_add_bytes(out, cell->text, cell->length);
        break;
    default:
        hone_buf_add(out, "-");
        break;
    }
}

static bool note_row(void *self, size_t columns, const char *const *name,
    const struct hone_cell *cell) {
    for (size_t i = 0; i < columns; i++) {
        hone_buf_printf(self, "%s=", name[i]);
        if (cell != NULL) {
            write_cell(self, &cell[i]);
        }
        hone_buf_add(self, i + 1 < columns ? " " : ";");
    }
    return true;
}

static bool note_first_row(void *self, size_t columns, const char *const *name,
    const struct hone_cell *cell) {
    (void)note_row(self, columns, name, cell);
    return false;
}

static void reading_statements_give_their_rows(void **state) {
    static const struct {
        const char *sql;
        const char *rows;
    } cases[] = {
        {"SELECT 1 AS a, 2.5 AS b, 'x' AS c, x'4142' AS d, NULL AS e, x'' AS f",
            "a=i1 b=r2.5 c=tx d=bAB e=- f=b;"},
        {"-- a comment\n;; SELECT count(*) AS n FROM trial; -- the end\n", "n=i3;"},
        {"SELECT number, state FROM trees ORDER BY number DESC LIMIT 2",
            "number=i2 state=tcomplete;number=i1 state=tcomplete;"},
        {"WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 3)"
            " SELECT sum(n) AS s FROM c", "s=i6;"},
        {"SELECT name FROM pragma_table_info('metric_name')", "name=tid;name=tname;"},
        {"VALUES (7)", "column1=i7;"},
        {"SELECT 1 AS a, 2 AS b WHERE 0", "a= b=;"},
        {"SELECT name FROM sqlite_schema WHERE name = 'curve'", "name=tcurve;"},
        {"SELECT value FROM json_each('[4]')", "value=i4;"},
    };
    struct rig rig;
    struct hone_buf rows = {0};

    (void)state;
    rig_init(&rig);
    rig_open(&rig);
    rig_fill(&rig, 3);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct hone_err err = {0};

        hone_buf_clear(&rows);
        if (hone_db_sql(rig.db, cases[i].sql, note_row, &rows, &err) != HONE_OK) {
            fail_msg("%s: %s", cases[i].sql, err.text);
        }
        assert_string_equal(hone_buf_text(&rows), cases[i].rows);
    }
    hone_buf_finish(&rows);
    rig_finish(&rig);
}

static void all_that_is_no_reading_is_refused(void **state) {
    static const struct {
        const char *sql;
        const char *says;
    } cases[] = {
        {"DELETE FROM trial", "not authorized"},
        {"UPDATE trial SET value = 0", "not authorized"},
        {"INSERT INTO metric_name(name) VALUES ('x')", "not authorized"},
        {"DROP TABLE curve", "not authorized"},
        {"UPDATE sqlite_schema SET sql = ''", "sqlite_master may not be modified"},
        {"CREATE TEMP TABLE x(y)", "not authorized"},
        {"ATTACH '/tmp/other.db' AS other", "not authorized"},
        {"BEGIN", "not authorized"},
        {"VACUUM INTO '/tmp/hone-stolen.db'", "may only read"},
        {"PRAGMA journal_mode = DELETE", "not authorized"},
        {"PRAGMA query_only = OFF", "not authorized"},
        {"SELECT load_extension('x')", "not authorized to use function: load_extension"},
        {"EXPLAIN DELETE FROM trial", "not authorized"},
        {"WITH x AS (SELECT 1) DELETE FROM trial", "not authorized"},
        {"SELECT * FROM trail", "sql: no such table: trail"},
        {"SELEC 1", "sql: near \"SELEC\": syntax error"},
        {"SELECT \"nothing\"", "no such column: nothing"},
        {"SELECT 1; DELETE FROM trial", "more than one statement"},
        {"SELECT 1; SELECT 2", "more than one statement"},
        {"", "there is no statement"},
        {" ;; -- nothing", "there is no statement"},
        {"SELECT abs(-9223372036854775807 - 1)", "sql: integer overflow"},
    };
    struct rig rig;
    struct hone_buf rows = {0};
    struct hone_err err = {0};

    (void)state;
    rig_init(&rig);
    rig_open(&rig);
    rig_fill(&rig, 2);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (hone_db_sql(rig.db, cases[i].sql, note_row, &rows, &err) != HONE_E_INPUT
            || strstr(err.text, cases[i].says) == NULL) {
            fail_msg("%s: '%s'", cases[i].sql, err.text);
        }
    }
    assert_string_equal(hone_buf_text(&rows), "");
    assert_int_equal(hone_db_sql(rig.db, "SELECT count(*) AS n FROM trial", note_row, &rows, &err),
        HONE_OK);
    assert_string_equal(hone_buf_text(&rows), "n=i2;");
    rig_fill(&rig, 1); /* the limits are gone with the question */
    hone_buf_finish(&rows);
    rig_finish(&rig);
}

static void a_walk_ends_when_the_visitor_says_so(void **state) {
    struct rig rig;
    struct hone_buf rows = {0};
    struct hone_err err;

    (void)state;
    rig_init(&rig);
    rig_open(&rig);
    rig_fill(&rig, 3);
    assert_int_equal(hone_db_sql(rig.db, "SELECT number FROM trial", note_first_row, &rows, &err),
        HONE_OK);
    assert_string_equal(hone_buf_text(&rows), "number=i0;");
    hone_buf_finish(&rows);
    rig_finish(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading_statements_give_their_rows),
        cmocka_unit_test(all_that_is_no_reading_is_refused),
        cmocka_unit_test(a_walk_ends_when_the_visitor_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
