#!/bin/sh
# What is seen of a running search: a block, lines, events, or nothing.
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"
escape=$(printf '\033')

# on_terminal COLUMNS ROWS COMMAND: runs it on a terminal of that size; what the
# terminal got is in out.
on_terminal() {
    what="on $1 x $2: $3"
    script -qefc "stty cols $1 rows $2 2>/dev/null; $3" /dev/null >raw 2>err </dev/null
    status=$?
    tr '\r' '\n' <raw | grep -v '^$' >out # a redraw begins a line
}

expect_colours() {
    grep -q "$escape" out
    [ $? -eq "$1" ]
    result $? "$what: escape sequences: $2"
}

# What takes a second, with a failure in it.
cat >slow.yaml <<'SPEC'
seed: 1
objective:
  direction: minimize
  command: [sh, -c, 'echo ''{"step": 3, "value": 1}''; sleep 0.15; test {x} != 3 && echo {x}']
space:
  x: {type: int, low: 1, high: 7}
  word: ["\e[2Jgone"]
search: {method: grid}
SPEC

small_spec

# Nobody watches on a terminal: plain lines.
try run small.yaml --db lines.db
expect_status 0
expect_err "hone: 8 of 8 trials, best "
grep -q "$escape" err
[ $? -eq 1 ]
result $? "no escape sequence without a terminal"
expect_err "hone: 'hone resume --trials +8 small --db lines.db' extends it"
expect_out "better than the defaults"

# What it says can be pasted.
arguments=$(sed -n '/^arguments/{n;s/^  //p;}' out)
try best small --db lines.db --format args
expect_out_line "$arguments"
try resume small --trials +8 --db lines.db
expect_status 0
expect_err "hone: 16 of 16 trials"
try resume small --db lines.db
expect_err "nothing was run"

# On a terminal: a block, redrawn in place, with what runs.
unset NO_COLOR
export TERM=xterm LANG=C.UTF-8
on_terminal 80 24 "'$HONE' run slow.yaml --db block.db --workers 2"
expect_status 0
expect_colours 0 'the block'
for word in 'of 7 trials' 'best ' 'running' 'step 3' '1 failed' 'trial 2: exit status 1' 'time'; do
    expect_out "$word"
done
grep -q "$escape\[2J" out
[ $? -eq 1 ]
result $? "$what: a choice cannot send escape sequences"
expect_out 'x1b[2Jgone'

# The last thing that is left of the block is nothing.
tail -n 20 out | grep -A20 "$escape\[J.*hone: 7 of 7" >after
grep -q 'running' after
[ $? -eq 1 ] && [ -s after ]
result $? "$what: the block is gone at the end"

# Every line of a narrow terminal's block fits; column 40 stays free. A character
# is a byte once the continuation bytes of UTF-8 are gone.
on_terminal 40 10 "'$HONE' run slow.yaml --db narrow.db --workers 2"
expect_status 0
sed "s/$escape\[[0-9]*A//; s/$escape\[[0-9;]*[mKJ]//g" out | grep -v '^hone: ' |
    sed '/^study/,$d' | LC_ALL=C sed 's/[\o200-\o277]//g' | awk 'length($0) > 39' >wide
grep -q 'running' out && [ ! -s wide ]
result $? "$what: no line is wider than the terminal"

# After a stop the block begins below what the shell has written meanwhile.
cat >held.yaml <<'SPEC'
seed: 1
objective: {direction: minimize, command: [sh, -c, 'until [ -e go ]; do sleep 0.02; done; echo {x}']}
space: {x: {type: int, low: 1, high: 4}}
search: {method: grid}
SPEC
cat >stop.sh <<'SH'
"$1" run held.yaml --db stopped.db --workers 2 &
sleep 0.4
kill -STOP $!
sleep 0.1
echo MARK
kill -CONT $!
: >go
wait $!
SH
on_terminal 80 24 "sh stop.sh '$HONE'"
expect_status 0
sed -n '/MARK/{n;p;}' out >after
[ -s after ] && ! grep -q "^$escape\[[0-9]*A" after
result $? "$what: what stood above stays"

# Whoever does not want it gets lines.
NO_COLOR=1 on_terminal 80 24 "'$HONE' run small.yaml --db colourless.db"
expect_colours 1 'NO_COLOR'
TERM=dumb on_terminal 80 24 "'$HONE' run small.yaml --db dumb.db"
expect_colours 1 'a dumb terminal'
on_terminal 80 24 "'$HONE' run small.yaml --db quiet.db --quiet"
expect_colours 1 'quiet'

# Events: every line is JSON, in the order of what happened.
export NO_COLOR=1
flowers_spec
try run flowers.yaml --json --db events.db
expect_status 0
grep -vc '^{' err >other
[ "$(cat other)" = 0 ]
result $? "$what: nothing but events"
{
    echo 'CREATE TABLE t(line);'
    sed "s/'/''/g; s/.*/INSERT INTO t VALUES('&');/" err
} | sqlite3 events.sqlite
ask() {
    found=$(sqlite3 events.sqlite "$1")
    [ "$found" = "$2" ]
    result $? "events: $3 (was $found)"
}
ask "SELECT min(json_valid(line)) FROM t" 1 'each line is JSON'
ask "SELECT count(*) FROM t WHERE json_extract(line, '\$.event') = 'fold'" 18 'a fold each'
ask "SELECT count(*) FROM t WHERE json_extract(line, '\$.event') = 'begun'" 6 'a beginning each'
ask "SELECT count(*) FROM t WHERE json_extract(line, '\$.state') = 'complete'" 6 'a trial each'
ask "SELECT json_extract(line, '\$.event') FROM t WHERE rowid = 1" start 'the first'
ask "SELECT json_extract(line, '\$.event') || json_extract(line, '\$.reason') FROM t
     ORDER BY rowid DESC LIMIT 1" endbudget 'the last'
ask "SELECT count(*) FROM t a, t b WHERE json_extract(a.line, '\$.event') = 'begun'
     AND json_extract(b.line, '\$.event') = 'fold' AND a.rowid > b.rowid
     AND json_extract(a.line, '\$.trial') = json_extract(b.line, '\$.trial')" 0 \
    'no fold before its trial'
best=$(sqlite3 events.sqlite "SELECT json_extract(line, '\$.best.trial') FROM t
                              ORDER BY rowid DESC LIMIT 1")
try show flowers --db events.db --format json
expect_json_at '$.number' "$best"
try run flowers.yaml --json --quiet --db silent.db
[ ! -s err ]
result $? "$what: silent"

finish
