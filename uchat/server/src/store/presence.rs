//! Whom to tell that somebody has come or gone: friends, and the members of the rooms.

use super::{friends, users};
use crate::handler::{Caller, Failure};
use rusqlite::Connection;
use std::net::SocketAddr;
use uchat_protocol::Push;
use uchat_protocol::push::{FriendOnOffLine, RoomUserOnOffLine};

/// What to tell, and to whom, now that the caller has logged in.
pub(crate) fn came(db: &Connection, caller: &Caller) -> Result<Vec<(Vec<u64>, Push)>, Failure> {
    let shares = users::by_id(db, caller.user)?.share_address;
    told(db, caller.user, true, shares.then_some(caller.address))
}

/// What to tell, and to whom, now that this user has no session any more.
pub(crate) fn went(db: &Connection, user: u64) -> Result<Vec<(Vec<u64>, Push)>, Failure> {
    told(db, user, false, None)
}

fn told(
    db: &Connection,
    user: u64,
    online: bool,
    address: Option<SocketAddr>,
) -> Result<Vec<(Vec<u64>, Push)>, Failure> {
    let mut pushes = Vec::new();
    let friends = friends::ids(db, user)?;
    if !friends.is_empty() {
        let ip = address.map(|address| address.ip().to_string());
        let port = address.map(|address| address.port());
        pushes.push((friends, Push::FriendOnOffLine(FriendOnOffLine { online, user_id: user, ip, port })));
    }
    let sql = "SELECT other.room_id, other.user_id FROM room_user AS mine
        JOIN room_user AS other ON other.room_id = mine.room_id AND other.user_id <> ?1
        WHERE mine.user_id = ?1 ORDER BY other.room_id, other.id";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([user], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut rooms: Vec<(u64, Vec<u64>)> = Vec::new();
    for row in rows {
        let (room, member): (u64, u64) = row?;
        match rooms.last_mut() {
            Some((last, members)) if *last == room => members.push(member),
            _ => rooms.push((room, vec![member])),
        }
    }
    pushes.extend(rooms.into_iter().map(|(room_id, members)| {
        (members, Push::RoomUserOnOffLine(RoomUserOnOffLine { room_id, user_id: user, online }))
    }));
    Ok(pushes)
}
