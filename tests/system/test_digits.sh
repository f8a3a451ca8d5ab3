#!/bin/sh
# The search of the README: forty networks on handwritten digits.
# shellcheck source=tests/system/lib.sh
. "$TESTS/system/lib.sh"

spec=$TESTS/specs/digits-mlp.yaml
try run "$spec" --db two.db --workers 2 -q
expect_status 0
answer_of digits-mlp two.db >two.answer
expect_number 'SELECT count(*) FROM "digits-mlp" WHERE state = '"'complete'" 40 \
    "forty trials are complete" two.db
expect_number 'SELECT max(value) >= 0.97 FROM "digits-mlp"' 1 \
    "the best accuracy is at least 0.97" two.db
expect_number 'SELECT min(value) < 0.5 FROM "digits-mlp"' 1 \
    "bad parameters are bad: they reach the network" two.db
expect_number 'SELECT count(*) FROM fold WHERE outcome = 0 AND value BETWEEN 0 AND 1' 200 \
    "each fold has an accuracy" two.db
expect_number 'SELECT count(DISTINCT rate) > 5 FROM curve WHERE rate > 0' 1 \
    "rates and losses are recorded" two.db
expect_number 'SELECT count(*) FROM "digits-mlp"
    WHERE (momentum IS NULL) <> (optimizer NOT IN ('"'momentum', 'nesterov'"'))' 0 \
    "momentum is there where it counts" two.db
try best digits-mlp --db two.db --format json
expect_json
cp out two.best

try run "$spec" --db one.db --workers 1 -q
expect_status 0
try best digits-mlp --db one.db --format json
for key in number value params.learning_rate params.optimizer params.hidden; do
    expect_json_at "\$.$key" "$(sqlite3 :memory: \
        "SELECT json_extract('$(cat two.best)', '\$.$key')")"
done
answer_of digits-mlp one.db >one.answer
expect_same one.answer two.answer "one worker finds to the byte what two find"
finish
