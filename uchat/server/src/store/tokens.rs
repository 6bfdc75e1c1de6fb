//! Resume tokens: with one, a client goes on with its session without the password.
//!
//! A token is 32 random bytes; here is only its SHA-256, so that who reads the database cannot resume. Each use
//! gives a new one. The old one stays good until the new one is used, since the answer that carries the new one
//! may get lost. All that came one from the other are a *family*.

use crate::handler::Failure;
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};
use uchat_protocol::{Code, limits};
use zeroize::Zeroizing;

/// A token in the clear; it leaves the server once, inside the channel.
pub(crate) type Token = Zeroizing<[u8; limits::TOKEN]>;

/// Stores a token as the only family of a user: all older ones end.
pub(crate) fn begin(db: &Connection, user: u64, token: &Token, now: u64) -> Result<(), Failure> {
    end_all(db, user)?;
    let digest = digest_of(&token[..]);
    insert(db, user, &digest, &digest[..16], now)
}

/// Takes `token` and puts `next` beside it; gives the user. Those before it end, as does a next one that was
/// given out before and has not been used.
///
/// # Errors
/// [`BadToken`](Code::BadToken) if it is unknown, replaced, or too old.
pub(crate) fn take(db: &Connection, token: &[u8], next: &Token, now: u64) -> Result<u64, Failure> {
    let digest = digest_of(token);
    let sql = "SELECT tokens.user_id, family FROM tokens JOIN users ON users.id = tokens.user_id
        WHERE digest = ?1 AND expires > ?2 AND deleted = 0";
    let found = db
        .prepare_cached(sql)?
        .query_row(params![digest, now], |row| Ok((row.get::<_, u64>(0)?, row.get::<_, Vec<u8>>(1)?)));
    let Some((user, family)) = found.optional()? else { return Err(Code::BadToken.into()) };
    // By user as well, since that is what there is an index of.
    db.prepare_cached(OTHERS)?.execute(params![user, family, digest])?;
    insert(db, user, &digest_of(&next[..]), &family, now)?;
    Ok(user)
}

/// Ends all tokens of a user.
pub(crate) fn end_all(db: &Connection, user: u64) -> Result<(), Failure> {
    db.prepare_cached("DELETE FROM tokens WHERE user_id = ?1")?.execute([user])?;
    Ok(())
}

fn insert(db: &Connection, user: u64, digest: &[u8], family: &[u8], now: u64) -> Result<(), Failure> {
    let sql = "INSERT INTO tokens (digest, user_id, family, expires) VALUES (?1, ?2, ?3, ?4)";
    db.prepare_cached(sql)?.execute(params![digest, user, family, now + LIFE])?;
    Ok(())
}

fn digest_of(token: &[u8]) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// Ends the others of a family.
const OTHERS: &str = "DELETE FROM tokens WHERE user_id = ?1 AND family = ?2 AND digest <> ?3";
/// How long a token is good, in milliseconds: 30 days.
const LIFE: u64 = 30 * 24 * 3600 * 1000;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails here has failed")]
    use super::*;

    /// When all come back at once, each would read the tokens of all.
    #[test]
    fn one_resume_reads_the_tokens_of_one_user() {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(crate::store::SCHEMA).unwrap();
        let plan = format!("EXPLAIN QUERY PLAN {OTHERS}");
        let plan: String = db.query_row(&plan, params![1, [0_u8; 16], [0_u8; 32]], |row| row.get(3)).unwrap();
        assert!(plan.contains("USING INDEX tokens_user"), "{plan}");
    }
}
