#!/bin/sh
# One fold of a real task, as hone's command: asks the bench, which has scikit-learn in
# memory, and prints what it answers.
#   sh quality_fold.sh FOLDER
printf '%s %s\n' "$HONE_FOLD" "$(cat "$HONE_PARAMS")" >"$1/asked" || exit 1
read -r answer <"$1/answer" && echo "$answer"
