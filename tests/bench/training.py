"""hone and its peers on the same work; see training.sh and README.md."""
import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import json
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np

HONE = os.environ["HONE"]
DIGITS = os.path.abspath(sys.argv[1])
PARTS = sys.argv[2:] or ["trial", "sgd", "search", "scaling", "memory"]
REPEATS = 5
warnings.filterwarnings("ignore")
os.chdir(tempfile.mkdtemp(prefix="hone-bench-"))


def peak_kib(child):
    """Watches a process to its end. (Its ru_maxrss would begin with this one's size.)"""
    peak = 0
    while child.poll() is None:
        try:
            with open(f"/proc/{child.pid}/status") as file:
                peak = max([peak] + [int(row.split()[1]) for row in file
                                     if row.startswith("VmHWM")])
        except OSError:
            pass
        time.sleep(0.005)
    return peak


def hone(spec, workers, watch=False):
    """Runs a search in a new database: seconds by the clock, peak KiB, the best trial."""
    for end in ("", "-wal", "-shm"):
        if os.path.exists("hone.db" + end):
            os.remove("hone.db" + end)
    with open("bench.yaml", "w") as file:
        file.write(spec)
    began = time.perf_counter()
    child = subprocess.Popen([HONE, "run", "bench.yaml", "-q", "--workers", str(workers),
                              "--format", "json"], stdout=subprocess.PIPE, text=True)
    peak = peak_kib(child) if watch else 0
    best = json.loads(child.communicate()[0])
    assert child.returncode == 0
    return time.perf_counter() - began, peak, best


def best_of(work, repeats=REPEATS):
    """The least seconds of several runs, and what the last one returned."""
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - began)
    return min(times), result


def line(what, seconds, score, ours=None):
    ratio = "" if ours is None else f"   hone is {seconds / ours:.1f} times as fast"
    print(f"{what:44s} {seconds:8.3f} s   {score}{ratio}", flush=True)


def digits():
    table = np.genfromtxt(DIGITS, delimiter=",", skip_header=1)
    return table[:, :-1], table[:, -1].astype(int)


def folds(x, y):
    from sklearn.model_selection import StratifiedKFold
    return list(StratifiedKFold(5, shuffle=True, random_state=1).split(x, y))


TRIAL = """
seed: 1
data: {csv: %s, target: digit, task: classification}
cv: {folds: 5}
objective: {model: mlp, metric: accuracy, hidden: [64], batch_size: 64, epochs: 20}
space: {learning_rate: [0.001]}
search: {method: random, trials: 1}
"""


def sklearn_trial(x, y):
    from sklearn.neural_network import MLPClassifier
    from sklearn.preprocessing import StandardScaler
    scores = []
    for train, test in folds(x, y):
        scale = StandardScaler().fit(x[train])
        model = MLPClassifier((64,), batch_size=64, max_iter=20, alpha=0, random_state=1)
        model.fit(scale.transform(x[train]), y[train])
        scores.append(model.score(scale.transform(x[test]), y[test]))
    return np.mean(scores)


def torch_trial(x, y):
    import torch
    from sklearn.preprocessing import StandardScaler
    torch.set_num_threads(1)
    torch.manual_seed(1)
    scores = []
    for train, test in folds(x, y):
        scale = StandardScaler().fit(x[train])
        a = torch.tensor(scale.transform(x[train]), dtype=torch.float32)
        b = torch.tensor(y[train])
        model = torch.nn.Sequential(
            torch.nn.Linear(64, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10))
        adam = torch.optim.Adam(model.parameters())
        loss = torch.nn.CrossEntropyLoss()
        for _ in range(20):
            order = torch.randperm(len(a))
            for at in range(0, len(a), 64):
                rows = order[at:at + 64]
                adam.zero_grad()
                loss(model(a[rows]), b[rows]).backward()
                adam.step()
        with torch.no_grad():
            out = model(torch.tensor(scale.transform(x[test]), dtype=torch.float32))
        scores.append((out.argmax(1).numpy() == y[test]).mean())
    return np.mean(scores)


def trial():
    print("one trial: digits, 5 folds, MLP 64-64-10, Adam, batch 64, 20 epochs, 1 thread")
    runs = [hone(TRIAL % DIGITS, 1)[2] for _ in range(REPEATS)]
    ours = min(run["seconds"] for run in runs)
    line("hone (the trial)", ours, f"accuracy {runs[0]['value']:.4f}")
    x, y = digits()
    seconds, score = best_of(lambda: sklearn_trial(x, y), 3)
    line("scikit-learn MLPClassifier", seconds, f"accuracy {score:.4f}", ours)
    try:
        seconds, score = best_of(lambda: torch_trial(x, y), 3)
        line("PyTorch", seconds, f"accuracy {score:.4f}", ours)
    except ImportError:
        print("PyTorch: not there")


def tall(rows=100_000, columns=50):
    rng = np.random.default_rng(1)
    x = rng.normal(size=(rows, columns))
    p = 1 / (1 + np.exp(-x @ rng.normal(size=columns) / 3))
    y = (rng.random(rows) < p).astype(int)
    if not os.path.exists("tall.csv"):
        header = ",".join(f"x{j}" for j in range(columns)) + ",y"
        np.savetxt("tall.csv", np.column_stack([x, y]), delimiter=",", header=header,
                   comments="", fmt=["%.6g"] * columns + ["%d"])
    return x, y


SGD = """
seed: 1
data: {csv: tall.csv, task: classification}
cv: {folds: 5}
objective: {model: logistic, metric: log_loss, optimizer: sgd, epochs: 5, batch_size: 256}
space: {learning_rate: [0.2]}
search: {method: random, trials: 1}
"""


def sgd():
    from sklearn.linear_model import SGDClassifier
    from sklearn.metrics import log_loss
    from sklearn.preprocessing import StandardScaler
    print("logistic regression by SGD: 100,000 x 50, 5 folds, 5 epochs, 1 thread")
    x, y = tall()
    runs = [hone(SGD, 1)[2] for _ in range(3)]
    ours = min(run["seconds"] for run in runs)
    line("hone (the trial)", ours, f"log loss {runs[0]['value']:.5f}")

    def peer():
        losses = []
        for train, test in folds(x, y):
            scale = StandardScaler().fit(x[train])
            model = SGDClassifier(loss="log_loss", alpha=1e-6, max_iter=5, tol=None,
                                  learning_rate="invscaling", eta0=0.02, power_t=0.25,
                                  random_state=1)
            model.fit(scale.transform(x[train]), y[train])
            losses.append(log_loss(y[test], model.predict_proba(scale.transform(x[test]))))
        return np.mean(losses)

    seconds, score = best_of(peer, 2)
    line("scikit-learn SGDClassifier", seconds, f"log loss {score:.5f}", ours)


SEARCH = """
seed: 1
data: {csv: %s, target: digit, task: classification}
cv: {folds: 5, race: off}
objective: {model: mlp, metric: accuracy, epochs: 20}
space:
  learning_rate: {type: float, low: 1e-4, high: 1e-2, log: true}
  weight_decay: {type: float, low: 1e-7, high: 1e-2, log: true}
  batch_size: {type: int, low: 32, high: 128, log: true}
  hidden: {type: int, low: 32, high: 128}
search: {method: %s, trials: 50}
"""


def pipeline():
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    return make_pipeline(StandardScaler(), MLPClassifier(max_iter=20, random_state=1))


def randomized(x, y):
    from scipy.stats import loguniform, randint
    from sklearn.model_selection import RandomizedSearchCV, StratifiedKFold
    search = RandomizedSearchCV(pipeline(), {
        "mlpclassifier__learning_rate_init": loguniform(1e-4, 1e-2),
        "mlpclassifier__alpha": loguniform(1e-7, 1e-2),
        "mlpclassifier__batch_size": randint(32, 129),
        "mlpclassifier__hidden_layer_sizes": randint(32, 129),
    }, n_iter=50, n_jobs=2, cv=StratifiedKFold(5, shuffle=True, random_state=1), random_state=1)
    return search.fit(x, y).best_score_


def optuna_gp(x, y):
    import optuna
    from sklearn.model_selection import StratifiedKFold, cross_val_score
    optuna.logging.set_verbosity(optuna.logging.ERROR)

    def value(trial):
        model = pipeline().set_params(
            mlpclassifier__learning_rate_init=trial.suggest_float("lr", 1e-4, 1e-2, log=True),
            mlpclassifier__alpha=trial.suggest_float("alpha", 1e-7, 1e-2, log=True),
            mlpclassifier__batch_size=trial.suggest_int("batch", 32, 128, log=True),
            mlpclassifier__hidden_layer_sizes=trial.suggest_int("hidden", 32, 128))
        cv = StratifiedKFold(5, shuffle=True, random_state=1)
        return cross_val_score(model, x, y, cv=cv, n_jobs=2).mean()

    if os.path.exists("optuna.db"):
        os.remove("optuna.db")
    study = optuna.create_study(storage="sqlite:///optuna.db", direction="maximize",
                                sampler=optuna.samplers.GPSampler(seed=1))
    study.optimize(value, n_trials=50)
    return study.best_value


def has_gp():
    text = subprocess.run([HONE, "help", "search"], capture_output=True, text=True).stdout
    return any(part.startswith("gp:") for part in text.splitlines())


def search():
    print("50 trials: digits, 5 folds, rate, L2, batch and hidden size, 20 epochs, 2 workers")
    ours = {}
    for method in ["random"] + (["gp"] if has_gp() else []):
        runs = [hone(SEARCH % (DIGITS, method), 2) for _ in range(3)]
        ours[method] = min(run[0] for run in runs)
        line(f"hone {method}, all of it with its database", ours[method],
             f"accuracy {runs[0][2]['value']:.4f}")
    x, y = digits()
    seconds, score = best_of(lambda: randomized(x, y), 1)
    line("RandomizedSearchCV(n_jobs=2)", seconds, f"accuracy {score:.4f}", ours["random"])
    seconds, score = best_of(lambda: optuna_gp(x, y), 1)
    line("Optuna GPSampler + SQLite", seconds, f"accuracy {score:.4f}",
         ours.get("gp", ours["random"]))


def scaling():
    print("the same 50 trials at random, 1 and 2 workers, least of 5")
    spec = SEARCH % (DIGITS, "random")
    one = min(hone(spec, 1)[0] for _ in range(REPEATS))
    two = min(hone(spec, 2)[0] for _ in range(REPEATS))
    line("hone, 1 worker", one, "")
    line("hone, 2 workers", two, f"{one / two:.2f} times the speed of 1")


MEMORY = """
seed: 1
data: {csv: tall.csv, task: classification}
cv: {folds: 5}
objective: {model: mlp, hidden: 64, epochs: 1}
space: {learning_rate: {type: float, low: 1e-4, high: 1e-2, log: true}}
search: {method: random, trials: 4, parallel: 4}
"""


def memory():
    print("memory: 100,000 x 50, 4 trials of an MLP")
    tall()
    one, eight = hone(MEMORY, 1, True)[1], hone(MEMORY, 8, True)[1]
    print(f"hone, peak of 1 worker {one / 1024:.0f} MiB, of 8 workers {eight / 1024:.0f} MiB: "
          f"{eight / one:.2f} times", flush=True)


for part in PARTS:
    globals()[part]()
