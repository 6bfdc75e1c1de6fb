//! block: nothing comes from this user any more. The user is not told.

use crate::handler::{Caller, Handled, Outbox};
use crate::handlers::del_friend::part;
use crate::store::friends::{self, Tie};
use crate::store::users;
use rusqlite::Connection;
use uchat_protocol::reply::{Done, Reply};
use uchat_protocol::{Code, Refusal, request};

/// Ends a friendship or a request, if there is one, and blocks. To block twice is the same as once.
///
/// A request that ends so is not taken back at the other side: it would tell that somebody has blocked. Whoever
/// answers it there hears [`NoSuchRequest`](Code::NoSuchRequest), and the next log-in does not show it any more.
pub(crate) fn handle(db: &Connection, caller: &Caller, request: request::Block, out: &mut Outbox) -> Handled {
    let them = users::by_name(db, &request.user_name)?;
    if them.id == caller.user {
        return Err(Code::Yourself.into());
    }
    if friends::blocks(db, caller.user, them.id)? {
        return Ok(Reply::Done(Done::default()));
    }
    let most = caller.rules.contacts;
    if friends::blocked(db, caller.user)? >= most {
        let text = format!("you have blocked {most} users, as many as one may block; unblock one first");
        return Err(Refusal::because(Code::NoSpace, text).into());
    }
    match friends::tie(db, caller.user, them.id)? {
        Tie::Friends => part(db, caller.user, them.id, out)?,
        Tie::Asked | Tie::AskedUs => friends::part(db, caller.user, them.id)?,
        Tie::None => {}
    }
    friends::block(db, caller.user, them.id)?;
    Ok(Reply::Done(Done::default()))
}
