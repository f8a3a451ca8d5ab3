#!/bin/sh
# A database of an earlier version is read as it is, and brought up by who writes to it,
# at whatever moment that is killed. HONE_KILLS=N: as often.
# shellcheck source=tests/system/lib.sh
. "$TESTS/system/lib.sh"

kills=${HONE_KILLS:-10}

old() {
    cp "$TESTS/data/versions/v1.db" "$1" && chmod u+w "$1"
}

old read.db
"$HONE" trials branin --where 'number < 6' --db read.db --format json >before.json
"$HONE" trials shapes --db read.db --format json >before.shapes
try best branin --db read.db
expect_status 0
cmp -s "$TESTS/data/versions/v1.db" read.db
result $? "reading changes no byte of it"
[ "$(echo read.db*)" = read.db ]
result $? "... and leaves nothing beside it"

old up.db
try resume branin --trials +3 --db up.db -q
expect_status 0
expect_number "SELECT count(*) FROM branin" 10 "a search goes on in it" up.db
expect_number "SELECT count(*) FROM sampler_insight WHERE 0" 0 "... which has what is new" up.db
"$HONE" trials branin --where 'number < 6' --db up.db --format json >after.json
"$HONE" trials shapes --db up.db --format json >after.shapes
expect_same before.json after.json "its trials stay as they were"
expect_same before.shapes after.shapes "... those of other studies too"
try db check --db up.db
expect_status 0
"$HONE" trials branin --where 'number < 6' --db up.db.v1.bak --format json >kept.json
expect_same before.json kept.json "the old file is kept beside it"
expect_number "SELECT 1 FROM sqlite_schema WHERE name = 'sampler_insight' UNION ALL
    SELECT 0 LIMIT 1" 0 "... in its old version" up.db.v1.bak

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
    "$HONE" trials branin --where 'number < 6' --db killed.db --format json >now.json 2>/dev/null
    cmp -s before.json now.json || lost=$((lost + 1))
    "$HONE" resume branin --trials +1 --db killed.db -q >/dev/null 2>&1 || torn=$((torn + 1))
done
[ "$torn" -eq 0 ]
result $? "killed $kills times while it is brought up, it is sound and goes on ($torn are not)"
[ "$lost" -eq 0 ]
result $? "... and has lost no trial ($lost have)"

finish
