#!/bin/sh
# data: {test: FILE}: kept from the search, scored at its end
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

# Every fifth flower is kept away; other.csv has the same, all of another species.
awk 'NR == 1 || (NR - 2) % 5 == 4' "$TESTS/data/iris.csv" >test.csv
awk 'NR == 1 || (NR - 2) % 5 != 4' "$TESTS/data/iris.csv" >train.csv
sed 's/setosa/x/; s/versicolor/setosa/; s/virginica/versicolor/; s/x/virginica/' test.csv >other.csv
spec() {
    cat >"$1" <<SPEC
study: held
seed: 1
data: {csv: train.csv, test: $2}
cv: {folds: 3}
objective: {model: mlp, metric: accuracy, epochs: 40}
space:
  learning_rate: {type: float, low: 1e-3, high: 1e-1, log: true}
  hidden: [[4], [8, 4]]
search: {method: random, trials: 6}
SPEC
}
spec held.yaml kept.csv
cp test.csv kept.csv
try run held.yaml -q --db one.db
expect_status 0
expect_out " on 30 rows that the search never saw"
try trials held --db one.db --format json
sed -E 's/"(started|finished)":"[^"]*"//g; s/"seconds":[^,}]*//g' out >one
cp other.csv kept.csv
try run held.yaml -q --db two.db
try trials held --db two.db --format json
sed -E 's/"(started|finished)":"[^"]*"//g; s/"seconds":[^,}]*//g' out >two
cmp -s one two
result $? "another test set changes no trial"

try best held --db two.db --format json
expect_json
expect_json_at '$.test.rows' 30
others=$(sqlite3 :memory: "SELECT json_extract('$(cat out)', '\$.test.metrics.accuracy') < 0.4")
cp test.csv kept.csv
try best held --db two.db --format json
right=$(sqlite3 :memory: "SELECT json_extract('$(cat out)', '\$.test.metrics.accuracy') > 0.8")
[ "$others" = 1 ] && [ "$right" = 1 ]
result $? "the score is that of the test set"

# What is in the way is told; the rest stays.
mv kept.csv away.csv
try best held --db two.db
expect_status 0
expect_err "no score on the test set"
expect_out "best    trial"
mv away.csv kept.csv
echo >>train.csv
try best held --db two.db
expect_err "the data of study 'held' has changed"

# A test set that cannot be used is refused before the search.
spec bad.yaml bad.csv
refused() {
    try run bad.yaml -q --db bad.db
    expect_status 2
    expect_err "$1"
    expect_no_file bad.db
}
cut -d, -f1-3,5 test.csv >bad.csv
refused "no column"
sed '3s/^[^,]*/long/' test.csv >bad.csv
refused "bad.csv:3: column"
sed 's/setosa/tulip/' test.csv >bad.csv
refused "is of class 'tulip'"
head -n 1 test.csv >bad.csv
refused "no rows of data"
rm bad.csv
refused "data.test: $PWD/bad.csv: No such file"
cat >svm.yaml <<'SPEC'
data: {svmlight: a.svm, test: b.svm}
objective: {model: logistic}
search: {method: random, trials: 1}
SPEC
try check svm.yaml
expect_status 2
expect_err "data.test: it needs columns with names"

finish
