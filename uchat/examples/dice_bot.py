#!/usr/bin/env python3
"""A bot over `uchat run`: accepts friends and rolls dice for them.

    UCHAT=target/debug/uchat UCHAT_PROFILE=bot-profile python3 dice_bot.py NAME PASSWORD-FILE

Whoever writes `roll` or `roll 20` gets an answer; everything else is left alone.
"""

import json
import os
import random
import subprocess
import sys

if len(sys.argv) != 3:
    sys.exit("usage: dice_bot.py NAME PASSWORD-FILE")
name, password_file = sys.argv[1:]
with open(password_file, encoding="utf-8") as file:
    password = file.read().removesuffix("\n")

uchat = subprocess.Popen(
    [os.environ.get("UCHAT", "uchat"), "run"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
)
number = 0


def do(verb, **fields):
    """Sends a command; its answer comes among the lines that are read below."""
    global number
    number += 1
    try:
        print(json.dumps({"id": number, "do": verb, **fields}), file=uchat.stdin, flush=True)
    except BrokenPipeError:  # uchat has ended, and has said why
        sys.exit(uchat.wait())


def answer_to(text):
    words = text.split()
    if words[:1] != ["roll"] or len(words) > 2:
        return None
    sides = words[1] if len(words) == 2 else "6"
    # The length first: `int` refuses, with an exception, what is far too long.
    if not (sides.isascii() and sides.isdigit() and len(sides) <= 4 and 2 <= int(sides) <= 1000):
        return "a die has 2 to 1000 sides"
    return f"{random.randint(1, int(sides))} of {sides}"


do("login", username=name, password=password)
for line in uchat.stdout:
    told = json.loads(line)
    if told.get("event") == "friend_request":
        do("answer_friend", username=told["username"], answer="accept")
    elif told.get("event") == "message" and told["from"] not in (None, name) and not told.get("reply_to"):
        answer = answer_to(told["text"] or "")
        if answer:
            do("send", to=told["in"], text=answer, reply_to=told["id"])
    elif told.get("ok") is False:
        if told["id"] == 1:  # the log-in; uchat ends with its input
            sys.exit(f"cannot log in: {told['error']}")
        print(f"refused: {told['error']}", file=sys.stderr)

sys.exit(uchat.wait())
