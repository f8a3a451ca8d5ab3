#!/bin/sh
# A file whose creation was killed is as if it had never been begun.
# shellcheck source=tests/system/lib.sh
. "$TESTS/system/lib.sh"

# The first page is written, the rest is not, and the journal takes it back: its
# magic, no record, a nonce, 0 pages before, sectors of 512 bytes, pages of 4096.
# (sqlite.org/fileformat2.html#the_rollback_journal)
torn_creation() {
    rm -f torn.db torn.db-*
    head -c 4096 whole.db >torn.db
    printf '\001\001' | dd of=torn.db bs=1 seek=18 conv=notrunc 2>/dev/null
    printf '\331\325\005\371\040\241\143\327' >torn.db-journal
    printf '\0\0\0\0\0\0\0\0\0\0\0\0\0\0\002\0\0\0\020\0' >>torn.db-journal
    head -c 484 /dev/zero >>torn.db-journal
}

small_spec
try run small.yaml --db whole.db -q
answer_of small whole.db >whole

torn_creation
try run small.yaml --db torn.db -q
expect_status 0
answer_of small torn.db >cut.answer
expect_same whole cut.answer "a search begins on the remains of a killed creation"

torn_creation
try studies --db torn.db
expect_status 2
expect_err "it is empty"
try run small.yaml --db torn.db -q
expect_status 0
answer_of small torn.db >cut.answer
expect_same whole cut.answer "... and also after somebody looked at them"

: >empty.db
try run small.yaml --db empty.db -q
expect_status 0
answer_of small empty.db >cut.answer
expect_same whole cut.answer "a search begins in an empty file"

finish
