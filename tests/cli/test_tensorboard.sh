#!/bin/sh
# Folders for TensorBoard: by export, and as the search goes. tests/interop has
# TensorBoard itself read one.
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

flowers_spec
try run flowers.yaml -q --tensorboard live
expect_status 0
[ "$(find live -type f | wc -l)" -eq $((1 + 6 + 18)) ]
result $? "$what: a file for the study, each trial and each fold"
try export flowers --to tensorboard exported
expect_status 0
expect_silence
diff -r live exported >err
result $? "what is written live is what is exported"
grep -q 'brain.Event:2' exported/flowers/0/events.out.tfevents.*
result $? "a trial's file is one of events"
grep -q 'loss/train' exported/flowers/0/fold-2/events.out.tfevents.*
result $? "a fold's file has its losses"

# What a program told are values, and no losses.
told_spec
try run told.yaml -q --tensorboard told
grep -q 'value/steps' told/told/0/fold-0/events.out.tfevents.* &&
    ! grep -q loss told/told/0/fold-0/events.out.tfevents.*
result $? "$what: a fold's file has the values that were told"

# What is there is written over when that is wanted, and to the same names.
try export flowers --to tensorboard exported
expect_status 2
expect_err "--force"
try export flowers --to tensorboard exported --force
expect_status 0
diff -r live exported >err
result $? "written over, it is the same"

# A session without the folder leaves gaps; the next one fills them.
try run flowers.yaml -q --db gaps.db --trials 3
try resume flowers -q --db gaps.db --trials 6 --tensorboard gaps
expect_status 0
[ "$(find gaps -name 'fold-*' -type d | wc -l)" -eq 18 ]
result $? "$what: trials of earlier sessions are there"

# Failed trials, names that are none of a file, and a study that leads nowhere else.
cat >odd.yaml <<'SPEC'
study: ..
seed: 1
objective: {direction: minimize, command: [sh, -c, 'test "$HONE_PARAM_n" != 2 && echo 1']}
space: {"a/../b": [x, "\e[1m", [1, 2]], n: {type: int, low: 1, high: 2}}
search: {method: grid}
SPEC
try run odd.yaml -q --db odd.db --tensorboard odd
expect_status 0
[ -d odd/_.. ] && [ "$(find odd -type f | wc -l)" -eq 13 ]
result $? "$what: all is within the folder"

# A folder that cannot be made is told before any trial runs.
echo >file
try run flowers.yaml -q --db none.db --tensorboard file/board
expect_status 1
expect_err "file"
try studies --db none.db --format csv
expect_out 'flowers,stopped,0,'

# Who has to wait for another process says so all the same.
cat >held.yaml <<'SPEC'
objective: {direction: minimize, command: [sh, -c, 'until [ -e go ]; do sleep 0.02; done; echo {x}']}
space: {x: {type: int, low: 1, high: 9}}
search: {method: gp, trials: 2, parallel: 1}
SPEC
"$HONE" run held.yaml --db held.db -q >first.out 2>&1 &
until "$HONE" trials held --db held.db --format csv 2>none | grep -q running; do sleep 0.02; done
"$HONE" run held.yaml --db held.db --tensorboard held >out 2>err &
tries=0
until grep -q 'nothing to begin here' err || [ $tries -eq 500 ]; do
    tries=$((tries + 1))
    sleep 0.02
done
: >go
wait
what="hone run --tensorboard beside another process"
expect_err 'hone: other processes run 1 trial of study'

# One that fails later costs the record nothing.
if [ "$(id -u)" -ne 0 ]; then
    mkdir -p locked/flowers
    chmod 500 locked/flowers
    try run flowers.yaml -q --db locked.db --tensorboard locked
    expect_err "locked"
fi

finish
