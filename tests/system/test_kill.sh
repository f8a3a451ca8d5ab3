#!/bin/sh
# Killed without warning at any moment and resumed, a search ends as one that was
# left alone. HONE_KILLS says how often (1000: the long run), HONE_SEED which moments.
# shellcheck source=tests/system/lib.sh
. "$TESTS/system/lib.sh"

kills=${HONE_KILLS:-20}
seed=${HONE_SEED:-$(($(date +%s) % 1000000))}
echo "# $kills kills, HONE_SEED=$seed"
most_in_a_row=4

# Parts of a thousand of a whole run, a line a kill; every fourth is early, while
# the file and the study are made.
awk -v seed="$seed" -v n="$((kills + 32))" 'BEGIN {
    srand(seed)
    while (n-- > 0) print int(rand() * (rand() < 0.25 ? 40 : 600))
}' >draws
drawn=0

# Sets moment, in milliseconds from the start of a run.
next_moment() {
    drawn=$((drawn + 1))
    moment=$(($(sed -n ${drawn}p draws) * whole_ms / 1000))
}

# A study that was killed before it was created has to be run again.
go_on() {
    if "$HONE" studies --db cut.db --format csv 2>/dev/null | grep -q "^$study,"; then
        exec "$HONE" resume "$study" --db cut.db --workers 2 -q
    fi
    exec "$HONE" run "$study.yaml" --db cut.db --workers 2 -q
}

# What stands in the database now must never change again, its times included.
remember() {
    if [ -e cut.db ]; then
        "$HONE" trials "$study" --db cut.db --where 'state = complete or state = pruned' \
            --format json 2>>known.err |
            grep '^{' | sed 's/,$//' >>known
    fi
}

# chain KILLS: kills a search so often in a row, then lets it finish.
chain() {
    rm -f cut.db cut.db-* known
    : >known
    : >known.err
    moments=""
    left=$1
    while [ "$left" -gt 0 ]; do
        left=$((left - 1))
        next_moment
        moments="$moments $moment"
        go_on >out 2>err </dev/null &
        pid=$!
        sleep_ms "$moment"
        kill -KILL $pid 2>/dev/null
        wait $pid 2>/dev/null
        remember
    done
    (go_on) >out 2>err </dev/null
    status=$?
    what="$study, killed after$moments ms"
    expect_status 0
    check_chain
}

check_chain() {
    answer_of "$study" cut.db >cut.answer
    expect_same "$study.answer" cut.answer "$what: the trials are those of a whole run"
    "$HONE" trials "$study" --db cut.db --format json | sed 's/,$//' >final
    sort -u known | grep -vxFf final >out
    [ ! -s out ]
    result $? "$what: no finished trial was lost, changed or run again ($(sort -u known | wc -l))"
    expect_number "SELECT count(*) FROM \"$study\" WHERE state IN ('waiting', 'running')" 0 \
        "$what: nothing stays unfinished" cut.db
    grep -v -e "there is no" -e "it is empty" known.err >out
    [ ! -s out ]
    result $? "$what: what is left by a kill can be read"
    [ "$(sqlite3 cut.db 'PRAGMA integrity_check' 2>err)" = ok ]
    result $? "$what: the file is sound"
}

for method in grid random sobol gp; do
    functions_spec $method "$method"
    digits_spec $method "$method-digits"
done
studies="grid random sobol gp random-digits"
[ "$kills" -le 50 ] || studies="$studies grid-digits sobol-digits gp-digits"
for study in $studies; do
    before=$(now_ms)
    try run "$study.yaml" --db "$study.db" --workers 2 -q
    echo "$(($(now_ms) - before))" >"$study.ms"
    expect_status 0
    answer_of "$study" "$study.db" >"$study.answer"
done
expect_number 'SELECT count(DISTINCT x * 100 + y * 10 + z) || count(*) FROM "grid"' 4848 \
    "a grid of 48 points has each once" grid.db

done_kills=0
while [ "$done_kills" -lt "$kills" ]; do
    for study in $studies; do
        whole_ms=$(cat "$study.ms")
        chain $most_in_a_row
        done_kills=$((done_kills + most_in_a_row))
    done
done
expect_number 'SELECT count(DISTINCT x * 100 + y * 10 + z) || count(*) FROM "grid"' 4848 \
    "... and after kills" grid.db
finish
