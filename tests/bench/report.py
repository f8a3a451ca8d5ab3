"""How long the report of 10,000 trials takes to write and to draw, and how large it is;
and a model study with curves, for the part that grows with them.

    HONE=build-release/hone python3 tests/bench/report.py
"""
import os
import resource
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "browser"))
import browser

HONE = os.path.abspath(os.environ.get("HONE", "build/hone"))
RUNS = 5

FUNCTION = """
study: function
objective: {function: sphere, folds: 5, noise: 0.1}
space:
  x1: {type: float, low: -5, high: 5}
  x2: {type: float, low: -5, high: 5}
  x3: {type: float, low: -5, high: 5}
  x4: {type: float, low: -5, high: 5}
  x5: {type: float, low: 1e-5, high: 5, log: true}
  x6: {type: int, low: 0, high: 100}
  x7: {type: float, low: -5, high: 5}
  x8: [1, 2, 3, 4]
search: {method: random, trials: 10000}
"""

MODEL = """
study: model
data: {csv: %s/data/iris.csv}
cv: {folds: 5}
objective: {model: mlp, metric: log_loss, epochs: 20}
space:
  optimizer: [sgd, momentum, adam, rmsprop]
  momentum: {type: float, low: 0.5, high: 0.99, when: {optimizer: momentum}}
  learning_rate: {type: float, low: 1e-4, high: 1, log: true}
  weight_decay: {type: float, low: 1e-6, high: 1, log: true}
  batch_size: {type: int, low: 16, high: 128, log: true}
  hidden: [[4], [16], [16, 16]]
  schedule: [constant, cosine, step]
search: {method: random, trials: 10000}
""" % os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")


def written(study):
    """Seconds of each run of the whole command, and of its processor time."""
    seconds, before = [], resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(RUNS):
        start = time.monotonic()
        subprocess.run([HONE, "report", study, "-o", study + ".html", "-q"], check=True)
        seconds.append(time.monotonic() - start)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    work = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return sorted(seconds), work / RUNS


def drawn(path, study):
    """Milliseconds of the page's script, and from the request to the first picture."""
    with browser.Browser(path) as b:
        b.look(1280)
        start = time.monotonic()
        b.open(study + ".html")
        b.complaints()
        whole = time.monotonic() - start
        return int(b.evaluate("document.documentElement.dataset.drawn")), 1000 * whole


def main():
    path = browser.find()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for study, spec in (("function", FUNCTION), ("model", MODEL)):
            with open(study + ".yaml", "w", encoding="utf-8") as file:
                file.write(spec)
            subprocess.run([HONE, "run", study + ".yaml", "-q"], check=True, stdout=subprocess.DEVNULL)
            seconds, work = written(study)
            size = os.path.getsize(study + ".html") / 1e6
            print(f"{study}: written in {seconds[0]:.2f} s (median {seconds[RUNS // 2]:.2f} s, "
                  f"processor {work:.2f} s), {size:.2f} MB", flush=True)
            if path is None:
                print("there is no Chromium here: not drawn")
            else:
                script, whole = drawn(path, study)
                print(f"{study}: drawn in {script / 1000:.2f} s by its script, "
                      f"{whole / 1000:.2f} s with loading and painting", flush=True)
        os.chdir("/")


main()
