#include "engine/cli/choice.h"

#include "engine/cli/stats/simplest.h"
#include "engine/cli/table.h"

#include <inttypes.h>

/* Ties are looked for among so many of the best: a study of 100,000 trials answers at
 * once, and nobody chooses from more. */
enum { TIED_SHOWN = 12, TIES_AMONG = 1000 };

static uint64_t tied_number(const struct cli_choice *choice, size_t i) {
    return choice->record.trial[choice->ties.number[i]].number;
}

const char *const cli_choice_rules[] = {"model", "best", "one-se", NULL};

static enum hone_code choose_simplest(struct cli_choice *choice, const char *text,
    struct hone_err *err) {
    const struct cli_record *record = &choice->record;
    const struct hone_space *space = &record->spec.plan.space;
    struct cli_simpler simpler;
    size_t number = 0;
    size_t within = 0;
    enum hone_code code = cli_simpler_read(text, space, &simpler, err);

    if (code == HONE_OK) {
        code = cli_simplest_find(record, &simpler, &number, &within, err);
    }
    if (code == HONE_OK) {
        choice->number = record->trial[number].number;
        hone_buf_printf(&choice->why, "one-se: the simplest by ");
        cli_simpler_write(&simpler, space, &choice->why);
        hone_buf_printf(&choice->why, " of %zu trial%s within one standard error of"
            " trial %" PRIu64, within, within == 1 ? "" : "s",
            record->trial[cli_record_best(record)].number);
    }
    return code;
}

enum hone_code cli_choice_by_model(struct hone_db *db, const struct hone_study_row *study,
    struct cli_choice *choice, struct hone_err *err) {
    enum hone_code code = cli_learnt_of_all(db, study, &choice->arena, &choice->learnt, err);

    choice->number = choice->learnt.is_known ? choice->learnt.row.best : study->best_number;
    return code;
}

enum hone_code cli_choice_number(struct hone_db *db, const struct hone_study_row *study,
    uint64_t *ret_number, struct hone_err *err) {
    struct cli_choice choice = {0};
    enum hone_code code =
        study->has_best ? cli_choice_by_model(db, study, &choice, err) : HONE_OK;

    *ret_number = choice.number;
    cli_choice_finish(&choice);
    return code;
}

const char *cli_choice_title(const struct hone_study_row *study, uint64_t best,
    uint64_t number) {
    if (!study->has_best) {
        return "";
    }
    if (number == best) {
        return " (the best)";
    }
    return number == study->best_number ? " (the best value)" : "";
}

/* Its index; count: it is not among those that were read. */
static size_t index_of(const struct cli_record *record, uint64_t number) {
    size_t i = 0;

    while (i < record->count && record->trial[i].number != number) {
        i++;
    }
    return i;
}

enum hone_code cli_choice_make(struct hone_db *db, const char *study, enum cli_choice_rule rule,
    const char *simpler, struct cli_choice *choice, struct hone_err *err) {
    const struct cli_record *record = &choice->record;
    enum hone_code code = rule == CLI_RULE_ONE_SE
                              ? cli_record_read(db, study, &choice->record, err)
                              : cli_record_read_best(db, study, TIES_AMONG, &choice->record, err);
    size_t best;

    if (code != HONE_OK) {
        return code;
    }
    best = cli_record_best(record);
    if (best == record->count) {
        return hone_fail(err, HONE_E_MISSING, "study '%s' has no complete trial", study);
    }
    choice->number = record->trial[best].number;
    if (rule == CLI_RULE_MODEL) {
        code = cli_choice_by_model(db, &record->study, choice, err);
    } else if (rule == CLI_RULE_ONE_SE) {
        code = choose_simplest(choice, simpler, err);
    }
    choice->record.recommended = index_of(record, choice->number);
    return code == HONE_OK && record->folds > 1
               ? cli_findings_ties(record, &choice->arena, &choice->ties, err)
               : code;
}

void cli_choice_finish(struct cli_choice *choice) {
    hone_buf_finish(&choice->why);
    cli_record_finish(&choice->record);
    hone_arena_finish(&choice->arena);
}

void cli_choice_add_tied(const struct cli_choice *choice, struct hone_buf *buf) {
    const struct cli_ties *ties = &choice->ties;
    const uint64_t first = tied_number(choice, 0);
    const char *head = ties->tied_count == 2 ? "trial " : "trials ";
    size_t shown = 0;

    hone_buf_printf(buf, "with trial %" PRIu64 "%s: ", first,
        first == choice->number ? "" : ", which has the best value");
    for (size_t i = 1; i < ties->count && shown < TIED_SHOWN; i++) {
        if (ties->tied[i]) {
            hone_buf_printf(buf, "%s%" PRIu64, shown++ == 0 ? head : ", ",
                tied_number(choice, i));
        }
    }
    if (ties->tied_count > shown + 1) {
        hone_buf_printf(buf, " and %zu more", ties->tied_count - shown - 1);
    }
    hone_buf_printf(buf, "%s (a paired test over the folds, at %g %%)", shown == 0 ? "none" : "",
        100 * cli_tied_level);
}

void cli_choice_add_tied_json(const struct cli_choice *choice, struct hone_buf *buf) {
    const struct cli_ties *ties = &choice->ties;
    const char *separator = "";

    hone_buf_add(buf, "[");
    for (size_t i = 0; i < ties->count; i++) {
        if (ties->tied[i]) {
            hone_buf_printf(buf, "%s%" PRIu64, separator, tied_number(choice, i));
            separator = ",";
        }
    }
    hone_buf_add(buf, "]");
}
