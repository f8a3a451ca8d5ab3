#!/bin/sh
# Completion: what the program offers, and what bash and zsh make of it.
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"
shell=$TESTS/../engine/cli/shell

flowers_spec
small_spec
try run flowers.yaml -q
try run small.yaml -q --db other.db

# offers WORDS: EXPECTED, all in one line. The words end with the one to complete.
offers() {
    expected=$1
    shift
    try complete -- "$@"
    found=$(tr '\n' ' ' <out)
    [ "$found" = "$expected" ] && [ "$status" -eq 0 ] && [ ! -s err ]
    result $? "hone $*: offers '$expected' (was '$found')"
}
offers 'resume report ' re
offers 'check ' --db x.db che
offers '--workers ' run --w
offers '--format ' --fo
offers 'table csv json yaml args ' best --format ''
offers 'table ' import flowers --format ''
offers '--format=json ' best flowers --format=j
offers 'model best one-se ' best flowers --rule ''
offers 'flowers ' trials ''
offers 'small ' watch --db other.db ''
offers 'small ' watch --db=other.db s
offers 'flowers ' compare flowers f
offers 'momentum ' trials flowers --sort mom
offers 'optimizer= ' add flowers opt
offers 'optimizer=momentum optimizer=adam ' add flowers optimizer=
offers 'learning_rate= ' add flowers optimizer=adam learn
offers 'contour ' plot con
offers 'flowers ' plot history ''
offers 'schedules ' help sch
offers 'sobol ' run --method so
offers '' run spec
offers '' trials --db missing.db ''
offers '' frobnicate ''
offers '--db ' best --db
offers '' best --db ''

# A name with a space would be two words.
cat >odd.yaml <<'SPEC'
objective: {function: sphere}
space: {"two words": {type: float, low: 0, high: 1}, x: {type: float, low: 0, high: 1}}
search: {method: random, trials: 1}
SPEC
try run odd.yaml -q
offers 'x= ' add odd ''
try help
grep -q '^  complete' out
[ $? -eq 1 ]
result $? "complete is for shells, not in the list of commands"

cat >ask.bash <<SH
PATH=$(dirname "$HONE"):\$PATH
source "$shell/hone.bash"
ask() {
    COMP_LINE=\$1
    COMP_POINT=\${#1}
    COMPREPLY=()
    _hone
    echo "\${COMPREPLY[*]}"
}
ask 'hone wat'
ask 'hone best flowers --format=y'
ask 'hone add flowers optimizer=ad'
ask 'hone plot history '
complete -p hone
SH
what=bash
bash ask.bash >out 2>err
printf 'watch\nyaml\nadam\nflowers odd\ncomplete -o default -F _hone hone\n' >expected
cmp -s expected out && [ ! -s err ]
result $? "bash completes commands, values, choices and studies"

# compadd and _files are zsh's own; here they tell what they are given.
if command -v zsh >/dev/null; then
    cat >ask.zsh <<SH
PATH=$(dirname "$HONE"):\$PATH
compadd() { [[ \$1 == -S ]] && shift 2; shift; print -r -- "\$@" }
_files() { print files }
_hone() {
$(cat "$shell/_hone")
}
ask() { words=("\$@"); CURRENT=\${#words}; _hone }
ask hone wat
ask hone best flowers --format=y
ask hone add flowers optimizer=ad
ask hone plot history ''
ask hone run spe
SH
    zsh -f ask.zsh >out 2>err
    printf 'watch\n--format=yaml\noptimizer=adam\nflowers odd\nfiles\n' >expected
    cmp -s expected out && [ ! -s err ]
    result $? "zsh completes commands, values, choices, studies and files"
else
    cases=$((cases + 1))
    echo "ok $cases - zsh completes # SKIP there is no zsh"
fi

finish
