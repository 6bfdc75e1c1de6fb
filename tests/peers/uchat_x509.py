"""X.509 certificates (RFC 5280): what stands in one, and whether a chain ends in the pinned CA.

The profile is the specification's: RSA with SHA-256, one leaf under one CA. There is no revocation
list here. Written from the specification alone.
"""

import ipaddress
import time

import uchat_der as der
import uchat_rsa as rsa
from uchat_values import ProtocolError

SHA256_WITH_RSA = "1.2.840.113549.1.1.11"
COMMON_NAME = "2.5.4.3"
KEY_USAGE, ALT_NAME, BASIC_CONSTRAINTS = "2.5.29.15", "2.5.29.17", "2.5.29.19"
EXTENDED_KEY_USAGE = "2.5.29.37"
SERVER_AUTH, CLIENT_AUTH = "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"
DIGITAL_SIGNATURE, KEY_CERT_SIGN = 0, 5
EMAIL, DNS_NAME, IP_ADDRESS = der.context(1), der.context(2), der.context(7)
# Clocks differ.
TOLERANCE = 5 * 60


class Certificate:
    """The fields of one certificate; nothing of it is believed before verify_chain."""

    def __init__(self, data):
        self.der = bytes(data)
        outer = der.read_all(data, der.SEQUENCE, "the certificate")
        self.signed = outer.raw()
        algorithm = rsa.read_algorithm(outer, "the signature's algorithm")
        self.signature = outer.bit_string("the signature")
        outer.end("the certificate")
        fields = der.read_all(self.signed, der.SEQUENCE, "the signed part")
        version = fields.inner(der.context(0, True), "the version")
        if version.integer("the version") != 2:
            raise ProtocolError("the certificate is not of version 3")
        version.end("the version")
        # Positive, and at most 20 bytes (RFC 5280, section 4.1.2.2).
        if not 1 <= fields.integer("the serial number") < 1 << 159:
            raise ProtocolError("the serial number is zero or too long")
        if rsa.read_algorithm(fields, "the algorithm") != algorithm or algorithm != SHA256_WITH_RSA:
            raise ProtocolError("the certificate is not signed with sha256WithRSAEncryption")
        self.issuer = fields.raw()
        validity = fields.sequence("the validity")
        self.not_before, self.not_after = validity.time("notBefore"), validity.time("notAfter")
        validity.end("the validity")
        self.subject = fields.raw()
        self.common_name = common_name(self.subject)
        self.spki = fields.raw()
        self.key = rsa.read_public_key(self.spki)
        self._read_extensions(fields)
        fields.end("the signed part")

    def _read_extensions(self, fields):
        self.names, self.ca = [], False
        self.usages, self.purposes, self.unknown = None, None, []
        if fields.empty:
            return
        outer = fields.inner(der.context(3, True), "the extensions")
        extensions = outer.sequence("the extensions")
        outer.end("the extensions")
        seen = set()
        while not extensions.empty:
            one = extensions.sequence("an extension")
            name = one.oid("an extension")
            if name in seen:
                raise ProtocolError("the extension %s is repeated" % name)
            seen.add(name)
            critical = one.next_is(der.BOOLEAN)
            # DER leaves out what is the default, and the default is false.
            if critical and not one.boolean("critical"):
                raise ProtocolError("the extension %s spells out a default" % name)
            self._read_extension(name, critical, one.body(der.OCTET_STRING, "an extension"))
            one.end("the extension " + name)

    def _read_extension(self, name, critical, value):
        if name == KEY_USAGE:
            reader = der.Reader(value)
            self.usages = reader.named_bits("keyUsage")
            reader.end("keyUsage")
        elif name == BASIC_CONSTRAINTS:
            fields = der.read_all(value, der.SEQUENCE, "basicConstraints")
            self.ca = fields.next_is(der.BOOLEAN) and fields.boolean("cA")
            if not fields.empty:
                # How many CAs may stand below it: in a chain of two there is none.
                fields.integer("pathLenConstraint")
            fields.end("basicConstraints")
        elif name == EXTENDED_KEY_USAGE:
            fields, self.purposes = der.read_all(value, der.SEQUENCE, "extKeyUsage"), set()
            while not fields.empty:
                self.purposes.add(fields.oid("a purpose"))
        elif name == ALT_NAME:
            fields = der.read_all(value, der.SEQUENCE, "subjectAltName")
            while not fields.empty:
                self.names.append(fields.any())
        elif critical:
            self.unknown.append(name)


def common_name(name):
    """The last CN of a name, for people; None if it has none."""
    parts, found = der.read_all(name, der.SEQUENCE, "a name"), None
    while not parts.empty:
        attributes = parts.inner(der.SET, "a part of a name")
        while not attributes.empty:
            attribute = attributes.sequence("an attribute")
            kind, (_, value) = attribute.oid("an attribute"), attribute.any()
            attribute.end("an attribute")
            if kind == COMMON_NAME:
                found = value.decode("utf-8", "replace")
    return found


def certificates_from_pem(text):
    blocks = der.pem_blocks(text, "CERTIFICATE")
    if not blocks:
        raise ProtocolError("there is no CERTIFICATE in PEM here")
    return [Certificate(block) for block in blocks]


# Verification.

def verify_chain(chain, pinned, purpose, name=None, now=None):
    """The leaf of a chain (DER, leaf first) if it may serve this purpose; for servers, their name."""
    now = time.time() if now is None else now
    if len(chain) != 2 or chain[-1] != pinned.der:
        raise ProtocolError("the chain is not a certificate and then the pinned CA")
    leaf = Certificate(chain[0])
    for certificate, what in ((pinned, "the CA"), (leaf, "the certificate")):
        if now < certificate.not_before - TOLERANCE:
            raise ProtocolError("%s is not valid yet" % what)
        if now > certificate.not_after + TOLERANCE:
            raise ProtocolError("%s has expired" % what)
        if certificate.unknown:
            raise ProtocolError("%s has the unknown critical extension %s"
                                % (what, certificate.unknown[0]))
    if not pinned.ca or pinned.usages is None or KEY_CERT_SIGN not in pinned.usages:
        raise ProtocolError("the CA's certificate may not sign certificates")
    if leaf.issuer != pinned.subject or not rsa.verifies(pinned.key, leaf.signed, leaf.signature):
        raise ProtocolError("the certificate is not signed by the pinned CA")
    if leaf.ca or leaf.usages != {DIGITAL_SIGNATURE}:
        raise ProtocolError("the certificate is not one for signatures only")
    if leaf.purposes is None or purpose not in leaf.purposes:
        raise ProtocolError("the certificate is for another purpose")
    if name is not None and not has_name(leaf, name):
        raise ProtocolError("the certificate is not for %s" % name)
    return leaf


def has_name(certificate, name):
    """Looked for in subjectAltName only, and whole: no wildcards."""
    try:
        wanted = (IP_ADDRESS, ipaddress.ip_address(name).packed)
    except ValueError:
        wanted = (DNS_NAME, name.lower().encode("utf-8"))
    return wanted in [(kind, value.lower() if kind == DNS_NAME else value)
                      for kind, value in certificate.names]
