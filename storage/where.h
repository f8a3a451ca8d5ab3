/* The small language of `--where` and `--sort`, compiled to SQL over one row of
 * `trial t`. Nothing of the user's text gets into the SQL: literals are bound,
 * names become expressions of ours.
 *
 *   lr < 0.01 and (opt = adam or opt in (sgd, 'momentum')) and state = complete
 *
 *   condition  any of  and, or, not, ( )  over comparisons
 *   comparison NAME = == != <> < <= > >= LITERAL
 *              NAME [not] in (LITERAL, …)   NAME [not] like PATTERN
 *              NAME is [not] null
 *   literal    a number, true, false, a word, 'text' or "text"; a quote in a
 *              text is doubled
 *   name       a parameter; value, stderr, state, seconds, number, folds, error,
 *              started, finished, part; metrics.NAME. In `backquotes` it may
 *              hold any character, and a parameter comes before our names.
 *
 * Keywords may be written in any case. As in SQL, a comparison with what is not
 * there (an inactive parameter) does not hold, nor does its opposite; times are
 * compared as texts like 2026-01-31T12:00. */
#ifndef HONE_STORAGE_WHERE_H
#define HONE_STORAGE_WHERE_H

#include "engine/arena.h"
#include "engine/buf.h"
#include "storage/space_rows.h"

#include <stddef.h>

/* What can be spoken of besides our own names. */
struct hone_names {
    const struct hone_space_rows *space;
    size_t metric_count;
    const char *const *metric; /* (metric_count) */
};

/* A piece of SQL and what belongs to its question marks, in their order. */
struct hone_clause {
    struct hone_buf sql;
    size_t count, room;
    struct hone_cell *literal; /* (count), texts in `texts` */
    struct hone_arena texts;
};

/* Compiles a condition into a zeroed clause, which the caller finishes in any
 * case. HONE_E_INPUT says at which column what is wrong. */
HONE_MUST_CHECK enum hone_code hone_where_compile(const char *text,
    const struct hone_names *names, struct hone_clause *ret, struct hone_err *err);

/* The same for a sort key, "NAME" or "-NAME": what follows ORDER BY. Trials
 * without a value come last either way. */
HONE_MUST_CHECK enum hone_code hone_sort_compile(const char *text,
    const struct hone_names *names, struct hone_clause *ret, struct hone_err *err);

/* Binds the literals from index `first` on; returns the index after the last.
 * The clause must outlive the statement's run. */
int hone_clause_bind(const struct hone_clause *clause, sqlite3_stmt *stmt, int first);

void hone_clause_finish(struct hone_clause *clause); /* accepts zeroed */

#endif
