//! remove_member: the owner of a room removes a member.

use crate::handler::{Caller, Handled, Outbox};
use crate::store::{contacts, rooms, users};
use rusqlite::Connection;
use uchat_protocol::content::Happened;
use uchat_protocol::reply::{Done, Reply};
use uchat_protocol::{Code, Conversation, Refusal, request};

/// Removes. Everybody is told, the one who is removed too.
pub(crate) fn handle(
    db: &Connection,
    caller: &Caller,
    request: request::RemoveMember,
    out: &mut Outbox,
) -> Handled {
    let room = rooms::find_for_owner(db, request.room_id, caller.user)?;
    let member = users::by_id(db, request.user_id)?;
    if member.id == caller.user {
        return Err(Refusal::because(Code::Yourself, "that is you; leave the room instead").into());
    }
    let members = rooms::members(db, room.id)?;
    if !members.contains(&member.id) {
        return Err(Code::NotMember.into());
    }
    rooms::leave(db, &room, member.id)?;
    let event = rooms::event(Happened::Removed, member.id, &member.name);
    rooms::say(db, &room, event, caller.now, out, members)?;
    out.tell(member.id, contacts::gone(Conversation::Room(room.id)));
    Ok(Reply::Done(Done::default()))
}
