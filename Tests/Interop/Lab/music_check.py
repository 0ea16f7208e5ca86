# SPDX-License-Identifier: Apache-2.0
"""music_check.py PROGRAM - a real phone holds a call, and the other one hears music without being told.

Prints what was seen, as `trial` says. 101 calls and says 440 Hz, 102 says 1000 Hz.
"""
import sys
import time

import tone
import trial
from office import Office
from server import Server

program, = sys.argv[1:]

CALLER, CALLEE = 440, 1000
HELD = 10


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
    office.server.run("music", "set", "on")
    caller, callee = office.phone("101"), office.phone("102")
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


trial.run(lambda folder: Office(folder, program, {"101": CALLER, "102": CALLEE}), held)
