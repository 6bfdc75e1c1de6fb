"""check_vectors.py VECTORS.json: the peers' own protocol module against published data.

A peer that is wrong itself proves nothing, so this runs before any peer is trusted.
"""

import hmac
import json
import sys

import uchat_spec as spec

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

    def refused(self, name, action, *arguments):
        self.count += 1
        try:
            found = action(*arguments)
        except spec.ProtocolError:
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


def main():
    if len(sys.argv) != 2:
        print("usage: check_vectors.py VECTORS.json", file=sys.stderr)
        return 2
    check = Checker()
    try:
        check_challenge(check)
        with open(sys.argv[1], encoding="utf-8") as file:
            check_messages(check, json.load(file)["messages"])
        check_values(check)
        check_frames(check)
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
