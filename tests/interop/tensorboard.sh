#!/bin/sh
# TensorBoard reads the scalars and HParams of a study. Needs a Python that has it:
# PEERS names its environment. With INTEROP=make one is made in the temporary folder
# (pip downloads it) and stays there for the next time. Without either the test is
# skipped, and says so.
set -u
here=$(cd "$(dirname "$0")" && pwd)
environment=${PEERS:-}
if [ -z "$environment" ] && [ "${INTEROP:-}" = make ]; then
    environment=${TMPDIR:-/tmp}/hone-interop-tensorboard
    if [ ! -x "$environment/bin/tensorboard" ]; then
        if ! python3 -m venv "$environment" ||
            ! timeout 600 "$environment/bin/python" -m pip install --quiet 'tensorboard>=2.20,<3' 1>&2; then
            echo "tensorboard cannot be installed: skipped" >&2
            exit 77
        fi
    fi
fi
if [ -z "$environment" ] || [ ! -x "$environment/bin/tensorboard" ]; then
    echo "no Python environment with TensorBoard: PEERS names one, INTEROP=make makes one;" \
        "skipped" >&2
    exit 77
fi
HONE=$(realpath "$HONE")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
unset HONE_DB
cat >board.yaml <<SPEC
seed: 1
data: {csv: $here/../data/iris.csv}
cv: {folds: 3}
objective: {model: mlp, metric: accuracy, epochs: 5,
            early_stopping: {fraction: 0.2, patience: 10, min_delta: 0}}
space:
  optimizer: [momentum, adam]
  momentum: {type: float, low: 0.5, high: 0.99, when: {optimizer: momentum}}
  learning_rate: {type: float, low: 1e-3, high: 1e-1, log: true}
  batch_size: {type: int, low: 16, high: 64}
  hidden: [[4], [8, 4]]
search: {method: random, trials: 6}
SPEC
"$HONE" run board.yaml -q --tensorboard folder >/dev/null || exit 1
"$HONE" trials board --format json >trials.json || exit 1
"$HONE" show board 1 --format json >trial.json || exit 1
timeout 120 "$environment/bin/python" "$here/tensorboard.py" folder
