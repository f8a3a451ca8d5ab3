#!/bin/sh
# hone fit
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

flowers_spec
try run flowers.yaml -q
try fit flowers
expect_status 2
expect_err "-o MODEL names the file"
try fit flowers -o best.json
expect_status 0
expect_out "(the best)"
expect_out "(accuracy, cross-validation)"
expect_out "trained on 150 rows"
cp best.json out
what="the model"
expect_json
expect_json_at '$.format' 'hone model'
expect_json_at '$.provenance.study' flowers
expect_json_at '$.provenance.rows' 150
expect_json_at '$.classes[2]' virginica
expect_json_at '$.features[3].column' petal_width
expect_json_at '$.score.test' null
expect_json_at '$.provenance.data_sha256' "$(sha256sum "$TESTS/data/iris.csv" | cut -d' ' -f1)"
expect_json_at '$.provenance.spec_sha256' "$(sha256sum flowers.yaml | cut -d' ' -f1)"

# The same study makes the same bytes; what was there is replaced as a whole.
echo old >again.json
try fit flowers -o again.json -q
expect_silence
cmp -s best.json again.json
result $? "fitted again: the same bytes"
[ "$(find . -name '*.json*' | wc -l)" -eq 2 ]
result $? "no other file is left"
best=$(sqlite3 hone.db "SELECT number FROM \"flowers\" ORDER BY value DESC, number LIMIT 1")
other=$(((best + 1) % 6))
try fit flowers --trial "$other" -o one.json
expect_out "trial   $other"
cmp -s best.json one.json
[ $? -eq 1 ]
result $? "another trial: another model"

try fit flowers --trial 99 -o none.json
expect_status 2
expect_no_file none.json
try fit flowers --trial one -o none.json
expect_status 2
try fit flowers -o nowhere/none.json
expect_status 2
expect_err "nowhere/none.json"
mkdir folder
try fit flowers -o folder
expect_status 2
expect_err "no regular file"
cat >chance.yaml <<SPEC
seed: 1
data: {csv: $TESTS/data/iris.csv}
cv: {folds: 3}
objective: {model: mlp, metric: log_loss, epochs: 4}
space:
  learning_rate: {type: float, low: 1e-3, high: 1e-1, log: true}
  batch_size: {type: int, low: 8, high: 64, log: true}
search: {method: gp, trials: 20}
SPEC
try run chance.yaml -q
best=$(sed -n 's/^best *trial \([0-9]*\).*/\1/p' out)
try fit chance -o chance.json
expect_out_line "trial   $best (the best)"
small_spec
try run small.yaml -q
try fit small -o none.json
expect_status 2
expect_err "searches no built-in model"

# The score on a test set stands beside that of cross-validation.
cat >held.yaml <<SPEC
data: {csv: $TESTS/data/diabetes.csv, test: $TESTS/data/diabetes.csv}
objective: {model: linear, epochs: 5}
space: {learning_rate: [0.01]}
search: {method: random, trials: 1}
SPEC
try run held.yaml -q
try fit held -o held.json
expect_out "test    rmse "
expect_out " on 442 rows that the search never saw"
cp held.json out
what="the model of a regression"
expect_json_at '$.task' regression
expect_json_at '$.layers[0].outputs' 1

finish
