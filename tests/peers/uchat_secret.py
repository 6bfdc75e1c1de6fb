"""Stage 5 as pure functions: Diffie-Hellman and RC4. Both teach; neither is for new designs.

Written from the specification alone. Python's integers take different times for
different numbers, so whoever can measure this program learns something about its secrets.
"""

import hashlib
import secrets
from collections import namedtuple
from functools import partial

from uchat_values import ProtocolError

# exponent: a function without arguments that gives a fresh private exponent.
Group = namedtuple("Group", "g p exponent")


def is_prime(number, rounds=16):
    """Miller-Rabin with random bases: wrong for a composite at most once in 4**rounds."""
    if number < 5 or number % 2 == 0:
        return number in (2, 3)
    twos = ((number - 1) & (1 - number)).bit_length() - 1
    for _ in range(rounds):
        base = 2 + secrets.randbelow(number - 3)
        squares = [pow(base, (number - 1) >> k, number) for k in range(twos, 0, -1)]
        # In a prime's chain of squares, 1 can only follow 1 or -1.
        if squares[0] != 1 and number - 1 not in squares:
            return False
    return True


def floor_of_e(bits):
    """floor(2**bits * e), by e = 1/0! + 1/1! + 1/2! + ..."""
    # Each term loses less than one unit; the 64 extra bits keep that away from the result.
    term, total, number = 1 << (bits + 64), 0, 0
    while term:
        total += term
        number += 1
        term //= number
    return total >> 64


TWELVE_BIT_PRIMES = [n for n in range(1 << 11, 1 << 12) if all(n % d for d in range(2, 64))]
long_exponent = partial(secrets.randbits, 256)

# RFC 7919, appendix A.1.
FFDHE2048 = Group(2, 2**2048 - 2**1984 + (floor_of_e(1918) + 560316) * 2**64 - 1, long_exponent)
HISTORIC = Group(43655024726164288056430428019, int(
    "8360341502861875986016091266111324774849277472351748990777745426609163091800065772656100596538"
    "2687000633651291168924233069966868027355200280298956012715649667176319633840527037449538777516"
    "7451878006613792892125711917661002749401209"), partial(secrets.choice, TWELVE_BIT_PRIMES))


def own_group(text):
    """The group of a safe prime in decimal digits, with g = 4."""
    digits = text.strip()
    # Python itself refuses to read more than 4300 digits; nobody needs as many.
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 4300:
        raise ProtocolError("a group is one number in decimal digits")
    p = int(digits)
    if not 512 <= p.bit_length() <= 4096:
        raise ProtocolError("the prime of a group has 512 to 4096 bits, not %d" % p.bit_length())
    if not is_prime(p) or not is_prime(p // 2):
        raise ProtocolError("the number of the group is not a safe prime")
    return Group(4, p, long_exponent)


class KeyPair:
    """Used for one connection."""

    def __init__(self, group, private=None):
        self.group, self.size = group, (group.p.bit_length() + 7) // 8
        value = 0
        # In small groups chance can give a value that the other side must refuse.
        while not 2 <= value <= group.p - 2:
            self.private = group.exponent() if private is None else private
            value = pow(group.g, self.private, group.p)
        self.public = value.to_bytes(self.size, "big")

    def shared_value(self, public):
        if len(public) != self.size:
            raise ProtocolError("a public value of %d bytes; this group has %d; is it the same "
                                "on both sides?" % (len(public), self.size))
        value = int.from_bytes(public, "big")
        if not 2 <= value <= self.group.p - 2:
            raise ProtocolError("a public value outside 2..p-2")
        return pow(value, self.private, self.group.p)

    def shared_key(self, public):
        shared = self.shared_value(public)
        return hashlib.sha256(shared.to_bytes((shared.bit_length() + 7) // 8, "big")).digest()


class RC4:
    """One keystream; it runs on from call to call."""

    def __init__(self, key):
        self.state, self.i, self.j = list(range(256)), 0, 0
        j = 0
        for i in range(256):
            j = (j + self.state[i] + key[i % len(key)]) & 255
            self.state[i], self.state[j] = self.state[j], self.state[i]

    def apply(self, data):
        """Encrypts and decrypts: both are exclusive-or with the keystream."""
        state, i, j, out = self.state, self.i, self.j, bytearray()
        for byte in data:
            i = (i + 1) & 255
            a = state[i]
            j = (j + a) & 255
            b = state[j]
            state[i], state[j] = b, a
            out.append(byte ^ state[(a + b) & 255])
        self.i, self.j = i, j
        return bytes(out)


def keystreams(key, one_keystream=False):
    """Client to server, and server to client."""
    if one_keystream:
        # The mistake that the keystream-reuse attack needs: the same bytes in both directions.
        return RC4(key), RC4(key)
    return RC4(key + b"C"), RC4(key + b"S")
