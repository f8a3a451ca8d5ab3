#!/bin/sh
# One fold of a real task, as hone's command: asks the bench, which has scikit-learn in
# memory, and prints what it answers, through a pipe of its own: in one that is shared, the
# end of an answer to the fold before could be taken for this one's.
#   sh quality_fold.sh FOLDER
answer=$1/answer.$$
mkfifo "$answer" || exit 1
printf '%s %s %s\n' "$$" "$HONE_FOLD" "$(cat "$HONE_PARAMS")" >"$1/asked" || exit 1
read -r value <"$answer" && echo "$value"
rm "$answer"
