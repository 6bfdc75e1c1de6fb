//! Whose files there are, and for whom. How much there is of each, the folder says: see `files.rs`.

use super::places;
use crate::files::{FileStore, Have};
use crate::handler::Failure;
use crate::replies::FULL;
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::time::SystemTime;
use uchat_protocol::{Code, Conversation, FileName, Refusal};

/// A file as it was announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Announced {
    /// Who has put it here, or is about to.
    pub(crate) user: u64,
    /// For whom, as `target_type` and `target_id`.
    pub(crate) target: (u8, u64),
    /// All its bytes.
    pub(crate) size: u64,
    /// SHA-256 of these.
    pub(crate) sha256: [u8; 32],
}

/// The file of this name.
pub(crate) fn by_name(db: &Connection, name: FileName) -> Result<Option<Announced>, Failure> {
    let sql = "SELECT user_id, target_type, target_id, size, sha256 FROM files WHERE name = ?1";
    let read = |row: &Row<'_>| {
        let target = (row.get(1)?, row.get(2)?);
        Ok(Announced { user: row.get(0)?, target, size: row.get(3)?, sha256: row.get(4)? })
    };
    Ok(db.prepare_cached(sql)?.query_row([&name.0[..]], read).optional()?)
}

/// The file of this name, if `user` is the one who puts it.
///
/// # Errors
/// [`NoSuchFile`](Code::NoSuchFile).
pub(crate) fn of_uploader(db: &Connection, name: FileName, user: u64) -> Result<Announced, Failure> {
    let file = by_name(db, name)?.filter(|file| file.user == user);
    file.ok_or_else(|| Code::NoSuchFile.into())
}

/// Whether `user` may read this file: who has put it, the user it is for, the room's members of now.
pub(crate) fn may_get(db: &Connection, file: &Announced, user: u64) -> Result<bool, Failure> {
    if file.user == user {
        return Ok(true);
    }
    match places::target(file.target.0, file.target.1)? {
        Conversation::Friend(friend) => Ok(friend == user),
        room @ Conversation::Room(_) => match places::to_read(db, user, room) {
            Ok(_) => Ok(true),
            Err(Failure::Refused(_)) => Ok(false),
            Err(failure) => Err(failure),
        },
    }
}

/// Announces a file.
pub(crate) fn insert(db: &Connection, name: FileName, file: &Announced, time: u64) -> Result<(), Failure> {
    let sql = "INSERT INTO files (name, user_id, target_type, target_id, size, sha256, time)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let (target_type, target_id) = file.target;
    let sha256 = &file.sha256[..];
    let values = params![&name.0[..], file.user, target_type, target_id, file.size, sha256, time];
    db.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// Forgets a file.
pub(crate) fn remove(db: &Connection, name: FileName) -> Result<(), Failure> {
    db.prepare_cached("DELETE FROM files WHERE name = ?1")?.execute([&name.0[..]])?;
    Ok(())
}

/// What a file counts against its owner's quota: on the disk, even a single byte takes a block.
pub(crate) fn cost(size: u64) -> u64 {
    size.max(BLOCK)
}

/// What all files of `user` count, also those that are not complete.
pub(crate) fn used(db: &Connection, user: u64) -> Result<u64, Failure> {
    let sql = "SELECT coalesce(sum(max(size, ?2)), 0) FROM files WHERE user_id = ?1";
    Ok(db.prepare_cached(sql)?.query_row([user, BLOCK], |row| row.get(0))?)
}

/// Removes files that nobody can ask for any more and unfinished files that nobody goes on with. Gives the files of
/// which nothing is there, to be [forgotten](forget): first the folder, then the rows, so that a file never lies there
/// without a row. It takes a while, so it is for a reader; it may run beside everything else.
///
/// Who may ask: see [`may_get`]. So a file goes with its room; one between two users, when both have deleted their
/// accounts. What its owner has not finished goes with the owner.
///
/// # Errors
/// The folder or the store failed.
pub(crate) fn sweep(db: &Connection, files: &FileStore, now: SystemTime) -> Result<Vec<FileName>, Failure> {
    files.sweep(now)?;
    let sql = "SELECT f.name, owner.deleted, CASE f.target_type
            WHEN 1 THEN NOT EXISTS (SELECT 1 FROM rooms WHERE id = f.target_id)
            ELSE owner.deleted AND NOT EXISTS (SELECT 1 FROM users WHERE id = f.target_id AND deleted = 0) END
        FROM files AS f JOIN users AS owner ON owner.id = f.user_id";
    let mut statement = db.prepare(sql)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let mut gone = Vec::new();
    for row in rows {
        let (name, is_orphan, is_lost): ([u8; 16], bool, bool) = row?;
        let name = FileName(name);
        match files.have(name)? {
            Have::Nothing => {}
            Have::Complete if is_lost => files.remove(name)?,
            Have::Part(_) if is_lost || is_orphan => files.cancel(name)?,
            Have::Complete | Have::Part(_) => continue,
        }
        gone.push(name);
    }
    Ok(gone)
}

/// Forgets those of these files of which still nothing is there: somebody may have begun one anew.
///
/// # Errors
/// The folder or the store failed.
pub(crate) fn forget(db: &Connection, files: &FileStore, gone: &[FileName]) -> Result<(), Failure> {
    for name in gone {
        if files.have(*name)? == Have::Nothing {
            remove(db, *name)?;
        }
    }
    Ok(())
}

/// The folder failed: if for lack of space, or since somebody else changes the file, people are told so.
pub(crate) fn failed(error: std::io::Error) -> Failure {
    if crate::files::is_busy(&error) {
        let text = "another connection is putting this file; try again in a moment";
        return Refusal::because(Code::Busy, text).retry_after(MOMENT).into();
    }
    if crate::files::is_full(&error) {
        let text = "the server's disk is full; the file can go on when there is space again";
        return Refusal::because(Code::NoSpace, text).retry_after(FULL).into();
    }
    error.into()
}

/// How long a piece takes at the most, about, in milliseconds.
const MOMENT: u64 = 1_000;
/// The least that a file counts, in bytes.
const BLOCK: u64 = 4096;
