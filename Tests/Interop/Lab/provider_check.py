# SPDX-License-Identifier: Apache-2.0
"""provider_check.py PROGRAM - a business with a real provider: a desk phone calls out over Kamailio and rtpengine, with audio both
ways, and is called on its number by a telephone of the provider.

Prints one JSON object with what was seen; `ok` when all of it was. With KEEP in the environment the folder of a failure stays.
"""
import json
import os
import shutil
import sys
import tempfile
import time

from phone import until
from phones import KINDS
from provider import DOMAIN, PASSWORD, Provider
from server import Server

program = sys.argv[1]
RATES = "prefix,destination,rate per minute,increments\n49,Germany,0.01,60/60\n43,Austria,0.02,60/60\n"
TONES = {"desk": 440, "outside": 1000}


def make(folder):
    """The provider, the business with a trunk and a number, and a telephone on each side."""
    provider, server = Provider(folder), Server(program, folder)
    provider.start()
    server.start()
    server.run("extension", "add", "101", "102")
    password, rates = os.path.join(folder, "password"), os.path.join(folder, "rates.csv")
    for path, text in ((password, PASSWORD + "\n"), (rates, RATES)):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    server.run("country", "home", "DE")
    server.run("rates", "import", rates, "--activate")
    server.run("trunk", "add", "main", "--domain", DOMAIN, "--server", "127.0.0.1:%d" % provider.tls,
               "--authority", provider.ca, "--username", "account", "--password-file", password)
    server.run("number", "add", "+4930555101", "--to", "extension", "101")
    server.run("number", "caller", "+4930555101")
    return provider, server


def phones(folder, provider, server):
    account = server.enrol("101")
    desk = KINDS["baresip"](account["username"], account["password"], "127.0.0.1:%d" % server.port, Server.domain, server.ca,
                            os.path.join(folder, "desk"), TONES["desk"])
    outside = KINDS["baresip"]("outside", PASSWORD, "127.0.0.1:%d" % provider.tls, DOMAIN, provider.ca,
                               os.path.join(folder, "outside"), TONES["outside"], bind="127.0.0.2")
    for each in (desk, outside):
        each.start()
        if not each.hears("registered", 15):
            raise RuntimeError("a phone did not register")
    return desk, outside


def established(*all_phones, count):
    return all(each.hears("established", 12, count) for each in all_phones)


def trial(folder, provider, server):
    desk, outside = phones(folder, provider, server)
    try:
        yield "trunk registers", until(lambda: "REG user=account" in provider.log("kamailio"), 15)
        desk.dial("sip:040555123@" + Server.domain)
        yield "calls out", established(desk, outside, count=1)
        yield "under its number", "from=sip:+4930555101@" in provider.log("kamailio")
        time.sleep(4)
        yield "audio out", outside.hears_tone(TONES["desk"])
        yield "audio in", desk.hears_tone(TONES["outside"])
        desk.hangup()
        yield "ends outside", outside.hears("closed", 8)
        time.sleep(1)
        record = next(each for each in server.records() if each["dialled"] == "040555123")
        yield "costs a minute", record["charges"][0]["cost"] == "0.01"
        yield "protected", all((record.get(each) or {}).get("srtpSuite") for each in ("callerProtection", "calleeProtection"))
        desk.dial("sip:09001234567@" + Server.domain)
        yield "premium refused", desk.hears("closed", 8, 2)
        yield "premium stays here", "+49900" not in provider.log("kamailio")
        outside.dial("sip:+4930555101@" + DOMAIN)
        yield "is called", established(desk, outside, count=2)
        time.sleep(4)
        yield "audio of the caller", desk.hears_tone(TONES["outside"])
        yield "audio to the caller", outside.hears_tone(TONES["desk"])
        outside.hangup()
        yield "ends inside", desk.hears("closed", 8, 3)
    finally:
        desk.stop()
        outside.stop()


def main():
    folder, seen = tempfile.mkdtemp(prefix="provider-"), {}
    provider, server = make(folder)
    try:
        for name, ok in trial(folder, provider, server):
            seen[name] = bool(ok)
    finally:
        server.stop()
        provider.stop()
    seen["ok"] = bool(seen) and all(seen.values())
    print(json.dumps(seen))
    if seen["ok"] or "KEEP" not in os.environ:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        print(folder, file=sys.stderr)
    return 0 if seen["ok"] else 1


sys.exit(main())
