# SPDX-License-Identifier: Apache-2.0
"""webrtc_check.py PROGRAM SIP.JS TRIAL - browsers and phones that agree on their keys over the media path call, and are heard.

Prints what was seen, as `trial` says. 101 says a tone of 440 Hz and 102 one of 1000 Hz.
"""
import json
import os
import sys
import time

import trial
from phone import connect, until
from phones import KINDS
from server import Server, free_port
from web_phone import WebPhone

program, sip_js, name = sys.argv[1:]

TONES = {"101": 440, "102": 1000}


class Office:
    def __init__(self, folder):
        self.folder, self.phones = folder, []
        self.server, self.wss = Server(program, folder), free_port()

    def start(self, kinds):
        """Registers 101 and 102 as these kinds of phones: `chromium`, or one of `KINDS` with `+dtls` behind it or without."""
        self.server.start()
        self.server.run("extension", "add", "101", "102")
        accounts = {number: self.server.enrol(number) for number in TONES}
        self.server.run("listener", "add", "wss", "127.0.0.1:%d" % self.wss)
        made = [self.make(number, kind, accounts[number]) for number, kind in zip(TONES, kinds)]
        for each in made:
            if each.kind == "chromium":
                self.server.run("origin", "add", each.origin)
        # Listeners and sites are read at the start.
        self.server.stop()
        self.server.start()
        for each in made:
            each.start()
            if not each.hears("registered", 15):
                raise RuntimeError("%s did not register" % each.kind)
        return made

    def make(self, number, kind, account):
        place = os.path.join(self.folder, number)
        if kind == "chromium":
            phone = WebPhone(account["username"], account["password"], self.wss, Server.domain, self.server.ca, place,
                             TONES[number], sip_js)
        else:
            kind, _, keys = kind.partition("+")
            phone = KINDS[kind](account["username"], account["password"], "127.0.0.1:%d" % self.server.port, Server.domain,
                                self.server.ca, place, TONES[number], dtls=keys == "dtls")
        self.phones.append(phone)
        return phone

    def stop(self):
        for each in self.phones:
            each.stop()
        self.server.stop()


def heard(one, other):
    """How long each has heard the other's tone, and its own, in seconds."""
    return [each.seconds_of(hertz) for each in (one, other) for hertz in (TONES["102"], TONES["101"])]


def call(kinds, digits="159#", video=False):
    """101 calls 102: both hear each other and not themselves, keys arrive, and the end is heard of."""

    def run(office):
        a, b = office.start(kinds)
        uri = "sip:102@%s" % Server.domain
        if video:
            dialled = lambda: a.dial(uri, video=True)
            dialled()
            yield "answered", a.hears("established", 15) and b.hears("established", 5)
        else:
            yield "answered", connect(a, b, uri)
        # A phone that was offered twice has one call behind it.
        before = [each.count("closed") for each in (a, b)]
        time.sleep(4)
        if digits and b.kind != "chromium":
            a.dtmf(digits)
            yield "digits", until(lambda: b.digits() == digits, 5)
        for each in (a, b):
            if each.kind == "chromium":
                print(json.dumps([each.stats(), each.seen()]), file=sys.stderr)
        yield "stood", [each.count("closed") for each in (a, b)] == before
        a.hangup()
        yield "ended", b.hears("closed", 5, before[1] + 1)
        time.sleep(0.5)
        seconds = heard(a, b)
        print("101 heard 102 for %.1f s and itself for %.1f s, 102 itself for %.1f s and 101 for %.1f s" % tuple(seconds),
              file=sys.stderr)
        yield "heard", seconds[0] >= 1.5 and seconds[3] >= 1.5
        yield "not itself", seconds[1] < 0.5 and seconds[2] < 0.5
        record = next(each for each in office.server.records() if each["outcome"] == "answered")
        print(json.dumps(record), file=sys.stderr)
        yield "recorded", "DTLS-SRTP" in json.dumps(record)

    return run


TRIALS = {
    "browser-phone": call(["chromium", "baresip"]),
    "phone-browser": call(["baresip", "chromium"]),
    "browser-browser": call(["chromium", "chromium"]),
    "browser-video": call(["chromium", "baresip"], video=True),
    "linphone-phone": call(["linphone+dtls", "baresip"]),
    "baresip-phone": call(["baresip+dtls", "baresip"]),
    "browser-linphone": call(["chromium", "linphone"]),
    "linphone-browser": call(["linphone+dtls", "chromium"]),
    "phone-linphone": call(["baresip", "linphone+dtls"]),
}

trial.run(Office, TRIALS[name])
