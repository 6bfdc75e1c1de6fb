"""RSA signatures (PKCS#1 v1.5 with SHA-256, RFC 8017) and private keys from PKCS#8.

Python's pow takes different times for different exponents: good enough for a test partner, not for
a key that anybody depends on. Written from the specification alone.
"""

import hashlib
import hmac
from collections import namedtuple

import uchat_der as der
from uchat_values import ProtocolError

RSA_ENCRYPTION = "1.2.840.113549.1.1.1"
# DigestInfo for SHA-256: RFC 8017, section 9.2, note 1.
DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")

PrivateKey = namedtuple("PrivateKey", "public d")


class PublicKey(namedtuple("PublicKey", "n e")):
    @property
    def size(self):
        return (self.n.bit_length() + 7) // 8

    def check(self):
        """What the specification accepts."""
        if self.n % 2 == 0 or not 2048 <= self.n.bit_length() <= 4096:
            raise ProtocolError("an RSA modulus of %d bits; accepted are odd ones of 2048 to 4096"
                                % self.n.bit_length())
        if self.e % 2 == 0 or not 65537 <= self.e <= 1 << 32:
            raise ProtocolError("the RSA exponent %d; accepted are odd ones from 65537 to 2^32"
                                % self.e)
        return self


def encoded(message, size):
    """EMSA-PKCS1-v1_5: the one number whose power a signature may be."""
    info = DIGEST_INFO + hashlib.sha256(message).digest()
    return b"\x00\x01" + b"\xff" * (size - 3 - len(info)) + b"\x00" + info


def sign(key, message):
    n, size = key.public.n, key.public.size
    number = pow(int.from_bytes(encoded(message, size), "big"), key.d, n)
    signature = number.to_bytes(size, "big")
    # A key file whose parts do not belong together must not produce a signature.
    if not verifies(key.public, message, signature):
        raise ProtocolError("the private key does not fit its public key")
    return signature


def verifies(public, message, signature):
    """By comparison with the one expected encoding: nothing is parsed, so nothing can be forged."""
    if len(signature) != public.size or int.from_bytes(signature, "big") >= public.n:
        return False
    number = pow(int.from_bytes(signature, "big"), public.e, public.n)
    return hmac.compare_digest(number.to_bytes(public.size, "big"), encoded(message, public.size))


# Keys in DER.

def read_algorithm(reader, what):
    """The identifier of an RSA algorithm: its parameters are NULL (RFC 4055)."""
    algorithm = reader.sequence(what)
    name = algorithm.oid(what)
    if algorithm.body(der.NULL, "the parameters of " + what):
        raise ProtocolError("the NULL in %s is not empty" % what)
    algorithm.end(what)
    return name


def read_public_key(data):
    """From a SubjectPublicKeyInfo."""
    info = der.read_all(data, der.SEQUENCE, "the public key")
    if read_algorithm(info, "the key's algorithm") != RSA_ENCRYPTION:
        raise ProtocolError("the public key is not an RSA key")
    body = info.bit_string("the public key")
    info.end("the public key")
    numbers = der.read_all(body, der.SEQUENCE, "the RSA key")
    key = PublicKey(numbers.integer("the modulus"), numbers.integer("the exponent"))
    numbers.end("the RSA key")
    return key.check()


def read_private_key(data):
    """From PKCS#8 (RFC 5958), not encrypted."""
    info = der.read_all(data, der.SEQUENCE, "the private key")
    info.integer("the version")
    if read_algorithm(info, "the key's algorithm") != RSA_ENCRYPTION:
        raise ProtocolError("the private key is not an RSA key")
    # Attributes may follow; they say nothing that a signature needs.
    numbers = der.read_all(info.body(der.OCTET_STRING, "the private key"), der.SEQUENCE,
                           "the RSA private key")
    if numbers.integer("the version") != 0:
        raise ProtocolError("an RSA key of more than two primes")
    n, e, d = (numbers.integer(what) for what in ("the modulus", "the exponent", "the secret"))
    return PrivateKey(PublicKey(n, e).check(), d)


def private_key_from_pem(text):
    blocks = der.pem_blocks(text, "PRIVATE KEY")
    if der.pem_blocks(text, "ENCRYPTED PRIVATE KEY"):
        raise ProtocolError("the private key is encrypted, and this peer asks for no password")
    if len(blocks) != 1:
        raise ProtocolError("expected one PRIVATE KEY in PEM (PKCS#8), found %d" % len(blocks))
    return read_private_key(blocks[0])
