"""The order of importance beside Optuna's, on three studies, as TAP. Optuna reads the
database itself. PEERS names a Python environment that has it; without one the test is
skipped.

    PEERS=DIR HONE=build/hone python3 tests/cli/stats/test_importance_peer.py
"""
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import warnings

TESTS = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HONE = os.path.abspath(os.environ.get("HONE", "build/hone"))
CLEAR = 0.01  # shares that differ by less are not told apart by Optuna's own seeds

SPECS = {
    "additive": """
objective: {direction: minimize}
space:
  a: {type: float, low: 0, high: 1}
  b: {type: float, low: 0, high: 1}
  c: {type: float, low: 0, high: 1}
  d: {type: float, low: 0, high: 1}
search: {method: random, trials: 200}
""",
    "branin": """
objective: {function: branin}
space: {x1: {type: float, low: -5, high: 10}, x2: {type: float, low: 0, high: 15}}
search: {method: random, trials: 200}
""",
    "wine": f"""
data: {{csv: {TESTS}/data/wine.csv}}
cv: {{folds: 3}}
objective: {{model: mlp, metric: accuracy, epochs: 20, optimizer: adam}}
space:
  learning_rate: {{type: float, low: 1e-5, high: 1, log: true}}
  weight_decay: {{type: float, low: 1e-6, high: 1, log: true}}
  batch_size: {{type: int, low: 8, high: 128, log: true}}
search: {{method: random, trials: 200}}
""",
}
WEIGHTS = {"a": 8, "b": 4, "c": 2, "d": 1}


def hone(*words):
    return subprocess.run([HONE, *words], check=True, capture_output=True, text=True).stdout


def tell_all(spec):
    """The additive function, asked and told."""
    with subprocess.Popen([HONE, "pipe", spec], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as pipe:
        def say(**request):
            print(json.dumps(request), file=pipe.stdin, flush=True)
            return json.loads(pipe.stdout.readline())

        while "trial" in (asked := say(op="ask")):
            value = sum(WEIGHTS[name] * x for name, x in asked["params"].items())
            say(op="tell", trial=asked["trial"], value=value)
        pipe.stdin.close()


def ours(study):
    hone("report", study, "-o", study + ".html")
    with open(study + ".html", encoding="utf-8") as page:
        data = re.search(r'id="data">(.*?)</script>', page.read(), re.S).group(1)
    found = json.loads(data)["studies"][0]
    return {p["name"]: found["importance"]["share"][i] for i, p in enumerate(found["params"])}


def on_its_scale(distribution, value):
    """Optuna 5.0 integrates over a log-scale parameter as if it were linear, so that all but
    its last decade has no weight; it is given the logarithm instead."""
    import optuna

    if not getattr(distribution, "log", False):
        return distribution, value
    low, high = math.log10(distribution.low), math.log10(distribution.high)
    return optuna.distributions.FloatDistribution(low, high), math.log10(value)


def theirs(study):
    import optuna
    from optuna.importance import FanovaImportanceEvaluator, get_param_importances

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    loaded = optuna.load_study(study_name=study, storage="sqlite:///hone.db")
    copy = optuna.create_study(direction=loaded.direction)
    for trial in loaded.trials:
        pairs = {name: on_its_scale(d, trial.params[name]) for name, d in trial.distributions.items()}
        copy.add_trial(optuna.trial.create_trial(
            params={name: value for name, (_, value) in pairs.items()},
            distributions={name: d for name, (d, _) in pairs.items()}, value=trial.value))
    return get_param_importances(copy, evaluator=FanovaImportanceEvaluator(seed=1),
                                 normalize=False)


def main():
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for case, (study, text) in enumerate(SPECS.items(), 1):
            with open(study + ".yaml", "w", encoding="utf-8") as file:
                file.write(text)
            if study == "additive":
                tell_all("additive.yaml")
            else:
                hone("run", study + ".yaml", "-q")
            a, b = ours(study), theirs(study)
            wrong = [(p, q) for p in b for q in b if b[p] > b[q] + CLEAR and a[p] <= a[q]]
            print(f"{'not ok' if wrong else 'ok'} {case} - {study}: the order of importance is Optuna's")
            print(f"# ours {a}\n# theirs { {name: round(float(x), 4) for name, x in b.items()} }", flush=True)
        os.chdir("/")
    print(f"1..{len(SPECS)}")


if "PEERS" in os.environ and not os.environ.get("PEERS_STARTED"):
    python = os.path.join(os.environ["PEERS"], "bin", "python3")
    os.execve(python, [python, os.path.abspath(__file__)], {**os.environ, "PEERS_STARTED": "1"})
if "PEERS" not in os.environ:
    print("1..0 # SKIP PEERS names no Python environment with Optuna")
    sys.exit(0)
main()
