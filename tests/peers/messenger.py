"""A messenger of its own for lesson 6, written from the specification alone.

It registers, logs in and chats: commands are lines on standard input, everything that arrives is printed as
one line of JSON.

    /register EMAIL     makes the account of --username and --password
    /login              logs in
    /add NAME           asks somebody to be a friend
    /accept             says yes to the first who has asked
    /say NAME TEXT      says something to a friend
    /read NAME          says that everything of a friend has been read
    /history NAME       asks for everything that was said

The server answers each request once, in the order of the requests; what it says unasked comes in between, and
has other numbers.
"""

import argparse
import json
import secrets
import select
import sys

import uchat_packet as packet
import uchat_secret as secret
import uchat_spec as spec
from peer import address, read_key
from peer_messages import Packets
from peer_net import Client, Frames, PeerError, agree_client, complain

LOGIN, REGISTER, ADD_FRIEND, RESOLVE, SEND_MESSAGE = 1, 2, 4, 5, 6
FETCH_HISTORY, SET_CURSOR = 22, 23
INCOMING_REQUEST, CONTACT_INFO, NEW_MESSAGE, LOGIN_BUNDLE = 102, 103, 109, 113
TEXT, USER = 0, 0


class Messenger:
    """What one user knows: friends by name, who has asked, and the last number of each conversation."""

    def __init__(self, packets, username, password):
        self.packets, self.username, self.password = packets, username, password
        self.friends, self.asking, self.last = {}, [], {}

    def command(self, line):
        """The request of a typed line."""
        verb, _, rest = line.partition(" ")
        if verb == "/register":
            return spec.Message(REGISTER, [self.username, self.password, rest])
        if verb == "/login":
            return spec.Message(LOGIN, [self.username, self.password])
        if verb == "/add":
            return spec.Message(ADD_FRIEND, rest)
        if verb == "/accept":
            if not self.asking:
                raise PeerError("nobody has asked")
            return spec.Message(RESOLVE, [self.asking.pop(0), True])
        name, _, text = rest.partition(" ")
        target = {"target_type": USER, "target_id": self.friend(name)}
        if verb == "/say":
            said = {"type": TEXT, "data": text, "fontsize": 0, "fontcolor": ""}
            return spec.Message(SEND_MESSAGE, dict(target, message=said, id=secrets.token_bytes(16)))
        if verb == "/read":
            last = self.last.get(target["target_id"], 0)
            return spec.Message(SET_CURSOR, dict(target, delivered=last, read=last))
        if verb == "/history":
            return spec.Message(FETCH_HISTORY, dict(target, after=0, limit=100))
        raise PeerError("there is no command " + verb)

    def friend(self, name):
        if name not in self.friends:
            raise PeerError("%s is not a friend" % name)
        return self.friends[name]

    def arrived(self, message):
        """Remembers what a message tells."""
        operation, value = message.operation, message.value
        if operation == LOGIN_BUNDLE:
            self.friends.update((friend["name"], friend["id"]) for friend in value["friends"])
            self.asking += [person["id"] for person in value["requests"]]
        elif operation == CONTACT_INFO and "friend" in value:
            self.friends[value["friend"]["name"]] = value["friend"]["id"]
        elif operation == INCOMING_REQUEST:
            self.asking.append(value["id"])
        elif operation == NEW_MESSAGE and value["target_type"] == USER:
            self.last[value["sender_id"]] = value["seq"]

    def receive(self):
        """Prints the next message. False when the server has closed."""
        message = self.packets.receive()
        if message is None:
            return False
        self.arrived(message)
        print(json.dumps({"operation": message.operation, "value": spec.to_json(message.value)},
                         ensure_ascii=False), flush=True)
        return True

    def run(self):
        # Without a buffer, so that what `select` says about it is true.
        lines = open(sys.stdin.fileno(), "rb", buffering=0, closefd=False)
        while True:
            if self.packets.decoder.incomplete and self.receive():
                continue
            ready, _, _ = select.select([self.packets.sock, lines], [], [])
            if self.packets.sock in ready:
                if not self.receive():
                    return
            elif lines in ready:
                line = lines.readline().decode("utf-8").rstrip("\n")
                if not line:
                    return
                self.packets.send(self.command(line))


def main():
    parser = argparse.ArgumentParser(prog="messenger.py", description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--connect", dest="address", type=address, required=True, metavar="HOST:PORT")
    parser.add_argument("--key-file", metavar="FILE", help="the access key; without it the server must be open")
    parser.add_argument("--username", required=True)
    parser.add_argument("--password", required=True, help="of an account for this lesson only")
    options = parser.parse_args()
    packet.require_aes()
    client = Client(options.address, read_key(options.key_file) if options.key_file else None)
    frames = Frames(client.sock, False)
    packets = Packets(frames, agree_client(client, frames, secret.FFDHE2048))
    Messenger(packets, options.username, options.password).run()


if __name__ == "__main__":
    try:
        main()
    except (PeerError, spec.ProtocolError, OSError) as error:
        complain(error)
        sys.exit(1)
