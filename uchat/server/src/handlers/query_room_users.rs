//! query_room_users: who is in a room; for its members.

use crate::handler::{Caller, Handled, Outbox};
use crate::store::rooms;
use rusqlite::Connection;
use uchat_protocol::reply::{Reply, RoomUser, RoomUsers};
use uchat_protocol::request;

/// The members, in the order in which they came.
pub(crate) fn handle(
    db: &Connection,
    caller: &Caller,
    request: request::QueryRoomUsers,
    _out: &mut Outbox,
) -> Handled {
    let room = rooms::find_for(db, request.room_id, caller.user)?;
    let sql = "SELECT u.id, u.username FROM room_user AS m JOIN users AS u ON u.id = m.user_id
        WHERE m.room_id = ?1 ORDER BY m.id";
    let mut statement = db.prepare_cached(sql)?;
    let users = statement.query_map([room.id], |row| {
        let id = row.get(0)?;
        let online = caller.presence.online(id).is_some();
        Ok(RoomUser { id, name: row.get(1)?, online, owner: id == room.owner })
    })?;
    let users = users.collect::<Result<_, _>>()?;
    Ok(Reply::QueryRoomUsersResult(RoomUsers { users, room_id: room.id }))
}
