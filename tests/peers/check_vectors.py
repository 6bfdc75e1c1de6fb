"""check_vectors.py VECTORS.json: the peers' own protocol module against published data.

A peer that is wrong itself proves nothing.
"""

import hashlib
import hmac
import json
import os
import sys

import uchat_packet as packet
import uchat_secret as secret
import uchat_spec as spec
from check_channel import check_channel
from check_packets import check_answers, check_packet_shapes, check_packets
from peer_files import Refusal, safe_name

# RFC 2202, section 2: key, data, digest.
RFC_2202 = [
    (b"\x0b" * 16, b"Hi There", "9294727a3638bb1c13f48ef8158bfc9d"),
    (b"Jefe", b"what do ya want for nothing?", "750c783e6ab0b503eaa86e310a5db738"),
    (b"\xaa" * 16, b"\xdd" * 50, "56be34521d144c88dbb8c733f0e8b3f6"),
    (bytes(range(1, 26)), b"\xcd" * 50, "697eaf0aca3a3aea3a75164746ffaa79"),
    (b"\x0c" * 16, b"Test With Truncation", "56461ef2342edc00f9bab995690efd4c"),
    (b"\xaa" * 80, b"Test Using Larger Than Block-Size Key - Hash Key First",
     "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd"),
    (b"\xaa" * 80, b"Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data",
     "6f630fad67cda0ee1fb1f562db3aa53e"),
]

# RFC 6229, section 2: key, offset in the keystream, sixteen bytes.
RFC_6229 = [
    ("0102030405", 0, "b2396305f03dc027ccc3524a0a1118a8"),
    ("0102030405", 16, "6982944f18fc82d589c403a47a0d0919"),
    ("0102030405", 240, "28cb1132c96ce286421dcaadb8b69eae"),
    ("0102030405", 256, "1cfcf62b03eddb641d77dfcf7f8d8c93"),
    ("0102030405060708090a0b0c0d0e0f10", 0, "9ac7cc9a609d1ef7b2932899cde41b97"),
    ("0102030405060708090a0b0c0d0e0f10", 16, "5248c4959014126a6e8a84f11d1a9e1c"),
    ("0102030405060708090a0b0c0d0e0f10", 240, "065902e4b620f6cc36c8589f66432f2b"),
    ("0102030405060708090a0b0c0d0e0f10", 256, "d39d566bc6bce3010768151549f3873f"),
]


def nested(depth, kind):
    """A value whose innermost list or dict is at `depth`; built by hand, not by the encoder."""
    data = b""
    for level in range(depth):
        if kind == 5 and level:
            data = b"\x01k" + data
        data = bytes([kind]) + len(data).to_bytes(4, "big") + data
    return data


# What is wrong with it, and the bytes in hex.
MALFORMED = [
    ("nothing at all", ""),
    ("None, then a byte left over", "0000"),
    ("None with a length", "0000000000"),
    ("type 8", "0800000000"),
    ("type 255", "ff00000000"),
    ("type without length", "01"),
    ("length cut off", "03000000"),
    ("int without a byte", "0100000000"),
    ("int with a leading zero", "01000000020001"),
    ("zero in two bytes", "01000000020000"),
    ("int of nine bytes", "0100000009010000000000000000"),
    ("float of three bytes", "0200000003000000"),
    ("float of eight bytes", "02000000080000000000000000"),
    ("float without a byte", "0200000000"),
    ("str that is not UTF-8", "0300000001ff"),
    ("str with an overlong zero", "0300000002c080"),
    ("str with a surrogate", "0300000003eda080"),
    ("str beyond the end", "030000000561"),
    ("str of 4 GiB", "03ffffffff61"),
    ("byte left over after a str", "03000000016100"),
    ("second value left over", "010000000101" + "010000000101"),
    ("list beyond the end", "040000000200"),
    ("element beyond its list", "0400000006" + "030000000261" + "62"),
    ("type 9 in a list", "0400000001" + "09"),
    ("cut length in a list", "0400000003" + "030000"),
    ("dict beyond the end", "05000000ff00"),
    ("key beyond its dict", "0500000003" + "05" + "6162"),
    ("key without a value", "0500000002" + "01" + "6b"),
    ("key not ASCII", "0500000004" + "02" + "c3a9" + "00"),
    ("value beyond its dict", "0500000007" + "016b" + "0600000001" + "01"),
    ("repeated key", "0500000006" + "016b00" + "016b00"),
    ("bool without a byte", "0600000000"),
    ("bool 2", "060000000102"),
    ("bool of two bytes", "06000000020001"),
    ("bytes beyond the end", "07000000020a"),
    ("33 lists", nested(33, 4).hex()),
    ("33 dicts", nested(33, 5).hex()),
    ("10000 lists", nested(10000, 4).hex()),
]

# Values the encoder must not write, and JSON text nobody may mean.
UNWRITABLE = [-1, 1 << 64, 1e39, "\ud800", {"é": 1}, {"k" * 256: 1}, {1: 1}, (1, 2), object()]
BAD_JSON = ["", "{", "NaN", "1e999", '{"a":1,"a":2}', '{"$bytes":"0"}', '{"$bytes":"0 00"}',
            '{"$bytes":5}', "[" * 33 + "]" * 33, "[" * 100000]
# Values at the edge of what is allowed, with their bytes.
EDGES = [
    (None, "00"), (0, "010000000100"), (255, "0100000001ff"), (256, "01000000020100"),
    ((1 << 64) - 1, "0100000008ffffffffffffffff"), (1.5, "02000000043fc00000"),
    (-0.0, "020000000480000000"), (float("inf"), "02000000047f800000"),
    (spec.Float32(1.1), "02000000043f8ccccd"), (b"", "0700000000"), ([], "0400000000"),
    ({}, "0500000000"), ({"": None}, "05000000020000"), ([None, False], "0400000007" "00" "060000000100"),
    ({"b": 1, "a": True}, "0500000010" "0162010000000101" "0161060000000101"),
]


# A safe prime of 512 bits, from `openssl prime -generate -safe -bits 512`.
SAFE_PRIME = int(
    "113446464182967036184142008898931137898835212944281677928439130277693874545222"
    "54050738239491722407805536247175266921682274923090563703809961046135159176163")


class Failed(Exception):
    """The name of the vector that did not hold."""


class Checker:
    def __init__(self):
        self.count = 0

    def equal(self, name, found, expected):
        self.count += 1
        # True == 1 in Python, but not on the wire.
        if found != expected or isinstance(found, bool) != isinstance(expected, bool):
            raise Failed("%s: got %.200r, expected %.200r" % (name, found, expected))

    def refused(self, name, action, *arguments, error=spec.ProtocolError):
        self.count += 1
        try:
            found = action(*arguments)
        except error:
            return
        raise Failed("%s: must be refused, but gave %.200r" % (name, found))


def check_challenge(check):
    for number, (key, data, digest) in enumerate(RFC_2202, 1):
        name = "RFC 2202 test case %d" % number
        check.equal(name, spec.challenge_answer(key, data).hex(), digest)
        check.equal(name + " by hmac", hmac.new(key, data, "md5").hexdigest(), digest)


def check_messages(check, messages):
    for number, entry in enumerate(messages, 1):
        name = "message %d (operation %s)" % (number, entry["operation"])
        data = spec.parse_hex(entry["bytes"])
        message = spec.Message(entry["operation"], spec.from_json(entry["value"]))
        check.equal(name + " encoded", message.encode().hex(), data.hex())
        back = spec.Message.decode(data)
        check.equal(name + " operation decoded", back.operation, entry["operation"])
        # Compared as text, because dicts compare equal in any order and True equals 1.
        check.equal(name + " value decoded", json.dumps(spec.to_json(back.value)),
                    json.dumps(entry["value"]))


def check_values(check):
    for value, data in EDGES:
        check.equal("%r encoded" % (value,), spec.encode_value(value).hex(), data)
        check.equal("%r decoded" % (value,), spec.decode_value(bytes.fromhex(data)), value)
    for kind, name in ((4, "32 lists"), (5, "32 dicts")):
        data = nested(32, kind)
        check.equal(name, spec.encode_value(spec.decode_value(data)), data)
        check.refused("33 of them written", lambda: spec.encode_value([spec.decode_value(data)]))
    for name, data in MALFORMED:
        check.refused(name, spec.decode_value, bytes.fromhex(data))
    for value in UNWRITABLE:
        check.refused("the value %.40r" % (value,), spec.encode_value, value)
    for text in BAD_JSON:
        check.refused("the JSON %.40s" % text, lambda: spec.from_json(spec.parse_json(text)))
    check.refused('a dict that looks like "$bytes"', spec.to_json, {"$bytes": "00"})
    check.refused("not a number as JSON", spec.to_json, float("nan"))
    check.refused("a message without an operation", spec.Message.decode, b"")
    check.refused("a message without a value", spec.Message.decode, b"\x01")
    check.refused("operation 256", spec.Message, 256, None)


def check_frames(check):
    check.equal("frame", spec.encode_frame(b"abc").hex(), "00000003616263")
    check.equal("little-endian frame", spec.encode_frame(b"abc", True).hex(), "03000000616263")
    for little in (False, True):
        decoder, found = spec.FrameDecoder(little), []
        for byte in spec.encode_frame(b"abc", little) + spec.encode_frame(b"", little):
            decoder.feed(bytes([byte]))
            found.append(decoder.next())
        check.equal("frames byte by byte", [f for f in found if f is not None], [b"abc", b""])
        check.equal("frames leave nothing", decoder.incomplete, False)
    for name, little, header in (("frame over 1 MiB", False, "00100001"), ("huge frame", False, "ffffffff"),
                                 ("little-endian frame over 1 MiB", True, "01001000"),
                                 ("negative length", True, "ffffffff")):
        decoder = spec.FrameDecoder(little)
        decoder.feed(bytes.fromhex(header))
        check.refused(name, decoder.next)
    check.refused("frame over 1 MiB written", spec.encode_frame, bytes((1 << 20) + 1))
    check.equal("upper case", spec.upper("straße".encode()), b"STRASSE")
    check.equal("upper case of bytes that are not UTF-8", spec.upper(b"a\xe9z\xc3"), b"A\xe9Z\xc3")


def check_file_names(check):
    for said, stored in (("a.txt", "a.txt"), ("/abs/olute", "olute"), ("..\\..\\up.txt", "up.txt"),
                         ("..bashrc", "bashrc"), ("end. .", "end"), ("小明.txt", "小明.txt"),
                         ("a:b<c>.txt", "a_b_c_.txt"), ("tab\there\0", "tab_here_"), ("photo\u202egpj.exe", "photo_gpj.exe"),
                         ("nul.txt", "_nul.txt"),
                         ("Com1", "_Com1"), ("console", "console"), ("x" * 180, "x" * 180)):
        check.equal("the file name %.20a" % said, safe_name(said), stored)
    for said in ("", "..", "a/", ". .", "x" * 181, "é" * 91):
        check.refused("the file name %.20a" % said, safe_name, said, error=Refusal)


def check_rc4(check):
    for key, offset, expected in RFC_6229:
        name = "RC4 under %s from %d" % (key, offset)
        stream = secret.RC4(bytes.fromhex(key))
        check.equal(name, stream.apply(bytes(offset + 16))[offset:].hex(), expected)
        stream = secret.RC4(bytes.fromhex(key))
        stream.apply(bytes(offset))
        # A frame may be empty, and the keystream must not move for it.
        check.equal(name + ", nothing", stream.apply(b""), b"")
        check.equal(name + ", in pieces", (stream.apply(bytes(5)) + stream.apply(bytes(11))).hex(),
                    expected)
    key = bytes(range(32))
    for one, names in ((False, (b"C", b"S")), (True, (b"", b""))):
        for stream, name in zip(secret.keystreams(key, one), names):
            check.equal("keystream %r" % name, stream.apply(bytes(64)),
                        secret.RC4(key + name).apply(bytes(64)))


def check_groups(check):
    p = secret.FFDHE2048.p
    # Both ends of the prime as RFC 7919 prints it.
    check.equal("ffdhe2048 begins", "%x" % (p >> (2048 - 192)),
                "ffffffffffffffffadf85458a2bb4a9aafdc5620273d3cf1")
    check.equal("ffdhe2048 ends", "%x" % (p % 2**128), "886b423861285c97ffffffffffffffff")
    check.equal("ffdhe2048 is prime", secret.is_prime(p), True)
    check.equal("ffdhe2048 is a safe prime", secret.is_prime((p - 1) // 2), True)
    check.equal("the order of 2 in ffdhe2048", pow(2, (p - 1) // 2, p), 1)
    p = secret.HISTORIC.p
    check.equal("bits of the historic prime", p.bit_length(), 768)
    check.equal("the historic p is prime", secret.is_prime(p), True)
    check.equal("the historic p - 1 by 24", (p - 1) % 24, 0)
    check.equal("the rest is composite", secret.is_prime((p - 1) // 24), False)
    check.equal("the primes of 12 bits", len(secret.TWELVE_BIT_PRIMES), 255)
    check.equal("the primes below 1000", sum(map(secret.is_prime, range(1000))), 168)
    # Strong pseudoprimes to the bases 2, 3, 5 and 7, and a Carmichael number.
    for number in (3215031751, 3825123056546413051, 17 * 41 * 73 * 137, 29 * 113 * 1093):
        check.equal("%d is composite" % number, secret.is_prime(number), False)
    check.equal("a group of one's own", secret.own_group(" %d\n" % SAFE_PRIME)[:2], (4, SAFE_PRIME))
    # Too short, too long, composite, and prime but not a safe one: 2**521 - 1.
    for number in (23, 2**4096 + 1, SAFE_PRIME + 2, 2**521 - 1):
        check.refused("the group %.20d" % number, secret.own_group, str(number))
    for text in ("", "-%d" % SAFE_PRIME, "7 7", "0x17", "\u0662\u0663", "9" * 5000):
        check.refused("the group %.20s" % ascii(text), secret.own_group, text)


def small_group(p):
    """Too small to be used, but not to be checked: here chance gives every value soon."""
    return secret.Group(4, p, secret.long_exponent)


def check_dh(check, entries):
    group = secret.HISTORIC
    for number, entry in enumerate(entries, 1):
        name = "key exchange %d" % number
        a, b = secret.KeyPair(group, entry["a"]), secret.KeyPair(group, entry["b"])
        check.equal(name + ", A", a.public, int(entry["A"]).to_bytes(96, "big"))
        check.equal(name + ", B", b.public, int(entry["B"]).to_bytes(96, "big"))
        check.equal(name + ", key from a and B", a.shared_key(b.public).hex(), entry["key"])
        check.equal(name + ", key from b and A", b.shared_key(a.public).hex(), entry["key"])
    for name, group in (("historic", group), ("ffdhe2048", secret.FFDHE2048),
                        ("of 512 bits", secret.own_group(str(SAFE_PRIME))), ("small", small_group(23)),
                        ("smallest", small_group(7))):
        pair, other, size = secret.KeyPair(group), secret.KeyPair(group), (group.p.bit_length() + 7) // 8
        check.equal(name + ": both keys", pair.shared_key(other.public), other.shared_key(pair.public))
        for value in (0, 1, group.p - 1, group.p, 256**size - 1):
            check.refused("%s: the value %.20d" % (name, value), pair.shared_key,
                          value.to_bytes(size, "big"))
        for value in (2, group.p - 2):
            check.equal(name + ": at the edge", len(pair.shared_key(value.to_bytes(size, "big"))), 32)
        for data in (b"", other.public[1:], b"\0" + other.public, other.public + b"\0"):
            check.refused("%s: %d bytes" % (name, len(data)), pair.shared_key, data)
    # 2**11 % 23 is 1 and 4**6 % 23 is 2: a shared value without its leading zeros.
    small = secret.KeyPair(small_group(23), 6)
    check.equal("the key of the value 2", small.shared_key(b"\x04"),
                hashlib.sha256(b"\x02").digest())


def main():
    if len(sys.argv) != 2:
        print("usage: check_vectors.py VECTORS.json", file=sys.stderr)
        return 2
    check = Checker()
    try:
        check_challenge(check)
        with open(sys.argv[1], encoding="utf-8") as file:
            vectors = json.load(file)
        check_messages(check, vectors["messages"])
        check_values(check)
        check_frames(check)
        check_file_names(check)
        check_rc4(check)
        check_groups(check)
        check_dh(check, vectors["dh"])
        check_answers(check)
        if packet.Cipher is None:
            print("skipped: what needs AES; install it with `python3 -m pip install cryptography`",
                  file=sys.stderr)
        else:
            check_packets(check, vectors["packets"])
            check_packet_shapes(check)
            with open(os.path.join(os.path.dirname(sys.argv[1]), "handshake.json"),
                      encoding="utf-8") as file:
                check_channel(check, json.load(file))
    except Failed as failure:
        print("failed: %s" % failure, file=sys.stderr)
        return 1
    except (OSError, ValueError, KeyError, TypeError) as error:
        print("failed: the vectors cannot be used: %r" % error, file=sys.stderr)
        return 1
    print("ok: %d vectors" % check.count)
    return 0


if __name__ == "__main__":
    sys.exit(main())
