//! Cursors: up to where somebody has received and read.

use super::{friends, with};
use crate::case::{Case, Outcome, Wrong};
use crate::session::person::{Person, equal};
use crate::target::Target;
use uchat_protocol::push::CursorMoved;
use uchat_protocol::{Push, request};

const CURSORS: &str = "uchat/protocol/README.md#cursors";

pub(in crate::cases) const CASES: &[Case] = &[
    Case {
        name: "cursor-told",
        spec: CURSORS,
        sends: "three messages; set_cursor of the receiver with delivered 3 and read 2",
        expects: "done; the sender hears cursor_moved with the receiver's number, 3 and 2",
        slow: false,
        run: told,
    },
    Case {
        name: "cursor-never-back",
        spec: CURSORS,
        sends: "three messages; set_cursor with delivered and read 2, then 1; a new log-in",
        expects: "done twice; in login_bundle delivered and read are 2",
        slow: false,
        run: |target| moved(target, &[2, 1], 2),
    },
    Case {
        name: "cursor-never-beyond",
        spec: CURSORS,
        sends: "three messages; set_cursor with delivered and read 100; a new log-in",
        expects: "done; in login_bundle delivered and read are 3: there are no more messages",
        slow: false,
        run: |target| moved(target, &[100], 3),
    },
];

/// Two friends, of whom the first has said three things to the second.
fn three_said(target: &Target) -> Outcome<(Person, Person)> {
    let (mut anna, bob) = friends(target)?;
    for text in ["one", "two", "three"] {
        anna.says(with(&bob), text)?;
    }
    Ok((anna, bob))
}

fn cursor(friend: &Person, delivered: u64, read: u64) -> request::SetCursor {
    request::SetCursor { target_type: 0, target_id: friend.id, delivered, read }
}

fn told(target: &Target) -> Outcome {
    let (mut anna, mut bob) = three_said(target)?;
    bob.done(cursor(&anna, 3, 2))?;
    let heard = anna.hears("cursor_moved", |push| match push {
        Push::CursorMoved(moved) => Some(*moved),
        _ => None,
    })?;
    equal("cursor_moved", &CursorMoved { user_id: bob.id, delivered: 3, read: 2 }, &heard)
}

fn moved(target: &Target, to: &[u64], expected: u64) -> Outcome {
    let (anna, mut bob) = three_said(target)?;
    for &seq in to {
        bob.done(cursor(&anna, seq, seq))?;
    }
    let bundle = bob.again(target)?.bundle()?;
    let info = bundle.friends.iter().find(|friend| friend.id == anna.id);
    let info = info.ok_or_else(|| Wrong::failed("the friend is not in login_bundle"))?;
    equal("delivered and read in login_bundle", &(expected, expected), &(info.delivered, info.read))
}
