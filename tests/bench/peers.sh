#!/bin/sh
# The Python environments with the peers, made when they are not there. To be sourced.
BENCH_PYTHON=${BENCH_PYTHON:-${TMPDIR:-/tmp}/hone-bench-peers/bin/python}
BENCH_HEBO_PYTHON=${BENCH_HEBO_PYTHON:-${TMPDIR:-/tmp}/hone-bench-hebo/bin/python}
export BENCH_PYTHON BENCH_HEBO_PYTHON

# peers_install PYTHON PACKAGE...: each on its own, for one may fail.
peers_install() {
    peers_python=$1
    shift
    [ -x "$peers_python" ] && return
    python3 -m venv "${peers_python%/bin/python}" || exit 1
    for peers_package; do
        "$peers_python" -m pip install --quiet "$peers_package" ||
            echo "$peers_package could not be installed: left out" >&2
    done
}

peers_install "$BENCH_PYTHON" numpy scikit-learn optuna torch scikit-optimize smac botorch
# GPy has wanted a newer numpy than HEBO allows since 1.14: without the bound pip tries for hours.
peers_install "$BENCH_HEBO_PYTHON" "GPy<1.14" HEBO
