#!/bin/sh
# How long the questions take on a database of 100,000 trials, each with 8
# parameters and 5 folds. Measures, asserts nothing.
#   HONE=build/hone sh tests/bench/queries.sh [TRIALS [RUNS]]
set -u
trials=${1:-100000}
runs=${2:-20}
HONE=$(realpath "${HONE:-build/hone}")
export HONE
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
unset HONE_DB

{
    echo "seed: 1"
    echo "objective: {function: rosenbrock, folds: 5, noise: 1}"
    echo "space:"
    for p in 1 2 3 4 5; do echo "  x$p: {type: float, low: -5, high: 10}"; done
    echo "  x6: {type: int, low: -5, high: 10}"
    echo "  x7: [-1, 0, 1]"
    echo "  x8: {type: float, low: 1e-3, high: 10, log: true}"
    echo "search: {method: random, trials: $trials}"
} >large.yaml

now_us() {
    echo $(($(date +%s%N) / 1000))
}

began=$(now_us)
"$HONE" run large.yaml -q >/dev/null || exit 1
ended=$(now_us)
echo "$(nproc) cores; $("$HONE" --version)"
echo "search      $trials trials in $(((ended - began) / 1000)) ms, $(du -k hone.db | cut -f 1) KB"

# measure NAME WORDS...: least and median time of one command, the start of the
# process included.
measure() {
    name=$1
    shift
    "$HONE" "$@" >/dev/null || exit 1
    for _ in $(seq "$runs"); do
        began=$(now_us)
        "$HONE" "$@" >/dev/null
        echo $(($(now_us) - began))
    done | sort -n | awk -v name="$name" '
        { took[NR] = $1 }
        END {
            median = (took[int((NR + 1) / 2)] + took[int(NR / 2) + 1]) / 2
            printf "%-32s least %6.1f ms  median %6.1f ms\n", name, took[1] / 1000, median / 1000
        }'
}

measure "(starting: --version)" --version
measure "studies" studies
measure "best" best large
measure "show (best)" show large
measure "show 5000" show large $((trials / 2))
measure "trials (table)" trials large
measure "trials --limit 20" trials large --limit 20
measure "trials --sort value --limit 20" trials large --sort value --limit 20
measure "trials --where --sort --limit" trials large --where 'x1 < 0 and state = complete' \
    --sort value --limit 20
measure "trials --where, few fit" trials large --where 'x1 < -4.9 and x7 = 1' --sort -x2
measure "trials --format csv" trials large --format csv
measure "trials --format json" trials large --format json
measure "sql, the view by value" sql 'SELECT x1, value FROM "large" ORDER BY value LIMIT 5'
