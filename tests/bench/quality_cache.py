"""What was measured: a file for each tool, a line of JSON for each run. What peers gave is
kept in `measured/`, for it stays the same when hone changes."""
import glob
import json
import os

MEASURED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "measured")


def path(folder, tool):
    return os.path.join(folder, f"{tool}.jsonl")


def rows_of(folder, tool):
    """A line that was cut off by a kill is measured again."""
    try:
        with open(path(folder, tool)) as file:
            for line in file:
                try:
                    yield json.loads(line)
                except ValueError:
                    pass
    except OSError:
        pass


def rows(cache, tool):
    return [*rows_of(MEASURED, tool), *rows_of(cache, tool)]


def keys(cache, tool):
    return {(row["problem"], row["noise"], row["seed"]) for row in rows(cache, tool)}


def add(cache, tool, row):
    with open(path(cache, tool), "a") as file:
        file.write(json.dumps(row) + "\n")


def tools(cache):
    return sorted({os.path.basename(name)[:-len(".jsonl")] for folder in (MEASURED, cache)
                   for name in glob.glob(os.path.join(folder, "*.jsonl"))})
