#!/bin/sh
# libhone as it is installed: found by pkg-config, linked into C and C++, shared and
# static, called from Python; and its studies met by the program. Needs HONE, TESTS and
# BUILD (the folder built in).
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

what="meson install"
meson install -C "$BUILD" --no-rebuild --destdir "$work/dest" >out 2>err
status=$?
expect_status 0
here=$(find "$work/dest" -name hone.pc)
lib=$(dirname "$(dirname "$here")")
PKG_CONFIG_PATH=$(dirname "$here")
PKG_CONFIG_SYSROOT_DIR=$work/dest
LD_LIBRARY_PATH=$lib
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR LD_LIBRARY_PATH
header=$(pkg-config --variable=includedir hone)/hone.h
[ -f "$header" ] || header=$work/dest$header
[ -f "$header" ] && [ -f "$lib/libhone.a" ] && [ -L "$lib/libhone.so" ]
result $? "header, shared and static library are there"

# ---- What is exported is what the header declares ----

grep -ozP 'HONE_API[^;]*?hone_[a-z_]*\(' "$header" | tr '\0' '\n' | grep -o 'hone_[a-z_]*(' |
    tr -d '(' | sort -u >declared
[ "$(wc -l <declared)" -gt 20 ]
result $? "the header declares $(wc -l <declared) functions"
nm -D --defined-only "$lib/libhone.so" | awk '{ print $3 }' | sort >out
cmp -s declared out
result $? "the shared library exports what the header declares and nothing else"
nm -g --defined-only "$lib/libhone.a" | awk 'NF == 3 { print $3 }' | sort >out
cmp -s declared out
result $? "nor does the static library"
major=$(sed -n 's/^#define HONE_VERSION_MAJOR //p' "$header")
readelf -d "$lib/libhone.so" >out
what="shared library"
expect_out "Library soname: [libhone.so.$major]"
[ "$(pkg-config --modversion hone)" = "$("$HONE" --version | cut -d ' ' -f 2)" ]
result $? "library and program have one version"
nm -D --undefined-only "$lib/libhone.so" >out
! grep -qwE '_?exit|s?printf|puts|signal|sigaction|setlocale|setenv' out
result $? "nothing in it prints, ends the process or handles signals"

# ---- C and C++ ----

# build COMPILER SOURCE FLAGS: into ./program
build() {
    compiler=$1 source=$2
    what="$compiler $source"
    rm -f program
    shift 2
    # shellcheck disable=SC2046 # a list of words
    $compiler -Wall -Wextra -pedantic -Werror -o program "$TESTS/lib/$source" \
        $(pkg-config --cflags hone) "$@" -lm >out 2>err
    status=$?
    expect_status 0
}

# run ARGUMENTS: the program that was built.
run() {
    ./program "$@" >out 2>err
    status=$?
    expect_status 0
}

# shellcheck disable=SC2046 # a list of words
build "cc -std=c99" example.c $(pkg-config --libs hone)
run
cp out shared
awk '{ exit !($1 > 0.39 && $1 < 0.45) }' out
result $? "Branin's bottom is found: $(cat out)"
libs=$(pkg-config --static --libs hone | sed 's/-lhone//')
# shellcheck disable=SC2086 # a list of words
build "cc -std=c11" example.c "$lib/libhone.a" $libs
LD_LIBRARY_PATH='' run
cmp -s shared out
result $? "the static library finds the same: $(cat out)"

# ---- A program with another locale ----

if localedef -i de_DE -f UTF-8 "$work/de_DE.UTF-8" 2>/dev/null; then
    # shellcheck disable=SC2046 # a list of words
    build "cc -std=c11" locale.c $(pkg-config --libs hone)
    LOCPATH=$work run de_DE.UTF-8 comma.db
    expect_out "0,50"
    try trials comma --db comma.db --format csv --columns number,x --limit 1
    expect_out_line "0,0.75"
    sqlite3 comma.db 'SELECT spec_text FROM study' >out
    expect_out '"low": 0.125, "high": 2.5, "default": 0.75'
    expect_out '"timeout": 60.5'
else
    echo "ok $((cases += 1)) - another locale # SKIP localedef cannot make one"
fi

if command -v c++ >/dev/null; then
    # shellcheck disable=SC2046 # a list of words
    build "c++ -std=c++11" example.cc $(pkg-config --libs hone)
    run bent.db
    expect_out "40 asked, best good"
    run bent.db
    expect_out "20 asked, best good" # the one asked last is asked again
    sqlite3 bent.db "SELECT count(*) FROM bent WHERE state = 'complete'" >out
    expect_out 60

    # The program reads the study, and goes on with it from the spec that is stored.
    try best bent --db bent.db --format json
    expect_json_at '$.params.kind' bent
    sqlite3 bent.db 'SELECT spec_text FROM study' >bent.yaml
    sed -i 's/"trials": 60/"trials": 61/' bent.yaml
    printf '{"op":"ask"}\n{"op":"tell","trial":60,"value":9}\n{"op":"ask"}\n' |
        "$HONE" pipe bent.yaml --db bent.db >out 2>err
    what="hone pipe"
    expect_out_line '{"ok":true}'
    expect_out_line '{"done":true}'
else
    echo "ok $((cases += 1)) - C++ # SKIP there is no c++"
fi

# ---- Python ----

if command -v python3 >/dev/null && python3 -c 'import ctypes' 2>/dev/null; then
    what="ctypes"
    python3 "$TESTS/lib/asktell.py" "$lib/libhone.so.$major" 20000 >out 2>err
    status=$?
    expect_status 0
    [ "$(cat out)" -ge 10000 ]
    result $? "ctypes: at least 10000 rounds of ask and tell a second ($(cat out))"
else
    echo "ok $((cases += 1)) - ctypes # SKIP there is no python3"
fi
finish
