#!/bin/sh
# Makes a static library of one object in which only what is exported is global,
# so that nothing else of it meets a name of the program it is linked into:
#   static.sh OUTPUT COMPILER AR OBJCOPY ARCHIVE [ARCHIVE …]
# Of the first archive all objects are taken, of the others what these need.
set -eu
output=$1 compiler=$2 ar=$3 objcopy=$4 whole=$5
shift 5
rm -f "$output"
$compiler -r -nostdlib -o "$output.o" -Wl,--whole-archive "$whole" -Wl,--no-whole-archive \
    -Wl,--start-group "$@" -Wl,--end-group
$objcopy --localize-hidden --wildcard --keep-global-symbol='hone_*' "$output.o"
$ar rcsD "$output" "$output.o"
rm -f "$output.o"
