#!/bin/sh
# Databases of every schema version: they open, say what they said, and go on.
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

for old in "$TESTS"/data/versions/v*.db; do
    version=$(basename "$old" .db)
    cp "$old" hone.db
    chmod u+w hone.db
    try db check
    expect_status 0
    expect_out "$(cat "$TESTS/data/versions/$version.said")"
    columns=number,state,value,stderr,part,seconds,started,finished,error
    {
        "$HONE" trials branin --format csv --columns $columns,x1,x2
        "$HONE" trials shapes --format csv --columns $columns,letter,x,inner
    } >said.csv
    cmp -s said.csv "$TESTS/data/versions/$version.csv"
    result $? "$version: every trial is as it was"
    try verify branin
    expect_status 0
    expect_out "18 folds of 6 trials"
    try resume branin --trials +2 -q
    expect_status 0
    try sql 'SELECT count(*) FROM branin' --format csv
    expect_out_line 9 # 8 of its own, the queued one among them
    # It is the search that it was: a new one from the spec proposes the same.
    try run "$TESTS/data/versions/branin.yaml" -q --db new.db --trials 6
    for db in hone.db new.db; do
        "$HONE" trials branin --db $db --format csv --columns number,x1,x2,value \
            --where 'number < 6' >"$db.csv"
    done
    cmp -s hone.db.csv new.db.csv
    result $? "$version: its trials are those of the same search today"
    try run "$TESTS/data/versions/branin.yaml" -q
    expect_status 0
    try db check
    expect_status 0
    rm -f hone.db hone.db-* new.db new.db-*
done

# Older and newer ones than there are, and one that says it is another's.
for change in 'user_version = 0' 'user_version = 99' 'application_id = 7'; do
    cp "$TESTS/data/versions/v1.db" other.db
    chmod u+w other.db
    sqlite3 other.db "PRAGMA $change"
    cksum other.db >before
    try studies --db other.db
    what="$change: studies"
    expect_status 2
    [ "$(wc -l <err)" -eq 1 ]
    result $? "$what: one line"
    try run "$TESTS/data/versions/branin.yaml" -q --db other.db
    what="$change: run"
    expect_status 2
    cksum other.db >after
    cmp -s before after && [ "$(find . -name 'other.db*' | wc -l)" -eq 1 ]
    result $? "$what: the file is as it was, and nothing is beside it"
done

# What SQLite has not written back yet lies beside the file itself, not beside a link to it.
mkdir far
cp "$TESTS/data/versions/v2.db" far/h.db
chmod u+w far/h.db
ln -s far/h.db link.db
mkfifo words
sqlite3 far/h.db <words >said &
pid=$!
exec 3>words
echo "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; PRAGMA user_version = 99; SELECT 'written';" >&3
until grep -q written said; do
    sleep 0.05
done
kill -KILL $pid
wait $pid 2>/dev/null
exec 3>&-
cksum far/h.db far/h.db-wal >before
for path in link.db far/h.db; do
    try studies --db $path
    expect_status 2
    expect_err "was made by a newer hone"
    cksum far/h.db far/h.db-wal >after
    cmp -s before after
    result $? "$what: not a byte of the files is changed"
done

finish
