#!/bin/sh
# hone run
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

small_spec
try run small.yaml
expect_status 0
expect_out "best    trial"
expect_err "study 'small' is finished: all trials asked for are done"

try run small.yaml
expect_status 0
expect_err "study 'small' is finished: all 8 trials are done; nothing was run"

try run small.yaml --trials 10 --quiet --format json
expect_status 0
expect_json
[ ! -s err ]
result $? "$what: --quiet tells nothing"
try sql 'SELECT count(*) AS n FROM "small"' --format csv
expect_out_line 10

sed 's/high: 10}/high: 9}/' small.yaml >changed.yaml
echo 'study: small' >>changed.yaml
try run changed.yaml
expect_status 3
[ "$(tail -n 1 err)" = "space.x1.high was 10, is 9" ]
result $? "$what: tells the difference, and no empty line"
try sql 'SELECT count(*) AS n FROM "small"' --format csv
expect_out_line 10

# Another budget or timeout is no difference.
sed 's/trials: 8/trials: 11, timeout: 1h/' small.yaml >longer.yaml
echo 'study: small' >>longer.yaml
try run longer.yaml
expect_status 0

# The database: flag, environment, here.
try run small.yaml --db other.db -q
expect_status 0
[ -e other.db ]
result $? "--db names the database"
HONE_DB=named.db "$HONE" run small.yaml -q >out 2>err
[ -e named.db ]
result $? "HONE_DB names the database"

# Nothing is created when something is wrong.
printf 'objective: {function: branin}\nspace: {x1: 1}\n' >bad.yaml
try run bad.yaml --db none.db
expect_status 2
expect_no_file none.db
try run missing.yaml --db none.db
expect_status 2
expect_err "'missing.yaml': No such file or directory"
expect_no_file none.db
flowers_spec
sed 's/iris.csv/nothing.csv/' flowers.yaml >nodata.yaml
try run nodata.yaml --db none.db
expect_status 2
expect_err "nothing.csv: No such file or directory"
expect_no_file none.db
mkfifo pipe.yaml
try run pipe.yaml --db none.db
expect_status 2
expect_err "is not a regular file"
try run . --db none.db
expect_status 2
try run small.yaml --db no/such/folder.db
expect_status 1

# Without a file.
try run -p x1=-5:10 -p x2=float:0:15 --function branin --trials 5 --seed 3 --study tried
expect_status 0
try resume tried --trials +2
expect_status 0
try sql 'SELECT count(*) AS n FROM "tried"' --format csv
expect_out_line 7
try run -p lr=log:1 -p =3 --function branin --db none.db
expect_status 2
expect_err "command line:1:1: lr: 'log:1' is no range"
expect_err "command line:1:1: -p: '=3' names no range"
expect_no_file none.db
try run
expect_status 2
expect_err "what should be run?"
try run -p x=0:1
expect_status 2
expect_err "what should be run with these parameters?"
try run small.yaml --method sobol
expect_status 2
expect_err "either a spec or --method, not both"
try run small.yaml -- echo 1
expect_status 2

# No trial completed: every point fails, for the rate lets the weights run away.
cat >diverges.yaml <<SPEC
data: {csv: $TESTS/data/diabetes.csv}
cv: {folds: 2}
objective: {model: linear, epochs: 20, optimizer: sgd, weight_decay: 0}
space: {learning_rate: {type: float, low: 1000, high: 100000, log: true}}
search: {method: random, trials: 2, first: none}
SPEC
try run diverges.yaml
expect_status 1
expect_err "no trial completed; trial 1 failed: "

try run small.yaml --workers 0
expect_status 2
try run small.yaml --db full.db --study x
expect_status 2

"$HONE" run small.yaml --db full.db >/dev/full 2>err </dev/null
status=$?
what="hone run >/dev/full"
: >out
expect_status 1
expect_err "standard output: No space left on device"

# The same trials from any number of workers.
flowers_spec
for workers in 1 2 5; do
    echo 'search: {method: random, trials: 6, parallel: 2}' >parallel.part
    { grep -v '^search' flowers.yaml; cat parallel.part; } >same.yaml
    try run same.yaml --db workers$workers.db --workers $workers -q
    expect_status 0
    try trials same --db workers$workers.db --format csv \
        --columns number,state,value,stderr,optimizer,momentum,learning_rate,batch_size,hidden
    cp out trials$workers
done
cmp -s trials1 trials2 && cmp -s trials1 trials5
result $? "1, 2 and 5 workers give the same trials"

# The classes are called by their names, and go with their study.
flowers_spec
try run flowers.yaml -q --trials 1
try sql "SELECT value_json FROM study_user_attributes JOIN study ON study.id = study_id WHERE name = 'flowers' AND \"key\" = 'classes'" --format csv
expect_out '""setosa"", ""versicolor"", ""virginica""'
try delete flowers --yes
try sql "SELECT count(*) AS n FROM study_user_attributes" --format csv
expect_out_line 0

# A search may end by itself, where its method has a model that can tell.
cat >enough.yaml <<'SPEC'
seed: 1
objective: {function: sphere}
space: {x: {type: float, low: -5, high: 5}}
search: {trials: 300, stop: auto}
SPEC
try run enough.yaml
expect_status 0
expect_err "study 'enough' is finished: what may yet be gained is below the noise of a trial"
try studies --format csv
grep -q '^enough,finished,' out
result $? "enough: it is finished in the list of studies"
try watch enough
expect_err "study 'enough' is finished"
try run enough.yaml # nothing more
expect_status 0
try sql 'SELECT count(*) < 300 FROM enough' --format csv
expect_out_line 1
sed 's/stop: auto/stop: auto, method: tpe/' enough.yaml >blind.yaml
try check blind.yaml
expect_status 2
expect_err "blind.yaml:4:29: search.stop: method 'tpe' cannot tell what is to be gained yet"

finish
