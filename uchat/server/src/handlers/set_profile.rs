//! Changes what is known about a user. What is not given stays.

use crate::handler::{Caller, Handled, Outbox};
use crate::store::{accounts, presence, users};
use rusqlite::{Connection, params};
use uchat_protocol::reply::Done;
use uchat_protocol::{Code, Refusal, Reply, fields, request};

pub(crate) fn handle(
    db: &Connection,
    caller: &Caller,
    request: request::SetProfile,
    out: &mut Outbox,
) -> Handled {
    let request::SetProfile { email, sex, age, share_address, share_read } = request;
    let folded = email.as_deref().map(checked_email).transpose()?;
    if let Some(folded) = &folded
        && accounts::email_owner(db, folded)?.is_some_and(|owner| owner != caller.user)
    {
        return Err(accounts::taken_field(Code::EmailTaken, "email"));
    }
    sex.as_deref().map_or(Ok(()), fields::sex)?;
    age.map_or(Ok(()), fields::age)?;
    let shared_address = users::by_id(db, caller.user)?.share_address;
    let sql = "UPDATE users SET email = ifnull(?2, email), email_folded = ifnull(?3, email_folded),
        sex = ifnull(?4, sex), age = ifnull(?5, age), share_address = ifnull(?6, share_address),
        share_read = ifnull(?7, share_read) WHERE id = ?1";
    let values = params![caller.user, email, folded, sex, age, share_address, share_read];
    db.prepare_cached(sql)?.execute(values)?;
    if share_address.is_some_and(|share| share != shared_address) {
        // Friends who are there see it already, or not yet.
        out.pushes.extend(presence::shown(db, caller)?);
    }
    Ok(Reply::Done(Done::default()))
}

fn checked_email(email: &str) -> Result<String, Refusal> {
    fields::email(email)?;
    Ok(accounts::folded_email(email))
}
