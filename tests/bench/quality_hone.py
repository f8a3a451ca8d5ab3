"""hone through `hone pipe`, in a database of its own."""
import json
import os
import subprocess
import tempfile

HONE = os.environ.get("HONE", "hone")


def param_spec(p):
    if p.kind == "choice":
        spec = {"type": "categorical", "choices": list(p.choices)}
    else:
        spec = {"type": p.kind, "low": p.low, "high": p.high}
        if p.log:
            spec["log"] = True
    if p.when:
        spec["when"] = {p.when[0]: list(p.when[1])}
    return spec


def search_spec(trials, more):
    """`more` is what HONE_SEARCH adds: key=value, separated by commas."""
    search = {"method": "gp", "trials": trials, "parallel": 1}
    for pair in filter(None, more.split(",")):
        key, _, value = pair.partition("=")
        search[key] = json.loads(value) if value[:1] in "0123456789-tf" else value
    return search


class Hone:
    def __init__(self, space, seed, trials, exact, more="", under=None):
        self.folder = tempfile.TemporaryDirectory(prefix="hone-bench-", dir=under)
        spec = {"study": "bench", "seed": seed, "objective": {"direction": "minimize"},
                "space": {p.name: param_spec(p) for p in space},
                "search": search_spec(trials, more)}
        path = os.path.join(self.folder.name, "bench.yaml")
        with open(path, "w") as file:
            json.dump(spec, file)  # JSON is YAML
        self.child = subprocess.Popen(
            [HONE, "pipe", path, "--db", os.path.join(self.folder.name, "bench.db"),
             "--workers", "1", "-q"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def say(self, **request):
        self.child.stdin.write(json.dumps(request) + "\n")
        self.child.stdin.flush()
        answer = json.loads(self.child.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer

    def ask(self):
        answer = self.say(op="ask")
        self.trial = answer["trial"]
        return answer["params"]

    def tell(self, value):
        self.say(op="tell", trial=self.trial, value=value)

    def recommend(self):
        return self.say(op="best")["params"]

    def close(self):
        self.child.stdin.close()
        self.child.wait()
        self.folder.cleanup()
