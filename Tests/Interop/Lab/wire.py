# SPDX-License-Identifier: Apache-2.0
"""Listens to the loopback, as somebody at the switch would, and says what can be read there."""
import collections
import math
import struct
import subprocess
import time

# Packets of speech: SRTP adds a tag to the 12 + 160 bytes of 20 ms of G.711.
SPEECH = range(172, 250)
HEADER, PAYLOAD = 12, 160
# Ethernet, IPv4 without options, UDP: what stands before a payload on the loopback.
FRAME = 14 + 20 + 8


class Capture:
    def __init__(self, path):
        self.path = path
        # Through a pipe, because tcpdump gives up root before it opens a file.
        with open(path, "wb") as file:
            self.process = subprocess.Popen(
                ["tcpdump", "-i", "lo", "-w", "-", "-U", "--immediate-mode"], stdout=file, stderr=subprocess.PIPE)
        self.process.stderr.readline()  # "listening on lo"

    def stop(self):
        """How often SIP and SDP are readable, and how much a byte of speech says: 8 bits when encrypted, below 5 for a tone."""
        time.sleep(0.3)
        self.process.terminate()
        self.process.wait()
        with open(self.path, "rb") as file:
            data = file.read()
        speech = [each[HEADER:HEADER + PAYLOAD] for each in datagrams(data) if len(each) in SPEECH and each[0] >> 6 == 2]
        return {"packets": len(speech), "payload_entropy_bits": entropy(b"".join(speech[-400:])),
                "sdp_readable": data.count(b"m=audio"), "sip_readable": data.count(b"SIP/2.0")}


def datagrams(capture):
    """The payloads of UDP over IPv4 in a capture file."""
    position = 24
    while position + 16 <= len(capture):
        length = struct.unpack_from("<I", capture, position + 8)[0]
        frame = capture[position + 16:position + 16 + length]
        if frame[12:14] == b"\x08\x00" and len(frame) > FRAME and frame[23] == 17:
            yield frame[FRAME:]
        position += 16 + length


def entropy(data):
    """Shannon's, in bits for each byte."""
    counts = collections.Counter(data).values()
    return round(-sum(n / len(data) * math.log2(n / len(data)) for n in counts), 2) if data else None
