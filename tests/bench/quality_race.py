"""hone on a real task, fold by fold, so that it may leave a trial before its last fold:
`hone run` with a command that asks this process for each fold's value."""
import csv
import json
import os
import select
import signal
import subprocess
import tempfile

from quality_hone import HONE, param_spec, search_spec
from quality_tasks import FOLDS

HERE = os.path.dirname(os.path.abspath(__file__))


class Race:
    """Serves folds until so many were spent; the next one stays without an answer. `known` keeps
    their values for another search."""

    def __init__(self, task, seed, trials, race, more, known):
        self.task, self.seed, self.known = task, seed, known
        self.folder = tempfile.TemporaryDirectory(prefix="hone-bench-")
        self.asked = self.path("asked")
        os.mkfifo(self.asked)
        self.write_data()
        spec = {"study": "bench", "seed": seed, "data": {"csv": self.path("data.csv")},
                "cv": {"folds": FOLDS, "race": "on" if race else "off"},
                "objective": {"command": ["sh", os.path.join(HERE, "quality_fold.sh"),
                                          self.folder.name], "direction": "minimize"},
                "space": {p.name: param_spec(p) for p in task.space},
                "search": search_spec(trials, more)}
        with open(self.path("bench.yaml"), "w") as file:
            json.dump(spec, file)
        # Open for both, or a fold that ends would end the file.
        self.pipe = os.open(self.asked, os.O_RDWR)
        self.unread, self.pending = b"", None
        self.child = subprocess.Popen(
            [HONE, "run", self.path("bench.yaml"), "--db", self.path("bench.db"),
             "--workers", "1", "-q"], stdout=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def write_data(self):
        """hone wants data to have folds; the command never looks at them."""
        with open(self.path("data.csv"), "w") as file:
            rows = csv.writer(file)
            rows.writerow(["row", "target"])
            rows.writerows((i, i % 2) for i in range(20 * FOLDS))

    def next_line(self):
        """None when hone has ended."""
        while b"\n" not in self.unread:
            if select.select([self.pipe], [], [], 1)[0]:
                self.unread += os.read(self.pipe, 65536)
            elif self.child.poll() is not None:
                return None
        line, _, self.unread = self.unread.partition(b"\n")
        return line.decode()

    def serve(self, folds):
        """Answers so many folds, then waits with the next one in hand."""
        for _ in range(folds):
            line = self.pending or self.next_line()
            self.pending = None
            if line is None:
                return
            process, fold, point = line.split(" ", 2)
            if (fold, point) not in self.known:
                self.known[fold, point] = self.task.fold_value(json.loads(point), self.seed, int(fold))
            value = self.known[fold, point]
            with open(self.path(f"answer.{process}"), "w") as file:
                file.write(f"{value!r}\n")
        self.pending = self.next_line()

    def recommend(self):
        """What `hone best` says while the run goes on beside it."""
        said = subprocess.run([HONE, "best", "bench", "--db", self.path("bench.db"),
                               "--format", "json"], capture_output=True, text=True, check=True)
        return json.loads(said.stdout)["params"]

    def trials(self):
        said = subprocess.run([HONE, "trials", "bench", "--db", self.path("bench.db"),
                               "--format", "json"], capture_output=True, text=True, check=True)
        return sum(row["state"] in ("complete", "pruned") for row in json.loads(said.stdout))

    def close(self):
        for _ in range(2):
            self.child.send_signal(signal.SIGINT)
        try:
            self.child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        os.close(self.pipe)
        self.folder.cleanup()
