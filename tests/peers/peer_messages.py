"""Stage 6 over sockets: messages in packets, under the key that both sides agreed on."""

import sys

import uchat_messages as messages
import uchat_packet as packet
import uchat_spec as spec
from peer_net import Client, Frames, PeerError, agree_client, agree_server, lines_of, run_server, say


class Packets:
    """Messages in packets over a socket."""

    def __init__(self, frames, key, check_padding=False):
        self.sock, self.key, self.check_padding = frames.sock, key, check_padding
        # What came behind the last frame is the beginning of the first packet.
        self.decoder = packet.PacketDecoder(buffer=frames.decoder.buffer)

    def send(self, message):
        self.sock.sendall(packet.seal(self.key, message.encode()))

    def receive(self):
        """The plaintext of the next packet, or None when the other side closed between two."""
        while True:
            found = self.decoder.next()
            if found is not None:
                return packet.open_packet(self.key, found, self.check_padding)
            data = self.sock.recv(65536)
            if not data:
                if self.decoder.incomplete:
                    raise PeerError("the connection was closed in the middle of a packet")
                return None
            self.decoder.feed(data)


def run_client_6(address, key, group):
    client = Client(address, key)
    with client.sock as sock:
        frames = Frames(sock, False)
        packets = Packets(frames, agree_client(client, frames, group))

        def ask():
            packets.send(request)
            return packets.receive()

        for line in lines_of(sys.stdin.buffer):
            request = messages.request(line)
            say(messages.text_of(spec.Message.decode(client.exchange(ask))))


def run_server_6(address, key, group, check_padding):
    friends = messages.Friends()

    def talk(sock):
        frames = Frames(sock, False)
        shared = agree_server(frames, group)
        if shared is None:
            return
        packets = Packets(frames, shared, check_padding)
        while True:
            try:
                plaintext = packets.receive()
                if plaintext is None:
                    return
            except packet.FillError as error:
                # The mistake that the exercise needs: who asks is told what decryption has shown.
                packets.send(spec.Message(messages.GENERAL_FAILURE, str(error)))
                continue
            packets.send(messages.answer_to(plaintext, friends))

    run_server(address, key, True, talk)
