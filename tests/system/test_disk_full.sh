#!/bin/sh
# A disk or a memory without room, a folder or a file that may not be written: one line
# with the file and the cause, exit status 1, nothing lost, and on it goes once cured.
# shellcheck source=tests/system/lib.sh
. "$TESTS/system/lib.sh"

functions_spec random full
sed -i 's/sleep: 0.01/sleep: 0.002/' full.yaml
"$HONE" run full.yaml --db whole.db -q >out 2>err
answer_of full whole.db >whole.answer

# one_line FILE: the only line tells of it.
one_line() {
    [ "$(wc -l <err)" -eq 1 ] && grep -qF "$1" err
    result $? "$what: one line, about '$1'"
}

# Fills what is left of the disk, but for so many bytes.
fill() {
    dd if=/dev/zero of=disk/ballast bs=1024 2>/dev/null
    truncate -s "-$1" disk/ballast 2>/dev/null
}

remaining() {
    "$HONE" trials full --db disk/full.db --where 'state = complete' --format json |
        grep '^{' | sed 's/,$//'
}

# full_disk KILOBYTES_LEFT: the search meets the end of the disk, then gets room.
full_disk() {
    rm -f disk/*
    try run full.yaml --db disk/full.db -q --trials 3
    expect_status 0
    fill $(($1 * 1024))
    try run full.yaml --db disk/full.db -q
    what="$1 KB left on the disk"
    expect_status 1
    one_line disk/full.db
    grep -qi 'full' err
    result $? "$what: the cause is told"
    rm -f disk/ballast
    remaining >known
    [ "$(wc -l <known)" -ge 3 ]
    result $? "$what: finished trials are there ($(wc -l <known))"
    try run full.yaml --db disk/full.db -q
    what="$1 KB left on the disk, then room again"
    expect_status 0
    answer_of full disk/full.db >full.answer
    expect_same whole.answer full.answer "$what: the trials are those of a whole run"
    remaining >final
    grep -vxFf final known >out
    [ ! -s out ]
    result $? "$what: none was lost, changed or run again"
    [ "$(sqlite3 disk/full.db 'PRAGMA integrity_check' 2>err)" = ok ]
    result $? "$what: the file is sound"
}

# A reader on a full disk has an answer or a line, and no signal ends it.
reader_on_full_disk() {
    rm -f disk/*
    try run full.yaml --db disk/full.db -q
    fill 0
    try trials full --db disk/full.db
    [ "$status" -le 2 ] && [ "$(wc -l <err)" -le 1 ]
    result $? "$what on a full disk: ends politely (status $status)"
}

# Without any room the database is not made.
no_room() {
    rm -f disk/*
    fill 0
    try run full.yaml --db disk/full.db -q
    what="no room for the database"
    expect_status 1
    one_line disk/full.db
    rm -f disk/ballast
    try run full.yaml --db disk/full.db -q
    what="no room for the database, then room"
    expect_status 0
    answer_of full disk/full.db >full.answer
    expect_same whole.answer full.answer "$what: the trials are those of a whole run"
}

# A file may not become larger than ulimit says: an error, and no death by SIGXFSZ.
file_limit() {
    (
        ulimit -f 300 # of 512 bytes
        exec "$HONE" run full.yaml --db limited.db -q >out 2>err </dev/null
    )
    status=$?
    what="files of 150 KB at most"
    expect_status 1
    one_line limited.db
    try run full.yaml --db limited.db -q
    what="files of 150 KB at most, then of any size"
    expect_status 0
    answer_of full limited.db >full.answer
    expect_same whole.answer full.answer "$what: the trials are those of a whole run"
}

# With little address space OpenBLAS waits for more, and never ends.
memory_limit() {
    prlimit --as=100000000 timeout 20 "$HONE" --version >out 2>err </dev/null
    status=$?
    what="95 MiB of address space"
    expect_status 1
    one_line "it needs 256"
}

skip() {
    cases=$((cases + 1))
    echo "ok $cases - $1 # SKIP $2"
}

file_limit
memory_limit
mkdir disk
if mount -t tmpfs -o size=8m tmpfs disk 2>err; then
    trap 'cd / && umount "$work/disk"; rm -rf "$work"' EXIT
    trap 'exit 1' INT TERM
    for kilobytes in 0 8 60 400 700; do full_disk $kilobytes; done
    reader_on_full_disk
    no_room
else
    skip "a full disk" "no small file system can be mounted: $(tr -d '#\n' <err)"
fi

# Permissions hold for a user who is not root.
if [ "$(id -u)" -ne 0 ]; then
    as_user=""
elif setpriv --reuid 65534 --regid 65534 --clear-groups "$HONE" --version >out 2>err; then
    as_user="setpriv --reuid 65534 --regid 65534 --clear-groups"
    chmod 755 "$work"
else
    as_user=none
fi

# refused FILE WHY: a search into FILE, as a user without the right.
refused() {
    # shellcheck disable=SC2086 # words
    $as_user "$HONE" run full.yaml --db "$1" -q >out 2>err </dev/null
    status=$?
    what=$2
    expect_status 1
    one_line "$1"
    [ ! -s out ]
    result $? "$what: no result is claimed"
}

if [ "$as_user" = none ]; then
    skip "no right to write" "$(id -un) may write everything, and cannot become another user"
else
    mkdir closed
    cp whole.db closed/there.db
    chmod 444 closed/there.db
    chmod 555 closed
    cp closed/there.db before.db
    refused closed/new.db "a folder that may not be written"
    expect_no_file closed/new.db
    refused closed/there.db "a file that may not be written"
    cmp -s closed/there.db before.db
    result $? "$what: it stays as it was"
    [ "$(find closed -type f)" = closed/there.db ]
    result $? "$what: nothing is left beside it"
    # shellcheck disable=SC2086 # words
    $as_user "$HONE" trials full --db closed/there.db >out 2>err
    result $? "$what: it can be read"
    chmod 755 closed
fi
finish
