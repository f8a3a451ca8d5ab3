#!/bin/sh
# Races of folds are decided alike by any number of workers and after any kill.
# shellcheck source=tests/system/lib.sh
. "$TESTS/system/lib.sh"

functions_spec random race
sed -i 's/folds: 3, noise: 0.5/folds: 5, noise: 5, race: true/' race.yaml
functions_spec gp model
sed -i 's/folds: 3, noise: 0.5/folds: 5, noise: 5/; s/trials: 48/trials: 30/' model.yaml
digits_spec random digits
sed -i 's/cv: .*/cv: {folds: 4, race: true}/' digits.yaml

# go_on STUDY: in a process that can be killed.
go_on() {
    if "$HONE" studies --db cut.db --format csv 2>/dev/null | grep -q "^$1,"; then
        exec "$HONE" resume "$1" --db cut.db --workers 2 -q
    fi
    exec "$HONE" run "$1.yaml" --db cut.db --workers 2 -q
}

# kill_at STUDY PARTS: after so many hundredths of a whole run each, then to the end.
kill_at() {
    study=$1
    shift
    rm -f cut.db cut.db-*
    for part in "$@"; do
        go_on "$study" >out 2>err </dev/null &
        pid=$!
        sleep_ms $((part * whole_ms / 100))
        kill -KILL $pid 2>/dev/null
        wait $pid 2>/dev/null
    done
    (go_on "$study") >out 2>err </dev/null
    status=$?
    what="$study, killed after $* hundredths"
    expect_status 0
    answer_of "$study" cut.db >cut.answer
    expect_same 2.answer cut.answer "$what: the trials and folds are those of a whole run"
}

for study in race model digits; do
    for workers in 1 8 2; do
        before=$(now_ms)
        try run "$study.yaml" --db "$study-$workers.db" --workers "$workers" -q
        whole_ms=$(($(now_ms) - before))
        expect_status 0
        answer_of "$study" "$study-$workers.db" >"$workers.answer"
    done
    expect_same 1.answer 2.answer "$study: 2 workers find what 1 finds"
    expect_same 1.answer 8.answer "$study: 8 workers find what 1 finds"
    expect_number "SELECT count(*) > 5 FROM \"$study\" WHERE state = 'pruned'" 1 \
        "$study: trials lose their race" "$study-1.db"
    kill_at "$study" 30 20 20
    kill_at "$study" 10 45
    kill_at "$study" 60
done
finish
