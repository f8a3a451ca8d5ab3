#!/bin/sh
# hone export: csv, json, scikit-learn's keys, Optuna's file
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

flowers_spec
try run flowers.yaml -q
try add flowers optimizer=momentum 'hidden=[8, 4]'

# Rows.
try export flowers --to csv
expect_status 0
expect_lines 8
head -n 1 out | tr ',' '\n' >columns
for column in number state value stderr momentum hidden fold_0 fold_2 metrics.accuracy part; do
    grep -qx "$column" columns
    result $? "$what: has the column $column"
done
expect_out '"[8, 4]"'
cp out to_stdout
try export flowers --to csv flowers.csv
expect_silence
cmp -s to_stdout flowers.csv
result $? "$what: the file holds what was said"
sqlite3 :memory: '.mode csv' '.import flowers.csv t' \
    "SELECT count(*), sum(abs((fold_0 + fold_1 + fold_2) / 3 - value) < 1e-12) FROM t WHERE state = 'complete'" >out
grep -qx '6,6' out
result $? "$what: means follow from the folds"
try export flowers --to csv flowers.csv
expect_status 2
expect_err "--force replaces it"
try export flowers --to csv -o flowers.csv --force
expect_status 0

# Objects: those of 'hone trials', and what proposed them.
try export flowers --to json
expect_json
expect_json_at '$[0].part' first
expect_json_at '$[6].part' queue
expect_json_at '$[6].state' waiting
sed -e 's/,"part":"[a-z]*"}/}/' out >without
try trials flowers --format json
cmp -s out without
result $? "$what: is the same but for the part"

# scikit-learn's lists: as many entries as finished trials, the best ranks first.
try export flowers --to cvresults
expect_json
for key in params param_momentum split0_test_score split2_test_score mean_test_score \
    std_test_score rank_test_score mean_fit_time std_fit_time; do
    text=$(cat out)
    [ "$(sqlite3 :memory: "SELECT json_array_length('$text', '\$.$key')")" = 6 ]
    result $? "$what: $key has six entries"
done
best=$("$HONE" best flowers --format json | sed 's/.*"number":\([0-9]*\).*/\1/')
expect_json_at "\$.rank_test_score[$best]" 1
[ "$(sqlite3 :memory: "SELECT count(*) FROM json_each('$(cat out)', '\$.rank_test_score') r
    JOIN json_each('$(cat out)', '\$.mean_test_score') m ON m.key = r.key
    WHERE r.value <> 1 + (SELECT count(*) FROM json_each('$(cat out)', '\$.mean_test_score') b
        WHERE b.value > m.value)")" = 0 ]
result $? "$what: ranks count what is better"

# What is minimized changes its sign; who has no value comes last.
cat >fails.yaml <<'SPEC'
seed: 1
objective: {command: [sh, -c, 'if [ "$1" = 2 ]; then exit 3; fi; echo "$1"', sh, "{x}"], direction: minimize}
space: {x: [3, 1, 2]}
search: {method: grid}
SPEC
try run fails.yaml -q --db fails.db
try export fails --to cvresults --db fails.db
expect_json_at '$.mean_test_score[0]' -3
expect_json_at '$.mean_test_score[2]' null
expect_json_at '$.rank_test_score[1]' 1
expect_json_at '$.rank_test_score[2]' 3

# Optuna's file: all thirteen tables are tables, and it is no WAL.
try export flowers --to optuna optuna.db
expect_status 0
expect_silence
ask() {
    what="optuna.db: $1"
    [ "$(sqlite3 optuna.db "$1")" = "$2" ]
    result $? "$what: $2"
}
ask "SELECT count(*) FROM sqlite_schema WHERE type = 'table'" 13
ask "SELECT count(*) FROM sqlite_schema WHERE type IN ('view', 'trigger')" 0
ask "PRAGMA journal_mode" delete
ask "PRAGMA foreign_key_check" ""
ask "PRAGMA integrity_check" ok
ask "SELECT version_num FROM alembic_version" v3.2.0.a
ask "SELECT direction FROM study_directions" MAXIMIZE
for table in studies trials trial_params trial_values trial_intermediate_values study_directions \
    study_system_attributes trial_system_attributes trial_user_attributes; do
    # Rows as the live database shows them, but for the ids of rows and the form of numbers.
    case $table in
    studies) columns='study_id, study_name' ;;
    trials) columns='trial_id, number, study_id, state, substr(datetime_start, 1, 23)' ;;
    trial_params) columns='trial_id, param_name, param_value, distribution_json' ;;
    trial_values) columns='trial_id, objective, value, value_type' ;;
    trial_intermediate_values) columns='trial_id, step, intermediate_value' ;;
    study_directions) columns='direction, study_id, objective' ;;
    study_system_attributes) columns='study_id, "key", value_json' ;;
    trial_system_attributes) columns='trial_id, "key", json_remove(value_json, "$.momentum", "$.learning_rate")' ;;
    trial_user_attributes) columns='trial_id, "key", CASE WHEN json_type(value_json) = "text"
        THEN value_json ELSE round(json_extract(value_json, "$"), 9) END' ;;
    esac
    [ "$table" != trial_user_attributes ] || table="$table WHERE trial_id < 7" # 7 waits there
    sqlite3 optuna.db "SELECT $columns FROM $table ORDER BY 1, 2" >theirs
    sqlite3 hone.db "SELECT $columns FROM $table ORDER BY 1, 2" >ours
    cmp -s theirs ours && [ -s ours ]
    result $? "optuna.db: $table holds what the live database shows"
done
cp optuna.db before.db
try export flowers --to optuna optuna.db
expect_status 2
cmp -s optuna.db before.db
result $? "$what: the file is as it was"

# MLflow's folder: a run a trial; the command that takes it into MLflow.
try export flowers --to mlflow runs
expect_status 0
expect_out_is <<'END'
mlflow migrate-filestore --source runs --target sqlite:///mlflow.db
END
[ "$(find runs -name metrics -type d | wc -l)" -eq 7 ]
result $? "$what: seven runs"
run=$(grep -lx "$("$HONE" best flowers --format json | sed 's/.*"value":\([^,]*\),"stderr.*/[0-9]* \1 0/')" \
    runs/*/*/metrics/value | head -n 1 | sed 's|/metrics/value||')
[ -n "$run" ] && [ "$(wc -l <"$run/metrics/fold")" -eq 3 ] &&
    [ "$(wc -l <"$run/metrics/train_loss.fold0")" -eq 2 ] && [ -s "$run/params/batch_size" ] &&
    grep -q '^status: 3$' "$run/meta.yaml" && [ "$(cat "$run/tags/hone.state")" = complete ]
result $? "$what: the best run has its value, folds, curves and parameters"
try export flowers --to mlflow "my runs"
expect_out_line "mlflow migrate-filestore --source 'my runs' --target sqlite:///mlflow.db"
told_spec
try run told.yaml -q
try export told --to mlflow told -q
[ "$(cut -d' ' -f2,3 told/*/*/metrics/value.fold0 | tr '\n' ,)" = '0.5 0,0.75 4,' ] &&
    [ -z "$(find told -name '*loss*')" ]
result $? "$what: what a program told are values, and no losses"
find runs -type f | sort | xargs cksum >before
try export flowers --to mlflow runs
expect_status 2
expect_err "has this study already"
try export flowers --to mlflow runs --force -q
expect_silence
find runs -type f | sort | xargs cksum >after
cmp -s before after
result $? "$what: an export that is repeated is the same"
try export flowers --to mlflow flowers.csv
expect_status 2
[ "$(find . -name '.hone-*' | wc -l)" -eq 0 ]
result $? "nothing is left beside the runs"

# Mistakes.
try export flowers
expect_status 2
expect_err "in which form? --to is one of csv, json, cvresults, optuna, mlflow"
try export flowers --to optnua o.db
expect_status 2
expect_err "did you mean optuna?"
try export flowers --to optuna
expect_status 2
expect_err "where to?"
try export flower --to csv
expect_status 2
expect_err "did you mean 'flowers'?"
try export flowers --to csv nowhere/flowers.csv
expect_status 2
try export flowers --to csv a.csv -o b.csv
expect_status 2
[ "$(find . -name '*.??????' | wc -l)" -eq 0 ]
result $? "no other file is left"

finish
