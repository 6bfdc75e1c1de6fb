//! Who talks with whom, and the next line of each conversation.

use crate::handler::Failure;
use rusqlite::{Connection, OptionalExtension, params};
use uchat_protocol::{Envelope, MessageId};

/// A line to be appended.
#[derive(Debug)]
pub(crate) struct Line<'a> {
    /// The sender; 0 = the server itself.
    pub(crate) sender: u64,
    /// 0 a user, 1 a room.
    pub(crate) target_type: u8,
    /// Its number.
    pub(crate) target_id: u64,
    /// The sender's id for it.
    pub(crate) id: Option<MessageId>,
    /// When, in milliseconds since 1970.
    pub(crate) time: u64,
    /// What.
    pub(crate) envelope: &'a Envelope,
}

/// The conversation of two users; it is made, with a cursor for each, if they have none yet.
pub(crate) fn of_friends(db: &Connection, one: u64, other: u64) -> Result<i64, Failure> {
    let (low, high) = (one.min(other), one.max(other));
    let find = "SELECT id FROM conversations WHERE low_id = ?1 AND high_id = ?2";
    if let Some(id) = db.prepare_cached(find)?.query_row([low, high], |row| row.get(0)).optional()? {
        return Ok(id);
    }
    db.prepare_cached("INSERT INTO conversations (low_id, high_id) VALUES (?1, ?2)")?.execute([low, high])?;
    let id = db.last_insert_rowid();
    for user in [low, high] {
        add_cursor(db, id, user, 0)?;
    }
    Ok(id)
}

/// A new conversation that belongs to no two users: for a room.
pub(crate) fn for_room(db: &Connection) -> Result<i64, Failure> {
    db.prepare_cached("INSERT INTO conversations DEFAULT VALUES")?.execute([])?;
    Ok(db.last_insert_rowid())
}

/// A cursor for somebody who is new in a conversation: everything up to `seq` counts as received and read.
pub(crate) fn add_cursor(db: &Connection, conversation: i64, user: u64, seq: u64) -> Result<(), Failure> {
    let sql =
        "INSERT OR REPLACE INTO cursors (conversation_id, user_id, delivered, read) VALUES (?1, ?2, ?3, ?3)";
    db.prepare_cached(sql)?.execute(params![conversation, user, seq])?;
    Ok(())
}

/// Appends a line; gives its number.
///
/// # Errors
/// A repeated id of one sender is a violated constraint: ask for it before.
pub(crate) fn append(db: &Connection, conversation: i64, line: &Line<'_>) -> Result<u64, Failure> {
    let value = line.envelope.to_value().map_err(|error| Failure::Damaged(error.to_string()))?;
    let mut data = Vec::new();
    framing::encode(&value, &mut data).map_err(|error| Failure::Damaged(error.to_string()))?;
    let next = "UPDATE conversations SET last_seq = last_seq + 1, last_time = max(last_time, ?2) WHERE id = ?1 RETURNING last_seq";
    let seq: u64 = db.prepare_cached(next)?.query_row(params![conversation, line.time], |row| row.get(0))?;
    let insert = "INSERT INTO chat_history
        (conversation_id, seq, user_id, target_type, target_id, message_id, time, data)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let id = line.id.as_ref().map(|id| &id.0[..]);
    db.prepare_cached(insert)?.execute(params![
        conversation,
        seq,
        line.sender,
        line.target_type,
        line.target_id,
        id,
        line.time,
        data
    ])?;
    Ok(seq)
}
