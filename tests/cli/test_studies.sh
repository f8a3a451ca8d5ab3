#!/bin/sh
# hone studies
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

try studies
expect_status 2
expect_err "hone.db"
expect_no_file hone.db

small_spec
flowers_spec
try run small.yaml -q
try run flowers.yaml -q
try studies
expect_status 0
expect_lines 3
expect_out "flowers"
try studies --format json
expect_json
expect_json_at '$[0].study' small
expect_json_at '$[0].state' finished
expect_json_at '$[0].finished' 8
expect_json_at '$[0].direction' minimize
expect_json_at '$[1].direction' maximize
try studies --format csv
expect_status 0
expect_out "study,state,finished,budget,complete,pruned,failed,waiting,best,best_trial,metric,direction,method,created"
cat >grid.yaml <<SPEC
objective: {function: sphere}
space: {x: {type: int, low: -2, high: 2}, y: [0, 1, 2]}
search: {method: grid}
SPEC
try run grid.yaml -q
try studies --format csv
expect_out "grid,finished,15,15,15,0,0,0,0,"
sed -e 's/grid}/grid, trials: 1000}/' grid.yaml >more.yaml
try run more.yaml -q
try studies --format csv
expect_out "more,finished,15,15,15,0,0,0,0,"
try resume grid --trials +4 -q
try studies --format csv
expect_out "grid,finished,15,15,15,0,0,0,0,"
sed -e 's/study: .*//; s/grid}/gp, trials: 40}/' grid.yaml >few.yaml
try run few.yaml -q
try studies --format csv
expect_out "few,finished,15,15,15,0,0,0,0,"
try watch few
expect_err "study 'few' is finished"
try studies extra
expect_status 2

echo "not a database, but long enough to be looked at by anybody who wants to" >foreign.db
cp foreign.db before.db
try studies --db foreign.db
expect_status 2
expect_err "foreign.db"
cmp -s foreign.db before.db
result $? "a foreign file is left as it is"

finish
