/* What is computed from the trials: ties and importance. */
#include "engine/cli/report/json.h"
#include "engine/cli/report/members.h"

enum { RANKS = 400 }; /* of the ranking, all that are shown */

/* number, p and tied of the complete trials by rank, the best first. */
static void add_ties(const struct cli_report_source *source, struct hone_buf *buf) {
    const struct cli_ties *ties = source->ties;
    const size_t shown = ties->count < RANKS ? ties->count : RANKS;

    cli_json_key(buf, "ties");
    hone_buf_add(buf, "{");
    cli_json_add_real(buf, "level", cli_tied_level, 3);
    cli_json_add_count(buf, "complete", ties->count);
    cli_json_add_count(buf, "tied", ties->tied_count);
    cli_json_key(buf, "number");
    hone_buf_add(buf, "[");
    for (size_t i = 0; i < shown; i++) {
        cli_json_next(buf);
        cli_json_real(buf, (double)ties->number[i], CLI_JSON_EXACT);
    }
    hone_buf_add(buf, "]");
    cli_json_add_reals(buf, "p", shown, ties->p, 1, 4);
    cli_json_key(buf, "isTied");
    hone_buf_add(buf, "[");
    for (size_t i = 0; i < shown; i++) {
        cli_json_next(buf);
        cli_json_bool(buf, ties->tied[i]);
    }
    hone_buf_add(buf, "]}");
}

/* One list a number of struct cli_importance, by parameter. */
static void add_importances(const struct cli_record *record, const struct cli_importances *found,
    struct hone_buf *buf) {
    const size_t n = record->spec.plan.space.n;
    const size_t stride = sizeof(struct cli_importance) / sizeof(double);

    cli_json_add_reals(buf, "share", n, &found->param->share, stride, 4);
    cli_json_add_reals(buf, "low", n, &found->param->low, stride, 4);
    cli_json_add_reals(buf, "high", n, &found->param->high, stride, 4);
    cli_json_add_reals(buf, "active", n, &found->param->active, stride, 4);
    cli_json_add_real(buf, "rest", found->rest, 4);
    cli_json_add_real(buf, "explained", found->explained, 4);
    cli_json_add_count(buf, "trials", found->trials);
}

/* {"missing": why} when it cannot be told; ret->param is then NULL. */
static enum hone_code add_importance(const struct cli_report_source *source,
    struct hone_buf *buf, struct cli_importances *ret, struct hone_err *err) {
    struct hone_err reason;
    const enum hone_code code =
        cli_findings_importance(source->record, source->arena, ret, &reason);

    if (code != HONE_OK && code != HONE_E_MISSING) {
        *err = reason;
        return code;
    }
    cli_json_key(buf, "importance");
    hone_buf_add(buf, "{");
    if (code == HONE_OK) {
        add_importances(source->record, ret, buf);
    } else {
        cli_json_add_text(buf, "missing", reason.text);
        ret->param = NULL;
    }
    hone_buf_add(buf, "}");
    return HONE_OK;
}

enum hone_code cli_report_findings(const struct cli_report_source *source, struct hone_buf *buf,
    struct hone_err *err) {
    struct cli_importances found = {0};
    enum hone_code code;

    add_ties(source, buf);
    code = add_importance(source, buf, &found, err);
    return code == HONE_OK ? cli_report_model(source, found.param, buf, err) : code;
}
