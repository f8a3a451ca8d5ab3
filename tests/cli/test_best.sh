#!/bin/sh
# hone best
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

flowers_spec
try run flowers.yaml -q --trials 1
try best flowers
expect_status 0
expect_out "best    trial 0 (accuracy, maximized)"
expect_out "these are the defaults"
try best flowers --format json
expect_json
expect_json_at '$.number' 0
expect_json_at '$.params.hidden' '[4]'
try best flowers --format yaml
expect_out_line "optimizer: adam"
expect_out_line "hidden: [4]"
expect_out_line "activation: relu"
try best flowers --format args
expect_lines 1
expect_out "--optimizer adam --learning_rate 0.001 --batch_size 32 --hidden '[4]' --activation relu"
try best flowers --format csv
expect_lines 2

cat >quoted.yaml <<SPEC
objective: {function: sphere}
space: {x: {type: float, low: -1, high: 5}}
search: {method: random, trials: 6}
SPEC
try run quoted.yaml -q
try best quoted
expect_out "better than the defaults (trial 0: "
try best quoted --format args
eval "set -- $(cat out)"
[ $# -eq 2 ]
result $? "$what: a shell reads it as words"

try best nothing
expect_status 2
try best flowers --format xml
expect_status 2

# The best of a maximised metric is the largest.
try run flowers.yaml -q
try sql 'SELECT count(*) AS n FROM "flowers" WHERE value > (SELECT value FROM "flowers" ORDER BY value DESC LIMIT 1)' --format csv
expect_out_line 0
best=$("$HONE" best flowers --format csv | tail -n 1 | cut -d, -f3)
most=$(sqlite3 hone.db 'SELECT max(value) FROM "flowers"')
[ "$best" = "$most" ] || [ "$(sqlite3 :memory: "SELECT $best = $most")" = 1 ]
result $? "the best accuracy is the largest ($best, $most)"

finish
