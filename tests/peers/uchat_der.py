"""A strict reader of DER, and of PEM around it: only the types that certificates and keys need.

DER allows one encoding for each value; every other one is refused here. Written from X.690.
"""

import base64
import binascii
import calendar
import re
import time

from uchat_values import ProtocolError

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL, OID = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06
UTF8_STRING, PRINTABLE_STRING, IA5_STRING = 0x0C, 0x13, 0x16
UTC_TIME, GENERALIZED_TIME = 0x17, 0x18
SEQUENCE, SET = 0x30, 0x31


def context(number, constructed=False):
    """The tag [number] of a field that has no type of its own on the wire."""
    return 0x80 | (0x20 if constructed else 0) | number


class Reader:
    """Elements one after the other; each method takes the next one and fails if it is another."""

    def __init__(self, data):
        self.data, self.at = bytes(data), 0

    @property
    def empty(self):
        return self.at == len(self.data)

    def end(self, what):
        if not self.empty:
            raise ProtocolError("%d bytes are left over after %s" % (len(self.data) - self.at, what))

    def next_is(self, tag):
        return not self.empty and self.data[self.at] == tag

    def body(self, tag, what):
        """The content of the next element, which must have this tag."""
        found, start, stop = self._header()
        if found != tag:
            raise ProtocolError("%s has the tag %02x, not %02x" % (what, found, tag))
        self.at = stop
        return self.data[start:stop]

    def raw(self):
        """The whole next element, whatever it is, with its header."""
        start, (_, _, self.at) = self.at, self._header()
        return self.data[start:self.at]

    def any(self):
        """Tag and content of the next element, whatever it is."""
        tag, start, stop = self._header()
        self.at = stop
        return tag, self.data[start:stop]

    def _header(self):
        """Tag, start and end of the next element."""
        data, at = self.data, self.at
        if len(data) - at < 2:
            raise ProtocolError("an element is missing or cut off")
        tag, length, at = data[at], data[at + 1], at + 2
        if tag & 0x1F == 0x1F:
            raise ProtocolError("a tag of more than one byte")
        if length == 0x80:
            raise ProtocolError("an element of indefinite length, which DER does not know")
        if length > 0x80:
            count = length & 0x7F
            if count > 4 or len(data) - at < count:
                raise ProtocolError("the length of an element is cut off or absurd")
            length, at = int.from_bytes(data[at:at + count], "big"), at + count
            if length < 0x80 or length >> (8 * (count - 1)) == 0:
                raise ProtocolError("a length that is not as short as possible")
        if length > len(data) - at:
            raise ProtocolError("an element of %d bytes reaches beyond the end" % length)
        return tag, at, at + length

    def inner(self, tag, what):
        return Reader(self.body(tag, what))

    def sequence(self, what):
        return self.inner(SEQUENCE, what)

    def integer(self, what):
        """An integer that is not negative."""
        body = self.body(INTEGER, what)
        if not body or len(body) > 1 and (body[0], body[1] >> 7) in ((0, 0), (0xFF, 1)):
            raise ProtocolError("%s is not written as short as possible" % what)
        if body[0] & 0x80:
            raise ProtocolError("%s is negative" % what)
        return int.from_bytes(body, "big")

    def boolean(self, what):
        body = self.body(BOOLEAN, what)
        if body not in (b"\x00", b"\xff"):
            raise ProtocolError("%s is neither 00 nor ff" % what)
        return body == b"\xff"

    def oid(self, what):
        """An object identifier as dotted text."""
        body = self.body(OID, what)
        if not body or body[-1] & 0x80:
            raise ProtocolError("%s is cut off" % what)
        numbers, number, fresh = [], 0, True
        for byte in body:
            if fresh and byte == 0x80:
                raise ProtocolError("%s is not written as short as possible" % what)
            number, fresh = number << 7 | byte & 0x7F, byte < 0x80
            if fresh:
                numbers.append(number)
                number = 0
        first = min(numbers[0] // 40, 2)
        return ".".join(str(n) for n in [first, numbers[0] - 40 * first] + numbers[1:])

    def bit_string(self, what):
        """Whole bytes only: keys and signatures."""
        body = self.body(BIT_STRING, what)
        if not body or body[0] != 0:
            raise ProtocolError("%s does not consist of whole bytes" % what)
        return body[1:]

    def named_bits(self, what):
        """The numbers of the bits that are set; in DER the last bit written is one of them."""
        body = self.body(BIT_STRING, what)
        if not body or body[0] > 7 or len(body) == 1 and body[0] or len(body) > 5:
            raise ProtocolError("%s is not a list of bits" % what)
        if len(body) > 1 and body[-1] & ((2 << body[0]) - 1) != 1 << body[0]:
            raise ProtocolError("%s is not written as short as possible" % what)
        return {8 * i + bit for i, byte in enumerate(body[1:]) for bit in range(8)
                if byte & 0x80 >> bit}

    def time(self, what):
        """Seconds since 1970: UTCTime until 2049, GeneralizedTime from 2050 on."""
        tag, body = self.any()
        text = body.decode("ascii", "replace")
        if tag == UTC_TIME and re.fullmatch("[0-9]{12}Z", text):
            text = ("19" if text[0] >= "5" else "20") + text
        elif tag != GENERALIZED_TIME or not re.fullmatch("[0-9]{14}Z", text) or text < "2050":
            raise ProtocolError("%s is not a time that RFC 5280 allows" % what)
        try:
            return calendar.timegm(time.strptime(text, "%Y%m%d%H%M%SZ"))
        except ValueError:
            raise ProtocolError("%s is not a date" % what) from None


def read_all(data, tag, what):
    """A reader for the content of exactly one element."""
    reader = Reader(data)
    inner = reader.inner(tag, what)
    reader.end(what)
    return inner


# PEM (RFC 7468).

def pem_blocks(text, label):
    """The bytes of every block with this label, in order; other blocks and text are passed over."""
    pattern = "-----BEGIN %s-----\\s(.*?)-----END %s-----" % (label, label)
    try:
        return [base64.b64decode("".join(block.split()), validate=True)
                for block in re.findall(pattern, text, re.DOTALL)]
    except (binascii.Error, ValueError):
        raise ProtocolError("a PEM block is not base64") from None
