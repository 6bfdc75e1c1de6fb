//! The end of a session, and what others hear of it.

use crate::bus::Session;
use crate::handler::Outbox;
use crate::handler::{Failure, Presence};
use crate::shared::Shared;
use crate::store::{accounts, job, presence};
use rusqlite::Transaction;
use std::sync::Arc;

/// Ends a session, and tells others if that was the user's newest.
pub(crate) async fn leave(shared: &Arc<Shared>, session: &Session) {
    if !shared.bus.end(session) {
        return;
    }
    tracing::info!(user = %session.name, from = %session.address, "gone");
    let (caller, bus) = (shared.caller(session), Arc::clone(&shared.bus));
    let work = move |tx: &Transaction<'_>, out: &mut Outbox| {
        accounts::seen(tx, caller.user, caller.address, caller.now)?;
        // Who has come back meanwhile has told it already.
        if bus.online(caller.user).is_none() {
            out.pushes.extend(presence::went(tx, &caller)?);
        }
        Ok(())
    };
    let done = |result: Result<(), Failure>| {
        if let Err(error) = result {
            tracing::error!(%error, "that somebody has gone could not be told");
        }
    };
    shared.store.submit(job(work, done)).await;
}
