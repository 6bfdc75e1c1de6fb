//! Somebody gives the members of a conversation the key of a chain, wrapped for each of them.
//!
//! The server passes on, it does not judge: signature and keys are the members' business. It checks that the
//! package is the caller's own, for a conversation in which they may speak, and gives each wrap only to its
//! user. The same header again is a retry.

use crate::envelope::{SIGNATURE, length};
use crate::handler::{Caller, Handled, Outbox, Wrapped};
use crate::store::key_packages::{self, Package};
use crate::store::places;
use rusqlite::Connection;
use serde_bytes::ByteBuf;
use std::collections::HashSet;
use uchat_protocol::e2e::Header;
use uchat_protocol::reply::Done;
use uchat_protocol::request::KeyPackage;
use uchat_protocol::{Code, Refusal, Reply};

/// Stores the package and tells each member who is there.
pub(crate) fn handle(tx: &Connection, caller: &Caller, request: KeyPackage, out: &mut Outbox) -> Handled {
    let KeyPackage { header, signature, wraps } = request;
    let read = Header::parse(&header).map_err(|error| bad("header", &error.to_string()))?;
    if read.sender != caller.user {
        return Err(bad("header", "must name you as its sender").into());
    }
    let Some(target) = read.conversation(caller.user) else { return Err(Code::BadKeyPackage.into()) };
    length("signature", signature.len(), SIGNATURE)?;
    check_wraps(&read, &wraps)?;
    let done = Reply::Done(Done::default());
    if key_packages::exists(tx, caller.user, read.key_id, &header)? {
        return Ok(done);
    }
    let place = places::to_speak(tx, caller.user, target)?;
    refuse_too_many(tx, caller)?;

    // Who left while the package was made gets nothing; for the others it is as good as before.
    let mut present: HashSet<u64> = places::others(tx, caller.user, target)?.into_iter().collect();
    present.insert(caller.user);
    let wraps: Vec<(u64, ByteBuf)> = wraps.into_iter().filter(|(user, _)| present.contains(user)).collect();
    key_packages::insert(
        tx,
        &Package {
            sender: caller.user,
            key: read.key_id,
            conversation: place.conversation,
            header: &header,
            signature: &signature,
            wraps: &wraps,
            time: caller.now,
        },
    )?;
    let is_told = |user: u64| user != caller.user && caller.presence.online(user).is_some();
    let wraps: Vec<_> = wraps.into_iter().filter(|(user, _)| is_told(*user)).collect();
    if !wraps.is_empty() {
        out.packages.push(Wrapped { header, signature, wraps });
    }
    Ok(done)
}

/// Each wrap is for somebody who is listed, and nobody has two.
fn check_wraps(header: &Header, wraps: &[(u64, ByteBuf)]) -> Result<(), Refusal> {
    let mut seen = HashSet::new();
    for (user, wrap) in wraps {
        length("wraps", wrap.len(), WRAP)?;
        if header.listed(*user).is_none() {
            return Err(bad("wraps", "must be for users that the header lists"));
        }
        if !seen.insert(user) {
            return Err(bad("wraps", "must not hold two for one user"));
        }
    }
    Ok(())
}

fn refuse_too_many(tx: &Connection, caller: &Caller) -> Result<(), crate::handler::Failure> {
    let Some(time) = key_packages::nth_last(tx, caller.user, A_DAY_MOST)? else { return Ok(()) };
    let free = time.saturating_add(DAY);
    if free <= caller.now {
        return Ok(());
    }
    let text = format!("{A_DAY_MOST} key packages within a day are the most; wait");
    Err(Refusal::because(Code::TooManyRequests, text).retry_after(free - caller.now).into())
}

fn bad(field: &str, rule: &str) -> Refusal {
    Refusal::field(Code::BadKeyPackage, field, rule)
}

/// The longest wrap, in bytes: a keyed packet that holds a chain key has 85.
const WRAP: usize = 128;
/// The most packages of one sender within a day: a new chain every 100 messages, and one for each change in a room.
const A_DAY_MOST: u32 = 2000;
/// A day, in milliseconds.
const DAY: u64 = 24 * 60 * 60 * 1000;

#[cfg(test)]
mod tests;
