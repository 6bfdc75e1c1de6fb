"""Sockets for the peers: connections, the challenge on both sides, clients and servers."""

import hmac
import os
import secrets
import select
import signal
import socket
import socketserver
import sys
import time

import uchat_secret as secret
import uchat_spec as spec

# Nothing may hang for ever: a test that waits this long has already failed.
TIMEOUT = 30
CHALLENGE_SECONDS = 5
CHUNK = 1024


class PeerError(Exception):
    """One sentence for the person in front of the screen."""


def shown(text):
    """What came from the other side, without the characters that could steer a terminal."""
    return "".join(c if c.isprintable() else "?" for c in text)


def say(line):
    # Bytes, because names and replies may not fit the terminal's own encoding.
    if isinstance(line, str):
        line = line.encode("utf-8")
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def complain(error):
    if isinstance(error, socket.timeout):
        error = "no answer within %d seconds" % TIMEOUT
    elif isinstance(error, OSError) and error.strerror:
        # Without Python's "[Errno 111]", which means something only to programmers.
        error = "%s: %s" % (error.filename, error.strerror) if error.filename else error.strerror
    # One write, so that the lines of several threads do not mix.
    sys.stderr.write("peer: %s\n" % shown(str(error)))
    sys.stderr.flush()


# The challenge.

def read_exactly(sock, size, deadline=None):
    """Up to `size` bytes: fewer if the other side closes or the deadline passes."""
    data = b""
    try:
        while len(data) < size:
            if deadline is not None:
                # The time left in total: a peer that drips bytes gains nothing.
                sock.settimeout(max(deadline - time.monotonic(), 0.001))
            part = sock.recv(size - len(data))
            if not part or deadline is not None and time.monotonic() > deadline:
                break
            data += part
    except socket.timeout:
        pass
    sock.settimeout(TIMEOUT)
    return data


def answer_challenge(sock, key):
    challenge = read_exactly(sock, spec.CHALLENGE_SIZE)
    if len(challenge) < spec.CHALLENGE_SIZE:
        raise PeerError("the server sent no whole challenge; does it run with --open?")
    sock.sendall(spec.challenge_answer(key, challenge))


def check_challenge(sock, key):
    challenge = secrets.token_bytes(spec.CHALLENGE_SIZE)
    sock.sendall(challenge)
    answer = read_exactly(sock, spec.ANSWER_SIZE, time.monotonic() + CHALLENGE_SECONDS)
    # compare_digest also refuses a short answer, and its time tells nothing about the right one.
    if not hmac.compare_digest(answer, spec.challenge_answer(key, challenge)):
        raise PeerError("a client did not answer the challenge correctly")


def receive_whole(sock, decoder, what):
    """The next frame or packet, or None when the other side closed between two."""
    deadline = None
    while (found := decoder.next()) is None:
        if deadline is None and decoder.incomplete:
            # Counted from the first byte: a byte now and then buys no more time.
            deadline = time.monotonic() + TIMEOUT
        left = TIMEOUT if deadline is None else deadline - time.monotonic()
        if left <= 0:
            raise socket.timeout
        sock.settimeout(left)
        data = sock.recv(65536)
        if not data:
            if decoder.incomplete:
                raise PeerError("the connection was closed in the middle of a " + what)
            return None
        decoder.feed(data)
    sock.settimeout(TIMEOUT)
    return found


class Frames:
    """Frames over a socket."""

    def __init__(self, sock, little_endian):
        self.sock = sock
        self.little_endian = little_endian
        self.decoder = spec.FrameDecoder(little_endian)

    def send(self, payload):
        self.sock.sendall(spec.encode_frame(payload, self.little_endian))

    def receive(self):
        return receive_whole(self.sock, self.decoder, "frame")

    def waiting(self):
        """Has the other side sent something that nobody has looked at yet?"""
        # The decoder first: what it holds, the system no longer reports.
        return self.decoder.incomplete or bool(select.select([self.sock], [], [], 0)[0])


class SecretFrames:
    """Frames with an encrypted payload, one keystream for each direction."""

    def __init__(self, frames, sending, receiving):
        self.frames, self.sending, self.receiving = frames, sending, receiving

    def send(self, payload):
        self.frames.send(self.sending.apply(payload))

    def receive(self):
        payload = self.frames.receive()
        return None if payload is None else self.receiving.apply(payload)


# Clients.

class Client:
    """A connection that has answered the challenge (unless key is None)."""

    def __init__(self, address, key):
        self.sock = socket.create_connection(address, timeout=TIMEOUT)
        # The server never says that the key was right, so until its first reply a close means wrong.
        self.in_doubt = key is not None
        if key is not None:
            answer_challenge(self.sock, key)

    def exchange(self, ask, doubt="the key is probably wrong"):
        """What `ask` returns, unless the server has closed: then `ask` returns None or breaks."""
        try:
            reply = ask()
        except ConnectionError:
            reply = None
        if reply is None and self.in_doubt:
            raise PeerError("the server closed the connection: " + doubt)
        if reply is None:
            raise PeerError("the server closed the connection")
        self.in_doubt = False
        return reply


def without_newline(line):
    """One final newline goes, of Unix or of Windows."""
    return line.removesuffix(b"\n").removesuffix(b"\r") if line.endswith(b"\n") else line


def lines_of(stream):
    """Lines without their newline, until `quit`; each as soon as it has been typed."""
    for line in map(without_newline, iter(stream.readline, b"")):
        if line == b"quit":
            return
        yield line


def agree_client(client, frames, group):
    """The shared key; the client speaks first."""
    pair = secret.KeyPair(group)

    def ask():
        frames.send(pair.public)
        return frames.receive()

    answer = client.exchange(ask, "the key is probably wrong, or the group not the same")
    return pair.shared_key(answer)


def run_client(address, key, framed, little_endian, group=None, one_keystream=False):
    """Sends the lines of standard input; with a group, they are encrypted."""
    client = Client(address, key)
    with client.sock as sock:
        frames = Frames(sock, little_endian)
        if group is not None:
            key = agree_client(client, frames, group)
            to_server, to_client = secret.keystreams(key, one_keystream)
            frames = SecretFrames(frames, to_server, to_client)

        def ask_frame():
            frames.send(line)
            return frames.receive()

        def ask_chunk():
            # One read is all that a line gets: that it can be too little is the lesson of stage 3.
            sock.sendall(line)
            return sock.recv(CHUNK) or None

        for line in lines_of(sys.stdin.buffer):
            if framed:
                say(client.exchange(ask_frame))
            else:
                # An empty line sends nothing, so no reply may be awaited.
                say(client.exchange(ask_chunk) if line else b"")


# Servers.

def echo_chunks(sock):
    for chunk in iter(lambda: sock.recv(CHUNK), b""):
        sock.sendall(spec.upper(chunk))


def agree_server(frames, group):
    """The shared key, or None if the client left without a public value."""
    value = frames.receive()
    if value is None:
        return None
    pair = secret.KeyPair(group)
    # Before the answer: to a value that is refused, nothing is said.
    key = pair.shared_key(value)
    frames.send(pair.public)
    return key


def echo_frames(sock, little_endian, group=None, one_keystream=False):
    frames = Frames(sock, little_endian)
    if group is not None:
        key = agree_server(frames, group)
        if key is None:
            return
        to_server, to_client = secret.keystreams(key, one_keystream)
        frames = SecretFrames(frames, to_client, to_server)
    for payload in iter(frames.receive, None):
        frames.send(spec.upper(payload))


def run_server(address, key, threads, talk):
    """Calls talk(socket) for each client that passes the challenge; never returns."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            self.request.settimeout(TIMEOUT)
            try:
                if key is not None:
                    check_challenge(self.request, key)
                talk(self.request)
            except (PeerError, spec.ProtocolError, OSError) as error:
                # One bad client must not end the server.
                complain(error)

    class Server(socketserver.ThreadingTCPServer if threads else socketserver.TCPServer):
        address_family = socket.getaddrinfo(*address, type=socket.SOCK_STREAM)[0][0]
        # On Windows this option would let two servers share a port.
        allow_reuse_address = os.name != "nt"
        request_queue_size = 128
        daemon_threads = True

    # At once and without clean-up: threads that wait for their clients could delay an orderly end.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os._exit(0))
    with Server(address, Handler) as server:
        host, port = server.server_address[:2]
        say("listening on %s:%d" % ("[%s]" % host if ":" in host else host, port))
        server.serve_forever()
