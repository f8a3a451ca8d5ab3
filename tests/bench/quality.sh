#!/bin/sh
# How good the points are that hone recommends, beside its peers: test functions and
# tuning surfaces, each with noise and without. Measures, asserts nothing.
#   HONE=build/hone sh tests/bench/quality.sh measure|report [OPTION...]   (--help)
# BENCH_CACHE is the folder that keeps what was measured, so that it can be stopped,
# continued, and hone alone be measured again. Python environments are made in the
# temporary folder, a second one for HEBO; what cannot be installed is left out.
# HONE_SEARCH=key=value,... adds to hone's `search:`.
set -u
here=$(cd "$(dirname "$0")" && pwd)
HONE=$(realpath "${HONE:-build/hone}")
BENCH_CACHE=${BENCH_CACHE:-${TMPDIR:-/tmp}/hone-bench-quality}
export HONE BENCH_CACHE
mkdir -p "$BENCH_CACHE" || exit 1
# shellcheck source=tests/bench/peers.sh
. "$here/peers.sh"
exec "$BENCH_PYTHON" "$here/quality.py" "$@"
