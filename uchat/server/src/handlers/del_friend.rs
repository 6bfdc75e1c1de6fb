//! del_friend: ends a friendship, on both sides at once.

use crate::handler::{Caller, Failure, Handled, Outbox};
use crate::handlers::add_friend::result;
use crate::store::friends::{self, Tie};
use crate::store::{contacts, users};
use rusqlite::Connection;
use uchat_protocol::reply::Reply;
use uchat_protocol::{Code, Conversation, Refusal, request};

/// Ends it. What was said stays, and goes on should they be friends again.
pub(crate) fn handle(
    db: &Connection,
    caller: &Caller,
    request: request::DelFriend,
    out: &mut Outbox,
) -> Handled {
    result(end(db, caller, &request.user_name, out)).map(Reply::DelFriendResult)
}

fn end(db: &Connection, caller: &Caller, name: &str, out: &mut Outbox) -> Result<String, Failure> {
    let them = users::by_name(db, name)?;
    if them.id == caller.user {
        return Err(Code::Yourself.into());
    }
    if friends::tie(db, caller.user, them.id)? != Tie::Friends {
        let text = format!("you and {} are not friends", them.name);
        return Err(Refusal::because(Code::NotFriends, text).into());
    }
    part(db, caller.user, them.id, out)?;
    Ok(format!("you and {} are friends no more", them.name))
}

/// Ends the friendship of two friends and tells both.
pub(super) fn part(db: &Connection, me: u64, them: u64, out: &mut Outbox) -> Result<(), Failure> {
    friends::part(db, me, them)?;
    for (user, friend) in [(me, them), (them, me)] {
        out.tell(user, contacts::gone(Conversation::Friend(friend)));
    }
    Ok(())
}
