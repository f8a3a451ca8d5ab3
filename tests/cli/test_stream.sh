#!/bin/sh
# Intermediate values of what runs: seen at once by whoever looks, and never left
# behind by a run that was cut off.
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

# A program that tells of two steps, waits for the file `go`, and tells of a third. What
# it tells is said in the file `told`. As trial 1 it tells of all at once.
cat >train.sh <<'SCRIPT'
told=$(cat told)
echo "{\"step\": 1, \"value\": $told}"
echo "{\"step\": 2, \"value\": $told}"
until [ -e go ] || [ "$HONE_TRIAL" = 1 ]; do sleep 0.02; done
echo "{\"step\": 3, \"value\": $told}"
[ "$HONE_TRIAL" = 1 ] || sh answer || exit 1
echo "$1"
SCRIPT
cat >steps.yaml <<'SPEC'
seed: 1
objective: {direction: minimize, command: [sh, train.sh, "{x}"]}
space: {x: {type: int, low: 1, high: 2}}
search: {method: grid, parallel: 1}
SPEC
: >answer

# start_run DB VALUE: runs until what the first trial tells is in the database.
start_run() {
    rm -f go
    echo "$2" >told
    "$HONE" run steps.yaml --db "$1" -q --tensorboard "$1.board" >run.out 2>&1 &
    run=$!
    wait_for_points "$1" 2
}

# wait_for_points DB COUNT: until the curves of the study have so many points.
wait_for_points() {
    tries=0
    until [ "$(sqlite3 -readonly "$1" 'SELECT count(*) FROM curve' 2>/dev/null)" = "$2" ]; do
        tries=$((tries + 1))
        [ $tries -lt 400 ] || return 1
        sleep 0.02
    done
}

# end_run: lets the program go on, and waits for the run.
end_run() {
    : >go
    wait "$run"
}

# expect_sound DB: nothing is wrong with the file.
expect_sound() {
    try db check --db "$1"
    expect_status 0
}

# expect_curve DB TRIAL POINTS: step and value of each point, in SQL.
expect_curve() {
    "$HONE" sql "SELECT c.epoch || ':' || c.valid_loss AS point FROM curve c
        JOIN trial t ON t.id = c.trial WHERE t.number = $2 ORDER BY c.epoch" --db "$1" \
        --format csv >out 2>err
    [ "$(tail -n +2 out | tr '\n' ' ')" = "$3" ]
    result $? "$1: the curve of trial $2 is $3"
}

# ---- While it runs ----

start_run live.db 0.5
result $? "points are in the database while their trial runs"
try show steps 0 --db live.db
expect_status 0
expect_out 'state     running'
expect_out 'fold 0: step 2, value 0.5'
try show steps 0 --db live.db --format json
expect_json_at '$.curves[1].step' 2
expect_json_at '$.curves[1].value' 0.5
expect_curve live.db 0 '1:0.5 2:0.5 '
sqlite3 -readonly live.db "SELECT t.state, i.step, i.intermediate_value FROM trials t
    JOIN trial_intermediate_values i USING (trial_id) ORDER BY i.step" >out
what="Optuna's view of a trial that runs"
expect_out_is <<'ROWS'
RUNNING|1|0.5
RUNNING|2|0.5
ROWS
try plot curves steps --db live.db
expect_status 0
expect_out 'learning curves of 1 that runs (dashed)'
expect_out 'class="dash"'
try report steps --db live.db -o live.html
expect_status 0
grep -q '"curves":{"0":{"mean":\[0.5,0.5\]}}' live.html
result $? "the report has the curve so far"
grep -q 'value/steps' live.db.board/steps/0/fold-0/events.out.tfevents.*
result $? "TensorBoard has the curve so far"
# Only the terminal's foreground job draws; timeout alone would make it another one.
script -qefc "stty cols 80 rows 24; env -u NO_COLOR TERM=xterm LANG=C.UTF-8 \
    timeout --foreground 1 '$HONE' watch steps --db live.db" /dev/null >raw 2>err </dev/null
tr '\r' '\n' <raw | sed "s/$(printf '\033')\[[0-9;]*[mKJA]//g" >out
what="hone watch"
expect_out 'running  trial 0  step 2, '
expect_sound live.db
end_run
expect_curve live.db 0 '1:0.5 2:0.5 3:0.5 '
expect_curve live.db 1 '1:0.5 2:0.5 3:0.5 '
expect_sound live.db
try export steps --db live.db --to tensorboard exported
diff -r live.db.board exported >err
result $? "what was written while it ran is what is exported"

# ---- Cut off ----

# Killed: what its run told is not mixed with what the next one tells.
start_run killed.db 0.5
kill -KILL $run
wait $run 2>/dev/null
try show steps 0 --db killed.db
expect_out 'fold 0: step 2, value 0.5'
expect_sound killed.db
echo 0.25 >told
: >go
try resume steps --db killed.db -q
expect_status 0
expect_curve killed.db 0 '1:0.25 2:0.25 3:0.25 '
expect_sound killed.db

# Interrupted twice: it waits, without points.
start_run cut.db 0.5
interrupt $run
interrupt $run
wait $run
[ $? -eq 130 ]
result $? "two interrupts end the run"
try show steps 0 --db cut.db
expect_out 'state     waiting'
expect_curve cut.db 0 ''
expect_sound cut.db

# ---- Failed ----

# It ends without a value: what it told stays.
start_run failed.db 0.5
echo 'echo none; exit 1' >answer
end_run
try show steps 0 --db failed.db
expect_out 'state     failed'
expect_curve failed.db 0 '1:0.5 2:0.5 3:0.5 '
expect_sound failed.db

# It is started again: the curve is of the last attempt.
cat >again.yaml <<'SPEC'
seed: 1
objective:
  direction: minimize
  retries: 1
  command:
    - sh
    - -c
    - 'if [ ! -e second ]; then
         : >second; echo "{\"step\": 1, \"value\": 9}"; echo "{\"step\": 2, \"value\": 9}";
         until [ -e go ]; do sleep 0.02; done; exit 1;
       fi;
       echo "{\"step\": 1, \"value\": 0.5}"; echo {x}'
space: {x: [1]}
search: {method: grid}
SPEC
rm -f go
"$HONE" run again.yaml --db again.db -q >run.out 2>&1 &
run=$!
wait_for_points again.db 2
result $? "the points of the first attempt are there"
end_run
expect_curve again.db 0 '1:0.5 '
expect_sound again.db

# ---- Told ----

# A reported value is there when its answer is.
cat >talk.yaml <<'SPEC'
seed: 1
objective: {direction: minimize}
space: {x: {type: float, low: 0, high: 1}}
search: {method: random, trials: 2}
SPEC
mkfifo to from
"$HONE" pipe talk.yaml --db talk.db <to >from 2>err &
pipe=$!
exec 3>to 4<from
for line in '{"op":"ask"}' '{"op":"report","trial":0,"step":3,"value":0.5}'; do
    echo "$line" >&3
    read -r answer <&4
done
[ "$answer" = '{"prune":false}' ]
result $? "a report is answered"
expect_curve talk.db 0 '3:0.5 '
kill -KILL $pipe
exec 3>&- 4<&-
wait $pipe 2>/dev/null
printf '%s\n' '{"op":"ask"}' '{"op":"report","trial":0,"step":1,"value":0.25}' \
    '{"op":"tell","trial":0,"value":1}' >lines
"$HONE" pipe talk.yaml --db talk.db <lines >out 2>err
expect_curve talk.db 0 '1:0.25 '
expect_sound talk.db

finish
