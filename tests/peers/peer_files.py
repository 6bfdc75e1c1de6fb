"""File transfer over frames: the sender and the receiver."""

import contextlib
import hashlib
import os
import re
import socket
import threading
import time
import unicodedata

from peer_net import Client, Frames, PeerError, say, shown
from uchat_spec import ProtocolError, decode_value, encode_value

PIECE = 65536
LARGEST_FILE = 1 << 30
LONGEST_NAME = 180
MOST_OF_ONE_NAME = 1000
WINDOWS_DEVICES = {"CON", "PRN", "AUX", "NUL"} | {kind + n for kind in ("COM", "LPT") for n in "123456789"}


def fingerprint(path):
    """Size and SHA-256 of what is really on the disk."""
    digest, size = hashlib.sha256(), 0
    with open(path, "rb") as file:
        for piece in iter(lambda: file.read(PIECE), b""):
            digest.update(piece)
            size += len(piece)
    return size, digest.digest()


# The sender.

def send_files(address, key, little_endian, paths):
    client = Client(address, key)
    with client.sock as sock:
        frames = Frames(sock, little_endian)
        for path in paths:
            send_file(client, frames, path)


def send_file(client, frames, path):
    size, digest = fingerprint(path)
    name = os.path.basename(path)
    offer = encode_value({"name": name, "size": size, "offset": 0, "sha256": digest})

    def ask():
        frames.send(offer)
        return frames.receive()

    start = decode_value(client.exchange(ask))
    if isinstance(start, str):
        raise PeerError("the receiver refused %s: %s" % (name, start))
    # type(), because True would pass as the number 1.
    if type(start) is not int or start > size:
        raise PeerError("the receiver asked for an impossible offset: %r" % (start,))
    left = size - start
    try:
        with open(path, "rb") as file:
            file.seek(start)
            left = send_bytes(frames, file, left)
    except ConnectionError:
        # The receiver has closed; if it said why, that is already on its way to us.
        pass
    verdict = decode_value(client.exchange(frames.receive))
    if isinstance(verdict, str):
        raise PeerError("the receiver did not keep %s: %s" % (name, verdict))
    if verdict is not True or left:
        raise PeerError("the receiver did not confirm %s as it should" % name)
    say("sent %s: %d bytes, from offset %d" % (shown(name), size, start))


def send_bytes(frames, file, left):
    """How many bytes are left: none, unless the receiver has spoken in between."""
    while left:
        # The receiver may stop us in the middle; the caller reads its sentence.
        if frames.waiting():
            return left
        piece = file.read(min(PIECE, left))
        if not piece:
            raise PeerError("the file became shorter while it was sent")
        frames.send(piece)
        left -= len(piece)
    return left


# The receiver.

class Refusal(PeerError):
    """Told to the sender; then the connection is closed."""


@contextlib.contextmanager
def disk():
    """Trouble with the disk is told to the sender; trouble with the socket cannot be."""
    try:
        yield
    except (OSError, ValueError) as error:
        # ValueError: a name that this system cannot write.
        reason = getattr(error, "strerror", None) or "the name cannot be used here"
        raise Refusal("the file cannot be stored: %s" % reason) from error


# Marks that turn text round, or take no room: "txt.exe" could look like "exe.txt".
HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def safe_name(said):
    """The last component without what hides a file, leads out of the folder, or means something else to a system."""
    last = re.split(r"[/\\]", said)[-1]
    last = HIDDEN.sub("_", last)
    name = "".join("_" if c in '<>:"|?*' or unicodedata.category(c) == "Cc" else c for c in last)
    # Without dots in front, no name can stand in for the unfinished part of another file.
    name = name.lstrip(".").rstrip(". ")
    if not 1 <= len(name.encode("utf-8")) <= LONGEST_NAME:
        raise Refusal("a file name takes 1 to %d bytes" % LONGEST_NAME)
    return "_" + name if name.split(".")[0].upper() in WINDOWS_DEVICES else name


def read_offer(payload):
    try:
        offer = decode_value(payload)
    except ProtocolError as error:
        raise Refusal("this is no offer: %s" % error) from None
    if not isinstance(offer, dict) or set(offer) != {"name", "size", "offset", "sha256"}:
        raise Refusal("an offer is a dict of name, size, offset and sha256")
    name, size, offset, digest = (offer[key] for key in ("name", "size", "offset", "sha256"))
    if [type(v) for v in (name, size, offset, digest)] != [str, int, int, bytes]:
        raise Refusal("a value in the offer has the wrong type")
    if len(digest) != 32:
        raise Refusal("a SHA-256 digest has 32 bytes")
    if size > LARGEST_FILE:
        raise Refusal("the file has %d bytes; this receiver takes at most %d" % (size, LARGEST_FILE))
    if offset > size:
        raise Refusal("the offset is beyond the size")
    return safe_name(name), size, offset, digest


class Receiver:
    def __init__(self, folder, little_endian):
        self.folder = folder
        self.little_endian = little_endian
        self.locks = {}
        os.makedirs(folder, exist_ok=True)

    def talk(self, sock):
        frames = Frames(sock, self.little_endian)
        try:
            for offer in iter(frames.receive, None):
                self.receive(frames, offer)
                frames.send(encode_value(True))
        except Refusal as error:
            frames.send(encode_value(str(error)))
            close_gently(sock)
            raise

    def receive(self, frames, payload):
        """One file, whole and in its place."""
        name, size, offset, digest = read_offer(payload)
        part = self.path(".%s.%s.%d.part" % (name, digest.hex()[:16], size))
        # The thread of a broken connection may still be writing what this one resumes.
        lock = self.locks.setdefault(part, threading.Lock())
        if not lock.acquire(timeout=2):
            raise Refusal("this file is being received already")
        try:
            with disk():
                finished = self.find_finished(name, size, digest)
            if finished:
                frames.send(encode_value(size))
                return
            self.receive_bytes(frames, part, size, offset)
            with disk():
                self.finish(part, name, size, digest)
        finally:
            lock.release()

    def receive_bytes(self, frames, part, size, offset):
        with disk():
            have = os.path.getsize(part) if os.path.exists(part) else 0
            # Longer than the whole file can only be damage: from the start, then.
            mode, have = ("wb", 0) if have > size else ("ab", have)
            if have < offset:
                raise Refusal("the bytes from %d to %d are missing here" % (have, offset))
            file = open(part, mode)
        with file:
            frames.send(encode_value(have))
            while have < size:
                piece = frames.receive()
                if piece is None:
                    raise PeerError("the sender left after %d of %d bytes" % (have, size))
                if not 1 <= len(piece) <= min(PIECE, size - have):
                    raise Refusal("a frame of %d bytes does not fit here" % len(piece))
                with disk():
                    file.write(piece)
                    # What has arrived must be there even if this program is killed.
                    file.flush()
                have += len(piece)

    def finish(self, part, name, size, digest):
        if fingerprint(part) != (size, digest):
            # Kept, it would spoil every further attempt.
            os.remove(part)
            raise Refusal("the digest of %s does not fit; nothing was kept of it" % name)
        for path in self.candidates(name):
            try:
                # Reserves the name: a file that is there already is never overwritten.
                open(path, "xb").close()
            except FileExistsError:
                continue
            os.replace(part, path)
            return
        raise Refusal("there are %d files of this name already" % MOST_OF_ONE_NAME)

    def find_finished(self, name, size, digest):
        for path in self.candidates(name):
            if not os.path.lexists(path):
                return False
            if os.path.isfile(path) and os.path.getsize(path) == size \
                    and fingerprint(path) == (size, digest):
                return True
        return False

    def candidates(self, name):
        stem, extension = os.path.splitext(name)
        yield self.path(name)
        for number in range(2, MOST_OF_ONE_NAME + 1):
            yield self.path("%s (%d)%s" % (stem, number, extension))

    def path(self, name):
        return os.path.join(self.folder, name)


def close_gently(sock):
    """Closing with unread bytes resets the connection, and the sentence could be lost on its way."""
    deadline = time.monotonic() + 5
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_WR)
        while time.monotonic() < deadline:
            sock.settimeout(max(deadline - time.monotonic(), 0.001))
            if not sock.recv(PIECE):
                return
