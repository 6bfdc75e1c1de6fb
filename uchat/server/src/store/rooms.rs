//! Rooms, who is in them, and the lines that say who comes and goes.

use super::messages::{self, Message};
use super::{conversations, places};
use crate::handler::{Failure, Outbox};
use rusqlite::{Connection, OptionalExtension, params};
use uchat_protocol::content::{Happened, RoomEvent};
use uchat_protocol::fields::Name;
use uchat_protocol::push::NewMessage;
use uchat_protocol::{Code, Conversation, Envelope, Push};

/// A room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Room {
    /// The number.
    pub(crate) id: u64,
    /// Whose it is.
    pub(crate) owner: u64,
    /// Its conversation.
    pub(crate) conversation: i64,
}

/// The room of this number.
///
/// # Errors
/// [`NoSuchRoom`](Code::NoSuchRoom).
pub(crate) fn find(db: &Connection, id: u64) -> Result<Room, Failure> {
    let Ok(key) = i64::try_from(id) else { return Err(Code::NoSuchRoom.into()) };
    let sql = "SELECT owner_id, conversation_id FROM rooms WHERE id = ?1";
    let read = |row: &rusqlite::Row<'_>| Ok(Room { id, owner: row.get(0)?, conversation: row.get(1)? });
    db.prepare_cached(sql)?.query_row([key], read).optional()?.ok_or_else(|| Code::NoSuchRoom.into())
}

/// The room of this number, for one who is in it.
///
/// # Errors
/// [`NoSuchRoom`](Code::NoSuchRoom); [`NotInRoom`](Code::NotInRoom).
pub(crate) fn find_for(db: &Connection, id: u64, member: u64) -> Result<Room, Failure> {
    let room = find(db, id)?;
    if has(db, id, member)? { Ok(room) } else { Err(Code::NotInRoom.into()) }
}

/// The room of this number, for its owner.
///
/// # Errors
/// [`NoSuchRoom`](Code::NoSuchRoom); [`NotInRoom`](Code::NotInRoom); [`NotOwner`](Code::NotOwner).
pub(crate) fn find_for_owner(db: &Connection, id: u64, owner: u64) -> Result<Room, Failure> {
    let room = find_for(db, id, owner)?;
    if room.owner == owner { Ok(room) } else { Err(Code::NotOwner.into()) }
}

/// Makes a room with a conversation of its own. Nobody is in it yet.
pub(crate) fn create(db: &Connection, name: &Name, owner: u64, now: u64) -> Result<Room, Failure> {
    let conversation = conversations::for_room(db)?;
    let sql = "INSERT INTO rooms (room_name, folded, owner_id, conversation_id, created)
        VALUES (?1, ?2, ?3, ?4, ?5) RETURNING id";
    let row = params![name.shown, name.folded, owner, conversation, now];
    let id = db.prepare_cached(sql)?.query_row(row, |row| row.get(0))?;
    Ok(Room { id, owner, conversation })
}

/// Whether a user is in a room.
pub(crate) fn has(db: &Connection, room: u64, user: u64) -> Result<bool, Failure> {
    let sql = "SELECT 1 FROM room_user WHERE room_id = ?1 AND user_id = ?2";
    Ok(db.prepare_cached(sql)?.exists([room, user])?)
}

/// Who is in a room, in the order in which they came.
pub(crate) fn members(db: &Connection, room: u64) -> Result<Vec<u64>, Failure> {
    let mut statement = db.prepare_cached("SELECT user_id FROM room_user WHERE room_id = ?1 ORDER BY id")?;
    let members = statement.query_map([room], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(members)
}

/// The numbers of the rooms in which a user is, ascending.
pub(crate) fn of_user(db: &Connection, user: u64) -> Result<Vec<u64>, Failure> {
    let mut statement =
        db.prepare_cached("SELECT room_id FROM room_user WHERE user_id = ?1 ORDER BY room_id")?;
    let rooms = statement.query_map([user], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(rooms)
}

/// Makes a user a member from line `seq` on, which says so: it is the first that they can fetch, and has not
/// been received yet.
pub(crate) fn enter(db: &Connection, room: &Room, user: u64, seq: u64) -> Result<(), Failure> {
    let sql = "INSERT INTO room_user (room_id, user_id, joined_seq) VALUES (?1, ?2, ?3)";
    db.prepare_cached(sql)?.execute([room.id, user, seq])?;
    conversations::add_cursor(db, room.conversation, user, seq.saturating_sub(1))
}

/// Ends a membership.
pub(crate) fn leave(db: &Connection, room: &Room, user: u64) -> Result<(), Failure> {
    let sql = "DELETE FROM room_user WHERE room_id = ?1 AND user_id = ?2";
    db.prepare_cached(sql)?.execute([room.id, user])?;
    let sql = "DELETE FROM cursors WHERE conversation_id = ?1 AND user_id = ?2";
    db.prepare_cached(sql)?.execute(params![room.conversation, user])?;
    Ok(())
}

/// Makes another member the owner.
pub(crate) fn hand_over(db: &Connection, room: u64, owner: u64) -> Result<(), Failure> {
    db.prepare_cached("UPDATE rooms SET owner_id = ?2 WHERE id = ?1")?.execute([room, owner])?;
    Ok(())
}

/// Removes a room in which nobody is any more, with all that was said in it: nobody can ever ask for it again.
/// Its number is not given out again.
pub(crate) fn remove(db: &Connection, room: &Room) -> Result<(), Failure> {
    db.prepare_cached("DELETE FROM rooms WHERE id = ?1")?.execute([room.id])?;
    let wraps =
        "DELETE FROM key_wraps WHERE package_id IN (SELECT id FROM key_packages WHERE conversation_id = ?1)";
    for sql in [
        wraps,
        "DELETE FROM key_packages WHERE conversation_id = ?1",
        "DELETE FROM chat_history WHERE conversation_id = ?1",
        "DELETE FROM cursors WHERE conversation_id = ?1",
        "DELETE FROM conversations WHERE id = ?1",
    ] {
        db.prepare_cached(sql)?.execute([room.conversation])?;
    }
    Ok(())
}

/// Appends a line that says what has happened, and tells it to these users; gives its number.
pub(crate) fn say(
    db: &Connection,
    room: &Room,
    event: RoomEvent,
    now: u64,
    out: &mut Outbox,
    to: Vec<u64>,
) -> Result<u64, Failure> {
    let message = Envelope::Event(event);
    let place = places::of_room(db, room)?;
    let (sender, target, time) = (0, Conversation::Room(room.id), place.next_time(now));
    let line = Message { sender, to: target, id: None, time, data: &messages::encode(&message)? };
    let seq = messages::append(db, &place, &line)?;
    let seq = seq.ok_or_else(|| Failure::Damaged("a line without an id was there before".to_owned()))?;
    let (target_type, target_id) = target.target();
    let sender_name = String::new();
    let push =
        NewMessage { message, sender_id: sender, sender_name, target_type, target_id, time, seq, id: None };
    out.tell_all(to, Push::OnNewMessage(push));
    Ok(seq)
}

/// What has happened to whom.
pub(crate) fn event(what: Happened, user_id: u64, user_name: &str) -> RoomEvent {
    RoomEvent { what, user_id, user_name: user_name.to_owned() }
}
