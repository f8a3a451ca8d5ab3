#!/bin/sh
# hone show
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

flowers_spec
try run flowers.yaml -q
try show flowers
expect_status 0
expect_out "(the best)"
try show flowers 1
expect_status 0
expect_out "trial     1"
expect_out "parameters"
expect_out "  learning_rate"
expect_out "folds"
expect_out "curves"
expect_out "fold 2: 2 epochs, train loss "
try show flowers 1 --format json
expect_json
expect_json_at '$.number' 1
expect_json_at '$.part' random
expect_json_at '$.curves[0].epoch' 1
try show flowers 0 --format json
expect_json_at '$.part' first
try show flowers 1 --format csv
expect_lines 2

# What a program tells has steps, and is no loss.
told_spec
try run told.yaml -q
try show told
expect_out_line "  fold 0: step 4, value 0.75"
try show told --format json
expect_json_at '$.curves' '[{"fold":0,"step":0,"value":0.5},{"fold":0,"step":4,"value":0.75}]'

try show flowers 99
expect_status 2
try show flowers -1
expect_status 2
try show flowers one
expect_status 2
expect_err "'one' is no number of a trial"
try show nothing
expect_status 2
try show flowers 1 2
expect_status 2

# What the model expects is said as the metric that the user maximises, not as a loss.
sed 's/method: random, trials: 6/method: gp, trials: 12/' flowers.yaml >modelled.yaml
try run modelled.yaml -q
expect_status 0
try show modelled 9
expect_out "proposed  model"
expect_out "the model expects 0."

# The best is what `hone best` recommends, also where another trial was merely lucky.
cat >noisy.sh <<'SH'
awk -v x="$1" 'BEGIN { n = 7919 * x + 0.7; printf "%.6f\n", x + n - int(n) }'
SH
cat >noisy.yaml <<SPEC
seed: 6
objective: {command: [sh, noisy.sh, "{x}"], direction: minimize}
space: {x: {type: float, low: 0, high: 0.5}}
search: {method: gp, trials: 16}
SPEC
try run noisy.yaml -q
expect_status 0
best=$(sed -n 's/^best *trial \([0-9]*\).*/\1/p' out)
luckier=$(sed -n 's/^luckier trial \([0-9]*\).*/\1/p' out)
[ -n "$luckier" ]
result $? "trial $best is recommended though $luckier was luckier"
try show noisy
expect_out_line "trial     $best (the best)"
try show noisy "$luckier"
expect_out_line "trial     $luckier (the best value)"
try show noisy 0
expect_out_line "trial     0"

finish
