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
grep -q 'ignore: \["id", "customer"\]' sub/shop.yaml && grep -q 'target: "bought, or not"' sub/shop.yaml
result $? "columns that number or name rows are ignored"
try check sub/shop.yaml
expect_status 0

try init --data nothing.csv
expect_status 2
expect_err "nothing.csv"
printf 'a,b\n1\n' >ragged.csv
try init --data ragged.csv
expect_status 2
try init extra
expect_status 2

finish
