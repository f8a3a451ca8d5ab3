#!/bin/sh
# What a command costs beyond its own fork and exec: hone beside xargs with as many
# at once, round about, on a program that only prints a number. Measures, asserts
# nothing.
#   HONE=build/hone sh tests/bench/commands.sh [COMMANDS [ROUNDS]]
set -u
commands=${1:-1000}
rounds=${2:-7}
HONE=$(realpath "${HONE:-build/hone}")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
unset HONE_DB

cat >echo.yaml <<SPEC
objective: {command: [/bin/echo, "{x}"], direction: minimize}
space: {x: {type: float, low: 0, high: 1}}
search: {method: random, trials: $commands, parallel: 4}
SPEC

by_xargs() {
    seq "$commands" | xargs -P "$1" -n 1 /bin/echo >/dev/null
}

by_hone() {
    rm -f hone.db*
    "$HONE" run echo.yaml -q --workers "$1" >/dev/null
}

now_us() {
    echo $(($(date +%s%N) / 1000))
}

# took WORDS...: microseconds by the clock and of processor time, that of all children.
took() (
    began=$(now_us)
    "$@" || exit 1
    ended=$(now_us)
    times >took.out
    awk -v wall=$((ended - began)) 'NR == 2 {
        gsub(/m/, " ")
        gsub(/s/, "")
        print wall, ($1 * 60 + $2 + $3 * 60 + $4) * 1e6
    }' took.out
)

echo "$(nproc) cores; $("$HONE" --version); $commands commands, $rounds rounds"
for workers in 1 2; do
    for _ in $(seq "$rounds"); do
        echo "$(took by_xargs "$workers") $(took by_hone "$workers")"
    done | awk -v n="$commands" -v workers="$workers" '
        function median(list, count,    i, j, held) {
            for (i = 2; i <= count; i++) {
                held = list[i]
                for (j = i - 1; j > 0 && list[j] > held; j--) list[j + 1] = list[j]
                list[j + 1] = held
            }
            return (list[int((count + 1) / 2)] + list[int(count / 2) + 1]) / 2
        }
        function show(name, xargs, hone, more) {
            printf "%d at once, %s: xargs %.2f ms, hone %.2f ms a command; ", workers, name,
                median(xargs, NR), median(hone, NR)
            printf "beyond it: median %.2f ms, least %.2f ms\n", median(more, NR), more[1]
        }
        {
            xargs[NR] = $1 / n / 1000; hone[NR] = $3 / n / 1000; more[NR] = hone[NR] - xargs[NR]
            xargs_cpu[NR] = $2 / n / 1000; hone_cpu[NR] = $4 / n / 1000
            more_cpu[NR] = hone_cpu[NR] - xargs_cpu[NR]
        }
        END {
            show("clock", xargs, hone, more)
            show("processor time", xargs_cpu, hone_cpu, more_cpu)
        }'
done
