#!/bin/sh
# A database of an earlier version is read as it is, and brought up by who writes to it,
# at whatever moment that is killed. HONE_KILLS=N: as often.
# shellcheck source=tests/system/lib.sh
. "$TESTS/system/lib.sh"

kills=${HONE_KILLS:-10}

old() {
    cp "$TESTS/data/versions/v$version.db" "$1" && chmod u+w "$1"
}

# say DATABASE FILE: all trials of before, as JSON.
say() {
    for study in $studies; do
        "$HONE" trials "$study" --where 'number < 6' --db "$1" --format json
        "$HONE" show "$study" 0 --db "$1" --format json
    done >"$2"
}

for version in 1 2; do
    case $version in
    1) studies='branin shapes' ;;
    2) studies='branin shapes wide trained halted' ;;
    esac
    rm -f ./*.db ./*.bak
    old read.db
    say read.db before.json
    try best branin --db read.db
    expect_status 0
    cmp -s "$TESTS/data/versions/v$version.db" read.db
    result $? "v$version: reading changes no byte of it"
    [ "$(echo read.db*)" = read.db ]
    result $? "... and leaves nothing beside it"

    old up.db
    try resume branin --trials +3 --db up.db -q
    expect_status 0
    expect_number "SELECT count(*) FROM branin" 10 "a search goes on in it" up.db
    [ "$(sqlite3 up.db 'PRAGMA user_version')" -gt 2 ]
    result $? "... which is of this version"
    say up.db after.json
    expect_same before.json after.json "its trials stay as they were"
    try db check --db up.db
    expect_status 0
    [ "$(sqlite3 "up.db.v$version.bak" 'PRAGMA user_version')" = $version ]
    result $? "the old file is kept beside it, in its old version"
    say "up.db.v$version.bak" kept.json
    expect_same before.json kept.json "... and says the same"
done

# A trial that was left goes on with the folds it had.
halted="SELECT fold, started_ms FROM fold WHERE trial = 33 AND fold < 3 ORDER BY fold"
sqlite3 "$TESTS/data/versions/v2.db" "$halted" >before.folds
timeout -s INT 2 "$HONE" resume halted --data "$TESTS/data/iris.csv" --db up.db -q >/dev/null 2>&1
sqlite3 up.db "$halted" >after.folds
expect_same before.folds after.folds "the folds of a trial that was left stay"
expect_number "SELECT count(*) FROM fold WHERE trial = 33" 4 "... and it goes on" up.db

# An engine of the old version that is at work, by the mark of one of this version, keeps the file.
cat >long.yaml <<'SPEC'
objective: {function: branin, sleep: 60}
space: {x1: {type: float, low: -5, high: 10}, x2: {type: float, low: 0, high: 15}}
search: {method: random, trials: 2}
SPEC
version=2
old busy.db
"$HONE" run long.yaml --db other.db -q >/dev/null 2>&1 &
run=$!
until [ "$(sqlite3 -readonly other.db 'SELECT count(*) FROM runner' 2>/dev/null)" = 1 ]; do
    sleep_ms 20
done
sqlite3 busy.db "ATTACH 'other.db' AS other; INSERT INTO runner (study, host, boot, pid,
    pid_start, started_ms, seen_ms) SELECT study.id, host, boot, pid, pid_start, runner.started_ms,
    seen_ms FROM other.runner, main.study WHERE study.name = 'branin'"
cp busy.db busy.before
try resume shapes --db busy.db -q
expect_status 1
expect_err "it is being run by process $run, of the hone that made it; wait until that has finished"
cmp -s busy.before busy.db
result $? "a file that an older engine works on stays as it is"
kill -9 $run
wait $run 2>/dev/null
try resume shapes --db busy.db -q
expect_status 0
[ "$(sqlite3 busy.db 'PRAGMA user_version')" -gt 2 ]
result $? "... and is brought up once that engine is dead"

version=1
studies='branin shapes'
old read.db
say read.db before.json

torn=0
lost=0
i=0
while [ "$i" -lt "$kills" ]; do
    i=$((i + 1))
    rm -f killed.db*
    old killed.db
    "$HONE" add branin x1=1 x2="$i" --db killed.db >/dev/null 2>&1 &
    sleep_ms $((i * 37 % 23))
    kill -9 $! 2>/dev/null
    wait $! 2>/dev/null
    "$HONE" db check --db killed.db >/dev/null 2>&1 || torn=$((torn + 1))
    say killed.db now.json 2>/dev/null
    cmp -s before.json now.json || lost=$((lost + 1))
    "$HONE" resume branin --trials +1 --db killed.db -q >/dev/null 2>&1 || torn=$((torn + 1))
done
[ "$torn" -eq 0 ]
result $? "killed $kills times while it is brought up, it is sound and goes on ($torn are not)"
[ "$lost" -eq 0 ]
result $? "... and has lost no trial ($lost have)"

finish
