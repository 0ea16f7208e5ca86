# SPDX-License-Identifier: Apache-2.0
"""Debian's Chromium without a screen, driven by its chromedriver over plain W3C WebDriver. No check of a certificate is off."""
import http.server
import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import urllib.error
import urllib.request

from phone import until

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "browser.html")
ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-extensions", "--disable-background-networking", "--disable-component-update"]


class Site(http.server.BaseHTTPRequestHandler):
    """The page, and the library that it loads."""

    def do_GET(self):
        kind, body = self.server.files.get(self.path, ("text/plain", b""))
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Browser:
    """A browser that trusts one more authority; with a library of SIP on a page of a site of its own, `origin`."""

    def __init__(self, ca, sip_js=None, page=PAGE, more=()):
        self.home = tempfile.mkdtemp(prefix="ringfence-browser-")
        self.trust(ca)
        self.site = None
        if sip_js:
            self.serve(sip_js, page)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.driver = "http://127.0.0.1:%d" % free.getsockname()[1]
        self.process = subprocess.Popen(
            ["chromedriver", "--port=" + self.driver.rsplit(":", 1)[1], "--log-level=WARNING"], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env={**os.environ, "HOME": self.home, "XDG_CONFIG_HOME": self.home, "XDG_CACHE_HOME": self.home})
        until(self.is_ready, 10)
        options = {"args": [*ARGUMENTS, *more, "--user-data-dir=" + self.home + "/profile"], "binary": shutil.which("chromium")}
        wish = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"},
                "timeouts": {"script": 60000}}
        started = self.ask("POST", "/session", {"capabilities": {"alwaysMatch": wish}})
        self.session, self.version = "/session/" + started["sessionId"], started["capabilities"]["browserVersion"]
        if self.site:
            self.open(self.origin + "/")

    def trust(self, ca):
        base = self.home + "/.pki/nssdb"
        os.makedirs(base)
        for command in (["-N", "--empty-password"], ["-A", "-n", "ringfence", "-t", "C,,", "-i", ca]):
            subprocess.run(["certutil", *command, "-d", "sql:" + base], check=True, capture_output=True)

    def serve(self, sip_js, page):
        self.site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
        with open(page, "rb") as text, open(sip_js, "rb") as library:
            self.site.files = {"/": ("text/html", text.read()), "/sip.js": ("text/javascript", library.read())}
        self.origin = "http://localhost:%d" % self.site.server_address[1]
        threading.Thread(target=self.site.serve_forever, daemon=True).start()

    def is_ready(self):
        try:
            return self.ask("GET", "/status")["ready"]
        except OSError:
            return False

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        wish = urllib.request.Request(self.driver + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(wish, timeout=90) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"][:400]) from error

    def run(self, expression):
        """The value of a promise of the page."""
        script = ("const done = arguments[arguments.length - 1];"
                  "Promise.resolve(%s).then(done, error => done({ error: String(error) }))" % expression)
        return self.ask("POST", self.session + "/execute/async", {"script": script, "args": []})

    def open(self, address):
        self.ask("POST", self.session + "/url", {"url": address})

    def js(self, script, *values):
        return self.ask("POST", self.session + "/execute/sync", {"script": script, "args": list(values)})

    def element(self, selector):
        """The one that a style sheet would mean, as WebDriver names it."""
        found = self.ask("POST", self.session + "/element", {"using": "css selector", "value": selector})
        return self.session + "/element/" + next(iter(found.values()))

    def type(self, selector, text):
        self.ask("POST", self.element(selector) + "/clear", {})
        self.ask("POST", self.element(selector) + "/value", {"text": text})

    def click(self, selector):
        self.ask("POST", self.element(selector) + "/click", {})

    def follow(self, selector):
        """Clicks what leads to another page, and waits for that."""
        self.js("window.isFormer = true")
        self.click(selector)
        if not until(lambda: self.js("return !window.isFormer && document.readyState === 'complete'"), 20):
            raise RuntimeError("%s leads nowhere" % selector)

    def text(self, selector):
        """What is read there. A part that lives may be replaced between being found and being read: then the new one is."""
        for _ in range(8):
            try:
                return self.ask("GET", self.element(selector) + "/text")
            except RuntimeError as error:
                if "stale element" not in str(error):
                    raise
        raise RuntimeError("%s never stands still" % selector)

    def title(self):
        return self.ask("GET", self.session + "/title")

    def devtools(self, command, **parameters):
        return self.ask("POST", self.session + "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def console(self):
        return [line["message"][:200] for line in self.ask("POST", self.session + "/se/log", {"type": "browser"})]

    def close(self):
        self.ask("DELETE", self.session)
        if self.site:
            self.site.shutdown()
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)
