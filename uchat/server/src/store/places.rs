//! Where people talk, and who may speak or read there: what every request with a target asks first.
//!
//! | place | speak | read |
//! |---|---|---|
//! | two users | friends, neither has blocked the other | also when they are friends no more |
//! | a room | its members | its members, from the line on that says that they came |

use super::rooms::Room;
use super::{conversations, users};
use crate::handler::Failure;
use rusqlite::{Connection, OptionalExtension, Row, params};
use uchat_protocol::{Code, Conversation, Refusal};

/// A conversation as it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// Its number in the store.
    pub(crate) conversation: i64,
    /// The number of its last line; 0 if there is none.
    pub(crate) last_seq: u64,
    /// When that was.
    pub(crate) last_time: u64,
    /// The first line that the asking user may read.
    pub(crate) first_seq: u64,
}

impl Place {
    /// The time of the next line, now that it is `now`: a clock that was set back must not change the order.
    pub(crate) fn next_time(&self, now: u64) -> u64 {
        now.max(self.last_time)
    }
}

/// The conversation that `target_type` and `target_id` name.
///
/// # Errors
/// [`BadField`](Code::BadField): there is no such type.
pub(crate) fn target(target_type: u8, target_id: u64) -> Result<Conversation, Refusal> {
    Conversation::from_target(target_type, target_id).ok_or_else(|| {
        let rule = format!("must be 0 for a user or 1 for a room, not {target_type}");
        Refusal::field(Code::BadField, "target_type", rule)
    })
}

/// The place, if `me` may speak there; `None` for friends who have no conversation yet. Writes nothing.
///
/// # Errors
/// [`NoSuchUser`](Code::NoSuchUser), [`Yourself`](Code::Yourself), [`Blocked`](Code::Blocked) by `me`,
/// [`NotFriends`](Code::NotFriends), also where the other has blocked `me`: nobody is told that;
/// [`NoSuchRoom`](Code::NoSuchRoom), [`NotInRoom`](Code::NotInRoom).
pub(crate) fn may_speak(db: &Connection, me: u64, place: Conversation) -> Result<Option<Place>, Failure> {
    let friend = match place {
        Conversation::Room(room) => return of_member(db, me, room).map(Some),
        Conversation::Friend(friend) => friend,
    };
    match pair(db, me, friend)? {
        Pair { friends: true, blocked: false, blocked_by: false, place } => Ok(place),
        pair => Err(no_friend(db, me, friend, pair.blocked)?.into()),
    }
}

/// As [`may_speak`]; friends who have no conversation yet get one.
pub(crate) fn to_speak(db: &Connection, me: u64, place: Conversation) -> Result<Place, Failure> {
    match (may_speak(db, me, place)?, place) {
        (Some(place), _) => Ok(place),
        (None, Conversation::Friend(friend)) => {
            let conversation = conversations::of_friends(db, me, friend)?;
            Ok(Place { conversation, last_seq: 0, last_time: 0, first_seq: 1 })
        }
        (None, Conversation::Room(_)) => Err(Code::NoSuchRoom.into()),
    }
}

/// The place, if `me` may read there; `None` if nothing was ever said. Writes nothing.
///
/// # Errors
/// As [`may_speak`]; but what was said stays readable when a friendship has ended.
pub(crate) fn to_read(db: &Connection, me: u64, place: Conversation) -> Result<Option<Place>, Failure> {
    let friend = match place {
        Conversation::Room(room) => return of_member(db, me, room).map(Some),
        Conversation::Friend(friend) => friend,
    };
    match pair(db, me, friend)? {
        Pair { place: Some(place), .. } => Ok(Some(place)),
        Pair { friends: true, .. } => Ok(None),
        pair => Err(no_friend(db, me, friend, pair.blocked)?.into()),
    }
}

/// Whether the two are friends and neither has blocked the other.
pub(crate) fn are_friends(db: &Connection, me: u64, other: u64) -> Result<bool, Failure> {
    let pair = pair(db, me, other)?;
    Ok(pair.friends && !pair.blocked && !pair.blocked_by)
}

/// A room's conversation, as the server itself sees it.
pub(crate) fn of_room(db: &Connection, room: &Room) -> Result<Place, Failure> {
    let sql = "SELECT last_seq, last_time FROM conversations WHERE id = ?1";
    let read = |row: &Row<'_>| {
        Ok(Place {
            conversation: room.conversation,
            last_seq: row.get(0)?,
            last_time: row.get(1)?,
            first_seq: 1,
        })
    };
    Ok(db.prepare_cached(sql)?.query_row([room.conversation], read)?)
}

/// Everybody there but `me`.
pub(crate) fn others(db: &Connection, me: u64, place: Conversation) -> Result<Vec<u64>, Failure> {
    match place {
        Conversation::Friend(friend) => Ok(vec![friend]),
        Conversation::Room(room) => {
            let sql = "SELECT user_id FROM room_user WHERE room_id = ?1 AND user_id != ?2";
            let mut statement = db.prepare_cached(sql)?;
            let members = statement.query_map([room, me], |row| row.get(0))?;
            Ok(members.collect::<Result<_, _>>()?)
        }
    }
}

/// What is between two users.
#[derive(Default)]
struct Pair {
    friends: bool,
    blocked: bool,
    blocked_by: bool,
    place: Option<Place>,
}

/// One statement for all of it: every message to a friend asks this.
fn pair(db: &Connection, me: u64, other: u64) -> Result<Pair, Failure> {
    let Ok(other) = i64::try_from(other) else { return Ok(Pair::default()) };
    let sql = "SELECT
            EXISTS (SELECT 1 FROM friends WHERE from_user_id = ?1 AND to_user_id = ?2 AND accepted != 0)
                OR EXISTS (SELECT 1 FROM friends WHERE from_user_id = ?2 AND to_user_id = ?1 AND accepted != 0),
            EXISTS (SELECT 1 FROM blocks WHERE user_id = ?1 AND blocked_id = ?2),
            EXISTS (SELECT 1 FROM blocks WHERE user_id = ?2 AND blocked_id = ?1),
            c.id, c.last_seq, c.last_time
        FROM (SELECT 1) LEFT JOIN conversations c ON c.low_id = min(?1, ?2) AND c.high_id = max(?1, ?2)";
    let read = |row: &Row<'_>| {
        let place = match row.get::<_, Option<i64>>(3)? {
            None => None,
            Some(conversation) => {
                let (last_seq, last_time) = (row.get(4)?, row.get(5)?);
                Some(Place { conversation, last_seq, last_time, first_seq: 1 })
            }
        };
        Ok(Pair { friends: row.get(0)?, blocked: row.get(1)?, blocked_by: row.get(2)?, place })
    };
    Ok(db.prepare_cached(sql)?.query_row(params![me, other], read)?)
}

fn no_friend(db: &Connection, me: u64, other: u64, blocked: bool) -> Result<Refusal, Failure> {
    if me == other {
        return Ok(Code::Yourself.into());
    }
    users::by_id(db, other)?;
    Ok(if blocked { Code::Blocked } else { Code::NotFriends }.into())
}

fn of_member(db: &Connection, me: u64, room: u64) -> Result<Place, Failure> {
    let Ok(room) = i64::try_from(room) else { return Err(Code::NoSuchRoom.into()) };
    let sql = "SELECT c.id, c.last_seq, c.last_time, m.joined_seq
        FROM rooms r JOIN conversations c ON c.id = r.conversation_id
        LEFT JOIN room_user m ON m.room_id = r.id AND m.user_id = ?2
        WHERE r.id = ?1";
    let read = |row: &Row<'_>| {
        let place = |first_seq| -> rusqlite::Result<Place> {
            let (conversation, last_seq, last_time) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(Place { conversation, last_seq, last_time, first_seq })
        };
        row.get::<_, Option<u64>>(3)?.map(place).transpose()
    };
    let found = db.prepare_cached(sql)?.query_row(params![room, me], read).optional()?;
    found.ok_or(Code::NoSuchRoom)?.ok_or_else(|| Code::NotInRoom.into())
}
