# SPDX-License-Identifier: Apache-2.0
"""Two real phones register, one calls the other, and both must hear each other; prints one JSON object with what was seen.

call_check.py --server HOST:PORT --ca FILE --domain D --a USER:PASSWORD:KIND --b USER:PASSWORD:KIND --dial URI --out FOLDER

A says 440 Hz, B 1000 Hz, and neither may hear itself; A presses digits, which B must get. `--capture FILE` also listens to the
loopback. `--expect` says what has to happen instead: A does not register, or there is no call. Exit 0 when it did.
"""
import argparse
import json
import os
import sys
import time

from phones import KINDS
from wire import Capture

TONES = (440, 1000)
DIGITS = "159#"


def options():
    parser = argparse.ArgumentParser()
    for name in ("server", "ca", "domain", "a", "b", "dial", "out"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--plain", action="store_true", help="the phones want RTP without encryption")
    parser.add_argument("--capture", metavar="FILE")
    parser.add_argument("--expect", choices=("call", "no-registration", "no-call"), default="call")
    return parser.parse_args()


def phone(wish, account, hertz, place):
    user, password, kind = account.split(":")
    more = {} if kind == "pjsua" else {"srtp": not wish.plain}
    return KINDS[kind](user, password, wish.server, wish.domain, wish.ca, os.path.join(wish.out, place), hertz,
                       answer=place == "b", seconds=wish.seconds + 25, **more)


def call(wish, a, b, seen):
    """Everything up to the end of the call; what is not reached stays unsaid."""
    for each in (b, a):
        each.start()
    registered = [each.wait("registered", "reg_failed", seconds=12) for each in (a, b)]
    seen["registered"] = [event is not None and event["ev"] == "registered" for event in registered]
    if not all(seen["registered"]):
        return
    time.sleep(0.3)
    a.dial(wish.dial)
    event = a.wait("established", "closed", seconds=15)
    seen["answered"] = event is not None and event["ev"] == "established" and b.hears("established", 3)
    if not seen["answered"]:
        seen["why"] = event and event.get("why")
        return
    time.sleep(0.5)
    a.dtmf(DIGITS)
    time.sleep(max(1.0, wish.seconds))
    seen["stood"] = not a.has("closed") and not b.has("closed")
    a.hangup()
    seen["ended"] = b.hears("closed", 4)
    seen["digits"] = b.digits()
    time.sleep(0.3)


def listen(a, b):
    """What each heard of the other and of itself, in seconds."""
    return {name: [each.seconds_of(hertz) for hertz in tones] for name, each, tones in (("a", a, TONES[::-1]), ("b", b, TONES))}


def is_right(wish, seen):
    if wish.expect == "no-registration":
        return not seen["registered"][0]
    if wish.expect == "no-call":
        return all(seen["registered"]) and not seen["answered"]
    heard = seen.get("heard", {}).values()
    return bool(seen.get("stood") and seen["ended"] and seen["digits"] == DIGITS
                and all(other >= wish.seconds / 2 and own < 0.3 for other, own in heard))


def main():
    wish, seen = options(), {}
    a, b = (phone(wish, account, hertz, place) for account, hertz, place in zip((wish.a, wish.b), TONES, "ab"))
    capture = Capture(wish.capture) if wish.capture else None
    try:
        call(wish, a, b, seen)
    finally:
        for each in (a, b):
            each.stop()
        if capture:
            seen["wire"] = capture.stop()
    if seen.get("answered"):
        seen["heard"] = listen(a, b)
    seen["ok"] = is_right(wish, seen)
    print(json.dumps(seen))
    return 0 if seen["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
