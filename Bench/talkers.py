# SPDX-License-Identifier: Apache-2.0
"""Phones that talk: calls with encrypted audio at 50 packets a second each way, counted packet by packet."""
import asyncio, os, re, socket, struct, time

from callers import Phone
from srtp import Stream, key_of
import base64

interval = 0.02


class Audio(asyncio.DatagramProtocol):
    """What one phone sends and hears in one call."""

    def __init__(self, host):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.socket.bind((host, 0))
        self.socket.setblocking(False)
        self.key = os.urandom(30)
        self.sender, self.receiver, self.server = Stream(self.key), None, None
        self.sent, self.heard, self.forged, self.delays = 0, 0, 0, []

    @property
    def description(self):
        host, port = self.socket.getsockname()
        key = base64.b64encode(self.key).decode()
        return (f"v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\nm=audio {port} RTP/SAVP 0 101\r\n"
                "a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=rtcp-mux\r\n"
                f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{key}\r\na=sendrecv\r\n")

    def take(self, description):
        """What the server says of itself, in its offer or its answer."""
        key = re.search(r"a=crypto:\d+ AES_CM_128_HMAC_SHA1_80 inline:([^|\s]+)", description)
        host = re.search(r"c=IN IP4 (\S+)", description)
        port = re.search(r"m=audio (\d+)", description)
        if key and host and port:
            self.receiver, self.server = Stream(key_of(key[1])), (host[1], int(port[1]))

    async def begin(self):
        self.transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, sock=self.socket)

    def speak(self):
        if self.server is None:
            return
        packet = self.sender.protect(self.sent, 160 * self.sent, 0x1234, struct.pack("!d", time.monotonic()) + bytes(152))
        self.sent += 1
        self.transport.sendto(packet, self.server)

    def datagram_received(self, packet, _):
        # RTCP shares the port.
        if len(packet) < 12 or 64 <= packet[1] & 127 < 96:
            return
        payload = self.receiver and self.receiver.unprotect(packet)
        if payload is None:
            self.forged += 1
            return
        self.heard += 1
        self.delays.append(time.monotonic() - struct.unpack("!d", payload[:8])[0])


class Talker(Phone):
    """A phone with audio, at an address of its own."""

    def __init__(self, number, username, password, server, host):
        super().__init__(number, username, password, server)
        self.host, self.audio = host, Audio(host)

    @property
    def sdp(self):
        return self.audio.description

    def serve(self, head, offer):
        if head.startswith("INVITE"):
            self.audio.take(offer)
        super().serve(head, offer)

    async def begin_call(self, other):
        """A call that stays up. Returns its status."""
        uri = f"sip:{other.number}@{self.domain}"
        status, answer = await self.ask("INVITE", uri, other.number, body=self.sdp)
        if status == 200:
            self.audio.take(answer)
            to = re.search(r"(?im)^(?:to|t):\s*(.*?)\r", answer)[1]
            self.remote, self.to = re.search(r"(?im)^(?:contact|m):\s*<([^>]*)>", answer)[1], to
            self.call_ids, self.call_sequence = self.ids, self.sequence
            self.ack(self.remote, self.ids, self.sequence, to, "z9hG4bK" + os.urandom(9).hex(), [])
        return status

    async def end_call(self):
        branch = self.send("BYE", self.remote, self.call_ids, self.call_sequence + 1, self.to, [])
        queue = self.answers[branch] = asyncio.Queue()
        return (await asyncio.wait_for(queue.get(), 20))[0]


async def talk(audios, seconds):
    """Each sends 50 packets a second, spread over the interval, as phones that know nothing of each other do."""
    started, count = time.monotonic(), 0
    while time.monotonic() - started < seconds:
        for audio in audios[count % 4::4]:
            audio.speak()
        count += 1
        await asyncio.sleep(max(0, started + count * interval / 4 - time.monotonic()))
