#!/bin/sh
# hone delete
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

small_spec
flowers_spec
try run small.yaml -q
try run flowers.yaml -q --trials 1
try delete small
expect_status 2
expect_err "--yes deletes it without a question"
try delete small --yes
expect_status 0
try delete small --yes
expect_status 2
try studies --format csv
expect_lines 2
try sql 'SELECT * FROM "small"'
expect_status 2
try trials flowers
expect_status 0
try run small.yaml -q
expect_status 0
try delete small -y -q
expect_status 0
expect_silence
try delete
expect_status 2
try delete small --db nothing.db --yes
expect_status 2
expect_no_file nothing.db

finish
