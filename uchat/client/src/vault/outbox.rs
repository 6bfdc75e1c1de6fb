//! Messages of our own: from the outbox to the last state.

use super::error::Stop;
use super::messages::{NewRow, UNSENT, state_number};
use super::store::Work;
use crate::core::{DeliveryState, KeptUpload, Queued, Tag, VaultEvent};
use crate::files::whole_path;
use rusqlite::{OptionalExtension, params};
use uchat_protocol::{Code, Content, Conversation, MessageId, Refusal, limits};

impl Work<'_> {
    /// Files that are to be sent, in order.
    pub(super) fn uploads(&self) -> Result<Vec<KeptUpload>, Stop> {
        let mut query = self.db.prepare("SELECT kind, peer, id, path FROM uploads ORDER BY position")?;
        let uploads = query.query_map([], |row| {
            let conversation = super::messages::conversation(row)?;
            Ok(KeptUpload { id: MessageId(row.get(2)?), conversation, path: row.get(3)? })
        })?;
        Ok(uploads.collect::<Result<_, _>>()?)
    }

    pub(super) fn keep_upload(&mut self, tag: Tag, upload: &KeptUpload) -> Result<(), Stop> {
        let (kind, peer) = upload.conversation.target();
        let path = whole_path(&upload.path);
        self.db
            .prepare_cached("INSERT INTO uploads (id, kind, peer, path) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![upload.id.0, kind, peer, path])?;
        self.events.push(VaultEvent::Done { tag });
        Ok(())
    }

    pub(super) fn upload_digest(&self, id: MessageId, digest: [u8; 32]) -> Result<(), Stop> {
        self.db
            .prepare_cached("UPDATE uploads SET digest = ?2 WHERE id = ?1")?
            .execute(params![id.0, digest])?;
        Ok(())
    }

    /// The upload of this message is over: where its file lies, and what it was when it was looked through.
    fn take_upload(&self, id: MessageId) -> Result<Option<Sent>, Stop> {
        let mut query = self.db.prepare_cached("DELETE FROM uploads WHERE id = ?1 RETURNING path, digest")?;
        Ok(query.query_row([id.0], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
    }

    pub(super) fn drop_upload(&self, id: MessageId) -> Result<(), Stop> {
        self.db.prepare_cached("DELETE FROM uploads WHERE id = ?1")?.execute([id.0])?;
        Ok(())
    }

    pub(super) fn queue(
        &mut self,
        id: MessageId,
        conversation: Conversation,
        content: Content,
    ) -> Result<(), Stop> {
        check_length(&content)?;
        let (me, _) = self.me()?;
        let upload = self.take_upload(id)?; // from here on the outbox takes care of it
        if self.known(me, id)? {
            return self.queued(id, conversation, false); // asked for twice
        }
        let (kind, peer) = conversation.target();
        let time = self.now();
        let mut bytes = Vec::new();
        framing::encode(&framing::to_value(&content)?, &mut bytes)?;
        self.db
            .prepare_cached("INSERT INTO outbox (id, kind, peer, time, content) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![id.0, kind, peer, time, bytes])?;
        self.insert(&NewRow {
            conversation,
            seq: None,
            sender: me,
            id: Some(id),
            time,
            content: &content,
            encrypted: self.session.encrypted,
            state: Some(DeliveryState::Queued),
        })?;
        if let Some((path, digest)) = upload {
            self.db
                .prepare_cached("UPDATE messages SET path = ?3, digest = ?4 WHERE id = ?1 AND sender = ?2")?
                .execute(params![id.0, me, path, digest])?;
        }
        self.queued(id, conversation, false)?;
        self.tell_last(conversation)
    }

    pub(super) fn stored(&mut self, id: MessageId, seq: u64, time: u64) -> Result<(), Stop> {
        let Some(conversation) = self.waits_in(id)? else { return Ok(()) }; // acknowledged twice
        let (kind, peer) = conversation.target();
        let (me, _) = self.me()?;
        self.summary(conversation)?; // makes the row
        // A friend's cursor can be faster than the answer.
        let state: u8 = self
            .db
            .prepare_cached(
                "SELECT CASE WHEN their_read >= ?3 THEN 4 WHEN their_delivered >= ?3 THEN 3 ELSE 2 END
                 FROM conversations WHERE kind = ?1 AND peer = ?2",
            )?
            .query_row(params![kind, peer, seq], |row| row.get(0))?;
        self.db
            .prepare_cached(
                "UPDATE messages SET place = ?3, seq = ?3, time = ?4, state = IIF(told = 2, NULL, ?5),
                     number = (SELECT COALESCE(MAX(number), 0) + 1 FROM messages
                         WHERE kind = ?6 AND peer = ?7 AND place = ?3)
                 WHERE id = ?1 AND sender = ?2",
            )?
            .execute(params![id.0, me, seq, time, state, kind, peer])?;
        let change = self.waiting_change(id)?;
        self.db.prepare_cached("DELETE FROM outbox WHERE id = ?1")?.execute([id.0])?;
        if let Some((content, target)) = change {
            self.apply(conversation, seq, me, &content)?;
            self.changed.insert(target);
        }
        self.db
            .prepare_cached(
                "UPDATE conversations SET have = ?3 WHERE kind = ?1 AND peer = ?2 AND have + 1 = ?3",
            )?
            .execute(params![kind, peer, seq])?;
        let state = match state {
            4 => DeliveryState::Read,
            3 => DeliveryState::Delivered,
            _ => DeliveryState::Stored,
        };
        self.events.push(VaultEvent::Stored { id, state, seq, time });
        self.tell_last(conversation)
    }

    pub(super) fn give_up(
        &mut self,
        id: MessageId,
        refusal: &Refusal,
        packages_refused: bool,
    ) -> Result<(), Stop> {
        if !self.is_waiting(id)? {
            return Ok(()); // the server has it: what is refused is its repetition
        }
        tracing::info!(%id, code = refusal.code.name(), "a message is given up: {refusal}");
        if packages_refused {
            // What was sealed before it is under keys that the others have, and may be on its way.
            for change in [
                "DELETE FROM send_chains WHERE EXISTS (SELECT 1 FROM outbox o WHERE o.id = ?1
                     AND o.kind = send_chains.kind AND o.peer = send_chains.peer)",
                "UPDATE outbox SET sealed = NULL, key_id = NULL, packages = 0 FROM outbox given_up
                     WHERE given_up.id = ?1 AND outbox.key_id = given_up.key_id
                     AND outbox.position >= given_up.position",
            ] {
                self.db.prepare_cached(change)?.execute([id.0])?;
            }
        }
        if self.drop_change(id)? {
            return Ok(());
        }
        self.db.prepare_cached("UPDATE outbox SET failed = 1 WHERE id = ?1")?.execute([id.0])?;
        self.set_state(id, DeliveryState::Failed)
    }

    pub(super) fn retry(&mut self, id: MessageId) -> Result<(), Stop> {
        let change = self.waiting_change(id)?; // which needs not be asked for: it is never kept when it has failed
        let Some(conversation) = self.waits_in(id)?.filter(|_| change.is_none()) else {
            return Err(
                Refusal::because(Code::NoSuchMessage, "no message of this id waits to be sent").into()
            );
        };
        // The same bytes again, so that nobody misses a message, unless the chain is over by now: who has left must
        // not be able to read what is sent after that.
        if !self.is_sealed_for_now(id, conversation)? {
            self.db
                .prepare_cached("UPDATE outbox SET sealed = NULL, key_id = NULL, packages = 0 WHERE id = ?1")?
                .execute([id.0])?;
        }
        self.db.prepare_cached("UPDATE outbox SET failed = 0 WHERE id = ?1")?.execute([id.0])?;
        self.set_state(id, DeliveryState::Queued)?;
        self.queued(id, conversation, false)
    }

    pub(super) fn their_cursor(&mut self, user: u64, delivered: u64, read: u64) -> Result<(), Stop> {
        let conversation = Conversation::Friend(user);
        self.ensure(conversation)?;
        self.db
            .prepare_cached(
                "UPDATE conversations SET their_delivered = MAX(their_delivered, ?2),
                     their_read = MAX(their_read, ?3) WHERE kind = 0 AND peer = ?1",
            )?
            .execute([user, delivered, read])?;
        let (me, _) = self.me()?;
        let mut states = Vec::new();
        let (stored, seen) = (DeliveryState::Stored, DeliveryState::Delivered);
        for (from, state, up_to) in [
            (stored, DeliveryState::Read, read),
            (seen, DeliveryState::Read, read),
            (stored, DeliveryState::Delivered, delivered),
        ] {
            let moved = self
                .db
                .prepare_cached(
                    "UPDATE messages INDEXED BY messages_unread SET state = ?3 WHERE kind = 0 AND peer = ?1
                         AND state IN (2, 3) AND state = ?5 AND place <= ?2 AND sender = ?4 RETURNING id",
                )?
                .query_map(
                    params![user, up_to.min(UNSENT - 1), state_number(state), me, state_number(from)],
                    |row| row.get(0),
                )?
                .map(|id| id.map(|id| (MessageId(id), state)))
                .collect::<Result<Vec<_>, _>>()?;
            states.extend(moved);
        }
        if !states.is_empty() {
            self.events.push(VaultEvent::States(states));
        }
        Ok(())
    }

    /// Whether the message waits in the outbox.
    pub(super) fn is_waiting(&self, id: MessageId) -> Result<bool, Stop> {
        Ok(self.waits_in(id)?.is_some())
    }

    fn waits_in(&self, id: MessageId) -> Result<Option<Conversation>, Stop> {
        let mut query = self.db.prepare_cached("SELECT kind, peer FROM outbox WHERE id = ?1")?;
        Ok(query.query_row([id.0], super::messages::conversation).optional()?)
    }

    fn set_state(&self, id: MessageId, state: DeliveryState) -> Result<(), Stop> {
        self.db
            .prepare_cached("UPDATE messages SET state = ?3 WHERE id = ?1 AND sender = ?2")?
            .execute(params![id.0, self.me()?.0, state_number(state)])?;
        Ok(())
    }

    fn queued(&mut self, id: MessageId, conversation: Conversation, failed: bool) -> Result<(), Stop> {
        if let Some(shown) = self.shown(self.me()?.0, id)? {
            let queued = Queued { id, conversation, failed, changes: None };
            self.events.push(VaultEvent::Queued { queued, shown });
        }
        Ok(())
    }

    /// The conversation has another last message.
    fn tell_last(&mut self, conversation: Conversation) -> Result<(), Stop> {
        self.ensure(conversation)?;
        self.touch(conversation)?;
        self.tell(conversation)
    }
}

/// Where a file lies that was sent from here, and its SHA-256, if it was looked through.
type Sent = (String, Option<[u8; 32]>);

/// Whether a content is short enough for a message.
pub(super) fn check_length(content: &Content) -> Result<(), Stop> {
    if content.data.len() <= limits::TEXT {
        return Ok(());
    }
    let text = format!("a message has at most {} bytes; this one has {}", limits::TEXT, content.data.len());
    Err(Refusal::because(Code::TooLong, text).into())
}
