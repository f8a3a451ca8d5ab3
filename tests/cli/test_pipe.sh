#!/bin/sh
# hone pipe: ask and tell
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

# pipe_spec NAME METHOD TRIALS DIRECTION
pipe_spec() {
    cat >"$1.yaml" <<SPEC
seed: 1
objective: {direction: $4}
space:
  lr: {type: float, low: 1e-5, high: 1e-1, log: true, default: 0.01}
  opt: [sgd, "a \"b\""]
  momentum: {type: float, low: 0, high: 1, when: {opt: sgd}}
  hidden: [[32], [64, 64]]
search: {method: $2, trials: $3}
SPEC
}

# say LINES: one session with these lines; answers are in out.
say() {
    what="hone pipe, $1"
    shift
    printf '%s\n' "$@" >lines
    "$HONE" pipe "$spec.yaml" <lines >out 2>err
    status=$?
}

# expect_answer N LINE
expect_answer() {
    [ "$(sed -n "$1p" out)" = "$2" ]
    result $? "$what: answer $1 is $2"
}

# expect_refusal N WORDS
expect_refusal() {
    sed -n "$1p" out | grep -F -e "$2" | grep -q '^{"error":".*"}$'
    result $? "$what: answer $1 refuses: $2"
}

# A session from the first ask to the end.
pipe_spec talk random 4 maximize
spec="talk"
say "a session" '{"op":"ask"}' '{"op":"best"}' \
    '{"op":"tell","trial":0,"value":0.25,"stderr":0.125,"metrics":{"epochs":3}}' \
    '{"op":"ask"}' '{"op":"ask"}' '{"op":"report","trial":2,"step":3,"value":0.5}' \
    '{"op":"fail","trial":2,"error":"it said \"no\""}' '{"op":"best"}'
expect_status 0
expect_lines 8
expect_answer 1 '{"trial":0,"params":{"lr":0.01,"opt":"sgd","momentum":0.5,"hidden":[32]}}'
expect_refusal 2 "no trial is complete"
expect_answer 3 '{"ok":true}'
expect_answer 6 '{"prune":false}'
expect_answer 7 '{"ok":true}'
expect_answer 8 '{"trial":0,"params":{"lr":0.01,"opt":"sgd","momentum":0.5,"hidden":[32]},"value":0.25,"stderr":0.125}'
sed -n 4p out >asked
try trials talk --format json
expect_json
expect_json_at '$[0].state' complete
expect_json_at '$[0].value' 0.25
expect_json_at '$[0].stderr' 0.125
expect_json_at '$[0].metrics.epochs' 3
expect_json_at '$[1].state' waiting
expect_json_at '$[2].state' failed
expect_json_at '$[2].error' 'it said "no"'
try show talk 2
expect_out 'step 3, value 0.5'

say "best, in another session" '{"op":"best"}'
expect_answer 1 '{"trial":0,"params":{"lr":0.01,"opt":"sgd","momentum":0.5,"hidden":[32]},"value":0.25,"stderr":0.125}'

# What was asked and not told comes again, as the same trial; then the queue, then the rest.
try add talk lr=0.05 opt=sgd
expect_err "'hone pipe'"
say "the next session" '{"op":"ask"}' '{"op":"ask"}' '{"op":"ask"}' \
    '{"op":"tell","trial":1,"value":0.5}' '{"op":"tell","trial":3,"value":0.5}'
[ "$(sed -n 1p out)" = "$(cat asked)" ]
result $? "$what: an untold trial is asked again with the same point"
expect_answer 2 '{"trial":3,"params":{"lr":0.05,"opt":"sgd","momentum":0.5,"hidden":[32]}}'
expect_answer 3 '{"done":true}'
expect_answer 5 '{"ok":true}'
what="hone pipe --trials"
echo '{"op":"ask"}' | "$HONE" pipe talk.yaml --trials 5 >out 2>err
grep -q '^{"trial":4,' out
result $? "$what: a larger budget goes on"

# Lines that cannot be used change nothing.
pipe_spec wrong random 9 minimize
spec="wrong"
say "wrong lines" '{"op":"ask"}' '{"op":"ask"}' '{"op":"tell","trial":1,"value":1}' \
    '{"op":"tell","trial":1,"value":2}' '{"op":"tell","trial":7,"value":1}' \
    '{"op":"tell","trial":-1,"value":1}' '{"op":"tell","trial":0.5,"value":1}' \
    '{"op":"tell","trial":0,"value":NaN}' '{"op":"tell","trial":0,"value":1e999}' \
    '{"op":"tell","trial":0,"value":-Infinity}' '{"op":"tell","trial":0,"value":"1"}' \
    '{"op":"tell","trial":0,"value":1,"value":2}' '{"op":"tell","trial":0}' \
    '{"op":"tell","trial":0,"value":1,"stderr":-1}' '{"op":"tell","trial":0,"value":1,"extra":1}' \
    '{"op":"tell","trial":0,"value":1,"metrics":{"m":null}}' '{"op":"frobnicate"}' '{"op":7}' \
    '{}' '[]' '7' '' 'ask' '{"op":"ask"' '{"op":"ask"} {"op":"ask"}' '{"op":"ask","trial":1}' \
    '{"op":"report","trial":0,"step":1.5,"value":1}' '{"op":"fail","trial":0}' \
    '{"op":"fail","trial":0,"error":"a\u0000b"}' '{"op":"best"}'
expect_status 0
expect_lines 30
n=4
for words in "already" "no trial 7" "number of a trial" "number of a trial" "no JSON" "no JSON" \
    "no JSON" "finite number" "duplicate" "missing" "from 0 on" "member" "metrics" "op should" \
    "op should" "op should" "an object" "no JSON" "no JSON" "no JSON" "no JSON" "no JSON" \
    "member" "whole number" "missing" "no JSON"; do
    expect_refusal $n "$words"
    n=$((n + 1))
done
expect_out '"value":1}'
try trials wrong --format csv --columns number,state,value
expect_out_is <<OUT
number,state,value
0,waiting,
1,complete,1
OUT

# Long lines are refused in bounded memory; bytes that are no text, too.
{
    echo '{"op":"ask"}'
    head -c 3000000 /dev/zero | tr '\0' 'x'
    echo
    printf '{"op":"tell","trial":0,"value":1,"\377":1}\n\000\n'
    printf '{"op":"tell","trial":0,"value":3}'
} >lines
"$HONE" pipe wrong.yaml <lines >out 2>err
status=$?
what="hone pipe, odd bytes"
expect_status 0
expect_lines 5
expect_refusal 2 "more than 1048576 bytes"
expect_refusal 3 "no JSON"
expect_refusal 4 "no JSON"
expect_answer 5 '{"ok":true}'

# An answer comes at once, and what it says is on disk: killed after it, nothing is lost.
pipe_spec kill random 50 minimize
mkfifo there back
"$HONE" pipe kill.yaml <there >back 2>err &
pid=$!
exec 3>there 4<back
trial=0
while [ $trial -lt 5 ]; do
    printf '{"op":"ask"}\n{"op":"ask"}\n{"op":"tell","trial":%d,"value":%d}\n' $((2 * trial)) \
        $trial >&3
    read -r first <&4
    read -r second <&4
    read -r third <&4
    trial=$((trial + 1))
done
kill -KILL $pid
wait $pid 2>/dev/null
exec 3>&- 4<&-
what="kill -9"
case "$first $second $third" in
'{"trial":8,'*'{"trial":9,'*'{"ok":true}') true ;;
*) false ;;
esac
result $? "$what: answers come while the pipe is open"
try trials kill --where 'state = complete' --format csv --columns number,value
expect_out_is <<OUT
number,value
0,0
2,1
4,2
6,3
8,4
OUT
spec="kill"
say "after a kill" '{"op":"ask"}' '{"op":"tell","trial":3,"value":1}' '{"op":"tell","trial":0,"value":1}'
grep -q '^{"trial":1,' out
result $? "$what: the first untold trial is asked again"
expect_refusal 2 "trial 3 is waiting"
expect_refusal 3 "trial 0 is complete already"

# Signals end it with everything kept, also while it waits; a reader that has gone does too.
# SIGHUP would stay ignored if these tests were started by nohup.
for signal in INT TERM HUP; do
    env --default-signal=HUP "$HONE" pipe kill.yaml <there >back 2>err &
    pid=$!
    exec 3>there 4<back
    echo '{"op":"ask"}' >&3
    read -r first <&4
    kill -$signal $pid
    wait $pid
    status=$?
    exec 3>&- 4<&-
    what="SIG$signal"
    expect_status 130
    expect_err "everything told is kept"
done
"$HONE" pipe kill.yaml <there >back 2>err &
pid=$!
exec 3>there 4<back 4<&-
echo '{"op":"ask"}' >&3
wait $pid
status=$?
exec 3>&-
what="nobody reads"
expect_status 0
try trials kill --where 'state = running' --format csv --columns number
expect_lines 1

# Many asked at once, by every method.
for method in random sobol gp; do
    pipe_spec many-$method $method 60 minimize
    spec="many-$method"
    i=0
    while [ $i -lt 60 ]; do
        echo '{"op":"ask"}'
        i=$((i + 1))
    done >asks
    { cat asks; sed 's/.*/{"op":"tell","trial":59,"value":2}/' asks | head -n 1; } >lines
    "$HONE" pipe $spec.yaml <lines >out 2>err
    status=$?
    what="60 asks of $method"
    expect_status 0
    [ "$(grep -c '^{"trial":' out)" -eq 60 ] && [ "$(tail -n 1 out)" = '{"ok":true}' ]
    result $? "$what: 60 trials"
    [ "$(sed 's/.*"params"//' out | sort | uniq -d | wc -l)" -eq 0 ]
    result $? "$what: no point twice"
done

# Two ask of one study: each is given trials of its own, and a dead one's are given again.
cat >shared.yaml <<'SPEC'
objective: {direction: minimize}
space: {x: {type: float, low: 0, high: 1}}
search: {method: random, trials: 5}
SPEC
"$HONE" pipe shared.yaml <there >back 2>/dev/null &
pid=$!
exec 3>there 4<back
for number in 0 1; do
    echo '{"op":"ask"}' >&3
    read -r first <&4
    echo "$first" | grep -q "^{\"trial\":$number,"
    result $? "the first of two is given trial $number"
done
printf '%s\n' '{"op":"ask"}' '{"op":"tell","trial":1,"value":2}' '{"op":"tell","trial":2,"value":2}' |
    "$HONE" pipe shared.yaml >out 2>err
status=$?
what="the second of two"
expect_status 0
expect_out '{"trial":2,'
expect_out '{"error":"trial 1 was asked for by another process"}'
expect_out '{"ok":true}'
echo '{"op":"best"}' >&3
read -r answer <&4
echo "$answer" | grep -q '^{"trial":2,.*"value":2'
result $? "the first of two knows what the second was told"
echo '{"op":"tell","trial":1,"value":1}' >&3
read -r answer <&4
[ "$answer" = '{"ok":true}' ]
result $? "the first of two is not disturbed"
kill -KILL $pid
wait $pid 2>/dev/null
exec 3>&- 4<&-
yes '{"op":"ask"}' | head -n 4 | "$HONE" pipe shared.yaml >out 2>err
status=$?
what="after a kill"
expect_status 0
[ "$(sed 's/,"params".*//' out | tr -d '\n')" = '{"trial":0{"trial":3{"trial":4{"done":true}' ]
result $? "$what, what was asked is asked again, and the budget holds"

# The best so far rests on all that was told, and so does the point after it: it is that of a
# process which was not there. Twelve are asked for, six told, then all.
cat >late.yaml <<'SPEC'
seed: 3
objective: {direction: minimize}
space: {x: {type: float, low: 0, high: 1}, y: {type: float, low: 0, high: 1}}
search: {method: gp, trials: 30}
SPEC
# tell FIRST LAST: the values of trials that stand in `points`
tell() {
    sed -n "$(($1 + 1)),$(($2 + 1))p" points |
        sed 's/[^0-9.,e-]//g' | awk -F, '{
            printf "{\"op\":\"tell\",\"trial\":%d,\"value\":%.12g}\n", $1,
                ($2 - 0.3) ^ 2 + ($3 - 0.6) ^ 2 }'
}
yes '{"op":"ask"}' | head -n 12 | "$HONE" pipe late.yaml --db points.db -q >points
{ yes '{"op":"ask"}' | head -n 12; tell 6 11; echo '{"op":"best"}'; tell 0 5; echo '{"op":"best"}'
  echo '{"op":"ask"}'; } >lines
"$HONE" pipe late.yaml --db late.db -q <lines | tail -n 2 >answers
sed '$d' lines | "$HONE" pipe late.yaml --db early.db -q >/dev/null
echo '{"op":"ask"}' | "$HONE" pipe late.yaml --db early.db -q >newcomer
what="asking for the best while trials are pending"
best=$(tell 0 11 | sed 's/.*"trial":\([0-9]*\),"value":\(.*\)}/\2 \1/' | sort -g | head -n 1)
grep -q "\"trial\":${best#* }," answers
result $? "$what: the best is that of all that was told"
tail -n 1 answers | cmp -s - newcomer
result $? "$what: the next point is that of a process which was not there"

# Specs for something else are refused.
small_spec
try pipe small.yaml
expect_status 2
expect_err "this spec is for 'hone run'"
try run kill.yaml
expect_status 2
expect_err "this spec is for 'hone pipe'"
try resume kill
expect_status 2
expect_err "this spec is for 'hone pipe'"
try check kill.yaml
expect_status 0
expect_out "values are told through 'hone pipe'"
sed 's/minimize/best/' kill.yaml >bad.yaml
try pipe bad.yaml --db none.db
expect_status 2
expect_err "bad.yaml:2:24: objective.direction: "
expect_no_file none.db

finish
