"""Values (type, length, body) to bytes and back, and their form as JSON.

The peers trust nothing that arrives: the decoder accepts exactly what the
encoder could have written, and names the reason when it refuses.
"""

import json
import math
import re
import struct

MAX_DEPTH = 32

NONE, INT, FLOAT, STR, LIST, DICT, BOOL, BYTES = range(8)


class ProtocolError(ValueError):
    """Bytes or values that the specification refuses."""


class Float32(float):
    """A float rounded to the 32 bits that travel, so that equality survives the trip."""

    def __new__(cls, number):
        try:
            return super().__new__(cls, struct.unpack(">f", struct.pack(">f", number))[0])
        except OverflowError:
            raise ProtocolError("the float %r does not fit in 32 bits" % number) from None


# None, int, float, str, list, dict, bool and bytes; the outermost value is depth 1.

def encode_value(value, depth=1):
    if depth > MAX_DEPTH:
        raise ProtocolError("values are nested more than %d deep" % MAX_DEPTH)
    if value is None:
        return b"\x00"
    # bool before int: in Python True is also an int.
    if isinstance(value, bool):
        kind, body = BOOL, (b"\x01" if value else b"\x00")
    elif isinstance(value, int):
        if value < 0:
            raise ProtocolError("a negative number cannot be written")
        if value >= 1 << 64:
            raise ProtocolError("the number needs more than 8 bytes")
        kind, body = INT, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big")
    elif isinstance(value, float):
        kind, body = FLOAT, struct.pack(">f", Float32(value))
    elif isinstance(value, str):
        kind, body = STR, _utf8(value)
    elif isinstance(value, list):
        kind, body = LIST, b"".join(encode_value(item, depth + 1) for item in value)
    elif isinstance(value, dict):
        kind = DICT
        body = b"".join(_key(key) + encode_value(item, depth + 1) for key, item in value.items())
    elif isinstance(value, (bytes, bytearray)):
        kind, body = BYTES, bytes(value)
    else:
        raise ProtocolError("a %s has no place in the protocol" % type(value).__name__)
    if len(body) >= 1 << 32:
        raise ProtocolError("the body of a value is longer than its length field can say")
    return struct.pack(">BI", kind, len(body)) + body


def _utf8(text):
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise ProtocolError("the text holds a lone surrogate, which UTF-8 cannot write") from None


def _key(key):
    if not isinstance(key, str) or not key.isascii():
        raise ProtocolError("the key %a is not ASCII" % (key,))
    if len(key) > 255:
        raise ProtocolError("a key is longer than 255 bytes")
    return bytes([len(key)]) + key.encode("ascii")


def read_value(data, at):
    """The value that starts at `at`, and the place after it: values end by themselves."""
    return _value(data, at, len(data), 1)


def decode_value(data):
    """Exactly one value: bytes left over are refused."""
    value, end = read_value(bytes(data), 0)
    if end != len(data):
        raise ProtocolError("%d bytes are left over after the value" % (len(data) - end))
    return value


def _value(data, at, end, depth):
    """The value that starts at `at` and the place after it; nothing beyond `end` is read."""
    if depth > MAX_DEPTH:
        raise ProtocolError("values are nested more than %d deep" % MAX_DEPTH)
    if at >= end:
        raise ProtocolError("a value is missing")
    kind = data[at]
    if kind == NONE:
        return None, at + 1
    if kind > BYTES:
        raise ProtocolError("there is no type %d" % kind)
    if end - at < 5:
        raise ProtocolError("the length of a value is cut off")
    length = struct.unpack_from(">I", data, at + 1)[0]
    start, stop = at + 5, at + 5 + length
    if stop > end:
        raise ProtocolError("a value of %d bytes reaches beyond the end" % length)
    if kind == LIST:
        items = []
        while start < stop:
            item, start = _value(data, start, stop, depth + 1)
            items.append(item)
        return items, stop
    if kind == DICT:
        return _dict(data, start, stop, depth), stop
    return _plain(kind, data[start:stop]), stop


def _dict(data, at, end, depth):
    entries = {}
    while at < end:
        after = at + 1 + data[at]
        if after > end:
            raise ProtocolError("a key reaches beyond the end of its dict")
        raw = data[at + 1:after]
        if not raw.isascii():
            raise ProtocolError("a key is not ASCII")
        key = raw.decode("ascii")
        if key in entries:
            raise ProtocolError("the key %a is repeated" % key)
        entries[key], at = _value(data, after, end, depth + 1)
    return entries


def _plain(kind, body):
    if kind == INT:
        if not 1 <= len(body) <= 8:
            raise ProtocolError("an int of %d bytes" % len(body))
        if len(body) > 1 and body[0] == 0:
            raise ProtocolError("an int with a leading zero")
        return int.from_bytes(body, "big")
    if kind == FLOAT:
        if len(body) != 4:
            raise ProtocolError("a float of %d bytes" % len(body))
        return Float32(struct.unpack(">f", body)[0])
    if kind == BOOL:
        if body not in (b"\x00", b"\x01"):
            raise ProtocolError("a bool that is not one byte 00 or 01")
        return body == b"\x01"
    if kind == STR:
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            raise ProtocolError("a str that is not UTF-8") from None
    return body


# JSON for people and tests: bytes are {"$bytes": "hex"}.

def parse_json(text):
    """JSON text as Python objects; repeated keys and NaN are errors, as in the values."""
    def unique(pairs):
        if len(dict(pairs)) != len(pairs):
            raise ProtocolError("a key is repeated in the JSON")
        return dict(pairs)

    def no_constant(name):
        raise ProtocolError("%s is not JSON" % name)

    try:
        return json.loads(text, object_pairs_hook=unique, parse_constant=no_constant)
    except RecursionError:
        raise ProtocolError("the JSON is nested too deep") from None
    except ProtocolError:
        raise
    except ValueError as error:
        raise ProtocolError("this is not JSON: %s" % error) from None


def parse_hex(text):
    # bytes.fromhex alone would also take spaces between the digits.
    if not isinstance(text, str) or not re.fullmatch("([0-9A-Fa-f]{2})*", text):
        raise ProtocolError("bytes must be written as pairs of hex digits")
    return bytes.fromhex(text)


def from_json(node, depth=1):
    if depth > MAX_DEPTH:
        raise ProtocolError("values are nested more than %d deep" % MAX_DEPTH)
    if isinstance(node, list):
        return [from_json(item, depth + 1) for item in node]
    if isinstance(node, dict):
        if list(node) == ["$bytes"]:
            return parse_hex(node["$bytes"])
        return {key: from_json(item, depth + 1) for key, item in node.items()}
    if isinstance(node, float):
        # 1e999 is read as infinity, which nobody wrote.
        if not math.isfinite(node):
            raise ProtocolError("the float does not fit in 32 bits")
        return Float32(node)
    return node


def to_json(value):
    if isinstance(value, list):
        return [to_json(item) for item in value]
    if isinstance(value, dict):
        # Printed, this dict could not be told from bytes.
        if list(value) == ["$bytes"]:
            raise ProtocolError('a dict with the only key "$bytes" cannot be shown as JSON')
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, bytes):
        return {"$bytes": value.hex()}
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ProtocolError("JSON has no way to write the float %r" % float(value))
        return float(value)
    return value
