"""The report, opened from a file in a headless browser without a network, as TAP.

    HONE=build/hone python3 tests/browser/test_report.py [FOLDER_FOR_PICTURES]
"""
import json
import os
import subprocess
import sys
import tempfile

import browser

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HONE = os.path.abspath(os.environ.get("HONE", "build/hone"))

GARDEN = f"""
seed: 1
data: {{csv: {TESTS}/data/iris.csv}}
cv: {{folds: 3}}
objective: {{model: mlp, metric: accuracy, epochs: 12, early_stopping: {{fraction: 0.2, patience: 4}}}}
space:
  optimizer: [momentum, adam, sgd]
  momentum: {{type: float, low: 0.5, high: 0.99, when: {{optimizer: momentum}}}}
  learning_rate: {{type: float, low: 1e-3, high: 1e-1, log: true}}
  batch_size: {{type: int, low: 8, high: 64, log: true}}
  hidden: [[4], [8, 4], [16]]
  activation: relu
search: {{method: gp, trials: 24}}
"""

SCRIPT = "<script>alert(1)</script>"
IMAGE = '"><img onerror=alert(1) src=x>'
HOSTILE = f"""
objective:
  direction: minimize
  command: [sh, -c, 'echo "{SCRIPT}" >&2; case "$1" in *x*) echo 1;; *) echo "\\"><img src=x onerror=alert(2)>" >&2; exit 1;; esac', sh, "{{{SCRIPT}}}"]
space:
  {SCRIPT}: ["{SCRIPT}x", '{IMAGE}', "</script>", "<!--"]
  '{IMAGE}': {{type: int, low: 0, high: 3}}
search: {{method: grid}}
"""

SECTIONS = {  # section: how many pictures it has at least
    "summary": 0, "history": 1, "importance": 1, "trials": 24, "slices": 5, "top": 1,
    "curves": 1, "parallel": 1, "contour": 1, "timeline": 1, "health": 2, "failures": 0,
    "provenance": 0,
}

cases = 0


def result(fine, name, said=""):
    global cases
    cases += 1
    print(f"{'ok' if fine else 'not ok'} {cases} - {name}", flush=True)
    if not fine and said != "":
        print("# " + str(said).replace("\n", "\n# "), flush=True)


def same(actual, expected, name):
    result(actual == expected, name, f"expected {expected!r}, was {actual!r}")


def hone(*words):
    return subprocess.run([HONE, *words], check=True, capture_output=True, text=True).stdout


def rows(b):
    return b.evaluate("[...document.querySelectorAll('table.trials tbody tr')].map(tr => "
                      "[...tr.children].map(td => td.textContent))")


def column(b, name):
    head = b.evaluate("[...document.querySelectorAll('table.trials th')].map(th => th.textContent)")
    at = next(i for i, text in enumerate(head) if text.split(" ")[0] == name)
    return [row[at] for row in rows(b)]


def press(b, text):
    b.evaluate("[...document.querySelectorAll('button')].find(b => b.textContent.replace(/ [↑↓]$/, '') "
               f"=== {json.dumps(text)}).click()")


def filter_by(b, condition):
    b.evaluate("(() => { const field = document.querySelector('input[type=search]');"
               f"field.value = {json.dumps(condition)}; field.dispatchEvent(new Event('input')); }})()")


def count_where(condition):
    return len(json.loads(hone("trials", "garden", "--where", condition, "--format", "json")))


def every_look(b, path, pictures):
    for width in (1280, 400):
        for dark in (False, True):
            look = f"{width} pixels, {'dark' if dark else 'light'}"
            b.look(width, dark=dark)
            b.open(path)
            same(b.complaints(), [], f"{look}: nothing to complain of")
            same(b.evaluate("document.documentElement.scrollWidth"), width, f"{look}: it fits")
            found = b.evaluate("Object.fromEntries([...document.querySelectorAll('main section')].map("
                               "s => [s.id, [...s.querySelectorAll('svg')].filter(v => v.childElementCount > 0"
                               " && v.getBoundingClientRect().width > 20).length]))")
            wrong = [name for name, least in SECTIONS.items() if found.get(name, -1) < least]
            same(wrong, [], f"{look}: every section is there with its pictures")
            if pictures:
                b.picture(f"{pictures}/report-{width}-{'dark' if dark else 'light'}.png")
    same(b.evaluate("[...document.querySelectorAll('svg text, svg path, svg circle, svg rect')].filter(n => "
                    "[...n.attributes].some(a => /NaN|undefined|Infinity/.test(a.value))).length"), 0,
         "no picture has a number that is none")
    same(b.evaluate("/NaN|undefined|\\[object/.test(document.body.innerText)"), False, "nor has a text")


def filters_and_sorts(b):
    same(len(rows(b)), 24, "the table has every trial")
    for condition in ("learning_rate < 0.01", "state = complete and optimizer = adam",
                      "hidden = '[8, 4]' or not batch_size >= 20"):
        filter_by(b, condition)
        wanted = count_where(condition.replace("'[8, 4]'", '"[8, 4]"'))
        same(len(rows(b)), wanted, f"where {condition}")
    filter_by(b, "momentum")
    result(0 < len(rows(b)) < 24, "a word is looked for in the rows")
    before = len(rows(b))
    filter_by(b, "learning_rat < 3")
    same(b.evaluate("document.querySelector('.wrong').textContent"),
         "there is no column 'learning_rat'", "what cannot be read is said")
    same(len(rows(b)), before, "and changes nothing")
    filter_by(b, "")
    press(b, "learning_rate")
    numbers = [float(text) for text in column(b, "learning_rate")]
    same(numbers, sorted(numbers), "a click sorts")
    press(b, "learning_rate")
    numbers = [float(text) for text in column(b, "learning_rate")]
    same(numbers, sorted(numbers, reverse=True), "another one turns the order")
    press(b, "optimizer")
    words = column(b, "optimizer")
    same(words, sorted(words), "words sort too")


def works_without_a_mouse(b):
    best = json.loads(hone("best", "garden", "--rule", "best", "--format", "json"))["number"]
    b.evaluate("document.querySelector('#history svg').focus()")
    b.key("ArrowRight")
    b.key("ArrowRight")
    same(b.evaluate("document.getElementById('tip').hidden"), False, "arrow keys point at trials")
    said = b.evaluate("document.querySelector('#tip strong').textContent")
    result(said.startswith("Trial 1"), "one after another", said)
    tip = b.evaluate("document.getElementById('tip').innerText")
    result("learning_rate 0." in tip and "[object" not in tip, "and say what they are", tip)
    b.key("Enter", "\r")
    same(b.evaluate("document.querySelector('#trial h2').textContent.split(' \u00b7')[0]"), "Trial 1", "Enter opens that trial")
    press(b, "Close")
    same(b.evaluate("document.getElementById('trial').open"), False, "and it closes")
    press(b, "JSON")
    shown = json.loads(b.evaluate("document.querySelector('#summary pre').textContent"))
    same(shown, json.loads(hone("best", "garden", "--rule", "best", "--format", "json"))["params"], "the best parameters as JSON")
    result(f"trial {best}" in b.evaluate("document.querySelector('#summary').innerText"), "the best trial is named")
    b.evaluate("document.querySelectorAll('.brushable')[document.querySelectorAll('.brushable').length - 1].focus()")
    for _ in range(8):
        b.call("Input.dispatchKeyEvent", type="keyDown", key="ArrowUp", modifiers=8)
        b.call("Input.dispatchKeyEvent", type="keyUp", key="ArrowUp", modifiers=8)
    result(0 < len(rows(b)) < 24, "a brushed axis lets the better trials through", len(rows(b)))
    press(b, "Clear the brushes")
    same(len(rows(b)), 24, "and all again when it is cleared")
    press(b, "By time")
    press(b, "All values")
    same(b.complaints(), [], "nothing of it fails")


def prints(b):
    b.call("Emulation.setEmulatedMedia", media="print")
    same(b.evaluate("getComputedStyle(document.querySelector('nav')).display"), "none", "what is no use on paper is not printed")
    b.evaluate("document.querySelector('table.trials button.link').click()")
    same(b.evaluate("getComputedStyle(document.getElementById('trial')).display"), "none", "nor a trial that is open")
    b.evaluate("document.getElementById('trial').close()")
    data = b.call("Page.printToPDF", printBackground=True)["data"]
    result(len(data) > 20000, "it prints")
    b.call("Emulation.setEmulatedMedia", media="")


def shows_hostile_names_as_text(b, path):
    b.look(1280)
    b.open(path)
    same(b.complaints(), [], "hostile names: nothing runs, nothing is asked for")
    same(b.evaluate("document.images.length"), 0, "hostile names: no picture")
    same(b.evaluate("document.scripts.length"), 2, "hostile names: no script but the page's")
    for place in ("trials", "slices", "provenance"):
        text = b.evaluate(f"document.getElementById('{place}').textContent")
        missing = [name for name in (SCRIPT, IMAGE, "</script>", "<!--") if name not in text]
        same(missing, [], f"hostile names: in {place} they stand as text")
    dialogs = [e for e in b.events if e.get("method") == "Page.javascriptDialogOpening"]
    same(dialogs, [], "hostile names: no alert")
    b.evaluate("document.querySelector('table.trials button.link').click()")
    result(SCRIPT in b.evaluate("document.getElementById('trial').textContent"), "hostile names: a trial shows them")
    filter_by(b, f'"{SCRIPT}" = "</script>"')
    same(len(rows(b)), 4, "hostile names: they can be filtered by")


def compares(b, path):
    b.look(1280)
    b.open(path)
    same(b.complaints(), [], "two studies: nothing to complain of")
    result(b.evaluate("document.querySelectorAll('#compare svg').length") == 1, "two studies: they are compared")
    result("p = " in b.evaluate("document.getElementById('compare').innerText"), "two studies: over their folds")
    press(b, "meadow")
    result("meadow" in b.evaluate("document.getElementById('provenance').innerText"), "two studies: each is shown")
    same(b.complaints(), [], "two studies: and nothing fails")


def main():
    path = browser.find()
    if path is None:
        print("1..0 # SKIP there is no Chromium here; the report was not opened")
        return
    pictures = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for name, text in (("garden", GARDEN), ("meadow", GARDEN.replace("gp", "sobol")), ("hostile", HOSTILE)):
            with open(name + ".yaml", "w", encoding="utf-8") as file:
                file.write(text)
            hone("run", name + ".yaml", "-q")
        for studies in (("garden",), ("hostile",), ("garden", "meadow")):
            hone("report", *studies, "-o", "-".join(studies) + ".html")
        with browser.Browser(path, seconds=100) as b:
            every_look(b, "garden.html", pictures)
            b.look(1280)
            b.open("garden.html")
            filters_and_sorts(b)
            works_without_a_mouse(b)
            prints(b)
            shows_hostile_names_as_text(b, "hostile.html")
            compares(b, "garden-meadow.html")
        os.chdir("/")
    print(f"1..{cases}")


main()
