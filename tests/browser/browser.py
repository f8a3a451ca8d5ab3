"""A headless Chromium, driven over two pipes by the DevTools protocol: one page from a
file, without a network."""
import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find():
    """The browser's path, or None."""
    wanted = os.environ.get("BROWSER_PATH")
    return wanted or next((path for path in map(shutil.which, NAMES) if path), None)


class Browser:
    """Ends its process when left as a context."""

    def __init__(self, path, seconds=60):
        self.deadline = time.monotonic() + seconds
        self.folder = tempfile.mkdtemp(prefix="hone-browser-")
        self.events = []
        self.number = 0
        self.buffer = b""
        to_read, self.to_write = os.pipe()
        self.to_read, to_write = os.pipe()
        self.process = self.start(path, to_read, to_write)
        os.close(to_read)
        os.close(to_write)
        self.session = None
        self.attach()

    def start(self, path, commands, answers):
        """The browser reads from descriptor 3 and writes to 4."""
        flags = [
            "--headless", "--remote-debugging-pipe", "--disable-gpu", "--no-first-run",
            "--hide-scrollbars", "--disable-background-networking", "--mute-audio",
            "--user-data-dir=" + self.folder,
        ]
        if os.geteuid() == 0:
            flags.append("--no-sandbox")  # it refuses to run as root with one

        def place():
            high = [os.dup(commands), os.dup(answers)]
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        return subprocess.Popen([path, *flags, "about:blank"], preexec_fn=place, close_fds=False,
                                start_new_session=True, stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.to_read)
        os.close(self.to_write)
        shutil.rmtree(self.folder, ignore_errors=True)

    def message(self):
        """The next message; TimeoutError when the time is up."""
        while b"\0" not in self.buffer:
            left = self.deadline - time.monotonic()
            if left <= 0 or not select.select([self.to_read], [], [], left)[0]:
                raise TimeoutError("the browser does not answer")
            piece = os.read(self.to_read, 1 << 16)
            if not piece:
                raise EOFError("the browser has ended")
            self.buffer += piece
        text, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, **params):
        self.number += 1
        request = {"id": self.number, "method": method, "params": params}
        if self.session:
            request["sessionId"] = self.session
        data = json.dumps(request).encode() + b"\0"
        while data:
            data = data[os.write(self.to_write, data):]
        while True:
            answer = self.message()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def attach(self):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "DOM"):
            self.call(domain + ".enable")
        self.call("Network.emulateNetworkConditions", offline=True, latency=0,
                  downloadThroughput=0, uploadThroughput=0)

    def look(self, width, height=900, dark=False):
        """How wide the window is, and what the user likes."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def open(self, path):
        self.events.clear()
        self.call("Page.navigate", url="file://" + os.path.abspath(path))
        while not any(e.get("method") == "Page.loadEventFired" for e in self.events):
            self.events.append(self.message())

    def evaluate(self, script):
        """The value of a JavaScript expression; promises are waited for."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True,
                           awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["exception"]["description"])
        return answer["result"].get("value")

    def complaints(self):
        """What the console, the page's policy and the network had to say."""
        self.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))")
        said = []
        for event in self.events:
            params = event.get("params", {})
            if event.get("method") == "Runtime.exceptionThrown":
                said.append(params["exceptionDetails"]["exception"].get("description", "exception"))
            elif event.get("method") == "Runtime.consoleAPICalled":
                said.append("console: " + json.dumps(params["args"]))
            elif event.get("method") == "Log.entryAdded":
                said.append(params["entry"]["text"])
            elif event.get("method") == "Network.requestWillBeSent":
                url = params["request"]["url"]
                if not url.startswith(("file://", "data:")):
                    said.append("request of " + url)
        return said

    def key(self, name, text=None):
        for kind in ("keyDown", "keyUp"):
            extra = {"text": text} if text and kind == "keyDown" else {}
            self.call("Input.dispatchKeyEvent", type=kind, key=name, **extra)

    def picture(self, path, clip=None):
        """The whole page as PNG, or clip = (x, y, width, height) of it."""
        area = {}
        if clip:
            area["clip"] = dict(zip(("x", "y", "width", "height"), clip), scale=1)
        data = self.call("Page.captureScreenshot", captureBeyondViewport=True, **area)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))
