//! Edits, deletions and reactions: what changes a message that is here.
//!
//! ```text
//!   a command ──▶ outbox: shown at once, over what is stored ──▶ given up: it goes, and the message is as before
//!                    │ the server has stored it                       (all this: own_changes.rs)
//!   of others ───────┴──▶ apply, at its number in the conversation ──▶ the message, or `early` until that comes
//! ```
//! In `messages` a change is a row that is never told (`told` = 2): its number counts, and it cannot come twice. Only
//! the author edits and deletes; of two edits the one with the higher number counts; what is deleted stays so.

use super::error::Stop;
use super::messages::UNSENT;
use super::store::Work;
use rusqlite::params;
use uchat_protocol::content::Kind;
use uchat_protocol::{Content, Conversation, MessageId, limits};

/// How many changes of messages that are not here are kept of each conversation.
const EARLY: usize = 64;

/// Whose message a change of others is about.
enum Author {
    Is(u64),
    /// Not of the one who may change it.
    Other,
    /// The message is not here.
    Unknown,
}

impl Work<'_> {
    /// A change that has come, or that another session of ours has sent.
    pub(super) fn take_change(
        &mut self,
        conversation: Conversation,
        seq: u64,
        sender: u64,
        id: Option<MessageId>,
        time: u64,
        content: &Content,
    ) -> Result<(), Stop> {
        self.insert_change(conversation, Some(seq), sender, id, time, content.kind)?;
        self.apply(conversation, seq, sender, content)
    }

    /// The row of a change: it has its number and its id, and is never shown.
    pub(super) fn insert_change(
        &self,
        conversation: Conversation,
        seq: Option<u64>,
        sender: u64,
        id: Option<MessageId>,
        time: u64,
        change: Kind,
    ) -> Result<(), Stop> {
        let (kind, peer) = conversation.target();
        self.db
            .prepare_cached(
                "INSERT OR IGNORE INTO messages
                     (kind, peer, place, number, seq, sender, id, time, content, text, encrypted, told)
                 VALUES (?1, ?2, ?3, (SELECT COALESCE(MAX(number), 0) + 1 FROM messages
                     WHERE kind = ?1 AND peer = ?2 AND place = ?3), ?4, ?5, ?6, ?7, ?8, '', ?9, 2)",
            )?
            .execute(params![
                kind,
                peer,
                seq.unwrap_or(UNSENT),
                seq,
                sender,
                id.map(|id| id.0),
                time,
                change as u8,
                self.session.encrypted,
            ])?;
        Ok(())
    }

    /// Changes the message, where the one who says so may do it.
    pub(super) fn apply(
        &mut self,
        conversation: Conversation,
        seq: u64,
        sender: u64,
        content: &Content,
    ) -> Result<(), Stop> {
        let Some(id) = content.reply_to else { return Ok(()) };
        let author = match self.author(conversation, id, sender, content.kind)? {
            Author::Is(author) => author,
            Author::Other => return Ok(()),
            Author::Unknown => return self.keep_early(conversation, seq, sender, id, content),
        };
        let changed = match content.kind {
            Kind::Edit => self.edit(id, author, seq, &content.data)?,
            Kind::Delete => self.wipe(id, author)?,
            Kind::React | Kind::Unreact => self.react(id, author, seq, sender, content)?,
            Kind::Text | Kind::Image | Kind::File => false,
        };
        if changed {
            self.changed.insert((id, author));
        }
        Ok(())
    }

    fn edit(&self, id: MessageId, author: u64, seq: u64, text: &str) -> Result<bool, Stop> {
        if text.len() > limits::TEXT {
            return Ok(false); // as long as no text of ours can be
        }
        let rows = self
            .db
            .prepare_cached(
                "UPDATE messages SET text = ?4, edited = ?3
                 WHERE id = ?1 AND sender = ?2 AND content = 0 AND deleted = 0 AND edited < ?3",
            )?
            .execute(params![id.0, author, seq, text])?;
        Ok(rows > 0)
    }

    /// Nothing of it is left on this disk but that it was there. If it was not told yet, it never is. Whether it was, and
    /// is another now. A trigger (`schema_4.sql`) takes it off the unread count and off the mentions.
    fn wipe(&mut self, id: MessageId, author: u64) -> Result<bool, Stop> {
        let was_told = self.shown(author, id)?.is_some();
        let rows = self
            .db
            .prepare_cached(
                "UPDATE messages SET text = '', file = NULL, path = NULL, fontsize = 0, fontcolor = '',
                     reply_to = NULL, deleted = 1, told = 1
                 WHERE id = ?1 AND sender = ?2 AND content < 3 AND deleted = 0",
            )?
            .execute(params![id.0, author])?;
        self.db
            .prepare_cached("DELETE FROM reactions WHERE id = ?1 AND author = ?2")?
            .execute(params![id.0, author])?;
        self.session.wiped |= rows > 0;
        Ok(rows > 0 && was_told)
    }

    /// Who has written the message that `sender` wants to change so. If somebody has copied an id, the first message
    /// of it counts.
    fn author(
        &self,
        conversation: Conversation,
        id: MessageId,
        sender: u64,
        change: Kind,
    ) -> Result<Author, Stop> {
        let (kind, peer) = conversation.target();
        let authors = self
            .db
            .prepare_cached(
                "SELECT sender FROM messages INDEXED BY messages_id
                 WHERE id = ?1 AND kind = ?2 AND peer = ?3 AND told < 2 ORDER BY place, number",
            )?
            .query_map(params![id.0, kind, peer], |row| row.get(0))?
            .collect::<Result<Vec<u64>, _>>()?;
        let anybody = matches!(change, Kind::React | Kind::Unreact);
        let may = authors.iter().find(|author| anybody || **author == sender);
        Ok(match (may, authors.is_empty()) {
            (Some(author), _) => Author::Is(*author),
            (None, true) => Author::Unknown,
            (None, false) => Author::Other,
        })
    }

    /// Its message may come: it waits for keys, or the server has put it off and taken the change. Of each
    /// conversation only the newest are kept.
    fn keep_early(
        &self,
        conversation: Conversation,
        seq: u64,
        sender: u64,
        id: MessageId,
        content: &Content,
    ) -> Result<(), Stop> {
        let (kind, peer) = conversation.target();
        self.db
            .prepare_cached(
                "INSERT OR IGNORE INTO early (kind, peer, seq, sender, id, content, text)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![kind, peer, seq, sender, id.0, content.kind as u8, content.data])?;
        self.db
            .prepare_cached(
                "DELETE FROM early WHERE kind = ?1 AND peer = ?2 AND seq <= (SELECT seq FROM early
                     WHERE kind = ?1 AND peer = ?2 ORDER BY seq DESC LIMIT 1 OFFSET ?3)",
            )?
            .execute(params![kind, peer, EARLY])?;
        Ok(())
    }

    /// The message of this id is here now: what has come for it before.
    pub(super) fn apply_early(
        &mut self,
        conversation: Conversation,
        id: Option<MessageId>,
    ) -> Result<(), Stop> {
        let Some(id) = id else { return Ok(()) };
        let (kind, peer) = conversation.target();
        let early = self
            .db
            .prepare_cached(
                "SELECT seq, sender, content, text FROM early WHERE kind = ?1 AND peer = ?2 AND id = ?3
                 ORDER BY seq",
            )?
            .query_map(params![kind, peer, id.0], |row| {
                let kind = Kind::from_number(row.get(2)?).unwrap_or_default();
                let content = Content { kind, data: row.get(3)?, reply_to: Some(id), ..Content::default() };
                Ok((row.get(0)?, row.get(1)?, content))
            })?
            .collect::<Result<Vec<(u64, u64, Content)>, _>>()?;
        if early.is_empty() {
            return Ok(());
        }
        self.db
            .prepare_cached("DELETE FROM early WHERE kind = ?1 AND peer = ?2 AND id = ?3")?
            .execute(params![kind, peer, id.0])?;
        early.iter().try_for_each(|(seq, sender, content)| self.apply(conversation, *seq, *sender, content))
    }
}
