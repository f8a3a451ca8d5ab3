#!/bin/sh
# Every elementwise loop that is marked HONE_WIDE has been turned into vectors, as the
# compiler itself reports for the commands of this build: TAP.
#   sh tests/objectives/test_vectors.sh BUILD_FOLDER
set -u
cd "$(dirname "$0")/../.." || exit 1
commands=$1/compile_commands.json
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

skip() {
    echo "1..0 # SKIP $1"
    exit 0
}

# The command that compiles a file for training, its output thrown away.
command_of() {
    awk -v file="\"file\": \"[^\"]*/$1\"" '
        /"command":/ { command = $0 }
        $0 ~ file && command !~ /HONE_REAL_IS_DOUBLE/ { print command; exit }' "$commands" |
        sed -e 's/^ *"command": "//' -e 's/",$//' -e 's/\\"/"/g' \
            -e 's/ -M[QF] [^ ]*//g' -e 's/ -MD//' -e 's/ -o [^ ]*/ -o \/dev\/null/'
}

[ -f "$commands" ] || skip 'there is no compile_commands.json'
grep -q -e '-fsanitize' "$commands" && skip 'sanitizers keep loops as they are'
grep -rl '^HONE_WIDE' objectives --include='*.c' | sort >"$work/files"
[ -s "$work/files" ] || exit 1
eval "set -- $(command_of "$(head -n 1 "$work/files")")"
[ $# -gt 0 ] || exit 1
"$1" -v 2>&1 | grep -q '^gcc version' || skip 'only GCC reports in this way'

# 32 bytes in one of the two copies on x86-64.
case $("$1" -dumpmachine) in
x86_64-*) width=32 ;;
*) width=16 ;;
esac

while read -r file; do
    (cd "${commands%/*}" && eval "$(command_of "$file") -fopt-info-vec-optimized") \
        2>"$work/report" || cat "$work/report" >&2
    awk '/^HONE_WIDE/ { name = $0; sub(/\(.*/, "", name); sub(/.* /, "", name); from = NR }
        /^}/ && name { print name, from, NR; name = "" }' "$file" >"$work/functions"
    sed -n "s|^[^ ]*$file:\([0-9]*\):.*loop vectorized using $width byte.*|\1|p" \
        "$work/report" >"$work/lines"
    while read -r name from to; do
        awk -v from="$from" -v to="$to" '$1 >= from && $1 <= to { found = 1 }
            END { exit !found }' "$work/lines" || printf 'not '
        echo "ok - $file: $name in vectors of $width bytes"
    done <"$work/functions"
done <"$work/files" >"$work/results"
echo "1..$(wc -l <"$work/results")"
cat "$work/results"
