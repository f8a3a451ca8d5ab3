#!/bin/sh
# The finished folds of a trial that was interrupted are kept, not computed again.
# shellcheck source=tests/system/lib.sh
. "$TESTS/system/lib.sh"

folds=5
cat >slow.yaml <<SPEC
seed: 3
objective: {function: sphere, folds: $folds, noise: 1, sleep: 0.25}
space: {x: {type: float, low: -1, high: 1}}
search: {method: random, trials: 2, parallel: 1}
SPEC
fold_rows='SELECT number, fold, fold.value, fold.seconds, fold.started_ms FROM fold
    JOIN trial ON trial.id = fold.trial ORDER BY number, fold'
count_rows='SELECT count(*) FROM fold'

# rows_of SQL: the answer without its heading.
rows_of() {
    "$HONE" sql "$1" --db slow.db --format csv 2>/dev/null | tail -n +2
}

# Waits until so many folds are recorded, or more.
wait_for_folds() {
    tries=0
    recorded=0
    while [ "${recorded:-0}" -lt "$1" ] && [ $tries -lt 500 ]; do
        sleep 0.01
        recorded=$(rows_of "$count_rows")
        tries=$((tries + 1))
    done
    [ "${recorded:-0}" -ge "$1" ]
}

# killed_after FOLDS SIGNAL: in the middle of the fold that follows.
killed_after() {
    rm -f slow.db slow.db-*
    what="signal $2 after $1 folds"
    "$HONE" run slow.yaml --db slow.db --workers 1 -q >out 2>err </dev/null &
    pid=$!
    wait_for_folds "$1"
    result $? "$what: each fold is recorded once it is finished"
    sleep 0.05
    kill -"$2" $pid
    [ "$2" = KILL ] || sleep 0.03
    [ "$2" = KILL ] || kill -"$2" $pid
    wait $pid 2>/dev/null
    rows_of "$fold_rows" >kept
    "$HONE" resume slow --db slow.db --workers 1 -q >out 2>err </dev/null
    status=$?
    expect_status 0
    rows_of "$fold_rows" >all
    [ "$(wc -l <kept)" -ge "$1" ] && [ "$(grep -cxFf kept all)" -eq "$(wc -l <kept)" ]
    result $? "$what: the finished ones were not computed again"
    [ "$(wc -l <all)" -eq $((2 * folds)) ]
    result $? "$what: every fold of every trial is there once"
}

killed_after 4 KILL
killed_after 8 KILL
killed_after 7 INT
finish
