"""What was measured: a file for each tool, a line of JSON for each run."""
import glob
import json
import os


def path(cache, tool):
    return os.path.join(cache, f"{tool}.jsonl")


def rows(cache, tool):
    """A line that was cut off by a kill is measured again."""
    found = []
    try:
        with open(path(cache, tool)) as file:
            for line in file:
                try:
                    found.append(json.loads(line))
                except ValueError:
                    pass
    except OSError:
        pass
    return found


def keys(cache, tool):
    return {(row["problem"], row["noise"], row["seed"]) for row in rows(cache, tool)}


def add(cache, tool, row):
    with open(path(cache, tool), "a") as file:
        file.write(json.dumps(row) + "\n")


def tools(cache):
    return sorted(os.path.basename(name)[:-len(".jsonl")]
                  for name in glob.glob(os.path.join(cache, "*.jsonl")))
