#!/bin/sh
# Optuna and optuna-dashboard read the database of a search while it runs, and go on
# with what was exported. Needs a Python that has them: PEERS names its environment.
# With INTEROP=make one is made in the temporary folder (pip downloads it) and stays
# there for the next time. Without either the test is skipped, and says so.
set -u
here=$(cd "$(dirname "$0")" && pwd)
environment=${PEERS:-}
if [ -z "$environment" ] && [ "${INTEROP:-}" = make ]; then
    environment=${TMPDIR:-/tmp}/hone-interop-python
    if [ ! -x "$environment/bin/optuna-dashboard" ]; then
        if ! python3 -m venv "$environment" ||
            ! timeout 600 "$environment/bin/python" -m pip install --quiet 'optuna>=5,<6' \
                optuna-dashboard pandas 1>&2; then
            echo "optuna cannot be installed: skipped" >&2
            exit 77
        fi
    fi
fi
if [ -z "$environment" ]; then
    echo "no Python environment with Optuna: PEERS names one, INTEROP=make makes one; skipped" >&2
    exit 77
fi
HONE=$(realpath "$HONE")
export HONE PATH="$environment/bin:$PATH"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
unset HONE_DB
timeout 240 "$environment/bin/python" "$here/optuna_live.py"
