-- Version 1. Numbers of users, rooms and conversations are given by AUTOINCREMENT: none is ever used twice.
-- Times are milliseconds since 1970.

CREATE TABLE users (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    username      TEXT    NOT NULL,             -- as it is shown, in NFC
    folded        TEXT    NOT NULL UNIQUE,      -- equal for names that people could take for each other
    password      TEXT    NOT NULL,             -- Argon2id, as a PHC string; empty once the account is deleted
    email         TEXT    NOT NULL,
    email_folded  TEXT    UNIQUE,               -- NULL once the account is deleted
    sex           TEXT    NOT NULL DEFAULT '',
    age           INTEGER,
    ip            TEXT    NOT NULL DEFAULT '',  -- the last address seen
    port          INTEGER NOT NULL DEFAULT 0,
    share_address INTEGER NOT NULL DEFAULT 1,
    share_read    INTEGER NOT NULL DEFAULT 1,
    created       INTEGER NOT NULL,
    last_seen     INTEGER NOT NULL DEFAULT 0,
    deleted       INTEGER NOT NULL DEFAULT 0    -- the row stays, so that the name is not given out again
);

-- Who asked whom; both are friends once it is accepted. One row for a pair.
CREATE TABLE friends (
    from_user_id INTEGER NOT NULL REFERENCES users (id),
    to_user_id   INTEGER NOT NULL REFERENCES users (id),
    accepted     INTEGER NOT NULL DEFAULT 0,
    time         INTEGER NOT NULL,
    PRIMARY KEY (from_user_id, to_user_id)
) WITHOUT ROWID;
CREATE INDEX friends_to ON friends (to_user_id);

CREATE TABLE blocks (
    user_id    INTEGER NOT NULL REFERENCES users (id),
    blocked_id INTEGER NOT NULL REFERENCES users (id),
    PRIMARY KEY (user_id, blocked_id)
) WITHOUT ROWID;
CREATE INDEX blocks_blocked ON blocks (blocked_id);

CREATE TABLE rooms (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    room_name       TEXT    NOT NULL,
    folded          TEXT    NOT NULL UNIQUE,
    owner_id        INTEGER NOT NULL REFERENCES users (id),
    conversation_id INTEGER NOT NULL UNIQUE REFERENCES conversations (id),
    created         INTEGER NOT NULL
);

CREATE TABLE room_user (
    id         INTEGER PRIMARY KEY AUTOINCREMENT, -- the order of joining
    room_id    INTEGER NOT NULL REFERENCES rooms (id),
    user_id    INTEGER NOT NULL REFERENCES users (id),
    joined_seq INTEGER NOT NULL,                  -- the number of the line that says so; history begins there
    UNIQUE (room_id, user_id)
);
CREATE INDEX room_user_user ON room_user (user_id);

-- One row for two friends (low < high) or for a room. The last number and time are kept here, not counted.
CREATE TABLE conversations (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    low_id    INTEGER REFERENCES users (id),
    high_id   INTEGER REFERENCES users (id),
    last_seq  INTEGER NOT NULL DEFAULT 0,
    last_time INTEGER NOT NULL DEFAULT 0,
    UNIQUE (low_id, high_id)
);

-- Up to where each person of a conversation has received and read. Unread = last_seq - read.
CREATE TABLE cursors (
    conversation_id INTEGER NOT NULL REFERENCES conversations (id),
    user_id         INTEGER NOT NULL REFERENCES users (id),
    delivered       INTEGER NOT NULL DEFAULT 0,
    read            INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (conversation_id, user_id)
) WITHOUT ROWID;

CREATE TABLE chat_history (
    conversation_id INTEGER NOT NULL REFERENCES conversations (id),
    seq             INTEGER NOT NULL,
    user_id         INTEGER NOT NULL,           -- the sender; 0 = the server itself
    target_type     INTEGER NOT NULL,           -- 0 a user, 1 a room
    target_id       INTEGER NOT NULL,
    message_id      BLOB,                       -- 16 bytes, made by the sender
    time            INTEGER NOT NULL,
    data            BLOB    NOT NULL,           -- the envelope, as a value of stage 4
    PRIMARY KEY (conversation_id, seq)
) WITHOUT ROWID;
CREATE UNIQUE INDEX chat_history_id ON chat_history (user_id, message_id) WHERE message_id IS NOT NULL;

-- A header is for all who are listed in it, a wrap for one.
CREATE TABLE key_packages (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    sender_id       INTEGER NOT NULL REFERENCES users (id),
    key_id          BLOB    NOT NULL,
    conversation_id INTEGER NOT NULL REFERENCES conversations (id),
    header          BLOB    NOT NULL,
    signature       BLOB    NOT NULL,
    time            INTEGER NOT NULL
);
CREATE INDEX key_packages_conversation ON key_packages (conversation_id);
CREATE INDEX key_packages_key ON key_packages (sender_id, key_id);
CREATE INDEX key_packages_time ON key_packages (sender_id, time);

CREATE TABLE key_wraps (
    package_id INTEGER NOT NULL REFERENCES key_packages (id) ON DELETE CASCADE,
    user_id    INTEGER NOT NULL REFERENCES users (id),
    wrap       BLOB    NOT NULL,
    PRIMARY KEY (package_id, user_id)
) WITHOUT ROWID;

-- The newest certificate of each user; static_value is S: no two users may have the same.
CREATE TABLE certificates (
    user_id      INTEGER PRIMARY KEY REFERENCES users (id),
    der          BLOB    NOT NULL,
    static_value BLOB    NOT NULL,
    time         INTEGER NOT NULL
);
CREATE UNIQUE INDEX certificates_static_value ON certificates (static_value);

-- Resume tokens, as SHA-256.
CREATE TABLE tokens (
    digest  BLOB    PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id),
    family  BLOB    NOT NULL,                   -- all tokens that came one from the other
    expires INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX tokens_user ON tokens (user_id);

-- What lies in the folder `files`, under its random name and no other.
CREATE TABLE files (
    name        BLOB    PRIMARY KEY,
    user_id     INTEGER NOT NULL REFERENCES users (id),
    target_type INTEGER NOT NULL,
    target_id   INTEGER NOT NULL,
    size        INTEGER NOT NULL,
    sha256      BLOB    NOT NULL,
    time        INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX files_user ON files (user_id);
