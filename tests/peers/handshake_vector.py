"""handshake_vector.py: prints handshakes with fixed "random" numbers as JSON, every byte of them.

Both roles of the peer run in memory; nothing here is secret. The output is stored as
tests/vectors/handshake.json (`handshake_vector.py > handshake.json`), for any other implementation to be compared with.
"""

import hashlib
import json
import sys

import uchat_handshake as handshake
import uchat_messages as messages
import uchat_spec as spec
import uchat_x509 as x509
from uchat_channel import CLOSE_NOTIFY, Channel, KeySchedule, expand_label
from uchat_secret import FFDHE2048, KeyPair
from vector_identities import World, fixed

ABOUT = (
    "Handshakes of the signed channel with fixed inputs, made by tests/peers/handshake_vector.py. All "
    "bytes are in hex. identities: certificates (DER) and private keys (PKCS#8), valid from 2020 to 2049. "
    "A case begins with the inputs of both sides; access_key is null where none is wanted. shared_value "
    "is Z, and secrets is the key schedule in order. handshake and application list all that is sent, in "
    "order: plaintext is a handshake message with its 4-byte header, or one or more messages; wire is the "
    "frame or packet around it. Packets name the traffic secret that their keys come from and have a "
    "sequence number and an iv. transcript_hash is the hash up to and including this message; "
    "signed_content is what the signature of a certificate_verify covers.")
NAME = "localhost"


class Recorder(Channel):
    """A channel that writes down what it sends; its IVs follow from side and number."""

    def __init__(self, side, case, record):
        super().__init__(self.next_iv)
        self.side, self.case, self.record, self.count = side, case, record, 0

    def next_iv(self):
        self.count += 1
        self.iv = fixed("%s, iv %d of the %s" % (self.case, self.count, self.side), 16)
        return self.iv

    def send(self, plaintext):
        start, keys = len(self.output), self.sending
        entry = {"from": self.side, "plaintext": plaintext}
        if keys is not None:
            entry.update(secret=keys.secret, sequence=keys.sequence)
        super().send(plaintext)
        if keys is not None:
            entry["iv"] = self.iv
        entry["wire"] = bytes(self.output[start:])
        self.record.append(entry)


def converse(channels, steps, mangle=lambda side, start, data: data):
    """Runs two generators against each other in memory; returns how many bytes each side sent.

    mangle(side, start, data) gives what the other side receives instead of data, which begins at start.
    """
    running, sent = {0, 1}, [0, 0]
    while running:
        before = sum(sent), len(running)
        for side in sorted(running):
            channel, other = channels[side], channels[1 - side]
            try:
                next(steps[side])
            except StopIteration:
                running.remove(side)
            data, channel.output = bytes(channel.output), bytearray()
            other.feed(mangle(side, sent[side], data))
            sent[side] += len(data)
        if before == (sum(sent), len(running)):
            raise spec.ProtocolError("both sides wait for each other")
    return sent


def exponent(name):
    # With its highest bit it is as long in every notation.
    return int.from_bytes(fixed(name, 32), "big") | 1 << 255


def zero_led_exponent(private):
    """The first exponent from a fixed one on whose shared value begins with a zero byte."""
    public, number = pow(2, private, FFDHE2048.p), exponent("leading zero, server")
    while pow(public, number, FFDHE2048.p) >> 2040:
        number += 1
    return number


def run_case(world, case, wants_access, wants_certificate, zero_led):
    """Everything that there is to say about one handshake and the messages after it."""
    inputs = {side: {"random": fixed("%s, random of the %s" % (case, side), 32),
                     "private": exponent("%s, %s" % (case, side))} for side in ("client", "server")}
    if zero_led:
        inputs["server"]["private"] = zero_led_exponent(inputs["client"]["private"])
    challenge = fixed(case + ", challenge", 32) if wants_access else None
    access_key = fixed("access key", 32) if wants_access else None
    chance = {side: handshake.Chance(one["random"], one["private"], challenge)
              for side, one in inputs.items()}
    pairs = {side: KeyPair(FFDHE2048, one["private"]) for side, one in inputs.items()}
    shared = pairs["client"].shared_value(pairs["server"].public).to_bytes(256, "big")

    ca, opening, later = x509.Certificate(world.ca_der), [], []
    client, server = (Recorder(side, case, opening) for side in ("client", "server"))
    chain = [world.user_der, world.ca_der] if wants_certificate else []
    client_setup = handshake.ClientSetup(ca, NAME, chain, world.user.key, access_key)
    server_setup = handshake.ServerSetup([world.server_der, world.ca_der], world.server.key,
                                         ca if wants_certificate else None, access_key)
    converse((client, server), (handshake.client(client, client_setup, chance["client"]),
                                handshake.server(server, server_setup, chance["server"])))
    client.record = server.record = later
    talk(client, server)

    hashes = add_hashes(opening)
    secrets = name_secrets(KeySchedule(shared), hashes)
    names = {data: name for name, data in secrets.items()}
    for entry in opening + later:
        if "secret" in entry:
            entry["secret"] = names[entry["secret"]]
    for side, pair in pairs.items():
        inputs[side].update(private=pair.private.to_bytes(32, "big"), public=pair.public)
    return {"case": case, "server_name": NAME, "access_key": access_key, "challenge": challenge,
            "client_certificate": wants_certificate, "client": inputs["client"],
            "server": inputs["server"], "shared_value": shared, "secrets": secrets,
            "handshake": opening, "application": later}


def talk(client, server):
    """A request alone, two requests in one packet, then the orderly end."""
    friends = messages.Friends()
    for requests in ([spec.Message(messages.CLIENT_ECHO, "hello")],
                     [spec.Message(messages.ADD_FRIEND, "bob"), spec.Message(messages.CLIENT_ECHO, "")]):
        client.send(b"".join(request.encode() for request in requests))
        server.send(b"".join(messages.answer(one, friends).encode() for one in requests))
    client.send(CLOSE_NOTIFY)
    server.send(CLOSE_NOTIFY)


def add_hashes(entries):
    """Names the handshake messages; returns the transcript hash after each, by sender and name."""
    transcript, hashes = b"", {}
    contexts = {"server": handshake.SERVER_CONTEXT, "client": handshake.CLIENT_CONTEXT}
    for entry in entries:
        data, side, before = entry["plaintext"], entry["from"], hashlib.sha256(transcript).digest()
        entry["name"] = handshake.NAMES[data[0]]
        if data[0] == handshake.CERTIFICATE_VERIFY:
            entry["signed_content"] = handshake.signed_content(contexts[side], before)
        transcript += data
        entry["transcript_hash"] = hashlib.sha256(transcript).digest()
        hashes[side, data[0]] = entry["transcript_hash"]
    return hashes


def name_secrets(schedule, hashes):
    secrets = {"early": schedule.early, "derived of early": schedule.handshake_salt,
               "handshake": schedule.handshake, "derived of handshake": schedule.main_salt,
               "main": schedule.main}
    hs = schedule.handshake_traffic(hashes["server", handshake.SERVER_HELLO])
    ap = schedule.application_traffic(hashes["server", handshake.FINISHED])
    for phase, pair in (("hs", hs), ("ap", ap)):
        for side, secret in zip("cs", pair):
            name = "%s %s traffic" % (side, phase)
            secrets[name] = secret
            labels = ("key", "mac", "finished") if phase == "hs" else ("key", "mac")
            for label in labels:
                secrets["%s, %s" % (name, label)] = expand_label(secret, label.encode(), b"", 32)
    return secrets


def make():
    world = World()
    identities = {"ca": {"certificate": world.ca_der, "private_key": world.ca.pkcs8},
                  "server": {"certificate": world.server_der, "private_key": world.server.pkcs8},
                  "user": {"certificate": world.user_der, "private_key": world.user.pkcs8}}
    cases = [run_case(world, "everything", True, True, False),
             run_case(world, "shared value with a leading zero byte", False, False, True)]
    return {"about": ABOUT, "identities": identities, "cases": cases}


def main():
    json.dump(make(), sys.stdout, indent=1, default=bytes.hex)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
