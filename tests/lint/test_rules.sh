#!/bin/sh
# Plants one offence after another in a small sound tree and expects the one rule
# that is meant to find it, as TAP.
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
number=0

sound_tree() {
    rm -rf "$work/tree"
    mkdir -p "$work/tree/engine/cli" "$work/tree/engine/lib" "$work/tree/search" "$work/tree/storage" \
        "$work/tree/objectives"
    cd "$work/tree" || exit 1
    printf '%s\n' '/* A word: printf("x"), // and exit(1) are only spoken of. */' \
        '#ifndef HONE_ENGINE_WORD_H' '#define HONE_ENGINE_WORD_H' '#endif' >engine/word.h
    printf '%s\n' '#include "engine/word.h"' '' '#include <gsl/gsl_rng.h>' '#include <stdio.h>' '' \
        'static const char *const say = "http://x  printf(1) stdout";' '' \
        'int word(const char *a,' '    int b) {' \
        '    (void)snprintf(a, 1, "%d", b); /* … */' '    type->free(a);' '    return 1;' '}' \
        >engine/word.c
    printf '%s\n' '#include "engine/word.h"' '#include "search/grid.h"' >search/grid.c
    printf '%s\n' '#ifndef HONE_SEARCH_GRID_H' '#endif' >search/grid.h
    printf '%s\n' '#include <sqlite3.h>' 'const char *q = "SELECT 1";' >storage/row.c
    printf '%s\n' '#include "storage/row.h"' >>storage/row.c
    printf '%s\n' '#ifndef HONE_STORAGE_ROW_H' '#endif' >storage/row.h
    printf '%s\n' '#ifndef HONE_H' '#include <stddef.h>' '#endif' >engine/hone.h
    printf '%s\n' '#include "engine/hone.h"' '#include "storage/row.h"' >engine/lib/call.c
    printf '%s\n' '#include "storage/row.h"' '#include <yaml.h>' 'void x(void) {' \
        '    printf("x");' '    exit(1);' '}' >engine/cli/main.c
}

# expect RULE DESCRIPTION: exactly the rules named (none: "") find something.
expect() {
    number=$((number + 1))
    found=$(sh "$here/rules.sh" "$work/tree" | sed -n 's/^not ok \([0-9]*\) .*/\1/p' | tr '\n' ' ')
    if [ "${found% }" = "$1" ]; then
        echo "ok $number - $2"
    else
        echo "not ok $number - $2: rules '$found' instead of '$1'"
    fi
}

# plant RULE FILE LINE: this line at the end of that file is found by that rule.
plant() {
    sound_tree
    printf '%s\n' "$3" >>"$2"
    expect "$1" "$2: $(echo "$3" | head -n 1)"
}

long_line=$(printf '%0101d' 0)
wide_line=$(printf '%097d' 0)äöü

# A function of so many lines.
function_of() {
    echo 'int f(void) {'
    seq "$(($1 - 2))" | sed 's/.*/    x();/'
    echo '}'
}

echo 1..40
sound_tree
expect '' 'a sound tree'
plant 1 engine/word.c '#include "search/grid.h"'
plant 1 engine/word.c '#include "engine/cli/../word.h"'
plant 1 engine/word.c '#include <gsl/gsl_matrix.h>'
plant '1 4' engine/word.c '#include <sqlite3.h>'
plant 2 search/grid.c '#include "storage/row.h"'
plant '2 3' search/grid.c '#include "engine/run/session.h"'
plant 2 objectives/a.c '#include "search/grid.h"'
plant '2 3' storage/row.c '#include "engine/cli/args.h"'
plant '2 3' search/grid.c '#include "grid.h"'
plant '2 3' engine/cli/main.c '#include "engine/lib/gone.h"'
plant 3 engine/cli/main.c '#include "engine/gone.h"'
plant 6 engine/lib/call.c '    puts("x");'
plant 14 engine/hone.h '#include "engine/word.h"'
plant 4 search/grid.c '#include <yaml.h>'
plant 4 engine/cli/main.c '#include <sqlite3.h>'
plant 5 engine/cli/main.c 'const char *q = "DELETE FROM trial";'
plant 5 objectives/a.c 'const char *q = "BEGIN";'
plant 6 engine/word.c '    printf("%d", 1);'
plant 6 search/grid.c '    exit(1);'
plant 6 storage/row.c '    fputs("x", stderr);'
plant 6 objectives/a.c '    if (x) abort();'
plant 7 search/grid.c '    p = malloc(3);'
plant 7 engine/cli/main.c '    free(p);'
plant 8 storage/row.c '    sprintf(a, "%d", 1);'
plant 8 engine/cli/main.c '    system("ls");'
plant 8 search/grid.c '    x = rand();'
plant 9 engine/other.h '#ifndef HONE_WORD_H'
plant 10 engine/utils.c 'int x;'
plant 10 engine/New-File.c 'int x;'
plant 11 engine/word.c "/* $long_line */"
plant '' engine/word.c "$wide_line"
plant 11 engine/word.c "	int x;"
plant 11 engine/word.c 'int x; // why'
plant 11 engine/word.c 'int x; '
plant 11 engine/word.c 'typedef struct x x;'
plant 11 engine/word.c '/* TODO later */'
plant '' engine/word.c "$(function_of 80)"
plant 11 engine/word.c "$(function_of 81)"
plant 12 notes.txt 'mine'
