# SPDX-License-Identifier: Apache-2.0
"""paid_crash_test.py RINGFENCE ROUNDS - kills the server with SIGKILL in the middle of calls to the outside over a real provider,
again and again. After each restart every call that got a final answer has its record, each record has an end, and what is spent is
the sum of what the records say: no money is restored, and none is counted twice. Exit 0: it was so.
"""
import json
import random
import sys
import tempfile
import threading
import time
from decimal import Decimal

from business import Business
from phone import until
from provider import DOMAIN, PASSWORD
from sipphone import Phone


def talk(phone, numbers, finals, stop):
    """Calls one number after the other, half of which are still up when the next begins, until the server is gone."""
    for number in numbers:
        if stop.is_set():
            return
        try:
            status = phone.call(number, hang_up=random.random() < 0.5)
        except OSError:
            return
        if status is None:
            return
        finals.append((number, status))
        # So many calls as an extension may begin in a second, and no more.
        time.sleep(0.5)


def spent(server):
    """By the whole business, at home and elsewhere, in the week."""
    whole = [each for each in server.ask("spend", "show")["standings"] if each["pool"] in ("business", "home")]
    return sum(max(Decimal(line["spent"]) for line in each["lines"] if not line["isAfterHours"]) for each in whole)


def faults(server, answered, refused, before):
    """What is not as it should be after a restart, in words."""
    records = server.records()
    dialled = {each["dialled"]: each for each in records}
    charges = [charge for each in records for charge in each.get("charges") or ()]
    ids = [charge["id"]["value"] for charge in charges]
    # A leg that the crash ended counts with what was reserved for it.
    recorded = sum(Decimal(charge.get("cost", charge["reserved"])) for charge in charges)
    now = spent(server)
    yield from ("%s was answered and has no charge" % each for each in answered if not dialled.get(each, {}).get("charges"))
    yield from ("%s was refused and has no record" % each for each in refused if each not in dialled)
    yield from ("%s has no end" % each["dialled"] for each in records if not each.get("endedAt"))
    if len(ids) != len(set(ids)):
        yield "a charge is in two records"
    if now != recorded:
        yield "spent is %s, and the records say %s" % (now, recorded)
    if now < before:
        yield "spent was %s, and is %s" % (before, now)


def main():
    binary, rounds = sys.argv[1], int(sys.argv[2])
    every = ("04055%05d" % n for n in range(100000))
    answered, refused, before = set(), set(), Decimal(0)
    with tempfile.TemporaryDirectory() as folder:
        business = Business(binary, folder, "tls")
        server, provider = business.server, business.provider
        try:
            business.start()
            outside = Phone("127.0.0.1", provider.tls, provider.ca, "outside", PASSWORD, DOMAIN, answers=True)
            if not outside.register():
                raise RuntimeError("the telephone of the provider did not register")
            # Each pair of extensions for a few rounds: whoever calls that often all day is stopped, as it should be.
            callers = ["%d" % n for n in range(200, 200 + 2 * (rounds // 5 + 1))]
            server.run("extension", "add", *callers)
            for turn in range(rounds):
                pair = callers[2 * (turn // 5):][:2]
                accounts = [server.enrol(each) for each in pair]
                phones = [Phone("127.0.0.1", server.port, server.ca, a["username"], a["password"], a["domain"]) for a in accounts]
                if not all(phone.register() for phone in phones):
                    raise RuntimeError("a phone could not register in round %d" % turn)
                registered = provider.log("kamailio").count("REG user=account")
                finals, stop = [], threading.Event()
                threads = [threading.Thread(target=talk, args=(p, every, finals, stop), daemon=True) for p in phones]
                for thread, delay in zip(threads, (0, random.uniform(0, 0.3))):
                    time.sleep(delay)
                    thread.start()
                time.sleep(random.uniform(0.1, 1.5))
                server.kill()
                stop.set()
                for thread in threads:
                    thread.join(12)
                for phone in phones:
                    phone.close()
                answered |= {number for number, status in finals if status == 200}
                refused |= {number for number, status in finals if status != 200}
                server.start()
                if wrong := list(faults(server, answered, refused, before)):
                    print(json.dumps({"ok": False, "round": turn, "wrong": wrong[:5]}))
                    return 1
                before = spent(server)
                if not until(lambda: provider.log("kamailio").count("REG user=account") > registered, 20):
                    raise RuntimeError("the trunk did not come back in round %d" % turn)
            outside.close()
        finally:
            business.stop()
    ok = len(answered) >= rounds
    print(json.dumps({"ok": ok, "rounds": rounds, "answered": len(answered), "refused": len(refused), "spent": str(before)}))
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
