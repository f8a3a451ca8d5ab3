#include "engine/space.h"

#include "tests/engine/tree.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CASES(table) (sizeof(table) / sizeof((table)[0]))

static const double WHOLE_LIMIT = 9007199254740992.0; /* 2^53 */

static struct hone_space read_space(struct hone_arena *arena, const char *text) {
    struct hone_problems problems = {.file = "s"};
    struct hone_space space = {0};
    struct hone_err err;

    assert_int_equal(hone_space_read(tree_read(arena, text), arena, &space, &problems, &err),
        HONE_OK);
    if (problems.count > 0) {
        fail_msg("%s: %s", text, hone_buf_text(&problems.lines));
    }
    return space;
}

/* A stream of its own for each test: Knuth's MMIX generator. */
static uint64_t draw(uint64_t *state) {
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 11;
}

static double draw_unit(uint64_t *state) {
    return (double)draw(state) / WHOLE_LIMIT;
}

static double draw_between(uint64_t *state, double low, double high) {
    return low + draw_unit(state) * (high - low);
}

/* What must hold at every place of the unit interval. */
static void check_decoding(const struct hone_param *param) {
    double last = -INFINITY;

    for (int i = 0; i <= 50; i++) {
        double u = i / 50.0;
        double x = hone_param_decode(param, u);
        double v = hone_param_encode(param, x);

        assert_true(isfinite(x));
        assert_true(x >= param->low && x <= param->high);
        assert_true(x >= last);
        assert_true(v >= 0 && v <= 1);
        last = x;
    }
    assert_true(hone_param_decode(param, 0) == param->low);
    assert_true(hone_param_decode(param, 1) == param->high);
    assert_true(hone_param_decode(param, -3) == param->low);
    assert_true(hone_param_decode(param, 7) == param->high);
    assert_true(hone_param_decode(param, nextafter(1, 0)) <= param->high);
}

/* decode(encode(x)) is x for a grid value; all are distinct and ascending. */
static void check_levels(const struct hone_param *param, uint64_t *random) {
    size_t levels = hone_param_levels(param);

    assert_true(levels >= 1);
    assert_true(hone_param_level(param, 0) == param->low);
    assert_true(hone_param_level(param, levels - 1) == param->high);
    for (int i = 0; i < 50; i++) {
        size_t k = (size_t)draw(random) % levels;
        double x = hone_param_level(param, k);
        struct hone_value value = hone_param_value(param, x);
        double back = NAN;
        struct hone_buf why = {0};

        assert_true(hone_param_decode(param, hone_param_encode(param, x)) == x);
        assert_true(k + 1 == levels || hone_param_level(param, k + 1) > x);
        assert_true(hone_param_parse(param, &value, &back, &why));
        assert_true(back == x);
        hone_buf_finish(&why);
    }
}

static void check_continuous(const struct hone_param *param, uint64_t *random) {
    double size = fmax(fabs(param->low), fabs(param->high));

    for (int i = 0; i < 20; i++) {
        double u = draw_unit(random);
        double x = hone_param_decode(param, u);
        double back = hone_param_decode(param, hone_param_encode(param, x));
        /* log: an error in u grows by log(high / low), at most 1420 */
        double tolerance = param->log ? 1e-12 * x : 4 * DBL_EPSILON * size;

        assert_true(fabs(back - x) <= tolerance);
        assert_true(fabs(hone_param_encode(param, x) - u) <= 1e-9 || param->low == param->high ||
                    param->high - param->low < 1e-6 * size);
    }
}

static void check_param(const struct hone_param *param, uint64_t *random) {
    check_decoding(param);
    if (hone_param_levels(param) > 0) {
        check_levels(param, random);
    } else {
        check_continuous(param, random);
    }
}

static void check_text(const char *text, uint64_t *random) {
    struct hone_arena arena = {0};
    struct hone_space space = read_space(&arena, text);

    for (size_t p = 0; p < space.n; p++) {
        check_param(&space.param[p], random);
    }
    hone_arena_finish(&arena);
}

/* Powers of ten from 1e-12 to 1e12, either sign. */
static double draw_bound(uint64_t *random, bool positive) {
    double size = pow(10, draw_between(random, -12, 12));

    return !positive && draw(random) % 2 == 0 ? -size : size;
}

static void random_floats_go_there_and_back(void **state) {
    uint64_t random = 1;

    (void)state;
    for (int i = 0; i < 2000; i++) {
        bool log = i % 2 == 1;
        double a = draw_bound(&random, log);
        double b = draw_bound(&random, log);
        char text[256];

        (void)snprintf(text, sizeof(text), "{x: {type: float, low: %.17g, high: %.17g, log: %s}}",
            fmin(a, b), fmax(a, b), log ? "true" : "false");
        check_text(text, &random);
    }
}

static void random_integers_go_there_and_back(void **state) {
    uint64_t random = 2;

    (void)state;
    for (int i = 0; i < 2000; i++) {
        bool log = i % 2 == 1;
        /* beyond 2^40 values on a log scale lie denser than doubles in [0, 1] */
        double low = floor(log ? pow(2, draw_between(&random, 0, 30))
                               : draw_between(&random, -1e12, 1e12));
        double step = i % 3 == 0 && !log ? floor(draw_between(&random, 1, 1000)) : 1;
        double high = low + floor(pow(2, draw_between(&random, 0, 40)) - 1) + step;
        char text[256];

        (void)snprintf(text, sizeof(text),
            "{x: {type: int, low: %.0f, high: %.0f, log: %s, step: %.0f}}", low, high,
            log ? "true" : "false", step);
        check_text(text, &random);
    }
}

static void random_steps_go_there_and_back(void **state) {
    uint64_t random = 3;

    (void)state;
    for (int i = 0; i < 2000; i++) {
        int places = (int)(draw(&random) % 9);
        long unit = 1 + (long)(draw(&random) % 500);
        long low = (long)(draw(&random) % 100000) - 50000;
        long count = 1 + (long)(draw(&random) % 10000);
        bool log = i % 4 == 3;
        double scale = pow(10, places);
        char text[256];

        low = log ? unit + labs(low) : low;
        (void)snprintf(text, sizeof(text),
            "{x: {type: float, low: %.*f, high: %.*f, step: %.*f, log: %s}}", places,
            (double)low / scale, places, (double)(low + count * unit) / scale, places,
            (double)unit / scale, log ? "true" : "false");
        check_text(text, &random);
    }
}

static void extreme_ranges_stay_finite(void **state) {
    static const char *const text[] = {
        "{x: {type: float, low: -1e308, high: 1e308}}",
        "{x: {type: float, low: -1.7976931348623157e308, high: 1.7976931348623157e308}}",
        "{x: {type: float, low: -1.7e308, high: 0, step: 1e308}}",
        "{x: {type: float, low: 5e-324, high: 1.7976931348623157e308, log: true}}",
        "{x: {type: float, low: 0, high: 1e-300}}",
        "{x: {type: float, low: 1, high: 1.0000000000000002}}",
        "{x: {type: int, low: -9007199254740992, high: 9007199254740992, step: 4503599627370496}}",
        "{x: {type: int, low: 9007199254740990, high: 9007199254740992}}",
        "{x: {type: float, low: 1e-30, high: 3e-30, step: 1e-30}}",
        "{x: {type: float, low: 1e300, high: 3e300, step: 1e300}}",
    };
    uint64_t random = 4;

    (void)state;
    for (size_t i = 0; i < CASES(text); i++) {
        check_text(text[i], &random);
    }
}

/* 2^54 + 1 values: units cannot tell neighbours apart, but none leaves the range. */
static void all_exact_integers_may_be_searched(void **state) {
    struct hone_arena arena = {0};
    struct hone_space space = read_space(&arena,
        "{x: {type: int, low: -9007199254740992, high: 9007199254740992},"
        " y: {type: int, low: 1, high: 9007199254740992, log: true}}");
    uint64_t random = 5;

    (void)state;
    assert_true(hone_param_levels(&space.param[0]) == (UINT64_C(1) << 54) + 1);
    for (size_t p = 0; p < space.n; p++) {
        check_decoding(&space.param[p]);
        for (int i = 0; i < 1000; i++) {
            double x = hone_param_decode(&space.param[p], draw_unit(&random));

            assert_true(x == floor(x));
        }
    }
    hone_arena_finish(&arena);
}

static void a_wide_range_is_filled_evenly(void **state) {
    struct hone_arena arena = {0};
    struct hone_space space = read_space(&arena, "{x: {type: float, low: -1e308, high: 1e308}}");

    (void)state;
    assert_true(fabs(hone_param_decode(&space.param[0], 0.5)) < 1e293);
    assert_true(fabs(hone_param_decode(&space.param[0], 0.25) / -5e307 - 1) < 1e-14);
    assert_true(fabs(hone_param_encode(&space.param[0], 5e307) - 0.75) < 1e-14);
    hone_arena_finish(&arena);
}

static void levels_are_what_a_person_would_write(void **state) {
    static const struct {
        const char *low, *high, *step;
        const char *level[8]; /* from the first */
        size_t count;
    } c[] = {
        {"0", "1", "0.1", {"0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7"}, 11},
        {"0", "0.3", "0.1", {"0", "0.1", "0.2", "0.3"}, 4},
        {"0", "0.9", "0.3", {"0", "0.3", "0.6", "0.9"}, 4},
        {"0.05", "0.5", "0.1", {"0.05", "0.15", "0.25", "0.35", "0.45"}, 5},
        {"-0.3", "0.3", "0.1", {"-0.3", "-0.2", "-0.1", "0", "0.1", "0.2", "0.3"}, 7},
        {"0", "1", "0.15", {"0", "0.15", "0.3", "0.45", "0.6", "0.75", "0.9"}, 7},
        {"1e-5", "5e-5", "1e-5", {"1e-05", "2e-05", "3e-05", "4e-05", "5e-05"}, 5},
        {"0.8", "1", "0.07", {"0.8", "0.87", "0.94"}, 3},
        {"1000000.1", "1000000.5", "0.1", {"1000000.1", "1000000.2", "1000000.3", "1000000.4",
            "1000000.5"}, 5},
        {"0", "10000000", "0.1", {"0", "0.1", "0.2", "0.3"}, 100000001},
        {"1e-20", "3e-20", "1e-20", {"1e-20", "2e-20", "3e-20"}, 3},
    };
    struct hone_arena arena = {0};

    (void)state;
    for (size_t i = 0; i < CASES(c); i++) {
        char text[256];
        struct hone_space space;

        (void)snprintf(text, sizeof(text), "{x: {type: float, low: %s, high: %s, step: %s}}",
            c[i].low, c[i].high, c[i].step);
        space = read_space(&arena, text);
        assert_int_equal(hone_param_levels(&space.param[0]), c[i].count);
        for (size_t k = 0; k < CASES(c[i].level) && c[i].level[k] != NULL; k++) {
            struct hone_buf buf = {0};

            hone_buf_add_real(&buf, hone_param_level(&space.param[0], k));
            assert_string_equal(hone_buf_text(&buf), c[i].level[k]);
            hone_buf_finish(&buf);
        }
    }
    hone_arena_finish(&arena);
}

/* Each level has its share of the unit interval: all are reached, evenly on a
 * linear scale, in order. */
static void every_level_has_its_bin(void **state) {
    struct hone_arena arena = {0};
    struct hone_space space = read_space(&arena,
        "{a: {type: int, low: -3, high: 6}, b: {type: float, low: 0, high: 0.9, step: 0.1},"
        " c: [p, q, r, s, t, u, v, w, x, y], d: {type: int, low: 1, high: 10, log: true},"
        " e: {type: int, low: 1, high: 21, step: 2}}");
    enum { SAMPLES = 11000 };

    (void)state;
    for (size_t p = 0; p < space.n; p++) {
        const struct hone_param *param = &space.param[p];
        size_t levels = hone_param_levels(param);
        size_t k = 0;
        int hits[16] = {0};

        for (int i = 0; i < SAMPLES; i++) {
            double x = hone_param_decode(param, (i + 0.5) / SAMPLES);

            while (hone_param_level(param, k) != x) {
                k++; /* never back */
                assert_true(k < levels);
            }
            hits[k]++;
        }
        assert_int_equal(k, levels - 1);
        for (k = 0; k < levels; k++) {
            int even = SAMPLES / (int)levels;

            assert_true(param->log || (hits[k] >= even - 1 && hits[k] <= even + 1));
            assert_true(!param->log || k == 0 || hits[k] < hits[k - 1]);
        }
    }
    hone_arena_finish(&arena);
}

/* u = (log x - log(low - 1/2)) / (log(high + 1/2) - log(low - 1/2)) */
static void a_log_scale_meets_halfway_between_integers(void **state) {
    struct hone_arena arena = {0};
    struct hone_space space = read_space(&arena,
        "{n: {type: int, low: 1, high: 100, log: true},"
        " r: {type: float, low: 1e-4, high: 1, log: true}}");
    double edge = (log(7.5) - log(0.5)) / (log(100.5) - log(0.5)); /* between 7 and 8 */

    (void)state;
    assert_true(hone_param_decode(&space.param[0], edge - 1e-9) == 7);
    assert_true(hone_param_decode(&space.param[0], edge + 1e-9) == 8);
    assert_true(fabs(hone_param_decode(&space.param[1], 0.5) - 1e-2) < 1e-15);
    assert_true(fabs(hone_param_encode(&space.param[1], 1e-3) - 0.25) < 1e-15);
    hone_arena_finish(&arena);
}

static void constants_are_seen_as_such(void **state) {
    struct hone_arena arena = {0};
    struct hone_space space = read_space(&arena,
        "{a: relu, b: {type: float, low: 2, high: 2}, c: {type: int, low: 5, high: 5, log: true},"
        " d: [x], e: {value: [1, 2]}, f: {type: float, low: 3, high: 3, step: 0.5},"
        " g: [x, y], h: {type: int, low: 1, high: 2}, i: {type: float, low: 0, high: 1}}");

    (void)state;
    for (size_t p = 0; p < space.n; p++) {
        assert_int_equal(hone_param_is_constant(&space.param[p]), p < 6);
    }
    for (size_t p = 0; p < 6; p++) {
        double x = hone_param_decode(&space.param[p], 0.7);

        assert_true(x == hone_param_decode(&space.param[p], 0));
        assert_true(hone_param_encode(&space.param[p], x) == 0.5);
    }
    assert_int_equal(hone_param_levels(&space.param[8]), 0);
    hone_arena_finish(&arena);
}

static const char nested[] =
    "{lr: {type: float, low: 0, high: 1, when: {opt: [sgd, momentum]}},"
    " opt: [sgd, momentum, adam],"
    " beta: {type: float, low: 0, high: 1, default: 0.9, when: {opt: momentum, units: [2, 3]}},"
    " units: {type: int, low: 1, high: 4, when: {deep: true}},"
    " deep: [true, false],"
    " drop: {type: float, low: 0, high: 0.5, step: 0.1, when: {units: [3, 4]}}}";

enum { LR, OPT, BETA, UNITS, DEEP, DROP, NESTED };

static void parents_come_before_their_children(void **state) {
    struct hone_arena arena = {0};
    struct hone_space space = read_space(&arena, nested);
    size_t position[NESTED];
    int seen = 0;

    (void)state;
    assert_int_equal(space.n, NESTED);
    for (size_t i = 0; i < NESTED; i++) {
        position[space.order[i]] = i;
        seen |= 1 << space.order[i];
    }
    assert_int_equal(seen, (1 << NESTED) - 1);
    for (size_t p = 0; p < NESTED; p++) {
        for (size_t c = 0; c < space.param[p].condition_count; c++) {
            assert_true(position[space.param[p].condition[c].parent] < position[p]);
        }
    }
    hone_arena_finish(&arena);
}

static void activity_follows_the_conditions(void **state) {
    static const struct {
        double unit[NESTED]; /* lr opt beta units deep drop */
        bool active[NESTED];
    } c[] = {
        {{0.5, 0.1, 0.5, 0.9, 0.1, 0.5}, {true, true, false, true, true, true}},
        {{0.5, 0.5, 0.5, 0.6, 0.1, 0.5}, {true, true, true, true, true, true}},   /* units 3 */
        {{0.5, 0.5, 0.5, 0.3, 0.1, 0.5}, {true, true, true, true, true, false}},  /* units 2 */
        {{0.5, 0.5, 0.5, 0.1, 0.1, 0.5}, {true, true, false, true, true, false}}, /* units 1 */
        {{0.5, 0.5, 0.5, 0.6, 0.9, 0.5}, {true, true, false, false, true, false}}, /* shallow */
        {{0.5, 0.9, 0.5, 0.6, 0.1, 0.5}, {false, true, false, true, true, true}}, /* adam */
    };
    struct hone_arena arena = {0};
    struct hone_space space = read_space(&arena, nested);

    (void)state;
    for (size_t i = 0; i < CASES(c); i++) {
        double x_value[NESTED];
        double unit[NESTED];

        hone_space_decode(&space, c[i].unit, x_value);
        hone_space_encode(&space, x_value, unit);
        for (size_t p = 0; p < NESTED; p++) {
            assert_int_equal(!isnan(x_value[p]), c[i].active[p]);
            assert_int_equal(hone_space_active(&space, p, x_value), c[i].active[p]);
            assert_true(c[i].active[p] || unit[p] == 0.5);
        }
    }
    hone_arena_finish(&arena);
}

static void points_are_the_same_by_active_values(void **state) {
    struct hone_arena arena = {0};
    struct hone_space space = read_space(&arena, "{a: [x, y], b: {type: float, low: 0, high: 1}}");
    const double a[] = {0, 0.5};
    const double b[] = {0, nextafter(0.5, 1)};
    const double c[] = {0, NAN};
    const double d[] = {1, NAN};

    (void)state;
    assert_true(hone_space_same(&space, a, a));
    assert_true(hone_space_same(&space, c, c));
    assert_false(hone_space_same(&space, a, b));
    assert_false(hone_space_same(&space, a, c));
    assert_false(hone_space_same(&space, c, a));
    assert_false(hone_space_same(&space, c, d));
    hone_arena_finish(&arena);
}

static void what_is_left_open_is_completed(void **state) {
    struct hone_arena arena = {0};
    struct hone_space space = read_space(&arena, nested);
    const double presets[NESTED] = {7, 1, 0.1, 2.6, NAN, 0.34};
    double x[NESTED] = {NAN, NAN, NAN, NAN, NAN, NAN};
    double y[NESTED] = {NAN, NAN, NAN, NAN, NAN, NAN};
    double z[NESTED] = {0.25, 2, 0.5, 4, 1, 0.2};

    (void)state;
    hone_space_complete(&space, presets, x);
    assert_true(x[LR] == 1);     /* clamped */
    assert_true(x[OPT] == 1);    /* the preset's index */
    assert_true(x[BETA] == 0.9); /* `default:` before the preset */
    assert_true(x[UNITS] == 3);  /* the nearest integer */
    assert_true(x[DEEP] == 0);   /* the first choice */
    assert_true(x[DROP] == 0.3); /* the nearest step */
    hone_space_complete(&space, NULL, y);
    assert_true(y[OPT] == 0 && y[DEEP] == 0 && y[LR] == 0.5 && y[UNITS] == 3);
    assert_true(isnan(y[BETA]));
    hone_space_complete(&space, presets, z);
    assert_true(z[OPT] == 2 && z[DEEP] == 1); /* given, kept */
    assert_true(isnan(z[LR]) && isnan(z[BETA]) && isnan(z[UNITS]) && isnan(z[DROP]));
    hone_arena_finish(&arena);
}

static void values_are_parsed_exactly_or_not_at_all(void **state) {
    static const struct {
        const char *name, *text;
        double x_value;  /* NaN: refused … */
        const char *why; /* … with this in the sentence */
    } c[] = {
        {"f", "0.5", 0.5, NULL}, {"f", "-1", -1, NULL}, {"f", "2", 2, NULL},
        {"f", "2.0000000001", NAN, "it should be a number from -1 to 2"},
        {"f", "-1.1", NAN, "outside"}, {"f", "x", NAN, "it is a text; it should be a number"},
        {"f", "\"0.5\"", NAN, "it is a text"}, {"f", ".nan", NAN, "outside"},
        {"f", ".inf", NAN, "outside"}, {"f", "~", NAN, "it is nothing"},
        {"f", "[0.5]", NAN, "it is a list"}, {"f", "true", NAN, "it is a boolean"},
        {"i", "3", 3, NULL}, {"i", "3.0", 3, NULL}, {"i", "3.5", NAN, "an integer from 1 to 10"},
        {"i", "0", NAN, "an integer from 1 to 10"}, {"i", "11", NAN, "outside"},
        {"e", "3", 3, NULL}, {"e", "4", NAN, "an integer from 1 to 9 in steps of 2"},
        {"e", "10", NAN, "from 1 to 9"},
        {"s", "0.3", 0.3, NULL}, {"s", "0.30000000000000004", 0.3, NULL},
        {"s", "0.35", NAN, "a number from 0 to 1 in steps of 0.1"}, {"s", "1.1", NAN, "outside"},
        {"t", "9999999.7", 9999999.7, NULL}, {"t", "9999999.75", NAN, "in steps of 0.1"},
        {"c", "sgd", 0, NULL}, {"c", "1", 1, NULL}, {"c", "1.0", 1, NULL},
        {"c", "[64, 64]", 2, NULL},
        {"c", "[64.0, 64]", 2, NULL}, {"c", "\"1\"", 3, NULL}, {"c", "true", 4, NULL},
        {"c", "SGD", NAN, "it is none of the choices; it should be one of sgd, 1, [64, 64]"},
        {"c", "[64]", NAN, "none of the choices"}, {"c", "~", NAN, "none of the choices"},
    };
    struct hone_arena arena = {0};
    struct hone_space space = read_space(&arena,
        "{f: {type: float, low: -1, high: 2}, i: {type: int, low: 1, high: 10},"
        " e: {type: int, low: 1, high: 10, step: 2},"
        " s: {type: float, low: 0, high: 1, step: 0.1},"
        " t: {type: float, low: 0, high: 1e7, step: 0.1}, c: [sgd, 1, [64, 64], \"1\", true]}");

    (void)state;
    for (size_t i = 0; i < CASES(c); i++) {
        const struct hone_param *param = &space.param[hone_space_find(&space, c[i].name)];
        struct hone_buf why = {0};
        double x_value = -99;
        bool good = hone_param_parse(param, tree_read(&arena, c[i].text), &x_value, &why);

        if (good != (c[i].why == NULL) || (good && x_value != c[i].x_value) ||
            (!good && strstr(hone_buf_text(&why), c[i].why) == NULL)) {
            fail_msg("%s = %s: %d %g %s", c[i].name, c[i].text, good, x_value,
                hone_buf_text(&why));
        }
        assert_true(good || x_value == -99);
        hone_buf_finish(&why);
    }
    hone_arena_finish(&arena);
}

static void values_have_the_type_of_their_parameter(void **state) {
    struct hone_arena arena = {0};
    struct hone_space space = read_space(&arena,
        "{f: {type: float, low: 0, high: 2}, i: {type: int, low: 1, high: 9007199254740992},"
        " c: [[8], relu]}");

    (void)state;
    assert_int_equal(hone_param_value(&space.param[0], 1).type, HONE_REAL);
    assert_true(hone_param_value(&space.param[0], 1).real == 1);
    assert_int_equal(hone_param_value(&space.param[1], 7).type, HONE_INT);
    assert_true(hone_param_value(&space.param[1], WHOLE_LIMIT).integer == INT64_C(1) << 53);
    assert_int_equal(hone_param_value(&space.param[2], 0).item[0]->integer, 8);
    assert_string_equal(hone_param_value(&space.param[2], 1).text, "relu");
    hone_arena_finish(&arena);
}

static void the_nearest_name_is_found(void **state) {
    struct hone_arena arena = {0};
    struct hone_space space = read_space(&arena, "{momentum_x: 1, momentum: 1, rate: 1}");

    (void)state;
    assert_string_equal(hone_space_nearest(&space, "momentun"), "momentum");
    assert_string_equal(hone_space_nearest(&space, "momentumx"), "momentum_x");
    assert_null(hone_space_nearest(&space, "epochs"));
    assert_int_equal(hone_space_find(&space, "rate"), 2);
    assert_int_equal(hone_space_find(&space, "rat"), 3);
    hone_arena_finish(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_floats_go_there_and_back),
        cmocka_unit_test(random_integers_go_there_and_back),
        cmocka_unit_test(random_steps_go_there_and_back),
        cmocka_unit_test(extreme_ranges_stay_finite),
        cmocka_unit_test(all_exact_integers_may_be_searched),
        cmocka_unit_test(a_wide_range_is_filled_evenly),
        cmocka_unit_test(levels_are_what_a_person_would_write),
        cmocka_unit_test(every_level_has_its_bin),
        cmocka_unit_test(a_log_scale_meets_halfway_between_integers),
        cmocka_unit_test(constants_are_seen_as_such),
        cmocka_unit_test(parents_come_before_their_children),
        cmocka_unit_test(activity_follows_the_conditions),
        cmocka_unit_test(points_are_the_same_by_active_values),
        cmocka_unit_test(what_is_left_open_is_completed),
        cmocka_unit_test(values_are_parsed_exactly_or_not_at_all),
        cmocka_unit_test(values_have_the_type_of_their_parameter),
        cmocka_unit_test(the_nearest_name_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
