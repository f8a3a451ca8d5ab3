#!/bin/sh
# hone trials
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

flowers_spec
try run flowers.yaml -q
expect_status 0

try trials flowers
expect_status 0
expect_lines 7
expect_out "number  state"

try trials flowers --format csv
expect_lines 7
expect_out_line "number,state,value,stderr,optimizer,momentum,learning_rate,batch_size,hidden,activation,seconds,started,finished,error"
expect_out '0,complete,'

try trials flowers --format json
expect_json
expect_json_at '$[0].number' 0
expect_json_at '$[0].state' complete
expect_json_at '$[0].params.activation' relu
expect_json_at '$[0].params.optimizer' adam
expect_json_at '$[0].params.momentum' null
expect_json_at '$[0].params.hidden' '[4]'
expect_json_at '$[0].error' null
expect_json_at '$[0].folds[2].fold' 2
grep -q '^{"number":0,"state":"complete","value":[0-9.e-]*,"stderr":[0-9.e-]*,"params":{"optimizer":"adam",.*},"folds":\[{"fold":0,"value":[0-9.e-]*,"seconds":[0-9.e-]*},.*\],"metrics":{.*},"started":"20[0-9-]*T[0-9:.]*Z","finished":"20[0-9-]*T[0-9:.]*Z","seconds":[0-9.e-]*,"error":null},$' out
result $? "$what: keys in their order"
grep -q '"params":{[^}]*"momentum":' out && ! grep '"optimizer":"adam"' out | grep -q '"momentum"'
result $? "$what: inactive parameters are absent"

# The CSV's numbers read back to the bits that the database has.
try trials flowers --format csv --columns number,value,learning_rate
cp out fromcsv
sqlite3 -csv -header hone.db 'SELECT number, printf("%!.17g", value) AS v, printf("%!.17g", learning_rate) AS r FROM "flowers" ORDER BY number' >fromdb
printf 'CREATE TABLE a(n, v REAL, r REAL); CREATE TABLE b(n, v REAL, r REAL);\n.mode csv\n.import --skip 1 fromcsv a\n.import --skip 1 fromdb b\nSELECT count(*) FROM a JOIN b USING (n, v, r);\n' |
    sqlite3 :memory: >same
[ "$(cat same)" -eq 6 ]
result $? "$what: numbers are exact"

try trials flowers --limit 2 --sort -value --columns number,value --format csv
expect_lines 3
expect_out_line "number,value"
try trials flowers --where 'number < 2 and state = complete' --format csv
expect_lines 3
try trials flowers --where 'optimizer = momentum' --format csv --columns optimizer
! grep -q adam out
result $? "$what: only those"
try trials flowers --where 'number > 100' --format csv
expect_lines 1
try trials flowers --where 'number > 100' --format json
expect_out_line "[]"
try trials flowers --columns number,hidden --format json
expect_json
expect_json_at '$[0].hidden' '[4]'

try trials flowers --where 'nonsense <'
expect_status 2
try trials flowers --where "number < 1; DROP TABLE trial"
expect_status 2
try trials flowers --sort nonsense
expect_status 2
try trials flowers --columns number,valeu
expect_status 2
expect_err "did you mean 'value'?"
try trials flowers --limit 0
expect_status 2
try trials flower
expect_status 2
expect_err "flowers"
try trials flowers --db nothing.db
expect_status 2
expect_no_file nothing.db
try trials
expect_status 2

"$HONE" trials flowers --format json >/dev/full 2>err
status=$?
what="hone trials >/dev/full"
: >out
expect_status 1
expect_err "No space left on device"

"$HONE" trials flowers 2>err | head -n 1 >out
[ ! -s err ]
result $? "a reader who leaves is no error"

# A parameter goes before what we call so, wherever it has its own name.
try run -p mean=0.25,0.5 -p part=a,b --study words --trials 4 -q -- echo 1
try trials words --where 'mean < 0.3' --columns number,mean --format csv
expect_status 0
expect_lines 3
[ "$(grep -c ',0.25$' out)" -eq 2 ]
result $? "$what: the parameter is shown that is asked for"
try trials words --columns part --format csv
[ "$(sort -u out | tr '\n' ' ')" = 'a b part ' ]
result $? "$what: the parameter"

finish
