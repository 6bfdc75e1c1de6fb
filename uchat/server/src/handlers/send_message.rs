//! Somebody says something to a friend or into a room.
//!
//! The same id again is a retry, because the answer got lost on its way: it is answered as the first time, and
//! nobody hears it twice. This is so also where the sender may not speak any more.

use crate::envelope;
use crate::handler::{Caller, Failure, Handled, Outbox};
use crate::store::messages::{self, Message};
use crate::store::places;
use rusqlite::Connection;
use uchat_protocol::push::NewMessage;
use uchat_protocol::reply::Done;
use uchat_protocol::request::SendMessage;
use uchat_protocol::{Code, Conversation, MessageId, Push, Refusal, Reply};

/// Stores the message and tells the others.
pub(crate) fn handle(tx: &Connection, caller: &Caller, request: SendMessage, out: &mut Outbox) -> Handled {
    let SendMessage { target_type, target_id, message: envelope, id } = request;
    let to = places::target(target_type, target_id)?;
    envelope::check(&envelope, to, caller.rules.encrypted)?;
    let data = messages::encode(&envelope)?;
    let again = |id: Option<MessageId>| said_before(tx, caller.user, to, id, &data);

    // ANCHOR: append
    let place = match places::to_speak(tx, caller.user, to) {
        Ok(place) => place,
        Err(refused @ Failure::Refused(_)) => return again(id)?.ok_or(refused),
        Err(failed) => return Err(failed),
    };
    let time = place.next_time(caller.now);
    let message = Message { sender: caller.user, to, id, time, data: &data };
    let Some(seq) = messages::append(tx, &place, &message)? else {
        return again(id)?.ok_or_else(|| Failure::Damaged("an id is used and not used".to_owned()));
    };
    let others = places::others(tx, caller.user, to)?;
    if !others.is_empty() {
        let sender_name = caller.name.to_string();
        out.tell_all(
            others,
            Push::OnNewMessage(NewMessage {
                message: envelope,
                sender_id: caller.user,
                sender_name,
                target_type,
                target_id,
                time,
                seq,
                id,
            }),
        );
    }
    Ok(done(seq, time))
    // ANCHOR_END: append
}

/// The answer of the first time, if there was one.
fn said_before(
    tx: &Connection,
    sender: u64,
    to: Conversation,
    id: Option<MessageId>,
    data: &[u8],
) -> Result<Option<Reply>, Failure> {
    let Some(id) = id else { return Ok(None) };
    match messages::by_id(tx, sender, id)? {
        None => Ok(None),
        Some(stored) if stored.target == to.target() && stored.data == data => {
            Ok(Some(done(stored.seq, stored.time)))
        }
        Some(_) => {
            let rule = "already used for another message; make a new one";
            Err(Refusal::field(Code::BadField, "id", rule).into())
        }
    }
}

fn done(seq: u64, time: u64) -> Reply {
    Reply::Done(Done { seq: Some(seq), time: Some(time), ..Done::default() })
}

#[cfg(test)]
mod tests;
