//! join_room: enters a room by its number.

use crate::handler::{Caller, Handled, Outbox};
use crate::handlers::create_room::{check_limit, enter};
use crate::store::rooms;
use rusqlite::Connection;
use uchat_protocol::content::Happened;
use uchat_protocol::reply::{Done, Reply};
use uchat_protocol::{Code, request};

/// Enters. The line that says so is the first that the caller can fetch.
pub(crate) fn handle(
    db: &Connection,
    caller: &Caller,
    request: request::JoinRoom,
    out: &mut Outbox,
) -> Handled {
    let room = rooms::find(db, request.room_id)?;
    let members = rooms::members(db, room.id)?;
    if members.contains(&caller.user) {
        return Err(Code::AlreadyInRoom.into());
    }
    if members.len() >= caller.rules.room_members {
        return Err(Code::RoomFull.into());
    }
    check_limit(db, caller)?;
    enter(db, caller, &room, Happened::Joined, out)?;
    Ok(Reply::Done(Done::default()))
}
