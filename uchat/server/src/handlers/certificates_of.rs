//! certificates_of: the certificates of users that the caller has to do with.

use crate::handler::{Caller, Handled, Outbox};
use rusqlite::{Connection, OptionalExtension};
use serde_bytes::ByteBuf;
use std::collections::BTreeSet;
use uchat_protocol::reply::{Done, Reply};
use uchat_protocol::{Code, Refusal, limits, request};

/// The certificates of the caller, of friends, of those who are asked or have asked, and of members of shared
/// rooms, by number. All others are left out, as are those who have none.
pub(crate) fn handle(
    db: &Connection,
    caller: &Caller,
    request: request::CertificatesOf,
    _out: &mut Outbox,
) -> Handled {
    if request.users.len() > limits::ASKED_AT_ONCE {
        let rule = format!("must have {} numbers or less", limits::ASKED_AT_ONCE);
        return Err(Refusal::field(Code::BadField, "users", rule).into());
    }
    let sql = "SELECT der FROM certificates WHERE user_id = ?2 AND (?1 = ?2
        OR EXISTS (SELECT 1 FROM friends WHERE from_user_id = ?1 AND to_user_id = ?2)
        OR EXISTS (SELECT 1 FROM friends WHERE from_user_id = ?2 AND to_user_id = ?1)
        OR EXISTS (SELECT 1 FROM room_user AS mine
            JOIN room_user AS theirs ON theirs.room_id = mine.room_id AND theirs.user_id = ?2
            WHERE mine.user_id = ?1))";
    let mut statement = db.prepare_cached(sql)?;
    let mut certificates = Vec::new();
    for user in request.users.into_iter().collect::<BTreeSet<_>>() {
        if i64::try_from(user).is_err() {
            continue; // no user has such a number
        }
        let der: Option<Vec<u8>> = statement.query_row([caller.user, user], |row| row.get(0)).optional()?;
        certificates.extend(der.map(|der| (user, ByteBuf::from(der))));
    }
    Ok(Reply::Done(Done { certificates, ..Done::default() }))
}
