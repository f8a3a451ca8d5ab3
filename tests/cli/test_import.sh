#!/bin/sh
# hone import: CSV, JSON, Optuna's SQLite, another database of hone
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

flowers_spec
try run flowers.yaml -q
try export flowers --to csv flowers.csv
try export flowers --to json flowers.json
try export flowers --to optuna flowers.db
cp hone.db flowers-hone.db

# The same trials come back from each form: points, values, folds, in their order.
sed -e 's/^seed: 1/seed: 2/' -e 's/trials: 6/trials: 3/' flowers.yaml >other.yaml
points="SELECT state, value, optimizer, momentum, learning_rate, batch_size, hidden FROM"
"$HONE" sql "$points flowers ORDER BY number" --format csv >rows
"$HONE" sql "SELECT f.value FROM fold f JOIN trial t ON t.id = f.trial
    ORDER BY t.number, f.fold" --format csv >folds
for file in flowers.csv flowers.json flowers.db flowers-hone.db; do
    rm -f new.db new.db-*
    try run other.yaml -q --db new.db
    try import other "$file" --db new.db
    expect_status 0
    expect_out_line "imported 6 of 6 trials, as 3 to 8"
    "$HONE" sql "$points other WHERE number >= 3 ORDER BY number" --format csv --db new.db >out
    cmp -s rows out
    result $? "$file: the points and values are the same to the last bit"
    "$HONE" sql "SELECT f.value FROM fold f JOIN trial t ON t.id = f.trial WHERE t.number >= 3
        ORDER BY t.number, f.fold" --format csv --db new.db >out
    cmp -s folds out
    result $? "$file: so are the folds"
    try import other "$file" --db new.db
    expect_out_line "imported 0 of 6 trials"
    expect_err "6 trials left out: imported before"
    try db check --db new.db
    expect_out "sound: 1 studies, 9 trials"
done

# Parameters that have names of other columns are known by what the export put behind them.
cat >named.yaml <<'SPEC'
seed: 1
objective: {function: sphere}
space:
  value: {type: float, low: -5, high: 10, default: 1}
  number: {type: float, low: 0, high: 15, default: 1}
  state: {type: float, low: 0, high: 15, default: 1}
search: {method: random, trials: 4}
SPEC
sed '1i study: again' named.yaml >again.yaml
columns='number,value,value_param,number_param,state_param'
try run named.yaml -q --db named.db
try export named named.csv --to csv --db named.db
try import again named.csv --spec again.yaml --db named.db
expect_out_line "imported 4 of 4 trials, as 0 to 3"
for study in named again; do
    "$HONE" trials $study --db named.db --format json |
        grep -o '"value":.*"params":{[^}]*}' >"of-$study"
    "$HONE" sql "SELECT $columns FROM $study ORDER BY number" --db named.db --format csv \
        >"columns-of-$study"
done
cmp -s of-named of-again
result $? "$what: values and points are the same"
cmp -s columns-of-named columns-of-again
result $? "$what: so are the columns of the view"
try trials named --format csv --columns "$columns" --db named.db
cmp -s columns-of-named out
result $? "$what: the same columns as in SQL"
try trials named --format csv --db named.db
expect_out 'number,state,value,stderr,value_param,number_param,state_param,seconds,'

# An empty text is a choice where the space has it, and no two columns are one parameter.
cat >pens.yaml <<'SPEC'
objective: {direction: minimize}
space: {pen: {type: categorical, choices: ["", l1, l2], default: l2}, lr: {type: float, low: 0, high: 1}}
SPEC
printf 'value,pen,lr\n1,,0.5\n2,l1,0.5\n' >pens.csv
try import pens pens.csv --spec pens.yaml --db pens.db
expect_out "imported 2 of 2 trials"
try sql "SELECT count(*) FROM pens WHERE pen = ''" --format csv --db pens.db
expect_out_line 1
printf 'value,lr,params_lr\n1,,0.5\n2,0.1,0.5\n' >pens.csv
try import pens pens.csv --spec pens.yaml --db pens.db
expect_status 2
expect_err "pens.csv:1: two columns hold parameter 'lr'; one should be left out"

# One column holds the values: the surest name counts, and of two alike neither is guessed.
# values_are HEADER ROW VALUE: of the trial that comes of it
values_are() {
    rm -f one.db
    printf '%s\n' "$1" "$2" >one.csv
    try import again one.csv --spec again.yaml --db one.db
    expect_status 0
    try trials again --format csv --columns value --db one.db
    expect_out_line "$3"
}
values_are 'number,value,number_param,value_coef' 0,1.5,2,77 1.5
values_are 'value_coef,value,number_param' 77,1.5,2 1.5
values_are 'values_0,values_1,number_param' 1.5,77,2 1.5
values_are 'value_loss,params_number' 1.5,2 1.5
values_are 'value,mean_test_score,number_param' 1.5,77,2 1.5
try import again one.csv --spec again.yaml --db one.db
expect_err "not in the space, left out: 'mean_test_score'"
for header in value,value value_loss,value_acc; do
    printf '%s\n' "$header" 1,2 >one.csv
    try import again one.csv --spec again.yaml --db one.db
    expect_status 2
    expect_err "one.csv:1: columns '${header%,*}' and '${header#*,}' both hold values; one should"
done

# They are trials of the study, but no part of its budget, nor computed here.
try trials other --where 'number >= 3' --columns part --format csv --db new.db
[ "$(sort -u out | tr '\n' ' ')" = "import part " ]
result $? "their part is import"
try verify other --db new.db
expect_out "9 folds of 3 trials"
try verify other 5 --db new.db
expect_status 2
expect_err "no fold that was run here for this trial"
try studies --format csv --db new.db
expect_out "other,finished,9,9,9,0,0,0," # 3 of its own, 6 that were imported
try resume other --db new.db -q
try sql 'SELECT count(*) FROM other' --format csv --db new.db
expect_out_line 9
try resume other --trials +2 --db new.db -q
try sql 'SELECT count(*) FROM other' --format csv --db new.db
expect_out_line 11
grep -q . out

# The best may be one of them; what is proposed follows from the history alone.
cat >told.json <<'JSON'
[{"params": {"x1": 3.14, "x2": 2.27}, "value": 0.4}, {"params": {"x1": -3.1, "x2": 12.3}, "value": 0.5},
 {"params": {"x1": 9.4, "x2": 2.5}, "value": 0.45}, {"params": {"x1": 0, "x2": 0}, "value": 55.6}]
JSON
small_spec
sed -i 's/random/gp/' small.yaml
for workers in 1 3; do
    rm -f gp.db gp.db-*
    try run small.yaml -q --db gp.db
    try import small told.json --db gp.db
    expect_status 0
    try resume small --trials +6 -q --db gp.db --workers $workers
    try best small --format json --db gp.db
    cp out "best$workers"
    "$HONE" sql 'SELECT number, x1, x2, value FROM small ORDER BY number' --format csv --db gp.db \
        >"points$workers"
done
try best small --db gp.db
expect_out "best    trial 8 (value, minimized, imported)"
cmp -s points1 points3
result $? "the same points whatever the workers"
[ "$(wc -l <points1)" -eq 19 ]
result $? "8 + 4 + 6 trials"
# It learned: the proposals after the import stay about the three basins that were told.
[ "$(sqlite3 gp.db 'SELECT avg(value) FILTER (WHERE number > 11) <
    avg(value) FILTER (WHERE number < 8) * 2 / 3 FROM small')" = 1 ]
result $? "the proposals are near what was told to be good"

# What does not fit is told, and the rest is taken.
cat >mixed.json <<'JSON'
{"trials": [{"number": 7, "params": {"x1": 1, "x2": 99}, "value": 3},
 {"number": 8, "params": {"x1": 2}, "value": 3},
 {"number": 9, "state": "running", "params": {"x1": 3, "x2": 3}, "value": null},
 {"number": 10, "state": "complete", "params": {"x1": 3, "x2": 3}, "value": null},
 {"number": 11, "state": "failed", "params": {"x1": 4, "x2": 3}, "error": "it burned"},
 {"number": 12, "params": {"x1": 5, "x2": 3, "host": "a"}, "value": 7.5}]}
JSON
try run small.yaml -q
try import small mixed.json
expect_status 0
expect_out_line "imported 2 of 6 trials, as 8 to 9"
expect_err "2 trials left out for 'x2'; trial 7: 99: it is outside the range"
expect_err "trial 9: it is not finished"
expect_err "trial 10: it has no finite value"
expect_err "not in the space, left out: 'host'"
try show small 8
expect_out "it burned"
try import small mixed.json -q
[ ! -s err ]
result $? "$what: says no more than the result"
try db check
expect_status 0

# Lists, truths and numbers as other programs write them; a default: for what is missing.
cat >shapes.yaml <<'SPEC'
objective: {direction: maximize}
space:
  hidden: [[32], [64, 64]]
  units: {type: int, low: 1, high: 64}
  flag: [true, false]
  word: ["1", two]
  rate: {type: float, low: 0, high: 1, step: 0.1, default: 0.5}
  fixed: 3
SPEC
cat >shapes.csv <<'CSV'
Number,State,Value,Param hidden,Param units,params_flag,param_word,other
0,Complete,0.5,"[64,64]",32.0,True,1,x
1,TrialState.COMPLETE,0.25,[32],7,false,two,
2,PRUNED,,[32],7,False,two,
3,FAIL,,[32],7,False,two,
4,COMPLETE,inf,[32],7,False,two,
CSV
try import shapes shapes.csv --spec shapes.yaml
expect_status 0
expect_out_line "imported 4 of 5 trials, as 0 to 3"
expect_err "4 trials did not name all parameters: the 'default:'"
expect_err "left out: 'other'"
try trials shapes --format csv --columns state,value,hidden,units,flag,word,rate,fixed
expect_out_is <<'END'
state,value,hidden,units,flag,word,rate,fixed
complete,0.5,"[64, 64]",32,true,1,0.5,3
complete,0.25,[32],7,false,two,0.5,3
pruned,,[32],7,false,two,0.5,3
failed,,[32],7,false,two,0.5,3
END

# JSON as hone writes it comes back whole, lists of numbers with it.
cat >betas.yaml <<'SPEC'
objective: {direction: minimize}
space:
  betas: [[0.9, 0.999], [0.8, 0.99], [1, 2.5e-7], {a: [0.1, ~, true, "x\"y"]}]
search: {method: grid}
SPEC
for number in 0 1 2 3; do
    printf '{"op":"ask"}\n{"op":"tell","trial":%s,"value":%s}\n' $number $number
done | "$HONE" pipe betas.yaml >out 2>err
try export betas --to json
cp out betas.json
try import betas2 betas.json --spec betas.yaml
expect_out_line "imported 4 of 4 trials, as 0 to 3"
"$HONE" trials betas --columns betas,value --format csv >out
"$HONE" trials betas2 --columns betas,value --format csv >expected
cmp -s out expected
result $? "betas2: the same choices and values"

# scikit-learn's scores: larger is better, so what is minimized changes its sign.
cat >sklearn.csv <<'CSV'
,mean_fit_time,param_x1,param_x2,params,split0_test_score,mean_test_score,rank_test_score
0,0.1,1.5,2.5,"{'x1': 1.5, 'x2': 2.5}",-4.25,-4.25,1
CSV
try import small sklearn.csv
expect_out_line "imported 1 of 1 trials, as 10 to 10"
try sql 'SELECT value, x1 FROM small WHERE number = 10' --format csv
expect_out_line "4.25,1.5"

# Optuna's study makes a study of its own, for hone pipe.
try import copy flowers.db --db copy.db
expect_status 0
expect_err "study 'copy' is new"
expect_out_line "imported 6 of 6 trials, as 0 to 5" # momentum is known to hang on the optimizer
"$HONE" sql "$points copy ORDER BY number" --format csv --db copy.db >out
cmp -s rows out
result $? "copy: the points and values are the same to the last bit"
try import copy flowers.json --db none/none.db
expect_status 2
try import nobody flowers.json
expect_status 2
expect_err "--spec SPEC.yaml makes one"
try import other flowers.json --spec shapes.yaml
expect_status 2

# Python writes Infinity among choices: such a list is no JSON, and no index says what it is.
cp flowers.db infinite.db
sqlite3 infinite.db "UPDATE trial_params SET distribution_json =
    replace(distribution_json, '\"choices\": [', '\"choices\": [Infinity, ') WHERE param_name = 'hidden'"
try import odd infinite.db
expect_status 2
expect_err "parameter 'hidden' has the distribution"
sed 's/^seed: 1/study: odd/' flowers.yaml >odd.yaml
try import odd infinite.db --spec odd.yaml
expect_status 2
expect_err "6 trials left out for 'hidden'"

# A study is not made for trials that cannot be had: the next spec may be another.
printf 'hidden,units,value\n[32],7,three\n' >bad.csv
try import late bad.csv --spec shapes.yaml
expect_status 2
printf 'hidden,units,value\n[32],700,3\n' >bad.csv
try import late bad.csv --spec shapes.yaml
expect_err "no trial of 'bad.csv' fits study 'late'"
try import late flowers.db --from nothing
expect_status 2
try studies --format csv --db "$PWD/hone.db"
! grep -q '^late,' out
result $? "late: it is not in the list of studies"
try import shapes bad.csv --spec shapes.yaml # it was there before: it stays
expect_status 2
try trials shapes --format csv --columns number
expect_lines 5

# Nothing half-way: a mistake in the last row leaves the study as it was.
before=$("$HONE" sql 'SELECT count(*) FROM trial' --format csv)
printf 'x1,x2,value\n1,2,3\n2,3,four\n' >bad.csv
try import small bad.csv
expect_status 2
expect_err "bad.csv:3: value: 'four' stands here; it should be a number"
printf 'x1,x2,value\n1,2\n' >bad.csv
try import small bad.csv
expect_err "bad.csv:2: it has 2 cells; the header has 3"
printf 'x1,x2\n1,2\n' >bad.csv
try import small bad.csv
expect_err "there is no column 'value'"
printf 'x1,value\n1,"2' >bad.csv
try import small bad.csv
expect_status 2
: >bad.csv
try import small bad.csv
expect_status 2
echo '[{"params": 3}]' >bad.json
try import small bad.json
expect_err 'trial 0 of the array: "params": it should be an object'
printf '\n \n' >bad.csv
try import small bad.csv
expect_status 2
! grep -q "'\[' or '{'" err
result $? "$what: it is no JSON"
echo '[{"params": {"number": 1}, "value": 1, "seconds": -5},
    {"params": {"number": 2}, "value": 1, "seconds": 1e300}]' >odd.json
try import again odd.json --spec again.yaml --db odd.db
expect_out "imported 2 of 2 trials"
try trials again --columns seconds --format csv --db odd.db
expect_out_is <<'END'
seconds
0
0
END
echo '[{"params": {}, "state": "done"}]' >bad.json
try import small bad.json
expect_err '"state": it should be complete'
echo '[{"params": {}},]' >bad.json
try import small bad.json
expect_status 2
expect_err "bad.json:1:"
echo '[{"params": {"x1": 90, "x2": 1}, "value": 1}]' >bad.json
try import small bad.json
expect_status 2
expect_err "no trial of 'bad.json' fits study 'small'"
try import small nothing.csv
expect_status 2
mkfifo pipe
try import small pipe
expect_status 2
expect_err "no regular file"
[ "$("$HONE" sql 'SELECT count(*) FROM trial' --format csv)" = "$before" ]
result $? "no trial came from any of these"

# Whose program would run: a view, a trigger's table, another schema.
sqlite3 evil.db "CREATE TABLE studies(study_id, study_name); INSERT INTO studies VALUES (1, 'x');
    CREATE TABLE study_directions(study_id, direction); CREATE TABLE trial_params(a);
    CREATE TABLE trial_values(a); CREATE TABLE trial_intermediate_values(a);
    CREATE VIEW trials AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
        SELECT i FROM n;"
try import small evil.db
expect_status 2
expect_err "it has no table 'trials'"
sqlite3 two.db ".read /dev/null"
cp flowers.db two.db
sqlite3 two.db "INSERT INTO studies VALUES (2, 'second'); INSERT INTO study_directions
    VALUES (2, 'MINIMIZE', 2, 0)"
try import small two.db
expect_status 2
expect_err "which study of 'two.db'? --from names it; there are 'flowers', 'second'"
try import small two.db --from flowers
expect_status 2
expect_err "is maximized, 'small' here is minimized"
try import small two.db --from third
expect_err "has no study 'third'"
sqlite3 two.db "INSERT INTO study_directions VALUES (3, 'MINIMIZE', 2, 1)"
try import small two.db --from second
expect_err "has 2 objectives"

# Killed at any moment, an import has happened or has not.
awk 'BEGIN { print "x1,x2,value"; for (i = 0; i < 30000; i++) print i / 3000 ",1," i }' >many.csv
before=$("$HONE" sql 'SELECT count(*) FROM small' --format csv | tail -n 1)
for delay in 0.05 0.1 0.2 0.4; do
    timeout -s KILL $delay "$HONE" import small many.csv -q >killed.out 2>&1
    after=$("$HONE" sql 'SELECT count(*) FROM small' --format csv | tail -n 1)
    [ "$after" = "$before" ] || [ "$after" = $((before + 30000)) ]
    result $? "killed after $delay s: all or none ($before, then $after)"
done
try db check
expect_status 0

# Not while it runs.
sed -e 's/epochs: 2/epochs: 60/' -e 's/trials: 6/trials: 20000/' flowers.yaml >long.yaml
"$HONE" run long.yaml -q >long.out 2>&1 &
search=$!
until [ "$(sqlite3 hone.db "SELECT count(*) > 2 FROM \"long\"" 2>sql.err)" = 1 ]; do
    sleep 0.05
done
try import long flowers.json
expect_status 1
expect_err "is being run by process"
kill -INT "$search"
wait "$search"
try import long flowers.json
expect_status 0

finish
