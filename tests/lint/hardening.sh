#!/bin/sh
# The program that is built resists what it can: a place that is not known in advance,
# no table of functions that can be written, no stack that can be run, guards around
# buffers, and none of the functions that cannot be used safely.
set -u
binary=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
count=0
failed=0

result() {
    count=$((count + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $count - $2"
    else
        echo "not ok $count - $2"
        failed=1
    fi
}

readelf -hlW "$binary" >"$work/headers" || exit 1
readelf -dW "$binary" >"$work/dynamic" || exit 1
nm -D --undefined-only "$binary" >"$work/imports" || exit 1

grep -Eq 'Type: +DYN' "$work/headers"
result $? "it is position independent"
grep -q GNU_RELRO "$work/headers" && grep -q BIND_NOW "$work/dynamic"
result $? "its function table is read-only before it begins"
grep -Eq 'GNU_STACK .* RW +0x' "$work/headers"
result $? "its stack cannot be run"
grep -q __stack_chk_fail "$work/imports"
result $? "its stack is guarded"
grep -q '_chk@' "$work/imports"
result $? "calls of libc know the sizes of buffers"
unsafe=$(grep -Eow 'U (system|popen|gets|strcpy|strcat|sprintf|vsprintf|tmpnam|mktemp)' "$work/imports")
[ -z "$unsafe" ]
result $? "it imports no function that overruns or runs a shell ($unsafe)"
echo "1..$count"
exit $failed
