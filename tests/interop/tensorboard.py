"""What TensorBoard serves of a folder that hone wrote; a line an assertion, the first that fails
ends it. Runs in the folder with trials.json and trial.json."""
import json
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request

STATUSES = ["STATUS_UNKNOWN", "STATUS_SUCCESS", "STATUS_FAILURE", "STATUS_RUNNING"]


def check(truth, what):
    if not truth:
        sys.exit(f"not so: {what}")
    print(f"so it is: {what}", flush=True)


def near(a, b):
    return abs(a - b) <= 1e-6 * max(abs(a), abs(b))  # scalars are floats of 32 bits


def start(folder):
    server = subprocess.Popen([sys.executable, "-m", "tensorboard.main", "--logdir", folder,
                               "--port", "0", "--load_fast", "false"],
                              stderr=subprocess.PIPE, text=True)
    for line in server.stderr:
        found = re.search(r"http://\S+", line)
        if found:
            return server, found.group().rstrip("/")
    sys.exit("TensorBoard did not start")


class Board:
    def __init__(self, address):
        self.address = address

    def get(self, path, body=None, **query):
        url = f"{self.address}/data/plugin/{path}?{urllib.parse.urlencode(query)}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
        return json.load(urllib.request.urlopen(request, timeout=20))

    def wait(self, runs):
        for _ in range(100):
            tags = self.get("scalars/tags")
            if len(tags) >= runs:
                return tags
            time.sleep(0.3)
        return tags


def check_scalars(board, trials, shown):
    tags = board.wait(6 * 4)
    check(len(tags) == 6 * 4, "a run each trial and each fold")
    check(sorted(tags["board/1/fold-2"]) == ["loss/train", "loss/validation", "rate", "value"],
          "a fold has both losses, the rate and its value")
    for fold in shown["folds"]:
        run = f"board/1/fold-{fold['fold']}"
        curve = [p for p in shown["curves"] if p["fold"] == fold["fold"]]
        for tag, key in (("loss/train", "train_loss"), ("loss/validation", "valid_loss"),
                         ("rate", "rate")):
            points = board.get("scalars/scalars", run=run, tag=tag)
            check([p[1] for p in points] == [p["epoch"] for p in curve] and
                  all(near(p[2], q[key]) for p, q in zip(points, curve)),
                  f"{run} {tag}: its epochs and values")
    for trial in trials:
        value = board.get("scalars/scalars", run=f"board/{trial['number']}", tag="value")
        check(len(value) == 1 and near(value[0][2], trial["value"]),
              f"trial {trial['number']}: its value")


def check_hparams(board, trials):
    experiment = board.get("hparams/experiment", {"experimentName": ""})
    check({h["name"] for h in experiment["hparamInfos"]} ==
          {"optimizer", "momentum", "learning_rate", "batch_size", "hidden"}, "the parameters")
    check({m["name"]["tag"] for m in experiment["metricInfos"]} == {"value", "stderr"},
          "the metrics")
    groups = board.get("hparams/session_groups", {
        "experimentName": "", "allowedStatuses": STATUSES, "startIndex": 0, "sliceSize": 100,
        "colParams": [{"metric": m["name"], "includeInResult": True}
                      for m in experiment["metricInfos"]] +
                     [{"hparam": h["name"], "includeInResult": True}
                      for h in experiment["hparamInfos"]]})["sessionGroups"]
    check(len(groups) == len(trials), "a session each trial")
    by_name = {group["name"]: group for group in groups}
    for trial in trials:
        group = by_name[f"trial {trial['number']}"]
        params = {k: json.dumps(v) if isinstance(v, list) else v
                  for k, v in trial["params"].items()}
        check(group["hparams"] == params, f"trial {trial['number']}: its parameters")
        check(near(group["metricValues"][0]["value"], trial["value"]) and
              group["sessions"][0]["status"] == "STATUS_SUCCESS",
              f"trial {trial['number']}: its value and state")


def main():
    trials = json.load(open("trials.json"))
    shown = json.load(open("trial.json"))
    server, address = start(sys.argv[1])
    try:
        board = Board(address)
        check_scalars(board, trials, shown)
        check_hparams(board, trials)
    finally:
        server.terminate()


main()
