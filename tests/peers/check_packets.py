"""Published data for stage 6: MD5, AES-256-CBC, and the packets of the original program."""

import hashlib

import uchat_messages as messages
import uchat_packet as packet
import uchat_spec as spec

# RFC 1321, appendix A.5.
RFC_1321 = [
    (b"", "d41d8cd98f00b204e9800998ecf8427e"),
    (b"a", "0cc175b9c0f1b6a831c399e269772661"),
    (b"abc", "900150983cd24fb0d6963f7d28e17f72"),
    (b"message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
    (b"abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
    (b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
     "d174ab98d277d9f5a5611c2c9f419d9f"),
    (b"1234567890" * 8, "57edf4a22be3c955ac49da2e2107b67a"),
]

# NIST SP 800-38A, F.2.5: key, IV, plaintext, ciphertext.
CBC_AES256 = (
    "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
    "000102030405060708090a0b0c0d0e0f",
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
    "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"
    "39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b",
)

# What is wrong with a packet, and the first bytes of it.
MALFORMED = [
    ("no body", "00000000"), ("half a block", "00000008"), ("17 bytes", "00000011"),
    ("over the limit", "00100020"), ("4 GiB", "fffffff0"), ("16 fill bytes", "0000001010"),
    ("255 fill bytes", "00000010ff"),
]


def check_packets(check, entries):
    for data, digest in RFC_1321:
        check.equal("MD5 of %r" % data, hashlib.md5(data).hexdigest(), digest)
    key, iv, plain, cipher = map(bytes.fromhex, CBC_AES256)
    check.equal("CBC-AES256, encrypted", packet.cbc_encrypt(key, iv, plain), cipher)
    check.equal("CBC-AES256, decrypted", packet.cbc_decrypt(key, iv, cipher), plain)
    for number, entry in enumerate(entries, 1):
        key, iv, message, data = (spec.parse_hex(entry[name])
                                  for name in ("key", "iv", "message", "packet"))
        name = "packet %d" % number
        check.equal(name + " sealed", packet.seal(key, message, iv).hex(), data.hex())
        check.equal(name + " opened", packet.open_packet(key, packet.read_packet(data)), message)
        check.equal(name + " has zero fill bytes", fill_bytes(key, data).strip(b"\0"), b"")
        # The digest guards the body, and only the body.
        for at in (21, 52, 53, len(data) - 1):
            broken = packet.read_packet(flipped(data, at))
            check.refused("%s, byte %d flipped" % (name, at), packet.open_packet, key, broken)
        changed = packet.open_packet(key, packet.read_packet(flipped(data, 5)))
        check.equal(name + ", IV flipped", changed, flipped(message, 0))


def check_packet_shapes(check):
    for name, data in MALFORMED:
        decoder = packet.PacketDecoder()
        decoder.feed(bytes.fromhex(data))
        check.refused("a packet with " + name, decoder.next)
    key = bytes(range(32))
    data = packet.seal(key, b"\x03\x00") + packet.seal(key, bytes(16))
    decoder, found = packet.PacketDecoder(), []
    for byte in data:
        decoder.feed(bytes([byte]))
        found.append(decoder.next())
    found = [packet.open_packet(key, p) for p in found if p is not None]
    check.equal("packets byte by byte", found, [b"\x03\x00", bytes(16)])
    check.equal("packets leave nothing", decoder.incomplete, False)
    check.refused("a packet of nothing", packet.seal, key, b"")
    check.refused("a packet over the limit", packet.seal, key, bytes(packet.BODY_LIMIT + 1))
    # One fill byte too few is claimed, so one that counts as text is left over, and vice versa.
    sealed = bytearray(packet.seal(key, b"\x03\x00" + bytes([255])))
    for padding, plain in ((12, b"\x03\x00\xff\x00"), (14, b"\x03\x00")):
        sealed[4] = padding
        found = packet.read_packet(bytes(sealed))
        check.equal("%d fill bytes" % padding, packet.open_packet(key, found), plain)
    check.equal("a fill byte that is not zero", fill_bytes(key, bytes(sealed)), b"\xff" + bytes(13))


def check_answers(check):
    friends = messages.Friends()
    add, delete = messages.request(b"/add bob"), messages.request(b"/delete bob")
    check.equal("one bit field between add and delete", add.operation ^ delete.operation, 15)
    check.equal("the rest is the same", add.encode()[1:], delete.encode()[1:])
    for request, operation, names in ((add, 204, {"bob"}), (add, 204, {"bob"}), (delete, 204, set()),
                                      (delete, 204, set()), (messages.request(b"/add"), 105, set()),
                                      (spec.Message(4, None), 203, set()),
                                      (messages.request(b"/add "), 204, set()),
                                      (messages.request(b"/add " + b"x" * 65), 204, set()),
                                      (spec.Message(3, 1), 203, set()),
                                      (spec.Message(1, "a"), 203, set())):
        check.equal("the answer to %d" % request.operation,
                    messages.answer(request, friends).operation, operation)
        check.equal("the list after %d" % request.operation, friends.names, names)
    check.equal("the echo", messages.answer(messages.request("ß".encode()), friends).value, "SS")
    for number in range(101):
        messages.answer(messages.request(b"/add friend %d" % number), friends)
    check.equal("names on a full list", len(friends.names), 100)
    check.refused("an answer without a text", messages.text_of, spec.Message(105, 1))
    check.refused("an answer with a request's number", messages.text_of, spec.Message(3, "a"))
    check.refused("a line that is not UTF-8", messages.request, b"\xff")
    pair = spec.Message(3, "a").encode() + spec.Message(3, None).encode()
    found = [(m.operation, m.value) for m in messages.split_messages(pair)]
    check.equal("messages one after the other", found, [(3, "a"), (3, None)])
    for data in ("f000", "f1f1", "0300f0", "0300f003", "03", "0303000000036100"):
        check.refused("the messages %s" % data, messages.split_messages, bytes.fromhex(data))


def fill_bytes(key, data):
    found = packet.read_packet(data)
    return packet.unfill(packet.cbc_decrypt(key, found.iv, found.body), found.padding)[1]


def flipped(data, at):
    """The same bytes with one bit changed."""
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]
