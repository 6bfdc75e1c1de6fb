"""Stage 6 as pure functions: the packet of the course project, AES-256-CBC with an MD5 digest.

    length u32 | padding u8 | iv 16 | digest 32 | body

The digest has no key and covers the body alone: stage 6 shows what that costs, and stage 7 puts
a keyed digest in the same 32 bytes (uchat_channel.py). Written from the specification alone.
"""

import hashlib
import hmac
import secrets
import struct
from collections import namedtuple

from uchat_values import ProtocolError

try:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
except ImportError:
    Cipher = None

KEY_SIZE = 32
BLOCK = 16
HEADER_SIZE = 4 + 1 + 16 + 32
# Room for a message of 1 MiB and the fill bytes of its last block.
BODY_LIMIT = (1 << 20) + BLOCK

Packet = namedtuple("Packet", "padding iv digest body")


# AES: the one thing here that the standard library does not have.

def require_aes():
    if Cipher is None:
        raise ProtocolError("AES is missing: install it with `python3 -m pip install cryptography`")


def _cipher(key, iv):
    require_aes()
    if len(key) != KEY_SIZE or len(iv) != BLOCK:
        raise ProtocolError("AES-256-CBC takes a key of 32 bytes and an IV of 16")
    return Cipher(algorithms.AES(key), modes.CBC(iv))


def cbc_encrypt(key, iv, blocks):
    encryptor = _cipher(key, iv).encryptor()
    return encryptor.update(blocks) + encryptor.finalize()


def cbc_decrypt(key, iv, blocks):
    decryptor = _cipher(key, iv).decryptor()
    return decryptor.update(blocks) + decryptor.finalize()


# The layout.

def header(length, padding, iv):
    """What stands in front of the digest."""
    return struct.pack(">IB", length, padding) + iv


def write_packet(packet):
    return header(len(packet.body), packet.padding, packet.iv) + packet.digest + packet.body


def check_length(length, limit):
    if length == 0 or length % BLOCK:
        raise ProtocolError("a packet with a body of %d bytes, which is not a positive multiple of "
                            "16" % length)
    if length > limit:
        raise ProtocolError("a packet of %d bytes is over the limit of %d" % (length, limit))


class PacketDecoder:
    """Takes bytes as they arrive; `next` gives whole packets, None while one is incomplete."""

    def __init__(self, limit=BODY_LIMIT, buffer=b""):
        self.limit = limit
        self.buffer = bytearray(buffer)

    def feed(self, data):
        self.buffer += data

    def next(self):
        if len(self.buffer) < 4:
            return None
        # As with frames: judged before the body is awaited.
        length = struct.unpack_from(">I", self.buffer)[0]
        check_length(length, self.limit)
        if len(self.buffer) >= 5 and self.buffer[4] >= BLOCK:
            raise ProtocolError("a packet with %d fill bytes; at most 15 fit" % self.buffer[4])
        if len(self.buffer) < HEADER_SIZE + length:
            return None
        data = bytes(self.buffer[:HEADER_SIZE + length])
        del self.buffer[:HEADER_SIZE + length]
        return Packet(data[4], data[5:21], data[21:53], data[53:])

    @property
    def incomplete(self):
        return bool(self.buffer)


def read_packet(data, limit=BODY_LIMIT):
    """Exactly one packet."""
    decoder = PacketDecoder(limit, data)
    packet = decoder.next()
    if packet is None or decoder.incomplete:
        raise ProtocolError("these bytes are not exactly one packet")
    return packet


def fill(plaintext):
    """The plaintext with its last block filled up, and the number of zero bytes that took."""
    if not plaintext:
        raise ProtocolError("a packet without a plaintext cannot be written")
    padding = -len(plaintext) % BLOCK
    return plaintext + bytes(padding), padding


def unfill(blocks, padding):
    """The plaintext, and the fill bytes behind it."""
    return blocks[:len(blocks) - padding], blocks[len(blocks) - padding:]


# Stage 6: the digest without a key.

def md5_digest(body):
    return hashlib.md5(body).hexdigest().encode("ascii")


def seal(key, plaintext, iv=None):
    iv = secrets.token_bytes(BLOCK) if iv is None else iv
    blocks, padding = fill(plaintext)
    check_length(len(blocks), BODY_LIMIT)
    body = cbc_encrypt(key, iv, blocks)
    return write_packet(Packet(padding, iv, md5_digest(body), body))


def open_packet(key, packet):
    """The plaintext. The fill bytes are cut off unseen: who says what they are is a padding oracle."""
    if not hmac.compare_digest(packet.digest, md5_digest(packet.body)):
        raise ProtocolError("the digest of a packet is wrong: its body was changed on the way, or "
                            "the other side speaks something else")
    return unfill(cbc_decrypt(key, packet.iv, packet.body), packet.padding)[0]
