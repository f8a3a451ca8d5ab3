#!/bin/sh
# hone verify
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

flowers_spec
try run flowers.yaml -q
try verify flowers
expect_status 0
expect_out_is <<'END'
18 folds of 6 trials: the same to the last bit
END
try verify flowers 4 --workers 1
expect_status 0
expect_out "3 folds of 1 trial"
try verify flowers -q
expect_silence
try verify flowers --format json
expect_out_is <<'END'
[]
END
try verify flowers 6
expect_status 2
expect_err "has no trial 6"
try verify flowers best
expect_status 2
try verify nothing
expect_status 2

# A value that is another, with a checksum that says so, is no result at all.
cp hone.db whole.db
sqlite3 hone.db "UPDATE trial SET folds = x'01' || substr(folds, 2) WHERE id = 2"
try verify flowers
expect_status 2
expect_err "trial 1 of study 'flowers' is not as it was written"
mv whole.db hone.db

# One with a checksum of its own is found by computing alone.
cp hone.db whole.db
"$FORGE" hone.db 2 1 0.5
result $? "a value is forged"
try verify flowers --format csv
expect_status 1
expect_err "1 of 18 folds of study 'flowers'"
expect_lines 2
expect_out "1,1,0.5,"
try verify flowers 1
expect_status 1
expect_out "stored"
try verify flowers 2
expect_status 0
mv whole.db hone.db

# A test function, of one fold a trial.
cat >noise.yaml <<'SPEC'
seed: 1
objective: {function: branin}
space:
  x1: {type: float, low: -5, high: 10}
  x2: {type: float, low: 0, high: 15}
search: {method: random, trials: 3}
SPEC
try run noise.yaml -q
try verify noise
expect_status 0
expect_out "3 folds of 3 trials"

# Only the folds that a race has left are computed.
cat >race.yaml <<SPEC
data: {csv: $TESTS/data/iris.csv}
cv: {folds: 5, race: true}
objective: {model: logistic, metric: log_loss, epochs: 3}
space: {learning_rate: {type: float, low: 1e-4, high: 1, log: true}}
search: {method: random, trials: 12}
SPEC
try run race.yaml -q
folds=$(sqlite3 hone.db "SELECT count(*) FROM fold f JOIN trial t ON t.id = f.trial
    JOIN study s ON s.id = t.study WHERE s.name = 'race'")
[ "$folds" -lt 60 ]
result $? "some folds were not run"
try verify race
expect_status 0
expect_out "$folds folds of 12 trials"

# Data that has changed, and commands.
cp "$TESTS/data/iris.csv" mine.csv
sed "s|$TESTS/data/iris.csv|mine.csv|" flowers.yaml >mine.yaml
try run mine.yaml -q
try verify mine
expect_status 0

# Data that has moved.
mkdir elsewhere
mv mine.csv elsewhere/
try verify mine
expect_status 2
expect_err "mine.csv"
try verify mine --data elsewhere/mine.csv
expect_status 0
expect_out "to the last bit"
try resume mine --trials +2 -q --data elsewhere/mine.csv
expect_status 0
try verify mine --data elsewhere/mine.csv
expect_status 0
try fit mine -o mine.json --data elsewhere/mine.csv -q
expect_status 0
try resume mine --trials +2 --data "$TESTS/data/wine.csv"
expect_status 3
hash=$(sha256sum elsewhere/mine.csv | cut -c 1-12)
expect_err "its SHA-256 was $hash, is"
try resume mine --data nowhere.csv
expect_status 2
expect_err "--data nowhere.csv"
try verify noise --data elsewhere/mine.csv
expect_status 2
expect_err "has no data that could have moved"
mv elsewhere/mine.csv .
sed -i '2s/5\./6./' mine.csv
try verify mine
expect_status 3
expect_err "has changed since"
try run -p x=0:1 --trials 1 -q -- echo 1
name=$("$HONE" studies --format csv | tail -n 1 | cut -d, -f1)
try verify "$name"
expect_status 2
expect_err "only built-in objectives are verified"
[ "$(wc -l <err)" -eq 1 ]
result $? "$what: in one line"
cat >told.yaml <<'SPEC'
objective: {direction: minimize}
space: {x: {type: float, low: 0, high: 1}}
SPEC
printf '%s\n' '{"op":"ask"}' '{"op":"tell","trial":0,"value":1}' | "$HONE" pipe told.yaml -q >answers
try verify told
expect_status 2
expect_err "study 'told' was told its values"

finish
