# SPDX-License-Identifier: Apache-2.0
"""portal_check.py RINGFENCE [PICTURES] - an office manager with a real browser and an authenticator app (oathtool): the link of
`init`, a password, codes, the first page; she enrols a phone, which then registers (baresip), sees its call with the padlock within a
second, and hangs it up. Every page is looked at as page_check.py does. No check of a certificate is off.

PICTURES is a folder for a picture of each page: light, dark, and 320 px wide. Prints one JSON object; exit 0 when all was seen.
"""
import base64
import os
import re
import subprocess
import sys
import tempfile
import time

import trial
from baresip import Baresip
from browser import Browser
from phone import until
from server import Server

PASSWORD = "lantern orchid gravel tuba"


class Office:
    def __init__(self, folder):
        self.server = Server(os.path.abspath(sys.argv[1]), folder, has_portal=True)
        self.server.start()
        self.address = "https://localhost:%d" % self.server.portal
        self.browser, self.phones = Browser(self.server.ca), []
        self.folder = folder
        self.pictures = sys.argv[2] if len(sys.argv) > 2 else os.path.join(folder, "pictures")
        self.pages = os.path.join(folder, "pages")
        for each in (self.pictures, self.pages):
            os.makedirs(each, exist_ok=True)
        self.last_step = 0

    def stop(self):
        for phone in self.phones:
            phone.stop()
        self.browser.close()
        self.server.stop()

    def code(self):
        """A code that was not used yet."""
        until(lambda: int(time.time()) // 30 > self.last_step, 31)
        self.last_step = int(time.time()) // 30
        made = subprocess.run(["oathtool", "--totp", "--base32", self.secret], capture_output=True, text=True, check=True)
        return made.stdout.strip()

    def keep(self, name):
        """Pictures of a page, and the page itself for page_check.py."""
        browser = self.browser
        html = "<!doctype html>\n" + browser.js("return document.documentElement.outerHTML")
        html = re.sub(r'<script[^>]*></script>', '', html)
        html = re.sub(r'/assets/portal-[0-9a-f]+\.css', 'portal.css', html)
        with open(os.path.join(self.pages, name + ".html"), "w") as file:
            file.write(html)
        for label, width, scheme in (("light", 1280, "light"), ("dark", 1280, "dark"), ("320", 320, "light")):
            browser.devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            browser.devtools("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
            shot = browser.devtools("Page.captureScreenshot", format="png", captureBeyondViewport=True)
            with open(os.path.join(self.pictures, "%s-%s.png" % (name, label)), "wb") as file:
                file.write(base64.b64decode(shot["data"]))
        browser.devtools("Emulation.clearDeviceMetricsOverride")
        browser.devtools("Emulation.setEmulatedMedia", features=[])

    def phone(self, account, name, tone_hz):
        phone = Baresip(account["username"], account["password"], "127.0.0.1:%d" % self.server.port, self.server.domain,
                        self.server.ca, os.path.join(self.folder, name), tone_hz)
        self.phones.append(phone)
        phone.start()
        return phone


def sign_in(office):
    browser = office.browser
    browser.open(office.server.link)
    yield "the link opens, with no certificate to be waved through", "Welcome, owner" in browser.text("h1")
    office.secret = browser.js("return document.getElementById('secret').textContent").replace(" ", "")
    browser.js("document.querySelector('details').open = true")
    office.keep("invite")
    browser.type("#pass", "password12345678")
    browser.type("#again", "password12345678")
    browser.type("#code", office.code())
    browser.follow("button.primary")
    yield "a password that attackers try first is refused", "attackers try first" in browser.text("#problem")
    browser.type("#pass", PASSWORD)
    browser.type("#again", PASSWORD)
    browser.type("#code", office.code())
    browser.follow("button.primary")
    office.recovery = browser.js("return [...document.querySelectorAll('.codes li')].map(each => each.textContent)")
    yield "ten recovery codes are shown", len(office.recovery) == 10
    office.keep("welcome")
    browser.click("input[name=kept]")
    browser.follow("button.primary")
    yield "the first page says whether it works", "Is it working?" in browser.text("main")
    office.keep("home-empty")
    browser.open(office.server.link)
    yield "the link lets nobody in again", "does not let you in" in browser.text("#problem")
    office.keep("link-used")


def enrol(office):
    browser = office.browser
    for number, name in (("101", "Reception"), ("102", "Ewan <b>Clarke</b>")):
        browser.open(office.address + "/extensions/add")
        browser.type("#number", number)
        browser.type("#name", name)
        browser.follow("button.primary")
    yield "extensions are added, and their names are text", "Ewan <b>Clarke</b>" in browser.text("main")
    accounts = []
    for number in ("101", "102"):
        browser.open(office.address + "/extensions/%s/enrol" % number)
        if number == "101":
            office.keep("enrol")
        browser.follow("button.primary")
        accounts.append({each: browser.text("#" + each) for each in ("username", "password")})
    yield "a phone is enrolled with a picture to scan", browser.js("return !!document.querySelector('svg.qr path')")
    office.keep("enrolled")
    office.caller, office.callee = (office.phone(account, name, tone) for account, name, tone in zip(accounts, "ab", (440, 1000)))
    yield "both phones register", all(each.hears("registered", 15) for each in (office.caller, office.callee))
    browser.open(office.address + "/extensions")
    yield "they are seen as connected", browser.text("main").count("Connected") == 2
    office.keep("extensions")


def call(office):
    browser = office.browser
    browser.open(office.address + "/calls")
    yield "nobody is on the phone", "Nobody is on the phone" in browser.text("main")
    office.keep("calls-empty")
    office.caller.dial("sip:102@" + office.server.domain)
    yield "the call is up", office.caller.hears("established", 15)
    began = time.time()
    seen = until(lambda: "Both sides" in browser.text("#live-calls"), 5)
    yield "it is on the page with its padlock within a second (%.1f s)" % (time.time() - began), seen and time.time() - began < 2
    yield "with the names of both", all(each in browser.text("#live-calls") for each in ("Reception", "Ewan <b>Clarke</b>"))
    office.keep("calls")
    browser.follow("#live-calls a.danger")
    yield "hanging up is asked once more", "Hang up this call?" in browser.text("main")
    office.keep("hang-up")
    browser.follow("button.sure")
    yield "both phones hear the end", all(each.hears("closed", 5) for each in (office.caller, office.callee))
    yield "and the page is empty again", until(lambda: "Nobody is on the phone" in browser.text("main"), 8)


def look(office):
    browser = office.browser
    for name, path in (("home", "/"), ("controls", "/controls"), ("control", "/controls/sip-passwords"),
                       ("journal", "/journal?verify=yes"), ("operators", "/operators"), ("invite-somebody", "/operators/invite"),
                       ("account", "/account"), ("add", "/extensions/add"), ("not-found", "/nothing")):
        browser.open(office.address + path)
        office.keep(name)
    browser.open(office.address + "/journal?verify=yes")
    journal = browser.text("main")
    yield "the journal is whole, and says who hung up", "none changed, none missing" in journal and "call.end" in journal
    errors = [line for line in browser.console() if "Content Security Policy" in line or "Uncaught" in line]
    yield "the browser complains of nothing: " + "; ".join(errors[:3]), not errors
    browser.open(office.address + "/")
    browser.follow("footer button")
    yield "signed out", "Sign in" in browser.title()
    browser.open(office.address + "/journal")
    yield "and nothing is seen any more", "Sign in" in browser.title()
    office.keep("sign-in")
    browser.type("#user", "owner")
    browser.type("#pass", "not the password at all")
    browser.type("#code", office.code())
    browser.follow("button.primary")
    yield "a wrong password does not let in", "did not match" in browser.text("#problem")
    office.keep("sign-in-failed")
    browser.type("#pass", PASSWORD)
    browser.type("#code", office.recovery[0])
    browser.follow("button.primary")
    yield "a recovery code lets in", "Is it working?" in browser.text("main")


def pages(office):
    style = office.browser.js("return document.querySelector('link[rel=stylesheet]').href")
    css = office.browser.run("fetch(%r).then(each => each.text())" % style)
    with open(os.path.join(office.pages, "portal.css"), "w") as file:
        file.write(css)
    checker = os.path.join(os.path.dirname(os.path.abspath(__file__)), "page_check.py")
    done = subprocess.run([sys.executable, checker, office.pages], capture_output=True, text=True)
    print(done.stdout, file=sys.stderr)
    yield "page_check.py finds nothing wrong", done.returncode == 0


def check(office):
    for part in (sign_in, enrol, call, look, pages):
        yield from part(office)


if __name__ == "__main__":
    trial.run(Office, check)
