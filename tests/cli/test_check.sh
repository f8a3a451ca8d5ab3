#!/bin/sh
# hone check
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

try check "$TESTS/specs/digits-mlp.yaml"
expect_status 0
expect_out "study     digits-mlp"
expect_out "random, 40 trials, seed 1"
expect_out "1797 rows"
expect_out "folds: 5"
expect_out "grid      uncountable"
expect_out "momentum       float        0.5 .. 0.99"
expect_out "optimizer: momentum, nesterov"
expect_no_file hone.db

try check "$TESTS/specs/digits-mlp.yaml" --format json
expect_status 0
expect_json
expect_json_at '$[1].parameter' learning_rate
expect_json_at '$[1].scale' log
try check "$TESTS/specs/digits-mlp.yaml" --format csv
expect_out_line "parameter,type,range,scale,when,default"
expect_out_line "batch_size,int,8 .. 256,log,,32"

# What no trial can read is told, what some can read is not.
cat >unread.yaml <<SPEC
data: {csv: $TESTS/data/iris.csv}
objective: {model: mlp, decay: 0.5, hidden: [8]}
space:
  optimizer: [sgd, adam]
  momentum: {type: float, low: 0.5, high: 0.99}
  beta1: {type: float, low: 0.5, high: 0.99}
SPEC
try check unread.yaml
expect_status 0
expect_out_line "unread: momentum, which no trial has; it is of optimizer momentum, optimizer nesterov, optimizer rmsprop"
expect_out_line "unread: decay, which no trial has; it is of schedule exponential"
[ "$(grep -c '^unread' out)" -eq 2 ]
result $? "$what: beta1 and hidden are read"

cat >grid.yaml <<SPEC
objective: {function: sphere}
space:
  a: {type: int, low: 1, high: 3}
  b: [0, 1]
  c: {type: int, low: 1, high: 4, when: {b: 1}}
search: {method: grid}
SPEC
try check grid.yaml
expect_status 0
expect_out "grid      15 points"

try check
expect_status 2
expect_err "usage: hone check SPEC.yaml"
try check nothing.yaml
expect_status 2

# Six mistakes are six lines.
try check "$TESTS/specs/bad/six_mistakes.yaml"
expect_status 2
[ "$(wc -l <err)" -eq 6 ] && [ ! -s out ]
result $? "six mistakes are six lines on standard error alone"

finish
