# SPDX-License-Identifier: Apache-2.0
"""provider_check.py PROGRAM [tls|udp|tcp] - a business with a real provider: a desk phone calls out over Kamailio and rtpengine, with
audio both ways, and is called on its number by a telephone of the provider. Over udp and tcp the provider encrypts nothing, by an
exception that ends during a call.

Prints what was seen, as `trial` says.
"""
import json
import subprocess
import sys
import time

import trial
from business import OUR_URI, OURS, OUTSIDE, TONES, Business, uri
from phone import connect, until

program, transport = (sys.argv[1:] + ["tls"])[:2]
IS_PLAIN = transport != "tls"


def calls(business):
    business.start()
    desk, outside = business.desk("101", "baresip"), business.telephone("outside")
    provider, server = business.provider, business.server
    yield "calls out", connect(desk, outside, uri(OUTSIDE))
    yield "under its number", "from=sip:%s@" % OURS in provider.log("kamailio")
    time.sleep(4)
    yield "audio out", outside.hears_tone(TONES["101"])
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
    record = next(each for each in server.records() if each["dialled"] == OUTSIDE)
    yield "costs a minute", record["charges"][0]["cost"] == "0.01"
    inside, outer = (record.get(each) or {} for each in ("callerProtection", "calleeProtection"))
    yield "inside protected", inside.get("tlsVersion") and inside.get("srtpSuite") not in (None, "none")
    if IS_PLAIN:
        yield "outside recorded as readable", outer.get("transport") == transport and outer.get("srtpSuite") == "none"
        yield "outside was readable", "by=account proto=" + transport in provider.log("kamailio").lower()
    else:
        yield "outside protected", outer.get("tlsVersion") and outer.get("srtpSuite") not in (None, "none")
    desk.dial(uri("09001234567"))
    yield "premium refused", desk.hears("closed", 8, 2)
    yield "premium stays here", "+49900" not in provider.log("kamailio")
    yield "is called", connect(outside, desk, OUR_URI)
    time.sleep(4)
    yield "audio of the caller", desk.hears_tone(TONES["outside"])
    yield "audio to the caller", outside.hears_tone(TONES["101"])
    outside.hangup()
    yield "ends inside", desk.hears("closed", 8, 3)
    if IS_PLAIN:
        yield from ending(desk, outside, server)


def audited(server):
    """The checks of trunks look at the connection and the call that are there."""
    # It exits with 1 where it finds what it should.
    done = subprocess.run([program, "audit", "run", "--json", "--data", server.data], capture_output=True, text=True)
    audit = json.loads(done.stdout)
    checks = {each["control"]: each for each in audit["checks"]}
    trunk, place = checks["trunk-encryption"], checks["provider-allowlist"]
    yield "audit sees the trunk", trunk["examined"][0] == "1 trunks in use, 1 connections of their providers"
    yield "audit sees the call", trunk["examined"][1].startswith("1 legs")
    yield "audit finds what there is", [each["severity"] for each in trunk["findings"]] == (["notice"] if IS_PLAIN else [])
    yield "audit finds no stranger", not place["findings"]
    inside = [checks[control]["findings"] for control in ("media-encryption", "signalling-encryption")]
    yield "audit finds the phone's side sound", not any(inside)


def ending(desk, outside, server):
    """The exception is withdrawn while somebody talks."""
    yield "calls out again", connect(desk, outside, uri("040555124"))
    server.run("trunk", "withdraw", "main")
    yield "ends with the exception", desk.hears("closed", 8, 4) and outside.hears("closed", 8, 3)
    time.sleep(1)
    record = next(each for each in server.records() if each["dialled"] == "040555124")
    yield "and says so", "exception" in (record.get("reason") or "")
    desk.dial(uri("040555125"))
    yield "no more calls", desk.hears("closed", 8, 5)


if __name__ == "__main__":
    trial.run(lambda folder: Business(program, folder, transport), calls)
