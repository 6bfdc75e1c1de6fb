//! resolve_friend_request: accepts or declines somebody who has asked.

use crate::handler::{Caller, Failure, Handled, Outbox};
use crate::store::friends::{self, Tie};
use crate::store::{contacts, conversations, users};
use rusqlite::Connection;
use uchat_protocol::reply::{Done, Reply};
use uchat_protocol::{Code, Refusal, request};

/// Accepts, and both see a new friend; or declines, and nobody is told.
pub(crate) fn handle(
    db: &Connection,
    caller: &Caller,
    request: request::ResolveFriendRequest,
    out: &mut Outbox,
) -> Handled {
    let them = users::by_id(db, request.user_id)?;
    // The request of somebody who is blocked is not there for the caller.
    let asked = friends::tie(db, caller.user, them.id)? == Tie::AskedUs
        && !friends::blocks(db, caller.user, them.id)?;
    if !asked {
        return Err(Code::NoSuchRequest.into());
    }
    if request.accept {
        befriend(db, caller, them.id, out)?;
    } else {
        friends::part(db, caller.user, them.id)?;
    }
    Ok(Reply::Done(Done::default()))
}

/// Makes the caller and `them`, who has asked, friends. If they have been friends before, their conversation
/// goes on.
pub(super) fn befriend(db: &Connection, caller: &Caller, them: u64, out: &mut Outbox) -> Result<(), Failure> {
    check_limit(db, caller)?;
    friends::accept(db, them, caller.user, caller.now)?;
    conversations::of_friends(db, caller.user, them)?;
    for (me, friend) in [(caller.user, them), (them, caller.user)] {
        out.tell(me, contacts::friend_info(db, &*caller.presence, me, friend)?);
    }
    Ok(())
}

/// Refuses if the caller can have no further friend. Requests that the caller has made and that wait are counted:
/// so it does no harm on the asking side when one is accepted later.
pub(super) fn check_limit(db: &Connection, caller: &Caller) -> Result<(), Failure> {
    let most = caller.rules.contacts;
    if friends::count(db, caller.user)? < most {
        return Ok(());
    }
    let text =
        format!("you have {most} friends and open requests, as many as one may have; end a friendship first");
    Err(Refusal::because(Code::NoSpace, text).into())
}
