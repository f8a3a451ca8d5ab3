"""One tool and one seed over many problems; a line of JSON for each into the cache.

    python quality_run.py TOOL SEED CACHE DEADLINE PROBLEM:NOISE...

The noise of a real task is "cv". A run that is in the cache already is left out.
DEADLINE is in seconds since the epoch.
"""
import os
import signal
import sys

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "LOKY_MAX_CPU_COUNT"):
    os.environ[name] = "1"

import json
import time
import traceback
from functools import lru_cache

import quality_cache
from quality_hone import Hone
from quality_peers import PEERS
from quality_problems import AT, TRIALS, problem
from quality_race import Race
from quality_tasks import FOLDS, TRUTH_SPLITS, task


def make_tool(tool, space, seed, exact):
    if tool.startswith("hone"):
        return Hone(space, seed, TRIALS, exact, os.environ.get("HONE_SEARCH", ""))
    return PEERS[tool](space, seed, TRIALS, exact)


def run_problem(tool, name, noise, seed):
    """True regret, over the problem's scale, of what is recommended: {trials: regret}."""
    instance = problem(name, seed)
    regrets = {}
    runner = make_tool(tool, instance.space, seed, noise == 0)
    try:
        for trial in range(TRIALS):
            runner.tell(instance.observed(runner.ask(), trial, noise))
            if trial + 1 in AT:
                regret = instance.regret(runner.recommend()) / instance.scale
                regrets[str(trial + 1)] = float(f"{regret:.4g}")
    finally:
        runner.close()
    return {"regret": regrets}


def values_at(name, seed, recommended):
    """Values of what was recommended, {trials: point} -> {trials: value}, on the split of the
    search and on others."""
    splits = {"own": [seed], "truth": TRUTH_SPLITS}
    value = lru_cache(lambda word, of: task(name).value(json.loads(word), splits[of]))
    return {of: {str(at): value(json.dumps(point, sort_keys=True), of)
                 for at, point in recommended.items()} for of in splits}


def run_task(tool, name, seed):
    """A trial of all folds at a time; hone has its folds one by one."""
    if tool.startswith("hone"):
        return run_race(tool, name, seed)
    recommended = {}
    runner = make_tool(tool, task(name).space, seed, False)
    try:
        for trial in range(1, TRIALS + 1):
            point = runner.ask()
            runner.tell(task(name).value(point, [seed]))
            if trial in AT:
                recommended[trial] = runner.recommend()
    finally:
        runner.close()
    return values_at(name, seed, recommended)


def run_race(tool, name, seed):
    """As many folds as the peers have, on as many trials as hone makes of them. That number is
    found by a search before, so that hone, as the peers, knows how many trials it has."""
    race = not tool.endswith("-norace")
    more, known = os.environ.get("HONE_SEARCH", ""), {}
    trials = TRIALS
    if race:
        with Race(task(name), seed, TRIALS * FOLDS // 2, race, more, known) as runner:
            runner.serve(TRIALS * FOLDS)
            trials = runner.trials()
    recommended, made, served = {}, {}, 0
    with Race(task(name), seed, trials, race, more, known) as runner:
        for at in AT:
            runner.serve(at * FOLDS - served)
            served = at * FOLDS
            recommended[at], made[str(at)] = runner.recommend(), runner.trials()
    return {**values_at(name, seed, recommended), "trials": made}


def run(tool, name, noise, seed):
    return run_task(tool, name, seed) if noise == "cv" else run_problem(tool, name, noise, seed)


def add(cache, tool, name, noise, seed):
    row = {"problem": name, "noise": noise, "seed": seed}
    began = time.perf_counter()
    try:
        row |= run(tool, name, noise, seed)
    except ImportError as why:
        sys.exit(f"{tool} is not installed, and not measured: {why}")
    except Exception as why:  # a peer's fault is a result
        traceback.print_exc()
        row["error"] = f"{type(why).__name__}: {why}"[:200]
    quality_cache.add(cache, tool, row | {"seconds": round(time.perf_counter() - began, 2)})


def main():
    # A tool that is running is closed, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    tool, seed, cache, deadline = sys.argv[1], int(sys.argv[2]), sys.argv[3], float(sys.argv[4])
    done = quality_cache.keys(cache, tool)
    for word in sys.argv[5:]:
        name, noise = word.rsplit(":", 1)
        noise = noise if noise == "cv" else float(noise)
        if time.time() < deadline and (name, noise, seed) not in done:
            add(cache, tool, name, noise, seed)


main()
