#!/bin/sh
# Times training beside scikit-learn, PyTorch and Optuna on the same work, in one
# run. Makes a Python environment of its own in the temporary folder, which stays
# there for the next run; BENCH_PYTHON names another. ROUNDS: how often each part is
# run (5). Measures, asserts nothing.
#   HONE=build/hone sh tests/bench/training.sh \
#       [trial|sgd|search|regression|tall|scaling|memory ...]
set -u
here=$(cd "$(dirname "$0")" && pwd)
HONE=$(realpath "${HONE:-build/hone}")
folder=${TMPDIR:-/tmp}/hone-bench-python
python=${BENCH_PYTHON:-$folder/bin/python}
if [ ! -x "$python" ]; then
    python3 -m venv "$folder" || exit 1
    "$python" -m pip install --quiet scikit-learn optuna scipy || exit 1
    "$python" -m pip install --quiet torch || echo "PyTorch could not be installed: left out"
fi
PRODUCTS=$(mktemp) || exit 1
trap 'rm -f "$PRODUCTS"' EXIT
# shellcheck disable=SC2046 # flags are words
${CC:-cc} -std=c11 -O2 "$here/products.c" -o "$PRODUCTS" \
    $(pkg-config --cflags --libs openblas) || exit 1
# Every BLAS is to choose its kernels itself.
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE
export HONE PRODUCTS
"$python" "$here/training.py" "$here/../data" "$@"
