#!/bin/sh
# hone add
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

flowers_spec
try run flowers.yaml -q --trials 2
try add flowers learning_rate=0.05 'hidden=[8, 4]' optimizer=momentum
expect_status 0
expect_out_line "trial 2 is waiting"
grep -qxF "hone: 'hone resume flowers' tries it" err
result $? "$what: says what goes on, without the usual database"
try trials flowers --where 'state = waiting' --format json
expect_json_at '$[0].params.learning_rate' 0.05
expect_json_at '$[0].params.hidden' '[8,4]'
expect_json_at '$[0].params.momentum' 0.9
expect_json_at '$[0].value' null
try resume flowers -q
expect_status 0
try trials flowers --where 'number = 2' --format csv --columns state,learning_rate
expect_out_line complete,0.05

try add flowers lerning_rate=0.05 batch_size=1000 hidden=8 optimizer
expect_status 2
expect_err "lerning_rate: there is no such parameter; did you mean 'learning_rate'?"
expect_err "batch_size: "
expect_err "hidden: "
expect_err "optimizer: it should be NAME=VALUE"
try add flowers optimizer=adam momentum=0.9
expect_status 2
expect_err "momentum: it is not active at this point"
try add flowers optimizer=adam optimizer=adam
expect_status 2
try add nothing lr=1
expect_status 2
try add
expect_status 2
try sql 'SELECT count(*) AS n FROM "flowers"' --format csv
expect_out_line 3

# Quotes that are part of the command are not those around it.
mkdir "my dir"
cp hone.db "my dir/h.db"
try add flowers --db "my dir/h.db"
grep -qxF "hone: \`hone resume flowers --db 'my dir/h.db'\` tries it" err
result $? "$what: sets the command off from its quotes"

# A script is told the number.
try add flowers --format json
expect_out_line '{"trial":3}'
try add flowers --format csv
expect_out_is <<'CSV'
trial
4
CSV

finish
