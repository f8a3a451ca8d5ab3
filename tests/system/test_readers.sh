#!/bin/sh
# Others look on while a search runs: never locked out, never shown less than before.
# shellcheck source=tests/system/lib.sh
. "$TESTS/system/lib.sh"

functions_spec random busy
sed -i 's/trials: 48/trials: 150/' busy.yaml

# look NAME ENOUGH COMMAND...: asks for a count again and again until it is enough
# or the search is over.
look() {
    name=$1
    enough=$2
    shift 2
    before=0
    while [ ! -e over ] && [ "$before" -lt "$enough" ]; do
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
while [ "$("$HONE" sql "$finished" --db busy.db --format csv 2>/dev/null | tail -n 1)" = 1 ]; do
    sleep 0.01
done
# Whoever closes a file last takes it for a moment (sqlite.org/wal.html, 9): an
# sqlite3 that is not told to wait may meet that at the end, not while the search has it open.
(look sqlite 140 sqlite3 -readonly busy.db "$finished" >sqlite.said) &
readers=$!
(look patient 1000 sqlite3 -readonly -cmd '.timeout 5000' busy.db "$finished" >patient.said) &
readers="$readers $!"
(look count 1000 hone_count >count.said) &
readers="$readers $!"
(look whole 1000 hone_whole >whole.said) &
readers="$readers $!"
wait $pid
status=$?
sleep 0.1
touch over
# shellcheck disable=SC2086 # numbers of processes
wait $readers
cp run.err err
: >out
what="hone run beside four readers"
expect_status 0
[ ! -s run.err ]
result $? "$what: nothing to complain about"
for reader in sqlite:140 patient:150 count:150 whole:150; do
    wanted=${reader#*:}
    reader=${reader%:*}
    cp "$reader.said" out
    [ ! -s out ]
    result $? "$reader: never refused, never shown less"
    read -r looks last <"$reader.sum"
    [ "$looks" -ge 10 ] && [ "$last" -ge "$wanted" ]
    result $? "$reader: looked $looks times, up to $last trials"
done

# Readers without an end of their own do not keep the search from ending.
[ "$(sqlite3 busy.db "$finished")" = 150 ]
result $? "the study has all of its trials"
finish
