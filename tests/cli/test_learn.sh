#!/bin/sh
# A new search learns from earlier ones: search.learn_from.
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

# spec NAME SEED FUNCTION SEARCH
spec() {
    cat >"$1.yaml" <<SPEC
study: $1
seed: $2
objective: {function: $3}
space: {x1: {type: float, low: -5, high: 10}, x2: {type: float, low: 0, high: 15}}
search: {$4}
SPEC
}

# count SQL NUMBER NAME
count() {
    "$HONE" sql "$1" --format csv >out 2>err
    [ "$(tail -n 1 out)" = "$2" ]
    result $? "$3"
}

spec early 1 branin "method: gp, trials: 12"
try run early.yaml -q
expect_status 0

spec same 2 branin "method: gp, trials: 5, learn_from: early"
try run same.yaml -q
expect_status 0
count "SELECT count(*) FROM trial JOIN study ON study.id = trial.study
    WHERE study.name = 'same' AND part = 'import'" 12 "results of the same objective are history"
count "SELECT count(*) FROM same" 17 "... and no part of the budget"
count "SELECT count(*) FROM trial JOIN study ON study.id = trial.study
    WHERE study.name = 'same' AND part = 'model'" 4 "... that the model learns from at once"
"$HONE" trials early --columns x1,x2,value --format csv >early.csv
"$HONE" trials same --where 'number < 12' --columns x1,x2,value --format csv >same.csv
cmp -s early.csv same.csv
result $? "... to the last bit"

spec other 3 rosenbrock "method: gp, trials: 8, learn_from: [early]"
try run other.yaml -q
expect_status 0
"$HONE" trials early --sort value --limit 3 --columns x1,x2 --format csv >best.csv
"$HONE" trials other --where 'number < 3' --columns x1,x2 --format csv >first.csv
cmp -s best.csv first.csv
result $? "the three best points of another objective are tried first"
count "SELECT count(*) FROM other" 8 "... within the budget"

try resume other
expect_status 0
count "SELECT count(*) FROM other" 8 "it learns once"

for workers in 1 3; do
    rm -f two.db two.db-*
    for file in early same; do
        "$HONE" run $file.yaml -q --db two.db --workers $workers >/dev/null 2>&1
    done
    "$HONE" trials same --db two.db --columns number,x1,x2,value --format csv >"same.$workers"
done
sed -i 's/method: gp, trials: 5/&, parallel: 2/' same.yaml
for workers in 1 3; do
    "$HONE" delete same --yes --db two.db >/dev/null 2>&1
    "$HONE" run same.yaml -q --db two.db --workers $workers >/dev/null 2>&1
    "$HONE" trials same --db two.db --columns number,x1,x2,value --format csv >"same.$workers"
done
cmp -s same.1 same.3 && [ "$(wc -l <same.1)" -eq 18 ]
result $? "what it proposes is the same with 1 and 3 workers"

# Of processes that begin a search together one learns, for all: the search is the same
# as that of one alone.
"$HONE" run early.yaml -q --db early.db >out 2>err
columns=number,part,x1,x2,value
for study in same other; do
    cp early.db alone.db
    "$HONE" run $study.yaml -q --db alone.db --workers 1 >out 2>err
    "$HONE" trials $study --db alone.db --columns $columns --format csv >alone
    for round in 1 2 3; do
        cp early.db crowd.db
        for engine in 1 2 3; do
            "$HONE" run $study.yaml -q --db crowd.db --workers 1 >$engine.out 2>$engine.err &
        done
        wait
        cat ./?.err >err
        "$HONE" trials $study --db crowd.db --columns $columns --format csv >out
        cmp -s alone out && [ ! -s err ]
        result $? "three processes, '$study', round $round: they learn once"
    done
done

spec lost 4 branin "method: gp, learn_from: nowhere"
try run lost.yaml
expect_status 2
expect_err ": search.learn_from: there is no study 'nowhere'"
try show lost
expect_status 2

spec blind 5 branin "method: random, learn_from: early"
try check blind.yaml
expect_status 2
expect_err "blind.yaml:5:38: search.learn_from: method 'random' looks at no results"

# Studies that learnt from one another have trials in common: each is taken once.
spec chain 6 branin "method: gp, trials: 2, learn_from: [same, early, same]"
try run chain.yaml -q
count "SELECT count(*) FROM trial JOIN study ON study.id = trial.study
    WHERE study.name = 'chain' AND part = 'import'" 17 "a chain of studies: each result once"
spec points 7 rosenbrock "method: gp, trials: 8, learn_from: [early, early]"
try run points.yaml -q
count "SELECT count(*) FROM trial JOIN study ON study.id = trial.study
    WHERE study.name = 'points' AND part = 'queue'" 3 "... and each point"

# Equal results of one study are repeated measurements: all of them count.
cat >repeated.yaml <<'SPEC'
study: repeated
objective: {direction: minimize}
space: {k: [p, q]}
search: {method: random, trials: 10}
SPEC
for number in 0 1 2 3 4 5 6 7 8 9; do
    printf '{"op":"ask"}\n{"op":"tell","trial":%s,"value":%s}\n' $number $((number == 3))
done | "$HONE" pipe repeated.yaml -q >out
sed -e 's/study: repeated/study: taught/' -e 's/method: random, trials: 10/trials: 1, learn_from: repeated/' \
    repeated.yaml >taught.yaml
echo '{"op":"ask"}' | "$HONE" pipe taught.yaml -q >out
count "SELECT count(*) FROM trial JOIN study ON study.id = trial.study
    WHERE study.name = 'taught' AND part = 'import'" 10 "repeated results of one study"

# What was learnt is the study's own: it goes on without the one it came from.
try delete early --yes
expect_status 0
try resume same
expect_status 0
expect_err "study 'same' is finished"
try resume same --trials +2
expect_status 0
count "SELECT count(*) FROM same" 19 "... with two trials more"

finish
