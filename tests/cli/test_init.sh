#!/bin/sh
# hone init
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

cp "$TESTS/data/iris.csv" data.csv
try init
expect_status 0
expect_out "csv: \"data.csv\""
cp out plain.yaml
try check plain.yaml
expect_status 0

for set in digits iris wine breast_cancer diabetes; do
    try init --data "$TESTS/data/$set.csv" -o $set.yaml
    expect_status 0
    try check $set.yaml
    expect_status 0
done
grep -q 'task: regression' diabetes.yaml && grep -q 'task: classification' digits.yaml
result $? "the task follows from the target"

echo keep >there.yaml
try init -o there.yaml
expect_status 2
expect_err "it exists already"
[ "$(cat there.yaml)" = keep ]
result $? "an existing file is left as it is"

# Columns that number or name the rows are left out.
{
    echo 'id,customer,age,"bought, or not"'
    for i in 1 2 3 4 5 6 7 8 9 10; do echo "$i,c$((i * 37)),$((i * 7 % 5 + 20)),$((i % 2))"; done
} >shop.csv
mkdir sub
try init --data shop.csv -o sub/shop.yaml
expect_status 0
grep -qx '    - "id"  # it numbers or names the rows' sub/shop.yaml &&
    grep -qx '    - "customer"  # it numbers or names the rows' sub/shop.yaml &&
    grep -q 'target: "bought, or not"' sub/shop.yaml
result $? "columns that number or name rows are ignored"
try check sub/shop.yaml
expect_status 0
expect_out 'method    gp, 40 trials'

# So are those that training would refuse, each with the reason.
{
    echo 'a,cabin,empty,ticket,far,serial,y'
    for i in $(seq 1 2100); do
        ticket=$((i * 7919 % 1500))
        [ $((i % 3)) -eq 0 ] && ticket="A/5 $ticket"
        serial=$((i % 2000))
        [ "$i" -eq 2000 ] && serial=none
        far=$i.5
        [ "$i" -eq 9 ] && far=1e999
        echo "$((i % 7)).5,c$((i % 60)),,$ticket,$far,$serial,$((i % 2))"
    done
} >wild.csv
try init --data wild.csv -o wild.yaml
expect_status 0
sed -n '/ignore:/,/^$/p' wild.yaml >out
expect_out_is <<'END'
  ignore:                     # columns to leave out
    - "empty"  # missing in every row
    - "ticket"  # numbers, but for words as in line 4
    - "far"  # infinite or too large in line 10
    - "serial"  # numbers, but for words as in line 2001

END
try check wild.yaml
expect_status 0
expect_out '1 number and 1 text columns'
{
    echo 'a,note,y'
    for i in $(seq 1 100); do echo "$((i % 7)).5,n$((i % 90)),$((i % 2))"; done
} >notes.csv
try init --data notes.csv
expect_out '    - "note"  # text of 90 different values'
printf 'a,b,y\n,1e400,1\n,2,0\n,3,1\n' >none.csv
try init --data none.csv
expect_status 2
expect_err "none.csv: no column is left to learn from beside 'y': 'a' (missing in every row), 'b' (infi"
# The only column to learn from is kept, though it counts.
{ echo 'month,y'; for i in $(seq 1 12); do echo "$i,0.$((i * i % 11))"; done; } >months.csv
try init --data months.csv
expect_status 0
expect_out 'ignore: []'
# Few rows have as many folds as they can.
printf 'a,y\n4,0.5\n1,1.5\n9,0.7\n' >few.csv
printf 'a,b,y\n1,4,p\n2,3,p\n3,2,q\n4,1,p\n' >classes.csv
for set in few classes; do
    try init --data $set.csv -o $set.yaml
    grep -qF 'cv: {folds: 3,' $set.yaml
    result $? "$what: three folds"
    try check $set.yaml
    expect_status 0
done
grep -qF 'learned from the other column' few.yaml
result $? "one column is none of several"

try init --data nothing.csv
expect_status 2
expect_err "nothing.csv"
printf 'a,b\n1\n' >ragged.csv
try init --data ragged.csv
expect_status 2
try init extra
expect_status 2

finish
