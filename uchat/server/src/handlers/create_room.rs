//! create_room: makes a room and enters it as its owner.

use crate::handler::{Caller, Failure, Handled, Outbox};
use crate::store::contacts;
use crate::store::rooms::{self, Room};
use rusqlite::Connection;
use uchat_protocol::content::Happened;
use uchat_protocol::reply::{Done, Reply};
use uchat_protocol::{Code, Refusal, fields, request};

/// Makes it: its first line says by whom. The answer is its number.
pub(crate) fn handle(
    db: &Connection,
    caller: &Caller,
    request: request::CreateRoom,
    out: &mut Outbox,
) -> Handled {
    let name = fields::room_name(&request.room_name)?;
    if db.prepare_cached("SELECT 1 FROM rooms WHERE folded = ?1")?.exists([&name.folded])? {
        return Err(Code::RoomNameTaken.into());
    }
    check_limit(db, caller)?;
    let room = rooms::create(db, &name, caller.user, caller.now)?;
    enter(db, caller, &room, Happened::Created, out)?;
    Ok(Reply::Done(Done { room_id: Some(room.id), ..Done::default() }))
}

/// Refuses if the caller can enter no further room.
pub(super) fn check_limit(db: &Connection, caller: &Caller) -> Result<(), Failure> {
    let most = caller.rules.contacts;
    if rooms::of_user(db, caller.user)?.len() < most {
        return Ok(());
    }
    let text = format!("you are in {most} rooms, as many as one may be in; leave one first");
    Err(Refusal::because(Code::NoSpace, text).into())
}

/// Makes the caller a member, with a line that says so. The caller is told of the room first: a line of a room
/// that a client does not know would make no sense to it.
pub(super) fn enter(
    db: &Connection,
    caller: &Caller,
    room: &Room,
    what: Happened,
    out: &mut Outbox,
) -> Result<(), Failure> {
    let mut lines = Outbox::default();
    let mut members = rooms::members(db, room.id)?;
    members.push(caller.user);
    let event = rooms::event(what, caller.user, &caller.name);
    let seq = rooms::say(db, room, event, caller.now, &mut lines, members)?;
    rooms::enter(db, room, caller.user, seq)?;
    out.tell(caller.user, contacts::room_info(db, caller.user, room.id)?);
    out.pushes.append(&mut lines.pushes);
    Ok(())
}
