//! Somebody is typing. Nothing is stored; it is worthless a moment later.

use crate::handler::{Caller, Handled, Outbox};
use crate::store::places;
use rusqlite::Connection;
use uchat_protocol::push::TypingIn;
use uchat_protocol::reply::Done;
use uchat_protocol::request::Typing;
use uchat_protocol::{Push, Reply};

/// Tells those who are there.
pub(crate) fn handle(tx: &Connection, caller: &Caller, request: Typing, out: &mut Outbox) -> Handled {
    let Typing { target_type, target_id } = request;
    let target = places::target(target_type, target_id)?;
    places::may_speak(tx, caller.user, target)?;
    let mut others = places::others(tx, caller.user, target)?;
    others.retain(|&user| caller.presence.online(user).is_some());
    if !others.is_empty() {
        let typing = TypingIn { target_type, target_id, user_id: caller.user };
        out.tell_all(others, Push::TypingIn(typing));
    }
    Ok(Reply::Done(Done::default()))
}

#[cfg(test)]
mod tests;
