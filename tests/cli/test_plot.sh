#!/bin/sh
# hone plot: every kind is a sound picture, and shows hostile names as text.
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

# The picture in FILE is well-formed, has no element but these, and holds each text.
cat >picture.py <<'PY'
import sys
import xml.etree.ElementTree as tree

root = tree.parse(sys.argv[1]).getroot()
space = "{http://www.w3.org/2000/svg}"
known = {space + name for name in "svg title style rect path text circle g".split()}
texts = "\n".join(e.text or "" for e in root.iter() if e.tag != space + "style")
sys.exit(root.tag != space + "svg" or any(e.tag not in known for e in root.iter())
         or any(k.split("}")[-1].startswith("on") for e in root.iter() for k in e.keys())
         or any(word not in texts for word in sys.argv[2:]))
PY

# expect_picture FILE TEXT...
expect_picture() {
    python3 picture.py "$@" 2>err
    result $? "$what: $1 is a picture with $*"
}

flowers_spec
try run flowers.yaml -q --trials 14
for kind in history importance slice contour parallel curves folds timeline; do
    try plot $kind flowers -o $kind.svg
    expect_status 0
    expect_silence
    expect_picture $kind.svg flowers
done
expect_picture history.svg accuracy 'the defaults' 'trial 13: '
expect_picture importance.svg learning_rate 'functional ANOVA over 14 trials'
expect_picture slice.svg '[8, 4]' momentum
expect_picture parallel.svg optimizer batch_size
expect_picture curves.svg epoch 'training loss'

told_spec
try run told.yaml -q
try plot curves told -o told.svg
expect_picture told.svg step value

# To standard output, or as lines.
try plot history flowers
cmp -s out history.svg
result $? "$what: the same on standard output"
try plot history flowers --text
expect_status 0
expect_lines 16
expect_out '*'
try plot importance flowers --text
expect_out '%'
expect_lines 5

# Names and choices that would like to be markup or to steer a terminal.
cat >hostile.yaml <<'SPEC'
seed: 1
objective: {direction: minimize, command: [sh, -c, 'test "$HONE_PARAM_n" != 3 && echo "$HONE_PARAM_n"']}
space:
  "<script>x</script>": ['"><img onerror=x>', "]]> & \e[31m\u0001", plain]
  n: {type: int, low: 1, high: 9}
search: {method: random, trials: 20}
SPEC
try run hostile.yaml -q
for kind in history importance slice contour parallel timeline; do
    try plot $kind hostile -o $kind.svg
    expect_status 0
    expect_picture $kind.svg hostile
done
expect_picture parallel.svg '<script>x</sc' '"><img onerro' ']]> & \x1b[31' '\x01'
expect_picture slice.svg '<script>x</script>'
try plot importance hostile --text
grep -q "$(printf '\033')" out
[ $? -eq 1 ]
result $? "$what: no escape sequence"

# Values far beyond the others do not flatten them: 1e30 is none of the marks.
cat >wild.yaml <<'SPEC'
seed: 1
objective: {direction: minimize, command: [sh, -c, 'test {x} = 5 && echo 1e30 || echo 0.{x}']}
space: {x: {type: int, low: 1, high: 9}}
search: {method: grid}
SPEC
try run wild.yaml -q
try plot history wild -o wild.svg
expect_picture wild.svg 0.2 0.8
grep -q '1e+30</text>' wild.svg
[ $? -eq 1 ]
result $? "$what: the scale is that of the usual values"

# What a study has not got.
small_spec
try run small.yaml -q --trials 1
for kind in curves folds importance contour; do
    try plot $kind small -o none.svg
    [ "$status" -ne 0 ] && [ "$(wc -l <err)" -eq 1 ]
    result $? "$what: says what is missing"
    expect_no_file none.svg
done
try plot history small -o one.svg
expect_picture one.svg small
cat >failing.yaml <<'SPEC'
objective: {command: ["false"], direction: minimize}
space: {x: {type: int, low: 1, high: 9}}
search: {method: random, trials: 3}
SPEC
try run failing.yaml -q
try plot timeline failing -o failing.svg
expect_picture failing.svg 'red: failed'
[ "$(grep -c 'class="bad"' failing.svg)" -ge 3 ]
result $? "$what: failed trials alone have their times"
try plot history failing
expect_err "no complete trial"
try plot histori small
expect_status 2
expect_err "did you mean history?"
try plot slice small --text
expect_status 2
try plot history none
expect_status 2

# In the terminal too a value beyond the scale is no value at its edge, and failures are told.
cat >far.yaml <<'SPEC'
objective: {direction: minimize, command: [sh, -c, 'test {trial} -ne 3 && echo $((100000 / (1 + {trial} * {trial} * {trial})))']}
space: {x: {type: float, low: 0, high: 1}}
search: {method: random, trials: 16}
SPEC
try run far.yaml -q
try plot history far --text
expect_out '* a new best, ^ v beyond the scale; 1 failed'
grep -q '|^' out
result $? "$what: the first trial is above it"
try plot history small --text
! grep -q 'beyond\|failed' out
result $? "$what: nothing of it where there is none"

# Any number of trials at once is no number.
try run far.yaml --json
grep -q '"event":"start".*"parallel":null,"workers"' err
result $? "$what: parallel is null"
try report far -o far.html
grep -q '"parallel":null' far.html
result $? "$what: so it is in the report"

finish
