#!/bin/sh
# The rules of the house that a compiler does not check, as TAP.
#   sh tests/lint/rules.sh [ROOT]
set -u
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$here/../..}" || exit 1
LC_ALL=C
export LC_ALL
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
number=0

# rule FUNCTION DESCRIPTION: the function prints what is wrong, one line each.
rule() {
    number=$((number + 1))
    "$1" >"$work/offences"
    if [ -s "$work/offences" ]; then
        echo "not ok $number - $2"
        sort -u "$work/offences" | sed 's/^/# /'
    else
        echo "ok $number - $2"
    fi
}

# The lines of a listing that are of one of these folders. engine is without its cli and its lib,
# the program and the library, which stand above all others and not on one another.
of() {
    case $1 in
    all) grep -v '^tests/' ;;
    every) cat ;;
    library) grep -vE '^(tests|engine/cli)/' ;;
    engine) grep '^engine/' | grep -vE '^engine/(cli|lib)/' ;;
    *) grep "^$1/" ;;
    esac
}

# Every C file; the code of all as file:line:code; their includes likewise.
for folder in engine search storage objectives tests; do
    [ -d "$folder" ] && find "$folder" -name '*.[ch]'
done >"$work/files"
xargs awk -v code="$work/code" -f "$here/shape.awk" <"$work/files" >"$work/shape"
xargs grep -nH '^ *# *include' <"$work/files" >"$work/includes"

# A call of one of these functions, but not a member of that name.
calls() {
    grep -E ":.*(^|[^a-zA-Z0-9_.>])($1) *\(" "$work/code"
}

libc='assert|ctype|errno|fenv|float|inttypes|iso646|limits|locale|math|setjmp|signal|stdalign'
libc="$libc|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|stdnoreturn|string|time|wchar"
libc="$libc|dirent|fcntl|fnmatch|glob|libgen|poll|pthread|pwd|sched|spawn|strings|termios|unistd"
libc="$libc|sys/file|sys/mman|sys/resource|sys/stat|sys/statvfs|sys/time|sys/types|sys/wait"

engine_includes() {
    of engine <"$work/includes" | grep -vE "include (\"engine/(run/)?[a-z0-9_]+\.h\"|<($libc)\.h>)" |
        grep -v 'include <gsl/gsl_rng\.h>'
}

sibling_includes() {
    for folder in search storage objectives; do
        of "$folder" <"$work/includes" | grep 'include "' |
            grep -vE "include \"(engine/[a-z0-9_]+|$folder/[a-z0-9_/]+)\.h\""
    done
    of engine/lib <"$work/includes" | grep 'include "engine/cli/'
    of engine/cli <"$work/includes" | grep 'include "engine/lib/'
}

# Who installs hone.h installs nothing beside it.
public_header() {
    grep '^engine/hone\.h:' "$work/includes" | grep -vE "include <($libc)\.h>"
}

missing_includes() {
    grep 'include "' "$work/includes" | while read -r line; do
        path=$(echo "$line" | sed 's/.*include "\([^"]*\)".*/\1/')
        [ -f "$path" ] || echo "$line"
    done
}

libraries() {
    of all <"$work/includes" | grep -E '<(sqlite3)\.h>' | grep -vE '^(storage|objectives)/'
    of all <"$work/includes" | grep '<yaml\.h>' | grep -v '^engine/cli/'
}

sql() {
    verbs='SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|PRAGMA|BEGIN|COMMIT|ROLLBACK|ATTACH'
    xargs grep -nHE "\"($verbs|SAVEPOINT|REPLACE|VACUUM)[ ;\"]" <"$work/files" | of all |
        grep -v '^storage/'
}

# engine/err.c speaks when a promise of ours is broken, just before the end.
printing() {
    calls 'printf|vprintf|puts|putchar|perror|exit|quick_exit|abort' | of library |
        grep -v '^engine/err\.c:'
    grep -wE 'stdout|stderr' "$work/code" | of library | grep -v '^engine/err\.c:'
}

memory() {
    calls 'malloc|calloc|realloc|free|strdup|strndup|alloca' | of all | grep -v '^engine/alloc\.c:'
}

unsafe() {
    calls 'strcpy|strcat|sprintf|vsprintf|gets|system|popen|strtok|tmpnam' | of all
    calls 'rand|srand|random|srandom|drand48|setlocale|atoi|atof' | of all
}

# HONE_FOLDER_FILE_H; the program's folder may be CLI for short.
guards() {
    grep '\.h$' "$work/files" | while read -r file; do
        guard=HONE_$(echo "$file" | tr 'a-z/.' 'A-Z__')
        [ "$file" = engine/hone.h ] && guard=HONE_H
        short=$(echo "$guard" | sed 's/ENGINE_CLI/CLI/')
        grep -qE "^#ifndef ($guard|$short)\$" "$file" || echo "$file:1: no #ifndef $guard"
    done
}

names() {
    grep -E '/(utils?|helpers?|misc|common|stuff)\.[ch]$' "$work/files"
    grep '[^a-z0-9_./]' "$work/files"
}

shape() {
    cat "$work/shape"
    while read -r file; do
        [ -z "$(tail -c 1 "$file")" ] || echo "$file: no line end at its end"
    done <"$work/files"
}

top_level() {
    for name in * .[!.]*; do
        case $name in
        engine | search | storage | objectives | tests | meson.build | README.md | LICENSE) ;;
        meson_options.txt | meson.options | .ci | .clang-format | .editorconfig | .gitignore) ;;
        .git | .cache | build* | *.db | *.db-wal | *.db-shm | '*' | '.[!.]*') ;; # not kept
        *) echo "$name: it belongs into one of the folders" ;;
        esac
    done
}

something() {
    [ "$(wc -l <"$work/files")" -ge 3 ] || echo 'fewer than three C files were found'
}

scripts() {
    for folder in .ci tests; do
        [ -d "$folder" ] && find "$folder" -type f -size -64k
    done | while read -r file; do
        head -n 1 "$file" | grep -q '^#!/bin/sh' && shellcheck --external-sources --format gcc "$file"
    done
}

echo 1..15
rule engine_includes 'the engine includes libc, threads, gsl_rng and itself alone'
rule sibling_includes 'search, storage and objectives include themselves and the engine alone, nor do program and library meet'
rule missing_includes 'includes are written from the root'
rule libraries 'SQLite is for storage and data, libyaml for the program'
rule sql 'SQL is in storage alone'
rule printing 'the program alone prints and exits'
rule memory 'memory comes from engine/alloc.h'
rule unsafe 'no function is used that overruns, runs a shell or keeps hidden state'
rule guards 'a header is guarded by its path'
rule names 'no file is a drawer for odds and ends'
rule shape 'lines and functions keep their size and style'
rule top_level 'the top level holds what belongs there'
rule something 'there was something to check'
rule public_header 'the public header stands alone'
if command -v shellcheck >/dev/null; then
    rule scripts 'scripts pass shellcheck'
else
    echo 'ok 15 - scripts pass shellcheck # SKIP it is not installed'
fi
