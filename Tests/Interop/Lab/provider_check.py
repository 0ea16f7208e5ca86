# SPDX-License-Identifier: Apache-2.0
"""provider_check.py PROGRAM [tls|udp|tcp] - a business with a real provider: a desk phone calls out over Kamailio and rtpengine, with
audio both ways, and is called on its number by a telephone of the provider. Over udp and tcp the provider encrypts nothing, by an
exception that ends during a call.

Prints one JSON object with what was seen; `ok` when all of it was. With KEEP in the environment the folder of a failure stays.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

from phone import until
from phones import KINDS
from provider import DOMAIN, PASSWORD, Provider
from server import Server

program, transport = sys.argv[1], (sys.argv[2:] or ["tls"])[0]
IS_PLAIN = transport != "tls"
RATES = "prefix,destination,rate per minute,increments\n49,Germany,0.01,60/60\n43,Austria,0.02,60/60\n"
TONES = {"desk": 440, "outside": 1000}


def make(folder):
    """The provider, the business with a trunk and a number, and a telephone on each side."""
    provider, server = Provider(folder, transport=transport), Server(program, folder, plain_calls=4 if IS_PLAIN else 0)
    provider.start()
    server.start()
    server.run("extension", "add", "101", "102")
    password, rates = os.path.join(folder, "password"), os.path.join(folder, "rates.csv")
    for path, text in ((password, PASSWORD + "\n"), (rates, RATES)):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    server.run("country", "home", "DE")
    server.run("rates", "import", rates, "--activate")
    server.run("trunk", "add", "main", "--domain", DOMAIN, "--server", "127.0.0.1:%d" % provider.port,
               "--username", "account", "--password-file", password, *provider.means)
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
        yield from audited(server)
        desk.dtmf("59")
        yield "keys", until(lambda: "59" in outside.digits(), 5)
        desk.hold()
        yield "held outside", until(lambda: "a=sendonly" in outside.messages(), 5)
        yield "told that it is held", until(lambda: "a=recvonly" in desk.messages(), 5)
        time.sleep(1)
        resumed = outside.messages().count("a=sendrecv")
        desk.resume()
        yield "resumed outside", until(lambda: outside.messages().count("a=sendrecv") > resumed, 5)
        yield "stands after a hold", not desk.has("closed") and not outside.has("closed")
        desk.hangup()
        yield "ends outside", outside.hears("closed", 8)
        time.sleep(1)
        record = next(each for each in server.records() if each["dialled"] == "040555123")
        yield "costs a minute", record["charges"][0]["cost"] == "0.01"
        inside, outer = (record.get(each) or {} for each in ("callerProtection", "calleeProtection"))
        yield "inside protected", inside.get("tlsVersion") and inside.get("srtpSuite") not in (None, "none")
        if IS_PLAIN:
            yield "outside recorded as readable", outer.get("transport") == transport and outer.get("srtpSuite") == "none"
            yield "outside was readable", "by=account proto=" + transport in provider.log("kamailio").lower()
        else:
            yield "outside protected", outer.get("tlsVersion") and outer.get("srtpSuite") not in (None, "none")
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
        if IS_PLAIN:
            yield from ending(desk, outside, server)
    finally:
        desk.stop()
        outside.stop()


def audited(server):
    """The checks of trunks look at the connection and the call that are there."""
    audit = json.loads(subprocess.run([program, "audit", "run", "--json", "--data", server.data], capture_output=True, text=True).stdout)
    checks = {each["control"]: each for each in audit["checks"]}
    trunk, place = checks["trunk-encryption"], checks["provider-allowlist"]
    yield "audit sees the trunk", trunk["examined"][0] == "1 trunks in use, 1 connections of their providers"
    yield "audit sees the call", trunk["examined"][1].startswith("1 legs")
    yield "audit finds what there is", [each["severity"] for each in trunk["findings"]] == (["notice"] if IS_PLAIN else [])
    yield "audit finds no stranger", not place["findings"]
    yield "audit finds the phone's side sound", not checks["media-encryption"]["findings"] and not checks["signalling-encryption"]["findings"]


def ending(desk, outside, server):
    """The exception is withdrawn while somebody talks."""
    desk.dial("sip:040555124@" + Server.domain)
    yield "calls out again", established(desk, outside, count=3)
    server.run("trunk", "withdraw", "main")
    yield "ends with the exception", desk.hears("closed", 8, 4) and outside.hears("closed", 8, 3)
    time.sleep(1)
    record = next(each for each in server.records() if each["dialled"] == "040555124")
    yield "and says so", "exception" in (record.get("reason") or "")
    desk.dial("sip:040555125@" + Server.domain)
    yield "no more calls", desk.hears("closed", 8, 5)


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
