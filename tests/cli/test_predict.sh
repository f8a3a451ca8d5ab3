#!/bin/sh
# hone predict
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

cat >mixed.csv <<'CSV'
size,color,weight,kind
1,red,5,a
,blue,6,b
3,red,7.5,a
4,blue,8,b
1.5,red,,a
4.5,blue,9,b
2,,5,a
5,blue,7,b
CSV
cat >mixed.yaml <<'SPEC'
data: {csv: mixed.csv, target: kind}
cv: {folds: 2}
objective: {model: logistic, metric: accuracy, epochs: 100, learning_rate: 0.1}
space: {batch_size: [4]}
search: {method: random, trials: 1}
SPEC
try run mixed.yaml -q
try fit mixed -o model.json -q
try predict model.json mixed.csv
expect_status 0
expect_lines 9
[ "$(head -n 1 out)" = 'prediction,p(a),p(b)' ]
result $? "$what: its header"
[ "$(sed 1d out | cut -d, -f1 | tr -d '\n')" = abababab ]
result $? "$what: its predictions"
cp out learned
try predict model.json mixed.csv -o file.csv
expect_silence
cmp -s file.csv learned
result $? "$what: the same in a file"

# Columns by name, in any order, the target not needed; a text that was not learned.
printf 'weight,more,color,size\n5,x,red,1\n,x,green,\n' >other.csv
try predict model.json other.csv
expect_status 0
expect_err "1 cell with a text that was not learned"
[ "$(sed -n 2p out)" = "$(sed -n 2p learned)" ]
result $? "$what: the same row, the same bits"

refused() {
    expect_status 2
    expect_err "$1"
    [ "$(wc -l <err)" -eq 1 ]
    result $? "$what: one line"
}
printf 'colour,size,weight\nred,1,2\n' >bad.csv
try predict model.json bad.csv
refused "no column 'color' (a feature)"
printf 'color,size,weight\nred,1,2\nred,1,heavy\n' >bad.csv
try predict model.json bad.csv
refused "bad.csv:3: column 'weight' has 'heavy' here"
try predict model.json nothing.csv
refused "nothing.csv"

# The first row that cannot be predicted is named.
printf 'color,size,weight\nred,1,2\nred,1e299,3\nblue,1e299,4\n' >far.csv
try predict model.json far.csv
expect_status 1
expect_err "far.csv: the prediction of row 2 is not finite"

# Whatever is no model is refused with one line.
try predict nothing.json mixed.csv
refused "nothing.json"
try predict mixed.csv mixed.csv
refused "mixed.csv:1"
head -c 700 model.json >bad.json
try predict bad.json mixed.csv
refused "bad.json:"
broken() {
    sed "$1" model.json >bad.json
    try predict bad.json mixed.csv
    refused "$2"
}
broken 's/"hone model"/"other"/' 'does not begin with'
broken 's/"version": 1/"version": 2/' 'a model of version 2'
broken 's/"classes": .*/"classes": ["a"],/' 'classes'
broken 's/"classes": .*/"classes": ["a", "b", "c"],/' 'layers do not fit'
broken 's/"inputs": 6/"inputs": 1000000000000/' 'layers do not fit'
broken 's/"biases": .*/"biases": []}]/' 'layers do not fit'
broken 's/"weights": \[[^,]*/"weights": [1e300/' 'a weight is no number'
broken 's/"weights": \[[^,]*/"weights": ["x"/' 'a weight is no number'
broken 's/"kind": "level"/"kind": "lever"/' 'a feature has no'
broken 's/"fill": [^,]*/"fill": null/' 'a feature has no'
broken 's/"column": "weight", "kind": "number"/"column": "size", "kind": "number"/' 'stand together'
broken 's/"missing": null/"missing": [[]]/' 'no scalar'
broken 's/"task": "classification"/"task": "regression"/' 'target_scaling'
broken 's/"target": "kind"/"target": "kind", "target": 3/' 'bad.json:'

finish
