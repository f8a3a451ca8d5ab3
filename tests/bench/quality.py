"""Measures hone and its peers, or reports what was measured; see quality.sh and README.md."""
import argparse
import hashlib
import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))


def arguments():
    parser = argparse.ArgumentParser(prog="quality.sh", description=__doc__)
    parser.add_argument("what", choices=("measure", "report"))
    parser.add_argument("--tools", default="hone,random,optuna-tpe,optuna-gp,smac,skopt,botorch,hebo")
    parser.add_argument("--problems", default="made", help="made: functions and surfaces; tasks: "
                        "real tuning; or names")
    parser.add_argument("--noise", default="0,1")
    parser.add_argument("--seeds", default="0-9", help="first-last")
    parser.add_argument("--label", default="", help="of this hone, beside its hash")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--time-limit", type=float, default=1e9, help="seconds")
    parser.add_argument("--draws", type=int, default=2000, help="of the bootstrap")
    return parser.parse_args()


def hone_name(label):
    """The binary decides what may be taken from the cache."""
    with open(os.environ["HONE"], "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()[:8]
    words = ["hone", digest, label, os.environ.get("HONE_SEARCH", "").replace("=", "_")]
    return "-".join(word for word in words if word)


def named(tool, label):
    """hone and hone-norace, which leaves no trial before its last fold, as they are kept."""
    first, dash, rest = tool.partition("-")
    return hone_name(label) + dash + rest if first == "hone" else tool


def seeds(text):
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def python_of(tool):
    """HEBO's dependencies are its own."""
    return os.environ["BENCH_HEBO_PYTHON" if tool == "hebo" else "BENCH_PYTHON"]


def measure(args, tools, problems, noises):
    """Seeds are outermost, so that what is measured when time ends is balanced."""
    os.environ["PYTHONHASHSEED"] = "0"  # SMAC takes points in the order of their hashes
    deadline = time.time() + args.time_limit
    cells = [f"{name}:{noise}" for name in problems for noise in noises]

    def one(seed, tool):
        if time.time() < deadline:
            subprocess.run([python_of(tool), os.path.join(HERE, "quality_run.py"), tool, str(seed),
                            os.environ["BENCH_CACHE"], str(deadline), *cells], check=False)

    with ThreadPoolExecutor(args.jobs) as pool:
        for seed in seeds(args.seeds):
            for tool in tools:
                pool.submit(one, seed, tool)


def main():
    args = arguments()
    from quality_problems import NAMES
    from quality_report import report
    from quality_tasks import TASKS
    groups = {"made": NAMES, "tasks": list(TASKS)}
    problems = groups.get(args.problems) or args.problems.split(",")
    real = problems[0] in TASKS
    noises = ["cv"] if real else [float(word) for word in args.noise.split(",")]
    tools = [named(tool, args.label) for tool in args.tools.split(",")]
    if args.what == "measure":
        measure(args, tools, problems, noises)
    report(os.environ["BENCH_CACHE"], tools, problems, ["own", "truth"] if real else noises,
           seeds(args.seeds), args.draws)


main()
