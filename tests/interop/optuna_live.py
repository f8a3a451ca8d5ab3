"""What Optuna sees of a running search; a line an assertion, the first that fails ends it."""
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import optuna

HONE = os.environ["HONE"]
SPEC = """
study: live
seed: 1
objective:
  command: [sh, run.sh, "{x}", "{fold}"]
  direction: minimize
data: {csv: rows.csv}
cv: {folds: 3}
space:
  x: {type: float, low: -5, high: 5}
  n: {type: int, low: 1, high: 64, log: true}
  kind: [plain, "with, comma", [1, 2]]
  inner: {type: float, low: 1e-3, high: 1, log: true, when: {kind: plain}}
search: {method: random, trials: 400}
"""


STEPS_SPEC = """
study: steps
seed: 1
objective: {command: [sh, steps.sh, "{x}"], direction: minimize}
space: {x: {type: int, low: 1, high: 2}}
search: {method: grid, parallel: 1}
"""

STEPS = """
printf '{"step": %d, "value": 0.5}\\n' 1 2 3000000
until [ -e go ]; do sleep 0.05; done
echo "$1"
"""


def hone(*words):
    done = subprocess.run([HONE, *words], capture_output=True, text=True, timeout=60)
    check(done.returncode == 0, f"hone {' '.join(words)}: {done.stderr}")
    return done.stdout


def check(truth, what):
    if not truth:
        sys.exit(f"not so: {what}")
    print(f"so it is: {what.splitlines()[0][:100]}", flush=True)


def get(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
        return json.load(answer)


def free_port():
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return place.getsockname()[1]


def wait_for(what, condition, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if condition():
                return
        except (OSError, KeyError):
            pass
        time.sleep(0.2)
    sys.exit(f"not so within {seconds} s: {what}")


def by_number(study):
    return {t.number: t for t in study.get_trials(deepcopy=False)}


def check_same(study, rows):
    """Every trial that hone has finished is the same for Optuna, to the last bit."""
    theirs = by_number(study)
    for row in rows:
        trial = theirs[row["number"]]
        if row["state"] == "complete":
            assert trial.state == optuna.trial.TrialState.COMPLETE
            assert trial.value == row["value"], (trial.value, row["value"])
            params = {k: json.dumps(v) if isinstance(v, list) else v
                      for k, v in row["params"].items()}
            assert trial.params == params, (trial.params, params)
            assert trial.intermediate_values == {f["fold"]: f["value"] for f in row["folds"]}
            assert trial.user_attrs["stderr"] is not None


def read_with_optuna(search):
    study = optuna.load_study(study_name="live", storage="sqlite:///hone.db")
    best = study.best_trial
    frame = study.trials_dataframe()
    rows = json.loads(hone("trials", "live", "--format", "json"))
    check(search.poll() is None, "the search runs while Optuna reads")
    check(best.value == min(r["value"] for r in rows if r["number"] <= best.number
                            and r["state"] == "complete"), "best_trial has the lowest value")
    check(len(frame) >= 5 and {"number", "state", "params_x", "params_inner"} <= set(frame.columns),
          "trials_dataframe has the trials and their parameters")
    check_same(optuna.load_study(study_name="live", storage="sqlite:///hone.db"), rows)
    check(study.direction == optuna.study.StudyDirection.MINIMIZE, "the direction is minimize")


def read_with_dashboard(search):
    port = free_port()
    log = open("dashboard.log", "w")
    server = subprocess.Popen(["optuna-dashboard", "sqlite:///hone.db", "--host", "127.0.0.1",
                               "--port", str(port)], stdout=log, stderr=log)
    try:
        wait_for("optuna-dashboard answers", lambda: get(port, "/api/studies"))
        studies = get(port, "/api/studies")["study_summaries"]
        check([s["study_name"] for s in studies] == ["live"], "the dashboard lists the study")
        path = f"/api/studies/{studies[0]['study_id']}?after=0"
        before = len(get(port, path)["trials"])
        wait_for("the dashboard sees new trials", lambda: len(get(port, path)["trials"]) > before)
        shown = get(port, path)
        done = [t for t in shown["trials"] if t["state"] == "Complete"]
        check(search.poll() is None, "the search runs while the dashboard reads")
        check(shown["best_trials"][0]["values"][0] == min(t["values"][0] for t in done),
              "the dashboard's best trial has the lowest value")
        check(len(done[0]["intermediate_values"]) == 3, "the folds are intermediate values")
    finally:
        server.terminate()
        server.wait(20)


def go_on_with_export():
    hone("export", "live", "--to", "optuna", "optuna.db")
    study = optuna.load_study(study_name="live", storage="sqlite:///optuna.db")
    before = len(study.trials)
    rows = json.loads(hone("trials", "live", "--format", "json"))
    check_same(study, rows)

    def objective(trial):
        x = trial.suggest_float("x", -5, 5)
        trial.suggest_int("n", 1, 64, log=True)
        if trial.suggest_categorical("kind", ["plain", "with, comma", "[1, 2]"]) == "plain":
            trial.suggest_float("inner", 1e-3, 1, log=True)
        return x * x

    waiting = sum(t.state == optuna.trial.TrialState.WAITING for t in study.trials)
    study.optimize(objective, n_trials=waiting + 10)
    check(len(study.trials) == before + 10, "Optuna goes on with the exported study")
    check(all(t.state.is_finished() for t in study.trials), "what waited was tried first")
    out = hone("import", "live", "optuna.db")
    check(f"of {before + 10} trials" in out, "what Optuna found comes back")
    hone("db", "check")


def read_what_a_trial_tells():
    """A study of one run a trial: what the program tells is there while it runs."""
    with open("steps.yaml", "w") as spec:
        spec.write(STEPS_SPEC)
    with open("steps.sh", "w") as script:
        script.write(STEPS)
    search = subprocess.Popen([HONE, "run", "steps.yaml", "-q", "--db", "steps.db"])
    told = {1: 0.5, 2: 0.5, 3000000: 0.5}

    def read(db):
        return optuna.load_study(study_name="steps", storage=f"sqlite:///{db}").trials

    try:
        wait_for("the curve of a running trial is there", lambda: "3000000" in subprocess.run(
            [HONE, "show", "steps", "0", "--db", "steps.db"], capture_output=True,
            text=True).stdout)
        check(read("steps.db")[0].intermediate_values == told, "it is Optuna's intermediate values")
        check(read("steps.db")[0].state == optuna.trial.TrialState.RUNNING, "its trial runs")
    finally:
        open("go", "w").close()
        search.wait(30)
    check([t.intermediate_values for t in read("steps.db")] == [told, told], "and stays")
    hone("export", "steps", "--db", "steps.db", "--to", "optuna", "steps-out.db")
    check([t.intermediate_values for t in read("steps-out.db")] == [told, told], "and is exported")


def main():
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with open("live.yaml", "w") as spec:
        spec.write(SPEC)
    with open("run.sh", "w") as script:
        script.write('sleep 0.15\nawk "BEGIN { print $1 * $1 + $2 / 10 }"\n')
    with open("rows.csv", "w") as rows:
        rows.write("a,b\n" + "".join(f"{i},{i % 7}.5\n" for i in range(60)))
    search = subprocess.Popen([HONE, "run", "live.yaml", "-q", "--workers", "2"],
                              stdout=subprocess.DEVNULL)
    try:
        wait_for("five trials are complete", lambda: os.path.exists("hone.db") and json.loads(
            subprocess.run([HONE, "trials", "live", "--format", "json", "--where",
                            "state = complete"], capture_output=True, text=True).stdout or "[]")
            [4:])
        read_with_optuna(search)
        read_with_dashboard(search)
    finally:
        search.send_signal(signal.SIGINT)
        status = search.wait(30)
    check(status == 130, "the search ended politely")
    go_on_with_export()
    read_what_a_trial_tells()


main()
