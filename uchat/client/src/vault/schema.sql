-- Version 1. Times are milliseconds since 1970. A conversation is (kind, peer): 0 and the friend's number, or 1
-- and the room's.

CREATE TABLE account (
    only_one    INTEGER PRIMARY KEY CHECK (only_one = 1),
    id          INTEGER NOT NULL,
    name        TEXT    NOT NULL,
    token       BLOB,                       -- of the session, if it can be resumed
    certificate BLOB,                       -- our own, in DER
    fresh       INTEGER NOT NULL DEFAULT 0  -- the keys are newer than any certificate
) STRICT;

CREATE TABLE settings (
    name  TEXT    PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE people (
    id      INTEGER PRIMARY KEY,
    name    TEXT NOT NULL,
    pinned  BLOB,                           -- the keys they are known by
    changed BLOB                            -- other keys, which wait to be accepted
) STRICT;

CREATE TABLE conversations (
    kind            INTEGER NOT NULL,
    peer            INTEGER NOT NULL,
    name            TEXT    NOT NULL,       -- the room's; a friend's stands in `people`
    gone            INTEGER NOT NULL DEFAULT 0,
    joined          INTEGER NOT NULL DEFAULT 0,  -- the room's history begins here for us
    members_known   INTEGER NOT NULL DEFAULT 0,  -- who is in the room, all of them
    have            INTEGER NOT NULL DEFAULT 0,
    read            INTEGER NOT NULL DEFAULT 0,
    unread          INTEGER NOT NULL DEFAULT 0,
    last            TEXT,
    time            INTEGER NOT NULL DEFAULT 0,
    their_delivered INTEGER NOT NULL DEFAULT 0,
    their_read      INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (kind, peer)
) STRICT, WITHOUT ROWID;

-- Those whom a line of the conversation has shown to be in the room.
CREATE TABLE members (
    room INTEGER NOT NULL,
    user INTEGER NOT NULL,
    gone INTEGER NOT NULL,                  -- 1: no longer there
    PRIMARY KEY (room, user)
) STRICT, WITHOUT ROWID;

-- What is shown. `place` orders: the server's number; for a line of this client the number it stands at; for
-- what waits in the outbox more than any number. In the order of the key, so that a search reads it in one go.
CREATE TABLE messages (
    kind      INTEGER NOT NULL,
    peer      INTEGER NOT NULL,
    place     INTEGER NOT NULL,
    number    INTEGER NOT NULL,             -- orders what stands at one place
    seq       INTEGER,
    sender    INTEGER,                      -- NULL for lines
    id        BLOB,
    time      INTEGER NOT NULL,
    content   INTEGER NOT NULL,             -- 0 text, 1 image, 2 file, 3 a line
    text      TEXT    NOT NULL,
    file      BLOB,                         -- what the message says of its file
    path      TEXT,                         -- where it lies here
    fontsize  INTEGER NOT NULL DEFAULT 0,
    fontcolor TEXT    NOT NULL DEFAULT '',
    reply_to  BLOB,
    encrypted INTEGER NOT NULL,
    state     INTEGER,                      -- of our own: how far it has come
    told      INTEGER NOT NULL,             -- the front end has been told
    PRIMARY KEY (kind, peer, place, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX messages_id ON messages (id, sender) WHERE id IS NOT NULL;
CREATE INDEX messages_untold ON messages (kind, peer, place, number) WHERE told = 0;
-- Stored or delivered, but not read: what a friend's cursor can still move.
CREATE INDEX messages_unread ON messages (kind, peer, state, place) WHERE state IN (2, 3);

CREATE TABLE outbox (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id       BLOB    NOT NULL UNIQUE,
    kind     INTEGER NOT NULL,
    peer     INTEGER NOT NULL,
    time     INTEGER NOT NULL,              -- when it was written
    content  BLOB    NOT NULL,
    failed   INTEGER NOT NULL DEFAULT 0,
    key_id   BLOB,                          -- the chain under which it is sealed
    sealed   BLOB,                          -- the requests that send it: these bytes and no others
    packages INTEGER NOT NULL DEFAULT 0     -- how many key packages go before it
) STRICT;

-- Encrypted messages that wait for keys.
CREATE TABLE sealed (
    kind      INTEGER NOT NULL,
    peer      INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    sender    INTEGER NOT NULL,
    time      INTEGER NOT NULL,
    id        BLOB,
    key_id    BLOB    NOT NULL,
    at        INTEGER NOT NULL,             -- its number in the chain
    packet    BLOB    NOT NULL,
    signature BLOB,
    held      INTEGER NOT NULL DEFAULT 0,   -- 1: for keys to be accepted, and nothing waits for it
    PRIMARY KEY (kind, peer, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX sealed_sender ON sealed (sender);

CREATE TABLE send_chains (
    kind  INTEGER NOT NULL,
    peer  INTEGER NOT NULL,
    chain BLOB    NOT NULL,
    PRIMARY KEY (kind, peer)
) STRICT, WITHOUT ROWID;

CREATE TABLE receive_chains (
    sender INTEGER NOT NULL,
    key_id BLOB    NOT NULL,
    kind   INTEGER NOT NULL,                -- of its conversation, as its header says
    peer   INTEGER NOT NULL,
    time   INTEGER NOT NULL,                -- of its package, by the sender's clock
    chain  BLOB    NOT NULL,
    PRIMARY KEY (sender, key_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX receive_chains_time ON receive_chains (sender, kind, peer, time);

-- Key packages that came before the first message that needs them. They are opened in the order of the
-- messages: so an older one is never refused only because a newer one has come first.
CREATE TABLE packages (
    arrived   INTEGER PRIMARY KEY AUTOINCREMENT,
    sender    INTEGER NOT NULL,
    key_id    BLOB    NOT NULL,
    header    BLOB    NOT NULL,
    signature BLOB    NOT NULL,
    wrap      BLOB    NOT NULL,
    UNIQUE (sender, key_id)
) STRICT;
