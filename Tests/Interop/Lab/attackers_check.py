# SPDX-License-Identifier: Apache-2.0
"""Sends every attacker to a system that is weak. Prints one JSON object; exit 0 when each got what there was to get, so that
an attacker who finds nothing elsewhere was not just broken.
"""
import json
import os
import subprocess
import sys
import tempfile

import attackers
from server import free_port
from wire import Capture

HERE = os.path.dirname(os.path.abspath(__file__))
HOST, USER, PASSWORD = "127.0.0.1", "101", "1234"


def overheard(port, words, folder):
    """What sipcrack makes of a login in the clear, which sipsak makes."""
    capture = Capture(os.path.join(folder, "wire.pcap"))
    attackers.run(8, "sipsak", "-U", "-s", "sip:%s@%s:%d" % (USER, HOST, port), "-a", PASSWORD, "-x", "600")
    capture.stop()
    return attackers.sipcrack(capture.path, words)


def attack(port, media, folder):
    port, words = str(port), os.path.join(folder, "words")
    with open(words, "w") as file:
        file.write("password\n%s\n" % PASSWORD)
    yield "svmap", attackers.svmap(HOST, port)["found"] == ["%s:%s" % (HOST, port)]
    yield "svwar", attackers.svwar(HOST, port, "100-103", "REGISTER", HOST)["extensions"] == [USER]
    yield "svcrack", attackers.svcrack(HOST, port, USER, words, HOST)["cracked"] == [PASSWORD]
    yield "sipcrack", overheard(int(port), words, folder)["cracked"] == [PASSWORD]
    yield "sipsak", len(attackers.sipsak(HOST, port, USER)["heard"]) == 2
    yield "flood", attackers.flood(HOST, port, "OPTIONS", 200, 1)["answers"] == 200
    yield "rtpbleed", attackers.rtpbleed(HOST, "%d-%d" % (media, media + 1))["leaked_packets"] == 5


def main():
    port, media = free_port(), free_port()
    weak = subprocess.Popen([sys.executable, HERE + "/weak_server.py", str(port), str(media)], stdout=subprocess.PIPE)
    weak.stdout.readline()
    try:
        with tempfile.TemporaryDirectory() as folder:
            seen = dict(attack(port, media, folder))
    finally:
        weak.terminate()
        weak.wait()
    print(json.dumps({"ok": all(seen.values()), **seen}))
    return 0 if all(seen.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
