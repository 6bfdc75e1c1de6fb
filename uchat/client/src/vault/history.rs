//! Pages of history, searches, and the files that messages tell of.

use super::error::Stop;
use super::fold::fold;
use super::messages::{self, PENDING, UNSENT};
use super::store::Work;
use crate::core::{Tag, VaultEvent};
use rusqlite::{OptionalExtension, params};
use uchat_protocol::content::{FileInfo, Kind};
use uchat_protocol::{Code, Content, Conversation, MessageId, Refusal, limits};

/// What is stored of a file cannot be read: why.
pub(super) struct NoFile(pub(super) String);

impl Work<'_> {
    /// The newest `limit` lines before a number, and those that stand at the same place as the first of them. All
    /// that wait in the outbox count as newest.
    pub(super) fn history(
        &mut self,
        tag: Tag,
        conversation: Conversation,
        before: Option<u64>,
        limit: u32,
        search: Option<String>,
    ) -> Result<(), Stop> {
        let (kind, peer) = conversation.target();
        // Without `before`, also what waits in the outbox, which stands at the last place of all.
        let last = before.map_or(UNSENT, |before| before.saturating_sub(1).min(UNSENT - 1));
        let limit = limit.min(limits::HISTORY as u32).max(1);
        // A search looks at every message of the conversation, at about a microsecond each. Unlike an index of words
        // it finds any part of a Chinese text.
        let wanted = match search.as_deref() {
            Some(text) if text.len() > SEARCH => {
                let rule = format!("must have {SEARCH} bytes or less, not {}", text.len());
                return Err(Refusal::field(Code::TooLong, "search", rule).into());
            }
            search => search.filter(|text| !text.is_empty()).map(fold),
        };
        let which = format!(
            "m.kind = ?1 AND m.peer = ?2 AND m.told = 1 AND m.place <= ?3
             AND (?4 IS NULL OR (m.content < 3 AND contains(COALESCE({PENDING}, m.text), ?4)))"
        );
        let first: Option<u64> = self
            .db
            .prepare_cached(&format!(
                "SELECT place FROM (SELECT m.place, m.number FROM messages m WHERE {which}
                     ORDER BY m.place DESC, m.number DESC LIMIT ?5)
                 ORDER BY place LIMIT 1"
            ))?
            .query_row(params![kind, peer, last, wanted, limit], |row| row.get(0))
            .optional()?;
        let messages = match first {
            Some(first) => self.rows(
                "",
                &format!("WHERE {which} AND m.place >= ?5 ORDER BY m.place, m.number"),
                params![kind, peer, last, wanted, first],
            )?,
            None => Vec::new(),
        };
        self.events.push(VaultEvent::History { tag, messages });
        Ok(())
    }

    /// What a file message says.
    pub(super) fn file(&mut self, tag: Tag, id: MessageId) -> Result<(), Stop> {
        let found = self
            .db
            .prepare_cached(&format!(
                "SELECT kind, peer, content, text, file, fontsize, fontcolor, reply_to FROM messages m
                 WHERE id = ?1 AND file IS NOT NULL AND told = 1 AND {PENDING} IS NULL"
            ))?
            .query_row([id.0], |row| {
                let content = Content {
                    kind: Kind::from_number(row.get(2)?).unwrap_or_default(),
                    data: row.get(3)?,
                    fontsize: row.get(5)?,
                    fontcolor: row.get(6)?,
                    reply_to: row.get::<_, Option<[u8; 16]>>(7)?.map(MessageId),
                    file: None,
                };
                Ok((messages::conversation(row)?, content, row.get::<_, Vec<u8>>(4)?))
            })
            .optional()?;
        let Some((conversation, content, file)) = found else {
            return Err(
                Refusal::because(Code::NoSuchMessage, "there is no message with a file of this id").into()
            );
        };
        let content = Content { file: Some(file_info(&file)?), ..content };
        self.events.push(VaultEvent::File { tag, content, conversation });
        Ok(())
    }

    /// From now on the message shows where its file lies, which was checked when it was saved.
    pub(super) fn file_saved(&mut self, id: MessageId, path: &str) -> Result<(), Stop> {
        self.db
            .prepare_cached(
                "UPDATE messages SET path = ?2, digest = NULL WHERE id = ?1 AND file IS NOT NULL",
            )?
            .execute(params![id.0, path])?;
        Ok(())
    }
}

/// What a message says of its file, as it is stored: a dict.
pub(super) fn file_info(bytes: &[u8]) -> Result<FileInfo, NoFile> {
    let value = framing::decode(bytes).map_err(|error| NoFile(error.to_string()))?;
    framing::from_value(value).map_err(|error| NoFile(error.to_string()))
}

/// The longest text to search for, in bytes.
const SEARCH: usize = 1024;
