//! Who talks with whom, and from where on.

use crate::handler::Failure;
use rusqlite::{Connection, OptionalExtension, params};

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
