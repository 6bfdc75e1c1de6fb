"""A CA, a server and a user that are the same in every run: for tests and vectors only.

Their keys follow from names that everybody can read here, so they protect nothing. The certificates
have the specification's profile; the DER is written by hand, not by anybody's library.
"""

import hashlib

import uchat_rsa as rsa
import uchat_x509 as x509

# How far the next prime lies above the number that a name gives: a search in each run would be slow.
OFFSETS = {"ca p": 36, "ca q": 726, "server p": 578, "server q": 1056, "user p": 526, "user q": 68}
NOT_BEFORE, NOT_AFTER = b"200101000000Z", b"491231235959Z"


def fixed(name, size):
    """Bytes that follow from a name."""
    blocks = (hashlib.sha256(b"uchat test, not secret: %s %d" % (name.encode(), number)).digest()
              for number in range(-(-size // 32)))
    return b"".join(blocks)[:size]


def prime(name):
    # Both upper bits are set, so that the product of two has 2048 bits.
    return (int.from_bytes(fixed(name, 128), "big") | 3 << 1022 | 1) + OFFSETS[name]


# DER, written.

def element(tag, *parts):
    body = b"".join(parts)
    size = len(body)
    if size >= 128:
        length = size.to_bytes((size.bit_length() + 7) // 8, "big")
        return bytes([tag, 0x80 | len(length)]) + length + body
    return bytes([tag, size]) + body


def sequence(*parts):
    return element(0x30, *parts)


def integer(number):
    return element(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def oid(text):
    first, second, *rest = map(int, text.split("."))
    out = bytes([40 * first + second])
    for number in rest:
        groups = [number & 127]
        while number > 127:
            number >>= 7
            groups.append(number & 127 | 128)
        out += bytes(reversed(groups))
    return element(0x06, out)


def algorithm(name):
    return sequence(oid(name), element(0x05))


def extension(name, critical, value):
    flag = element(0x01, b"\xff") if critical else b""
    return sequence(oid(name), flag, element(0x04, value))


# Keys and certificates.

class Identity:
    """A name with its private key; its certificate is made by an issuer."""

    def __init__(self, name):
        self.name, e = name, 65537
        p, q = prime(name + " p"), prime(name + " q")
        d = pow(e, -1, (p - 1) * (q - 1))
        self.key = rsa.PrivateKey(rsa.PublicKey(p * q, e), d)
        numbers = (0, p * q, e, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))
        private = sequence(*map(integer, numbers))
        self.pkcs8 = sequence(integer(0), algorithm(rsa.RSA_ENCRYPTION), element(0x04, private))
        public = sequence(integer(p * q), integer(e))
        self.spki = sequence(algorithm(rsa.RSA_ENCRYPTION), element(0x03, b"\x00", public))
        self.key_id = hashlib.sha1(public).digest()
        attribute = sequence(oid(x509.COMMON_NAME), element(0x0C, b"test " + name.encode()))
        self.subject = sequence(element(0x31, attribute))

    def certify(self, issuer, serial, *extensions):
        """The certificate in DER, signed by the issuer."""
        validity = sequence(element(0x17, NOT_BEFORE), element(0x17, NOT_AFTER))
        signed = sequence(element(0xA0, integer(2)), integer(serial), algorithm(x509.SHA256_WITH_RSA),
                          issuer.subject, validity, self.subject, self.spki,
                          element(0xA3, sequence(*extensions)))
        signature = element(0x03, b"\x00", rsa.sign(issuer.key, signed))
        return sequence(signed, algorithm(x509.SHA256_WITH_RSA), signature)


def ca_certificate(ca):
    return ca.certify(ca, 1, basic_constraints(), key_usage(b"\x02\x04"),
                      extension("2.5.29.14", False, element(0x04, ca.key_id)))


def leaf_certificate(leaf, ca, serial, purpose, *names):
    return leaf.certify(ca, serial, key_usage(b"\x07\x80"),
                        extension(x509.EXTENDED_KEY_USAGE, False, sequence(oid(purpose))),
                        extension(x509.ALT_NAME, False, sequence(*names)),
                        extension("2.5.29.35", False, sequence(element(0x80, ca.key_id))))


def basic_constraints():
    """A CA that signs leaves only."""
    return extension(x509.BASIC_CONSTRAINTS, True, sequence(element(0x01, b"\xff"), integer(0)))


def key_usage(bits):
    return extension(x509.KEY_USAGE, True, element(0x03, bits))


class World:
    """The three identities with their certificates."""

    def __init__(self):
        self.ca, self.server, self.user = Identity("ca"), Identity("server"), Identity("user")
        self.ca_der = ca_certificate(self.ca)
        self.server_der = leaf_certificate(
            self.server, self.ca, 2, x509.SERVER_AUTH, element(0x82, b"localhost"),
            element(0x87, bytes([127, 0, 0, 1])))
        self.user_der = leaf_certificate(
            self.user, self.ca, 3, x509.CLIENT_AUTH, element(0x81, b"alice@example.org"))
