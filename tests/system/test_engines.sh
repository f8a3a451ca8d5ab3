#!/bin/sh
# Several engines on one file: on one study they share the work and come to the same
# trials as a single one, different studies do not disturb one another, and a dead
# engine holds nothing.
# shellcheck source=tests/system/lib.sh
. "$TESTS/system/lib.sh"

# crowd NUMBER WORKERS SPEC DB: so many engines start together; *.out, *.err, *.status.
crowd() {
    rm -f ./[0-9]*.out ./[0-9]*.err ./[0-9]*.status
    engine=0
    while [ $engine -lt "$1" ]; do
        engine=$((engine + 1))
        {
            "$HONE" run "$3" --db "$4" --workers "$2" -q >$engine.out 2>$engine.err
            echo $? >$engine.status
        } </dev/null &
    done
}

# expect_crowd WHAT STUDY DB ANSWER: all have ended well, with the trials of one alone.
expect_crowd() {
    cat ./[0-9]*.err >err
    sort ./[0-9]*.status | uniq >out
    [ "$(cat out)" = 0 ] && [ ! -s err ]
    result $? "$1: all finish and none complains"
    sort ./[0-9]*.out | uniq -c | awk '{ print $1 }' | sort -u >out
    [ "$(wc -l <out)" -eq 1 ]
    result $? "$1: all tell the same best trial"
    answer_of "$2" "$3" >shared.answer
    expect_same "$4" shared.answer "$1: the trials are those of a single engine"
    expect_number 'SELECT count(*) FROM runner' 0 "$1: no engine is left in the file" "$3"
    try db check --db "$3"
    expect_status 0
}

# Whatever the method, whether its proposals rest on results or not, on a new file.
for method in grid random sobol gp tpe; do
    functions_spec $method $method
    "$HONE" run $method.yaml --db whole.db --workers 2 -q >out 2>err
    answer_of $method whole.db >$method.answer
    crowd 3 2 $method.yaml $method.db
    wait
    expect_crowd "three engines, $method" $method $method.db $method.answer
done

# Eight of two workers, beside somebody who looks on.
functions_spec grid crowded
sed -i -e 's/parallel: 4/parallel: auto/' -e 's/high: 3/high: 13/' -e 's/trials: 48/trials: 128/' \
    crowded.yaml
"$HONE" run crowded.yaml --db whole.db --workers 2 -q >out 2>err
answer_of crowded whole.db >crowded.answer
crowd 8 2 crowded.yaml crowded.db
looks=0
while [ "$(find . -name '[0-9]*.status' | wc -l)" -lt 8 ]; do
    sqlite3 -readonly -cmd '.timeout 5000' crowded.db 'SELECT count(*) FROM "crowded"' >>looks 2>&1
    looks=$((looks + 1))
done
wait
expect_crowd "eight engines" crowded crowded.db crowded.answer
grep -v -e '^[0-9]*$' -e 'no such table' -e 'unable to open' looks >out
[ ! -s out ] && [ $looks -gt 5 ]
result $? "eight engines: whoever looks on is never locked out ($looks looks)"
expect_number 'SELECT count(DISTINCT x * 100 + y * 10 + z) || count(*) FROM "crowded"' 128128 \
    "eight engines: the budget to the trial, each point once" crowded.db

finished_of() {
    "$HONE" sql "SELECT count(*) FROM \"$1\" WHERE state IN ('complete', 'pruned')" --db "$1.db" --format csv \
        2>/dev/null | tail -n 1 | grep '^[0-9]*$' || echo 0
}

# One that is killed while it runs trials: the others take them over.
for method in random gp; do
    rm -f $method.db $method.db-*
    crowd 2 2 $method.yaml $method.db
    sh -c 'echo $$ >victim; exec "$HONE" run "$1" --db "$2" --workers 2 -q' - \
        $method.yaml $method.db >victim.out 2>victim.err &
    while [ "$(finished_of $method)" -lt 10 ]; do
        sleep 0.01
    done
    kill -KILL "$(cat victim)"
    wait
    expect_crowd "one of three engines is killed, $method" $method $method.db $method.answer
done

# Someone with nothing to do says so in one line, and goes on when the other is gone.
cat >slow.yaml <<'SPEC'
objective: {command: [sh, -c, "sleep 30; echo 1", "{x}"], direction: minimize}
space: {x: {type: int, low: 1, high: 9}}
search: {method: gp, trials: 2, parallel: 1}
SPEC
"$HONE" run slow.yaml --db slow.db -q >1.out 2>1.err </dev/null &
first=$!
while ! "$HONE" sql 'SELECT * FROM "slow" WHERE state = '"'running'" --db slow.db --format csv 2>/dev/null |
    grep -q running; do
    sleep 0.01
done
"$HONE" run slow.yaml --db slow.db >2.out 2>2.err </dev/null &
second=$!
turns=0
until grep -q "nothing to begin here" 2.err || [ $turns -eq 100 ]; do
    sleep 0.1
    turns=$((turns + 1))
done
cp 2.err err
grep -q "^hone: other processes run 1 trial of study 'slow'; there is nothing to begin" err
result $? "an engine without work says why"
kill -KILL $first
: >out
turns=0
until grep -q "^$second$" out || [ $turns -eq 100 ]; do
    sleep 0.1
    turns=$((turns + 1))
    "$HONE" sql 'SELECT pid FROM runner JOIN trial ON runner.id = trial.runner' --db slow.db \
        --format csv >out 2>err
done
[ "$(tail -n 1 out)" = "$second" ]
result $? "an engine that waits takes the trial of a dead one"
try add slow x=4 --db slow.db
expect_status 0
try delete slow --yes --db slow.db
expect_status 1
expect_err "$second"
interrupt $second
interrupt $second
wait $second
[ $? -eq 130 ]
result $? "... and leaves politely"
wait $first 2>/dev/null

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
        "$HONE" trials random --db whole.db --format csv --columns number,state,value,x,y,z
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
