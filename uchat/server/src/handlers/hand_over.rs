//! hand_over: the owner of a room makes another member its owner.

use crate::handler::{Caller, Handled, Outbox};
use crate::store::{rooms, users};
use rusqlite::Connection;
use uchat_protocol::content::Happened;
use uchat_protocol::reply::{Done, Reply};
use uchat_protocol::{Code, request};

/// Hands over; the line that says so is for all members.
pub(crate) fn handle(
    db: &Connection,
    caller: &Caller,
    request: request::HandOver,
    out: &mut Outbox,
) -> Handled {
    let room = rooms::find_for_owner(db, request.room_id, caller.user)?;
    let member = users::by_id(db, request.user_id)?;
    if member.id == caller.user {
        return Err(Code::Yourself.into());
    }
    let members = rooms::members(db, room.id)?;
    if !members.contains(&member.id) {
        return Err(Code::NotMember.into());
    }
    rooms::hand_over(db, room.id, member.id)?;
    let event = rooms::event(Happened::Owner, member.id, &member.name);
    rooms::say(db, &room, event, caller.now, out, members)?;
    Ok(Reply::Done(Done::default()))
}
