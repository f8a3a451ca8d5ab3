#!/bin/sh
# Several engines on one file: a study has one, different studies do not disturb
# one another, and a dead engine holds nothing.
# shellcheck source=tests/system/lib.sh
. "$TESTS/system/lib.sh"

functions_spec random shared
"$HONE" run shared.yaml --db whole.db --workers 2 -q >out 2>err
answer_of shared whole.db >whole.answer

# Two on the same study, started together: one runs it, the other says that and goes.
for round in 1 2 3; do
    rm -f shared.db shared.db-*
    for engine in 1 2; do
        {
            "$HONE" run shared.yaml --db shared.db --workers 1 -q >$engine.out 2>$engine.err
            echo $? >$engine.status
        } </dev/null &
    done
    wait
    what="round $round, two engines on one study"
    cat 1.err 2.err >err
    cat 1.out 2.out >out
    [ "$(sort 1.status 2.status | tr -d '\n')" = 01 ]
    result $? "$what: one runs, the other fails with status 1"
    [ "$(wc -l <err)" -eq 1 ] && grep -q "study 'shared'.*process" err
    result $? "$what: the other says so in one line"
    answer_of shared shared.db >shared.answer
    expect_same whole.answer shared.answer "$what: the trials are those of a single one"
done

# Someone who comes later stands back as well, and changes nothing.
rm -f shared.db shared.db-*
"$HONE" run shared.yaml --db shared.db --workers 1 -q >1.out 2>1.err </dev/null &
pid=$!
while ! "$HONE" trials shared --db shared.db >out 2>err; do sleep 0.01; done
for command in "run shared.yaml" "resume shared" "delete shared --yes"; do
    # shellcheck disable=SC2086 # words
    try $command --db shared.db
    expect_status 1
    expect_err "$pid"
    expect_lines 0
done
try add shared x=1 y=1 z=0.5 --db shared.db
expect_status 0
wait $pid
result $? "the engine was not disturbed"
expect_number 'SELECT count(*) FROM "shared" WHERE state = '"'complete'" 48 "all trials are done" shared.db

# Four engines start together on a file that is not there, each with a study of its own.
for round in 1 2 3; do
    rm -f many.db many.db-*
    for engine in 1 2 3 4; do
        functions_spec random "own$engine"
        {
            "$HONE" run own$engine.yaml --db many.db --workers 1 -q >$engine.out 2>$engine.err
            echo $? >$engine.status
        } </dev/null &
    done
    wait
    what="round $round, four studies in a new file"
    cat ./?.err >err
    cat ./?.status >out
    [ "$(tr -d '\n' <out)" = 0000 ] && [ ! -s err ]
    result $? "$what: all four finish and none complains"
    for engine in 1 2 3 4; do
        "$HONE" trials own$engine --db many.db --format csv --columns number,state,value,x,y,z
    done >own.answer
    for engine in 1 2 3 4; do
        "$HONE" trials shared --db whole.db --format csv --columns number,state,value,x,y,z
    done >want.answer
    expect_same want.answer own.answer "$what: each has its trials"
    [ "$(sqlite3 many.db 'PRAGMA integrity_check' 2>err)" = ok ]
    result $? "$what: the file is sound"
done

# A dead engine whose parent does not look after it stays in the table of processes.
functions_spec random orphan
sh -c '"$HONE" run orphan.yaml --db orphan.db -q & echo $! >pid; exec sleep 20' >out 2>err &
parent=$!
while ! "$HONE" trials orphan --db orphan.db >out 2>err; do sleep 0.01; done
kill -KILL "$(cat pid)"
sleep 0.05
try resume orphan --db orphan.db -q
expect_status 0
kill $parent
wait $parent 2>/dev/null
expect_number 'SELECT count(*) FROM "orphan" WHERE state = '"'complete'" 48 \
    "a dead engine holds nothing" orphan.db
finish
