#!/bin/sh
# The files of the report's page as C: sh embed.sh FILE.html FILE.css FILE.js …
# Scripts are joined in the order of the words.
set -eu

# array NAME EXTENSION FILES: the bytes of those files, and a final NUL.
array() {
    echo "const unsigned char $1[] = {"
    extension=$2
    shift 2
    for file in "$@"; do
        case $file in
        *".$extension") od -An -v -tu1 "$file" | sed 's/\([0-9][0-9]*\)/\1,/g' ;;
        esac
    done
    echo '0};'
}

echo '/* Made by embed.sh. */'
echo '#include "engine/cli/report/parts.h"'
array cli_page_html html "$@"
array cli_page_css css "$@"
array cli_page_js js "$@"
