#!/bin/sh
# Signals: one drains, two stop at once; what was done is kept and goes on.
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

# From trial 4 on it goes on only once the file `go` is there: no search is over before
# its signal.
cat >long.yaml <<'SPEC'
seed: 1
objective:
  direction: minimize
  command: [sh, -c, 'until [ "$HONE_TRIAL" -lt 4 ] || [ -e go ]; do sleep 0.02; done; echo {x}']
space: {x: {type: float, low: 0, high: 1}}
search: {method: random, trials: 12, parallel: 2}
SPEC

# wait_for STATE STUDY DB: waits until the study has a trial in that state.
wait_for() {
    tries=0
    while [ $tries -lt 300 ]; do
        n=$("$HONE" sql "SELECT count(*) AS n FROM \"$2\" WHERE state = '$1'" --db "$3" \
            --format csv 2>/dev/null | tail -n 1)
        case $n in
        "" | 0) ;;
        *) return 0 ;;
        esac
        sleep 0.02
        tries=$((tries + 1))
    done
    return 1
}

columns=number,state,value,stderr,x
: >go
try run long.yaml --db whole.db -q
expect_status 0
try trials long --db whole.db --format csv --columns $columns
cp out whole

# SIGHUP would stay ignored if these tests were started by nohup.
for signal in INT TERM HUP; do
    rm go
    env --default-signal=HUP "$HONE" run long.yaml --db $signal.db >out 2>err &
    pid=$!
    wait_for complete long $signal.db
    kill -$signal $pid
    : >go
    wait $pid
    status=$?
    what="SIG$signal"
    expect_status 130
    expect_err "hone resume long --db $signal.db"
    try sql "SELECT count(*) AS n FROM \"long\" WHERE state IN ('failed', 'running')" \
        --db $signal.db --format csv
    expect_out_line 0
    try resume long --db $signal.db -q
    expect_status 0
    try trials long --db $signal.db --format csv --columns $columns
    cmp -s whole out
    result $? "after SIG$signal and resume the trials are those of a whole run"
done

# A second signal does not wait for the folds that run.
cat >endless.yaml <<SPEC
data: {csv: $TESTS/data/digits.csv}
cv: {folds: 2}
objective: {model: mlp, metric: accuracy, epochs: 100000, hidden: [16]}
space: {learning_rate: {type: float, low: 1e-4, high: 1e-2, log: true}}
search: {method: random, trials: 40, parallel: 2}
SPEC
"$HONE" run endless.yaml --db endless.db >out 2>err &
pid=$!
wait_for running endless endless.db
interrupt $pid
sleep 0.2
kill -0 $pid
result $? "the first signal lets running folds go on"
kill -INT $pid
wait $pid
status=$?
what="a second signal"
expect_status 130
expect_err "stopping at once"

# Killed without warning.
rm go
"$HONE" run long.yaml --db killed.db >out 2>err &
pid=$!
wait_for complete long killed.db
kill -KILL $pid
wait $pid 2>/dev/null
: >go
try resume long --db killed.db -q
expect_status 0
try trials long --db killed.db --format csv --columns $columns
cmp -s whole out
result $? "after SIGKILL and resume the trials are those of a whole run"

finish
