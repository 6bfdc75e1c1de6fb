"""The protocol as pure functions over bytes: no sockets, no files.

Written from the specification alone, so that it can disagree with any other
implementation. Everything a peer may not send is refused with ProtocolError.
The values have a module of their own; whoever imports this one gets both.
"""

import hashlib
import struct

from uchat_values import (Float32, ProtocolError, decode_value, encode_value,  # noqa: F401
                          from_json, parse_hex, parse_json, read_value, to_json)

CHALLENGE_SIZE = 32
ANSWER_SIZE = 16
DEFAULT_KEY = b"Jedan has a big key!"
FRAME_LIMIT = 1 << 20


# Section 1: the challenge, and the answer of the echo servers.

def challenge_answer(key, challenge):
    """HMAC-MD5 written out (RFC 2104), so that the check against `hmac` proves something."""
    if len(key) > 64:
        key = hashlib.md5(key).digest()
    key = key.ljust(64, b"\0")
    inner = hashlib.md5(bytes(b ^ 0x36 for b in key) + challenge).digest()
    return hashlib.md5(bytes(b ^ 0x5C for b in key) + inner).digest()


def upper(chunk):
    """Unicode upper case if the whole chunk is UTF-8; otherwise only a-z change."""
    try:
        return chunk.decode("utf-8").upper().encode("utf-8")
    except UnicodeDecodeError:
        return chunk.upper()


# Section 2: frames.

def encode_frame(payload, little_endian=False, limit=FRAME_LIMIT):
    if len(payload) > limit:
        raise ProtocolError("a frame of %d bytes is over the limit of %d" % (len(payload), limit))
    return struct.pack("<i" if little_endian else ">I", len(payload)) + payload


class FrameDecoder:
    """Takes bytes as they arrive; `next` gives whole payloads, None while one is incomplete."""

    def __init__(self, little_endian=False, limit=FRAME_LIMIT):
        self.format = "<i" if little_endian else ">I"
        self.limit = limit
        self.buffer = bytearray()

    def feed(self, data):
        self.buffer += data

    def next(self):
        if len(self.buffer) < 4:
            return None
        # The length is judged as soon as the header is there, before the body is awaited.
        length = struct.unpack_from(self.format, self.buffer)[0]
        if length < 0:
            raise ProtocolError("a frame with the negative length %d" % length)
        if length > self.limit:
            raise ProtocolError("a frame of %d bytes is over the limit of %d" % (length, self.limit))
        if len(self.buffer) < 4 + length:
            return None
        payload = bytes(self.buffer[4:4 + length])
        del self.buffer[:4 + length]
        return payload

    @property
    def incomplete(self):
        return bool(self.buffer)


class Message:
    """An operation byte, then one value."""

    def __init__(self, operation, value):
        if type(operation) is not int or not 0 <= operation <= 255:
            raise ProtocolError("the operation %r is not a number from 0 to 255" % (operation,))
        self.operation, self.value = operation, value

    def encode(self):
        return bytes([self.operation]) + encode_value(self.value)

    @classmethod
    def decode(cls, data):
        if not data:
            raise ProtocolError("a message without an operation")
        return cls(data[0], decode_value(data[1:]))
