# SPDX-License-Identifier: Apache-2.0
"""Real phones hold, resume and transfer a call through a Ringfence; prints one JSON object with what was seen.

transfer_check.py SERVER CA DOMAIN OUT A B C    (A, B, C: USER:PASSWORD:KIND)

A calls 102 (B answers). B holds and resumes, then transfers A to 103 (C answers). C must hear A's tone and A must hear C's,
and B must be out of the call. B is baresip. Only a linphone is put on hold: what the others record ends there, whatever they
hear.
"""
import json
import os
import sys
import time

from phones import KINDS

server, ca, domain, out = sys.argv[1:5]
SECONDS = 4
TONES = (440, 1000, 700)


def phone(account, hertz, place, answer):
    user, password, kind = account.split(":")
    return KINDS[kind](user, password, server, domain, ca, os.path.join(out, place), hertz, answer=answer)


def transfer(a, b, c, seen):
    for each in (c, b, a):
        each.start()
    seen["registered"] = all([each.hears("registered", 12) for each in (a, b, c)])
    time.sleep(0.3)
    a.dial("sip:102@" + domain)
    seen["answered"] = a.hears("established", 12) and b.hears("established", 5)
    time.sleep(1)
    if a.kind == "linphone":
        b.hold()
        time.sleep(1)
        b.resume()
    time.sleep(1)
    seen["stood_before"] = not a.has("closed") and not b.has("closed")
    b.transfer("sip:103@" + domain)
    seen["target_answered"] = c.hears("established", 12)
    seen["referrer_released"] = b.hears("closed", 8)
    time.sleep(SECONDS)
    seen["still_up"] = not a.has("closed") and not c.has("closed")
    a.hangup()
    seen["bye_crossed"] = c.hears("closed", 5)
    time.sleep(0.3)


def main():
    trio = [phone(*each) for each in zip(sys.argv[5:8], TONES, "abc", (False, True, True))]
    seen = {}
    try:
        transfer(*trio, seen)
    finally:
        for each in trio:
            each.stop()
    a, _, c = trio
    seen["a heard c"], seen["c heard a"] = a.hears_tone(TONES[2]), c.hears_tone(TONES[0])
    print(json.dumps({"ok": all(seen.values()), **seen}))


main()
