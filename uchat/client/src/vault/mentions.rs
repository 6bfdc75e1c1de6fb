//! Which messages speak to us: marked in their rows, so that a conversation knows whether an unread one does.

use super::error::Stop;
use super::store::Work;
use crate::core::Shown;
use rusqlite::params;
use uchat_protocol::{Conversation, MessageId};

impl Work<'_> {
    /// Marks those that speak to us, of what is new in a conversation.
    pub(super) fn mark_mentions(&self, conversation: Conversation, new: &[Shown]) -> Result<(), Stop> {
        let (kind, peer) = conversation.target();
        for message in new.iter().filter(|message| message.mentioned) {
            self.db
                .prepare_cached(
                    "UPDATE messages SET mentions = 1
                     WHERE kind = ?1 AND peer = ?2 AND place = ?3 AND sender IS NOT NULL",
                )?
                .execute(params![kind, peer, message.seq])?;
        }
        Ok(())
    }

    /// An edit can make a message speak to us, or to somebody else.
    pub(super) fn mark_mention(&self, author: u64, id: MessageId, mentioned: bool) -> Result<(), Stop> {
        self.db
            .prepare_cached(
                "UPDATE messages SET mentions = ?3 WHERE id = ?1 AND sender = ?2 AND mentions != ?3",
            )?
            .execute(params![id.0, author, mentioned])?;
        Ok(())
    }
}
