"""What stages 6 and 7 say to each other: the requests, and what a server answers to them.

Pure functions, and one list of friends. Written from the specification alone.
"""

import threading

from uchat_spec import Message, ProtocolError, read_value

CLIENT_ECHO, ADD_FRIEND, DEL_FRIEND = 3, 4, 11
SERVER_ECHO = 105
GENERAL_FAILURE, GENERAL_MSG = 203, 204
# In stage 7 these two end a connection: single bytes, without a value.
CLOSE_NOTIFY, ALERT = 240, 241
MOST_NAMES, LONGEST_NAME = 100, 64
NOT_UNDERSTOOD = "this server knows no such operation, or not with such a value"


# The client.

def request(line):
    """The message of one typed line."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        raise ProtocolError("the line is not UTF-8, which a message needs") from None
    for verb, operation in (("/add ", ADD_FRIEND), ("/delete ", DEL_FRIEND)):
        if text.startswith(verb):
            return Message(operation, text[len(verb):])
    return Message(CLIENT_ECHO, text)


def text_of(message):
    """What the user reads of an answer."""
    if message.operation not in (SERVER_ECHO, GENERAL_FAILURE, GENERAL_MSG):
        raise ProtocolError("the server answered with the operation %d" % message.operation)
    if not isinstance(message.value, str):
        raise ProtocolError("the server answered with something that is no text")
    return message.value


# The server.

class Friends:
    """One list for all clients, in memory."""

    def __init__(self):
        self.names, self.lock = set(), threading.Lock()

    def add(self, name):
        if not 1 <= len(name.encode("utf-8")) <= LONGEST_NAME:
            return "a name takes 1 to %d bytes" % LONGEST_NAME
        with self.lock:
            if name in self.names:
                return "%s is on the list already" % name
            if len(self.names) == MOST_NAMES:
                return "the list is full: %d names" % MOST_NAMES
            self.names.add(name)
            return "%s is on the list now" % name

    def delete(self, name):
        with self.lock:
            if name not in self.names:
                return "%s is not on the list" % name
            self.names.remove(name)
            return "%s is off the list now" % name


def answer(message, friends):
    operation, value = message.operation, message.value
    if not isinstance(value, str):
        return Message(GENERAL_FAILURE, NOT_UNDERSTOOD)
    if operation == CLIENT_ECHO:
        return Message(SERVER_ECHO, value.upper())
    if operation == ADD_FRIEND:
        return Message(GENERAL_MSG, friends.add(value))
    if operation == DEL_FRIEND:
        return Message(GENERAL_MSG, friends.delete(value))
    return Message(GENERAL_FAILURE, NOT_UNDERSTOOD)


# Stage 7: a packet holds one or more messages, one after the other, or one of the two bytes of an end.

def split_messages(plaintext):
    messages, at = [], 0
    while at < len(plaintext):
        operation = plaintext[at]
        if operation in (CLOSE_NOTIFY, ALERT):
            raise ProtocolError("the operation %d stands alone in its packet" % operation)
        value, at = read_value(plaintext, at + 1)
        messages.append(Message(operation, value))
    return messages
