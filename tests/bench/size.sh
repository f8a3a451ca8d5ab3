#!/bin/sh
# How large the database of 5,000 trials with 4 parameters and 5 folds is, beside that of
# Optuna for the same content, written by Optuna itself (create_study, add_trials).
# Measures, asserts nothing.
#   HONE=build/hone sh tests/bench/size.sh
# BENCH_PYTHON names a Python that has Optuna; without it one is set up in the temporary
# folder, as by training.sh, and stays there.
set -u
HONE=$(realpath "${HONE:-build/hone}")
folder=${TMPDIR:-/tmp}/hone-bench-python
python=${BENCH_PYTHON:-$folder/bin/python}
if [ ! -x "$python" ]; then
    python3 -m venv "$folder" && "$python" -m pip install --quiet optuna
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
unset HONE_DB

cat >size.yaml <<'SPEC'
seed: 1
objective: {function: rosenbrock, folds: 5, noise: 1}
space:
  learning_rate: {type: float, low: 1e-5, high: 1, log: true}
  weight_decay: {type: float, low: 1e-7, high: 1e-1, log: true}
  batch_size: {type: int, low: 8, high: 256, log: true}
  dropout: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
search: {method: random, trials: 5000, parallel: 16}
SPEC
"$HONE" run size.yaml -q >/dev/null || exit 1
"$HONE" trials size --format json >trials.json || exit 1

cat >size.py <<'PYTHON'
import json
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

optuna.logging.set_verbosity(optuna.logging.WARNING)
space = {
    "learning_rate": FloatDistribution(1e-5, 1, log=True),
    "weight_decay": FloatDistribution(1e-7, 1e-1, log=True),
    "batch_size": IntDistribution(8, 256, log=True),
    "dropout": CategoricalDistribution([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]),
}
study = optuna.create_study(storage="sqlite:///optuna.db", study_name="size")
study.add_trials([
    optuna.trial.create_trial(
        params=t["params"], distributions=space, value=t["value"],
        intermediate_values={f["fold"]: f["value"] for f in t["folds"]})
    for t in json.load(open("trials.json"))])
PYTHON
"$python" size.py || exit 1
"$HONE" export size --to optuna exported.db

ours=$(wc -c <hone.db)
theirs=$(wc -c <optuna.db)
echo "hone.db                        $ours bytes"
echo "written by Optuna              $theirs bytes"
echo "hone export --to optuna        $(wc -c <exported.db) bytes (with seconds, part and stderr of each trial)"
awk -v ours="$ours" -v theirs="$theirs" 'BEGIN { printf "hone takes %.2f of it\n", ours / theirs }'
