# Sourced by the tests of the whole program, on top of the command line's.
# shellcheck shell=sh
# shellcheck source=tests/cli/lib.sh
. "$TESTS/cli/lib.sh"

# functions_spec METHOD NAME: a search of NAME.yaml whose folds take their time.
# The noise is drawn per trial and fold, so an exchanged fold shows.
functions_spec() {
    cat >"$2.yaml" <<SPEC
seed: 7
objective: {function: rosenbrock, folds: 3, noise: 0.5, sleep: 0.01}
space:
  x: {type: int, low: -2, high: 3}
  y: {type: int, low: -1, high: 2}
  z: [0, 0.5]
search: {method: $1, trials: 48, parallel: 4}
SPEC
}

# digits_spec METHOD NAME: models on real data, with a condition.
digits_spec() {
    cat >"$2.yaml" <<SPEC
seed: 7
data: {csv: $TESTS/data/digits.csv, target: digit}
cv: {folds: 3}
objective: {model: mlp, metric: accuracy, epochs: 8}
space:
  optimizer: [momentum, adam]
  momentum: {type: float, low: 0.5, high: 0.99, when: {optimizer: momentum}, points: 2}
  learning_rate: {type: float, low: 1e-3, high: 1e-1, log: true, points: 3}
  dropout: [0, 0.2]
  hidden: [[16], [16, 8]]
search: {method: $1, trials: 24, parallel: 4}
SPEC
}

# Everything of a study but its times, a line a trial and then a line an epoch.
answer_of() {
    "$HONE" trials "$1" --db "$2" --format json |
        sed -E 's/"(seconds|started|finished)":("[^"]*"|[-+0-9.e]+|null),?//g'
    "$HONE" sql "SELECT number, fold, epoch, train_loss, valid_loss, rate FROM curve
        JOIN trial ON trial.id = curve.trial ORDER BY number, fold, epoch" --db "$2" --format csv
}

# expect_same FILE FILE NAME
expect_same() {
    cmp -s "$1" "$2" && [ -s "$1" ]
    same=$?
    diff "$1" "$2" 2>err | cut -c 1-200 >out
    result $same "$3"
}

# expect_number SQL NUMBER NAME [DB]: the first cell of the answer.
expect_number() {
    "$HONE" sql "$1" --db "${4:-hone.db}" --format csv >out 2>err
    found=$(tail -n 1 out)
    [ "$found" = "$2" ]
    result $? "$3 (wanted $2, found $found)"
}

now_ms() {
    date +%s%3N
}

# sleep_ms MILLISECONDS
sleep_ms() {
    sleep "$(awk "BEGIN { print $1 / 1000 }")"
}
