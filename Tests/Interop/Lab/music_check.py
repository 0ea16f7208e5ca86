# SPDX-License-Identifier: Apache-2.0
"""music_check.py PROGRAM - a real phone holds a call, and the other one hears music without being told.

Prints what was seen, as `trial` says. 101 calls and says 440 Hz, 102 says 1000 Hz.
"""
import os
import sys
import time

import tone
import trial
from baresip import Baresip
from server import Server

program, = sys.argv[1:]

CALLER, CALLEE = 440, 1000
HELD = 10


class Office:
    def __init__(self, folder):
        self.folder, self.phones = folder, []
        self.server = Server(program, folder)

    def start(self):
        self.server.start()
        self.server.run("extension", "add", "101", "102")
        self.server.run("music", "set", "on")

    def phone(self, number, hertz):
        account = self.server.enrol(number)
        each = Baresip(
            account["username"], account["password"], "127.0.0.1:%d" % self.server.port, Server.domain, self.server.ca,
            os.path.join(self.folder, number), hertz)
        self.phones.append(each)
        each.start()
        if not each.hears("registered", 15):
            raise RuntimeError("a phone of %s did not register" % number)
        return each

    def stop(self):
        for each in self.phones:
            each.stop()
        self.server.stop()


def music(phone, hertz):
    """How long something is heard that is not the tone of the other phone."""
    found = 0
    for path in phone.recordings():
        rate, samples = tone.read(path)
        size = int(rate * tone.BLOCK)
        for start in range(0, len(samples) - size + 1, size):
            block = samples[start:start + size]
            loud = sum(sample * sample for sample in block) > tone.SILENCE * size
            found += loud and tone.share(block, hertz, rate) < 0.3
    return found * tone.BLOCK


def held(office):
    """Who is on hold hears music and gets no re-INVITE; afterwards both hear each other again."""
    office.start()
    caller, callee = office.phone("101", CALLER), office.phone("102", CALLEE)
    caller.dial("sip:102@%s" % Server.domain)
    yield "connected", caller.hears("established", 15) and callee.hears("established", 15)
    time.sleep(4)
    caller.hold()
    time.sleep(HELD)
    caller.resume()
    time.sleep(4)
    caller.hangup()
    yield "ended", caller.hears("closed", 10) and callee.hears("closed", 10)
    heard, talked = music(callee, CALLER), callee.seconds_of(CALLER)
    print("heard %.1f s of music in %d s, and %.1f s of the other phone" % (heard, HELD, talked), file=sys.stderr)
    yield "music", HELD * 0.6 < heard < HELD + 2
    yield "the other phone before and after, and not meanwhile", 5 < talked < 10
    invites = len(callee.requests("INVITE"))
    print("%d INVITE" % invites, file=sys.stderr)
    yield "no word of it", invites == 1


trial.run(Office, held)
