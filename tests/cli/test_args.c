#include "engine/cli/args.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WORDS = 16 };

struct test_args {
    struct cli_common common;
    const char *where;
    uint64_t limit;
    bool yes;
    struct cli_texts param;
};

static const struct cli_flag test_flags[] = {
    {.name = "where", .kind = CLI_TEXT, .offset = offsetof(struct test_args, where)},
    {.name = "limit",
        .kind = CLI_COUNT,
        .offset = offsetof(struct test_args, limit),
        .low = 1,
        .high = 100},
    {.name = "yes", .letter = 'y', .kind = CLI_SWITCH, .offset = offsetof(struct test_args, yes)},
    {.name = "param",
        .letter = 'p',
        .kind = CLI_TEXTS,
        .offset = offsetof(struct test_args, param)},
    CLI_FLAGS_END,
};

static const struct cli_command test_command = {
    .name = "test", .operands = "STUDY [N]", .summary = "tries", .flags = test_flags,
    .formats = cli_table_formats, .args_size = sizeof(struct test_args), .operands_low = 1,
    .operands_high = 2,
};

struct line {
    char *argv[WORDS];
    int argc;
    struct hone_arena arena;
    struct test_args args;
    struct hone_err err;
    enum hone_code code;
};

/* Reads "hone test …"; the words are cut at spaces. */
static void read_line(struct line *line, const struct cli_command *command, char *words) {
    int at = 0;

    *line = (struct line){0};
    for (char *word = strtok(words, " "); word != NULL; word = strtok(NULL, " ")) {
        line->argv[line->argc++] = word;
    }
    line->code = cli_args_find_command(line->argc, line->argv, &line->args.common, &at, &line->err);
    if (line->code == HONE_OK) {
        line->code = cli_args_read(command, line->argc, line->argv, at, &line->arena, &line->args,
            &line->err);
    }
}

static void flags_may_stand_anywhere(void **state) {
    static const char *const lines[] = {
        "hone --db x.db test --limit 5 digits --where a<1 -y 7",
        "hone test digits 7 --db x.db --limit=5 --where=a<1 --yes",
        "hone -q --db=x.db test --yes --where a<1 --limit 5 -- digits 7",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct line line;
        char words[200];

        strcpy(words, lines[i]);
        read_line(&line, &test_command, words);
        assert_int_equal(line.code, HONE_OK);
        assert_string_equal(line.args.common.db, "x.db");
        assert_int_equal(line.args.limit, 5);
        assert_string_equal(line.args.where, "a<1");
        assert_true(line.args.yes);
        assert_int_equal(line.args.common.operand.count, 2);
        assert_string_equal(line.args.common.operand.item[0], "digits");
        assert_string_equal(line.args.common.operand.item[1], "7");
        hone_arena_finish(&line.arena);
    }
}

static void a_value_may_begin_with_a_dash(void **state) {
    struct line line;
    char words[] = "hone test s --where -value -p a=-1 -pb=2";

    (void)state;
    read_line(&line, &test_command, words);
    assert_int_equal(line.code, HONE_OK);
    assert_string_equal(line.args.where, "-value");
    assert_int_equal(line.args.param.count, 2);
    assert_string_equal(line.args.param.item[0], "a=-1");
    assert_string_equal(line.args.param.item[1], "b=2");
    hone_arena_finish(&line.arena);
}

static void words_after_two_dashes_are_left_alone(void **state) {
    struct cli_command command = test_command;
    struct line line;
    char words[] = "hone test s -- python3 train.py --lr {lr} -y --help";

    (void)state;
    command.takes_command = true;
    read_line(&line, &command, words);
    assert_int_equal(line.code, HONE_OK);
    assert_true(line.args.common.has_command);
    assert_int_equal(line.args.common.command.count, 6);
    assert_string_equal(line.args.common.command.item[2], "--lr");
    assert_false(line.args.yes);
    assert_false(line.args.common.help);
    hone_arena_finish(&line.arena);
}

static void mistakes_are_told(void **state) {
    static const struct {
        const char *words, *sentence;
    } table[] = {
        {"hone test s --wher x", "unknown flag '--wher'; did you mean '--where'?"},
        {"hone test s --zzzzzz", "unknown flag '--zzzzzz'; 'hone test --help' lists the flags"},
        {"hone test s -z", "unknown flag '-z'; 'hone test --help' lists the flags"},
        {"hone --zzzzzz test s", "unknown flag '--zzzzzz'; 'hone --help' lists the flags"},
        {"hone test s --limit", "--limit needs a value"},
        {"hone test s --limit 0", "--limit 0: it takes a whole number from 1 to 100"},
        {"hone test s --limit 101", "--limit 101: it takes a whole number from 1 to 100"},
        {"hone test s --limit 5x", "--limit 5x: it takes a whole number from 1 to 100"},
        {"hone test s --limit +5", "--limit +5: it takes a whole number from 1 to 100"},
        {"hone test s --workers 0", "--workers 0: it takes a whole number from 1 to 4096"},
        {"hone test s --yes=1", "--yes takes no value"},
        {"hone test s --format xml", "--format xml: it is one of table, csv, json"},
        {"hone test s --format jsn",
         "--format jsn: it is one of table, csv, json; did you mean json?"},
        {"hone --format yaml test s", "--format yaml: it is one of table, csv, json"},
        {"hone test", "something is missing; usage: hone test STUDY [N]"},
        {"hone test a b c", "'c' is too much; usage: hone test STUDY [N]"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct line line;
        char words[200];

        strcpy(words, table[i].words);
        read_line(&line, &test_command, words);
        assert_int_equal(line.code, HONE_E_INPUT);
        assert_string_equal(line.err.text, table[i].sentence);
        hone_arena_finish(&line.arena);
    }
}

static void help_asks_for_no_operand(void **state) {
    struct line line;
    char words[] = "hone test --help";

    (void)state;
    read_line(&line, &test_command, words);
    assert_int_equal(line.code, HONE_OK);
    assert_true(line.args.common.help);
    hone_arena_finish(&line.arena);
}

static void the_database_comes_from_flag_then_environment_then_here(void **state) {
    static const struct {
        const char *words, *environment, *db;
    } table[] = {
        {"hone test s --db a.db", "b.db", "a.db"},
        {"hone test s", "b.db", "b.db"},
        {"hone test s", "", "hone.db"},
        {"hone test s", NULL, "hone.db"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct line line;
        char words[200];

        if (table[i].environment == NULL) {
            assert_int_equal(unsetenv("HONE_DB"), 0);
        } else {
            assert_int_equal(setenv("HONE_DB", table[i].environment, 1), 0);
        }
        strcpy(words, table[i].words);
        read_line(&line, &test_command, words);
        assert_int_equal(line.code, HONE_OK);
        assert_string_equal(line.args.common.db, table[i].db);
        hone_arena_finish(&line.arena);
    }
}

static void help_names_every_flag(void **state) {
    struct hone_buf buf = {0};

    (void)state;
    cli_args_help(&test_command, &buf);
    for (const struct cli_flag *flag = test_flags; flag->name != NULL; flag++) {
        assert_non_null(strstr(buf.text, flag->name));
    }
    assert_non_null(strstr(buf.text, "usage: hone test STUDY [N]\n"));
    assert_non_null(strstr(buf.text, "--format table|csv|json"));
    assert_non_null(strstr(buf.text, "--db FILE"));
    hone_buf_finish(&buf);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flags_may_stand_anywhere),
        cmocka_unit_test(a_value_may_begin_with_a_dash),
        cmocka_unit_test(words_after_two_dashes_are_left_alone),
        cmocka_unit_test(mistakes_are_told),
        cmocka_unit_test(help_asks_for_no_operand),
        cmocka_unit_test(the_database_comes_from_flag_then_environment_then_here),
        cmocka_unit_test(help_names_every_flag),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
