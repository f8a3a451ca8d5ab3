#!/bin/sh
# hone compare
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

# Values that are known: units 1 is 10, 12, 14, 16 in the folds; 2 is one or three less.
cat >value.sh <<'SH'
case $HONE_PARAM_units in
1) echo $((10 + 2 * HONE_FOLD)) ;;
2) echo $((9 + 2 * HONE_FOLD - 2 * (HONE_FOLD % 2))) ;;
3) echo $((HONE_FOLD + 1 / (3 - HONE_FOLD))) ;;
esac
SH
cat >known.yaml <<SPEC
data: {csv: $TESTS/data/iris.csv}
cv: {folds: 4}
objective: {command: [sh, value.sh], direction: minimize}
space: {units: {type: int, low: 1, high: 3}}
search: {method: grid}
SPEC
try run known.yaml -q

# d = 1, 3, 1, 3: mean 2, variance 4/3; of the mean (1/4 + 1/3) 4/3 = 7/9.
try compare known:0 known:1 --format json
expect_status 0
expect_json
expect_json_at '$.difference' 2
expect_json_at '$.folds' 4
expect_json_at '$.a.folds' '[10,12,14,16]'
near() {
    [ "$(sqlite3 :memory: "SELECT abs($found - $1) < 1e-9")" = 1 ]
    result $? "$what: it is $1"
}
found=$(sed 's/.*"stderr":\([0-9.]*\),"t".*/\1/' out)
near 0.881917103688197
found=$(sed 's/.*"p":\([0-9.]*\)}.*/\1/' out)
# 2 (1 - F(t)) with three degrees of freedom, F = 1/2 + (a + sin a cos a) / pi,
# a = atan(t / sqrt 3), t = 2 / 0.8819.
near 0.108145634795477

try compare known:0 :1
expect_out_line 'difference  2 ± 0.88 (A - B, over 4 folds)'
expect_out_line 'verdict     B is better, but they cannot be told apart: p is not below 0.05'
expect_out_line '  units     1                         2'
try compare known :0 --format csv
expect_lines 5
expect_out_line '0,9,10,-1'

# A trial that failed has some folds, or none.
try compare known:2 known:0
expect_status 0
expect_out '(failed)'

# Studies: best against best, and their course.
flowers_spec
sed 's/method: random/method: sobol/' flowers.yaml >other.yaml
try run flowers.yaml -q
try run other.yaml -q
try compare flowers other
expect_status 0
expect_out 'best so far, by trials'
expect_out '  after 5 '
try compare flowers:1 other:1
grep -q 'best so far' out
[ $? -eq 1 ]
result $? "$what: of trials there is no course"
try compare flowers flowers
expect_out 'as good as each other'
expect_out_line '  none'

# What cannot be paired is refused.
sed 's/seed: 1/seed: 2/' flowers.yaml >seeded.yaml
try run seeded.yaml -q
try compare flowers seeded
expect_status 2
expect_err "other folds"
try compare flowers known
expect_status 2
expect_err "is scored by accuracy (maximized), 'known' by value (minimized)"
for pair in 'flowers:99 other' 'flowers:x other' 'flower other' ':1 other' 'flowers' \
    'flowers other known'; do
    # shellcheck disable=SC2086 # two words
    try compare $pair
    expect_status 2
done

# Parameters that differ beyond the digits that are shown, and one that is inactive beside a dash.
cat >close.yaml <<'SPEC'
objective: {direction: minimize, command: [echo, "{x}"]}
space:
  x: {type: float, low: 0, high: 1}
  mark: ["-", plus]
  much: {type: categorical, choices: ["-", other], when: {mark: plus}}
search: {method: random, trials: 2, first: [{x: 0.25, mark: "-"}, {x: 0.25000001, mark: plus, much: "-"}]}
SPEC
try run close.yaml -q
try compare close:0 :1
expect_out_line '  x         0.25                      0.25000001'
expect_out '  much      -                         "-"'

finish
