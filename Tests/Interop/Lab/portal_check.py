# SPDX-License-Identifier: Apache-2.0
"""portal_check.py RINGFENCE [PICTURES] - an office manager with a real browser and an authenticator app (oathtool): the link of
`init`, a password, codes, the first page; they enrol a phone, which then registers (baresip), see its call with the padlock within a
second, and hang it up. They connect a provider (Kamailio), open a country with a fresh code, and a paid call passes; they watch an
audit and an attack, and export the journal. Every page is looked at as page_check.py does. No check of a certificate is off.

PICTURES is a folder for a picture of each page: light, dark, and 320 px wide. Prints one JSON object; exit 0 when all was seen.
"""
import base64
import csv
import json
import os
import re
import sqlite3
import subprocess
import sys
import ssl
import tempfile
import time
import urllib.error
import urllib.request

import trial
from baresip import Baresip
from browser import Browser
from business import OURS
from phone import until
from provider import DOMAIN, PASSWORD as PROVIDER_PASSWORD, Provider
from server import Server
from sink import PASSWORD as MAIL_PASSWORD, USER as MAIL_USER, Sink, certify

PASSWORD = "lantern orchid gravel tuba"
# A number in France as people dial it where 0 leads outside, and what a minute costs there.
FRANCE, RATES = "00033142685300", "prefix,destination,rate per minute,increments\n33,France,0.02,60/60\n49,Germany,0.01,60/60\n"


class Office:
    def __init__(self, folder):
        self.server = Server(os.path.abspath(sys.argv[1]), folder, has_portal=True)
        self.server.start()
        self.address = "https://localhost:%d" % self.server.portal
        self.browser, self.phones = Browser(self.server.ca), []
        self.folder = folder
        self.provider, self.sinks = Provider(folder), []
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
        for sink in self.sinks:
            sink.stop()
        self.provider.stop()

    def code(self):
        """A code that was not used yet."""
        until(lambda: int(time.time()) // 30 > self.last_step, 31)
        self.last_step = int(time.time()) // 30
        made = subprocess.run(["oathtool", "--totp", "--base32", self.secret], capture_output=True, text=True, check=True)
        return made.stdout.strip()

    def let_codes_age(self):
        """As if nobody had shown a code for ten minutes: who does something dangerous then is asked for a fresh one."""
        store = sqlite3.connect(os.path.join(self.server.data, "ringfence.sqlite"), timeout=10)
        with store:
            store.execute("UPDATE portal_sessions SET proven_at = proven_at - 600000")
        store.close()

    def keep(self, name):
        """Pictures of a page, and the page itself for page_check.py."""
        browser = self.browser
        browser.devtools("Emulation.setScrollbarsHidden", hidden=True)
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

    def start_provider(self):
        """With a telephone that answers whatever number is called."""
        self.provider.start()
        self.telephone = Baresip("outside", PROVIDER_PASSWORD, "127.0.0.1:%d" % self.provider.tls, DOMAIN, self.provider.ca,
                                 os.path.join(self.folder, "outside"), 700, bind="127.0.0.2")
        self.phones.append(self.telephone)
        self.telephone.start()
        return self.telephone.hears("registered", 15)

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
    passed = time.time() - began
    yield "it is on the page with its padlock within a second: %.1f s" % passed, seen and passed <= 1
    yield "with the names of both", all(each in browser.text("#live-calls") for each in ("Reception", "Ewan <b>Clarke</b>"))
    office.keep("calls")
    browser.follow("#live-calls a.danger")
    yield "hanging up is asked once more", "Hang up this call?" in browser.text("main")
    office.keep("hang-up")
    browser.follow("button.sure")
    yield "both phones hear the end", all(each.hears("closed", 5) for each in (office.caller, office.callee))
    office.closed = office.caller.count("closed")
    yield "and the page is empty again", until(lambda: "Nobody is on the phone" in browser.text("main"), 8)
    browser.open(office.address + "/journal")
    yield "the journal says who hung up", "call.end" in browser.text("main")


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


def abroad(office):
    """A country is opened with a fresh code, and a call there is paid for."""
    browser = office.browser
    office.caller.dial("sip:%s@%s" % (FRANCE, office.server.domain))
    yield "a call abroad is refused before it leaves", office.caller.hears("closed", 8, office.closed + 1) and (
        "CALL" not in office.provider.log("kamailio"))
    office.closed = office.caller.count("closed")
    browser.open(office.address + "/dialling?q=fra")
    yield "a country is found", "France" in browser.text("main") and "Maldives" not in browser.text("main")
    office.let_codes_age()
    browser.open(office.address + "/dialling/FR")
    browser.click("input[value=without-high-risk]")
    browser.type("#state-reason", "A supplier in Lyon")
    office.keep("country")
    yield "opening it asks for a fresh code", browser.js("return !!document.querySelector('form[action=\"/dialling/FR\"] [name=code]')")
    browser.type("form[action='/dialling/FR'] [name=code]", "000000")
    browser.follow("form[action='/dialling/FR'] button")
    yield "a wrong code opens nothing", "The code did not match" in browser.text("main") and "Closed" in browser.text("main")
    office.keep("country-code")
    browser.type("form[action='/dialling/FR'] [name=code]", office.code())
    browser.follow("form[action='/dialling/FR'] button")
    yield "a fresh code opens the country", "Open without high risk" in browser.text("main .kv")
    browser.open(office.address + "/calls")
    before = office.caller.count("established")
    office.caller.dial("sip:%s@%s" % (FRANCE, office.server.domain))
    yield "and a call there passes", office.caller.hears("established", 15, before + 1)
    cost = lambda: "1 of them outside, for 0.02 EUR" in browser.text("main")
    yield "it is seen with its cost and its padlock", until(cost, 5) and "Both sides" in browser.text("#live-calls")
    office.keep("calls-outside")
    yield "both hear each other", until(lambda: office.telephone.hears_tone(440) and office.caller.hears_tone(700), 15)
    office.caller.hangup()
    yield "it ends", office.caller.hears("closed", 5, office.closed + 1)
    paid = lambda: browser.open(office.address + "/history") or "0.02 EUR" in browser.text("main")
    yield "the history says what it cost", until(paid, 8)
    browser.follow("tbody th a")
    office.keep("history-paid")
    browser.open(office.address + "/spend")
    yield "and so does the page of costs", "France" in browser.text("main")
    office.keep("spend")


def exported(office):
    """The journal as a file."""
    browser, folder = office.browser, os.path.join(office.folder, "saved")
    browser.devtools("Browser.setDownloadBehavior", behavior="allow", downloadPath=folder)
    browser.open(office.address + "/journal")
    browser.click("a[href='/journal/export']")
    name = "journal-%s-%s.csv" % (office.server.domain, time.strftime("%Y-%m-%d", time.gmtime()))
    yield "the journal is saved as a file", until(lambda: os.path.exists(os.path.join(folder, name)), 10)
    with open(os.path.join(folder, name), newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    count = [int(row["entry"]) for row in rows]
    yield "with every entry, the newest first", count == list(range(len(rows), 0, -1))
    told = {(row["did"], row["to"]) for row in rows}
    yield "and says who opened the country", any(did == "country.open" and "FR" in to for did, to in told)
    kept = office.server.ask("journal", "list", "--all", "--limit", "10000")
    yield "as the command line does", {each["hash"] for each in kept} >= {row["hash"] for row in rows[1:]}


def lines(office):
    browser = office.browser
    yield "a provider is there", office.start_provider()
    browser.open(office.address + "/trunks")
    office.keep("trunks-empty")
    browser.open(office.address + "/trunks/add")
    with open(office.provider.ca, encoding="ascii") as file:
        authority = file.read()
    for field, text in (("name", "main"), ("domain", DOMAIN), ("server", "127.0.0.1:%d" % office.provider.tls),
                        ("username", "account"), ("password", PROVIDER_PASSWORD), ("authority", authority)):
        browser.type("#new-" + field, text)
    office.keep("trunk-add")
    confirm(office, "form[action='/trunks/add'] button")
    yield "a line is added, and its password is shown nowhere", DOMAIN in browser.text("main") and (
        PROVIDER_PASSWORD not in browser.js("return document.documentElement.outerHTML"))
    again = lambda: browser.open(office.address + "/trunks/main") or "not registered" not in browser.text("main")
    yield "it registers with the provider", until(again, 15)
    confirm(office, "form[action='/trunks/main/test'] button")
    yield "its test finds nothing wrong", "The line works." in browser.text("main")
    office.keep("trunk")
    browser.open(office.address + "/trunks/add")
    for field, text in (("name", "spare"), ("domain", "sip.provider.example"), ("server", "127.0.0.1:9"),
                        ("username", "account"), ("password", "never seen again")):
        browser.type("#new-" + field, text)
    confirm(office, "form[action='/trunks/add'] button")
    confirm(office, "form[action='/trunks/spare/test'] button")
    yield "the test of a line that is down says what is wrong", "Something is wrong." in browser.text("main")
    office.keep("trunk-down")
    confirm(office, "form[action='/trunks/spare/disable'] button")
    yield "it is cut off", browser.text(".lede").startswith("Off")
    browser.open(office.address + "/trunks")
    office.keep("trunks")
    number_and_prices(office)
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


def start(office, sink):
    sink.start()
    office.sinks.append(sink)


def fill(browser, form, **texts):
    for field, text in texts.items():
        browser.type("#%s-%s" % (form, field), text)


def arrives(office, sink, name):
    """Sends a test from the page of a channel, and types in what came with it."""
    browser, before = office.browser, len(sink.got())
    confirm(office, "form[action='/alerts/channels/%s/test'] button" % name)
    yield "a test over %s is sent" % name, "A test was sent." in browser.text("main")
    find = lambda: re.findall(r"The code is (\d{6})|\"code\": \"(\d{6})\"", json.dumps(sink.got()[before:]))
    yield "and arrives", until(find, 10)
    code = "".join(find()[-1])
    browser.type("#confirm-arrived", "wrong")
    confirm(office, "form[action='/alerts/channels/%s/confirm'] button" % name)
    yield "%s is not confirmed by a wrong code" % name, "not the code of the last test" in browser.text("#problem")
    browser.type("#confirm-arrived", code)
    confirm(office, "form[action='/alerts/channels/%s/confirm'] button" % name)
    yield "but by the right one", browser.text(".lede") == "Confirmed"


def told(office):
    """Ways by which people are told."""
    browser = office.browser
    browser.open(office.address + "/alerts/channels")
    yield "nobody is told yet", "Nobody is told of anything yet" in browser.text("main")
    office.keep("channels-empty")
    own = certify(office.folder)
    with open(own[0], encoding="ascii") as file:
        authority = file.read()
    mail = Sink(office.folder, "mail_sink", *own, MAIL_USER, MAIL_PASSWORD)
    start(office, mail)
    browser.open(office.address + "/alerts/add?by=mail")
    fill(browser, "new", name="owner", to="owner@office.example, deputy@office.example", **{"from": "pbx@office.example"},
         server="localhost:%d" % mail.port, username=MAIL_USER, password=MAIL_PASSWORD, authority=authority)
    confirm(office, "form[action='/alerts/add'] button")
    confirm(office, "form[action='/alerts/channels/owner/test'] button")
    yield "a server inside is not asked without leave", "inside" in browser.text("#problem")
    browser.open(office.address + "/alerts/channels/owner/remove")
    office.keep("channel-remove")
    confirm(office)
    browser.open(office.address + "/alerts/add?by=mail")
    fill(browser, "new", name="owner", to="owner@office.example, deputy@office.example", **{"from": "pbx@office.example"},
         server="localhost:%d" % mail.port, username=MAIL_USER, password=MAIL_PASSWORD, authority=authority,
         inside="the mail server of the trial <b>said</b> the trial")
    office.keep("channel-mail")
    confirm(office, "form[action='/alerts/add'] button")
    yield "a channel is added, and its password is shown nowhere", browser.text(".lede") == "Not confirmed" and (
        MAIL_PASSWORD not in browser.js("return document.documentElement.outerHTML"))
    yield from arrives(office, mail, "owner")
    unfold(browser)
    choose(browser, "#hear-least", "warning")
    browser.click("input[name=about-fraud]")
    confirm(office, "form[action='/alerts/channels/owner/hear'] button")
    yield "what it hears is chosen", "What to put right, and worse, about: calls that cost money" in browser.text("main")
    office.keep("channel")
    browser.open(office.address + "/alerts/add?by=webhook")
    hook = Sink(office.folder, "webhook_sink", *own, "")
    fill(browser, "new", name="siem", webhook="https://localhost:%d/alerts" % hook.port, inside="the sink of the trial",
         authority=authority)
    office.keep("channel-webhook")
    confirm(office, "form[action='/alerts/add'] button")
    key = browser.text("#key")
    yield "the key of a webhook is shown once", len(key) == 64
    office.keep("channel-key")
    hook.command[-1] = key
    start(office, hook)
    browser.open(office.address + "/alerts/channels/siem")
    yield "and not again", key not in browser.js("return document.documentElement.outerHTML")
    yield from arrives(office, hook, "siem")
    yield "its messages are signed with that key", all(each["signed"] for each in hook.got())
    browser.open(office.address + "/alerts/channels")
    yield "the list says that both reach somebody", "2 of 2 ways are known to reach somebody" in browser.text("main")
    office.keep("channels")
    browser.open(office.address + "/alerts/channels/siem/remove")
    confirm(office)
    yield "one is removed", "siem" not in browser.text("main table")
    yield "and hears it as the last thing", until(lambda: "removed the channel siem" in json.dumps(hook.got()[-1]), 10)


def backups(office):
    browser, folder = office.browser, os.path.join(office.folder, "backups")
    os.makedirs(folder)
    browser.open(office.address + "/backups")
    yield "without a recovery key no backup is made", "none can be made yet" in browser.text("main")
    office.keep("backups-none")
    confirm(office, "form[action='/backups/key'] button")
    key = os.path.join(office.folder, "recovery-key")
    with open(os.open(key, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as file:
        file.write(browser.text("#key") + "\n")
    office.keep("backups-key")
    browser.open(office.address + "/backups")
    browser.type("#nightly-folder", office.server.data)
    confirm(office, "form[action='/backups/nightly'] button")
    yield "none is put into the folder of the business", "a disk that is gone takes both with it" in browser.text("#problem")
    browser.type("#nightly-folder", folder)
    browser.type("#nightly-count", "3")
    confirm(office, "form[action='/backups/nightly'] button")
    yield "each night's has a place, and one is there at once", "The newest backup was made just now" in browser.text("main")
    # Files are named by the second.
    time.sleep(1.1)
    confirm(office, "form[action='/backups/now'] button")
    office.keep("backups")
    made = sorted(os.listdir(folder))
    yield "another is made by hand", len(made) == 2
    done = subprocess.run([office.server.binary, "backup", "verify", os.path.join(folder, made[-1]), "--key-file", key],
                          capture_output=True, text=True)
    yield "the key that was shown opens it: " + done.stderr[:120], "The backup is whole." in done.stdout


def programs(office):
    """Tokens of programs."""
    browser = office.browser
    browser.open(office.address + "/tokens")
    yield "no program is let in", "No program is let in." in browser.text("main")
    browser.type("#new-name", "wallboard")
    browser.type("#new-only", "no.such-command")
    confirm(office, "form[action='/tokens/issue'] button")
    yield "a command that there is not is refused", "There is no command" in browser.text("#problem")
    browser.type("#new-only", "call.list")
    office.keep("token-new")
    confirm(office, "form[action='/tokens/issue'] button")
    token = browser.text("#token")
    office.keep("token")
    calls = lambda command: api(office, token, command)
    yield "the token that is shown lets it see calls", calls("call.list") == 200
    yield "and nothing else", calls("operator.list") == 403
    browser.open(office.address + "/tokens")
    yield "it is shown no more", token not in browser.js("return document.documentElement.outerHTML")
    office.keep("tokens")
    browser.follow("a.danger")
    office.keep("token-revoke")
    confirm(office)
    yield "revoked, it is good for nothing", calls("call.list") == 401


def api(office, token, command):
    """The status of an answer to a program."""
    wish = urllib.request.Request(office.address + "/api/v1/" + command, headers={"Authorization": "Bearer " + token})
    try:
        with urllib.request.urlopen(wish, timeout=10, context=ssl.create_default_context(cafile=office.server.ca)) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def number_and_prices(office):
    """What the portal has no page for yet."""
    rates = os.path.join(office.folder, "rates.csv")
    with open(rates, "w", encoding="utf-8") as file:
        file.write(RATES)
    office.server.run("rates", "import", rates, "--activate")
    office.server.run("number", "add", OURS, "--to", "extension", "101")
    office.server.run("number", "caller", OURS)


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
    office.keep("proof-running")
    yield "an attack on one rule is begun", "The attack" in browser.text("#live-proof")
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
    yield "the journal is whole", "none changed, none missing" in browser.text("main")
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


def authenticator(office, **more):
    """A device that keeps passkeys and finds out who is there; the browser's own, in software."""
    office.browser.devtools("WebAuthn.enable")
    options = {"protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasResidentKey": True,
               "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True, **more}
    return office.browser.devtools("WebAuthn.addVirtualAuthenticator", options=options)["authenticatorId"]


def sign_in_by_passkey(office, leads=True):
    """Signs out, and in again without a code; what `leads` nowhere stays on its page."""
    browser = office.browser
    browser.open(office.address + "/")
    browser.follow("footer button")
    browser.type("#user", "owner")
    browser.type("#pass", PASSWORD)
    (browser.follow if leads else browser.click)("[data-passkey]")


def add_passkey(office, name):
    browser = office.browser
    browser.open(office.address + "/account")
    browser.type("#key-name", name)
    if browser.js("return !!document.querySelector('#key-code')"):
        browser.type("#key-code", office.code())
    browser.js("window.isFormer = true")
    browser.click("[data-new]")
    return until(lambda: browser.js("return !window.isFormer && document.readyState === 'complete'"), 10)


def passkeys(office):
    """Passkeys, with Chromium's own authenticator."""
    browser = office.browser
    device = authenticator(office)
    browser.open(office.address + "/account")
    own = "section[aria-labelledby=keys]"
    yield "nobody has a passkey yet, and a browser with a script may add one", (
        "Last used" not in browser.text(own) and browser.js("return !document.querySelector('[data-new]').hidden"))
    office.let_codes_age()
    yield "a passkey is added with a fresh code", add_passkey(office, "trial-device") and "trial-device" in browser.text(own)
    office.keep("passkeys")
    kept = browser.devtools("WebAuthn.getCredentials", authenticatorId=device)["credentials"]
    yield "the device keeps it for this host", [(each["rpId"], each["isResidentCredential"]) for each in kept] == [("localhost", True)]
    yield "the device makes no second one", not add_passkey(office, "again") and "No passkey was used" in browser.text("main")
    office.let_codes_age()
    browser.open(office.address + "/operators/invite")
    browser.type("input[name=name]", "deputy")
    yield "it stands in for a fresh code", browser.js("return !!document.querySelector('input[name=code]')")
    browser.follow("[data-passkey]")
    yield "and what is dangerous is done", "The link" in browser.text("h1")
    sign_in_by_passkey(office)
    yield "it signs in without a code", "Is it working?" in browser.text("main")
    listed = office.server.ask("passkey", "list", "owner")
    yield "the command line knows it", [each["name"] for each in listed] == ["trial-device"] and "lastUsed" in listed[0]
    browser.devtools("WebAuthn.setUserVerified", authenticatorId=device, isUserVerified=False)
    sign_in_by_passkey(office, leads=False)
    yield "not without a finger or a PIN", until(lambda: "No passkey was used" in browser.text("form"), 20)
    browser.devtools("WebAuthn.setUserVerified", authenticatorId=device, isUserVerified=True)
    browser.type("#pass", "not the password at all")
    browser.follow("[data-passkey]")
    yield "nor with a wrong password", "did not match" in browser.text("#problem")
    browser.type("#pass", PASSWORD)
    browser.follow("[data-passkey]")
    yield "but with the right one", "Is it working?" in browser.text("main")
    browser.open(office.address + "/account")
    browser.follow(own + " a.danger")
    office.keep("passkey-remove")
    confirm(office)
    yield "it is removed", "trial-device" not in browser.text("main")
    sign_in_by_passkey(office)
    yield "and lets nobody in any more", "did not match" in browser.text("#problem")
    browser.type("#pass", PASSWORD)
    browser.type("#code", office.code())
    browser.follow("button.primary")
    yield "the code still does", "Is it working?" in browser.text("main")
    journal = [each["action"] for each in office.server.ask("journal", "list", "--all", "--limit", "10000")]
    yield "the journal tells of both", {"portal.passkey-add", "portal.passkey-remove"} <= set(journal)
    browser.devtools("WebAuthn.removeVirtualAuthenticator", authenticatorId=device)


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
    for part in (sign_in, enrol, call, first_hour, money, lines, abroad, passkeys, told, backups, programs, safety, exported, look, pages):
        yield from part(office)


if __name__ == "__main__":
    trial.run(Office, check)
