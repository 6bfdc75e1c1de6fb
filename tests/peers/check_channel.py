"""Published data and hostile input for stage 7: HMAC, HKDF, the key schedule, RSA, X.509, handshake."""

import json

import handshake_vector as vector
import uchat_channel as channel
import uchat_der as der
import uchat_handshake as handshake
import uchat_rsa as rsa
import uchat_x509 as x509
from uchat_secret import FFDHE2048
from uchat_spec import ProtocolError
from vector_identities import (World, basic_constraints, element, extension, fixed, key_usage,
                               leaf_certificate)

# RFC 4231, sections 4.2 to 4.8: key, data, digest (of case 5, the RFC gives only 128 bits).
RFC_4231 = [
    (b"\x0b" * 20, b"Hi There",
     "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    (b"Jefe", b"what do ya want for nothing?",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    (b"\xaa" * 20, b"\xdd" * 50,
     "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
    (bytes(range(1, 26)), b"\xcd" * 50,
     "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
    (b"\x0c" * 20, b"Test With Truncation", "a3b6167473100ee06e0c796c2955552b"),
    (b"\xaa" * 131, b"Test Using Larger Than Block-Size Key - Hash Key First",
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
    (b"\xaa" * 131, b"This is a test using a larger than block-size key and a larger than "
     b"block-size data. The key needs to be hashed before being used by the HMAC algorithm.",
     "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
]

# RFC 5869, appendices A.1 to A.3: secret, salt, info, PRK, output.
RFC_5869 = [
    (b"\x0b" * 22, bytes(range(13)), bytes(range(0xF0, 0xFA)),
     "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
     "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"),
    (bytes(range(0x50)), bytes(range(0x60, 0xB0)), bytes(range(0xB0, 0x100)),
     "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
     "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
     "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
     "cc30c58179ec3e87c14c01d5c1f3434f1d87"),
    (b"\x0b" * 22, b"", b"",
     "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
     "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"),
]

# RFC 8448, section 3: the shared value, two transcript hashes, and what follows from them.
RFC_8448 = {
    "shared": "8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d",
    "hello": "860c06edc07858ee8e78f0e7428c58edd6b43f2ca3e6e95f02ed063cf0e1cad8",
    "finished": "9608102a0f1ccc6db6250b7b7e417b1a000eaada3daae4777a7686c9ff83df13",
    "early": "33ad0a1c607ec03b09e6cd9893680ce210adf300aa1f2660e1b22e10f170f92a",
    "handshake_salt": "6f2615a108c702c5678f54fc9dbab69716c076189c48250cebeac3576c3611ba",
    "handshake": "1dc826e93606aa6fdc0aadc12f741b01046aa6b99f691ed221a9f0ca043fbeac",
    "main_salt": "43de77e0c77713859a944db9db2590b53190a65b3ee2e4f12dd7a0bb7ce254b4",
    "main": "18df06843d13a08bf2a449844c5f8a478001bc4d4c627984d5a41da8d0402919",
    "c hs": "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21",
    "s hs": "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38",
    "c ap": "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5",
    "s ap": "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643",
    "s finished key": "008d3b66f816ea559f96b537e885c31fc068bf492c652f01f288a1d8cdc19fc8",
}

# What is wrong with an element of DER, how to read it, and its bytes.
BAD_DER = [
    ("nothing", "raw", ""), ("no length", "raw", "30"), ("indefinite length", "raw", "30800000"),
    ("length cut off", "raw", "3082"), ("length of five bytes", "raw", "30850000000000"),
    ("long form for 127", "raw", "30817f" + "00" * 127), ("leading zero", "raw", "308200800500"),
    ("beyond the end", "raw", "300305"), ("tag of two bytes", "raw", "1f0100"),
    ("an int of no byte", "integer", "0200"), ("int with a zero", "integer", "02020001"),
    ("int with ones", "integer", "0202ff80"), ("negative int", "integer", "0201ff"),
    ("bool of 1", "boolean", "010101"), ("bool of two bytes", "boolean", "0102ffff"),
    ("empty name", "oid", "0600"), ("name cut off", "oid", "060180"), ("name padded", "oid", "06038001"),
    ("no count of bits", "bit_string", "0300"), ("seven bits", "bit_string", "03020180"),
    ("eight unused bits", "named_bits", "030208ff"), ("unused bit set", "named_bits", "03020101"),
    ("zero bit at the end", "named_bits", "03020040"), ("time of 2049", "time", "180f32303439313233313233353935395a"),
    ("month 13", "time", "170d3230313330313030303030305a"), ("no seconds", "time", "170b323030313031303030305a"),
]


def check_channel(check, stored):
    for number, (key, data, digest) in enumerate(RFC_4231, 1):
        check.equal("RFC 4231 test case %d" % number,
                    channel.hmac_sha256(key, data).hex()[:len(digest)], digest)
    for number, (secret, salt, info, prk, out) in enumerate(RFC_5869, 1):
        name = "RFC 5869 test case %d" % number
        check.equal(name, channel.hkdf_extract(salt, secret).hex(), prk)
        check.equal(name + ", output",
                    channel.hkdf_expand(bytes.fromhex(prk), info, len(out) // 2).hex(), out)
    check_schedule(check)
    for name, method, data in BAD_DER:
        reader = der.Reader(bytes.fromhex(data))
        check.refused("DER, " + name, getattr(reader, method), *([] if method == "raw" else [name]))
    world = World()
    check_signatures(check, world)
    check_chains(check, world)
    check.equal("the stored handshakes", json.loads(json.dumps(vector.make(), default=bytes.hex)), stored)
    check_changed_wires(check, world)
    check_impostors(check, world)
    check_hellos(check, world)
    check_packet_order(check)
    check_alerts(check, world)


def check_schedule(check):
    known = {name: bytes.fromhex(data) for name, data in RFC_8448.items()}
    schedule = channel.KeySchedule(known["shared"], b"tls13 ")
    for name in ("early", "handshake_salt", "handshake", "main_salt", "main"):
        check.equal("RFC 8448, " + name, getattr(schedule, name), known[name])
    check.equal("RFC 8448, handshake traffic", schedule.handshake_traffic(known["hello"]),
                (known["c hs"], known["s hs"]))
    check.equal("RFC 8448, application traffic", schedule.application_traffic(known["finished"]),
                (known["c ap"], known["s ap"]))
    check.equal("RFC 8448, finished key",
                channel.expand_label(known["s hs"], b"finished", b"", 32, b"tls13 "),
                known["s finished key"])


def check_signatures(check, world):
    key, message = world.server.key, b"a message"
    signature = rsa.sign(key, message)
    check.equal("a signature", rsa.verifies(key.public, message, signature), True)
    larger = (int.from_bytes(signature, "big") + key.public.n).to_bytes(257, "big")
    for name, text, value in (("of another message", b"a massage", signature),
                              ("changed", message, signature[:-1] + bytes([signature[-1] ^ 1])),
                              ("too short", message, signature[1:]), ("empty", message, b""),
                              ("too long", message, b"\0" + signature), ("over n", message, larger)):
        check.equal("a signature " + name, rsa.verifies(key.public, text, value), False)
    check.equal("a private key", rsa.read_private_key(world.server.pkcs8), key)
    check.refused("a key of other parts", rsa.sign,
                  rsa.PrivateKey(world.user.key.public, key.d), message)
    for n, e in ((2**2047 + 2, 65537), (2**2046 + 1, 65537), (2**4096 + 1, 65537),
                 (2**2047 + 1, 3), (2**2047 + 1, 65538), (2**2047 + 1, 2**32 + 1)):
        check.refused("the public key of %d bits, %d" % (n.bit_length(), e), rsa.PublicKey(n, e).check)


def check_chains(check, world):
    ca = x509.Certificate(world.ca_der)
    server, user, second = [world.server_der, ca.der], [world.user_der, ca.der], 1767225600
    for name in (None, "localhost", "LocalHost", "127.0.0.1"):
        leaf = x509.verify_chain(server, ca, x509.SERVER_AUTH, name, second)
        check.equal("a server's certificate for %s" % name, leaf.common_name, "test server")
    leaf = x509.verify_chain(user, ca, x509.CLIENT_AUTH, now=second)
    check.equal("a user's certificate", leaf.names, [(0x81, b"alice@example.org")])

    def refused(what, chain, purpose=x509.SERVER_AUTH, name=None, now=second, pinned=ca):
        check.refused("a chain: " + what, x509.verify_chain, chain, pinned, purpose, name, now)

    refused("empty", [])
    refused("no CA", server[:1])
    refused("CA first", server[::-1])
    refused("only the CA", [ca.der, ca.der])
    refused("one too many", server[:1] + server)
    refused("a user as server", user)
    refused("a server as user", server, x509.CLIENT_AUTH)
    for name in ("localhos", "localhost.", "test server", "127.0.0.2", "::1", ""):
        refused("for %r" % name, server, name=name)
    refused("too early", server, now=ca.not_before - 301)
    refused("too late", server, now=ca.not_after + 301)
    below = leaf_certificate(world.user, world.server, 4, x509.SERVER_AUTH)
    refused("a leaf as CA", [below, world.server_der], pinned=x509.Certificate(world.server_der))
    for at in range(0, len(world.server_der), 11):
        changed = bytearray(world.server_der)
        changed[at] ^= 1
        refused("byte %d changed" % at, [bytes(changed), ca.der])
    forged = leaf_certificate(world.server, world.user, 4, x509.SERVER_AUTH)
    refused("signed by another", [forged, ca.der])
    purpose = extension(x509.EXTENDED_KEY_USAGE, False,
                        element(0x30, bytes.fromhex("06082b06010505070301")))
    usage = key_usage(b"\x07\x80")
    plain = world.server.certify(world.ca, 5, purpose, usage)
    # What is refused below differs from this one in one thing.
    check.equal("a chain: plain", x509.verify_chain([plain, ca.der], ca, x509.SERVER_AUTH, now=second).der, plain)
    for what, serial, more in (("keyUsage of a CA", 5, [key_usage(b"\x02\x04")]),
                               ("for encryption too", 5, [key_usage(b"\x05\xa0")]), ("without usage", 5, []),
                               ("an unknown critical extension", 5, [usage, extension("1.2.3", True, b"")]),
                               ("a repeated extension", 5, [usage, usage]),
                               ("a leaf that is a CA", 5, [usage, basic_constraints()]),
                               ("serial number 0", 0, [usage]), ("serial of 21 bytes", 1 << 160, [usage])):
        refused(what, [world.server.certify(world.ca, serial, purpose, *more), ca.der])


def check_changed_wires(check, world):
    """Any single changed byte, at any place of any message, ends the handshake on some side."""
    whole = handshake_between(world)
    for side, size in enumerate(whole):
        for at in list(range(0, 330, 29)) + list(range(330, size, 211)) + [size - 1]:
            check.refused("byte %d of side %d changed" % (at, side), handshake_between, world,
                          lambda s, start, data: flip(data, at - start) if s == side else data)


def handshake_between(world, *mangle):
    """How many bytes each side sent. A handshake that stops half-way counts as refused."""
    return vector.converse(*handshake_sides(world), *mangle)


def handshake_sides(world, access_key=b"key", user=True, server_key=None):
    """Two channels, and the generators that run over them."""
    ca = x509.Certificate(world.ca_der)
    ends = channel.Channel(), channel.Channel()
    client = handshake.ClientSetup(ca, "localhost", [world.user_der, ca.der] if user else [], world.user.key, b"key")
    server = handshake.ServerSetup([world.server_der, ca.der], server_key or world.server.key, ca, access_key)
    return ends, (handshake.client(ends[0], client, chance("client")),
                  handshake.server(ends[1], server, chance("server")))


def chance(side):
    return handshake.Chance(fixed(side, 32), int.from_bytes(fixed(side, 32), "big"))


def flip(data, at):
    if not 0 <= at < len(data):
        return data
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


def check_impostors(check, world):
    """Sides that have agreed on keys with the other, and then cannot prove who they are."""
    def refused(what, ends, steps):
        check.refused(what, vector.converse, ends, steps)

    refused("a server without its key", *handshake_sides(world, server_key=world.user.key))
    refused("a client without a certificate", *handshake_sides(world, user=False))
    ends, steps = handshake_sides(world)
    send = ends[0].send
    ends[0].send = lambda data: send(flip(data, 35) if data[0] == handshake.FINISHED else data)
    refused("a client with another finished", ends, steps)


def check_hellos(check, world):
    """The frames before there are keys."""
    setup = handshake.ServerSetup([world.server_der, world.ca_der], world.server.key, None, None)

    def answer(payload, end=None):
        """What the server says to this hello, if it takes it and waits for more."""
        end = end or channel.Channel()
        end.feed(len(payload).to_bytes(4, "big") + payload)
        next(handshake.server(end, setup, chance("server")))
        return bytes(end.output)

    p, good = FFDHE2048.p, (4).to_bytes(256, "big")
    hello = handshake.write_hello(bytes(32), good) + b"\x00"
    taken = answer(b"\x01" + handshake.prefixed(hello, 3))
    # Frame, server_hello, version, random, group.
    check.equal("the answer to a hello", taken[:44].hex(),
                "00000128" "02000124" "0001" + fixed("server", 32).hex() + "0100")
    for name, body in (("cut off", hello[:-1]), ("left over", hello + b"\x00"), ("empty", b""),
                       ("other group", hello[:34] + b"\x01\x01" + hello[36:]),
                       ("a name too short", hello[:-1] + b"\x05abcd")):
        check.refused("client_hello, " + name, answer, b"\x01" + handshake.prefixed(body, 3))
    for value in (0, 1, p - 1, p, 2**2048 - 1):
        body = handshake.write_hello(bytes(32), value.to_bytes(256, "big")) + b"\x00"
        check.refused("the key share %.20d" % value, answer, b"\x01" + handshake.prefixed(body, 3))
    for payload in (b"", b"\x01", b"\xf0", b"\xf1", b"\x02" + handshake.prefixed(hello, 3),
                    b"\x01" + handshake.prefixed(hello, 3) + b"\x00", bytes(16385)):
        check.refused("the frame %.8r" % payload, answer, payload)
    end = channel.Channel()
    other = b"\x01" + handshake.prefixed(b"\x00\x02" + b"what comes later may be anything", 3)
    check.refused("version 2", answer, other, end, error=handshake.OtherVersion)
    check.equal("the answer to version 2", bytes(end.output).hex(), "00000006020000020001")


def check_packet_order(check):
    sender = channel.Channel()
    one, two = fixed("one", 32), fixed("two", 32)
    sender.protect_sent(one)
    sender.protect_received(two)
    wires = []
    for text in (b"first", b"second", bytes(4096)):
        sender.send(text)
        wires.append(bytes(sender.output))
        sender.output.clear()

    def opened(*parts):
        fresh = channel.Channel()
        fresh.protect_received(one)
        fresh.feed(b"".join(parts))
        return [fresh.next() for _ in parts]

    check.equal("packets in order", opened(*wires), [b"first", b"second", bytes(4096)])
    check.refused("a repeated packet", opened, wires[0], wires[0])
    check.refused("a lost packet", opened, wires[1])
    check.refused("packets in another order", opened, wires[1], wires[0])
    check.refused("a reflected packet", lambda: (sender.feed(wires[0]), sender.next()))
    for at in range(4, len(wires[0])):
        check.refused("a packet with byte %d changed" % at, opened, flip(wires[0], at))
    # Fill bytes that are not zero, under a genuine MAC.
    direction = channel.Direction(one)
    body = channel.packet.cbc_encrypt(direction.key, bytes(16), b"text" + b"\x01" * 12)
    found = channel.packet.Packet(12, bytes(16), direction.mac(12, bytes(16), body), body)
    check.refused("fill bytes that are not zero", opened, channel.packet.write_packet(found))


def check_alerts(check, world):
    """A server that refuses the last messages of a client, and a client that refuses a hello."""
    ends, steps = handshake_sides(world, b"another key")
    try:
        vector.converse(ends, steps)
    except ProtocolError:
        ends[1].send(channel.ALERT)
        ends[0].feed(ends[1].output)
    check.refused("the wrong access key", ends[0].next, error=channel.Alerted)
    ends, steps = handshake_sides(world)
    next(steps[0])
    ends[1].feed(ends[0].output)
    next(steps[1])
    ends[1].feed(bytes.fromhex("00000001f1"))
    check.refused("a server_hello, by an alert", lambda: next(steps[1]), error=channel.Alerted)
