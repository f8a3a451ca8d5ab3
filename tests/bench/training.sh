#!/bin/sh
# Times training beside scikit-learn, PyTorch and Optuna on the same work, in one
# run. Makes a Python environment of its own in the temporary folder, which stays
# there for the next run. Measures, asserts nothing.
#   HONE=build/hone sh tests/bench/training.sh [trial|sgd|search|scaling|memory ...]
set -u
here=$(cd "$(dirname "$0")" && pwd)
HONE=$(realpath "${HONE:-build/hone}")
export HONE
python=${BENCH_PYTHON:-${TMPDIR:-/tmp}/hone-bench-python/bin/python}
if [ ! -x "$python" ]; then
    python3 -m venv "${python%/bin/python}" || exit 1
    "$python" -m pip install --quiet scikit-learn optuna scipy || exit 1
    "$python" -m pip install --quiet torch || echo "PyTorch could not be installed: left out"
fi
exec "$python" "$here/training.py" "$here/../data/digits.csv" "$@"
