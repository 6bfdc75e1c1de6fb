"""The signed handshake of stage 7, both roles: generators that yield while they need more bytes.

    -> client_hello
    <- server_hello, then under keys: encrypted_extensions, certificate, certificate_verify, finished
    -> access if wanted, certificate and certificate_verify if wanted, finished

No sockets, and all randomness comes in through Chance. Written from the specification alone.
"""

import hashlib
import hmac
import secrets
from collections import namedtuple

import uchat_rsa as rsa
import uchat_x509 as x509
from uchat_channel import KeySchedule, expand_label, hmac_sha256
from uchat_secret import FFDHE2048, KeyPair
from uchat_spec import ProtocolError, challenge_answer

VERSION, GROUP_FFDHE2048, RSA_PKCS1_SHA256 = 0x0001, 0x0100, 0x0401
CLIENT_HELLO, SERVER_HELLO, ENCRYPTED_EXTENSIONS = 1, 2, 8
CERTIFICATE, CERTIFICATE_VERIFY, FINISHED, ACCESS = 11, 15, 20, 64
NAMES = {CLIENT_HELLO: "client_hello", SERVER_HELLO: "server_hello",
         ENCRYPTED_EXTENSIONS: "encrypted_extensions", CERTIFICATE: "certificate",
         CERTIFICATE_VERIFY: "certificate_verify", FINISHED: "finished", ACCESS: "access"}
WANTS_ACCESS, WANTS_CERTIFICATE = 1, 2
SERVER_CONTEXT = b"uchat 1, server CertificateVerify"
CLIENT_CONTEXT = b"uchat 1, client CertificateVerify"

# chain: certificates in DER, leaf first, the CA's last. What a side does not have is None, or [].
ClientSetup = namedtuple("ClientSetup", "ca name chain key access_key")
ServerSetup = namedtuple("ServerSetup", "chain key client_ca access_key")


class OtherVersion(ProtocolError):
    """The two programs are of different age."""


class Chance:
    """The randomness of one side of one handshake."""

    def __init__(self, random=None, exponent=None, challenge=None):
        self.random = secrets.token_bytes(32) if random is None else random
        self.exponent = exponent
        self.challenge = secrets.token_bytes(32) if challenge is None else challenge


# Messages: type u8 | length u24 | body.

def prefixed(data, size):
    if len(data) >= 256**size:
        raise ProtocolError("%d bytes do not fit behind a length of %d" % (len(data), size))
    return len(data).to_bytes(size, "big") + data


class Body:
    """The fields of a message, one after the other."""

    def __init__(self, kind, data):
        self.name, self.data = NAMES[kind], data

    def take(self, size):
        if len(self.data) < size:
            raise ProtocolError("%s is cut off" % self.name)
        part, self.data = self.data[:size], self.data[size:]
        return part

    def number(self, size):
        return int.from_bytes(self.take(size), "big")

    def prefixed(self, size):
        return self.take(self.number(size))

    def end(self):
        if self.data:
            raise ProtocolError("%d bytes are left over after %s" % (len(self.data), self.name))


class Talk:
    """Handshake messages over a channel, and their transcript."""

    def __init__(self, channel):
        self.channel, self.transcript = channel, b""

    def hash(self):
        return hashlib.sha256(self.transcript).digest()

    def say(self, kind, body):
        data = bytes([kind]) + prefixed(body, 3)
        self.transcript += data
        self.channel.send(data)

    def hear(self, kind):
        """The body of the next message, which must be of this kind."""
        data = yield from self.channel.receive()
        if len(data) < 4 or len(data) != 4 + int.from_bytes(data[1:4], "big"):
            raise ProtocolError("expected %s, got no handshake message" % NAMES[kind])
        if data[0] != kind:
            raise ProtocolError("expected %s, got %s" % (NAMES[kind], NAMES.get(data[0], data[0])))
        self.transcript += data
        return Body(kind, data[4:])


def write_hello(random, public):
    return VERSION.to_bytes(2, "big") + random + GROUP_FFDHE2048.to_bytes(2, "big") + public


def read_hello(body, other):
    """The key share; the version comes first, because it says how to read the rest."""
    version = body.number(2)
    if version != VERSION:
        raise OtherVersion("the %s speaks version %d of the handshake and this program version %d: %s "
                           "is too old" % (other, version, VERSION,
                                           "this program" if version > VERSION else "the " + other))
    body.take(32)
    group = body.number(2)
    if group != GROUP_FFDHE2048:
        raise ProtocolError("the group %04x; expected ffdhe2048 (0100)" % group)
    return body.take(256)


def write_chain(chain):
    return b"".join(prefixed(one, 3) for one in chain)


def read_chain(body):
    chain = []
    while body.data:
        chain.append(body.prefixed(3))
    return chain


def signed_content(context, transcript_hash):
    return b" " * 64 + context + b"\x00" + transcript_hash


def say_signature(talk, context, key):
    signature = rsa.sign(key, signed_content(context, talk.hash()))
    talk.say(CERTIFICATE_VERIFY, RSA_PKCS1_SHA256.to_bytes(2, "big") + prefixed(signature, 2))


def hear_signature(talk, context, leaf):
    content = signed_content(context, talk.hash())
    body = yield from talk.hear(CERTIFICATE_VERIFY)
    scheme, signature = body.number(2), body.prefixed(2)
    body.end()
    if scheme != RSA_PKCS1_SHA256:
        raise ProtocolError("the signature scheme %04x; expected 0401" % scheme)
    if not rsa.verifies(leaf.key, content, signature):
        raise ProtocolError("the signature over the handshake is wrong")


def finished(traffic_secret, transcript_hash):
    return hmac_sha256(expand_label(traffic_secret, b"finished", b"", 32), transcript_hash)


def hear_finished(talk, traffic_secret):
    expected = finished(traffic_secret, talk.hash())
    body = yield from talk.hear(FINISHED)
    found = body.take(32)
    body.end()
    if not hmac.compare_digest(found, expected):
        raise ProtocolError("the other side's finished is wrong")


def access_answer(access_key, challenge, transcript_hash):
    return challenge_answer(access_key, b"uchat access\x00" + challenge + transcript_hash)


# The roles. Both return the leaf certificate of the other side; None if it showed none.

def client(channel, setup, chance):
    talk, pair = Talk(channel), KeyPair(FFDHE2048, chance.exponent)
    # Host names have no case; one spelling is enough on the wire.
    name = prefixed(setup.name.lower().encode("utf-8"), 1)
    talk.say(CLIENT_HELLO, write_hello(chance.random, pair.public) + name)
    body = yield from talk.hear(SERVER_HELLO)
    shared = pair.shared_value(read_hello(body, "server"))
    body.end()
    schedule = KeySchedule(shared.to_bytes(256, "big"))
    to_server, to_client = schedule.handshake_traffic(talk.hash())
    channel.protect_sent(to_server)
    channel.protect_received(to_client)

    body = yield from talk.hear(ENCRYPTED_EXTENSIONS)
    flags = body.number(1)
    if flags > WANTS_ACCESS | WANTS_CERTIFICATE:
        raise ProtocolError("the flags %02x; bits 0 and 1 are known" % flags)
    challenge = body.take(32) if flags & WANTS_ACCESS else None
    body.end()
    chain = read_chain((yield from talk.hear(CERTIFICATE)))
    leaf = x509.verify_chain(chain, setup.ca, x509.SERVER_AUTH, setup.name)
    yield from hear_signature(talk, SERVER_CONTEXT, leaf)
    yield from hear_finished(talk, to_client)

    transcript_hash = talk.hash()
    application = schedule.application_traffic(transcript_hash)
    channel.protect_received(application[1])
    if challenge is not None:
        if setup.access_key is None:
            raise ProtocolError("the server wants an access key (--access-key-file)")
        talk.say(ACCESS, access_answer(setup.access_key, challenge, transcript_hash))
    if flags & WANTS_CERTIFICATE:
        talk.say(CERTIFICATE, write_chain(setup.chain))
        if setup.chain:
            say_signature(talk, CLIENT_CONTEXT, setup.key)
    talk.say(FINISHED, finished(to_server, talk.hash()))
    channel.protect_sent(application[0])
    channel.finish()
    return leaf


def server(channel, setup, chance):
    talk, pair = Talk(channel), KeyPair(FFDHE2048, chance.exponent)
    body = yield from talk.hear(CLIENT_HELLO)
    try:
        share = read_hello(body, "client")
    except OtherVersion:
        # A hello that ends after our version, and then the alert: so the other user reads which side is too old.
        talk.say(SERVER_HELLO, VERSION.to_bytes(2, "big"))
        raise
    body.prefixed(1)
    body.end()
    shared = pair.shared_value(share)
    talk.say(SERVER_HELLO, write_hello(chance.random, pair.public))
    schedule = KeySchedule(shared.to_bytes(256, "big"))
    to_server, to_client = schedule.handshake_traffic(talk.hash())
    channel.protect_sent(to_client)
    channel.protect_received(to_server)

    wants_access, wants_certificate = setup.access_key is not None, setup.client_ca is not None
    flags = wants_access * WANTS_ACCESS | wants_certificate * WANTS_CERTIFICATE
    talk.say(ENCRYPTED_EXTENSIONS, bytes([flags]) + (chance.challenge if wants_access else b""))
    talk.say(CERTIFICATE, write_chain(setup.chain))
    say_signature(talk, SERVER_CONTEXT, setup.key)
    talk.say(FINISHED, finished(to_client, talk.hash()))

    transcript_hash, leaf = talk.hash(), None
    application = schedule.application_traffic(transcript_hash)
    channel.protect_sent(application[1])
    if wants_access:
        expected = access_answer(setup.access_key, chance.challenge, transcript_hash)
        body = yield from talk.hear(ACCESS)
        found = body.take(16)
        body.end()
        if not hmac.compare_digest(found, expected):
            raise ProtocolError("a client has the wrong access key")
    if wants_certificate:
        chain = read_chain((yield from talk.hear(CERTIFICATE)))
        if not chain:
            raise ProtocolError("a client has no certificate, and this server wants one")
        leaf = x509.verify_chain(chain, setup.client_ca, x509.CLIENT_AUTH)
        yield from hear_signature(talk, CLIENT_CONTEXT, leaf)
    yield from hear_finished(talk, to_server)
    channel.protect_received(application[0])
    channel.finish()
    return leaf
