#!/bin/sh
# hone report
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

# page FILE: the JSON that a page holds, in the file "out".
data_of() {
    what="the data of $1"
    sed -n 's/.*<script type="application\/json" id="data">\(.*\)<\/script>.*/\1/p' "$1" >out
}

flowers_spec
try run flowers.yaml -q
try report flowers -o page.html
expect_status 0
expect_out "report  page.html ("
[ "$(head -n 1 page.html)" = "<!DOCTYPE html>" ]
result $? "$what: a page of HTML"
[ "$(tail -n 1 page.html)" = "</html>" ]
result $? "$what: a whole page"
grep -q "default-src 'none'" page.html
result $? "$what: nothing may be loaded"
! grep -q '@@' page.html
result $? "$what: every part of the page is in its place"
! grep -qE '(src|href)="?https?:' page.html
result $? "$what: nothing of it is elsewhere"

data_of page.html
expect_json
expect_json_at '$.studies[0].name' flowers
expect_json_at '$.studies[0].trials.count' 6
expect_json_at '$.studies[0].maximize' 1
expect_json_at '$.studies[0].params[1].when' 'optimizer = momentum'
expect_json_at '$.studies[0].params[4].choices[1]' '[8, 4]'
best=$("$HONE" best flowers --format csv | tail -n 1 | cut -d, -f1)
expect_json_at '$.studies[0].best.number' "$best"
expect_json_at '$.studies[0].ties.number[0]' "$best"
expect_json_at '$.studies[0].importance.missing' \
    "importance needs 10 trials with a value at least; there are 6"
for format in yaml args; do
    best=$("$HONE" best flowers --format $format)
    expect_json_at "\$.studies[0].best.$format" "$best"
done

# What comes twice is the same, but for the time of writing.
try report flowers -o again.html -q
expect_silence
sed 's/"written":[0-9]*//' page.html >page.same
sed 's/"written":[0-9]*//' again.html >again.same
cmp -s page.same again.same
result $? "$what: the same study makes the same page"

# Several studies are compared, over the same folds.
sed 's/seed: 1/seed: 1\nstudy: garden/; s/random/sobol/' flowers.yaml >garden.yaml
try run garden.yaml -q
try report flowers garden -o both.html
expect_status 0
data_of both.html
expect_json
expect_json_at '$.studies[1].name' garden
expect_json_at '$.pairs[0].b' 1

# Nothing that a user wrote ends up as HTML.
cat >hostile.yaml <<'SPEC'
study: hostile
objective:
  direction: minimize
  command: [sh, -c, 'case "$1" in *img*) echo "</script><script>alert(1)</script>" >&2; exit 1;; esac; echo 1', sh, "{<script>x}"]
space:
  <script>x: ["<script>alert(1)</script>", '"><img onerror=alert(1)>', "</script>", "<!--"]
search: {method: grid}
SPEC
try run hostile.yaml -q
try report hostile -o hostile.html
expect_status 0
[ "$(grep -o '</script' hostile.html | wc -l)" -eq 2 ]
result $? "$what: no text of the user's ends the script"
! grep -qE '<img|<!--|<script>alert' hostile.html
result $? "$what: no text of the user's is an element"
data_of hostile.html
expect_json
expect_json_at '$.studies[0].params[0].choices[0]' '<script>alert(1)</script>'
expect_json_at '$.studies[0].failures[0].count' 1

# The best is the trial that `hone best` recommends, also where another one was luckier.
cat >noisy.yaml <<'SPEC'
objective: {direction: minimize, command: [awk, -v, "x={x}", -v, "t={trial}", "BEGIN {n = 99 * sin(12 * t); print (x - 7) ^ 2 / 5 + 8 * (n - int(n))}"]}
space: {x: {type: float, low: 0, high: 10}}
search: {method: gp, trials: 25, parallel: 1}
SPEC
try run noisy.yaml -q
try best noisy
expect_out "luckier trial "
best=$(sed -n 's/^best *trial \([0-9]*\).*/\1/p' out)
luckier=$(sed -n 's/^luckier trial \([0-9]*\):.*/\1/p' out)
try report noisy -o noisy.html
data_of noisy.html
expect_json_at '$.studies[0].best.number' "$best"
expect_json_at '$.studies[0].ties.number[0]' "$luckier"
try compare noisy noisy:0
expect_out "noisy:$best"

# A study in which nothing succeeded has a page all the same.
cat >failing.yaml <<'SPEC'
objective: {direction: minimize, command: ["false"]}
space: {x: {type: float, low: 0, high: 1}}
search: {method: random, trials: 3}
SPEC
try run failing.yaml -q
try report failing -o failing.html
expect_status 0
data_of failing.html
expect_json_at '$.studies[0].best' null
expect_json_at '$.studies[0].failures[0].count' 3

# Reasons differ in the exit status and in words, not in other numbers.
cat >reasons.yaml <<'SPEC'
objective:
  direction: minimize
  command: [sh, -c, 'echo "loading" >&2; echo "epoch $HONE_TRIAL: no memory" >&2; exit $((3 + HONE_TRIAL % 2))']
space: {x: {type: float, low: 0, high: 1}}
search: {method: random, trials: 6}
SPEC
try run reasons.yaml -q
try report reasons -o reasons.html
data_of reasons.html
expect_json_at '$.studies[0].failures[0].count' 3
expect_json_at '$.studies[0].failures[0].reason' "exit status 3: epoch #: no memory"
expect_json_at '$.studies[0].failures[1].examples[2].trial' 5
expect_json_at '$.studies[0].failures[1].examples[2].error' "$(printf 'exit status 4; its error output ends:\nloading\nepoch 5: no memory')"

try report flowers
expect_status 2
expect_err "where to? usage: hone report STUDY -o FILE"
try report -o page.html
expect_status 2
try report flwers -o new.html
expect_status 2
expect_err "did you mean 'flowers'?"
expect_no_file new.html
try report flowers Flowers -o new.html
expect_status 2
expect_err "study 'Flowers' is named twice"
try report flowers -o nowhere/new.html
expect_status 2
expect_err "nowhere/new.html"
mkdir folder
try report flowers -o folder
expect_status 2
expect_err "no regular file"
try report flowers -o page.html --db none.db
expect_status 2
expect_no_file none.db

finish
