"""Scores: log10 of (true regret of the recommended point / mean regret of the best of
60 random points), not below -3. On real tasks not below -2 on the split that was searched
on, and on other splits not below -1, for a smaller regret is within the noise of what
stands for the truth. Lower is better."""
import numpy as np

import quality_cache

FLOOR = 1e-3
TASK_FLOOR = {"own": 1e-2, "truth": 1e-1}


def score(regret, floor):
    return float(np.log10(max(regret, floor)))


def of_problems(cache, tool, noise, at):
    """{(problem, seed): score}"""
    return {(row["problem"], row["seed"]): score(row["regret"][str(at)], FLOOR)
            for row in quality_cache.rows(cache, tool)
            if row["noise"] == noise and str(at) in row.get("regret", {})}


def of_tasks(cache, tool, of, at):
    """The least value that any tool ever found, on the same split where that is searched on,
    stands for the minimum; the scale is what 60 random trials leave on average."""
    def place(row):
        return (row["problem"], row["seed"]) if of == "own" else row["problem"]

    best, left = {}, {}
    for other in quality_cache.tools(cache):
        for row in quality_cache.rows(cache, other):
            for value in row.get(of, {}).values():
                best[place(row)] = min(value, best.get(place(row), np.inf))
    for row in quality_cache.rows(cache, "random"):
        if "60" in row.get(of, {}):
            left.setdefault(row["problem"], []).append(row[of]["60"] - best[place(row)])
    scale = {name: np.mean(values) for name, values in left.items()}
    return {(row["problem"], row["seed"]):
            score((row[of][str(at)] - best[place(row)]) / scale[row["problem"]], TASK_FLOOR[of])
            for row in quality_cache.rows(cache, tool)
            if str(at) in row.get(of, {}) and row["problem"] in scale}


def table(cache, tool, problems, noise, seeds, at):
    """(problems, seeds); NaN where nothing was measured, or the tool failed."""
    known = of_tasks(cache, tool, noise, at) if noise in TASK_FLOOR \
        else of_problems(cache, tool, noise, at)
    return np.array([[known.get((name, seed), np.nan) for seed in seeds] for name in problems])
