/* The texts of the schema, one array a half, and those of earlier versions. They are
 * compared with those in the file when it is opened, and never change after a release:
 * a new version adds a migration. */
#ifndef HONE_STORAGE_SCHEMA_TEXT_H
#define HONE_STORAGE_SCHEMA_TEXT_H

#include <stddef.h>

struct hone_schema_object {
    const char *type;
    const char *name;
    const char *sql;
    int since; /* the version that added it */
    int until; /* the last one that had it; 0: it is there now */
};

struct hone_schema_texts {
    const struct hone_schema_object *object; /* (count) */
    size_t count;
};

/* Our tables hold everything, and views unpack what is packed. Each column says its
 * unit and meaning in a comment that `.schema` shows. Numbers that must come back to
 * the bit (a loss of -0.0, a subnormal) stand in columns without a type: SQLite's
 * REAL columns turn -0.0 into 0. */
extern const struct hone_schema_texts hone_schema_ours;

/* Optuna's names (its schema v3.2.0.a): five small real tables, into which its
 * dashboard may write notes, and eight views over our rows, so that
 * optuna.load_study and optuna-dashboard read the live file. */
extern const struct hone_schema_texts hone_schema_optuna;
extern const char hone_schema_optuna_rows[];

/* What earlier versions had, and no longer is there or is so. */
extern const struct hone_schema_texts hone_schema_old;

#endif
