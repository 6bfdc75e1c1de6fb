//! leave_room: leaves a room.

use crate::handler::{Caller, Handled, Outbox};
use crate::store::{contacts, rooms};
use rusqlite::Connection;
use uchat_protocol::content::Happened;
use uchat_protocol::reply::{Done, Reply};
use uchat_protocol::{Code, Conversation, request};

/// Leaves. The owner goes last, and the room with them.
pub(crate) fn handle(
    db: &Connection,
    caller: &Caller,
    request: request::LeaveRoom,
    out: &mut Outbox,
) -> Handled {
    let room = rooms::find_for(db, request.room_id, caller.user)?;
    let others: Vec<u64> =
        rooms::members(db, room.id)?.into_iter().filter(|member| *member != caller.user).collect();
    if room.owner == caller.user && !others.is_empty() {
        return Err(Code::OwnerStays.into());
    }
    rooms::leave(db, &room, caller.user)?;
    if others.is_empty() {
        rooms::remove(db, &room)?;
    } else {
        let event = rooms::event(Happened::Left, caller.user, &caller.name);
        rooms::say(db, &room, event, caller.now, out, others)?;
    }
    out.tell(caller.user, contacts::gone(Conversation::Room(room.id)));
    Ok(Reply::Done(Done::default()))
}
