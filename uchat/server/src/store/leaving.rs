//! What becomes of friends and rooms when an account is deleted.

use super::{contacts, friends, rooms, users};
use crate::handler::{Failure, Outbox};
use rusqlite::Connection;
use uchat_protocol::Conversation;
use uchat_protocol::content::Happened;

/// Deletes an account: it is in nobody's contacts and in no room any more, and nobody finds it. Its row stays, so
/// that the name is not given out again, and its messages stay with those who have received them.
///
/// A room of the user's goes to the member who is there longest. The user's own session is for the caller to end.
///
/// # Errors
/// [`NoSuchUser`](uchat_protocol::Code::NoSuchUser), also for one that is deleted already.
pub(crate) fn delete_account(db: &Connection, user: u64, now: u64, out: &mut Outbox) -> Result<(), Failure> {
    let leaver = users::by_id(db, user)?;
    let friends = friends::ids(db, user)?;
    if !friends.is_empty() {
        out.tell_all(friends, contacts::gone(Conversation::Friend(user)));
    }
    for room in rooms::of_user(db, user)? {
        leave(db, room, &leaver, now, out)?;
    }
    for sql in [
        "DELETE FROM friends WHERE from_user_id = ?1 OR to_user_id = ?1",
        "DELETE FROM blocks WHERE user_id = ?1 OR blocked_id = ?1",
        "DELETE FROM certificates WHERE user_id = ?1",
        "DELETE FROM tokens WHERE user_id = ?1",
        "UPDATE users SET deleted = 1, password = '', email = '', email_folded = NULL, sex = '', age = NULL,
            ip = '', port = 0 WHERE id = ?1",
    ] {
        db.prepare_cached(sql)?.execute([user])?;
    }
    Ok(())
}

fn leave(
    db: &Connection,
    room: u64,
    leaver: &users::User,
    now: u64,
    out: &mut Outbox,
) -> Result<(), Failure> {
    let room = rooms::find(db, room)?;
    rooms::leave(db, &room, leaver.id)?;
    let others = rooms::members(db, room.id)?;
    let Some(&longest) = others.first() else { return rooms::remove(db, &room) };
    rooms::say(db, &room, rooms::event(Happened::Left, leaver.id, &leaver.name), now, out, others.clone())?;
    if room.owner == leaver.id {
        let heir = users::by_id(db, longest)?;
        rooms::hand_over(db, room.id, heir.id)?;
        rooms::say(db, &room, rooms::event(Happened::Owner, heir.id, &heir.name), now, out, others)?;
    }
    Ok(())
}
