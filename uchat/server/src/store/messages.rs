//! Messages: appended once for each id of a sender, read in windows.

use super::places::Place;
use crate::handler::Failure;
use rusqlite::{Connection, OptionalExtension, Row, params};
use uchat_protocol::push::NewMessage;
use uchat_protocol::{Conversation, Envelope, MessageId, limits};

/// A message that is to be stored.
#[derive(Debug)]
pub(crate) struct Message<'a> {
    /// Who says it.
    pub(crate) sender: u64,
    /// Where, as the sender names it.
    pub(crate) to: Conversation,
    /// The sender's id for it.
    pub(crate) id: Option<MessageId>,
    /// When, in milliseconds since 1970.
    pub(crate) time: u64,
    /// The envelope, as [`encode`] writes it.
    pub(crate) data: &'a [u8],
}

/// A message that has been stored before.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    /// Its number in its conversation.
    pub(crate) seq: u64,
    /// When it was stored.
    pub(crate) time: u64,
    /// Where, as `target_type` and `target_id`.
    pub(crate) target: (u8, u64),
    /// The envelope.
    pub(crate) data: Vec<u8>,
}

/// Messages in ascending order, and whether there are more in the direction that was asked for.
pub(crate) type Window = (Vec<NewMessage>, bool);

/// Which messages, by their numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Which {
    /// Those with greater numbers.
    After(u64),
    /// Those with smaller numbers.
    Before(u64),
}

/// An envelope as the store keeps it: a value of stage 4.
pub(crate) fn encode(envelope: &Envelope) -> Result<Vec<u8>, Failure> {
    let value = envelope.to_value().map_err(|error| Failure::Damaged(error.to_string()))?;
    let mut data = Vec::new();
    framing::encode(&value, &mut data).map_err(|error| Failure::Damaged(error.to_string()))?;
    Ok(data)
}

/// Appends a message; gives its number, or `None` if its sender has used this id before: then nothing changes.
///
/// The sender's cursor moves along if there was nothing else to read.
pub(crate) fn append(db: &Connection, place: &Place, message: &Message<'_>) -> Result<Option<u64>, Failure> {
    let seq = place.last_seq + 1;
    let (target_type, target_id) = message.to.target();
    // The unique index finds a repeated id while it inserts: no question of its own is needed before.
    let insert = "INSERT INTO chat_history
        (conversation_id, seq, user_id, target_type, target_id, message_id, time, data)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        ON CONFLICT (user_id, message_id) WHERE message_id IS NOT NULL DO NOTHING";
    let id = message.id.as_ref().map(|id| &id.0[..]);
    let inserted = db.prepare_cached(insert)?.execute(params![
        place.conversation,
        seq,
        message.sender,
        target_type,
        target_id,
        id,
        message.time,
        message.data
    ])?;
    if inserted == 0 {
        return Ok(None);
    }
    let last = "UPDATE conversations SET last_seq = ?2, last_time = ?3 WHERE id = ?1";
    db.prepare_cached(last)?.execute(params![place.conversation, seq, message.time])?;
    let cursor = "UPDATE cursors SET delivered = ?3, read = ?3
        WHERE conversation_id = ?1 AND user_id = ?2 AND read = ?3 - 1";
    db.prepare_cached(cursor)?.execute(params![place.conversation, message.sender, seq])?;
    Ok(Some(seq))
}

/// The message that this sender has sent with this id.
pub(crate) fn by_id(db: &Connection, sender: u64, id: MessageId) -> Result<Option<Stored>, Failure> {
    let sql = "SELECT seq, time, target_type, target_id, data FROM chat_history
        WHERE user_id = ?1 AND message_id = ?2";
    let read = |row: &Row<'_>| {
        let target = (row.get(2)?, row.get(3)?);
        Ok(Stored { seq: row.get(0)?, time: row.get(1)?, target, data: row.get(4)? })
    };
    Ok(db.prepare_cached(sql)?.query_row(params![sender, &id.0[..]], read).optional()?)
}

/// At most `limit` messages, and no more bytes than an answer may have; at least one, if there is one.
pub(crate) fn window(db: &Connection, place: &Place, which: Which, limit: u32) -> Result<Window, Failure> {
    let (from, to, order) = match which {
        Which::After(seq) => (place.first_seq.max(seq.saturating_add(1)), place.last_seq, "ASC"),
        Which::Before(seq) => (place.first_seq, place.last_seq.min(seq.saturating_sub(1)), "DESC"),
    };
    if from > to {
        return Ok((Vec::new(), false));
    }
    let sql = format!(
        "SELECT h.seq, h.user_id, coalesce(u.username, ''), h.target_type, h.target_id, h.message_id, h.time, h.data
        FROM chat_history h LEFT JOIN users u ON u.id = h.user_id
        WHERE h.conversation_id = ?1 AND h.seq BETWEEN ?2 AND ?3 ORDER BY h.seq {order} LIMIT ?4"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params![place.conversation, from, to, u64::from(limit) + 1])?;
    let mut messages = Vec::new();
    let mut bytes = OVERHEAD;
    let mut more = false;
    while let Some(row) = rows.next()? {
        let data = row.get_ref(7)?.as_blob().map_err(damaged)?;
        bytes += data.len() + OVERHEAD;
        if messages.len() >= limit as usize || (!messages.is_empty() && bytes > limits::HISTORY_BYTES) {
            more = true;
            break;
        }
        messages.push(read(row, data)?);
    }
    if matches!(which, Which::Before(_)) {
        messages.reverse();
    }
    Ok((messages, more))
}

fn read(row: &Row<'_>, data: &[u8]) -> Result<NewMessage, Failure> {
    let value = framing::decode(data).map_err(damaged)?;
    let id = row.get_ref(5)?.as_blob_or_null().map_err(damaged)?;
    Ok(NewMessage {
        message: Envelope::from_value(value).map_err(damaged)?,
        sender_id: row.get(1)?,
        sender_name: row.get(2)?,
        target_type: row.get(3)?,
        target_id: row.get(4)?,
        time: row.get(6)?,
        seq: row.get(0)?,
        id: id.and_then(MessageId::from_slice),
    })
}

fn damaged(error: impl std::fmt::Display) -> Failure {
    Failure::Damaged(format!("a message: {error}"))
}

/// What stands around an envelope in an answer, in bytes, rounded up: eight keys, numbers of eight bytes, the id
/// and a name of four bytes for each character.
const OVERHEAD: usize = 192;
