# SPDX-License-Identifier: Apache-2.0
"""portal_check.py RINGFENCE [PICTURES] - an office manager with a real browser and an authenticator app (oathtool): the link of
`init`, a password, codes, the first page; they enrol a phone, which then registers (baresip), see its call with the padlock within a
second, and hang it up. Every page is looked at as page_check.py does. No check of a certificate is off.

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


def submit(browser, address):
    """Sends the form that goes there, by its own button."""
    browser.follow("form[action='%s'] button" % address)


def unfold(browser):
    browser.js("document.querySelectorAll('details').forEach(each => each.open = true)")


def choose(browser, selector, value):
    browser.js("document.querySelector(arguments[0]).value = arguments[1]", selector, value)


def confirm(office, selector="button.sure"):
    """Answers the question, with a fresh code where one is asked for."""
    browser = office.browser
    if browser.js("return !!document.querySelector('input[name=code]')"):
        browser.type("input[name=code]", office.code())
    browser.follow(selector)


def money(office):
    browser = office.browser
    browser.open(office.address + "/spend")
    unfold(browser)
    browser.type("#limit-day", "7.50")
    browser.type("#limit-hour", "2")
    browser.type("#limit-week", "20")
    confirm(office, "form[action='/spend/limit'] button")
    yield "a limit of money is lowered, and counts for the page", "7.50 EUR" in browser.text("main")
    office.keep("spend")
    browser.open(office.address + "/dialling?q=fra")
    yield "a country is found", "France" in browser.text("main") and "Maldives" not in browser.text("main")
    browser.open(office.address + "/dialling/FR")
    browser.click("input[value=without-high-risk]")
    browser.type("#state-reason", "A supplier in Lyon")
    office.keep("country")
    confirm(office, "form[action='/dialling/FR'] button")
    yield "a country is opened", "Open without high risk" in browser.text("main")
    browser.open(office.address + "/dialling/ES")
    choose(browser, "#while-until", "1h")
    browser.type("#while-why", "A house sale <b>in Valencia</b>")
    confirm(office, "form[action='/dialling/ES/release'] button")
    yield "and another for an hour, with its reason as text", "A house sale <b>in Valencia</b>" in browser.text("main")
    office.keep("dialling")
    browser.open(office.address + "/exceptions")
    office.keep("exceptions")
    browser.follow("a.danger")
    office.keep("exception-end")
    confirm(office)
    yield "the page of exceptions ends it", "Calls to Spain" not in browser.text("main")
    browser.open(office.address + "/history")
    yield "the call is in the history", "Reception" in browser.text("main") and "Answered" in browser.text("main")
    office.keep("history")
    browser.follow("tbody th a")
    yield "with the way it took", "The way it took" in browser.text("main") and "Dialled" in browser.text("main")
    office.keep("history-call")
    browser.open(office.address + "/history?who=999")
    yield "a filter that finds nothing says so", "Nothing matches" in browser.text("main")


def lines(office):
    browser = office.browser
    browser.open(office.address + "/trunks")
    office.keep("trunks-empty")
    browser.open(office.address + "/trunks/add")
    for field, text in (("name", "main"), ("domain", "sip.provider.example"), ("server", "127.0.0.1:9"), ("username", "account"),
                        ("password", "never seen again")):
        browser.type("#new-" + field, text)
    office.keep("trunk-add")
    confirm(office, "form[action='/trunks/add'] button")
    yield "a line is added, and its password is shown nowhere", "sip.provider.example" in browser.text("main") and (
        "never seen again" not in browser.js("return document.documentElement.outerHTML"))
    confirm(office, "form[action='/trunks/main/test'] button")
    yield "its test says what is wrong", "Something is wrong." in browser.text("main")
    office.keep("trunk")
    browser.open(office.address + "/trunks")
    office.keep("trunks")
    browser.open(office.address + "/groups")
    unfold(browser)
    browser.type("#new-group", "sales")
    browser.type("#new-number", "600")
    browser.type("#new-members", "101 102")
    confirm(office, "form[action='/groups/add'] button")
    yield "a group is made", "sales" in browser.text("main") and "101, 102" in browser.text("main")
    unfold(browser)
    browser.type("#hours-zone", "Europe/Berlin")
    browser.type("#hours-spans", "mon-fri 08:00-18:00")
    confirm(office, "form[action='/hours'] button")
    yield "and opening hours are kept", "mon-fri 08:00-18:00" in browser.text("main")
    office.keep("groups")
    browser.open(office.address + "/groups/sales")
    office.keep("group")


def safety(office):
    browser = office.browser
    browser.open(office.address + "/blocked")
    yield "it says where one comes from", "You come from 127.0.0.1" in browser.text("main")
    unfold(browser)
    browser.type("#add-source", "203.0.113.7")
    browser.type("#add-reason", "seen <i>in the log</i>")
    confirm(office, "form[action='/blocked/add'] button")
    yield "an address is shut out, and why is text", "seen <i>in the log</i>" in browser.text("main")
    browser.open(office.address + "/blocked?address=203.0.113.7")
    yield "and found by who looks for it", "203.0.113.7 is shut out" in browser.text("main")
    office.keep("blocked")
    browser.open(office.address + "/blocked/lift?source=203.0.113.7")
    office.keep("blocked-lift")
    confirm(office, "form[action='/blocked/lift'] button")
    yield "and let in again", "Nobody is shut out" in browser.text("main")
    browser.open(office.address + "/alerts?show=all")
    office.keep("alerts")
    browser.open(office.address + "/proof")
    office.keep("proof-before")
    confirm(office, "form[action='/proof/audit'] button")
    done = until(lambda: "The whole report" in browser.text("main"), 90)
    yield "a look is begun, and its end appears by itself", done
    browser.open(office.address + "/proof")
    choose(browser, "#attack-control", "login-protection")
    confirm(office, "form[action='/proof/attack'] button")
    begun = browser.text("#live-proof")
    office.keep("proof-running")
    yield "an attack on one rule is begun: " + begun[:60], "The attack" in begun
    yield "and got nothing", until(lambda: "The attack found nothing wrong" in browser.text("#live-proof"), 90)
    browser.open(office.address + "/proof")
    office.keep("proof")
    browser.open(office.address + "/controls")
    yield "the score counts both", "Old or half a proof" in browser.text("main")
    for name, path in (("controls", "/controls"), ("about", "/about")):
        browser.open(office.address + path)
        office.keep(name)


def first_hour(office):
    browser = office.browser
    browser.open(office.address + "/first-hour?step=2")
    choose(browser, "#country-region", "DE")
    browser.type("#country-outside", "0")
    office.keep("first-hour-country")
    confirm(office, "form[action='/first-hour/country'] button")
    yield "the country is kept, and the next step shown", "Name and certificate" in browser.text("main h2")
    browser.open(office.address + "/first-hour?step=4")
    browser.type("#people-list", "103, Lab\n104, Ewan <i>Two</i>")
    office.keep("first-hour-people")
    confirm(office, "form[action='/first-hour/people'] button")
    yield "people are added by a list, and are asked for their phones", "Ewan <i>Two</i>" in browser.text("main")
    browser.open(office.address + "/first-hour?step=7")
    yield "calls outside wait until defaults are gone", "Calls outside are refused until this is done" in browser.text("main")
    office.keep("first-hour-tests")
    confirm(office, "form[action='/first-hour/confirm'] button")
    unfold(browser)
    choose(browser, "#wait-until", "7d")
    browser.type("#wait-reason", "The mail server comes on Monday")
    confirm(office, "form[action='/first-hour/wait'] button")
    yield "the owner's second factor is looked up, the rest may wait by their word", "Calls outside may leave" in browser.text("main")
    for step in (1, 3, 5, 6, 7):
        browser.open(office.address + "/first-hour?step=%d" % step)
        office.keep("first-hour-%d" % step)


def look(office):
    browser = office.browser
    for name, path in (("home", "/"), ("control", "/controls/sip-passwords"),
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
    for part in (sign_in, enrol, call, first_hour, money, lines, safety, look, pages):
        yield from part(office)


if __name__ == "__main__":
    trial.run(Office, check)
