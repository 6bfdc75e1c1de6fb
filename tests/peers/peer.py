"""The command line of the Python peer: stages 1 to 7, written from the specification alone."""

import argparse
import json
import signal
import sys

import uchat_secret as secret
import uchat_spec as spec
import uchat_handshake as handshake
import uchat_packet as packet
from peer_files import Receiver, send_files
from peer_messages import run_client_6, run_server_6
from peer_net import (PeerError, complain, echo_chunks, echo_frames, run_client, run_server, say,
                      without_newline)
from peer_secure import load_chain, one_certificate, run_client_7, run_server_7


def address(text):
    host, colon, port = text.rpartition(":")
    # isdigit alone would take digits of other scripts.
    if not host or not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise argparse.ArgumentTypeError("%r is not HOST:PORT" % text)
    # An IPv6 address stands in brackets, because it has colons of its own.
    return host[1:-1] if host[0] == "[" and host[-1] == "]" else host, int(port)


def build_parser():
    parser = argparse.ArgumentParser(prog="peer.py", description=__doc__, allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for stage in (1, 2, 3, 4, 5, 6, 7):
        command = commands.add_parser("stage-%d" % stage, help="the programs of stage %d" % stage)
        roles = command.add_subparsers(dest="role", metavar="ROLE", required=True)
        add_role(roles, stage, "client", "--connect", "send the lines of standard input")
        add_role(roles, stage, "server", "--listen", "answer in upper case")
        if stage == 4:
            role = add_role(roles, stage, "send-file", "--connect", "send files to a receiver")
            role.add_argument("paths", nargs="+", metavar="PATH")
            role = add_role(roles, stage, "recv-files", "--listen", "receive files into a folder")
            role.add_argument("--dir", required=True, metavar="DIR")
    for name, text in (("encode", "JSON to hex"), ("decode", "hex to JSON")):
        command = commands.add_parser(name, help=text + ", standard input to output",
                                      allow_abbrev=False)
        command.add_argument("--message", action="store_true", help="with the operation in front")
    return parser


def add_role(roles, stage, name, where, text):
    role = roles.add_parser(name, help=text, allow_abbrev=False)
    role.add_argument(where, dest="address", type=address, required=True, metavar="HOST:PORT")
    if 2 <= stage <= 6:
        keys = role.add_mutually_exclusive_group()
        keys.add_argument("--key", help="instead of the default key")
        keys.add_argument("--key-file", metavar="FILE", help="the key, without one final newline")
        keys.add_argument("--open", action="store_true", help="no challenge")
    # Without frames there is no length that could have an order of bytes.
    if stage == 4:
        role.add_argument("--little-endian", action="store_true", help="lengths as C writes them")
    if stage in (5, 6):
        groups = role.add_mutually_exclusive_group()
        groups.add_argument("--historic", action="store_true", help="the course project's group")
        if stage == 5:
            groups.add_argument("--group", metavar="FILE", help="a safe prime in decimal digits")
            role.add_argument("--one-keystream", action="store_true",
                              help="the same keystream in both directions, for the attack")
    if stage == 7:
        add_secure_role(role, name)
    return role


def add_secure_role(role, name):
    role.add_argument("--access-key-file", metavar="FILE", help="the key, without one final newline")
    server = name == "server"
    role.add_argument("--cert", metavar="FILE", required=server, help="the own certificate")
    role.add_argument("--key", metavar="FILE", required=server, help="its private key")
    if server:
        role.add_argument("--chain-ca", metavar="FILE", required=True,
                          help="the CA's certificate, sent after the own one")
        role.add_argument("--client-ca", metavar="FILE",
                          help="the CA whose certificates clients need")
    else:
        role.add_argument("--ca", metavar="FILE", required=True, help="the CA to trust")
        role.add_argument("--name", metavar="HOST", help="the server's name, if not that of --connect")


def key_of(options, stage):
    """The key, or None where no challenge is spoken."""
    if stage == 1 or options.open:
        return None
    if options.key is not None:
        # surrogateescape gives back arguments that are not UTF-8 as they were typed.
        return not_empty(options.key.encode("utf-8", "surrogateescape"))
    if options.key_file is not None:
        return read_key(options.key_file)
    return spec.DEFAULT_KEY


def read_key(path):
    with open(path, "rb") as file:
        return not_empty(without_newline(file.read()))


def not_empty(key):
    if not key:
        raise PeerError("an empty key is no key: everybody knows it")
    return key


def group_of(historic, path=None):
    if path is not None:
        with open(path, encoding="ascii") as file:
            return secret.own_group(file.read())
    return secret.HISTORIC if historic else secret.FFDHE2048


def run_stage_5(options, key):
    group, one = group_of(options.historic, options.group), options.one_keystream
    if options.role == "client":
        run_client(options.address, key, True, False, group, one)
    else:
        run_server(options.address, key, True, lambda sock: echo_frames(sock, False, group, one))


def run_stage_6(options, key):
    packet.require_aes()
    run = run_client_6 if options.role == "client" else run_server_6
    run(options.address, key, group_of(options.historic))


def run_stage_7(options):
    packet.require_aes()
    access_key = read_key(options.access_key_file) if options.access_key_file else None
    if options.role == "server":
        chain, key = load_chain(options.cert, options.key, one_certificate(options.chain_ca))
        client_ca = one_certificate(options.client_ca) if options.client_ca else None
        return run_server_7(options.address,
                            handshake.ServerSetup(chain, key, client_ca, access_key))
    if (options.cert is None) != (options.key is None):
        raise PeerError("--cert and --key go together")
    ca, chain, key = one_certificate(options.ca), [], None
    if options.cert:
        chain, key = load_chain(options.cert, options.key, ca)
    name = options.name or options.address[0]
    run_client_7(options.address, handshake.ClientSetup(ca, name, chain, key, access_key))


def run_stage(options, stage):
    if stage == 7:
        return run_stage_7(options)
    key = key_of(options, stage)
    if stage == 6:
        return run_stage_6(options, key)
    if stage == 5:
        return run_stage_5(options, key)
    little = stage == 4 and options.little_endian
    if options.role == "client":
        run_client(options.address, key, stage == 4, little)
    elif options.role == "send-file":
        send_files(options.address, key, little, options.paths)
    elif options.role == "recv-files":
        run_server(options.address, key, True, Receiver(options.dir, little).talk)
    elif stage == 4:
        run_server(options.address, key, True, lambda sock: echo_frames(sock, little))
    else:
        # Stages 1 and 2 serve one client at a time; stage 3 is where threads come in.
        run_server(options.address, key, stage == 3, echo_chunks)


def encode(text, as_message):
    node = spec.parse_json(text)
    if not as_message:
        return spec.encode_value(spec.from_json(node)).hex()
    if not isinstance(node, dict) or set(node) != {"operation", "value"}:
        raise PeerError('a message is {"operation": number, "value": ...}')
    return spec.Message(node["operation"], spec.from_json(node["value"])).encode().hex()


def decode(text, as_message):
    data = spec.parse_hex(text.strip())
    if as_message:
        message = spec.Message.decode(data)
        node = {"operation": message.operation, "value": spec.to_json(message.value)}
    else:
        node = spec.to_json(spec.decode_value(data))
    return json.dumps(node, ensure_ascii=False, separators=(",", ":"))


def main():
    options = build_parser().parse_args()
    # Ctrl-C ends a client quietly; the servers set their own answer to it.
    signal.signal(signal.SIGINT, lambda *_: sys.exit(130))
    try:
        if options.command == "encode" or options.command == "decode":
            convert = encode if options.command == "encode" else decode
            say(convert(sys.stdin.buffer.read().decode("utf-8"), options.message))
        else:
            run_stage(options, int(options.command[-1]))
    except (PeerError, spec.ProtocolError, OSError, UnicodeError) as error:
        complain(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
