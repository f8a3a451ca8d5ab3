#!/bin/sh
# Every way to search on every test function: it ends, stays in the space, and finds
# something no worse than where it began.
# shellcheck source=tests/system/lib.sh
. "$TESTS/system/lib.sh"

trials=40
"$HONE" help functions >listing

# function_space NAME: as the help shows it, with three values a number for a grid.
function_space() {
    grep -A 1 "^$1:" listing | sed -n 's/^  space: //p' | sed 's/type: float,/& points: 3,/g'
}

# smallest NAME: what the help says the function's smallest value is.
smallest() {
    sed -n "s/^$1: smallest value //p" listing
}

search_function() {
    cat >"$1-$2.yaml" <<SPEC
seed: 5
objective: {function: $1}
space: $(function_space "$1")
search: {method: $2, first: default, trials: $trials}
SPEC
    "$HONE" run "$1-$2.yaml" -q >out 2>err </dev/null
    status=$?
    what="$2 on $1"
    expect_status 0
    view="\"$1-$2\""
    expect_number "SELECT count(*) >= 9 AND sum(state = 'complete') = count(*) AND
        min(value) <= (SELECT value FROM $view WHERE number = 0) AND
        min(value) >= $(smallest "$1") - 1e-6 FROM $view" 1 \
        "$what: complete, no worse than trial 0, no better than $(smallest "$1")"
}

names=$(sed -n 's/^\([a-z0-9_]*\): smallest.*/\1/p' listing)
methods=$("$HONE" help search | sed -n '/^methods:/,$s/^\([a-z]*\): .*/\1/p')
echo "# $(echo "$names" | wc -l) functions, methods:" "$methods" | tr '\n' ' '
echo
for name in $names; do
    for method in $methods; do search_function "$name" "$method"; done
done
[ "$(echo "$names" | wc -l)" -ge 15 ] && [ "$(echo "$methods" | wc -l)" -ge 3 ]
result $? "the help names all functions and methods"

# Points spread evenly find what chance finds, or better: a bowl in two dimensions.
for method in random sobol; do
    expect_number "SELECT min(value) < 2.5 FROM \"sphere-$method\"" 1 "$method comes near"
done
finish
