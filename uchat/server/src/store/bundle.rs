//! Everything a client needs to know after a log-in: five lists, one statement for each.

use super::contacts;
use crate::handler::{Caller, Failure};
use rusqlite::Connection;
use uchat_protocol::push::{LoginBundle, Person};

/// The contacts of the caller, and the requests and blocks.
pub(crate) fn login_bundle(db: &Connection, caller: &Caller) -> Result<LoginBundle, Failure> {
    let me = caller.user;
    Ok(LoginBundle {
        rooms: contacts::rooms(db, me, None)?,
        friends: contacts::friends(db, &*caller.presence, me, None)?,
        // Who is blocked can still ask, and sees no difference; it is not shown here as long as they are.
        requests: people(
            db,
            me,
            "SELECT u.id, u.username FROM friends AS f JOIN users AS u ON u.id = f.from_user_id
            WHERE f.to_user_id = ?1 AND f.accepted = 0 AND NOT EXISTS
                (SELECT 1 FROM blocks WHERE user_id = ?1 AND blocked_id = f.from_user_id)
            ORDER BY f.time, u.id",
        )?,
        asked: people(
            db,
            me,
            "SELECT u.id, u.username FROM friends AS f JOIN users AS u ON u.id = f.to_user_id
            WHERE f.from_user_id = ?1 AND f.accepted = 0 ORDER BY f.time, u.id",
        )?,
        blocked: people(
            db,
            me,
            "SELECT u.id, u.username FROM blocks AS b JOIN users AS u ON u.id = b.blocked_id
            WHERE b.user_id = ?1 ORDER BY u.id",
        )?,
    })
}

fn people(db: &Connection, me: u64, sql: &str) -> Result<Vec<Person>, Failure> {
    let mut statement = db.prepare_cached(sql)?;
    let people = statement.query_map([me], |row| Ok(Person { id: row.get(0)?, name: row.get(1)? }))?;
    Ok(people.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails here has failed")]
    use super::*;
    use crate::server::CONTACTS;
    use uchat_protocol::push::{FriendInfo, RoomInfo};
    use uchat_protocol::{Push, limits};

    #[test]
    fn the_largest_bundle_is_one_message() {
        let number = u64::MAX;
        let name = "\u{20000}".repeat(limits::USER_NAME);
        let friend = FriendInfo {
            id: number,
            name: name.clone(),
            online: true,
            ip: Some("2001:db8:1111:2222:3333:4444:5555:6666".to_owned()),
            port: Some(u16::MAX),
            last_seq: number,
            last_time: number,
            delivered: number,
            read: number,
            their_delivered: number,
            their_read: number,
        };
        let room = RoomInfo {
            id: number,
            name: "\u{20000}".repeat(limits::ROOM_NAME),
            owner: number,
            joined_seq: number,
            last_seq: number,
            last_time: number,
            delivered: number,
            read: number,
        };
        let people = vec![Person { id: number, name }; CONTACTS];
        let bundle = LoginBundle {
            rooms: vec![room; CONTACTS],
            friends: vec![friend; CONTACTS], // those who are asked count with the friends, and take less room
            requests: people.clone(),
            asked: Vec::new(),
            blocked: people,
        };
        let bytes = Push::LoginBundle(bundle).to_message().unwrap().to_bytes().unwrap();
        assert!(bytes.len() <= limits::MESSAGE, "{}", bytes.len());
    }
}
