#!/bin/sh
# The manual page says what the help says.
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

try help man
expect_status 0
mv out hone.1
for section in NAME SYNOPSIS COMMANDS TOPICS ENVIRONMENT 'EXIT STATUS'; do
    grep -qx ".SH $section" hone.1
    result $? "there is a section $section"
done
"$HONE" help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' >commands
[ "$(wc -l <commands)" -gt 15 ]
result $? "commands are listed"
while read -r command; do
    grep -q "^.SS \"hone $command" hone.1
    result $? "hone $command is in it"
done <commands
"$HONE" help | sed -n '/^Topics:/,$s/^  \([a-z]*\) .*/\1/p' | grep -vx man >topics
while read -r topic; do
    grep -q "^.SS \"$topic: " hone.1
    result $? "topic $topic is in it"
done <topics

# Nothing of ours is taken for a macro, an escape or a hyphen.
grep "^[.']" hone.1 | grep -vE '^\.(TH|SH|SS|TP|PP|nf|fi)( |$)' >strange
[ ! -s strange ]
result $? "no line is a macro by accident"
sed 's/\\[&e-]//g; s/\\f[BIR]//g' hone.1 | grep -v '^\.' | grep '[\]' >strange
[ ! -s strange ]
result $? "no backslash is an escape by accident"

if command -v groff >/dev/null; then
    groff -k -man -Tutf8 -ww -P -cbou hone.1 >page 2>err && [ ! -s err ]
    result $? "groff sets it without a warning"
    for words in '-p, --param NAME=RANGE' 'learning_rate: {type: float, low: 1e-5, high: 1, log: true}' \
        '--rule model|best|one-se'; do
        grep -qF -e "$words" page
        result $? "the page has '$words'"
    done
else
    cases=$((cases + 1))
    echo "ok $cases - groff sets it # SKIP there is no groff"
fi

finish
