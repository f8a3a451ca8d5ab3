#!/bin/sh
# Data that cannot be used: exit status 2, where and what, no database.
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

# bad WHY MESSAGE [DATA-KEYS]: data.csv is refused.
bad() {
    cat >spec.yaml <<SPEC
data: {csv: data.csv${3:+, $3}}
cv: {folds: 2}
objective: {model: mlp, epochs: 1}
space: {learning_rate: {type: float, low: 1e-3, high: 1e-1, log: true}}
search: {method: random, trials: 1}
SPEC
    try run spec.yaml
    what="$1: $what"
    expect_status 2
    expect_err "$2"
    expect_no_file hone.db
}

rows() {
    for i in 1 2 3 4 5 6 7 8; do echo "$i,$((i * i % 7)),$((i % 2))"; done
}

bad "no file" "spec.yaml:1:13: data.csv: $PWD/data.csv: No such file or directory"
{ echo a,b,y; rows; echo 9,1; } >data.csv
bad "a ragged line" "spec.yaml:1:13: data.csv: $PWD/data.csv:10:"
{ echo a,b,y; rows; echo 9,1,0,4; } >data.csv
bad "a line too long" "data.csv:10:"
{ echo a,b,y; rows; } >data.csv
bad "a target that is not there" "spec.yaml:1:31: data.target: $PWD/data.csv:1: no column 'digit'" \
    "target: digit"
{ echo a,b,label; rows; } >data.csv
bad "a target mistyped" "did you mean 'label'?" "target: lable"
{ echo a,b,y; rows; } >data.csv
bad "an unknown column to ignore" "spec.yaml:1:31: data.ignore: " "ignore: [zzzzzz]"
bad "more than one unknown column" "spec.yaml:1:31: data.target: " "target: c, ignore: [d, a, e]"
grep -c "^spec.yaml:1:" err >out
expect_out 3
{ echo a,a,y; rows; } >data.csv
bad "a name twice" "two columns are named 'a'"
{ echo a,,y; rows; } >data.csv
bad "a column without a name" "column 2 has no name"
: >data.csv
bad "an empty file" "data.csv"
echo a,b,y >data.csv
bad "no rows" "data.csv"
{ echo a,b,y; rows; printf '"open,1,0\n'; } >data.csv
bad "an open quote" "data.csv:10"
{ echo 'a;b;y'; rows | tr , ';'; } >data.csv
bad "semicolons" "commas are needed"
{ echo a,b,y; rows; echo 1e999,1,0; } >data.csv
bad "an infinite number" "data.csv:10"

# What the spec asks and the data cannot give is told where the spec has it.
{ echo a,b,y; rows; } >data.csv
# unfit LINE MESSAGE: spec.yaml as above, with this line instead of the one of its key.
unfit() {
    sed -i "s/^${1%%:*}:.*/$1/" spec.yaml
    try check spec.yaml
    expect_status 2
    grep -qF "$2" err && [ "$(wc -l <err)" -eq 1 ]
    result $? "$what: one line, '$2'"
}
unfit 'cv: {folds: 9}' 'spec.yaml:2:13: cv.folds: 9 folds need at least 9 rows'
unfit 'cv: {folds: 2, time: a, gap: 50}' 'spec.yaml:2:5: cv: 2 folds'
sed -i 's/^cv:.*/cv: {folds: 2}/' spec.yaml
unfit 'objective: {model: linear, epochs: 1}' 'spec.yaml:3:20: objective.model: linear is for'
unfit 'objective: {model: mlp, metric: rmse}' 'spec.yaml:3:33: objective.metric: rmse'

# No number of folds fits where every row is of another class.
{ echo a,b,y; echo 1,2,one; echo 2,1,two; echo 3,3,three; } >data.csv
unfit 'objective: {model: mlp, epochs: 1}' \
    'spec.yaml:2:13: cv.folds: 2 folds, but every row is of a class of its own; use stratify: false'

# Targets that are numbers, and errors whose squares are none.
{ echo a,b,y; for i in 1 2 3 4 5 6 7 8; do echo "$i,$((i * i % 7)),$((i * i % 5)).${i}e199"; done; } >data.csv
for metric in rmse r2; do
    sed -i "s/^objective:.*/objective: {model: mlp, metric: $metric, epochs: 1}/" spec.yaml
    try run spec.yaml --db huge.db --quiet
    expect_status 1
    expect_err "$metric is too large to compute"
    rm -f huge.db*
done

finish
