//! What a server knows: the rows of its database about people and messages, read while it runs. Nobody writes here.
//!
//! In: the data folder. Out: who is there, and of the newest messages who, whom, when, how much, and the very bytes
//! that lie on the disk. Passwords and tokens stay where they are.

use crate::store::OpenError;
use rusqlite::{Connection, OpenFlags, Row};
use std::path::Path;
use std::time::Duration;
use uchat_protocol::{Envelope, MessageId};

/// What the database says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ledger {
    /// Everybody who has an account, in the order in which they have come.
    pub users: Vec<User>,
    /// The newest messages of people, ascending by time.
    pub messages: Vec<Message>,
}

/// A row of `users`, and what stands about them elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The number.
    pub id: u64,
    /// The name.
    pub name: String,
    /// The e-mail address, as it was given.
    pub email: String,
    /// The address they were seen at last.
    pub address: String,
    /// The bytes of their certificate (DER), if one was signed.
    pub certificate: Option<u64>,
}

/// A row of `chat_history`, and how far its receiver is.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The sender's id for it.
    pub id: Option<MessageId>,
    /// Its number in its conversation.
    pub seq: u64,
    /// When it was stored, in milliseconds since 1970.
    pub time: u64,
    /// Who has sent it.
    pub from: String,
    /// To whom: a user's name, or a room's after `#`.
    pub to: String,
    /// Whether the other side of two friends has received it. In rooms: whether anybody has.
    pub delivered: bool,
    /// The same for reading.
    pub read: bool,
    /// The column `data` as it is: a value of stage 4.
    pub data: Vec<u8>,
    /// What these bytes are; `None` if they are damaged.
    pub envelope: Option<Envelope>,
}

/// Reads the users and the `newest` messages of a server whose data lies in this folder.
///
/// # Errors
/// The database is not there, or cannot be read.
pub fn read(data: &Path, newest: u32) -> Result<Ledger, OpenError> {
    let db = Connection::open_with_flags(data.join("uchat.db"), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    db.busy_timeout(PATIENCE)?;
    let tx = db.unchecked_transaction()?; // both questions see the same state
    let users = tx.prepare(USERS)?.query_map([MOST_USERS], user)?.collect::<Result<_, _>>()?;
    let mut messages: Vec<Message> =
        tx.prepare(MESSAGES)?.query_map([newest], message)?.collect::<Result<_, _>>()?;
    messages.reverse();
    Ok(Ledger { users, messages })
}

fn user(row: &Row<'_>) -> rusqlite::Result<User> {
    let (ip, port): (String, u16) = (row.get(3)?, row.get(4)?);
    Ok(User {
        id: row.get(0)?,
        name: row.get(1)?,
        email: row.get(2)?,
        address: if ip.contains(':') { format!("[{ip}]:{port}") } else { format!("{ip}:{port}") },
        certificate: row.get(5)?,
    })
}

fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    let data: Vec<u8> = row.get(7)?;
    let value = framing::decode(&data).ok();
    let id: Option<Vec<u8>> = row.get(0)?;
    Ok(Message {
        id: id.as_deref().and_then(MessageId::from_slice),
        seq: row.get(1)?,
        time: row.get(2)?,
        from: row.get(3)?,
        to: row.get(4)?,
        delivered: row.get(5)?,
        read: row.get(6)?,
        envelope: value.and_then(|value| Envelope::from_value(value).ok()),
        data,
    })
}

const USERS: &str = "SELECT u.id, u.username, u.email, u.ip, u.port, length(c.der)
    FROM users u LEFT JOIN certificates c ON c.user_id = u.id
    WHERE u.deleted = 0 ORDER BY u.id LIMIT ?1";
const MESSAGES: &str = "SELECT h.message_id, h.seq, h.time, s.username,
        coalesce(r.username, '#' || o.room_name, ''),
        EXISTS (SELECT 1 FROM cursors c WHERE c.conversation_id = h.conversation_id
            AND c.user_id <> h.user_id AND c.delivered >= h.seq),
        EXISTS (SELECT 1 FROM cursors c WHERE c.conversation_id = h.conversation_id
            AND c.user_id <> h.user_id AND c.read >= h.seq),
        h.data
    FROM chat_history h JOIN users s ON s.id = h.user_id
    LEFT JOIN users r ON h.target_type = 0 AND r.id = h.target_id
    LEFT JOIN rooms o ON h.target_type = 1 AND o.id = h.target_id
    ORDER BY h.time DESC, h.seq DESC LIMIT ?1";
/// How long the writer may hold us up.
const PATIENCE: Duration = Duration::from_secs(5);
/// The most users that are read.
const MOST_USERS: u32 = 100;
