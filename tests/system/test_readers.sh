#!/bin/sh
# Others look on while a search runs: never locked out, never shown less than before.
# shellcheck source=tests/system/lib.sh
. "$TESTS/system/lib.sh"

functions_spec random busy
sed -i 's/trials: 48/trials: 150/' busy.yaml

# look NAME COMMAND...: asks for a count again and again while the search runs.
look() {
    name=$1
    shift
    before=0
    while [ ! -e over ]; do
        if ! count=$("$@" 2>"$name.err"); then
            echo "failed: $(cat "$name.err")"
        elif [ "$count" -lt "$before" ]; then
            echo "shrank: $before $count"
        else
            before=$count
        fi
        looks=$((looks + 1))
    done
    echo "$looks $before" >"$name.sum"
}
looks=0

hone_count() {
    "$HONE" sql "$finished" --db busy.db --format csv >hone.out || return 1
    tail -n 1 hone.out
}

# A row that says it is complete has all of its values, in the middle of it all.
hone_whole() {
    "$HONE" trials busy --db busy.db --where 'state = complete' --format csv \
        --columns number,value,stderr,x,y,z >trials.out || return 1
    grep -q ',,\|,$' trials.out && echo "a hole: $(grep ',,\|,$' trials.out)" >&2 && return 1
    wc -l <trials.out
}

finished="SELECT count(*) FROM \"busy\" WHERE state = 'complete'"
"$HONE" run busy.yaml --db busy.db --workers 2 --trials 1 -q >out 2>err </dev/null
"$HONE" run busy.yaml --db busy.db --workers 2 -q >run.out 2>run.err </dev/null &
pid=$!
(look sqlite sqlite3 -readonly busy.db "$finished" >sqlite.said) &
readers=$!
(look count hone_count >count.said) &
readers="$readers $!"
(look whole hone_whole >whole.said) &
readers="$readers $!"
wait $pid
status=$?
sleep 0.1
touch over
# shellcheck disable=SC2086 # numbers of processes
wait $readers
cp run.err err
: >out
what="hone run beside three readers"
expect_status 0
[ ! -s run.err ]
result $? "$what: nothing to complain about"
for reader in sqlite count whole; do
    cp $reader.said out
    [ ! -s out ]
    result $? "$reader: never refused, never shown less"
    read -r looks last <$reader.sum
    [ "$looks" -ge 10 ] && [ "$last" -ge 150 ]
    result $? "$reader: looked $looks times and saw the end ($last)"
done

# Readers without an end of their own do not keep the search from ending.
[ "$(sqlite3 busy.db "$finished")" = 150 ]
result $? "the study has all of its trials"
finish
