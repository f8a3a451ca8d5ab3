/* Commands: what they are told, how their answers are read, what they leave. */
#include "objectives/command/answer.h"
#include "objectives/command/folder.h"
#include "objectives/command/folds.h"
#include "objectives/command/output.h"
#include "objectives/command/template.h"
#include "objectives/objectives.h"
#include "tests/objectives/rig.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- Answers ---- */

static void answers_are_finite_decimal_numbers_or_objects(void **state) {
    static const struct {
        const char *text;
        enum hone_answer answer;
        double value;
    } table[] = {
        {"1", HONE_ANSWER_VALUE, 1},
        {"-1.5e-3", HONE_ANSWER_VALUE, -1.5e-3},
        {" +.5 \r", HONE_ANSWER_VALUE, 0.5},
        {"1e-400", HONE_ANSWER_VALUE, 0},
        {"{\"value\": 3}", HONE_ANSWER_VALUE, 3},
        {"{\"loss\": 2, \"value\": 3}", HONE_ANSWER_VALUE, 3},
        {"{\n \"loss\": 2\n}\n", HONE_ANSWER_VALUE, 2},
        {"{\"value\": 12345678901234567890123}", HONE_ANSWER_VALUE, 12345678901234567890123.0},
        {"{\"infeasible\": true, \"value\": 1}", HONE_ANSWER_INFEASIBLE, NAN},
        {"{\"infeasible\": false, \"value\": 1}", HONE_ANSWER_VALUE, 1},
        {"", HONE_ANSWER_NONE, NAN},
        {"nan", HONE_ANSWER_NONE, NAN},
        {"inf", HONE_ANSWER_NONE, NAN},
        {"-Infinity", HONE_ANSWER_NONE, NAN},
        {".inf", HONE_ANSWER_NONE, NAN},
        {"1e999", HONE_ANSWER_NONE, NAN},
        {"12abc", HONE_ANSWER_NONE, NAN},
        {"1,5", HONE_ANSWER_NONE, NAN},
        {"1 2", HONE_ANSWER_NONE, NAN},
        {"0x10", HONE_ANSWER_NONE, NAN},
        {"1_000", HONE_ANSWER_NONE, NAN},
        {"true", HONE_ANSWER_NONE, NAN},
        {"e", HONE_ANSWER_NONE, NAN},
        {"[1]", HONE_ANSWER_NONE, NAN},
        {"{}", HONE_ANSWER_NONE, NAN},
        {"{\"value\": null}", HONE_ANSWER_NONE, NAN},
        {"{\"value\": \"1\"}", HONE_ANSWER_NONE, NAN},
        {"{\"value\": NaN}", HONE_ANSWER_NONE, NAN},
        {"{\"value\": 1e999}", HONE_ANSWER_NONE, NAN},
        {"{\"value\": 1} x", HONE_ANSWER_NONE, NAN},
        {"{\"value\": 1, \"value\": 2}", HONE_ANSWER_NONE, NAN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct hone_result result = {.value = NAN};
        enum hone_answer answer =
            hone_answer_read(table[i].text, strlen(table[i].text), &result);

        if (answer != table[i].answer) {
            fail_msg("'%s' is answer %d", table[i].text, (int)answer);
        }
        if (answer == HONE_ANSWER_VALUE) {
            assert_true(result.value == table[i].value);
        } else {
            assert_int_equal(result.outcome, HONE_OUTCOME_FAILED);
            assert_non_null(result.error);
        }
        hone_result_finish(&result);
    }
}

static void other_numbers_of_an_answer_are_metrics(void **state) {
    static const char text[] =
        "{\"acc\": 0.5, \"value\": 1, \"note\": \"x\", \"loss\": 2, \"step\": 9}";
    struct hone_result result = {.value = NAN};

    (void)state;
    assert_int_equal(hone_answer_read(text, strlen(text), &result), HONE_ANSWER_VALUE);
    assert_int_equal(result.metric_count, 2);
    assert_true(rig_metric(&result, "acc") == 0.5);
    assert_true(rig_metric(&result, "loss") == 2);
    hone_result_finish(&result);
}

/* ---- Outputs ---- */

/* Feeds the text in pieces of `step` bytes; the last line and the curve. */
static void feed(const char *text, size_t step, struct hone_arena *arena,
    struct hone_lines_read *lines, struct hone_result *result) {
    struct hone_err err;
    size_t length = strlen(text);

    assert_int_equal(hone_output_start(lines, arena, &err), HONE_OK);
    for (size_t at = 0; at < length; at += step) {
        size_t part = length - at < step ? length - at : step;

        assert_int_equal(hone_output_add(lines, text + at, part, result, &err), HONE_OK);
    }
    assert_int_equal(hone_output_end(lines, result, &err), HONE_OK);
}

static void the_last_line_does_not_depend_on_how_it_comes(void **state) {
    static const char *const table[][2] = {
        {"", ""}, {"\n \n", ""}, {"a", "a"}, {"a\nb\n", "b"}, {"a\nb", "b"}, {"a\nb\n\n \r\n", "b"},
        {"{\"step\": 1, \"value\": 2}\nbc\n", "bc"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        for (size_t step = 1; step <= 4; step++) {
            struct hone_arena arena = {0};
            struct hone_lines_read lines;
            struct hone_result result = {0};

            feed(table[i][0], step, &arena, &lines, &result);
            assert_int_equal(lines.last_length, strlen(table[i][1]));
            assert_memory_equal(lines.last, table[i][1], lines.last_length);
            hone_result_finish(&result);
            hone_arena_finish(&arena);
        }
    }
}

static void a_line_without_end_takes_no_more_room(void **state) {
    struct hone_arena arena = {0};
    struct hone_lines_read lines;
    struct hone_result result = {0};
    struct hone_err err;
    static char block[HONE_LINE_BYTES];

    (void)state;
    memset(block, '1', sizeof(block));
    assert_int_equal(hone_output_start(&lines, &arena, &err), HONE_OK);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(hone_output_add(&lines, block, sizeof(block), &result, &err), HONE_OK);
    }
    assert_int_equal(hone_output_end(&lines, &result, &err), HONE_OK);
    assert_true(hone_output_is_too_long(&lines));
    hone_arena_finish(&arena);
}

/* Of `count` steps: of those from 1024 on every second is kept, from 2048 on every
 * fourth, and the last. */
static size_t count_kept(size_t count) {
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        const size_t stride = i < 1024 ? 1 : i < 2048 ? 2 : i < 4096 ? 4 : 8;

        kept += i % stride == 0 || i + 1 == count;
    }
    return kept;
}

/* Steps that do not go up are left out; first and last are always there. */
static void curves_are_thinned_where_they_are_long(void **state) {
    static const size_t counts[] = {1, 2, 1023, 1024, 1025, 2048, 5000};

    (void)state;
    assert_int_equal(count_kept(4097), 1024 + 512 + 512 + 1);
    for (size_t k = 0; k < sizeof(counts) / sizeof(counts[0]); k++) {
        struct hone_buf text = {0};
        struct hone_arena arena = {0};
        struct hone_lines_read lines;
        struct hone_result result = {0};

        for (size_t i = 0; i < counts[k]; i++) {
            hone_buf_printf(&text, "{\"step\": %zu, \"value\": %zu.5}\n", i, i);
            hone_buf_add(&text, i % 2 == 0 ? "{\"step\": 0, \"value\": 7}\n" : "words\n");
        }
        feed(text.text, 1000, &arena, &lines, &result);
        assert_int_equal(result.curve_count, count_kept(counts[k]));
        assert_int_equal(result.curve[0].epoch, 0);
        assert_int_equal(result.curve[result.curve_count - 1].epoch, counts[k] - 1);
        for (size_t i = 0; i + 2 < result.curve_count; i++) {
            assert_true(result.curve[i + 1].epoch > result.curve[i].epoch);
            assert_true(result.curve[i].valid_loss == (double)result.curve[i].epoch + 0.5);
        }
        hone_result_finish(&result);
        hone_buf_finish(&text);
        hone_arena_finish(&arena);
    }
}

static void the_end_of_the_error_output_is_kept(void **state) {
    struct hone_tail tail = {.total = 0};
    struct hone_buf buf = {0};

    (void)state;
    for (int i = 0; i < 2000; i++) {
        char line[32];

        hone_tail_add(&tail, line, (size_t)snprintf(line, sizeof(line), "line %d\n", i));
    }
    hone_tail_add(&tail, "\033[1m\377\n", 6);
    hone_tail_write(&tail, 30, &buf);
    assert_string_equal(buf.text, "...\nline 1998\nline 1999\n\\x1b[1m\\xff");
    hone_buf_finish(&buf);
}

/* ---- Arguments ---- */

/* Opens a command with these arguments, JSON, and the space of the tests. */
#define SPEC(arguments, rest)                                                                      \
    "{\"objective\": {\"command\": " arguments ", \"direction\": \"minimize\"" rest "},"           \
    " \"space\": {\"lr\": [0.1, 1e-05], \"kind\": [\"a b\", \"$(x)\"], \"list\": [[1, \"x\"]],"    \
    " \"off\": {\"type\": \"float\", \"low\": 0, \"high\": 1, \"when\": {\"kind\": \"$(x)\"}}}}"

static const double point[] = {1, 0, 0, NAN}; /* lr 1e-05, kind "a b", off inactive */

static void arguments_are_filled_in(void **state) {
    static const char *const table[][2] = {
        {"[\"x\"]", "x|"},
        {"[\"x\", \"{lr}\", \"--lr={lr}!\", \"{kind}{lr}\"]", "x|1e-05|--lr=1e-05!|a b1e-05|"},
        {"[\"{list}\", \"\"]", "[1, \"x\"]||"},
        {"[\"{trial},{seed},{fold}\", 3, 0.5, true]", "7,1,0|3|0.5|true|"},
        {"[\"{{lr}}\", \"{\", \"}\", \"{}\", \"{{}}\", \"{a b}\"]", "{lr}|{|}|{}|{{}}|{a b}|"},
        {"[\"{\\\"a\\\": {\\\"b\\\": {lr}}}\"]", "{\"a\": {\"b\": 1e-05}}|"},
        {"[\"x\", \"{off}\", \"-o{off}\", \"o{off}\"]", "x||o|"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct rig rig;
        struct hone_buf spec = {0};
        struct hone_buf joined = {0};
        struct hone_template template = {0};
        struct hone_slots_config slots = {0};
        char **argv;

        hone_buf_printf(&spec, SPEC("%s", ""), table[i][0]);
        rig_configure(&rig, &hone_objective_command, spec.text);
        assert_int_equal(rig.problems.count, 0);
        assert_int_equal(hone_template_read(hone_value_get(hone_value_get(rig.setup.spec,
            "objective"), "command"), &(struct hone_template_names){.space = &rig.space,
            .slots = &slots}, &rig.arena, &template, &rig.problems, &rig.err), HONE_OK);
        assert_int_equal(hone_template_fill(&template, &(struct hone_filling){.space = &rig.space,
            .x_value = point, .word = {"7", "1", "0", NULL, NULL, "/w"}}, &rig.arena, &argv,
            &rig.err), HONE_OK);
        for (size_t a = 0; argv[a] != NULL; a++) {
            hone_buf_printf(&joined, "%s|", argv[a]);
        }
        assert_string_equal(joined.text, table[i][1]);
        hone_buf_finish(&joined);
        hone_buf_finish(&spec);
        rig_finish(&rig);
    }
}

static void wrong_objectives_are_problems(void **state) {
    static const char *const wrong[][2] = {
        {SPEC("[\"{lrr}\"]", ""), "did you mean 'lr'?"},
        {SPEC("[\"{sed}\"]", ""), "did you mean 'seed'?"},
        {SPEC("[\"{test}\"]", ""), "the spec should have data: and cv:"},
        {SPEC("\"a b\"", ""), "a text stands here"},
        {SPEC("[]", ""), "an empty list"},
        {SPEC("[[\"a\"]]", ""), "a list stands here"},
        {SPEC("[\"a\"]", ", \"timeout\": 0"), "longer"},
        {SPEC("[\"a\"]", ", \"limits\": {\"memory\": \"lots\"}"), "no size"},
        {SPEC("[\"a\"]", ", \"limits\": {\"memory\": \"0\"}"), "no size"},
        {SPEC("[\"a\"]", ", \"prepare\": \"none\""), "no data to prepare"},
        {SPEC("[\"a\", \"{lr}\"]", ", \"slots\": {\"lr\": [1]}"), "two meanings"},
        {SPEC("[\"a\"]", ", \"slots\": {\"gpu\": []}"), "list of 1 to"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct rig rig;

        rig_configure(&rig, &hone_objective_command, wrong[i][0]);
        if (rig.problems.count != 1 ||
            strstr(hone_buf_text(&rig.problems.lines), wrong[i][1]) == NULL) {
            fail_msg("'%s' not alone in: %s", wrong[i][1], hone_buf_text(&rig.problems.lines));
        }
        rig_finish(&rig);
    }
}

/* ---- Runs ---- */

static size_t count_open_files(void) {
    DIR *folder = opendir("/proc/self/fd");
    size_t count = 0;

    assert_non_null(folder);
    while (readdir(folder) != NULL) {
        count++;
    }
    (void)closedir(folder);
    return count;
}

static void runs_leave_no_descriptor_and_no_zombie(void **state) {
    struct rig rig;
    const size_t before = count_open_files();

    (void)state;
    assert_int_equal(rig_open(&rig, &hone_objective_command, SPEC("[\"echo\", \"{lr}\"]", "")),
        HONE_OK);
    for (uint64_t i = 0; i < 200; i++) {
        struct hone_result result = rig_evaluate(&rig, point, i, 0);

        assert_int_equal(result.outcome, HONE_OUTCOME_VALUE);
        assert_true(result.value == 1e-05);
        hone_result_finish(&result);
    }
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    rig_finish(&rig);
    assert_int_equal(count_open_files(), before);
}

static void a_cancelled_run_is_over_soon(void **state) {
    struct rig rig;
    struct hone_result result;

    (void)state;
    assert_int_equal(rig_open(&rig, &hone_objective_command, SPEC("[\"sleep\", \"300\"]", "")),
        HONE_OK);
    atomic_store(&rig.cancel, true);
    result = rig_evaluate(&rig, point, 0, 0);
    assert_int_equal(result.outcome, HONE_OUTCOME_CANCELLED);
    hone_result_finish(&result);
    rig_finish(&rig);
}

static bool is_empty_or_gone(const char *path) {
    return rmdir(path) == 0 || errno == ENOENT;
}

static void add_files(const struct hone_folder *folder, int count) {
    struct hone_err err;
    int file;

    for (int i = 0; i < count; i++) {
        struct hone_buf name = {0};

        hone_buf_printf(&name, "%s/%d.csv", folder->path, i);
        assert_int_equal(hone_folder_create(hone_buf_text(&name), &file, &err), HONE_OK);
        (void)close(file);
        hone_buf_finish(&name);
    }
}

/* Looks on while another process removes a folder: without its lock it is empty. */
static void a_folder_loses_its_lock_last(void **state) {
    enum { FILES = 3000 };
    struct hone_folder folder;
    struct hone_err err;
    struct hone_buf lock = {0};
    pid_t child;

    (void)state;
    assert_int_equal(hone_folder_open(&folder, &err), HONE_OK);
    add_files(&folder, FILES);
    hone_buf_printf(&lock, "%s/lock", folder.path);
    child = fork();
    if (child == 0) {
        hone_folder_close(&folder);
        _exit(0);
    }
    while (access(hone_buf_text(&lock), F_OK) == 0) {
    }
    assert_true(is_empty_or_gone(folder.path));
    hone_buf_finish(&lock);
    assert_int_equal(waitpid(child, NULL, 0), child);
    hone_folder_close(&folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_finite_decimal_numbers_or_objects),
        cmocka_unit_test(other_numbers_of_an_answer_are_metrics),
        cmocka_unit_test(the_last_line_does_not_depend_on_how_it_comes),
        cmocka_unit_test(a_line_without_end_takes_no_more_room),
        cmocka_unit_test(curves_are_thinned_where_they_are_long),
        cmocka_unit_test(the_end_of_the_error_output_is_kept),
        cmocka_unit_test(arguments_are_filled_in),
        cmocka_unit_test(wrong_objectives_are_problems),
        cmocka_unit_test(runs_leave_no_descriptor_and_no_zombie),
        cmocka_unit_test(a_cancelled_run_is_over_soon),
        cmocka_unit_test(a_folder_loses_its_lock_last),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
