"""Stage 6 over sockets: messages in packets, under the key that both sides agreed on."""

import sys

import uchat_messages as messages
import uchat_packet as packet
from peer_net import Client, Frames, agree_client, agree_server, lines_of, receive_whole, run_server, say
from uchat_spec import Message


class Packets:
    """Messages in packets over a socket."""

    def __init__(self, frames, key):
        self.sock, self.key = frames.sock, key
        # What came behind the last frame is the beginning of the first packet.
        self.decoder = packet.PacketDecoder(buffer=frames.decoder.buffer)

    def send(self, message):
        self.sock.sendall(packet.seal(self.key, message.encode()))

    def receive(self):
        """The next packet's message, exactly one, or None when the other side closed between two."""
        found = receive_whole(self.sock, self.decoder, "packet")
        return None if found is None else Message.decode(packet.open_packet(self.key, found))


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
            say(messages.text_of(client.exchange(ask)))


def run_server_6(address, key, group):
    friends = messages.Friends()

    def talk(sock):
        frames = Frames(sock, False)
        shared = agree_server(frames, group)
        if shared is None:
            return
        packets = Packets(frames, shared)
        for message in iter(packets.receive, None):
            packets.send(messages.answer(message, friends))

    run_server(address, key, True, talk)
