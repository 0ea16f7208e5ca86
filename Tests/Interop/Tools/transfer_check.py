# SPDX-License-Identifier: Apache-2.0
"""Real phones hold, resume and transfer a call through a Ringfence; prints one JSON object with what was seen.

transfer_check.py LAB SERVER CA DOMAIN OUT A B C    (A, B, C: USER:PASSWORD:KIND)

A calls 102 (B answers). B holds and resumes, then transfers A to 103 (C answers). C must hear A's tone and A must hear C's,
and B must be out of the call. B is baresip: the only phone of the laboratory with commands for hold and transfer. Only a
linphone is put on hold: what the others record ends there, whatever they hear.
"""
import json
import os
import sys
import time

lab, server, ca, domain, out = sys.argv[1:6]
sys.path.insert(0, lab)
import labphone  # noqa: E402
import tone  # noqa: E402

SECONDS = 4
TONES = (440, 1000, 700)


def phone(spec, hertz, place, answer):
    user, password, kind = spec.split(":")
    return labphone.KINDS[kind](
        user, password, server, "tls", domain, "sdes", ca, True, None, hertz, 40, os.path.join(out, place), "PCMU",
        "127.0.0.1", answer, True, None, False)


def main():
    a, b, c = (phone(spec, hertz, place, answer) for spec, hertz, place, answer in zip(
        sys.argv[6:9], TONES, "abc", (False, True, True)))
    seen = {"ok": False}
    try:
        for each in (c, b, a):
            each.start()
        registered = [each.wait(("registered", "reg_failed", "exit"), 12) for each in (a, b, c)]
        seen["registered"] = all(event and event["ev"] == "registered" for event in registered)
        time.sleep(0.3)
        a.dial("sip:102@" + domain)
        seen["answered"] = bool(a.wait("established", 12) and b.wait("established", 5))
        time.sleep(1)
        if a.kind == "linphone":
            b.cmd("hold")
            time.sleep(1)
            b.cmd("resume")
        time.sleep(1)
        seen["stood_before"] = not a.has("closed") and not b.has("closed")
        b.cmd("transfer", "sip:103@" + domain)
        seen["target_answered"] = bool(c.wait("established", 12))
        seen["referrer_released"] = bool(b.wait("closed", 8))
        time.sleep(SECONDS)
        seen["still_up"] = not a.has("closed") and not c.has("closed")
        a.hangup()
        seen["bye_crossed"] = bool(c.wait("closed", 5))
        time.sleep(0.3)
    finally:
        for each in (a, b, c):
            each.stop()
    heard = {}
    for name, each, hertz in (("a", a, TONES[2]), ("c", c, TONES[0])):
        # baresip begins a recording anew when its partner changes.
        checks = [tone.check(path, hertz, [], 1.5) for path in each.rx_files() if os.path.getsize(path) > 1000]
        heard[name] = next((check for check in checks if check["ok"]), {"ok": False, "recordings": checks})
    seen["heard"] = heard
    seen["ok"] = all(value for key, value in seen.items() if key not in ("ok", "heard")) and all(
        each["ok"] for each in heard.values())
    print(json.dumps(seen))


main()
