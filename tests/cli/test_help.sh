#!/bin/sh
# hone help, --help, --version, and what is no command
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

try
expect_status 2
expect_err "which command?"
try --help
expect_status 0
expect_out "Commands:"
try --version
expect_status 0
grep -q '^hone [0-9]*\.[0-9]*\.[0-9]*$' out
result $? "$what: a version"
try run --version
expect_status 0
for command in compare plot watch run resume check init studies trials show best report fit predict verify export import pipe add delete sql db help; do
    try $command --help
    expect_status 0
    expect_out "usage: hone $command"
    try help $command
    expect_out "--db FILE"
done
for topic in spec search objective models optimizers schedules metrics functions events man; do
    try help $topic
    expect_status 0
    [ -s out ]
    result $? "$what: says something"
done
try help optimizers
for word in sgd momentum nesterov adagrad rmsprop adam adamw; do expect_out "$word: "; done
try help search
for word in random sobol grid timeout parallel; do expect_out "$word"; done
expect_out "gp by default"
[ "$(grep -c 'default none' out)" -eq 1 ]
result $? "$what: the timeout alone has none by default"
try help spec
expect_out 'by default "", NA, N/A, NaN, nan, null, NULL and ?'
! grep -q 'default none' out
result $? "$what: nothing has 'none' by default that is no word there"
try help events
for word in budget exhausted enough timeout failures interrupted; do expect_out "$word"; done
try help functions
expect_out "branin"
for topic in objective man; do
    try help $topic
    for word in metric early_stopping fraction patience min_delta noise sleep folds race; do
        grep -q "^\\\\*&* *$word " out
        result $? "$what: has an entry '$word'"
    done
done
try help optimizer
expect_status 2
expect_err "did you mean 'optimizers'?"
try trails
expect_status 2
expect_err "unknown command 'trails'; did you mean 'trials'?"
try frobnicate
expect_status 2
expect_err "'hone help' lists them"
try --nonsense
expect_status 2
try studies --fromat csv
expect_status 2
expect_err "did you mean '--format'?"

# A form that a command does not write is no choice of it, wherever the flag stands.
for command in init report fit export import plot pipe watch delete db help; do
    try help $command
    expect_out "--format table "
    try $command a b --format json
    expect_status 2
    expect_err "--format json: what this command writes has no such form"
done
try --format csv delete study
expect_status 2
expect_err "--format csv: what this command writes has no such form"
try predict model data.csv --format json
expect_status 2
expect_err "--format json: it is one of table, csv"
try help search --format table
expect_status 0

finish
