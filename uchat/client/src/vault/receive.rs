//! What the server brings: each message is sorted by its form, and nothing disappears without a line.

use super::error::Stop;
use super::messages::NewRow;
use super::store::Work;
use crate::core::{DeliveryState, VaultEvent};
use rusqlite::params;
use uchat_protocol::push::NewMessage;
use uchat_protocol::{Conversation, Encrypted, Envelope};

impl Work<'_> {
    // ANCHOR: receive
    pub(super) fn receive(
        &mut self,
        conversation: Conversation,
        after: u64,
        messages: Vec<NewMessage>,
    ) -> Result<(), Stop> {
        let mut have = self.summary(conversation)?.have;
        if after > have {
            // What is to be before them could not be stored a moment ago. After these it would be missed for ever.
            self.events.push(VaultEvent::NotReceived { conversation, have });
            return Ok(());
        }
        for message in messages {
            if message.seq > have {
                have = message.seq;
                self.sort(conversation, message)?;
            }
        }
        while self.is_here(conversation, have.saturating_add(1))? {
            have += 1; // a message of our own, stored before what came in between
        }
        let (kind, peer) = conversation.target();
        self.db
            .prepare_cached("UPDATE conversations SET have = ?3 WHERE kind = ?1 AND peer = ?2")?
            .execute(params![kind, peer, have])?;
        self.open_waiting(conversation)
    }
    // ANCHOR_END: receive

    fn sort(&mut self, conversation: Conversation, message: NewMessage) -> Result<(), Stop> {
        let NewMessage { message: envelope, sender_id: sender, sender_name, time, seq, id, .. } = message;
        let (me, _) = self.me()?;
        if let Envelope::Event(event) = &envelope {
            let text = match conversation {
                Conversation::Room(room) => self.happened(room, event)?,
                Conversation::Friend(_) => "the server tells of a room here; it was dropped".to_owned(),
            };
            return self.line(conversation, seq, Some(seq), time, &text);
        }
        self.name(sender, &sender_name)?;
        if let Some(id) = id
            && sender == me
            && self.known(me, id)?
        {
            return match self.is_waiting(id)? {
                true => self.stored(id, seq, time), // the answer that said so was lost
                false => Ok(()),
            };
        }
        let dropped =
            |what: &str, name: &str| format!("a message said to be of {name} {what}; it was dropped");
        match envelope {
            Envelope::Encrypted(encrypted) if self.session.encrypted => {
                self.keep_sealed(conversation, seq, sender, time, id.map(|id| id.0), &encrypted)
            }
            Envelope::Plain(content) if !self.session.encrypted && content.kind.is_change() => {
                self.take_change(conversation, seq, sender, id, time, &content)
            }
            Envelope::Plain(mut content) if !self.session.encrypted => {
                if let Some(file) = &mut content.file {
                    file.key = None; // nothing is encrypted here, whatever a message says
                }
                let state = (sender == me).then_some(DeliveryState::Stored);
                let (seq, encrypted) = (Some(seq), false);
                self.insert(&NewRow {
                    conversation,
                    seq,
                    sender,
                    id,
                    time,
                    content: &content,
                    encrypted,
                    state,
                })?;
                self.apply_early(conversation, id)
            }
            Envelope::Encrypted(_) => {
                let text = dropped("was encrypted, which this lesson does not know", &self.name_of(sender)?);
                self.line(conversation, seq, Some(seq), time, &text)
            }
            _ => {
                let text = dropped("was not encrypted", &self.name_of(sender)?);
                self.warn(text.clone());
                self.line(conversation, seq, Some(seq), time, &text)
            }
        }
    }

    /// Whether the message of this number is in the store.
    fn is_here(&self, conversation: Conversation, seq: u64) -> Result<bool, Stop> {
        let (kind, peer) = conversation.target();
        let mut query = self.db.prepare_cached(
            "SELECT 1 FROM messages WHERE kind = ?1 AND peer = ?2 AND place = ?3 AND seq = ?3",
        )?;
        Ok(query.exists(params![kind, peer, seq])?)
    }

    fn keep_sealed(
        &self,
        conversation: Conversation,
        seq: u64,
        sender: u64,
        time: u64,
        id: Option<[u8; 16]>,
        message: &Encrypted,
    ) -> Result<(), Stop> {
        let (kind, peer) = conversation.target();
        self.db
            .prepare_cached(
                "INSERT OR REPLACE INTO sealed (kind, peer, seq, sender, time, id, key_id, at, packet, signature)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                kind,
                peer,
                seq,
                sender,
                time,
                id,
                message.key_id.0,
                message.index,
                message.packet,
                message.signature
            ])?;
        Ok(())
    }
}
