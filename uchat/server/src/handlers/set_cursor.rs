//! Somebody has received and read up to here.

use crate::handler::{Caller, Handled, Outbox};
use crate::store::cursors::{self, Cursor};
use crate::store::{places, users};
use rusqlite::Connection;
use uchat_protocol::push::CursorMoved;
use uchat_protocol::reply::Done;
use uchat_protocol::request::SetCursor;
use uchat_protocol::{Conversation, Push, Reply};

/// Moves the cursor forwards, never beyond the last line; tells the friend what they may know of it.
pub(crate) fn handle(tx: &Connection, caller: &Caller, request: SetCursor, out: &mut Outbox) -> Handled {
    let target = places::target(request.target_type, request.target_id)?;
    let done = Reply::Done(Done::default());
    let Some(place) = places::to_read(tx, caller.user, target)? else { return Ok(done) };

    let old = cursors::of(tx, place.conversation, caller.user)?;
    let read = old.read.max(request.read.min(place.last_seq));
    let delivered = old.delivered.max(request.delivered.min(place.last_seq)).max(read);
    let new = Cursor { delivered, read };
    if new == old {
        return Ok(done);
    }
    cursors::set(tx, place.conversation, caller.user, new)?;

    if let Conversation::Friend(friend) = target
        && places::are_friends(tx, caller.user, friend)?
    {
        let shares = users::by_id(tx, caller.user)?.share_read;
        let shown = |cursor: Cursor| if shares { cursor.read } else { 0 };
        // Who does not share what is read must not show either when it was.
        if (old.delivered, shown(old)) != (delivered, shown(new)) {
            let moved = CursorMoved { user_id: caller.user, delivered, read: shown(new) };
            out.tell(friend, Push::CursorMoved(moved));
        }
    }
    Ok(done)
}

#[cfg(test)]
mod tests;
