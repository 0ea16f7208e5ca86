# SPDX-License-Identifier: Apache-2.0
"""weak_server.py SIP-PORT RTP-PORT - everything that Ringfence is not: says hello to scanners over UDP, answers otherwise for
extensions that exist, takes 101 with the password 1234, and sends media to whoever sent some. What the attackers do not find
here they could not find anywhere. Runs until it is ended.
"""
import hashlib
import re
import select
import socket
import sys

DOMAIN, USER, PASSWORD = "127.0.0.1", "101", "1234"


def digest(text):
    return hashlib.md5(text.encode()).hexdigest()


def is_right(proof):
    """RFC 2617 without qop."""
    said = dict(re.findall(r'(\w+)="([^"]*)"', proof))
    ha1, ha2 = digest(":".join((USER, DOMAIN, PASSWORD))), digest("REGISTER:" + said.get("uri", ""))
    return said.get("username") == USER and said.get("response") == digest(":".join((ha1, said.get("nonce", ""), ha2)))


def status(request):
    method = request.split(" ", 1)[0]
    if method != "REGISTER":
        return "200 OK"
    user = re.search(r"(?im)^to:.*?sips?:([^@>;]+)@", request)
    if not user or user[1] != USER:
        return "404 Not Found"
    proof = re.search(r"(?im)^authorization: *(.*)$", request)
    return "200 OK" if proof and is_right(proof[1]) else "401 Unauthorized"


def answer(request):
    kept = re.findall(r"(?im)^(?:via|from|call-id|cseq):.*$", request)
    to = re.search(r"(?im)^to:.*$", request)
    lines = ["SIP/2.0 " + status(request), *map(str.strip, kept), to[0].strip() + ";tag=weak", "Server: weak 1.0"]
    if "401" in lines[0]:
        lines.append('WWW-Authenticate: Digest realm="%s", nonce="%s"' % (DOMAIN, digest(to[0])))
    return "\r\n".join(lines + ["Content-Length: 0", "", ""])


def main():
    signalling, media = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    signalling.bind(("127.0.0.1", int(sys.argv[1])))
    media.bind(("127.0.0.1", int(sys.argv[2])))
    print("ready", flush=True)
    while True:
        for ready in select.select([signalling, media], [], [])[0]:
            data, source = ready.recvfrom(65535)
            if ready is media:
                media.sendto(data, source)
            elif b"\nTo:" in data and not data.startswith((b"ACK", b"SIP/2.0")):
                signalling.sendto(answer(data.decode(errors="replace")).encode(), source)


main()
