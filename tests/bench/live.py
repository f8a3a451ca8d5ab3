"""What it costs to be seen: python3 live.py HONE SPEC [PAIRS]

Runs the search of SPEC in pairs, with the live block on a pseudo-terminal and with --quiet, and
compares the processor time of the two, which other load on the machine hardly changes. Then lets a
search of 10,000 trials go on and measures how much of a core `hone watch` takes beside it."""
import fcntl
import os
import pty
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time

WATCHED = """study: watched
seed: 1
objective: {function: branin, sleep: 0.02s}
space: {x1: {type: float, low: -5, high: 10}, x2: {type: float, low: 0, high: 15}}
search: {method: random, trials: 10000, parallel: 64}
"""
WATCH_SECONDS = 15


def read_all(terminal):
    try:
        while os.read(terminal, 65536):
            pass
    except OSError:  # the other end is closed
        pass


def on_terminal(words, seconds=None):
    """Processor and wall seconds of the program on a terminal of its own, which is read as fast as
    it writes; interrupted after so many seconds."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm", LANG="C.UTF-8")
        os.environ.pop("NO_COLOR", None)
        os.execv(words[0], words)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    begun = time.perf_counter()
    reader = threading.Thread(target=read_all, args=(terminal,))
    reader.start()
    if seconds:
        time.sleep(seconds)
        os.kill(pid, signal.SIGINT)
    reader.join()
    _, _, usage = os.wait4(pid, 0)
    os.close(terminal)
    return usage.ru_utime + usage.ru_stime, time.perf_counter() - begun


def compare(hone, spec, pairs):
    spent = {"live": [], "quiet": []}
    for pair in range(pairs):
        for voice in sorted(spent, reverse=pair % 2 == 1):  # neither is always the first
            with tempfile.TemporaryDirectory() as folder:
                quiet = ["--quiet"] if voice == "quiet" else []
                spent[voice].append(on_terminal(
                    [hone, "run", spec, "--db", os.path.join(folder, "hone.db"), *quiet]))
    for what, at in (("processor", 0), ("wall", 1)):
        live, quiet = ([run[at] for run in spent[voice]] for voice in ("live", "quiet"))
        print(f"{what:10} live {statistics.mean(live):.3f} s, quiet {statistics.mean(quiet):.3f} s, "
              f"ratio of sums {sum(live) / sum(quiet):.4f}, median ratio of pairs "
              f"{statistics.median(a / b for a, b in zip(live, quiet)):.4f}")


def watch(hone):
    with tempfile.TemporaryDirectory() as folder:
        spec, db = os.path.join(folder, "watched.yaml"), os.path.join(folder, "hone.db")
        with open(spec, "w", encoding="utf-8") as file:
            file.write(WATCHED)
        subprocess.run([hone, "run", spec, "--db", db, "-q", "--workers", "64"], check=True,
                       stdout=subprocess.DEVNULL)
        going = subprocess.Popen([hone, "resume", "watched", "--db", db, "-q", "--workers", "1",
                                  "--trials", "+5000"], stdout=subprocess.DEVNULL)
        time.sleep(1)
        spent, wall = on_terminal([hone, "watch", "watched", "--db", db], WATCH_SECONDS)
        going.send_signal(signal.SIGINT)
        going.wait()
        print(f"watch      {100 * spent / wall:.2f} % of a core beside 10,000 trials and 50 a second")


def main():
    hone, spec = os.path.realpath(sys.argv[1]), sys.argv[2]
    compare(hone, spec, int(sys.argv[3]) if len(sys.argv) > 3 else 5)
    watch(hone)


main()
