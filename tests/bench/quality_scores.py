"""Scores: log10 of (true regret of the recommended point / mean regret of the best of
60 random points), not below -3; on real tasks not below -1, for a smaller regret is within
the noise of what stands for the truth. Lower is better."""
import numpy as np

import quality_cache

FLOOR, TASK_FLOOR = 1e-3, 1e-1


def score(regret, floor):
    return float(np.log10(max(regret, floor)))


def of_problems(cache, tool, noise, at):
    """{(problem, seed): score}"""
    return {(row["problem"], row["seed"]): score(row["regret"][at - 1], FLOOR)
            for row in quality_cache.rows(cache, tool)
            if row["noise"] == noise and len(row.get("regret", [])) >= at}


def of_tasks(cache, tool, at):
    """The least true value that any tool ever found stands for the minimum; the scale is
    what 60 random trials leave on average."""
    best, left = {}, {}
    for other in quality_cache.tools(cache):
        for row in quality_cache.rows(cache, other):
            for trials, value in row.get("truth", {}).items():
                best[row["problem"]] = min(value, best.get(row["problem"], np.inf))
                if other == "random" and trials == "60":
                    left.setdefault(row["problem"], []).append(value)
    scale = {name: np.mean(values) - best[name] for name, values in left.items()}
    return {(row["problem"], row["seed"]):
            score((row["truth"][str(at)] - best[row["problem"]]) / scale[row["problem"]], TASK_FLOOR)
            for row in quality_cache.rows(cache, tool)
            if str(at) in row.get("truth", {}) and row["problem"] in scale}


def table(cache, tool, problems, noise, seeds, at):
    """(problems, seeds); NaN where nothing was measured, or the tool failed."""
    known = of_tasks(cache, tool, at) if noise == "cv" else of_problems(cache, tool, noise, at)
    return np.array([[known.get((name, seed), np.nan) for seed in seeds] for name in problems])
