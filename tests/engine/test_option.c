#include "engine/option.h"

#include "tests/engine/tree.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define CASES(table) (sizeof(table) / sizeof((table)[0]))

static const char *const speeds[] = {"slow", "fast", "off", NULL};

struct config {
    double rate, wide, least, most, unknown;
    int64_t epochs, counted, undecided;
    bool race;
    int speed;
    const char *column;
    double pause;
    const struct hone_value *hidden, *missing, *anything;
};

static const struct hone_option table[] = {
    HONE_REAL(struct config, rate, 0.1, 0, 1, "a rate"),
    HONE_REAL(struct config, wide, -1, -DBL_MAX, DBL_MAX, "any number"),
    HONE_REAL(struct config, least, 2, 0.5, DBL_MAX, "bounded below"),
    HONE_REAL(struct config, most, -2, -DBL_MAX, 7, "bounded above"),
    HONE_REAL(struct config, unknown, NAN, 0, 1, "decided elsewhere"),
    HONE_INTEGER(struct config, epochs, 30, 1, 1e6, "a count"),
    HONE_INTEGER(struct config, counted, 0, 0, 9.2e18, "a large count"),
    HONE_INTEGER(struct config, undecided, NAN, 1, 9, "decided elsewhere"),
    HONE_FLAG(struct config, race, 1, "a flag"),
    HONE_ONE_OF(struct config, speed, speeds, 1, "a choice"),
    HONE_WORDS(struct config, column, "a text"),
    HONE_SECONDS(struct config, pause, 90, "a time"),
    HONE_INTEGERS(struct config, hidden, 1, 64, "sizes"),
    HONE_TEXTS(struct config, missing, "words"),
    HONE_ANYTHING(struct config, anything, "a value"),
    HONE_OPTIONS_END,
};

/* Reads `text` as the section "part"; the problems are left in *problems. */
static struct config read_part(struct hone_arena *arena, const char *text,
    struct hone_problems *problems) {
    static const struct hone_option *const tables[] = {table, NULL};
    struct config config;
    const struct hone_value *map = text != NULL ? tree_read(arena, text) : NULL;

    memset(&config, 0xA5, sizeof(config));
    *problems = (struct hone_problems){.file = "s.yaml"};
    hone_options_read(table, "part", map, &config, problems);
    hone_options_unknown(tables, "part", map, problems);
    return config;
}

static void nothing_written_means_all_presets(void **state) {
    static const char *const empty[] = {NULL, "{}", "~"};
    struct hone_arena arena = {0};

    (void)state;
    for (size_t i = 0; i < CASES(empty); i++) {
        struct hone_problems problems;
        struct config c = read_part(&arena, empty[i], &problems);

        assert_int_equal(problems.count, 0);
        assert_true(c.rate == 0.1 && c.wide == -1 && isnan(c.unknown) && c.pause == 90);
        assert_true(c.epochs == 30 && c.counted == 0 && c.undecided == 0);
        assert_true(c.race && c.speed == 1);
        assert_null(c.column);
        assert_true(c.hidden == NULL && c.missing == NULL && c.anything == NULL);
    }
    hone_arena_finish(&arena);
}

static void every_kind_reads_what_was_written(void **state) {
    struct hone_arena arena = {0};
    struct hone_problems problems;
    struct config c = read_part(&arena,
        "{rate: 1, wide: -1.5e300, least: 0.5, most: 7, unknown: 0, epochs: 1e6,"
        " counted: 9000000000000000001, undecided: 9, race: no, speed: false, column: \"7\","
        " pause: 5m, hidden: [64, 2.0], missing: [\"\", NA, -1], anything: {a: [1]}}",
        &problems);

    (void)state;
    assert_string_equal(hone_buf_text(&problems.lines), "");
    assert_true(c.rate == 1 && c.wide == -1.5e300 && c.least == 0.5 && c.most == 7);
    assert_true(c.unknown == 0 && c.pause == 300);
    assert_true(c.epochs == 1000000 && c.counted == INT64_C(9000000000000000001));
    assert_int_equal(c.undecided, 9);
    assert_false(c.race);
    assert_int_equal(c.speed, 2); /* an unquoted off was a boolean once */
    assert_string_equal(c.column, "7");
    assert_int_equal(c.hidden->count, 2);
    assert_int_equal(c.missing->count, 3);
    assert_int_equal(hone_value_get(c.anything, "a")->count, 1);
    hone_arena_finish(&arena);
}

static void a_list_option_takes_a_single_value(void **state) {
    struct hone_arena arena = {0};
    struct hone_problems problems;
    struct config c = read_part(&arena, "{hidden: 8, missing: NA}", &problems);

    (void)state;
    assert_int_equal(problems.count, 0);
    assert_int_equal(c.hidden->integer, 8);
    assert_string_equal(c.missing->text, "NA");
    c = read_part(&arena, "{hidden: [], missing: []}", &problems);
    assert_int_equal(problems.count, 0);
    assert_int_equal(c.hidden->count, 0);
    hone_arena_finish(&arena);
}

static void durations_have_units(void **state) {
    static const struct {
        const char *text;
        double seconds; /* NaN: refused */
    } c[] = {
        {"30", 30}, {"30s", 30}, {"1.5m", 90}, {"2h", 7200}, {"1d", 86400}, {"0", 0}, {".5s", 0.5},
        {"\"45\"", 45}, {"1e3", 1000},
        {"5 m", NAN}, {"m", NAN}, {"\"\"", NAN}, {".", NAN}, {"1w", NAN}, {"-5s", NAN}, {"-5", NAN},
        {"1h30m", NAN}, {"1e3s", NAN}, {"0x10s", NAN}, {"1.2.3s", NAN}, {".inf", NAN},
        {".nan", NAN}, {"true", NAN}, {"[5]", NAN}, {"~", NAN}, {"99999d", NAN}, {"5M", NAN},
    };
    struct hone_arena arena = {0};

    (void)state;
    for (size_t i = 0; i < CASES(c); i++) {
        const struct hone_value *value = tree_read(&arena, c[i].text);
        const struct hone_option *option = hone_option_find(table, "pause");
        struct hone_problems problems = {0};
        struct config config = {0};

        if (hone_option_check(option, "k", value, &problems) != !isnan(c[i].seconds)) {
            fail_msg("'%s' was %s", c[i].text, isnan(c[i].seconds) ? "taken" : "refused");
        }
        assert_int_equal(problems.count, isnan(c[i].seconds));
        if (!isnan(c[i].seconds)) {
            hone_option_set(option, &config, value);
            assert_true(config.pause == c[i].seconds);
        }
        hone_problems_finish(&problems);
    }
    hone_arena_finish(&arena);
}

static void what_cannot_be_used_is_said_with_place_key_and_remedy(void **state) {
    static const struct {
        const char *text, *line;
    } c[] = {
        {"{rate: 1.5}",
            "s.yaml:1:8: part.rate: '1.5' cannot be used; it should be a number from 0 to 1"},
        {"{rate: -0.1}",
            "s.yaml:1:8: part.rate: '-0.1' cannot be used; it should be a number from 0 to 1"},
        {"{rate: .nan}", "part.rate: '.nan' cannot be used; it should be a number from 0 to 1"},
        {"{rate: 0.5x}", "part.rate: '0.5x' cannot be used; it should be a number"},
        {"{rate: ~}", "part.rate: 'null' cannot be used; it should be a number"},
        {"{rate: [0.5]}", "part.rate: '[0.5]' cannot be used; it should be a number"},
        {"{rate: true}", "part.rate: 'true' cannot be used; it should be a number"},
        {"{rate: \"0.5\"}", "part.rate: '\"0.5\"' cannot be used; it should be a number"},
        {"{wide: .inf}", "part.wide: '.inf' cannot be used; it should be a number that is finite"},
        {"{wide: 1e999}", "it should be a number that is finite"},
        {"{least: 0}", "it should be a number of at least 0.5"},
        {"{most: 7.01}", "it should be a number of at most 7"},
        {"{\n  epochs: 0}",
            "s.yaml:2:11: part.epochs: '0' cannot be used; it should be an integer from 1 to"
            " 1000000"},
        {"{epochs: 2.5}", "part.epochs: '2.5' cannot be used; it should be an integer"},
        {"{epochs: 1000001}", "part.epochs: '1000001' cannot be used"},
        {"{counted: -1}", "it should be an integer from 0 to 9.2e+18"},
        {"{counted: 9223372036854775808}", "part.counted: '9.223372036854776e+18' cannot be used"},
        {"{counted: 1e18}", "part.counted: '1e+18' cannot be used"},
        {"{race: maybe}", "part.race: 'maybe' cannot be used; it should be true or false"},
        {"{race: 1}", "part.race: '1' cannot be used; it should be true or false"},
        {"{speed: fsat}",
            "part.speed: 'fsat' cannot be used; it should be one of slow, fast, off (did you mean"
            " 'fast'?)"},
        {"{speed: 3}", "part.speed: '3' cannot be used; it should be one of slow, fast, off\n"},
        {"{speed: true}",
            "part.speed: 'true' cannot be used; it should be one of slow, fast, off\n"},
        {"{column: 3}", "part.column: '3' cannot be used; it should be a text"},
        {"{column: [a]}", "part.column: '[\"a\"]' cannot be used; it should be a text"},
        {"{pause: soon}",
            "part.pause: 'soon' cannot be used; it should be a time such as 30s, 5m, 2h or 1d"},
        {"{hidden: [1, 65]}",
            "part.hidden: '[1, 65]' cannot be used; it should be an integer from 1 to 64, or a"
            " list of such"},
        {"{hidden: [[1]]}", "part.hidden: '[[1]]' cannot be used"},
        {"{hidden: {a: 1}}", "part.hidden: '{\"a\": 1}' cannot be used"},
        {"{missing: [a, [b]]}",
            "part.missing: '[\"a\", [\"b\"]]' cannot be used; it should be a text, or a list of"
            " texts"},
        {"{ epohcs: 3}", "s.yaml:1:3: part.epohcs: unknown key; did you mean 'epochs'?"},
        {"{zzzzzz: 3}",
            "part.zzzzzz: unknown key; known here: rate, wide, least, most, unknown, epochs"},
        {"[1]", "s.yaml:1:1: part: a list stands here; it should be a mapping"},
        {"7", "s.yaml:1:1: part: an integer stands here; it should be a mapping"},
    };
    struct hone_arena arena = {0};

    (void)state;
    for (size_t i = 0; i < CASES(c); i++) {
        struct hone_problems problems;

        (void)read_part(&arena, c[i].text, &problems);
        if (problems.count != 1 || strstr(hone_buf_text(&problems.lines), c[i].line) == NULL) {
            fail_msg("%s: %zu problems: %s", c[i].text, problems.count,
                hone_buf_text(&problems.lines));
        }
        hone_problems_finish(&problems);
    }
    hone_arena_finish(&arena);
}

static void a_bad_value_leaves_the_preset_and_the_others(void **state) {
    struct hone_arena arena = {0};
    struct hone_problems problems;
    struct config c = read_part(&arena, "{rate: 5, epochs: x, wide: 3, epoch: 1, spede: fast}",
        &problems);

    (void)state;
    assert_int_equal(problems.count, 4);
    assert_true(c.rate == 0.1 && c.epochs == 30 && c.wide == 3);
    hone_problems_finish(&problems);
    hone_arena_finish(&arena);
}

static void keys_may_be_known_to_any_of_several_tables(void **state) {
    static const struct hone_option more[] = {
        HONE_FLAG(struct config, race, 0, "again"), {.name = "extra"}, HONE_OPTIONS_END};
    static const struct hone_option *const tables[] = {table, more, NULL};
    static const struct hone_option *const none[] = {NULL};
    struct hone_arena arena = {0};
    struct hone_problems problems = {0};
    const struct hone_value *map = tree_read(&arena, "{rate: 1, extra: 1, extr: 1}");

    (void)state;
    hone_options_unknown(tables, "", map, &problems);
    assert_string_equal(hone_buf_text(&problems.lines),
        "spec:1:21: extr: unknown key; did you mean 'extra'?\n");
    hone_buf_clear(&problems.lines);
    hone_options_unknown(none, "", tree_read(&arena, "{a: 1}"), &problems);
    assert_string_equal(hone_buf_text(&problems.lines),
        "spec:1:2: a: unknown key; nothing may stand here\n");
    hone_problems_finish(&problems);
    assert_null(hone_option_find(NULL, "a"));
    assert_null(hone_option_find(table, "a"));
    hone_arena_finish(&arena);
}

static void help_tells_preset_and_range(void **state) {
    static const struct {
        const char *name, *preset, *range;
    } c[] = {
        {"rate", "0.1", "a number from 0 to 1"}, {"wide", "-1", "a number that is finite"},
        {"unknown", "auto", "a number from 0 to 1"},
        {"epochs", "30", "an integer from 1 to 1000000"},
        {"race", "true", "true or false"}, {"speed", "fast", "one of slow, fast, off"},
        {"column", "", "a text"}, {"pause", "90s", "a time such as 30s, 5m, 2h or 1d"},
        {"hidden", "", "an integer from 1 to 64, or a list of such"},
    };
    static const struct {
        double seconds;
        const char *text;
    } duration[] = {{INFINITY, "none"}, {NAN, "auto"}, {0, "0"}, {60, "1m"}, {86400, "1d"},
        {5400, "90m"}, {7200, "2h"}, {0.5, "0.5"}, {1, "1s"}};
    struct hone_buf buf = {0};

    (void)state;
    for (size_t i = 0; i < CASES(c); i++) {
        hone_buf_clear(&buf);
        hone_option_write_preset(hone_option_find(table, c[i].name), &buf);
        assert_string_equal(hone_buf_text(&buf), c[i].preset);
        hone_buf_clear(&buf);
        hone_option_write_range(hone_option_find(table, c[i].name), &buf);
        assert_string_equal(hone_buf_text(&buf), c[i].range);
    }
    for (size_t i = 0; i < CASES(duration); i++) {
        struct hone_option option = *hone_option_find(table, "pause");

        option.preset = duration[i].seconds;
        hone_buf_clear(&buf);
        hone_option_write_preset(&option, &buf);
        assert_string_equal(hone_buf_text(&buf), duration[i].text);
    }
    hone_buf_finish(&buf);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_written_means_all_presets),
        cmocka_unit_test(every_kind_reads_what_was_written),
        cmocka_unit_test(a_list_option_takes_a_single_value),
        cmocka_unit_test(durations_have_units),
        cmocka_unit_test(what_cannot_be_used_is_said_with_place_key_and_remedy),
        cmocka_unit_test(a_bad_value_leaves_the_preset_and_the_others),
        cmocka_unit_test(keys_may_be_known_to_any_of_several_tables),
        cmocka_unit_test(help_tells_preset_and_range),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
