//! add_friend: asks somebody to be a friend, or accepts who has asked already.

use crate::handler::{Caller, Failure, Handled, Outbox};
use crate::handlers::resolve_friend_request::{befriend, check_limit};
use crate::store::friends::{self, Tie};
use crate::store::users;
use rusqlite::Connection;
use uchat_protocol::push::Person;
use uchat_protocol::reply::{FriendResult, Reply};
use uchat_protocol::{Code, Push, Refusal, request};

/// Asks. Whoever has blocked the caller is not told, and the caller sees a request that waits, as with anybody.
pub(crate) fn handle(
    db: &Connection,
    caller: &Caller,
    request: request::AddFriend,
    out: &mut Outbox,
) -> Handled {
    result(ask(db, caller, &request.user_name, out)).map(Reply::AddFriendResult)
}

/// The answer to add_friend and del_friend: they have a form of their own for a refusal too. Nothing may be
/// written before it, because an answer is no failure and its writes stay.
pub(super) fn result(done: Result<String, Failure>) -> Result<FriendResult, Failure> {
    match done {
        Ok(text) => Ok(FriendResult { ok: true, text, code: None }),
        Err(Failure::Refused(Refusal { code, text, .. })) => {
            Ok(FriendResult { ok: false, text, code: Some(code) })
        }
        Err(failure) => Err(failure),
    }
}

fn ask(db: &Connection, caller: &Caller, name: &str, out: &mut Outbox) -> Result<String, Failure> {
    let them = users::by_name(db, name)?;
    if them.id == caller.user {
        return Err(Code::Yourself.into());
    }
    let tie = friends::tie(db, caller.user, them.id)?;
    if tie == Tie::Friends {
        return Err(Code::AlreadyFriends.into());
    }
    if friends::blocks(db, caller.user, them.id)? {
        return Err(Code::Blocked.into());
    }
    match tie {
        Tie::Asked => return Err(Code::RequestPending.into()),
        Tie::AskedUs => {
            befriend(db, caller, them.id, out)?;
            return Ok(format!("{} has asked you too: you are friends now", them.name));
        }
        Tie::Friends | Tie::None => {}
    }
    check_limit(db, caller)?;
    if friends::waiting(db, them.id)? >= caller.rules.contacts {
        let text = format!("too many requests wait for {}; try again later", them.name);
        return Err(Refusal::because(Code::NoSpace, text).into());
    }
    friends::ask(db, caller.user, them.id, caller.now)?;
    if !friends::blocks(db, them.id, caller.user)? {
        let person = Person { id: caller.user, name: caller.name.to_string() };
        out.tell(them.id, Push::IncomingFriendRequest(person));
    }
    Ok(format!("{} has been asked", them.name))
}
