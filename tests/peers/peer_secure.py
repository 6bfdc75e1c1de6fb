"""Stage 7 over sockets: the handshake, messages under its keys, and an orderly end."""

import socket
import sys
import time

import uchat_handshake as handshake
import uchat_messages as messages
import uchat_rsa as rsa
import uchat_x509 as x509
from peer_net import TIMEOUT, PeerError, lines_of, run_server, say
from uchat_channel import ALERT, CLOSE_NOTIFY, Alerted, Channel
from uchat_spec import ProtocolError

HANDSHAKE_SECONDS = 10
PART_SECONDS = 10


class Secure:
    """A channel over a socket."""

    def __init__(self, sock):
        self.sock, self.channel = sock, Channel()
        # The number of the frame or packet that has begun to arrive, and when it must be complete.
        self.begun = None

    def run(self, steps, seconds):
        """Drives a generator of the channel to its end and returns its result."""
        deadline = time.monotonic() + seconds
        try:
            while True:
                try:
                    next(steps)
                except StopIteration as stop:
                    return stop.value
                finally:
                    self.flush()
                self.read(deadline)
        except Alerted:
            self.linger()
            raise
        except (ProtocolError, PeerError):
            self.alert()
            raise

    def flush(self):
        data, self.channel.output = bytes(self.channel.output), bytearray()
        self.sock.sendall(data)

    def read(self, deadline):
        # What has begun must end soon, however much time there is for what has not.
        if not self.channel.incomplete:
            self.begun = None
        elif self.begun is None or self.begun[0] != self.channel.received:
            self.begun = self.channel.received, time.monotonic() + PART_SECONDS
        if self.begun is not None:
            deadline = min(deadline, self.begun[1])
        self.sock.settimeout(max(deadline - time.monotonic(), 0.001))
        try:
            data = self.sock.recv(65536)
        except socket.timeout:
            raise PeerError("the other side was too slow") from None
        finally:
            self.sock.settimeout(TIMEOUT)
        if not data:
            raise Alerted("the connection was cut off: the other side did not say that it ends")
        self.channel.feed(data)

    def alert(self):
        """One generic alert; why, only the own log says."""
        try:
            self.channel.send(ALERT)
            self.flush()
            self.linger()
        except OSError:
            # Who has left already needs no alert.
            pass

    def linger(self):
        """A close with unread bytes would be a reset, and could overtake what was sent last."""
        end = time.monotonic() + 1
        try:
            self.sock.shutdown(socket.SHUT_WR)
            self.sock.settimeout(0.2)
            while time.monotonic() < end and self.sock.recv(65536):
                pass
        except OSError:
            pass

    # Messages.

    def send(self, *parts):
        self.channel.send(b"".join(part.encode() for part in parts))
        self.flush()

    def receive(self):
        """All messages of the next packet; None when the other side has said that it ends."""

        def steps():
            plaintext = yield from self.channel.receive()
            return None if plaintext == CLOSE_NOTIFY else messages.split_messages(plaintext)

        return self.run(steps(), TIMEOUT)

    def close(self):
        self.channel.send(CLOSE_NOTIFY)
        self.flush()


# The client.

def run_client_7(address, setup):
    with socket.create_connection(address, timeout=TIMEOUT) as sock:
        secure = Secure(sock)
        secure.run(handshake.client(secure.channel, setup, handshake.Chance()), HANDSHAKE_SECONDS)
        for line in lines_of(sys.stdin.buffer):
            secure.send(messages.request(line))
            found = secure.receive()
            if found is None:
                secure.close()
                raise PeerError("the server closed the connection")
            for message in found:
                say(messages.text_of(message))
        secure.close()
        # Only its answer shows that nothing was cut off at the end.
        if secure.receive() is not None:
            raise PeerError("the server sent a message that nobody asked for")


# The server.

def run_server_7(address, setup):
    friends = messages.Friends()

    def talk(sock):
        secure = Secure(sock)
        secure.run(handshake.server(secure.channel, setup, handshake.Chance()), HANDSHAKE_SECONDS)
        for found in iter(secure.receive, None):
            secure.send(*(messages.answer(message, friends) for message in found))
        secure.close()

    run_server(address, None, True, talk)


# Files.

def read_text(path):
    # Everything in PEM that counts is ASCII; the rest may be anything.
    with open(path, encoding="latin-1") as file:
        return file.read()


def one_certificate(path):
    found = x509.certificates_from_pem(read_text(path))
    if len(found) != 1:
        raise PeerError("%s holds %d certificates; expected one" % (path, len(found)))
    return found[0]


def load_chain(path, key_path, ca):
    """Chain and private key; the CA's certificate is added if only the leaf is in the file."""
    chain = x509.certificates_from_pem(read_text(path))
    if len(chain) == 1:
        chain.append(ca)
    key = rsa.private_key_from_pem(read_text(key_path))
    if key.public != chain[0].key:
        raise PeerError("the key in %s does not belong to the certificate in %s" % (key_path, path))
    return [certificate.der for certificate in chain], key
