//! search_users: users by a part of their name.

use crate::handler::{Caller, Failure, Handled, Outbox};
use rusqlite::{Connection, params};
use uchat_protocol::reply::{Done, Reply};
use uchat_protocol::{Code, Refusal, fields, limits, request};

/// Those whose name has this text in it, however it is written; names that begin with it come first. The caller
/// and those who have blocked the caller are left out.
pub(crate) fn handle(
    db: &Connection,
    caller: &Caller,
    request: request::SearchUsers,
    _out: &mut Outbox,
) -> Handled {
    // A part of a name follows the rules of a name, and is folded as a name is.
    let text = fields::user_name(&request.text).map_err(|refusal| {
        let rule = refusal.text.strip_prefix("user_name: ").unwrap_or(&refusal.text);
        Refusal::field(Code::BadField, "text", rule)
    })?;
    let mut users = find(db, BEGINS, caller.user, &text.folded, limits::FOUND)?;
    let left = limits::FOUND - users.len();
    if left > 0 {
        users.extend(find(db, HOLDS, caller.user, &text.folded, left)?);
    }
    Ok(Reply::Done(Done { users, ..Done::default() }))
}

fn find(db: &Connection, sql: &str, me: u64, text: &str, most: usize) -> Result<Vec<(u64, String)>, Failure> {
    let mut statement = db.prepare_cached(sql)?;
    let found = statement.query_map(params![me, text, most], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Those whose names begin with a text. Such names stand together in the index; behind them stands the text with the
/// greatest code point after it, which is in no name.
const BEGINS: &str = "SELECT id, username FROM users
    WHERE folded >= ?2 AND folded < ?2 || char(0x10ffff) AND deleted = 0 AND id <> ?1
        AND NOT EXISTS (SELECT 1 FROM blocks WHERE user_id = users.id AND blocked_id = ?1)
    ORDER BY folded LIMIT ?3";
/// Those who have it further behind in their names: here the index is read from its beginning until there are enough.
/// instr, and not LIKE: it knows no wildcards.
const HOLDS: &str = "SELECT id, username FROM users
    WHERE instr(folded, ?2) > 1 AND deleted = 0 AND id <> ?1
        AND NOT EXISTS (SELECT 1 FROM blocks WHERE user_id = users.id AND blocked_id = ?1)
    ORDER BY folded LIMIT ?3";

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails here has failed")]
    use super::*;

    /// The rows of users are wide: a search that reads all of them holds up everybody who reads.
    #[test]
    fn a_search_reads_names_in_the_index_and_not_all_users() {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(crate::store::SCHEMA).unwrap();
        for (sql, way) in [(BEGINS, "SEARCH users USING INDEX"), (HOLDS, "SCAN users USING INDEX")] {
            let plan = format!("EXPLAIN QUERY PLAN {sql}");
            let plan: String = db.query_row(&plan, params![1, "b", 50], |row| row.get(3)).unwrap();
            assert!(plan.contains(way), "{plan}");
        }
    }
}
