"""Seconds of ask and tell of one tool at several lengths of history; a line of JSON each.

    python overhead_run.py TOOL floats|mixed N...

The history is random points. hone fills its own, by as many first points of its design
as N says; peers are given it. hone-memory has its database in memory, TOOL+sqlite (of
Optuna) in a file. Peers are told that values are exact. The next N are left out when one ask takes too long.
"""
import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import json
import math
import statistics
import sys
import tempfile
import time

import numpy as np

from overhead_peers import FILL
from quality_hone import Hone
from quality_peers import PEERS
from quality_space import choice, random_point, real, whole

LIMIT_SECONDS = 20
# Left out, measured. On mixed spaces SMAC fits its model anew every 8 trials.
ASKS = {"hone": (10, 40), "smac": (2, 16), "peer": (1, 5)}
MEMORY = "/dev/shm"
MIXED = [*(real(f"x{i}", 1e-3, 1, log=i < 3) for i in range(7)), whole("units", 4, 256, log=True),
         choice("optimizer", "sgd", "adam", "rmsprop"), choice("activation", "relu", "tanh")]
SPACES = {"floats": [real(f"x{i}", 0.0, 1.0) for i in range(10)], "mixed": MIXED}


def loss(point):
    """A bowl in every number, a step for every choice."""
    total = 0.0
    for i, value in enumerate(point.values()):
        total += (0.3 * len(value) if isinstance(value, str)
                  else (math.log(value + 1) - 0.1 * i) ** 2)
    return total + 0.1 * math.cos(20 * next(iter(point.values())))


def processor_seconds(tool):
    """Of hone's process, else of this one, in which the peer is."""
    if not isinstance(tool, Hone):
        return time.process_time()
    with open(f"/proc/{tool.child.pid}/schedstat") as file:
        return int(file.read().split()[0]) / 1e9


def timed(tool, asks):
    """Seconds, and those of the processor, of each ask with its tell; fewer when they
    take too long. The loss itself takes microseconds."""
    rows = []
    for _ in range(asks):
        before = processor_seconds(tool)
        began = time.perf_counter()
        tool.tell(loss(tool.ask()))
        rows.append((time.perf_counter() - began, processor_seconds(tool) - before))
        if rows[-1][0] > LIMIT_SECONDS or sum(row[0] for row in rows) > 2 * LIMIT_SECONDS:
            break
    return rows


def hone_at(name, space, n):
    tool = Hone(space, 1, n + sum(ASKS["hone"]), False, f"initial={n}",
                MEMORY if name.endswith("-memory") else None)
    for _ in range(n):
        tool.tell(loss(tool.ask()))
    return tool


def peer_at(name, space, n, folder):
    rng = np.random.default_rng(1)
    points = [random_point(space, rng) for _ in range(n)]
    plain, _, storage = name.partition("+")
    more = {"storage": f"sqlite:///{folder}/{n}.db"} if storage else {}
    if plain == "smac":
        more["first"] = 1  # which is asked beside the history
    tool = PEERS[plain](space, 1, 2 * n + 100, True, **more)
    FILL[plain](tool, points, [loss(point) for point in points])
    return tool


def measure(name, space, n, folder):
    is_hone = name.startswith("hone")
    left_out, asks = ASKS.get("hone" if is_hone else name, ASKS["peer"])
    tool = hone_at(name, space, n) if is_hone else peer_at(name, space, n, folder)
    rows = timed(tool, left_out)
    if rows[-1][0] <= LIMIT_SECONDS:
        rows = timed(tool, asks)
    tool.close()
    return rows


def main():
    name, kind = sys.argv[1], sys.argv[2]
    with tempfile.TemporaryDirectory(prefix="hone-bench-") as folder:
        for n in map(int, sys.argv[3:]):
            wall, processor = zip(*measure(name, SPACES[kind], n, folder))
            print(json.dumps({"tool": name, "space": kind, "n": n, "asks": len(wall),
                              "median": statistics.median(wall), "mean": statistics.mean(wall),
                              "processor": statistics.mean(processor)}), flush=True)
            if max(wall) > LIMIT_SECONDS:
                break


if __name__ == "__main__":
    main()
