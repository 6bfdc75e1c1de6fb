"""End-to-end encryption, computed from its description alone, which is the comments that begin the files of src/e2e:
writes e2e.json, which tests/e2e/vectors.rs replays.

    python3 e2e_vector.py

The keys are in alice.pem, bob.pem and carol.pem; everything else that is random in the product is fixed here. Needs:
python3 -m pip install cryptography
"""
import hashlib
import hmac
import json
import pathlib
import struct

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

HERE = pathlib.Path(__file__).parent

# ffdhe2048 (RFC 7919, appendix A.1)
P = int(
    "ffffffffffffffffadf85458a2bb4a9aafdc5620273d3cf1d8b9c583ce2d3695"
    "a9e13641146433fbcc939dce249b3ef97d2fe363630c75d8f681b202aec4617a"
    "d3df1ed5d5fd65612433f51f5f066ed0856365553ded1af3b557135e7f57c935"
    "984f0c70e0e68b77e2a689daf3efe8721df158a136ade73530acca4f483a797a"
    "bc0ab182b324fb61d108a94bb2c8e3fbb96adab760d7f4681d4f42a3de394df4"
    "ae56ede76372bb190b07a7c8ee0a6d709e02fce1cdf7e2ecc03404cd28342f61"
    "9172fe9ce98583ff8e4f1232eef28183c3fe3b1b4c6fad733bb5fcbc2ec22005"
    "c58ef1837d1683b2c6f34a26c1b2effa886b423861285c97ffffffffffffffff",
    16,
)


def sha256(data):
    return hashlib.sha256(data).digest()


def expand(secret, info, length):
    return HKDFExpand(algorithm=hashes.SHA256(), length=length, info=info).derive(secret)


def extract(salt, secret):
    return hmac.new(salt, secret, "sha256").digest()


def group_bytes(number):
    return number.to_bytes(256, "big")


def fixed(name, length):
    """Bytes where the product takes random ones."""
    return hashlib.shake_256(b"fixed " + name.encode()).digest(length)


def keyed_packet(keys, sequence, iv, text):
    fill = -len(text) % 16
    encryptor = Cipher(algorithms.AES(keys[:32]), modes.CBC(iv)).encryptor()
    body = encryptor.update(text + bytes(fill)) + encryptor.finalize()
    head = struct.pack(">IB", len(body), fill) + iv
    digest = hmac.new(keys[32:], struct.pack(">Q", sequence) + head + body, "sha256").digest()
    return head + digest + body


def sign(key, context, data):
    message = b" " * 64 + context + b"\0" + sha256(data)
    return key.sign(message, padding.PKCS1v15(), hashes.SHA256())


class User:
    def __init__(self, number, name):
        self.number, self.name = number, name
        blocks = (HERE / f"{name}.pem").read_bytes().split(b"-----BEGIN ")[1:]
        self.rsa, exchange = (
            serialization.load_pem_private_key(b"-----BEGIN " + block, name.encode()) for block in blocks
        )
        self.x = exchange.private_numbers().x
        self.s = group_bytes(pow(2, self.x, P))
        spki = self.rsa.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.k = sha256(spki + self.s)


def safety_numbers(one, other):
    """As numbers of 11 bits, each of which stands for a word."""
    numbers = []
    for user in sorted([one, other], key=lambda user: user.number):
        digest = sha256(b"uchat 1, safety" + struct.pack(">Q", user.number) + user.k)
        for _ in range(4999):
            digest = sha256(digest + user.k)
        bits = int.from_bytes(digest[:11], "big")
        numbers += [bits >> (77 - 11 * n) & 2047 for n in range(8)]
    return numbers


def package(kind, conversation, key_id, first, time, previous, sender, members, chain_key, receivers):
    e = int.from_bytes(fixed(f"e {key_id.hex()} {first}", 32), "big")
    header = struct.pack(">BQ", kind, conversation) + key_id + struct.pack(">IQ", first, time)
    header += previous[0] + struct.pack(">IQH", previous[1], sender.number, len(members))
    for member in sorted(members, key=lambda member: member.number):
        header += struct.pack(">Q", member.number) + member.k
    header += sha256(b"uchat 1, chain" + key_id + struct.pack(">I", first) + chain_key)
    header += group_bytes(pow(2, e, P))
    wraps = []
    for member in receivers:
        s = int.from_bytes(member.s, "big")
        z = group_bytes(pow(s, e, P)) + group_bytes(pow(s, sender.x, P))
        info = b"uchat wrap" + struct.pack(">Q", member.number) + member.k
        keys = expand(extract(sha256(header), z), info, 64)
        iv = fixed(f"wrap {member.name} {key_id.hex()} {first}", 16)
        wraps.append([member.number, keyed_packet(keys, 0, iv, chain_key).hex()])
    signature = sign(sender.rsa, b"uchat 1, key package", header)
    return {"header": header.hex(), "signature": signature.hex(), "wraps": wraps}


def value(data):
    """The values of messages: int, str, bytes, dict."""
    if isinstance(data, int):
        kind, body = 1, data.to_bytes(max(1, (data.bit_length() + 7) // 8), "big")
    elif isinstance(data, str):
        kind, body = 3, data.encode()
    elif isinstance(data, bytes):
        kind, body = 7, data
    else:
        kind = 5
        body = b"".join(bytes([len(key)]) + key.encode() + value(entry) for key, entry in data.items())
    return struct.pack(">BI", kind, len(body)) + body


def letter(number, text):
    content = {"type": 0, "data": text, "fontsize": 12, "fontcolor": "#336699"}
    return value({"id": bytes([number]) * 16, "time": 1_700_000_000_000 + number, "message": content})


def chain(key_id, chain_key, texts, sender, signed):
    steps = []
    for index, text in enumerate(texts):
        keys = expand(chain_key, b"uchat message", 64)
        packet = keyed_packet(keys, index, fixed(f"message {key_id.hex()} {index}", 16), letter(index, text))
        step = {"chain_key": chain_key.hex(), "message_keys": keys.hex(), "text": text, "packet": packet.hex()}
        if signed:
            data = key_id + struct.pack(">I", index) + packet
            step["signature"] = sign(sender.rsa, b"uchat 1, room message", data).hex()
        steps.append(step)
        chain_key = expand(chain_key, b"uchat chain", 32)
    return steps


def file(size):
    key = fixed("file key", 32)
    keys = expand(key, b"uchat file", 64)
    text = bytes(n * n % 251 for n in range(size))
    stored = b""
    for index in range(-(-size // 65536)):
        iv = expand(key, b"uchat file iv" + struct.pack(">Q", index), 16)
        stored += keyed_packet(keys, index, iv, text[65536 * index : 65536 * (index + 1)])
    return {"key": key.hex(), "size": size, "stored": len(stored), "sha256": sha256(stored).hex()}


def main():
    alice, bob, carol = User(7, "alice"), User(2, "bob"), User(300, "carol")
    friends, room = fixed("friends", 16), fixed("room", 16)
    key, room_key = fixed("chain key", 32), fixed("room chain key", 32)
    later = room_key
    for _ in range(2):
        later = expand(later, b"uchat chain", 32)
    vector = {
        "users": [
            {"number": user.number, "name": user.name, "s": user.s.hex(), "k": user.k.hex()}
            for user in (alice, bob, carol)
        ],
        "safety": {"alice bob": safety_numbers(alice, bob), "carol alice": safety_numbers(carol, alice)},
        "friends": {
            "package": package(
                0, 0, friends, 0, 1_700_000_000_000, (bytes(16), 0), alice, [alice, bob], key, [bob, alice]
            ),
            "messages": chain(friends, key, ["Hi Bob!", "Привет, 世界 👋", "x" * 300], alice, False),
        },
        "room": {
            "package": package(
                1, 5, room, 0, 1_700_000_001_000, (friends, 3), bob, [alice, bob, carol], room_key, [bob, alice, carol]
            ),
            "newcomer": package(
                1, 5, room, 2, 1_700_000_001_000, (bytes(16), 0), bob, [alice, bob, carol], later, [carol]
            ),
            "messages": chain(room, room_key, ["one", "two", "three", "four"], bob, True),
        },
        "files": [file(size) for size in (0, 1, 15, 16, 65535, 65536, 65537, 200_000)],
    }
    (HERE / "e2e.json").write_text(json.dumps(vector, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
