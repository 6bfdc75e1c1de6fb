//! Friends and rooms as one user's contacts show them: all of them, or one.

use crate::handler::{Failure, Presence};
use rusqlite::Connection;
use uchat_protocol::push::{ContactInfo, DelInfo, FriendInfo, RoomInfo};
use uchat_protocol::{Conversation, Push};

/// The friends of `me`, by number: all, or `only` this one.
pub(crate) fn friends(
    db: &Connection,
    presence: &dyn Presence,
    me: u64,
    only: Option<u64>,
) -> Result<Vec<FriendInfo>, Failure> {
    let sql = "
        SELECT u.id, u.username, u.share_address, u.share_read,
            coalesce(c.last_seq, 0), coalesce(c.last_time, 0),
            coalesce(mine.delivered, 0), coalesce(mine.read, 0),
            coalesce(theirs.delivered, 0), coalesce(theirs.read, 0)
        FROM (SELECT to_user_id AS id FROM friends WHERE from_user_id = ?1 AND accepted = 1
            UNION ALL SELECT from_user_id FROM friends WHERE to_user_id = ?1 AND accepted = 1) AS f
        JOIN users AS u ON u.id = f.id
        LEFT JOIN conversations AS c ON c.low_id = min(?1, u.id) AND c.high_id = max(?1, u.id)
        LEFT JOIN cursors AS mine ON mine.conversation_id = c.id AND mine.user_id = ?1
        LEFT JOIN cursors AS theirs ON theirs.conversation_id = c.id AND theirs.user_id = u.id
        WHERE ?2 IS NULL OR f.id = ?2
        ORDER BY u.id";
    let read = |row: &rusqlite::Row<'_>| {
        let id = row.get(0)?;
        let online = presence.online(id);
        let (shares_address, shares_read): (bool, bool) = (row.get(2)?, row.get(3)?);
        let address = online.filter(|_| shares_address);
        Ok(FriendInfo {
            id,
            name: row.get(1)?,
            online: online.is_some(),
            ip: address.map(|address| address.ip().to_string()),
            port: address.map(|address| address.port()),
            last_seq: row.get(4)?,
            last_time: row.get(5)?,
            delivered: row.get(6)?,
            read: row.get(7)?,
            their_delivered: row.get(8)?,
            their_read: if shares_read { row.get(9)? } else { 0 },
        })
    };
    let mut statement = db.prepare_cached(sql)?;
    let friends = statement.query_map((me, only), read)?.collect::<Result<_, _>>()?;
    Ok(friends)
}

/// The rooms of `me`, by number: all, or `only` this one.
pub(crate) fn rooms(db: &Connection, me: u64, only: Option<u64>) -> Result<Vec<RoomInfo>, Failure> {
    let sql = "
        SELECT r.id, r.room_name, r.owner_id, m.joined_seq, c.last_seq, c.last_time,
            coalesce(k.delivered, 0), coalesce(k.read, 0)
        FROM room_user AS m
        JOIN rooms AS r ON r.id = m.room_id
        JOIN conversations AS c ON c.id = r.conversation_id
        LEFT JOIN cursors AS k ON k.conversation_id = c.id AND k.user_id = ?1
        WHERE m.user_id = ?1 AND (?2 IS NULL OR r.id = ?2)
        ORDER BY r.id";
    let read = |row: &rusqlite::Row<'_>| {
        Ok(RoomInfo {
            id: row.get(0)?,
            name: row.get(1)?,
            owner: row.get(2)?,
            joined_seq: row.get(3)?,
            last_seq: row.get(4)?,
            last_time: row.get(5)?,
            delivered: row.get(6)?,
            read: row.get(7)?,
        })
    };
    let mut statement = db.prepare_cached(sql)?;
    let rooms = statement.query_map((me, only), read)?.collect::<Result<_, _>>()?;
    Ok(rooms)
}

/// What tells `me` of the friend `them`.
pub(crate) fn friend_info(
    db: &Connection,
    presence: &dyn Presence,
    me: u64,
    them: u64,
) -> Result<Push, Failure> {
    let friend = friends(db, presence, me, Some(them))?.pop();
    let friend = friend.ok_or_else(|| Failure::Damaged(format!("users {me} and {them} are no friends")))?;
    Ok(Push::ContactInfo(ContactInfo { friend: Some(friend), room: None }))
}

/// What tells `me` of the room `room`.
pub(crate) fn room_info(db: &Connection, me: u64, room: u64) -> Result<Push, Failure> {
    let info = rooms(db, me, Some(room))?.pop();
    let info = info.ok_or_else(|| Failure::Damaged(format!("user {me} is not in room {room}")))?;
    Ok(Push::ContactInfo(ContactInfo { friend: None, room: Some(info) }))
}

/// What tells somebody that a friend or a room is gone.
pub(crate) fn gone(contact: Conversation) -> Push {
    let (target_type, target_id) = contact.target();
    Push::DelInfo(DelInfo { target_type, target_id })
}
