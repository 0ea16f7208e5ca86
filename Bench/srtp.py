# SPDX-License-Identifier: Apache-2.0
"""SRTP with AES_CM_128_HMAC_SHA1_80 (RFC 3711) over the system's OpenSSL, for phones of the benchmarks that talk."""
import base64, ctypes, ctypes.util, hashlib, hmac, struct

crypto = ctypes.CDLL(ctypes.util.find_library("crypto"))
for name in ("EVP_CIPHER_CTX_new", "EVP_aes_128_ctr"):
    getattr(crypto, name).restype = ctypes.c_void_p
crypto.EVP_EncryptInit_ex.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p]
crypto.EVP_EncryptUpdate.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.POINTER(ctypes.c_int), ctypes.c_char_p, ctypes.c_int]


class Counter:
    """AES in counter mode under one key."""

    def __init__(self, key):
        self.context = crypto.EVP_CIPHER_CTX_new()
        crypto.EVP_EncryptInit_ex(self.context, crypto.EVP_aes_128_ctr(), None, key, bytes(16))

    def __call__(self, start, data):
        out, length = ctypes.create_string_buffer(len(data) + 16), ctypes.c_int()
        crypto.EVP_EncryptInit_ex(self.context, None, None, None, start)
        crypto.EVP_EncryptUpdate(self.context, out, ctypes.byref(length), data, len(data))
        return out.raw[:length.value]


class Stream:
    """What one side sends under one master key: 30 bytes, as SDES has them."""

    def __init__(self, master):
        derive, salt = Counter(master[:16]), master[16:]
        part = lambda label, length: derive(bytes(a ^ b for a, b in zip(salt, bytes(7) + bytes([label]) + bytes(6))) + bytes(2), bytes(length))
        self.cipher, self.salt = Counter(part(0, 16)), int.from_bytes(part(2, 14), "big") << 16
        self.tag = hmac.new(part(1, 20), digestmod=hashlib.sha1)
        self.highest = None

    def _crypt(self, packet, index):
        start = self.salt ^ int.from_bytes(packet[8:12], "big") << 64 ^ index << 16
        return packet[:12] + self.cipher(start.to_bytes(16, "big"), packet[12:])

    def _tag(self, packet, index):
        tag = self.tag.copy()
        tag.update(packet + struct.pack("!I", index >> 16))
        return tag.digest()[:10]

    def protect(self, index, timestamp, source, payload):
        """One packet; `index` counts on past 65,535."""
        packet = self._crypt(struct.pack("!BBHII", 0x80, 0, index & 0xFFFF, timestamp & 0xFFFFFFFF, source) + payload, index)
        return packet + self._tag(packet, index)

    def unprotect(self, packet):
        """The payload; `None` for what is not authentic."""
        sequence = int.from_bytes(packet[2:4], "big")
        index = sequence
        if self.highest is not None:
            near = self.highest & ~0xFFFF | sequence
            index = min((near - 0x10000, near, near + 0x10000), key=lambda each: abs(each - self.highest))
        if len(packet) < 22 or index < 0 or self._tag(packet[:-10], index) != packet[-10:]:
            return None
        self.highest = max(index, self.highest or 0)
        return self._crypt(packet[:-10], index)[12:]


def key_of(line):
    """The master key of an `a=crypto` line's `inline:` part."""
    return base64.b64decode(line.split("|")[0])
