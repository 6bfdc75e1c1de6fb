//! Key packages that the caller has missed.

use crate::handler::{Caller, Handled, Outbox};
use crate::store::key_packages;
use rusqlite::Connection;
use uchat_protocol::reply::Done;
use uchat_protocol::request::FetchKeyPackages;
use uchat_protocol::{Code, Refusal, Reply, limits};

/// Gives those packages that hold a wrap for the caller. Writes nothing.
pub(crate) fn handle(
    tx: &Connection,
    caller: &Caller,
    request: FetchKeyPackages,
    _out: &mut Outbox,
) -> Handled {
    let asked = request.keys.len();
    if asked > limits::ASKED_AT_ONCE {
        let rule = format!("must be {} or less, not {asked}", limits::ASKED_AT_ONCE);
        return Err(Refusal::field(Code::TooLong, "keys", rule).into());
    }
    let mut answer = Done::default();
    let mut bytes = 0;
    for (sender, key) in request.keys {
        for package in key_packages::of(tx, sender, key, caller.user)? {
            bytes += package.header.len() + package.signature.len() + package.wrap.len();
            if bytes > limits::HISTORY_BYTES && !answer.packages.is_empty() {
                answer.more = true;
                return Ok(Reply::Done(answer));
            }
            answer.packages.push(package);
        }
    }
    Ok(Reply::Done(answer))
}

#[cfg(test)]
mod tests;
