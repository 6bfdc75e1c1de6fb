//! Up to where each person of a conversation has received and read.

use crate::handler::Failure;
use rusqlite::{Connection, OptionalExtension, params};

/// A cursor: everything up to these numbers. What is read is also received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Cursor {
    /// Received.
    pub(crate) delivered: u64,
    /// Read.
    pub(crate) read: u64,
}

/// The cursor of `user`; that of somebody who has none stands at the beginning.
pub(crate) fn of(db: &Connection, conversation: i64, user: u64) -> Result<Cursor, Failure> {
    let sql = "SELECT delivered, read FROM cursors WHERE conversation_id = ?1 AND user_id = ?2";
    let read = |row: &rusqlite::Row<'_>| Ok(Cursor { delivered: row.get(0)?, read: row.get(1)? });
    let found = db.prepare_cached(sql)?.query_row(params![conversation, user], read).optional()?;
    Ok(found.unwrap_or_default())
}

/// Puts the cursor of `user` there.
pub(crate) fn set(db: &Connection, conversation: i64, user: u64, cursor: Cursor) -> Result<(), Failure> {
    let sql =
        "INSERT OR REPLACE INTO cursors (conversation_id, user_id, delivered, read) VALUES (?1, ?2, ?3, ?4)";
    db.prepare_cached(sql)?.execute(params![conversation, user, cursor.delivered, cursor.read])?;
    Ok(())
}
