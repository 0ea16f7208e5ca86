# SPDX-License-Identifier: Apache-2.0
"""Phones that call each other over kept TLS connections, without media: what the benchmarks of calls share."""
import asyncio, dataclasses, hashlib, os, random, re, ssl, time

from peers import cpu, fail

domain = "bench.local"
sdp = ("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/SAVP 0 8 101\r\n"
       "a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n"
       "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj\r\na=sendrecv\r\n")


class Phone:
    """One phone on one connection: registers, calls, and answers at once."""

    domain, sdp = domain, sdp
    # Where its connection comes from, and the name that it asks for in TLS.
    host, server_name = "127.0.0.1", None

    def __init__(self, number, username, password, server):
        self.number, self.username, self.password, self.server = number, username, password, server
        self.answers, self.tasks = {}, set()

    async def open(self):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.server.ports["tls"], ssl=context,
                                                                    server_hostname=self.server_name, local_addr=(self.host, 0))
        self.local = "%s:%d" % self.writer.get_extra_info("sockname")[:2]
        self.pump = asyncio.create_task(self.read())

    async def connect(self):
        await self.open()
        status, _ = await self.ask("REGISTER", f"sip:{self.domain}", self.number, ["Expires: 3600"])
        if status != 200:
            fail(f"{self.server.name}: {self.number} could not register: {status}")

    def close(self):
        self.pump.cancel()
        self.writer.close()

    async def read(self):
        try:
            while True:
                head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
                length = int(re.search(r"(?im)^(?:content-length|l)\s*:\s*(\d+)", head)[1])
                body = (await self.reader.readexactly(length)).decode() if length else ""
                if head.startswith("SIP/2.0"):
                    queue = self.answers.get(re.search(r"branch=([^;,\r]+)", head)[1])
                    if queue:
                        queue.put_nowait((int(head[8:11]), head + body))
                else:
                    self.serve(head, body)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass

    def serve(self, head, offer):
        """A request to this phone."""
        method = head.split(" ", 1)[0]
        if method == "ACK":
            return
        copied = "".join(line + "\r\n" for line in re.findall(r"(?im)^(?:via|v|from|f|call-id|i|cseq|record-route):.*(?=\r)", head))
        to = re.search(r"(?im)^(?:to|t):.*(?=\r)", head)[0]
        if ";tag=" not in to:
            to += ";tag=" + os.urandom(6).hex()
        contact = f"Contact: <sip:{self.number}@{self.local};transport=tls>\r\n"
        if method == "INVITE":
            self.writer.write(f"SIP/2.0 180 Ringing\r\n{copied}{to}\r\n{contact}Content-Length: 0\r\n\r\n".encode())
            # The answer takes the tag that the offer gave this suite (RFC 4568 §5.1.2).
            tag = re.search(r"a=crypto:(\d+) AES_CM_128_HMAC_SHA1_80", offer)[1]
            body, kind = self.sdp.replace("a=crypto:1 ", f"a=crypto:{tag} "), "Content-Type: application/sdp\r\n"
        else:
            body, kind = "", ""
        self.writer.write(f"SIP/2.0 200 OK\r\n{copied}{to}\r\n{contact}{kind}Content-Length: {len(body)}\r\n\r\n{body}".encode())

    def send(self, method, uri, ids, sequence, to, extra, body=""):
        branch = "z9hG4bK" + os.urandom(9).hex()
        kind = f"Content-Type: {'application/sdp' if body.startswith('v=') else 'text/plain'}\r\n" if body else ""
        lines = "".join(line + "\r\n" for line in extra)
        self.writer.write((
            f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/TLS {self.local};branch={branch};rport\r\nMax-Forwards: 70\r\n"
            f"From: <sip:{self.number}@{self.domain}>;tag={ids[1]}\r\nTo: {to}\r\nCall-ID: {ids[0]}\r\n"
            f"CSeq: {sequence} {method}\r\nContact: <sip:{self.number}@{self.local};transport=tls>\r\n"
            f"User-Agent: baresip v1.0.0 (bench)\r\n{lines}{kind}Content-Length: {len(body)}\r\n\r\n{body}").encode())
        return branch

    async def ask(self, method, uri, user, extra=(), body=""):
        """A request that will be challenged. Returns the final status and what answered."""
        ids, to, proof = (os.urandom(8).hex(), os.urandom(6).hex()), f"<sip:{user}@{self.domain}>", []
        for sequence in (1, 2):
            branch = self.send(method, uri, ids, sequence, to, [*extra, *proof], body)
            queue = self.answers[branch] = asyncio.Queue()
            status = 100
            while status < 200:
                status, head = await asyncio.wait_for(queue.get(), 20)
            del self.answers[branch]
            self.ids, self.sequence = ids, sequence
            answered = re.search(r"(?im)^(?:to|t):\s*(.*?)\r", head)[1]
            if status not in (401, 407):
                return status, head
            if method == "INVITE":
                self.ack(uri, ids, sequence, answered, branch, [])
            proof = [self.authorization(head, method, uri, status)]
        return status, head

    def ack(self, uri, ids, sequence, to, branch, routes):
        lines = "".join(route + "\r\n" for route in routes)
        self.writer.write((
            f"ACK {uri} SIP/2.0\r\nVia: SIP/2.0/TLS {self.local};branch={branch};rport\r\nMax-Forwards: 70\r\n{lines}"
            f"From: <sip:{self.number}@{self.domain}>;tag={ids[1]}\r\nTo: {to}\r\nCall-ID: {ids[0]}\r\n"
            f"CSeq: {sequence} ACK\r\nContent-Length: 0\r\n\r\n").encode())

    def authorization(self, head, method, uri, status):
        value = {k: v.strip('"') for k, v in re.findall(r'(\w+)=("[^"]*"|[^,\s]+)', re.search(r"(?im)^(?:www|proxy)-authenticate:.*", head)[0])}
        digest = lambda text: hashlib.md5(text.encode()).hexdigest()
        cnonce = os.urandom(6).hex()
        ha1, ha2 = digest(f"{self.username}:{value['realm']}:{self.password}"), digest(f"{method}:{uri}")
        if "qop" in value:
            response, more = digest(f"{ha1}:{value['nonce']}:00000001:{cnonce}:auth:{ha2}"), f', qop=auth, nc=00000001, cnonce="{cnonce}"'
        else:
            response, more = digest(f"{ha1}:{value['nonce']}:{ha2}"), ""
        name = "Authorization" if status == 401 else "Proxy-Authorization"
        return (f'{name}: Digest username="{self.username}", realm="{value["realm"]}", nonce="{value["nonce"]}", '
                f'uri="{uri}", response="{response}", algorithm=MD5{more}')

    async def call(self, other, hold):
        """A call of `hold` seconds. Returns the seconds from the first INVITE to its 200, or `None`."""
        started = time.perf_counter()
        uri = f"sip:{other.number}@{self.domain}"
        status, head = await self.ask("INVITE", uri, other.number, body=self.sdp)
        if status != 200:
            return None
        took = time.perf_counter() - started
        ids, sequence = self.ids, self.sequence
        to = re.search(r"(?im)^(?:to|t):\s*(.*?)\r", head)[1]
        remote = re.search(r"(?im)^(?:contact|m):\s*<([^>]*)>", head)[1]
        routes = ["Route: " + r for r in reversed(re.findall(r"(?im)^record-route:\s*(.*?)\r", head))]
        self.ack(remote, ids, sequence, to, "z9hG4bK" + os.urandom(9).hex(), routes)
        await asyncio.sleep(hold)
        branch = self.send("BYE", remote, ids, sequence + 1, to, routes)
        queue = self.answers[branch] = asyncio.Queue()
        status, _ = await asyncio.wait_for(queue.get(), 20)
        del self.answers[branch]
        return took if status == 200 else None


def accounts(server, phones):
    """Number, user name and password of each phone."""
    if server.accounts:
        return [line.split() for line in open(server.accounts[1]).read().splitlines()]
    return [(str(n), str(n), f"pw{n}") for n in range(100_000, 100_000 + phones)]


@dataclasses.dataclass
class Outside:
    """Somebody at a provider."""
    number: str


async def load(server, phones, rate, seconds, begun=lambda: None, numbers=()):
    """Calls at a steady rate, each of 0.2 s.

    - Parameter begun: Called after one second of warming up.
    - Parameter numbers: Who is called outside, by as many phones, instead of half of the phones.
    - Returns: The CPU microseconds of a call, and the seconds that set-up took, `None` for a call that failed.
    """
    phones = [Phone(*account, server) for account in accounts(server, phones)]
    for phone in phones:
        await phone.connect()
    callers, callees = phones[::2], [Outside(number) for number in numbers] or phones[1::2]
    free, results = list(zip(callers, callees)), []

    async def one(pair):
        results.append(await pair[0].call(pair[1], 0.2))
        free.append(pair)

    async def run_for(seconds):
        started, running, count = time.perf_counter(), set(), 0
        while time.perf_counter() - started < seconds:
            if free:
                task = asyncio.create_task(one(free.pop(0)))
                running.add(task)
                task.add_done_callback(running.discard)
                count += 1
            await asyncio.sleep(max(0, started + count / rate - time.perf_counter()))
        await asyncio.gather(*running)

    await run_for(1)
    results.clear()
    begun()
    before = cpu(server)
    await run_for(seconds)
    cost = (cpu(server) - before) / 1e3 / max(len(results), 1)
    for phone in phones:
        phone.close()
    return cost, results
