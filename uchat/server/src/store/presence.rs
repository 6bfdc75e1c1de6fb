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
    told(db, caller, true, shares.then_some(caller.address))
}

/// What to tell, and to whom, now that the caller has no session any more.
pub(crate) fn went(db: &Connection, caller: &Caller) -> Result<Vec<(Vec<u64>, Push)>, Failure> {
    told(db, caller, false, None)
}

/// What to tell, and to whom, now that the caller shows the address to friends, or does so no more.
pub(crate) fn shown(db: &Connection, caller: &Caller) -> Result<Option<(Vec<u64>, Push)>, Failure> {
    let shares = users::by_id(db, caller.user)?.share_address;
    told_friends(db, caller, true, shares.then_some(caller.address))
}

/// For those who are there: of many members of large rooms most are not. Who logs in later reads it then.
fn told(
    db: &Connection,
    caller: &Caller,
    online: bool,
    address: Option<SocketAddr>,
) -> Result<Vec<(Vec<u64>, Push)>, Failure> {
    let mut pushes = Vec::from_iter(told_friends(db, caller, online, address)?);
    let sql = "SELECT other.room_id, other.user_id FROM room_user AS mine
        JOIN room_user AS other ON other.room_id = mine.room_id AND other.user_id <> ?1
        WHERE mine.user_id = ?1 ORDER BY other.room_id, other.id";
    let mut statement = db.prepare_cached(sql)?;
    let user = caller.user;
    let rows = statement.query_map([user], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut rooms: Vec<(u64, Vec<u64>)> = Vec::new();
    for row in rows {
        let (room, member): (u64, u64) = row?;
        if caller.presence.online(member).is_none() {
            continue;
        }
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

fn told_friends(
    db: &Connection,
    caller: &Caller,
    online: bool,
    address: Option<SocketAddr>,
) -> Result<Option<(Vec<u64>, Push)>, Failure> {
    let mut friends = friends::ids(db, caller.user)?;
    friends.retain(|friend| caller.presence.online(*friend).is_some());
    let ip = address.map(|address| address.ip().to_string());
    let port = address.map(|address| address.port());
    let push = Push::FriendOnOffLine(FriendOnOffLine { online, user_id: caller.user, ip, port });
    Ok((!friends.is_empty()).then_some((friends, push)))
}
