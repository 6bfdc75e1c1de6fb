//! The keys of chains: a header for all who are listed in it, a wrap for each.

use crate::handler::Failure;
use rusqlite::{Connection, OptionalExtension, params};
use serde_bytes::ByteBuf;
use uchat_protocol::KeyId;
use uchat_protocol::push::KeyPackageFor;

/// Whether this sender has given this very header already.
pub(crate) fn exists(db: &Connection, sender: u64, key: KeyId, header: &[u8]) -> Result<bool, Failure> {
    let sql = "SELECT 1 FROM key_packages WHERE sender_id = ?1 AND key_id = ?2 AND header = ?3";
    Ok(db.prepare_cached(sql)?.exists(params![sender, &key.0[..], header])?)
}

/// When the sender has given the package that was the `nth` before now (the last one is the first).
pub(crate) fn nth_last(db: &Connection, sender: u64, nth: u32) -> Result<Option<u64>, Failure> {
    let sql = "SELECT time FROM key_packages WHERE sender_id = ?1 ORDER BY time DESC LIMIT 1 OFFSET ?2 - 1";
    Ok(db.prepare_cached(sql)?.query_row(params![sender, nth], |row| row.get(0)).optional()?)
}

/// A package to be stored.
#[derive(Debug)]
pub(crate) struct Package<'a> {
    /// Whose chain it is.
    pub(crate) sender: u64,
    /// The chain.
    pub(crate) key: KeyId,
    /// The conversation's number in the store.
    pub(crate) conversation: i64,
    /// What is signed.
    pub(crate) header: &'a [u8],
    /// The signature.
    pub(crate) signature: &'a [u8],
    /// For each member: number and wrapped key.
    pub(crate) wraps: &'a [(u64, ByteBuf)],
    /// When, in milliseconds since 1970.
    pub(crate) time: u64,
}

/// Stores a package.
pub(crate) fn insert(db: &Connection, package: &Package<'_>) -> Result<(), Failure> {
    let sql = "INSERT INTO key_packages (sender_id, key_id, conversation_id, header, signature, time)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    db.prepare_cached(sql)?.execute(params![
        package.sender,
        &package.key.0[..],
        package.conversation,
        package.header,
        package.signature,
        package.time
    ])?;
    let id = db.last_insert_rowid();
    let mut wrap =
        db.prepare_cached("INSERT INTO key_wraps (package_id, user_id, wrap) VALUES (?1, ?2, ?3)")?;
    for (user, bytes) in package.wraps {
        wrap.execute(params![id, user, bytes.as_slice()])?;
    }
    Ok(())
}

/// What there is of this chain for `user`, the oldest first: usually one; more if they came back to a room. Sixteen
/// at most: a chain ends whenever a member leaves.
pub(crate) fn of(db: &Connection, sender: u64, key: KeyId, user: u64) -> Result<Vec<KeyPackageFor>, Failure> {
    let Ok(sender) = i64::try_from(sender) else { return Ok(Vec::new()) };
    let sql = "SELECT p.header, p.signature, w.wrap
        FROM key_packages p JOIN key_wraps w ON w.package_id = p.id AND w.user_id = ?3
        WHERE p.sender_id = ?1 AND p.key_id = ?2 ORDER BY p.id LIMIT 16";
    let mut statement = db.prepare_cached(sql)?;
    let found = statement.query_map(params![sender, &key.0[..], user], |row| {
        let bytes = |column| row.get::<_, Vec<u8>>(column).map(ByteBuf::from);
        Ok(KeyPackageFor { header: bytes(0)?, signature: bytes(1)?, wrap: bytes(2)? })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}
