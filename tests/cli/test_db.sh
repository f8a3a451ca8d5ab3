#!/bin/sh
# hone db check, hone db backup
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

flowers_spec
small_spec
try run flowers.yaml -q
try run small.yaml -q
try add small x1=1
try db check
expect_status 0
expect_out_is <<'END'
sound: 2 studies, 15 trials, 26 folds
END
try db check -q
expect_silence

# A search whose model leaves what it has learnt in the file.
sed 's/random, trials: 8/gp, trials: 12/' small.yaml >bowl.yaml
try run bowl.yaml -q --db bowl.db

# Damage behind SQLite's back: each is found, and the other study is looked at too.
damage() {
    cp "${3:-hone.db}" broken.db
    sqlite3 broken.db "$1"
    try db check --db broken.db
    what="after $1"
    expect_status 2
    expect_out "$2"
}
damage "UPDATE trial SET folds = x'01' || substr(folds, 2) WHERE id = 2" \
    "trial 1 of study 'flowers'"
damage 'UPDATE trial SET seconds = 0 WHERE id = 3' "trial 2 of study 'flowers'"
damage 'UPDATE curve SET train_loss = 1 WHERE trial = 2 AND fold = 0 AND epoch = 1' 'curves'
damage 'UPDATE metric SET value = 1 WHERE trial = 2 AND fold = 0 AND position = 0' \
    "trial 1 of study 'flowers'"
damage 'DELETE FROM trial WHERE id = 4' 'belong to nothing stand in fold_detail'
damage 'UPDATE trial SET x2 = x2 + 1 WHERE id = 2' "trial 1 of study 'flowers'"
damage 'UPDATE progress SET budget = 9' 'is damaged'
damage 'UPDATE choice SET value = 3 WHERE param = 0' 'the parameters of study'
damage 'DROP VIEW flowers' "the view of study 'flowers' is missing"
damage 'UPDATE sampler_insight SET mean = mean + 1 WHERE trials = 9' \
    "what was learnt from 9 trials of study 'bowl'" bowl.db
damage 'DELETE FROM sampler_length WHERE trials = 12 AND param = 1' \
    "what was learnt from 12 trials of study 'bowl'" bowl.db
damage 'UPDATE trial SET seconds = 0 WHERE number = 3; UPDATE sampler_insight SET sd = 1' \
    "what was learnt from 6 trials of study 'bowl'" bowl.db
expect_out "trial 3 of study 'bowl'"
damage 'UPDATE trial SET seconds = 0 WHERE id IN (3, 8)' "trial 1 of study 'small'"
expect_out "trial 2 of study 'flowers'"
expect_err "damaged in 2 places"
cp hone.db broken.db
sqlite3 broken.db 'DROP TABLE curve'
try db check --db broken.db
expect_status 2
expect_err "tables are missing"

# The copy answers as the original; a file that is there is kept.
try trials flowers --format json
cp out trials.json
try db backup copy.db
expect_status 0
try trials flowers --format json --db copy.db
cmp -s out trials.json
result $? "$what: as in the original"
try db check --db copy.db
expect_status 0
expect_out "15 trials"
cp copy.db before.db
try db backup copy.db
expect_status 2
expect_err "--force replaces it"
cmp -s copy.db before.db
result $? "$what: the copy is as it was"
try run small.yaml -q
try db backup copy.db --force -q
expect_status 0
expect_silence
echo text >precious.txt
try db backup precious.txt
expect_status 2
[ "$(cat precious.txt)" = text ]
result $? "$what: the file is as it was"
try db backup hone.db --force
expect_status 2
expect_err "is the database itself"

# Nor does any other result take its place, by whatever name.
cp hone.db kept.db
ln -s hone.db link.db
study=$("$HONE" studies --format csv | sed -n '2s/,.*//p')
for result in "plot history $study" "report $study" "export $study --force --to csv" \
    "export $study --force --to optuna"; do
    for name in ./hone.db link.db; do
        # shellcheck disable=SC2086 # words
        try $result -o $name
        expect_status 2
        expect_err "is the database itself"
    done
done
cmp -s hone.db kept.db
result $? "the database is as it was"
mkdir folder
try db backup folder --force
expect_status 2
try db backup nowhere/copy.db
expect_status 2
[ "$(find . -name '*.??????' -o -name 'copy.db-*' | wc -l)" -eq 0 ]
result $? "no other file is left"

# While a search runs: whole, run by nobody, and able to go on by itself.
sed -e 's/epochs: 2/epochs: 60/' -e 's/trials: 6/trials: 20000/' flowers.yaml >long.yaml
"$HONE" run long.yaml -q >long.out 2>&1 &
search=$!
until [ "$(sqlite3 hone.db "SELECT count(*) > 2 FROM \"long\"" 2>sql.err)" = 1 ]; do
    sleep 0.05
done
try db backup live.db -q
expect_status 0
kill -INT "$search"
wait "$search"
try db check --db live.db
expect_status 0
try resume long --db live.db --trials 12 -q
expect_status 0

# Two databases into one: what is new is copied, the search that went further is kept.
rows="SELECT number, state, value, stderr, error FROM"
try run small.yaml -q --db two.db --trials 3
sed -e 's/seed: 1/seed: 5/' flowers.yaml >roses.yaml
try run roses.yaml -q --db two.db
try add roses optimizer=adam --db two.db
for study in small roses; do
    "$HONE" sql "$rows \"$study\" ORDER BY number" --db two.db --format csv >"$study.before"
done
cp hone.db one.db
try run small.yaml -q --db one.db --trials 11
cksum two.db >before.sum
try db merge one.db two.db
expect_status 0
expect_out_line "small: all of its 3 trials were there"
expect_out_line "roses: copied, 7 trials"
cksum two.db >after.sum
cmp -s before.sum after.sum
result $? "$what: the second is as it was"
"$HONE" sql "$rows roses ORDER BY number" --db one.db --format csv >roses.after
cmp -s roses.before roses.after
result $? "$what: trials are the same"
try db check --db one.db
expect_status 0
expect_out "4 studies"
try verify roses --db one.db
expect_status 0
try resume roses --db one.db -q
expect_status 0
try db merge two.db one.db
expect_status 0
expect_out_line "small: replaced by 11 trials, it had 3"
expect_out_line "roses: replaced by 7 trials, it had 7" # one waited, and is finished now
expect_out_line "flowers: copied, 6 trials"
try db check --db two.db
expect_status 0
try run small.yaml -q --db two.db --trials 12
expect_status 0
try trials small --db two.db --format csv --columns number,x1,x2
cp out merged
try run small.yaml -q --db one.db --trials 12
try trials small --db one.db --format csv --columns number,x1,x2
cmp -s out merged
result $? "$what: a merged study goes on as the original does"

# What a model has learnt goes along: the same trial is the best, for the same reason.
as_before() {
    for command in best show; do
        try "$command" bowl --db "$1"
        cp out "$command.$1"
        "$HONE" "$command" bowl --db bowl.db >out
        cmp -s out "$command.$1"
        result $? "$what: as before it was merged $2"
    done
    try db check --db "$1"
    expect_status 0
}
try best bowl --db bowl.db
expect_out "by the model of 12 trials"
try run small.yaml -q --db new.db
try db merge new.db bowl.db
expect_out_line "bowl: copied, 12 trials"
as_before new.db "into a file without it"
cp bowl.db ahead.db
try run bowl.yaml -q --db ahead.db --trials 20
mv ahead.db bowl.db
try db merge new.db bowl.db
expect_out_line "bowl: replaced by 20 trials, it had 12"
as_before new.db "in the place of its beginning"

# One name, two searches: nothing changes, unless it is left out.
sed 's/seed: 1/seed: 9/' small.yaml >changed.yaml
mv changed.yaml small9.yaml
sed -i '1i study: small' small9.yaml
try run small9.yaml -q --db three.db
try run roses.yaml -q --db three.db --trials 6
cksum one.db >before.sum
try db merge one.db three.db
expect_status 3
expect_err "study 'small' is in both databases"
[ ! -s out ]
result $? "$what: tells of nothing that was not done"
cksum one.db >after.sum
cmp -s before.sum after.sum
result $? "$what: the first is as it was"
try db merge one.db three.db --skip
expect_status 0
expect_out_line "small: left out, it is not the same in both"
try db merge one.db one.db
expect_status 2
expect_err "is the database itself"
try db merge one.db
expect_status 2
expect_err "which two?"
try db merge one.db broken.db
expect_status 2

try db
expect_status 2
try db vacuum
expect_status 2
expect_err "there are check, backup and merge"
try db check now
expect_status 2
try db backup
expect_status 2
expect_err "where to?"
try db check --db none.db
expect_status 2
expect_no_file none.db

finish
