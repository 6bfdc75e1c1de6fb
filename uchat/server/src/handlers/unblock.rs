//! unblock: takes a block back.

use crate::handler::{Caller, Handled, Outbox};
use crate::store::friends::{self, Tie};
use crate::store::users;
use rusqlite::Connection;
use uchat_protocol::push::Person;
use uchat_protocol::reply::{Done, Reply};
use uchat_protocol::{Push, request};

/// Takes it back. If the user has asked to be a friend meanwhile, the caller hears of it now. Whoever is not
/// blocked can be unblocked too: nothing happens.
pub(crate) fn handle(
    db: &Connection,
    caller: &Caller,
    request: request::Unblock,
    out: &mut Outbox,
) -> Handled {
    let them = users::by_name(db, &request.user_name)?;
    let was_blocked = friends::unblock(db, caller.user, them.id)?;
    if was_blocked && friends::tie(db, caller.user, them.id)? == Tie::AskedUs {
        out.tell(caller.user, Push::IncomingFriendRequest(Person { id: them.id, name: them.name }));
    }
    Ok(Reply::Done(Done::default()))
}
