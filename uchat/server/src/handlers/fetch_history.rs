//! Messages of a conversation, by sequence number.

use crate::handler::{Caller, Handled, Outbox};
use crate::store::messages::{self, Which};
use crate::store::places;
use rusqlite::Connection;
use uchat_protocol::reply::History;
use uchat_protocol::request::FetchHistory;
use uchat_protocol::{Code, Refusal, Reply, limits};

/// Reads one window. Writes nothing.
pub(crate) fn handle(tx: &Connection, caller: &Caller, request: FetchHistory, _out: &mut Outbox) -> Handled {
    let FetchHistory { target_type, target_id, after, before, limit } = request;
    let place = places::target(target_type, target_id)?;
    let which = match (after, before) {
        (Some(seq), None) => Which::After(seq),
        (None, Some(seq)) => Which::Before(seq),
        _ => return Err(Refusal::field(Code::BadField, "after", "give either this or before").into()),
    };
    if limit == 0 || limit as usize > limits::HISTORY {
        let rule = format!("must be 1 to {}, not {limit}", limits::HISTORY);
        return Err(Refusal::field(Code::BadField, "limit", rule).into());
    }
    let (messages, more) = match places::to_read(tx, caller.user, place)? {
        Some(place) => messages::window(tx, &place, which, limit)?,
        None => (Vec::new(), false),
    };
    Ok(Reply::ChatHistory(History { target_type, target_id, messages, more }))
}

#[cfg(test)]
mod tests;
