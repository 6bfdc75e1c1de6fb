-- Version 4: where files lie that were sent from here; which messages speak to us; what is deleted is not unread.

ALTER TABLE uploads  ADD COLUMN digest BLOB;     -- SHA-256 of the file, once it was looked through
ALTER TABLE messages ADD COLUMN digest BLOB;     -- of the file at `path`, if it was sent from here
ALTER TABLE messages ADD COLUMN mentions INTEGER NOT NULL DEFAULT 0;  -- it speaks to us
CREATE INDEX messages_mentions ON messages (kind, peer, place) WHERE mentions = 1;

-- Whoever deletes a message needs to know nothing of counts: what was told and not read is not unread any more.
CREATE TRIGGER messages_deleted AFTER UPDATE OF deleted ON messages WHEN NEW.deleted = 1 AND OLD.deleted = 0
BEGIN
    UPDATE messages SET digest = NULL, mentions = 0
        WHERE kind = NEW.kind AND peer = NEW.peer AND place = NEW.place AND number = NEW.number;
    UPDATE conversations SET unread = MAX(unread - 1, 0)
        WHERE kind = NEW.kind AND peer = NEW.peer AND read < NEW.place AND OLD.told = 1
        AND NEW.sender != (SELECT id FROM account);
END;
