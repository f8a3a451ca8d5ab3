#!/bin/sh
# cv: {race}: trials that cannot win are left with the folds they have.
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

# noisy_spec NAME RACE
noisy_spec() {
    cat >"$1.yaml" <<SPEC
seed: 3
objective: {function: branin, folds: 5, noise: 2, race: $2}
space:
  x1: {type: float, low: -5, high: 10}
  x2: {type: float, low: 0, high: 15}
search: {method: random, trials: 60, parallel: 3}
SPEC
}

# number SQL: the answer, in found.
number() {
    found=$("$HONE" sql "$1" --format csv 2>err | tail -n 1)
}

noisy_spec whole false
noisy_spec raced true
try check raced.yaml
expect_status 0
expect_out "race      on: a trial is left after two folds or more"
try check whole.yaml
expect_out_line "race      off: all folds of every trial are run"

# Nobody has to ask for it where the method learns from what is left.
noisy_spec auto auto
try check auto.yaml
expect_out "race      off"
sed -i 's/method: random/method: gp/' auto.yaml
try check auto.yaml
expect_out "race      on"
sed -i 's/race: auto/race: off/' auto.yaml
try check auto.yaml
expect_out "race      off"

for study in whole raced; do
    try run $study.yaml --workers 2
    expect_status 0
done
expect_err "in a race"
expect_err " pruned"

# The same points, and of those the same best, with half the folds. Who is tied with
# it is told by the trials that were not pruned.
for study in whole raced; do
    try best $study
    grep -v -e '^study' -e '^tied' out >$study.best
done
cmp -s whole.best raced.best
result $? "the best trial is the same"
number 'SELECT count(*) FROM "whole" w JOIN "raced" r USING (number) WHERE w.x1 = r.x1'
[ "$found" = 60 ]
result $? "the points are the same"
number 'SELECT count(*) FROM fold JOIN trial t ON t.id = fold.trial JOIN study s ON s.id = t.study
    WHERE s.name = '"'raced'"
[ "$found" -ge 128 ] && [ "$found" -le 200 ]
result $? "racing runs $found of 300 folds"
number 'SELECT count(*) FROM "whole" WHERE state = '"'complete'"
[ "$found" = 60 ]
result $? "without racing all trials are complete"
number 'SELECT count(*) FROM "raced" WHERE number < 4 AND state = '"'complete'"
[ "$found" = 4 ]
result $? "the first four trials have all folds"

# A pruned trial is a result, with the mean of what it has.
number 'SELECT min(number) FROM "raced" WHERE state = '"'pruned'"
pruned=$found
try show raced "$pruned"
expect_status 0
expect_out_line "state     pruned"
expect_out "race      lost after "
expect_out " of 5 folds"
number "SELECT abs(t.value - avg(f.value)) < 1e-9 AND count(*) = t.folds_done
    AND t.folds_done BETWEEN 2 AND 4 FROM trial t JOIN fold f ON f.trial = t.id
    JOIN study s ON s.id = t.study WHERE s.name = 'raced' AND t.number = $pruned"
[ "$found" = 1 ]
result $? "its value is the mean of its folds"
try trials raced --where 'state = pruned' --format csv --columns number,state
expect_status 0
expect_out "$pruned,pruned"

# Taken up again it is as one search: what was lost stays lost.
noisy_spec longer true
try run longer.yaml -q --trials 25
try resume longer --trials 60
expect_status 0
for study in raced longer; do
    try trials $study --format csv --columns number,state,value,stderr,x1,x2
    cp out $study.trials
done
cmp -s raced.trials longer.trials
result $? "an extended race decides as a longer one"

# Real folds; three of them are the fewest that can race.
cat >iris.yaml <<SPEC
data: {csv: $TESTS/data/iris.csv}
cv: {folds: 3, race: on}
objective: {model: logistic, metric: accuracy, epochs: 4}
space: {learning_rate: {type: float, low: 1e-6, high: 1, log: true}}
search: {method: random, trials: 20}
SPEC
try check iris.yaml
expect_out "race      on"
try run iris.yaml -q
expect_status 0
number 'SELECT count(*) > 0 FROM "iris" WHERE state = '"'pruned'"
[ "$found" = 1 ]
result $? "a maximised value races as well"
number 'SELECT (SELECT max(value) FROM "iris" WHERE state = '"'complete'"') >=
    (SELECT max(value) FROM "iris" WHERE state = '"'pruned'"') - 0.1'
[ "$found" = 1 ]
result $? "the pruned are the worse ones"
sed 's/folds: 3/folds: 2/' iris.yaml >two.yaml
try check two.yaml
expect_out "race      off"
sed 's/race: on/race: maybe/' iris.yaml >maybe.yaml
try check maybe.yaml
expect_status 2
expect_err "cv.race: 'maybe' cannot be used; it should be one of auto, on, off"

finish
