"""hone and its peers on the same work; see training.sh and README.md.

Each part runs hone and its peers in turn, several rounds of it, so that what else
the machine does meets all of them, and prints the median seconds, the median of the
rounds' ratios with the least and the largest, and the scores.
"""
import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import warnings

import numpy as np

HONE = os.environ["HONE"]
PRODUCTS = os.environ["PRODUCTS"]
DATA = os.path.abspath(sys.argv[1])
PARTS = sys.argv[2:] or ["trial", "accuracy", "sgd", "search", "regression", "tall", "scaling", "memory"]
ROUNDS = int(os.environ.get("ROUNDS", "5"))
SEEDS = 20
warnings.filterwarnings("ignore")
os.chdir(tempfile.mkdtemp(prefix="hone-bench-"))


# ---- measuring ----

def hone(spec, workers=1, timed="all"):
    """Runs a search in a new database. timed: all of it, or the trial as it is stored."""
    for end in ("", "-wal", "-shm"):
        if os.path.exists("hone.db" + end):
            os.remove("hone.db" + end)
    with open("bench.yaml", "w") as file:
        file.write(spec)
    began = time.perf_counter()
    done = subprocess.run([HONE, "run", "bench.yaml", "-q", "--workers", str(workers), "--format",
                           "json"], stdout=subprocess.PIPE, text=True, check=True)
    took = time.perf_counter() - began
    best = json.loads(done.stdout)
    return (best["seconds"] if timed == "trial" else took), best["value"]


def clocked(work, *arguments):
    """A function that runs the work and returns its seconds and its score."""
    def run():
        began = time.perf_counter()
        score = work(*arguments)
        return time.perf_counter() - began, score
    return run


def compare(title, score, works, rounds=ROUNDS):
    """works: name -> function that returns seconds and score; the first is hone."""
    print(f"\n{title}\n  load average {os.getloadavg()[0]:.1f}, {rounds} rounds", flush=True)
    took = {name: [] for name in works}
    scores = {}
    for _ in range(rounds):
        for name, work in works.items():
            seconds, scores[name] = work()
            took[name].append(seconds)
    ours = took[next(iter(works))]
    for name, seconds in took.items():
        line = f"  {name:44s} {statistics.median(seconds):8.3f} s"
        if scores[name] is not None:
            line += f"   {score} {scores[name]:.5f}"
        if seconds is not ours:
            ratios = [theirs / mine for theirs, mine in zip(seconds, ours)]
            line += (f"   / hone {statistics.median(ratios):.2f} "
                     f"({min(ratios):.2f} to {max(ratios):.2f})")
        print(line, flush=True)


def folds(x, y, seed=1):
    from sklearn.model_selection import StratifiedKFold
    return list(StratifiedKFold(5, shuffle=True, random_state=seed).split(x, y))


def table(name):
    rows = np.genfromtxt(os.path.join(DATA, name), delimiter=",", skip_header=1)
    return rows[:, :-1], rows[:, -1]


def digits():
    x, y = table("digits.csv")
    return x, y.astype(int)


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


# ---- one trial of a perceptron ----

TRIAL = """
seed: %d
data: {csv: %s/digits.csv, target: digit, task: classification}
cv: {folds: 5}
objective: {model: mlp, metric: accuracy, hidden: [64], batch_size: 64, epochs: 20}
space: {learning_rate: [0.001]}
search: {method: random, trials: 1}
"""


def products():
    """The matrix products of that trial alone, on the same BLAS."""
    out = subprocess.run([PRODUCTS, "1797", "64", "64", "10", "64", "20", "3"],
                         stdout=subprocess.PIPE, text=True, check=True).stdout
    return float(out.split()[1]), None


def sklearn_trial(x, y, seed=1):
    from sklearn.neural_network import MLPClassifier
    from sklearn.preprocessing import StandardScaler
    scores = []
    for train, test in folds(x, y, seed):
        scale = StandardScaler().fit(x[train])
        model = MLPClassifier((64,), batch_size=64, max_iter=20, alpha=0, random_state=seed)
        model.fit(scale.transform(x[train]), y[train])
        scores.append(model.score(scale.transform(x[test]), y[test]))
    return np.mean(scores)


def torch_trial(x, y, seed=1):
    import torch
    from sklearn.preprocessing import StandardScaler
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    scores = []
    for train, test in folds(x, y, seed):
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


def has_torch():
    try:
        import torch  # noqa: F401
        return True
    except ImportError:
        print("PyTorch is not there")
        return False


def trial():
    x, y = digits()
    works = {"hone, the trial": lambda: hone(TRIAL % (1, DATA), timed="trial"),
             "its matrix products alone": products,
             "scikit-learn MLPClassifier": clocked(sklearn_trial, x, y)}
    if has_torch():
        works["PyTorch"] = clocked(torch_trial, x, y)
    compare("one trial: digits, 5 folds, MLP 64-64-10, Adam, batch 64, 20 epochs, 1 thread",
            "accuracy", works)


def accuracy():
    """What that trial comes to is chance in the third digit: the mean over seeds, which
    choose folds, first weights and order anew."""
    x, y = digits()
    works = {"hone": lambda seed: hone(TRIAL % (seed, DATA))[1],
             "scikit-learn MLPClassifier": lambda seed: sklearn_trial(x, y, seed)}
    if has_torch():
        works["PyTorch"] = lambda seed: torch_trial(x, y, seed)
    print(f"\nthe accuracy of that trial over {SEEDS} seeds, and its standard error")
    for name, work in works.items():
        scores = [work(seed) for seed in range(1, SEEDS + 1)]
        print(f"  {name:46} {np.mean(scores):.5f} +- "
              f"{np.std(scores, ddof=1) / np.sqrt(SEEDS):.5f}", flush=True)


# ---- logistic regression by SGD ----

SGD = """
seed: 1
data: {csv: tall.csv, task: classification}
cv: {folds: 5}
objective: {model: logistic, metric: log_loss, optimizer: sgd, epochs: 5, batch_size: 256,
            schedule: cosine}
space: {learning_rate: [0.2]}
search: {method: random, trials: 1}
"""


def sgd_peer(x, y):
    """One trial with a rate that was tuned too; its parts are kept for the second line."""
    from sklearn.linear_model import SGDClassifier
    from sklearn.metrics import log_loss
    from sklearn.preprocessing import StandardScaler
    losses, scaling = [], 0
    for train, test in folds(x, y):
        began = time.perf_counter()
        scale = StandardScaler().fit(x[train])
        a, b = scale.transform(x[train]), scale.transform(x[test])
        scaling += time.perf_counter() - began
        model = SGDClassifier(loss="log_loss", alpha=1e-6, max_iter=5, tol=None,
                              learning_rate="invscaling", eta0=0.05, power_t=0.5, random_state=1)
        model.fit(a, y[train])
        losses.append(log_loss(y[test], model.predict_proba(b)))
    return np.mean(losses), scaling


def sgd():
    x, y = tall()
    held = {}

    def peer():
        began = time.perf_counter()
        score, scaling = sgd_peer(x, y)
        took = time.perf_counter() - began
        held["bare"] = took - scaling, score
        return took, score

    compare("logistic regression by SGD: 100,000 x 50, 5 folds, 5 epochs, 1 thread", "log loss",
            {"hone, the trial": lambda: hone(SGD, timed="trial"),
             "SGDClassifier behind a StandardScaler": peer,
             "of which fit and predict alone": lambda: held["bare"]})


# ---- searches of 50 trials ----

SEARCH = """
seed: 1
data: {csv: %s, target: %s}
cv: {folds: 5, race: off}
objective: {model: mlp, metric: %s, epochs: 20}
space:
  learning_rate: {type: float, low: 1e-4, high: 1e-2, log: true}
  weight_decay: {type: float, low: 1e-7, high: 1e-2, log: true}
  batch_size: {type: int, low: 32, high: 128, log: true}
  hidden: {type: int, low: 32, high: 128}
search: {method: %s, trials: 50}
"""


def digits_search(method):
    return SEARCH % (DATA + "/digits.csv", "digit", "accuracy", method)


def perceptron(regression=False):
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    if not regression:
        return make_pipeline(StandardScaler(), MLPClassifier(max_iter=20, random_state=1)), \
            "mlpclassifier__"
    model = make_pipeline(StandardScaler(), MLPRegressor(max_iter=20, random_state=1))
    return TransformedTargetRegressor(model, transformer=StandardScaler()), \
        "regressor__mlpregressor__"


def splitter(regression):
    from sklearn.model_selection import KFold, StratifiedKFold
    return (KFold if regression else StratifiedKFold)(5, shuffle=True, random_state=1)


def randomized(x, y, regression=False):
    from scipy.stats import loguniform, randint
    from sklearn.model_selection import RandomizedSearchCV
    model, prefix = perceptron(regression)
    space = {"learning_rate_init": loguniform(1e-4, 1e-2), "alpha": loguniform(1e-7, 1e-2),
             "batch_size": randint(32, 129), "hidden_layer_sizes": randint(32, 129)}
    search = RandomizedSearchCV(model, {prefix + key: value for key, value in space.items()},
                                n_iter=50, n_jobs=2, cv=splitter(regression), random_state=1)
    return search.fit(x, y).best_score_


def optuna_gp(x, y, regression=False):
    import optuna
    from sklearn.model_selection import cross_val_score
    optuna.logging.set_verbosity(optuna.logging.ERROR)

    def value(trial):
        model, prefix = perceptron(regression)
        chosen = {"learning_rate_init": trial.suggest_float("lr", 1e-4, 1e-2, log=True),
                  "alpha": trial.suggest_float("alpha", 1e-7, 1e-2, log=True),
                  "batch_size": trial.suggest_int("batch", 32, 128, log=True),
                  "hidden_layer_sizes": trial.suggest_int("hidden", 32, 128)}
        model.set_params(**{prefix + key: value for key, value in chosen.items()})
        return cross_val_score(model, x, y, cv=splitter(regression), n_jobs=2).mean()

    if os.path.exists("optuna.db"):
        os.remove("optuna.db")
    study = optuna.create_study(storage="sqlite:///optuna.db", direction="maximize",
                                sampler=optuna.samplers.GPSampler(seed=1))
    study.optimize(value, n_trials=50)
    return study.best_value


def search():
    x, y = digits()
    rounds = min(ROUNDS, 3)
    compare("50 trials at random: digits, 5 folds, rate, L2, batch and hidden size, 20 epochs, "
            "2 workers", "accuracy",
            {"hone, from the file to the database": lambda: hone(digits_search("random"), 2),
             "RandomizedSearchCV(n_jobs=2)": clocked(randomized, x, y)}, rounds)
    compare("the same by a Gaussian process", "accuracy",
            {"hone, from the file to the database": lambda: hone(digits_search("gp"), 2),
             "Optuna GPSampler + SQLite": clocked(optuna_gp, x, y)}, rounds)


def regression():
    x, y = table("diabetes.csv")
    spec = SEARCH % (DATA + "/diabetes.csv", "progression", "r2", "%s")
    rounds = min(ROUNDS, 3)
    compare("50 trials of a regression: diabetes, the same space, 2 workers", "r2",
            {"hone, from the file to the database": lambda: hone(spec % "random", 2),
             "RandomizedSearchCV(n_jobs=2)": clocked(randomized, x, y, True)}, rounds)
    compare("the same by a Gaussian process", "r2",
            {"hone, from the file to the database": lambda: hone(spec % "gp", 2),
             "Optuna GPSampler + SQLite": clocked(optuna_gp, x, y, True)}, rounds)


TALL = """
seed: 1
data: {csv: tall.csv, task: classification}
cv: {folds: 5}
objective: {model: logistic, metric: log_loss, optimizer: sgd, epochs: 5, batch_size: 256,
            schedule: cosine}
space:
  learning_rate: {type: float, low: 1e-2, high: 1, log: true}
  weight_decay: {type: float, low: 1e-7, high: 1e-3, log: true}
search: {method: random, trials: 20}
"""


def tall_randomized(x, y):
    from scipy.stats import loguniform
    from sklearn.linear_model import SGDClassifier
    from sklearn.model_selection import RandomizedSearchCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    model = make_pipeline(StandardScaler(), SGDClassifier(
        loss="log_loss", max_iter=5, tol=None, learning_rate="invscaling", random_state=1))
    search = RandomizedSearchCV(model, {
        "sgdclassifier__eta0": loguniform(5e-3, 0.5),
        "sgdclassifier__alpha": loguniform(1e-7, 1e-3),
    }, n_iter=20, n_jobs=2, cv=splitter(False), scoring="neg_log_loss", random_state=1)
    return -search.fit(x, y).best_score_


def tall_search():
    x, y = tall()
    compare("20 trials on a tall table: 100,000 x 50, logistic regression by SGD, 5 folds, 5 epochs, "
            "2 workers", "log loss",
            {"hone, from the file to the database": lambda: hone(TALL, 2),
             "RandomizedSearchCV(n_jobs=2), data in memory": clocked(tall_randomized, x, y)},
            min(ROUNDS, 3))


# ---- workers ----

def side_by_side(spec):
    """Half the time of two searches of one worker each, which share nothing: the most that two
    of this machine's cores give."""
    with open("bench.yaml", "w") as file:
        file.write(spec)
    folder = tempfile.mkdtemp(dir=".")
    began = time.perf_counter()
    both = [subprocess.Popen([HONE, "run", "bench.yaml", "-q", "--workers", "1", "--db",
                              f"{folder}/{i}.db"], stdout=subprocess.DEVNULL) for i in (1, 2)]
    assert all(child.wait() == 0 for child in both)
    return (time.perf_counter() - began) / 2, None


def scaling():
    spec = digits_search("random")
    compare("2 workers and 1: the 50 trials at random on digits", "accuracy",
            {"hone, 2 workers": lambda: hone(spec, 2), "hone, 1 worker": lambda: hone(spec, 1),
             "half of two searches side by side": lambda: side_by_side(spec)})


MEMORY = """
seed: 1
data: {csv: tall.csv, task: classification}
cv: {folds: 5}
objective: {model: mlp, hidden: 64, epochs: 1}
space: {learning_rate: {type: float, low: 1e-4, high: 1e-2, log: true}}
search: {method: random, trials: 4, parallel: 4}
"""

JOBLIB = """
import sys
import numpy as np
from scipy.stats import loguniform
from sklearn.model_selection import RandomizedSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
rows = np.load("tall.npz")
model = make_pipeline(StandardScaler(), MLPClassifier((64,), batch_size=32, max_iter=1))
RandomizedSearchCV(model, {"mlpclassifier__learning_rate_init": loguniform(1e-4, 1e-2)}, n_iter=4,
                   cv=5, n_jobs=int(sys.argv[1])).fit(rows["x"], rows["y"])
"""


def family(root):
    """The process and all that descend from it."""
    parent = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat") as file:
                    parent[int(entry)] = int(file.read().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                pass
    found = {root}
    while True:
        more = {child for child, above in parent.items() if above in found} - found
        if not more:
            return found
        found |= more


def share_kib(process):
    """What a process holds, pages it shares divided among those who share them."""
    try:
        with open(f"/proc/{process}/smaps_rollup") as file:
            return sum(int(row.split()[1]) for row in file if row.startswith("Pss:"))
    except OSError:
        return 0


def peak_mib(command):
    """The largest sum over a command's processes, looked at all the time."""
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    done = threading.Thread(target=child.wait)
    peak = 0
    done.start()
    while done.is_alive():
        peak = max(peak, sum(share_kib(process) for process in family(child.pid)))
        time.sleep(0.01)
    assert child.returncode == 0
    return peak / 1024


def memory():
    x, y = tall()
    np.savez("tall.npz", x=x, y=y)
    with open("bench.yaml", "w") as file:
        file.write(MEMORY)
    print("\npeak memory: 100,000 x 50, 4 trials of an MLP, 5 folds, 1 epoch")
    for name, command in (
            ("hone", [HONE, "run", "bench.yaml", "-q", "--db", "memory-%d.db", "--workers"]),
            ("RandomizedSearchCV", [sys.executable, "-c", JOBLIB])):
        one, eight = (peak_mib([word.replace("%d", str(n)) for word in command] + [str(n)])
                      for n in (1, 8))
        print(f"  {name:20s} 1 worker {one:5.0f} MiB, 8 workers {eight:5.0f} MiB: "
              f"{eight / one:.2f} times", flush=True)


for part in PARTS:
    {"tall": tall_search}.get(part, globals().get(part))()
