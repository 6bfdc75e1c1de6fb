//! Who is whose friend, who has asked whom, and who wants to hear nothing from whom.

use crate::handler::Failure;
use rusqlite::{Connection, OptionalExtension};

/// What is between two users, as the first of them sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tie {
    /// Nothing.
    None,
    /// They are friends.
    Friends,
    /// The first has asked the second.
    Asked,
    /// The second has asked the first.
    AskedUs,
}

/// What is between two users.
pub(crate) fn tie(db: &Connection, me: u64, them: u64) -> Result<Tie, Failure> {
    let sql = "SELECT accepted, from_user_id = ?1 FROM friends
        WHERE (from_user_id = ?1 AND to_user_id = ?2) OR (from_user_id = ?2 AND to_user_id = ?1)";
    let row = db.prepare_cached(sql)?.query_row([me, them], |row| Ok((row.get(0)?, row.get(1)?)));
    Ok(match row.optional()? {
        None => Tie::None,
        Some((true, _)) => Tie::Friends,
        Some((false, true)) => Tie::Asked,
        Some((false, false)) => Tie::AskedUs,
    })
}

/// Notes that `from` has asked `to`.
pub(crate) fn ask(db: &Connection, from: u64, to: u64, now: u64) -> Result<(), Failure> {
    let sql = "INSERT INTO friends (from_user_id, to_user_id, time) VALUES (?1, ?2, ?3)";
    db.prepare_cached(sql)?.execute([from, to, now])?;
    Ok(())
}

/// Makes the request of `from` to `to` a friendship.
pub(crate) fn accept(db: &Connection, from: u64, to: u64, now: u64) -> Result<(), Failure> {
    let sql = "UPDATE friends SET accepted = 1, time = ?3 WHERE from_user_id = ?1 AND to_user_id = ?2";
    db.prepare_cached(sql)?.execute([from, to, now])?;
    Ok(())
}

/// Ends whatever is between two users, in both directions: friendship or request.
pub(crate) fn part(db: &Connection, one: u64, other: u64) -> Result<(), Failure> {
    let sql = "DELETE FROM friends
        WHERE (from_user_id = ?1 AND to_user_id = ?2) OR (from_user_id = ?2 AND to_user_id = ?1)";
    db.prepare_cached(sql)?.execute([one, other])?;
    Ok(())
}

/// The numbers of a user's friends, ascending.
pub(crate) fn ids(db: &Connection, user: u64) -> Result<Vec<u64>, Failure> {
    let sql = "SELECT to_user_id FROM friends WHERE from_user_id = ?1 AND accepted = 1
        UNION ALL SELECT from_user_id FROM friends WHERE to_user_id = ?1 AND accepted = 1
        ORDER BY 1";
    let mut statement = db.prepare_cached(sql)?;
    let ids = statement.query_map([user], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(ids)
}

/// How many friends a user has, and requests that may become some: those that the user has made.
pub(crate) fn count(db: &Connection, user: u64) -> Result<usize, Failure> {
    let sql = "SELECT (SELECT count(*) FROM friends WHERE from_user_id = ?1)
        + (SELECT count(*) FROM friends WHERE to_user_id = ?1 AND accepted = 1)";
    Ok(db.prepare_cached(sql)?.query_row([user], |row| row.get(0))?)
}

/// How many requests wait for the user's answer.
pub(crate) fn waiting(db: &Connection, user: u64) -> Result<usize, Failure> {
    let sql = "SELECT count(*) FROM friends WHERE to_user_id = ?1 AND accepted = 0";
    Ok(db.prepare_cached(sql)?.query_row([user], |row| row.get(0))?)
}

/// Whether `by` has blocked `whom`.
pub(crate) fn blocks(db: &Connection, by: u64, whom: u64) -> Result<bool, Failure> {
    let sql = "SELECT 1 FROM blocks WHERE user_id = ?1 AND blocked_id = ?2";
    Ok(db.prepare_cached(sql)?.exists([by, whom])?)
}

/// How many users a user has blocked.
pub(crate) fn blocked(db: &Connection, by: u64) -> Result<usize, Failure> {
    let sql = "SELECT count(*) FROM blocks WHERE user_id = ?1";
    Ok(db.prepare_cached(sql)?.query_row([by], |row| row.get(0))?)
}

/// Notes that `by` blocks `whom`, who is not blocked yet.
pub(crate) fn block(db: &Connection, by: u64, whom: u64) -> Result<(), Failure> {
    db.prepare_cached("INSERT INTO blocks (user_id, blocked_id) VALUES (?1, ?2)")?.execute([by, whom])?;
    Ok(())
}

/// Takes a block back; gives whether there was one.
pub(crate) fn unblock(db: &Connection, by: u64, whom: u64) -> Result<bool, Failure> {
    let sql = "DELETE FROM blocks WHERE user_id = ?1 AND blocked_id = ?2";
    Ok(db.prepare_cached(sql)?.execute([by, whom])? > 0)
}
