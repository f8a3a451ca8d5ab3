#!/bin/sh
# How many durable trials a second one process stores, beside Optuna on the same
# search in the same run: two parameters, points at random, one objective that
# costs nothing, a SQLite file. Measures, asserts nothing.
#   HONE=build/hone sh tests/bench/storage.sh [TRIALS [OPTUNA_TRIALS]]
# BENCH_PYTHON names a Python that has Optuna; without it one is set up in the temporary
# folder, as by training.sh, and stays there.
set -u
trials=${1:-20000}
peer_trials=${2:-300}
HONE=$(realpath "${HONE:-build/hone}")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
unset HONE_DB

folder=${TMPDIR:-/tmp}/hone-bench-python
python=${BENCH_PYTHON:-$folder/bin/python}
if [ ! -x "$python" ]; then
    python3 -m venv "$folder" && "$python" -m pip install --quiet optuna
fi

cat >two.yaml <<SPEC
seed: 1
objective: {function: branin}
space:
  x1: {type: float, low: -5, high: 10}
  x2: {type: float, low: 0, high: 15}
search: {method: random, trials: $trials}
SPEC

cat >peer.py <<'PYTHON'
import math, sys, time, optuna
optuna.logging.set_verbosity(optuna.logging.ERROR)

def branin(trial):
    x, y = trial.suggest_float("x1", -5, 10), trial.suggest_float("x2", 0, 15)
    bent = y - 5.1 / (4 * math.pi**2) * x * x + 5 / math.pi * x - 6
    return bent * bent + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10

study = optuna.create_study(storage="sqlite:///optuna.db",
                            sampler=optuna.samplers.RandomSampler(seed=1))
began = time.perf_counter()
study.optimize(branin, n_trials=int(sys.argv[1]))
print(int(sys.argv[1]) / (time.perf_counter() - began))
PYTHON

# rate WORKERS ENGINES: trials a second of so many processes, the first to the last.
rate() {
    rm -f hone.db hone.db-*
    began=$(date +%s%N)
    engine=0
    while [ "$engine" -lt "$2" ]; do
        engine=$((engine + 1))
        "$HONE" run two.yaml --workers "$1" -q >/dev/null &
    done
    wait
    ended=$(date +%s%N)
    awk -v n="$trials" -v ns=$((ended - began)) 'BEGIN { printf "%.0f\n", n / ns * 1e9 }'
}

echo "$(nproc) cores; $("$HONE" --version); load $(cut -d ' ' -f 1 /proc/loadavg)"
one=$(rate 1 1)
four=$(rate 1 4)
echo "hone, one process       $one trials/s, each durable ($trials)"
echo "hone, four processes    $four trials/s on one study, $(awk "BEGIN { printf \"%.2f\", $four / $one }") of one"
if command -v strace >/dev/null; then
    rm -f hone.db hone.db-*
    sed 's/^search:.*/search: {method: tpe, trials: 200, parallel: 1}/' two.yaml >one.yaml
    strace -f -c -e trace=fsync,fdatasync -o syncs "$HONE" run one.yaml --workers 1 -q >/dev/null
    echo "hone, one after another $(awk '/fsync|fdatasync/ { n += $4 } END { printf "%.2f", n / 200 }' syncs) syncs a trial"
fi
if ! "$python" -c 'import optuna' 2>/dev/null; then
    echo "Optuna cannot be had: hone alone was measured"
else
    peer=$("$python" peer.py "$peer_trials")
    again=$(rate 1 1)
    echo "Optuna, one process     $(printf '%.0f' "$peer") trials/s ($peer_trials)"
    awk -v a="$one" -v b="$again" -v p="$peer" \
        'BEGIN { printf "hone beside Optuna      %.0f times (before), %.0f times (after)\n", a / p, b / p }'
fi
