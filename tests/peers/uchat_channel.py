"""The channel of stage 7 without its handshake: HKDF, the key schedule, keyed packets, alerts.

Shape and names follow TLS 1.3 (RFC 8446, section 7.1), with labels that begin with `uchat `. No
sockets: bytes in, bytes out. Written from the specification alone.
"""

import hashlib
import hmac
import secrets
import struct

import uchat_packet as packet
from uchat_spec import FrameDecoder, ProtocolError, encode_frame

CLOSE_NOTIFY, ALERT = b"\xf0", b"\xf1"
ALERT_FRAME = encode_frame(ALERT)
HANDSHAKE_LIMIT = 16 << 10
HASH_SIZE = 32


class Alerted(ProtocolError):
    """The other side ended the connection: nothing may be said to it any more."""


# Keys.

def hmac_sha256(key, data):
    return hmac.new(key, data, "sha256").digest()


def hkdf_extract(salt, secret):
    """RFC 5869, section 2.2."""
    return hmac_sha256(salt, secret)


def hkdf_expand(secret, info, length):
    """RFC 5869, section 2.3."""
    block, out = b"", b""
    for number in range(1, -(-length // HASH_SIZE) + 1):
        block = hmac_sha256(secret, block + info + bytes([number]))
        out += block
    return out[:length]


def expand_label(secret, label, context, length, prefix=b"uchat "):
    """HKDF-Expand-Label of RFC 8446, section 7.1; only the prefix is our own."""
    label = prefix + label
    info = struct.pack(">HB", length, len(label)) + label + bytes([len(context)]) + context
    return hkdf_expand(secret, info, length)


def derive_secret(secret, label, transcript_hash, prefix=b"uchat "):
    return expand_label(secret, label, transcript_hash, HASH_SIZE, prefix)


class KeySchedule:
    """Every secret that follows from the shared value Z."""

    def __init__(self, shared_value, prefix=b"uchat "):
        self.prefix, nothing = prefix, hashlib.sha256(b"").digest()
        self.early = hkdf_extract(bytes(32), bytes(32))
        self.handshake_salt = derive_secret(self.early, b"derived", nothing, prefix)
        self.handshake = hkdf_extract(self.handshake_salt, shared_value)
        self.main_salt = derive_secret(self.handshake, b"derived", nothing, prefix)
        self.main = hkdf_extract(self.main_salt, bytes(32))

    def handshake_traffic(self, transcript_hash):
        """Client to server, server to client; the transcript ends with server_hello."""
        return self._pair(self.handshake, b"hs", transcript_hash)

    def application_traffic(self, transcript_hash):
        """The transcript ends with the server's finished."""
        return self._pair(self.main, b"ap", transcript_hash)

    def _pair(self, secret, phase, transcript_hash):
        return tuple(derive_secret(secret, b"%s %s traffic" % (side, phase), transcript_hash,
                                   self.prefix) for side in (b"c", b"s"))


# Keyed packets.

class Direction:
    """The packets that go one way under one traffic secret."""

    def __init__(self, secret):
        self.secret, self.sequence = secret, 0
        self.key = expand_label(secret, b"key", b"", 32)
        self.mac_key = expand_label(secret, b"mac", b"", 32)

    def mac(self, padding, iv, body):
        head = struct.pack(">Q", self.sequence) + packet.header(len(body), padding, iv)
        return hmac_sha256(self.mac_key, head + body)

    def seal(self, plaintext, iv):
        blocks, padding = packet.fill(plaintext)
        body = packet.cbc_encrypt(self.key, iv, blocks)
        sealed = packet.write_packet(packet.Packet(padding, iv, self.mac(padding, iv, body), body))
        self.sequence += 1
        return sealed

    def is_genuine(self, found):
        return hmac.compare_digest(found.digest, self.mac(found.padding, found.iv, found.body))

    def open(self, found):
        # Before anything is decrypted: so there is no padding oracle.
        if not self.is_genuine(found):
            raise ProtocolError("a packet is not genuine: changed, repeated, lost or reordered on "
                                "the way, or made under other keys")
        self.sequence += 1
        blocks = packet.cbc_decrypt(self.key, found.iv, found.body)
        plaintext, rest = packet.unfill(blocks, found.padding)
        if any(rest):
            raise ProtocolError("the fill bytes of a packet are not zero")
        return plaintext


class Channel:
    """Frames until there are keys, then keyed packets: `feed` takes bytes, `output` collects them."""

    def __init__(self, make_iv=lambda: secrets.token_bytes(16)):
        self.make_iv, self.output, self.received = make_iv, bytearray(), 0
        self.sending = self.receiving = None
        self.frames = FrameDecoder(limit=HANDSHAKE_LIMIT)
        self.packets = packet.PacketDecoder(HANDSHAKE_LIMIT)
        # One stream of bytes: what follows the last frame is the first packet.
        self.packets.buffer = self.frames.buffer

    def feed(self, data):
        self.frames.feed(data)

    @property
    def incomplete(self):
        """Is there a frame or packet that has begun and not ended?"""
        return self.frames.incomplete

    def send(self, plaintext):
        if self.sending is None:
            self.output += encode_frame(plaintext, limit=HANDSHAKE_LIMIT)
        else:
            if len(plaintext) > self.packets.limit:
                raise ProtocolError("%d bytes do not fit into one packet" % len(plaintext))
            self.output += self.sending.seal(plaintext, self.make_iv())

    def next(self):
        """The content of the next frame or packet, None while it is incomplete."""
        if self.receiving is None:
            plaintext = self.frames.next()
        else:
            # Who cannot use a server_hello has no keys, so its alert is still a frame.
            if self.received == 1 and self.frames.buffer == ALERT_FRAME:
                raise Alerted("the other side could not use our hello; its log says why")
            found = self.packets.next()
            plaintext = None if found is None else self.receiving.open(found)
        self.received += plaintext is not None
        if plaintext == ALERT:
            raise Alerted("the other side ended the connection with an alert; its log says why")
        return plaintext

    def receive(self):
        """As `next`, for generators: they yield while more bytes are needed."""
        while True:
            plaintext = self.next()
            if plaintext is not None:
                return plaintext
            yield

    def protect_sent(self, secret):
        self.sending = Direction(secret)

    def protect_received(self, secret):
        self.receiving = Direction(secret)

    def finish(self):
        """The handshake is over: messages may be longer than its own."""
        self.packets.limit = packet.BODY_LIMIT
