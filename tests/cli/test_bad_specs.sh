#!/bin/sh
# Every bad spec of the corpus: exit status 2, the lines of its .expect, no database.
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

cd "$TESTS/specs/bad" || exit 1
for spec in *.yaml; do
    "$HONE" run "$spec" --db "$work/none.db" >"$work/out" 2>"$work/err" </dev/null
    status=$?
    head -n "$(wc -l <"${spec%.yaml}.expect")" "$work/err" >"$work/got"
    [ $status -eq 2 ] && cmp -s "${spec%.yaml}.expect" "$work/got" && [ ! -s "$work/out" ] &&
        [ ! -e "$work/none.db" ]
    passed=$?
    cases=$((cases + 1))
    if [ $passed -eq 0 ]; then
        echo "ok $cases - $spec"
    else
        echo "not ok $cases - $spec (exit status $status)"
        sed 's/^/# err: /' "$work/err" | head -n 6
    fi
done
finish
