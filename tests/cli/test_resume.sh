#!/bin/sh
# hone resume
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

small_spec
try run small.yaml -q --trials 3
expect_status 0
rm small.yaml
try resume small
expect_status 0
expect_err "nothing was run"
try resume small --trials +4
expect_status 0
try trials small --format csv --columns number,x1,x2
cp out extended
expect_lines 8
try resume small --trials 9 --format yaml
expect_status 0
expect_out "x1: "
try studies --format csv
expect_out "small,finished,9,9,9,0,0,0,"

# A session of fewer trials than the study is to have does not finish it.
cat >part.yaml <<'SPEC'
objective: {command: ["false"], direction: minimize}
space: {x: {type: float, low: 0, high: 1}}
search: {method: random, trials: 40, max_failures: 3, parallel: 1}
SPEC
try run part.yaml -q --db part.db
try resume part --trials 2 --db part.db
expect_err "study 'part' stopped: all trials asked for are done, and its budget is larger"
expect_err "everything is kept; 'hone resume part --db part.db' goes on"
try studies --format csv --db part.db
expect_out "part,stopped,3,40,"

# As one search of nine trials.
small_spec
try run small.yaml -q --trials 9 --db whole.db
try trials small --db whole.db --format csv --columns number,x1,x2
head -n 8 out >whole
cmp -s whole extended
result $? "an extended study has the trials of a longer one"

try resume smal
expect_status 2
expect_err "small"
try resume small --trials 0
expect_status 2
try resume small --trials +x
expect_status 2
try resume small --db missing.db
expect_status 2
expect_no_file missing.db
try resume
expect_status 2

# A grid has an end of its own.
cat >grid.yaml <<SPEC
objective: {function: sphere}
space: {x: {type: int, low: -2, high: 2}, y: [0, 1, 2]}
search: {method: grid}
SPEC
try run grid.yaml -q
expect_status 0
try sql 'SELECT count(*) AS n, count(DISTINCT x * 10 + y) AS points FROM "grid"' --format csv
expect_out_line 15,15
try resume grid --trials +1
expect_status 2
expect_err "there are no more"
try resume grid
expect_status 0

# Other data is another search.
cp "$TESTS/data/iris.csv" here.csv
cat >data.yaml <<SPEC
data: {csv: here.csv}
cv: {folds: 2}
objective: {model: logistic, epochs: 1}
space: {learning_rate: {type: float, low: 1e-3, high: 1e-1, log: true}}
search: {method: random, trials: 2}
SPEC
try run data.yaml -q
expect_status 0
sed '$d' here.csv >shorter.csv
mv shorter.csv here.csv
try resume data --trials +1
expect_status 3
expect_err "other data"

expect_lines_in() { # FILE COUNT
    [ "$(wc -l <"$1")" -eq "$2" ]
    result $? "$what: $1 has $2 lines"
}

# A stored command of somebody else runs only when told to.
cat >mine.yaml <<'SPEC'
objective: {command: [sh, -c, 'echo "ran $1" >>ran; echo 1', sh, "{x}"], direction: minimize}
space: {x: {type: float, low: 0, high: 1}}
search: {method: random, trials: 2}
SPEC
try run mine.yaml -q --db theirs.db
expect_status 0
try resume mine --trials +1 -q --db theirs.db
expect_status 0
expect_lines_in ran 3
if [ "$(id -u)" -eq 0 ]; then
    chown 65534 theirs.db
    try resume mine --trials +1 -q --db theirs.db
    expect_status 2
    expect_err "database 'theirs.db' is another user's"
    expect_err '["sh", "-c", "echo'
    expect_lines_in ran 3
    try trials mine --db theirs.db
    expect_status 0
    try resume mine --trials +1 -q --db theirs.db --trust
    expect_status 0
    expect_lines_in ran 4
else
    echo "# SKIP only root can give a file to another user"
fi

finish
