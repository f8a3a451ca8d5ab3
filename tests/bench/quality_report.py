"""The tables of what was measured, as Markdown. Intervals hold 95 of 100 bootstrap
samples: problems are drawn anew, and seeds within each."""
import numpy as np

import quality_cache
import quality_scores
from quality_problems import AT
from quality_surfaces import CONDITIONAL

COMPLETE = 0.9
TITLES = {"own": "Real tasks, on the split of the search", "truth": "Real tasks, on other splits"}


def resampled(values, draws):
    """Means over problems of means over seeds, of `draws` bootstrap samples."""
    rng = np.random.default_rng(1)
    kept = [row[~np.isnan(row)] for row in values]
    kept = [row for row in kept if len(row)]
    means = np.array([[rng.choice(row, len(row)).mean() for row in kept] for _ in range(draws)])
    picks = rng.integers(0, len(kept), (draws, len(kept)))
    return np.take_along_axis(means, picks, axis=1).mean(axis=1)


def mean_of(values):
    rows = [row[~np.isnan(row)].mean() for row in values if not np.isnan(row).all()]
    return float(np.mean(rows)) if rows else float("nan")


def interval(values, draws):
    low, high = np.percentile(resampled(values, draws), [2.5, 97.5])
    return f"{mean_of(values):+.2f} [{low:+.2f}, {high:+.2f}]"


def ranks_of(scores):
    """(tools, problems, seeds): ties share their mean rank."""
    stack = np.array(scores)
    below = (stack[None] < stack[:, None]).sum(axis=1)
    same = (stack[None] == stack[:, None]).sum(axis=1)
    ranks = 1 + below + (same - 1) / 2
    ranks[:, np.isnan(stack).any(axis=0)] = np.nan
    return ranks


def row_of(words):
    print("| " + " | ".join(words) + " |")


def number(value):
    return "" if np.isnan(value) else f"{value:.2f}"


def per_problem(tools, problems, scores):
    row_of(["problem", *tools])
    row_of(["---"] * (1 + len(tools)))
    for i, name in enumerate(problems):
        values = [mean_of(scores[tool][i:i + 1]) for tool in tools]
        least = np.nanmin(values) if not np.isnan(values).all() else np.nan
        row_of([name, *(f"**{number(v)}**" if v == least else number(v) for v in values)])
    row_of(["mean", *(number(mean_of(scores[tool])) for tool in tools)])
    row_of(["cells", *(str(int((~np.isnan(scores[tool])).sum())) for tool in tools)])


def in_order(tools, scores, draws):
    """Mean ranks of the tools that were measured nearly everywhere."""
    wanted = COMPLETE * max((~np.isnan(scores[tool])).sum() for tool in tools)
    whole = [tool for tool in tools if (~np.isnan(scores[tool])).sum() >= wanted]
    ranks = dict(zip(whole, ranks_of([scores[tool] for tool in whole])))
    print(f"\nMean rank of {len(whole)}: "
          + ", ".join(f"{tool} {mean_of(ranks[tool]):.2f}"
                      for tool in sorted(whole, key=lambda tool: mean_of(ranks[tool]))) + ".")
    mine, others = whole[0], whole[1:]
    if others and mine.startswith("hone"):
        best = min(others, key=lambda tool: mean_of(ranks[tool]))
        print(f"{mine} less {best}, in ranks: {interval(ranks[mine] - ranks[best], draws)}.")


def against(tools, problems, scores, draws):
    """The first tool less each other, where both were measured."""
    mine = tools[0]
    print()
    row_of([f"{mine} less", "cells", "log regret", "better in", "worse on"])
    row_of(["---"] * 5)
    for other in tools[1:]:
        apart = scores[mine] - scores[other]
        known = ~np.isnan(apart)
        if not known.any():
            row_of([other, "0", "not measured", "", ""])
            continue
        worse = [f"{name} {mean_of(apart[i:i + 1]):+.2f}" for i, name in enumerate(problems)
                 if mean_of(apart[i:i + 1]) > 0.06]
        share = ((apart < 0).sum() + 0.5 * (apart == 0).sum()) / known.sum()
        row_of([other, str(int(known.sum())), interval(apart, draws), f"{share:.0%}",
                ", ".join(worse)])


def on_branches(tools, problems, scores, draws):
    """The problems whose parameters depend on others."""
    places = [i for i, name in enumerate(problems) if name in CONDITIONAL]
    if not places:
        return
    mine = tools[0]
    print(f"\nOn those with branches ({', '.join(problems[i] for i in places)}), {mine} less "
          + ", ".join(f"{other} {interval((scores[mine] - scores[other])[places], draws)}"
                      for other in tools[1:]
                      if not np.isnan((scores[mine] - scores[other])[places]).all()) + ".")


def errors(cache, tools):
    for tool in tools:
        failed = [row for row in quality_cache.rows(cache, tool) if "error" in row]
        if failed:
            print(f"\n{tool} failed in {len(failed)} runs, the first: {failed[0]['problem']}: "
                  f"{failed[0]['error']}")


def report(cache, tools, problems, noises, seeds, draws):
    seeds = list(seeds)
    for noise in noises:
        for at in AT:
            scores = {tool: quality_scores.table(cache, tool, problems, noise, seeds, at) for tool in tools}
            measured = [tool for tool in tools if not np.isnan(scores[tool]).all()]
            print(f"\n### {TITLES.get(noise) or f'Noise {noise:g}'}, {at} trials\n")
            for tool in tools:
                if tool not in measured:
                    print(f"Not measured: {tool}.\n")
            if measured:
                per_problem(measured, problems, scores)
                in_order(measured, scores, draws)
                against(measured, problems, scores, draws)
                on_branches(measured, problems, scores, draws)
    errors(cache, tools)
