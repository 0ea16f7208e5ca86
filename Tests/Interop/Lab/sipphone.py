# SPDX-License-Identifier: Apache-2.0
"""A small SIP phone over TLS for tests that need hundreds of calls: registers, calls and answers by the book.

It plays no audio; for that there are the real phones beside it.
"""
import base64
import hashlib
import os
import re
import socket
import ssl
import threading
import queue

HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}


def token():
    return os.urandom(8).hex()


class Message:
    def __init__(self, text):
        head, _, self.body = text.partition("\r\n\r\n")
        self.start, *lines = head.split("\r\n")
        self.fields = [line.split(":", 1) for line in lines]
        self.fields = [(name.strip().lower(), value.strip()) for name, value in self.fields]
        self.status = int(self.start.split(" ")[1]) if self.start.startswith("SIP/2.0") else None
        self.method = None if self.status else self.start.split(" ")[0]

    def all(self, name):
        return [value for key, value in self.fields if key == name]

    def __getitem__(self, name):
        return next(iter(self.all(name)), "")


class Phone:
    """One connection, one account. `answers` makes it pick up every call at once."""

    def __init__(self, host, port, ca, username, password, domain, answers=False):
        self.username, self.password, self.domain, self.answers = username, password, domain, answers
        context = ssl.create_default_context(cafile=ca)
        context.check_hostname = False
        raw = socket.create_connection((host, port), 5)
        self.socket = context.wrap_socket(raw, server_hostname="localhost")
        self.socket.settimeout(None)
        self.local = "%s:%d" % self.socket.getsockname()[:2]
        self.sequence, self.counts, self.replies, self.lock = 0, {}, queue.Queue(), threading.Lock()
        self.alive = True
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def close(self):
        """Returns when nobody reads: the descriptor belongs to the next connection, and a late reader would take its bytes."""
        self.alive = False
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        if threading.current_thread() is not self.reader:
            self.reader.join(5)
        self.socket.close()

    # --- what arrives

    def _read(self):
        buffer = b""
        try:
            while True:
                chunk = self.socket.recv(65536)
                if not chunk:
                    break
                buffer += chunk
                while b"\r\n\r\n" in buffer:
                    head, _, rest = buffer.partition(b"\r\n\r\n")
                    length = int(re.search(rb"(?im)^content-length:\s*(\d+)", head).group(1))
                    if len(rest) < length:
                        break
                    text, buffer = head + b"\r\n\r\n" + rest[:length], rest[length:]
                    self._take(Message(text.decode()))
        except (OSError, ValueError):
            pass
        self.alive = False
        self.replies.put(None)

    def _take(self, message):
        if message.status:
            self.replies.put(message)
        elif message.method == "INVITE" and self.answers:
            self._answer(message, 200, self.sdp(message.body))
        elif message.method != "ACK":
            self._answer(message, 200)

    def _answer(self, request, status, body=""):
        to = request["to"] if ";tag=" in request["to"] else request["to"] + ";tag=" + token()
        lines = ["SIP/2.0 %d OK" % status] + ["Via: " + via for via in request.all("via")]
        lines += ["Record-Route: " + route for route in request.all("record-route")]
        lines += ["From: " + request["from"], "To: " + to, "Call-ID: " + request["call-id"], "CSeq: " + request["cseq"]]
        lines += ["Contact: <sip:%s@%s;transport=tls>" % (self.username, self.local)]
        self._send(lines, body)

    # --- what is said

    def _send(self, lines, body=""):
        if body:
            lines.append("Content-Type: application/sdp")
        lines.append("Content-Length: %d" % len(body))
        with self.lock:
            self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n" + body).encode())

    def sdp(self, offer=""):
        """An offer, or the answer to one, with a fresh key."""
        tag = "1"
        for line in offer.split("\r\n"):
            if "AES_CM_128_HMAC_SHA1_80" in line:
                tag = line[len("a=crypto:"):].split(" ")[0]
        key = base64.b64encode(os.urandom(30)).decode()
        return "\r\n".join([
            "v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0", "m=audio 9 RTP/SAVP 0",
            "a=rtpmap:0 PCMU/8000", "a=crypto:%s AES_CM_128_HMAC_SHA1_80 inline:%s" % (tag, key), ""])

    def request(self, method, uri, call=None, to=None, tag=None, extra=(), body="", sequence=None):
        """Sends a request and returns (its CSeq number, what identifies it for an ACK)."""
        if sequence is None:
            self.sequence += 1
            sequence = self.sequence
        call, tag = call or token(), tag or token()
        branch = "z9hG4bK" + token()
        lines = ["%s %s SIP/2.0" % (method, uri), "Via: SIP/2.0/TLS %s;branch=%s;rport" % (self.local, branch),
                 "Max-Forwards: 70", "From: <sip:%s@%s>;tag=%s" % (self.username, self.domain, tag),
                 "To: " + (to or "<%s>" % uri), "Call-ID: " + call, "CSeq: %d %s" % (sequence, method),
                 "Contact: <sip:%s@%s;transport=tls>" % (self.username, self.local), "User-Agent: testphone"]
        self._send(lines + list(extra), body)
        return sequence

    def final(self, sequence, timeout=10):
        """The final response to a request, or None when the connection is gone or nothing came."""
        while True:
            try:
                reply = self.replies.get(timeout=timeout)
            except queue.Empty:
                return None
            if reply is None:
                return None
            if reply.status >= 200 and reply["cseq"].startswith("%d " % sequence):
                return reply

    def authorization(self, challenge, method, uri):
        asked = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge["www-authenticate"]))
        name = asked.get("algorithm", "MD5")
        digest = lambda text: HASHES[name](text.encode()).hexdigest()
        nonce, cnonce = asked["nonce"], token()
        self.counts[nonce] = self.counts.get(nonce, 0) + 1
        nc = "%08x" % self.counts[nonce]
        ha1 = digest("%s:%s:%s" % (self.username, asked["realm"], self.password))
        response = digest(":".join([ha1, nonce, nc, cnonce, "auth", digest("%s:%s" % (method, uri))]))
        return ('Authorization: Digest username="%s", realm="%s", nonce="%s", uri="%s", response="%s", algorithm=%s, '
                'qop=auth, nc=%s, cnonce="%s"' % (self.username, asked["realm"], nonce, uri, response, name, nc, cnonce))

    def ask(self, method, uri, to=None, extra=(), body=""):
        """Sends a request, answers the challenge, and returns (final response, call id, from tag, CSeq number)."""
        call, tag = token(), token()
        number = self.request(method, uri, call, to, tag, extra, body)
        reply = self.final(number)
        if reply is None or reply.status != 401:
            return reply, call, tag, number
        if method == "INVITE":
            self.request("ACK", uri, call, reply["to"], tag, sequence=number)
        proof = self.authorization(reply, method, uri)
        number = self.request(method, uri, call, to, tag, list(extra) + [proof], body)
        return self.final(number), call, tag, number

    def register(self):
        uri = "sip:" + self.domain
        reply, *_ = self.ask("REGISTER", uri, to="<sip:%s@%s>" % (self.username, self.domain), extra=["Expires: 600"])
        return reply is not None and reply.status == 200

    def call(self, number, hang_up=True):
        """Calls, and returns the final status; None when the server is gone."""
        uri = "sip:%s@%s" % (number, self.domain)
        reply, call, tag, sequence = self.ask("INVITE", uri, body=self.sdp())
        if reply is None:
            return None
        target = uri
        if reply.status == 200:
            target = re.search(r"<([^>]+)>", reply["contact"]).group(1)
        self.request("ACK", target, call, reply["to"], tag, sequence=sequence)
        if reply.status == 200 and hang_up:
            number = self.request("BYE", target, call, reply["to"], tag)
            self.final(number)
        return reply.status
