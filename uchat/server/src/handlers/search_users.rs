//! search_users: users by a part of their name.

use crate::handler::{Caller, Handled, Outbox};
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
    // instr, and not LIKE: it knows no wildcards.
    let sql = "SELECT id, username FROM users
        WHERE instr(folded, ?2) > 0 AND deleted = 0 AND id <> ?1
            AND NOT EXISTS (SELECT 1 FROM blocks WHERE user_id = users.id AND blocked_id = ?1)
        ORDER BY instr(folded, ?2) > 1, folded LIMIT ?3";
    let mut statement = db.prepare_cached(sql)?;
    let found = statement
        .query_map(params![caller.user, text.folded, limits::FOUND], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let users = found.collect::<Result<_, _>>()?;
    Ok(Reply::Done(Done { users, ..Done::default() }))
}
