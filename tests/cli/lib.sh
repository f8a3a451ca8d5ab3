# Sourced by the tests of the command line. Needs HONE (the program) and TESTS
# (the folder tests/). Works in a folder of its own; prints TAP, a line a case.
# shellcheck shell=sh
set -u
cases=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
unset HONE_DB
export NO_COLOR=1
export SHELL=/bin/sh # script(1) runs its command in it

# result STATUS NAME: counts one case, on one line whatever NAME quotes.
result() {
    cases=$((cases + 1))
    set -- "$1" "$(printf '%s' "$2" | tr '\n' ' ')"
    if [ "$1" -eq 0 ]; then
        printf '%s\n' "ok $cases - $2"
    else
        printf '%s\n' "not ok $cases - $2"
        sed 's/^/# out: /' out | head -n 20
        sed 's/^/# err: /' err | head -n 20
    fi
}

finish() {
    echo "1..$cases"
}

# try WORDS: runs hone; its outputs are in out and err, its exit status in status.
try() {
    what="hone $*"
    "$HONE" "$@" >out 2>err </dev/null
    status=$?
}

# interrupt PID: returns when the process has taken the signal; a second one would be lost
# while the first still waits for it.
interrupt() {
    kill -INT "$1"
    while grep -qs '^ShdPnd:.*[1-9a-f]' "/proc/$1/status"; do
        sleep 0.01
    done
}

expect_status() {
    [ "$status" -eq "$1" ]
    result $? "$what: exit status $1 (was $status)"
}

# The text stands somewhere in the output.
expect_out() {
    grep -qF -e "$1" out
    result $? "$what: says '$1'"
}

expect_err() {
    grep -qF -e "$1" err
    result $? "$what: tells '$1'"
}

expect_out_line() {
    grep -qxF -e "$1" out
    result $? "$what: has the line '$1'"
}

# The whole output is what stands on standard input.
expect_out_is() {
    cat >expected
    cmp -s expected out
    result $? "$what: its output"
}

expect_lines() {
    [ "$(wc -l <out)" -eq "$1" ]
    result $? "$what: $1 lines"
}

expect_silence() {
    [ ! -s out ] && [ ! -s err ]
    result $? "$what: says nothing"
}

expect_no_file() {
    [ ! -e "$1" ]
    result $? "$what: leaves no file $1"
}

# The output is one JSON text, as SQLite reads it.
expect_json() {
    text=$(sed "s/'/''/g" out)
    [ "$(sqlite3 :memory: "SELECT json_valid('$text')")" = 1 ]
    result $? "$what: its output is JSON"
}

# expect_json_at PATH VALUE: what SQLite finds in the output.
expect_json_at() {
    text=$(sed "s/'/''/g" out)
    found=$(sqlite3 :memory: "SELECT coalesce(json_extract('$text', '$1'), 'null')")
    [ "$found" = "$2" ]
    result $? "$what: $1 is $2 (was $found)"
}

# A small search that takes no time: study 'small' with three kinds of parameters.
small_spec() {
    cat >small.yaml <<'SPEC'
seed: 1
objective: {function: branin}
space:
  x1: {type: float, low: -5, high: 10}
  x2: {type: float, low: 0, high: 15}
search: {method: random, trials: 8}
SPEC
}

# A program that tells of its steps: study 'told', of one trial.
told_spec() {
    cat >told.yaml <<'SPEC'
objective:
  command: [printf, '{"step": 0, "value": 0.5}\n{"step": 4, "value": 0.75}\n{x}\n']
  direction: maximize
space: {x: {type: float, low: 0, high: 1}}
search: {method: random, trials: 1}
SPEC
}

# A model on iris, with conditions, lists and a constant: study 'flowers'.
flowers_spec() {
    cat >flowers.yaml <<SPEC
seed: 1
data: {csv: $TESTS/data/iris.csv}
cv: {folds: 3}
objective: {model: mlp, metric: accuracy, epochs: 2}
space:
  optimizer: [momentum, adam]
  momentum: {type: float, low: 0.5, high: 0.99, when: {optimizer: momentum}}
  learning_rate: {type: float, low: 1e-3, high: 1e-1, log: true}
  batch_size: {type: int, low: 16, high: 64}
  hidden: [[4], [8, 4]]
  activation: relu
search: {method: random, trials: 6}
SPEC
}
