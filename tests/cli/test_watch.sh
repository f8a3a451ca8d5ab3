#!/bin/sh
# A running search, seen from another terminal.
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

# Two seconds of work on two workers, with a failure in it.
cat >slow.yaml <<'SPEC'
seed: 1
objective: {direction: minimize, command: [sh, -c, 'sleep 0.4; test {x} != 2 && echo {x}']}
space: {x: {type: int, low: 1, high: 10}}
search: {method: grid}
SPEC

# start_run DB: returns once the study is there.
start_run() {
    "$HONE" run slow.yaml --db "$1" --workers 2 -q >/dev/null 2>&1 &
    run=$!
    until "$HONE" studies --db "$1" 2>/dev/null | grep -q '^slow .*running'; do
        sleep 0.05
    done
}

try watch slow --db missing.db
expect_status 2

# Without a terminal: lines, until nobody runs it.
start_run lines.db
try watch slow --db lines.db
expect_status 0
expect_err "of 10 trials"
expect_err "hone: 10 of 10 trials, best 1 (trial 0), 1 failed"
expect_err "hone: study 'slow' is finished; 'hone best slow --db lines.db' shows what was found"
[ ! -s out ]
result $? "$what: standard output stays empty"
wait "$run"

try watch slov --db lines.db
expect_status 2
expect_err "did you mean 'slow'?"
try watch slow --db lines.db
expect_status 0
expect_lines 0
cp err once
sleep 1
try watch slow --db lines.db
cmp -s once err
result $? "$what: the rate of a search that has ended stays"

# Before its first trial, and when no trial has a value.
cat >told.yaml <<'SPEC'
objective: {direction: minimize}
space: {x: {type: float, low: 0, high: 1}}
search: {trials: 1}
SPEC
"$HONE" pipe told.yaml --db told.db -q </dev/null
try watch told --db told.db
expect_status 0
expect_err "nobody asks for trials of study 'told' now"
printf '%s\n' '{"op":"ask"}' '{"op":"fail","trial":0,"error":"none"}' |
    "$HONE" pipe told.yaml --db told.db -q >answers
try watch told --db told.db
expect_status 0
expect_err "study 'told' is finished; 'hone trials told --db told.db' shows what was tried"

# --quiet waits without a word.
start_run quiet.db
try watch slow --db quiet.db --quiet
expect_status 0
expect_silence
try studies --db quiet.db
expect_out finished
wait "$run"

# On a terminal: what runs, how far it is, and why the last one failed.
start_run block.db
what="hone watch slow, on a terminal"
script -qefc "stty cols 80 rows 24; env -u NO_COLOR TERM=xterm LANG=C.UTF-8 '$HONE' watch slow \
    --db block.db" /dev/null >raw 2>err </dev/null
status=$?
tr '\r' '\n' <raw | sed "s/$(printf '\033')\[[0-9;]*[mKJA]//g" >out
expect_status 0
expect_out 'of 10 trials'
expect_out 'running  trial '
expect_out 'failure  trial 1: exit status 1'
expect_out "study 'slow' is finished"
grep -c '^running' out >redraws
[ "$(cat redraws)" -ge 2 ]
result $? "$what: the block is drawn again"
wait "$run"

# Leaving does not disturb who runs it.
start_run left.db
"$HONE" watch slow --db left.db >out 2>err &
watch=$!
until [ -s err ]; do sleep 0.02; done
kill -INT $watch
wait $watch
[ $? -eq 130 ]
result $? "Ctrl-C ends the watching with 130"
kill -INT "$run"
wait "$run"
try watch slow --db left.db
expect_status 0
expect_err "nobody runs study 'slow' now; 'hone resume slow --db left.db' goes on"

# The last line is of the present, although looks at a large study come seldom.
seq 0 99999 | awk 'BEGIN {print "value,x"} {print $1 ",0.5"}' >past.csv
"$HONE" import told past.csv --db told.db -q
mkfifo asks
"$HONE" pipe told.yaml --db told.db -q --trials 3 <asks >replies 2>/dev/null &
pipe=$!
exec 3>asks
echo '{"op":"ask"}' >&3
until [ -s replies ]; do sleep 0.02; done
"$HONE" watch told --db told.db >out 2>news &
watch=$!
until [ -s news ]; do sleep 0.02; done
trial=$(sed 's/.*"trial": *\([0-9]*\).*/\1/' replies)
printf '{"op":"tell","trial":%s,"value":-7}\n' "$trial" >&3
until grep -q ok replies; do sleep 0.02; done
kill -INT $watch
wait $watch
exec 3>&-
wait $pipe
what="hone watch told, left after a look"
tail -n 1 news >out
expect_out "best -7 "

finish
