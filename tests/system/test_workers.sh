#!/bin/sh
# One search, one answer: the number of workers changes no byte of a study's trials.
# shellcheck source=tests/system/lib.sh
. "$TESTS/system/lib.sh"

# same_for_workers NAME: with 1, 2 and 8 workers.
same_for_workers() {
    for workers in 1 2 8; do
        try run "$1.yaml" --db "$1-$workers.db" --workers $workers -q
        expect_status 0
        answer_of "$1" "$1-$workers.db" >"$workers.answer"
    done
    expect_same 1.answer 2.answer "$1: 2 workers find what 1 finds"
    expect_same 1.answer 8.answer "$1: 8 workers find what 1 finds"
}

for method in grid random sobol gp; do
    functions_spec $method "$method"
    sed -i 's/sleep: 0.01/sleep: 0.002/' "$method.yaml"
    same_for_workers "$method"
    digits_spec $method "$method-digits"
    same_for_workers "$method-digits"
done

# What a random search proposes does not hang on how many trials are in flight,
# which is without end when the spec does not say.
functions_spec random auto
sed -i 's/sleep: 0.01/sleep: 0.002/; s/, parallel: 4//' auto.yaml
same_for_workers auto
cp 1.answer auto.answer
answer_of random random-1.db >fixed.answer
expect_same fixed.answer auto.answer "random points are the same for any parallel"

# A study keeps the parallel it was created with, whoever continues it. Where results
# count it is 1 + workers / folds when the spec does not say.
functions_spec tpe four
sed -i 's/sleep: 0.01/sleep: 0.002/; s/parallel/initial: 8, parallel/' four.yaml
sed 's/, parallel: 4//' four.yaml >moved.yaml
try run four.yaml --db four.db --workers 2 -q
answer_of four four.db >four.answer
try run moved.yaml --db moved.db --workers 8 --trials 10 -q
try resume moved --db moved.db --workers 1 --trials 48 -q
expect_status 0
expect_number "SELECT parallel FROM study" 4 "parallel is kept" moved.db
answer_of moved moved.db >moved.answer
expect_same four.answer moved.answer "a study continued with fewer workers"
finish
