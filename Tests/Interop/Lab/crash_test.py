# SPDX-License-Identifier: Apache-2.0
"""crash_test.py RINGFENCE ROUNDS - kills the server with SIGKILL in the middle of calls, again and again, and looks
whether every call that got a final answer has its record after the restart. Exit 0: none was lost.
"""
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time

from sipphone import Phone
from server import Server


def talk(phone, numbers, finals, stop):
    """Calls in turn a phone that answers and a number that nobody has, until the server is gone."""
    while not stop.is_set():
        for number in ("102", next(numbers)):
            try:
                status = phone.call(number)
            except OSError:
                return
            if status is None:
                return
            finals.append((number, status))


def main():
    binary, rounds = sys.argv[1], int(sys.argv[2])
    numbers = iter("%06d" % n for n in range(200000, 999999))
    answered, refused, lost = 0, set(), []
    with tempfile.TemporaryDirectory() as folder:
        server = Server(binary, folder)
        server.start()
        for number in ("101", "102"):
            server.run("extension", "add", number)
        accounts = [server.enrol(number) for number in ("101", "101", "102")]
        for turn in range(rounds):
            phones = [Phone("127.0.0.1", server.port, server.ca, a["username"], a["password"], a["domain"],
                            answers=(a is accounts[2])) for a in accounts]
            if not all(phone.register() for phone in phones):
                print(json.dumps({"ok": False, "why": "a phone could not register in round %d" % turn}))
                return 1
            finals, stop = [], threading.Event()
            threads = [threading.Thread(target=talk, args=(p, numbers, finals, stop), daemon=True) for p in phones[:2]]
            for thread in threads:
                thread.start()
            time.sleep(random.uniform(0.02, 0.6))
            server.kill()
            stop.set()
            for thread in threads:
                thread.join(12)
            for phone in phones:
                phone.close()
            answered += sum(1 for _, status in finals if status == 200)
            refused |= {number for number, status in finals if status != 200}
            server.start()
            records = server.records()
            kept = {record["dialled"] for record in records}
            lost += sorted(refused - kept)
            if sum(1 for record in records if record.get("answeredAt")) < answered:
                lost.append("an answered call of round %d" % turn)
            open_ends = [record["id"] for record in records if not record.get("endedAt")]
            if lost or open_ends:
                print(json.dumps({"ok": False, "round": turn, "lost": lost, "without end": open_ends[:5]}))
                return 1
        server.stop()
    print(json.dumps({"ok": True, "rounds": rounds, "answered": answered, "refused": len(refused)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
