//! Users by name and by number. Deleted users are found by nobody.

use crate::handler::Failure;
use rusqlite::{Connection, OptionalExtension, Row};
use uchat_protocol::{Code, fields};

/// What others may know of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct User {
    /// The number.
    pub(crate) id: u64,
    /// The name as it is shown.
    pub(crate) name: String,
    /// Whether friends see the address.
    pub(crate) share_address: bool,
    /// Whether friends see what has been read.
    pub(crate) share_read: bool,
}

/// The user of this name, however it is written.
///
/// # Errors
/// [`NoSuchUser`](Code::NoSuchUser), also for what cannot be a name.
pub(crate) fn by_name(db: &Connection, name: &str) -> Result<User, Failure> {
    let name = fields::user_name(name).map_err(|_| Code::NoSuchUser)?;
    let sql = "SELECT id, username, share_address, share_read FROM users WHERE folded = ?1 AND deleted = 0";
    let user = db.prepare_cached(sql)?.query_row([&name.folded], read).optional()?;
    user.ok_or_else(|| Code::NoSuchUser.into())
}

/// The user of this number.
///
/// # Errors
/// [`NoSuchUser`](Code::NoSuchUser).
pub(crate) fn by_id(db: &Connection, id: u64) -> Result<User, Failure> {
    let sql = "SELECT id, username, share_address, share_read FROM users WHERE id = ?1 AND deleted = 0";
    let Ok(key) = i64::try_from(id) else { return Err(Code::NoSuchUser.into()) };
    let user = db.prepare_cached(sql)?.query_row([key], read).optional()?;
    user.ok_or_else(|| Code::NoSuchUser.into())
}

fn read(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User { id: row.get(0)?, name: row.get(1)?, share_address: row.get(2)?, share_read: row.get(3)? })
}
