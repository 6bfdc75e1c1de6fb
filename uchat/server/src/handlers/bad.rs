//! Fails, on purpose: to see the error path.

use crate::handler::{Caller, Handled, Outbox};
use framing::Value;
use rusqlite::Connection;
use uchat_protocol::Reply;

pub(crate) fn handle(_db: &Connection, caller: &Caller, _request: Value, _out: &mut Outbox) -> Handled {
    tracing::warn!(user = %caller.name, "asked for a failure, and gets it");
    Ok(Reply::GeneralFailure("this operation is made to fail; nothing has happened".to_owned()))
}
