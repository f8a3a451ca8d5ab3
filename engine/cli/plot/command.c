/* hone plot KIND STUDY */
#include "engine/cli/commands.h"
#include "engine/cli/live/screen.h"
#include "engine/cli/plot/plot.h"
#include "engine/cli/replace.h"
#include "engine/problems.h"

#include <string.h>

enum { KINDS_LIMIT = 32 };

struct plot_args {
    struct cli_common common;
    const char *file;
    bool text;
};

static const struct cli_flag plot_flags[] = {
    {.name = "output", .letter = 'o', .kind = CLI_TEXT, .offset = offsetof(struct plot_args, file),
     .shown = "FILE.svg", .summary = "where to (default: standard output)"},
    {.name = "text", .kind = CLI_SWITCH, .offset = offsetof(struct plot_args, text),
     .summary = "history, importance: as lines, in a terminal"},
    CLI_FLAGS_END,
};

const struct cli_plot_kind *const cli_plot_kinds[] = {
    &cli_plot_history, &cli_plot_importance, &cli_plot_slice, &cli_plot_contour,
    &cli_plot_parallel, &cli_plot_curves, &cli_plot_folds, &cli_plot_timeline, NULL,
};

static enum hone_code find_kind(const char *word, const struct cli_plot_kind **ret,
    struct hone_err *err) {
    const char *names[KINDS_LIMIT];
    struct hone_buf known = {0};
    size_t count = 0;
    const char *near;

    for (; cli_plot_kinds[count] != NULL; count++) {
        names[count] = cli_plot_kinds[count]->name;
        hone_buf_printf(&known, "%s%s", count == 0 ? "" : ", ", names[count]);
        if (strcmp(names[count], word) == 0) {
            *ret = cli_plot_kinds[count];
            hone_buf_finish(&known);
            return HONE_OK;
        }
    }
    near = hone_nearest(word, names, count);
    (void)hone_fail(err, HONE_E_INPUT, "there is no plot '%s'; there are %s%s%s%s", word,
        hone_buf_text(&known), near == NULL ? "" : "; did you mean ", near == NULL ? "" : near,
        near == NULL ? "" : "?");
    hone_buf_finish(&known);
    return err->code;
}

static enum hone_code check(const struct plot_args *a, const struct cli_plot_kind *kind,
    struct hone_err *err) {
    if (a->text && kind->text == NULL) {
        return hone_fail(err, HONE_E_INPUT, "--text shows history and importance, not %s",
            kind->name);
    }
    return a->text && a->file != NULL
               ? hone_fail(err, HONE_E_INPUT, "either --text or --output FILE, not both")
               : HONE_OK;
}

static enum hone_code make(const struct plot_args *a, const struct cli_plot_kind *kind,
    struct hone_buf *ret, struct hone_err *err) {
    struct cli_record record = {0};
    struct hone_arena arena = {0};
    struct cli_screen screen = {0};
    struct cli_plot plot = {.record = &record, .arena = &arena, .buf = ret};
    enum hone_code code = hone_db_open(a->common.db, HONE_DB_READ, &plot.db, err);

    if (code == HONE_OK) {
        code = cli_record_read(plot.db, a->common.operand.item[1], &record, err);
    }
    if (code == HONE_OK && a->text) {
        cli_screen_measure(&screen);
        code = kind->text(&plot, screen.columns, err);
    } else if (code == HONE_OK) {
        code = kind->draw(&plot, err);
    }
    hone_db_close(plot.db);
    cli_record_finish(&record);
    hone_arena_finish(&arena);
    return code == HONE_OK ? hone_buf_ok(ret, err) : code;
}

static enum hone_code plot_run(const void *args, struct cli_out *out, struct hone_err *err) {
    const struct plot_args *a = args;
    const struct cli_plot_kind *kind = NULL;
    struct hone_buf picture = {0};
    enum hone_code code = find_kind(a->common.operand.item[0], &kind, err);

    if (code == HONE_OK) {
        code = check(a, kind, err);
    }
    if (code == HONE_OK) {
        code = make(a, kind, &picture, err);
    }
    if (code == HONE_OK && a->file != NULL) {
        code = cli_replace_file(a->common.db, a->file, &picture, err);
    } else if (code == HONE_OK) {
        hone_buf_add_bytes(&out->text, hone_buf_text(&picture), picture.length);
    }
    hone_buf_finish(&picture);
    return code;
}

const struct cli_command cli_command_plot = {
    .name = "plot",
    .operands = "KIND STUDY",
    .summary = "one picture as SVG, or in the terminal",
    .details =
        "Kinds:\n"
        "  history     values by trial, and the best so far; also --text\n"
        "  importance  how much of the variance each parameter explains; also --text\n"
        "  slice       values against each parameter, and what a model expects\n"
        "  contour     what a model expects over the two strongest parameters\n"
        "  parallel    every trial a line over all parameters, the best ones in front\n"
        "  curves      learning curves of the best trials and of those that run, a line a fold\n"
        "  folds       the best trials fold by fold, and who is tied with the best\n"
        "  timeline    when each fold was evaluated, and beside which others\n",
    .flags = plot_flags,
    .formats = cli_no_formats,
    .args_size = sizeof(struct plot_args),
    .operands_low = 2,
    .operands_high = 2,
    .run = plot_run,
};
