"""Draws what a terminal shows of a running search: python3 terminal.py HONE SPEC FINISHED >FILE.svg

Runs the search on a pseudo-terminal of 80 columns until so many trials are finished, and draws the
screen of that moment as SVG. Only what hone sends is understood: text, colours, and going back."""
import fcntl
import os
import pty
import re
import struct
import sys
import tempfile
import termios
from xml.sax.saxutils import escape

COLUMNS, ROWS = 80, 24
ADVANCE, LINE, SIZE, MARGIN = 8.4, 19, 14, 14
STYLE = """
    .back { fill: #f6f6f3; stroke: #c9c9c1 }
    text { font: 14px ui-monospace, 'DejaVu Sans Mono', 'Liberation Mono', monospace; fill: #1c2126; white-space: pre }
    .c1 { font-weight: 700 } .c2 { fill: #5f6875 } .c31 { fill: #b3261e } .c32 { fill: #16794a } .c33 { fill: #8a6d0b }
    @media (prefers-color-scheme: dark) {
        .back { fill: #181c22; stroke: #454d59 } text { fill: #e7eaee }
        .c2 { fill: #9aa4b2 } .c31 { fill: #ff8a80 } .c32 { fill: #5fce97 } .c33 { fill: #dcc15a }
    }
"""
SEQUENCE = re.compile(r"\x1b\[([0-9;]*)([A-Za-z])")


class Screen:
    """Rows of (character, style); the last ones are seen."""

    def __init__(self):
        self.rows, self.row, self.column, self.style = [[]], 0, 0, "0"

    def put(self, character):
        row = self.rows[self.row]
        row.extend([(" ", "0")] * (self.column - len(row)))
        row[self.column:self.column + 1] = [(character, self.style)]
        self.column += 1

    def obey(self, numbers, command):
        if command == "m":
            self.style = numbers or "0"
        elif command == "A":
            self.row = max(self.row - int(numbers or 1), 0)
        elif command == "K":
            del self.rows[self.row][self.column:]
        elif command == "J":
            del self.rows[self.row][self.column:]
            del self.rows[self.row + 1:]

    def take(self, text):
        at = 0
        while at < len(text):
            found = SEQUENCE.match(text, at)
            if found:
                self.obey(*found.groups())
                at = found.end()
                continue
            if text[at] == "\r":
                self.column = 0
            elif text[at] == "\n":
                self.row += 1
                self.rows.extend([] for _ in range(self.row + 1 - len(self.rows)))
            else:
                self.put(text[at])
            at += 1

    def text(self):
        return "\n".join("".join(character for character, _ in row) for row in self.rows)


def count(screen):
    found = re.findall(r"(\d+) of \d+ trials", screen.text())
    return int(found[-1]) if found else 0


def run(hone, spec, finished):
    """The screen once so many trials are finished."""
    folder = tempfile.TemporaryDirectory()
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm", LANG="C.UTF-8", HONE_DB=os.path.join(folder.name, "hone.db"))
        os.environ.pop("NO_COLOR", None)
        os.execv(hone, [hone, "run", spec])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    screen, bytes_left = Screen(), b""
    while count(screen) < int(finished):
        bytes_left += os.read(terminal, 65536)
        whole, end, bytes_left = bytes_left.rpartition(b"\x1b[J")  # the end of a drawing
        screen.take((whole + end).decode())
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    return screen


def put(text, column, row, style):
    """Without the spaces around it, which not every viewer keeps."""
    column += len(text) - len(text.lstrip())
    words = text.strip()
    name = "" if style == "0" else f' class="c{style}"'
    print(f'<text x="{MARGIN + column * ADVANCE:g}" y="{MARGIN + SIZE + row * LINE:g}" '
          f'textLength="{len(words) * ADVANCE:g}"{name}>{escape(words)}</text>')


def draw(rows):
    width = MARGIN * 2 + COLUMNS * ADVANCE
    height = MARGIN * 2 + len(rows) * LINE
    print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
          f'viewBox="0 0 {width:g} {height:g}">\n<title>hone run in a terminal</title>\n'
          f"<style>{STYLE}</style>\n"
          f'<rect class="back" x=".5" y=".5" width="{width - 1:g}" height="{height - 1:g}" rx="8"/>')
    for number, row in enumerate(rows):
        at = 0
        while at < len(row):
            end = at
            while end < len(row) and row[end][1] == row[at][1]:
                end += 1
            text = "".join(character for character, _ in row[at:end])
            if text.strip():
                put(text, at, number, row[at][1])
            at = end
    print("</svg>")


def main():
    hone, spec, finished = sys.argv[1:]
    command = [(character, "0") for character in f"$ hone run {os.path.basename(spec)}"]
    draw([command] + run(os.path.realpath(hone), spec, finished).rows)


main()
