#!/bin/sh
# objective: {command: …}: what programs may be and do. HOSTILE is a program of
# the tests that does its worst.
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"
mkdir tmp
TMPDIR=$work/tmp
export TMPDIR

# answers STUDY: number, state and value of its trials, a line each.
answers() {
    try trials "$1" --format csv --columns number,state,value
}

# error_of STUDY N: what hone show says of a trial.
error_of() {
    try show "$1" "$2"
}

# none_alive FILE: no process whose number stands in the file lives.
none_alive() {
    while read -r pid; do
        if kill -0 "$pid" 2>/dev/null; then
            return 1
        fi
    done <"$1"
}

# wait_for_lines FILE COUNT: at most 10 s.
wait_for_lines() {
    turns=0
    while { [ ! -e "$1" ] || [ "$(grep -c . "$1")" -lt "$2" ]; } && [ $turns -lt 200 ]; do
        sleep 0.05
        turns=$((turns + 1))
    done
}

# expect_gone FILE WITHIN_MS
expect_gone() {
    left=$2
    while ! none_alive "$1" && [ "$left" -gt 0 ]; do
        sleep 0.1
        left=$((left - 100))
    done
    [ -s "$1" ] && none_alive "$1"
    result $? "$what: no process of it is left after $2 ms"
}

expect_clean() {
    [ -z "$(ls -A tmp)" ]
    result $? "$what: leaves nothing in TMPDIR"
}

# ---- Without a file ----

cat >square.sh <<'SH'
#!/bin/sh
echo working
echo "$1" | awk '{ printf "{\"value\": %.17g, \"double\": %.17g}\n", $1 * $1, 2 * $1 }'
SH
chmod +x square.sh
try run -p x=-1:1 --trials 6 -q --seed 3 -- ./square.sh '{x}'
expect_status 0
expect_out "study   square"
try best square --format json
expect_json_at '$.number' 0
try sql "SELECT count(*) AS n FROM square WHERE abs(value - x * x) < 1e-15" --format csv
expect_out_line 6
try show square 0
expect_out "double"
expect_clean

# ---- Values as arguments, in the environment, as JSON ----

cat >values.yaml <<SPEC
seed: 7
objective:
  command: ["$HOSTILE", words, "{text}", "a{number}b", "{{number}}", '{"x": {"y": 1}}', "{list}",
            "{map}", "{flag}", "{trial}/{seed}/{fold}", "--off={off}", "{off}", "", "{{HOME}}"]
  direction: maximize
space:
  text: ["\$(touch injected); rm -rf . 'a' \"b\" \`id\` <script> ü \n*"]
  number: [0.1]
  list: [[64, 64]]
  map: [{a: "b c", d: [null]}]
  flag: [true]
  kind: [plain, other]
  off: {type: float, low: 0, high: 1, when: {kind: other}}
search: {method: random, trials: 1, first: [{kind: plain}]}
SPEC
WORDS_FILE=$work/words
export WORDS_FILE
try run values.yaml -q
expect_status 0
printf '%s\0' "\$(touch injected); rm -rf . 'a' \"b\" \`id\` <script> ü 
*" 'a0.1b' '{number}' '{"x": {"y": 1}}' '[64, 64]' '{"a": "b c", "d": [null]}' true 0/7/0 '' '' \
    '{HOME}' >expected_words
cmp -s expected_words words
result $? "arguments arrive byte for byte"
expect_no_file injected

cat >env.sh <<'SH'
#!/bin/sh
printf '%s|' "$HONE_PARAM_lr" "$HONE_PARAM_LR" "$HONE_PARAM_MY_NAME" "${HONE_PARAM_OFF-unset}" "$HONE_TRIAL" \
    "$HONE_SEED" "$HONE_FOLD" "$HONE_SLOT_GPU" "$CUDA_VISIBLE_DEVICES" "$1" >>env.out
cat "$HONE_PARAMS" >params.out
[ -d "$HONE_WORKDIR" ] && echo '{"value": 3}' >"$HONE_RESULT"
SH
chmod +x env.sh
cat >env.yaml <<'SPEC'
seed: 7
objective: {command: [./env.sh, "{gpu}"], direction: minimize, slots: {gpu: [5]}}
space:
  lr: [1e-05]
  my-name: [x]
  kind: [plain, other]
  off: {type: float, low: 0, high: 1, when: {kind: other}}
search: {method: random, trials: 1, first: [{kind: plain}]}
SPEC
CUDA_VISIBLE_DEVICES=9 HONE_PARAM_OFF=stale "$HONE" run env.yaml -q >out 2>err
what='environment'
[ "$(cat env.out)" = '1e-05|1e-05|x|unset|0|7|0|5|5|5|' ]
result $? "$what: parameters, trial, seed, fold, slot ($(cat env.out))"
[ "$(cat params.out)" = '{"lr": 1e-05, "my-name": "x", "kind": "plain"}' ]
result $? "$what: HONE_PARAMS is JSON ($(cat params.out))"
answers env
expect_out_line "0,complete,3"

# ---- Wrong specs ----

# wrong OBJECTIVE MESSAGE
wrong() {
    printf 'objective: {%s}\nspace: {lr: {type: float, low: 0, high: 1}}\n' "$1" >wrong.yaml
    try run wrong.yaml --db wrong.db
    expect_status 2
    expect_err "$2"
}
wrong 'command: [a]' "objective.direction: it is missing; it should be minimize or maximize"
wrong 'command: [a], direction: up' "'up' is none; it should be minimize or maximize"
wrong 'command: [a, "{lrr}"], direction: minimize' "wrong.yaml:1:26: objective.command"
wrong 'command: [a, "{lrr}"], direction: minimize' "did you mean 'lr'?"
wrong 'command: [a, "{train}"], direction: minimize' "the spec should have data: and cv:"
wrong 'command: a --lr, direction: minimize' "a text stands here; it should be a list of arguments"
wrong 'command: [], direction: minimize' "an empty list stands here"
wrong 'command: [a, {lr}], direction: minimize' "a mapping stands here"
wrong 'command: [a], direction: minimize, limits: {memory: 2X}' "objective.limits.memory"
wrong 'command: [a], direction: minimize, limits: {cpu: 0s}' "it should be at least 1s"
wrong 'command: [a], direction: minimize, limits: {memry: 2G}' "did you mean 'memory'"
wrong 'command: [a], direction: minimize, timeout: 0' "objective.timeout"
wrong 'command: [a], direction: minimize, slots: {gpu: 0}' "slots of 'gpu' should be a list"
wrong 'command: [a, "{seed}"], direction: minimize, slots: {seed: [1]}' "{seed} has two meanings"
wrong 'command: [a], direction: minimize, timout: 3' "did you mean 'timeout'"
expect_no_file wrong.db

printf 'objective: {command: [./square.sh, "{x}"], direction: minimize, timeout: 5s}\nspace: {x: 1}\n' >c.yaml
try check c.yaml
expect_status 0
expect_out 'command: ["./square.sh", "{x}"]'
expect_out "timeout: 5 s a run"
expect_clean

# ---- Answers ----

# answer NAME SCRIPT STATE [ERROR]: one trial of a shell script.
answer() {
    "$HONE" run -p x=1,2 --trials 2 --study "$1" --db answers.db -q --workers 1 -- sh -c "$2" \
        >out 2>err
    what="$1"
    try show "$1" 1 --db answers.db
    expect_out_line "state     $3"
    [ $# -lt 4 ] || expect_out "$4"
}
answer last-line 'echo 3; echo "2.5"; echo' complete "value     2.5"
answer no-line-end 'printf "abc\n-1e-3"' complete "value     -0.001"
answer sure 'echo "{\"value\": 4, \"stderr\": 0.25}"' complete "value     4 ± 0.25"
answer loss 'echo "{\"loss\": 4, \"n\": 1}"' complete "value     4"
# shellcheck disable=SC2016 # the script's own variable
answer steps 'for i in 1 2 3 2; do echo "{\"step\": $i, \"value\": 0.$i}"; done; echo 1' complete \
    "fold 0: step 3, value 0.3"
answer nan 'echo nan' failed "the answer is 'nan'; it should be a finite number"
answer infinity 'echo -inf' failed "'-inf'"
answer too-large 'echo 1e999' failed "'1e999'"
answer json-nan 'echo "{\"value\": NaN}"' failed "the answer is no JSON object"
answer json-large 'echo "{\"value\": 1e999}"' failed "the answer is no JSON object"
answer json-text 'echo "{\"value\": \"0.5\"}"' failed "the answer's value is \"0.5\""
answer letters 'echo 12abc' failed "'12abc'"
answer comma 'echo 1,5' failed "'1,5'"
answer hexadecimal 'echo 0x10' failed "'0x10'"
answer nothing 'true' failed "nothing was written"
answer infeasible 'echo "{\"infeasible\": true, \"reason\": \"too big\"}"' failed \
    "infeasible: too big"
answer not-utf8 'printf "\377\033[31m\n"' failed '\xff\x1b[31m'
answer status 'echo 1; echo first >&2; echo "no such layer" >&2; exit 3' failed \
    "exit status 3; its error output ends:"
expect_out "          no such layer"
answer many-steps 'seq 200000 | sed "s/.*/{\"step\": &, \"value\": &}/"; echo 7' complete \
    "fold 0: step 200000"
[ "$(wc -c <answers.db)" -lt 2000000 ]
result $? "intermediate values take bounded room ($(wc -c <answers.db) bytes)"

# ---- Programs that do their worst ----

# run_watched WORDS: runs hone, with its outputs in out and err; the most memory that the
# engine itself ever had goes to peak, in KB.
run_watched() {
    what="hone run $*"
    "$HONE" run "$@" >out 2>err &
    engine=$!
    peak=0
    while kill -0 $engine 2>/dev/null; do
        now=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' /proc/$engine/status 2>/dev/null)
        peak=${now:-$peak}
        sleep 0.02
    done
    wait $engine
    status=$?
}

# hostile STUDY WHAT STATE [ERROR] [OBJECTIVE]: two trials of it.
hostile() {
    cat >"$1.yaml" <<SPEC
objective: {command: ["$HOSTILE", $2, $work/$1.pids, "{x}"], direction: minimize ${5-}}
space: {x: [1, 2]}
search: {method: random, trials: 2, parallel: 1}
SPEC
    run_watched "$1.yaml" -q --workers 1
    [ -n "$SANITIZED" ] || [ "$peak" -lt 51200 ]
    result $? "$1: the engine stays below 50 MB ($peak KB)"
    what="$1"
    error_of "$1" 1
    expect_out_line "state     $3"
    [ -z "${4-}" ] || expect_out "$4"
    expect_clean
}
hostile segfault segfault failed "ended by SIGSEGV (Segmentation fault)"
hostile timed deaf failed "the time limit of 0.2 s has passed" ", timeout: 0.2s"
expect_gone timed.pids 0
hostile daemon daemon complete "value     1"
expect_gone daemon.pids 0
hostile stopped stopped failed "the time limit of 0.2 s has passed" ", timeout: 0.2s"
expect_gone stopped.pids 0
hostile closed close failed "nothing was written"
hostile babble babble complete "value     0.25"
hostile memory memory complete "" ", limits: {memory: 64M}"
try sql 'SELECT max(value) < 64 AS bounded FROM memory' --format csv
expect_out_line 1
hostile cpu spin failed "ended by SIGXCPU" ", limits: {cpu: 1s}"
expect_out "the limit of processor time (limits.cpu)"
hostile on spin_on failed "ended by SIGKILL (Killed): perhaps by the limit of processor time (limits.cpu)" \
    ", limits: {cpu: 1s}"
hostile blind blind complete "value     1"
hostile blinder blind_and_deaf failed "the time limit of 0.2 s has passed" ", timeout: 0.2s"
expect_gone blinder.pids 0
hostile missing missing failed "exit status 99"

# All of them in one search, two at once: each is judged for itself, and none is in another's way.
cat >mixed.yaml <<SPEC
objective:
  command: ["$HOSTILE", "{what}", "$work/mixed.pids", "{again}"]
  direction: minimize
  timeout: 1s
  limits: {memory: 64M}
space:
  what: [segfault, deaf, daemon, stopped, close, memory, babble, inherited, missing]
  again: [1, 2]
search: {method: grid}
SPEC
run_watched mixed.yaml -q --workers 2
expect_status 0
[ -n "$SANITIZED" ] || [ "$peak" -lt 51200 ]
result $? "$what: the engine stays below 50 MB ($peak KB)"
expect_gone mixed.pids 0
expect_clean
try sql "SELECT state || ' ' || group_concat(what, ' ') AS kinds FROM (SELECT DISTINCT state, what \
    FROM mixed ORDER BY what) GROUP BY state" --format csv
expect_out_line 'complete babble daemon inherited memory'
expect_out_line 'failed close deaf missing segfault stopped'
try sql "SELECT count(*) AS n FROM mixed WHERE state = 'failed' AND error IS NULL" --format csv
expect_out_line 0

# A program that is not there is seen before a trial is run; one that a parameter names, by a trial.
for program in ./does-not-exist does-not-exist ./data; do
    mkdir -p data
    try run -p x=1,2 --study nowhere -q -- "$program" '{x}'
    expect_status 2
    expect_err "objective.command: '$program' cannot be started: "
    try show nowhere
    expect_status 2
done
try run -p x=./does-not-exist,nor-this --study nowhere -q -- '{x}'
expect_status 1
error_of nowhere 0
expect_out "cannot start './does-not-exist': No such file or directory"
error_of nowhere 1
expect_out "cannot start 'nor-this': No such file or directory"
echo 'echo 1' >noscript
chmod +x noscript
try run -p x=1,2 --study noscript -q -- ./noscript
error_of noscript 0
expect_out "a script should begin with #!"

# Many short ones leave nothing in the engine: the last ones, their grandparent being it, count
# its open files and dead children.
cat >many.sh <<'SH'
#!/bin/sh
engine=$(cut -d ' ' -f 4 "/proc/$PPID/stat")
case $1 in
? | 49?)
    files=$(find "/proc/$engine/fd" -mindepth 1 | wc -l)
    dead=$(cat /proc/[0-9]*/stat 2>/dev/null | awk -v e="$engine" '$3 == "Z" && $4 == e' | wc -l)
    echo "{\"value\": $files, \"dead\": $dead}"
    ;;
*) echo 1 ;;
esac
SH
chmod +x many.sh
try run -p x=0:1 --study many --method random --trials 500 -q --workers 2 -- ./many.sh '{trial}'
expect_status 0
try sql "SELECT min(value) > 5 AND (SELECT max(value) FROM many WHERE number >= 490) <= max(value) + 6 \
    AS steady FROM many WHERE number < 10" --format csv
expect_out_line 1
try sql "SELECT count(*) = 20 AND max(m.value) <= 2 AS buried FROM metric m JOIN metric_name n \
    ON n.id = m.name WHERE n.name = 'dead'" --format csv
expect_out_line 1

# Nothing is inherited, whatever hone itself was started with.
(
    trap '' HUP USR1 TERM
    exec 7<"$HOSTILE" 8>&1
    "$HONE" run -p x=1 --study inherited -q -- "$HOSTILE" inherited - >out 2>err
)
what="inherited"
try trials inherited --format json
expect_json_at '$[0].value' 3
expect_json_at '$[0].metrics.signals' 0
expect_json_at '$[0].metrics.input' 1
expect_json_at '$[0].metrics.leader' 1

# ---- Retries ----

cat >third.sh <<'SH'
#!/bin/sh
echo "$1" >>tries
[ "$(grep -c "^$1\$" tries)" -ge 3 ] && echo "$1"
SH
chmod +x third.sh
cat >retries.yaml <<'SPEC'
objective: {command: [./third.sh, "{x}"], direction: minimize, retries: 2}
space: {x: [1, 2]}
search: {method: grid}
SPEC
try run retries.yaml -q
expect_status 0
answers retries
expect_out_line "0,complete,1"
expect_out_line "1,complete,2"
sed 's/retries: 2/retries: 1/; 1i study: fewer' retries.yaml >fewer.yaml
rm tries
try run fewer.yaml -q
expect_status 1
error_of fewer 0
expect_out "attempt 2: exit status 1"

# A run that closed its folders to itself is cleaned up before the next one. root may write
# to any folder: the case is another user's.
mkdir -m 777 other other/tmp
cat >other/closes.sh <<'SH'
#!/bin/sh
mkdir -p "$HONE_WORKDIR/shut/dark/deep" && touch "$HONE_WORKDIR/shut/dark/deep/file"
chmod 0 "$HONE_WORKDIR/shut/dark"
chmod 555 "$HONE_WORKDIR/shut" "$HONE_WORKDIR"
echo . >>tries
[ "$(wc -l <tries)" -gt 1 ] && echo 5
SH
cat >other/shut.yaml <<'SPEC'
objective: {command: [./closes.sh], direction: minimize, retries: 1}
space: {x: [1]}
search: {method: grid}
SPEC
chmod 755 . other/closes.sh
as_other() {
    if [ "$(id -u)" -ne 0 ]; then
        "$@"
    else
        setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
    fi
}
what="a run that closed its folders"
if as_other "$HONE" --version >out 2>err; then
    (cd other && TMPDIR=$work/other/tmp as_other "$HONE" run shut.yaml -q) >out 2>err
    status=$?
    expect_status 0
    [ -z "$(ls -A other/tmp)" ]
    result $? "$what: leaves nothing in TMPDIR"
else
    result 0 "$what # SKIP root cannot run $HONE as another user"
fi

# ---- Nothing but failures ----

cat >hopeless.yaml <<'SPEC'
objective: {command: [sh, -c, 'sleep 0.1; echo "no such layer" >&2; exit 3'], direction: minimize}
space: {x: {type: float, low: 0, high: 1}}
search: {method: random, trials: 40, max_failures: 4}
SPEC
try run hopeless.yaml --workers 2
expect_status 1
expect_err "study 'hopeless' stopped: all trials fail (search.max_failures: 4)"
expect_err "exit status 3; its error output ends:"
expect_err "no such layer"
try sql "SELECT count(*) BETWEEN 4 AND 8 AS soon FROM hopeless WHERE state = 'failed'" --format csv
expect_out_line 1
# Mended, the search goes on: what failed in an earlier session does not count.
sed -i 's/max_failures: 4/max_failures: 2/' hopeless.yaml
try run hopeless.yaml -q --workers 1
expect_status 1
try sql "SELECT count(*) BETWEEN 6 AND 12 AS more FROM hopeless WHERE state = 'failed'" --format csv
expect_out_line 1
# So it ends although no trial was left to begin.
cat >last.yaml <<'SPEC'
objective: {command: [sh, -c, 'exit 3'], direction: minimize}
space: {x: {type: float, low: 0, high: 1}}
search: {method: random, trials: 5, max_failures: 2}
SPEC
try run last.yaml --workers 1
expect_status 1
expect_err "study 'last' stopped: all trials fail (search.max_failures: 2)"
cat >nowhere-feasible.yaml <<'SPEC'
objective: {command: [echo, '{"infeasible": true}'], direction: minimize}
space: {x: {type: float, low: 0, high: 1}}
search: {method: random, trials: 8, max_failures: 2}
SPEC
try run nowhere-feasible.yaml -q --workers 1
expect_status 1
try sql 'SELECT count(*) AS n FROM "nowhere-feasible"' --format csv
expect_out_line 8

# ---- Slots ----

cat >slot.sh <<'SH'
#!/bin/sh
mkdir "slot-$1" || exit 1
sleep 0.02
rmdir "slot-$1"
echo 1
SH
chmod +x slot.sh
cat >slots.yaml <<'SPEC'
objective: {command: [./slot.sh, "{gpu}"], direction: minimize, slots: {gpu: [0, 1]}}
space: {x: {type: float, low: 0, high: 1}}
search: {method: random, trials: 12, parallel: 6}
SPEC
try run slots.yaml -q --workers 4
expect_status 0
try sql "SELECT count(*) AS n FROM slots WHERE state = 'complete'" --format csv
expect_out_line 12

# ---- Folds ----

cat >fold.sh <<'SH'
#!/bin/sh
# The share of the most frequent class of the training part in the test part.
class=$(tail -n +2 "$1" | cut -d, -f5 | sort | uniq -c | sort -rn | awk 'NR == 1 { print $2 }')
head -n 1 "$1" >"header-$3"
cat "$2" >>"tests-$4"
ls -ld "$1" | cut -c 1-10 >mode
tail -n +2 "$2" | cut -d, -f5 | grep -c "^$class\$" | awk '{ print $1 / 50 }'
SH
chmod +x fold.sh
cat >folds.yaml <<SPEC
seed: 1
data: {csv: $TESTS/data/iris.csv}
cv: {folds: 3}
objective: {command: [./fold.sh, "{train}", "{test}", "{fold}", "{trial}"], direction: maximize}
space: {x: [1, 2]}
search: {method: grid}
SPEC
try check folds.yaml
expect_out "3 folds a trial"
expect_out "folds: 3 (3-fold, 1 times), training on 100 rows, as CSV files, not prepared"
try run folds.yaml -q
expect_status 0
[ "$(cat header-0)" = "$(head -n 1 "$TESTS/data/iris.csv")" ]
result $? "a fold's file has the data's columns"
grep -v species tests-0 | sort >tested
tail -n +2 "$TESTS/data/iris.csv" | sort >rows
cmp -s tested rows
result $? "the test parts are the data, each row once and as it was written"
[ "$(cat mode)" = -rw------- ]
result $? "fold files are for their owner alone"
try trials folds --format json
expect_json_at '$[0].folds[2].fold' 2
expect_clean
sed 's/direction: maximize/direction: maximize, prepare: standardise/; 1i study: scaled' folds.yaml \
    >scaled.yaml
rm tests-*
try run scaled.yaml -q
expect_status 0
awk -F, '/species/ { next } { for (i = 1; i < 5; i++) s += $i }
    END { exit !(NR > 100 && s / NR < 0.05 && s / NR > -0.05) }' tests-1
result $? "standardised files are centred"

cat >holes.csv <<'CSV'
a,b,kind
1,x,yes
,y,no
3,x,yes
4,,no
5,x,yes
6,y,no
CSV
cat >filled.yaml <<'SPEC'
data: {csv: holes.csv, target: kind}
cv: {folds: 2, shuffle: false, stratify: false}
objective: {command: [sh, -c, 'cat "$0" >"filled-$1"; echo 1', "{test}", "{fold}"], direction: minimize, prepare: fill}
space: {x: [1]}
search: {method: grid}
SPEC
try run filled.yaml -q
expect_status 0
printf '%s\n' 'a,a=missing,b=x,b=y,kind' '1,0,1,0,yes' '5,1,0,1,no' '3,0,1,0,yes' >expected
cmp -s expected filled-0
result $? "what is missing in a test part is filled from the training part"

# ---- Ends ----

# An engine that is killed takes everything with it.
cat >endless.yaml <<SPEC
objective: {command: ["$HOSTILE", "{what}", $work/endless.pids], direction: minimize}
space: {what: [brood, stopped, spin, deaf]}
search: {method: grid, trials: 50, parallel: 4}
SPEC
"$HONE" run endless.yaml -q --workers 4 >out 2>err &
engine=$!
wait_for_lines endless.pids 5
what="kill -9"
kill -KILL $engine
wait $engine 2>/dev/null
expect_gone endless.pids 2000

# What a killed engine left in TMPDIR, the next one removes; it waits a minute, for
# another that has only just begun.
touch -d '2 minutes ago' tmp/*/lock
# So it does where the lock had gone before all else, but nothing of another name.
mkdir tmp/hone-command-abcdef tmp/hone-command-results
touch tmp/hone-command-abcdef/train-0.csv
touch -d '2 minutes ago' tmp/hone-command-*
mkdir tmp/hone-command-uvwxyz
try run -p x=0:1 --trials 1 -q --study sweeps -- ./square.sh '{x}'
[ "$(ls tmp)" = "$(printf 'hone-command-results\nhone-command-uvwxyz')" ]
result $? "$what: removes what was abandoned and nothing else"
rmdir tmp/hone-command-*

# Two interrupts: all is over soon, nothing failed.
"$HONE" run endless.yaml -q --workers 2 --db ints.db >out 2>err &
engine=$!
rm -f endless.pids
wait_for_lines endless.pids 1
interrupt $engine
interrupt $engine
started=$(date +%s)
wait $engine
status=$?
what="two interrupts"
expect_status 130
[ $(($(date +%s) - started)) -le 3 ]
result $? "$what: over within 3 s"
expect_gone endless.pids 0
try sql "SELECT count(*) AS n FROM endless WHERE state IN ('failed', 'running')" --db ints.db \
    --format csv
expect_out_line 0

finish
