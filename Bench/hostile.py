# SPDX-License-Identifier: Apache-2.0
"""What logins do that mean harm: everything that they may, as fast as the server reads it."""
import asyncio, logging, os, re

from callers import Phone
from talkers import Audio

# In the order of what is counted.
LARGE, CHANGES, TRANSFERS, REGISTRATIONS, MESSAGES, CANCELLED, BROKEN, AUDIO = range(8)


class Hostile(Phone):
    """One of a login's connections, from the address of that login."""

    def __init__(self, account, door, host, peers, sent):
        super().__init__(*account, door)
        self.host, self.peers, self.sent, self.audio = host, peers, sent, Audio(host)

    @property
    def sdp(self):
        return self.audio.description

    def count(self, what, number=1):
        with self.sent.get_lock():
            self.sent[what] += number

    def bare(self, method, uri, extra=(), body="", to=None, ids=None, sequence=1, vias=1):
        """A request as it stands, whatever comes of it."""
        ids = ids or (os.urandom(8).hex(), os.urandom(6).hex())
        lines = "".join(line + "\r\n" for line in extra)
        more = "".join(f"Via: SIP/2.0/TLS {self.local};branch=z9hG4bK{index};x={'v' * 8000}\r\n" for index in range(vias - 1))
        kind = "Content-Type: application/sdp\r\n" if body else ""
        self.writer.write((
            f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/TLS {self.local};branch=z9hG4bK{os.urandom(9).hex()};rport\r\n{more}"
            f"Max-Forwards: 70\r\nFrom: <sip:{self.number}@{self.domain}>;tag={ids[1]}\r\nTo: {to or f'<{uri}>'}\r\n"
            f"Call-ID: {ids[0]}\r\nCSeq: {sequence} {method}\r\nContact: <sip:{self.number}@{self.local};transport=tls>\r\n"
            f"{lines}{kind}Content-Length: {len(body)}\r\n\r\n{body}").encode())

    async def drain(self):
        """Waits until the server has read, and lets the others of this login have their turn."""
        await self.writer.drain()
        await asyncio.sleep(0)

    async def enter(self, behaviour):
        """Connects. One of them registers, so that somebody answers; the others only ask."""
        await self.open()
        if behaviour is answer:
            await self.ask("REGISTER", f"sip:{self.domain}", self.number, ["Expires: 3600"])

    async def start_call(self, other, body, acknowledges=True):
        """A call: its target, the other's To, its Call-ID and tag, and its CSeq; `None` when there is none."""
        status, head = await self.ask("INVITE", f"sip:{other}@{self.domain}", other, body=body)
        if status != 200:
            return None
        self.audio.take(head)
        to = re.search(r"(?im)^(?:to|t):\s*(.*?)\r", head)[1]
        remote = re.search(r"(?im)^(?:contact|m):\s*<([^>]*)>", head)[1]
        if acknowledges:
            self.ack(remote, self.ids, self.sequence, to, "z9hG4bK" + os.urandom(9).hex(), [])
        return remote, to, self.ids, self.sequence


async def answer(phone):
    """Answers what the others call."""
    while True:
        await asyncio.sleep(60)


async def large(phone):
    """Requests of 57 KB, each answered by the server."""
    while True:
        phone.bare("OPTIONS", f"sip:{phone.domain}", [f"X-Long-{index}: {'x' * 8000}" for index in range(7)])
        phone.count(LARGE)
        await phone.drain()


async def change(phone):
    """Changes of a call that change nothing, none of them acknowledged, with as many bytes in each as go in."""
    while True:
        call = await phone.start_call(phone.peers[0], phone.sdp)
        if call is None:
            await asyncio.sleep(1)
            continue
        remote, to, ids, sequence = call
        for number in range(1, 1_000_000):
            phone.bare("INVITE", remote, body=phone.sdp, to=to, ids=ids, sequence=sequence + number, vias=1 + 6 * (number % 2))
            phone.count(CHANGES)
            await phone.drain()


async def transfer(phone):
    """A call without an offer whose answer never comes, and an ordinary one, transferred into each other."""
    while True:
        late = await phone.start_call(phone.peers[1], "", acknowledges=False)
        other = await phone.start_call(phone.peers[2], phone.sdp)
        if late is None or other is None:
            await asyncio.sleep(1)
            continue
        for (remote, to, ids, sequence), (_, target, replaced, _) in ((late, other), (other, late)):
            tag = re.search(r"tag=([^;>\s]+)", target)[1]
            name = re.search(r"<([^>]*)>", target)[1]
            refer = f"<{name}?Replaces={replaced[0]}%3Bto-tag%3D{tag}%3Bfrom-tag%3D{replaced[1]}>"
            phone.bare("REFER", remote, [f"Refer-To: {refer}"], to=to, ids=ids, sequence=sequence + 1)
            phone.count(TRANSFERS)
        await asyncio.sleep(0.2)
        for remote, to, ids, sequence in (late, other):
            phone.bare("BYE", remote, to=to, ids=ids, sequence=sequence + 2)
        await phone.drain()


async def register(phone):
    """Registers and goes, while it watches itself and the others."""
    for index in range(120):
        await phone.ask("SUBSCRIBE", f"sip:{phone.peers[index % len(phone.peers)]}@{phone.domain}", phone.peers[0],
                        ["Event: dialog", "Expires: 3600", "Accept: application/dialog-info+xml"])
    while True:
        for expires in (0, 3600):
            await phone.ask("REGISTER", f"sip:{phone.domain}", phone.number, [f"Expires: {expires}"])
            phone.count(REGISTRATIONS)


async def write(phone):
    """Text to everybody, as long as text may be."""
    while True:
        for other in phone.peers:
            await phone.ask("MESSAGE", f"sip:{other}@{phone.domain}", other, body="t" * 1_200)
            phone.count(MESSAGES)


async def break_rules(phone):
    """Calls that are cancelled as soon as they are begun, requests that are no SIP, requests of dialogs that never were."""
    uri = f"sip:{phone.domain}"
    while True:
        for _ in range(10):
            phone.bare("INVITE", f"sip:{phone.peers[3]}@{phone.domain}", body=phone.sdp)
            phone.bare("CANCEL", f"sip:{phone.peers[3]}@{phone.domain}")
            phone.count(CANCELLED)
        phone.bare("OPTIONS", uri, ["User-Agent: one", "User-Agent: two", "Subject: a", "Subject: b"])
        phone.bare("BYE", uri, to=f"<{uri}>;tag=never")
        phone.bare("PRACK", uri, ["RAck: 1 1 INVITE"], to=f"<{uri}>;tag=never")
        phone.bare("REGISTER", uri, ["Expires: 99999999999", "Contact: *"])
        phone.count(BROKEN, 4)
        await phone.drain()


async def shout(phone):
    """A call with five thousand packets a second, all authentic, most of them repeated."""
    while True:
        if await phone.start_call(phone.peers[0], phone.sdp) is None or phone.audio.server is None:
            await asyncio.sleep(1)
            continue
        await phone.audio.begin()
        audio = phone.audio
        for first in range(0, 1_000_000, 100):
            packets = [audio.sender.protect(first + index, 160 * index, 0x77, bytes(160)) for index in range(100)]
            for packet in packets:
                for _ in range(5):
                    try:
                        audio.socket.sendto(packet, audio.server)
                    except (BlockingIOError, OSError):
                        await asyncio.sleep(0.001)
            phone.count(AUDIO, 5 * len(packets))
            await asyncio.sleep(0.1)


async def persist(make, behaviour, over):
    """Does it again on a new connection whenever the server has had enough."""
    while not over.is_set():
        phone = make()
        task = None
        try:
            await asyncio.wait_for(phone.enter(behaviour), 20)
            task = asyncio.create_task(behaviour(phone))
            while not over.is_set() and not task.done() and not phone.pump.done():
                await asyncio.sleep(0.2)
        except (OSError, asyncio.TimeoutError, TypeError, KeyError):
            pass
        finally:
            if task:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            for end in (getattr(phone, "pump", None), getattr(phone, "writer", None), phone.audio.socket):
                if end:
                    end.cancel() if hasattr(end, "cancel") else end.close()
        await asyncio.sleep(0.5)


def harass(logins, index, door, sent, over):
    """What one login does, each thing on a connection of its own."""
    os.nice(10)
    # It would tell each time that somebody writes to a connection that the server has closed.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    name = door.name.split()[-1]
    Phone.domain = Phone.server_name = f"{name}.bench"
    numbers = [login[0] for login in logins]
    others = numbers[index + 1:] + numbers[:index + 1]

    async def everything():
        behaviours = (answer, large, change, transfer, register, write, break_rules, shout)
        await asyncio.gather(*(
            persist(lambda place=place: Hostile(logins[index], door, f"127.3.{place}.{index + 1}", others, sent), behaviour, over)
            for place, behaviour in enumerate(behaviours)))

    asyncio.run(everything())
