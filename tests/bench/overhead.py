"""Seconds per proposal of hone and its peers in one run, as Markdown; see overhead.sh."""
import argparse
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOOLS = ("hone,hone-memory,optuna-gp,optuna-gp+sqlite,optuna-tpe,optuna-tpe+sqlite,"
         "smac,skopt,botorch,hebo")
LIMIT_KIB = 200 * 1024


def arguments():
    parser = argparse.ArgumentParser(prog="overhead.sh", description=__doc__)
    parser.add_argument("--tools", default=TOOLS)
    parser.add_argument("--spaces", default="floats,mixed")
    parser.add_argument("--lengths", default="30,100,300,1000,5000")
    parser.add_argument("--memory-length", type=int, default=10000, help="0: not measured")
    return parser.parse_args()


def rows_of(tool, space, lengths):
    python = os.environ["BENCH_HEBO_PYTHON" if tool == "hebo" else "BENCH_PYTHON"]
    child = subprocess.Popen([python, os.path.join(HERE, "overhead_run.py"), tool, space,
                              *lengths], stdout=subprocess.PIPE, text=True)
    for line in child.stdout:
        if line.startswith('{"tool"'):
            yield json.loads(line)
    if child.wait() != 0:
        print(f"{tool}: failed, see its error output", file=sys.stderr)


def milliseconds(seconds):
    return f"{1000 * seconds:.3g}"


def table(title, lengths, found, key):
    """A tool's milliseconds and, in brackets, how many times hone's they are."""
    print(f"\n{title}\n\n| tool | " + " | ".join(f"n = {n}" for n in lengths) + " |")
    print("|---" * (1 + len(lengths)) + "|")
    hone = {row["n"]: row[key] for row in found.get("hone", [])}
    for tool, rows in found.items():
        by_length = {row["n"]: row[key] for row in rows}
        cells = []
        for n in map(int, lengths):
            cell = milliseconds(by_length[n]) if n in by_length else "-"
            if n in by_length and n in hone and not tool.startswith("hone"):
                cell += f" ({by_length[n] / hone[n]:.3g}x)"
            cells.append(cell)
        print(f"| {tool} | " + " | ".join(cells) + " |")


def peak_memory(n):
    """Of hone's process after n random trials and three proposals of its model."""
    from overhead_run import MEMORY, SPACES, loss
    from quality_hone import Hone
    tool = Hone(SPACES["floats"], 1, n + 3, False, f"initial={n}", MEMORY)
    for _ in range(n + 3):
        tool.tell(loss(tool.ask()))
    with open(f"/proc/{tool.child.pid}/status") as file:
        peak = next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))
    tool.close()
    print(f"\nhone's peak memory at n = {n}: {peak / 1024:.0f} MiB"
          + ("" if peak < LIMIT_KIB else ", over the limit of 200 MiB"))


def main():
    args = arguments()
    lengths = args.lengths.split(",")
    for space in args.spaces.split(","):
        found = {}
        for tool in args.tools.split(","):
            found[tool] = list(rows_of(tool, space, lengths))
            print(f"{space}: {tool} done", file=sys.stderr)
        table(f"{space}: milliseconds by the clock, ask and tell, median", lengths, found,
              "median")
        table(f"{space}: milliseconds of processor time, mean", lengths, found, "processor")
    if args.memory_length > 0:
        peak_memory(args.memory_length)


main()
