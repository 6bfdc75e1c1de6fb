-- Version 3: messages are edited, deleted and reacted to.

ALTER TABLE messages ADD COLUMN edited  INTEGER NOT NULL DEFAULT 0;  -- the number of the edit that counts
ALTER TABLE messages ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;  -- nothing of it is left but that it was there

-- What waits in the outbox to change a message is shown at once, over what is stored; a message has none of these.
ALTER TABLE outbox ADD COLUMN changes BLOB;     -- the message's id …
ALTER TABLE outbox ADD COLUMN author  INTEGER;  -- … and who has written it
ALTER TABLE outbox ADD COLUMN text    TEXT;     -- of an edit; empty: it is deleted
ALTER TABLE outbox ADD COLUMN emoji   TEXT;     -- of a reaction …
ALTER TABLE outbox ADD COLUMN present INTEGER;  -- … and whether it comes or goes
CREATE INDEX outbox_changes ON outbox (changes) WHERE changes IS NOT NULL;

CREATE TABLE reactions (
    id      BLOB    NOT NULL,                   -- the message's …
    author  INTEGER NOT NULL,                   -- … and its sender
    emoji   TEXT    NOT NULL,
    user    INTEGER NOT NULL,                   -- who has reacted
    seq     INTEGER NOT NULL,                   -- the number under which that came
    present INTEGER NOT NULL,                   -- 0: our own, taken back
    PRIMARY KEY (id, author, emoji, user)
) STRICT, WITHOUT ROWID;

-- Changes whose message is not here, for the case that it comes.
CREATE TABLE early (
    kind    INTEGER NOT NULL,
    peer    INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    sender  INTEGER NOT NULL,
    id      BLOB    NOT NULL,                   -- the message's
    content INTEGER NOT NULL,                   -- 5 edit, 6 delete, 7 react, 8 take the reaction back
    text    TEXT    NOT NULL,
    PRIMARY KEY (kind, peer, id, seq)
) STRICT, WITHOUT ROWID;
