-- Version 2: files that are to be sent, from the command until their message is in the outbox.

CREATE TABLE uploads (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id       BLOB    NOT NULL UNIQUE,
    kind     INTEGER NOT NULL,
    peer     INTEGER NOT NULL,
    path     TEXT    NOT NULL
) STRICT;
