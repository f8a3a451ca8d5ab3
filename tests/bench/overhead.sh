#!/bin/sh
# How long a proposal takes, ask and tell end to end, beside hone's peers in the same
# run, one thread each; and hone's peak memory. Measures, asserts nothing.
#   HONE=build/hone sh tests/bench/overhead.sh [OPTION...]   (--help)
# The Python environments are those of quality.sh.
set -u
here=$(cd "$(dirname "$0")" && pwd)
HONE=$(realpath "${HONE:-build/hone}")
export HONE
# shellcheck source=tests/bench/peers.sh
. "$here/peers.sh"
exec "$BENCH_PYTHON" "$here/overhead.py" "$@"
