#!/bin/sh
# hone sql
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

small_spec
try run small.yaml -q
try sql 'SELECT number, x1, value FROM "small" ORDER BY value LIMIT 3'
expect_status 0
expect_lines 4
expect_out "number"
try sql "SELECT 1 AS a, 2.5 AS b, 'x,y' AS c, NULL AS d" --format csv
expect_out_is <<'OUT'
a,b,c,d
1,2.5,"x,y",
OUT
try sql "SELECT 1 AS a, 2.5 AS b, 'x\"y' AS c, NULL AS d" --format json
expect_out_is <<'OUT'
[
{"a":1,"b":2.5,"c":"x\"y","d":null}
]
OUT
try sql "SELECT char(27) || '[31m' AS a"
expect_out '\x1b[31m'

for statement in 'DELETE FROM trial' 'CREATE TABLE t(a)' 'SELECT 1; DELETE FROM trial' \
    'PRAGMA journal_mode = DELETE' "ATTACH 'other.db' AS o" 'DROP VIEW "small"' 'nonsense'; do
    try sql "$statement"
    expect_status 2
done
expect_no_file other.db
try sql 'SELECT count(*) AS n FROM "small"' --format csv
expect_out_line 8
try sql
expect_status 2
try sql 'SELECT 1' --db nothing.db
expect_status 2
expect_no_file nothing.db

# The view is there for sqlite3, too.
[ "$(sqlite3 hone.db 'SELECT count(*) FROM "small" WHERE x1 >= -5 AND value IS NOT NULL')" = 8 ]
result $? "sqlite3 reads the study's view"

# Without a row the names stand alone; bytes that are no text are told in hexadecimal.
try sql 'SELECT name, seed FROM study LIMIT 0' --format csv
expect_out_is <<'END'
name,seed
END
try sql 'SELECT name, seed FROM study LIMIT 0' --format json
expect_out_is <<'END'
[]
END
try sql "SELECT x'00ff' AS bytes" --format json
expect_out '{"bytes":"00FF"}'
try sql "SELECT x'00ff' AS bytes" --format csv
expect_out_line 00FF

finish
