//! The messenger, on the wire of lesson 6 or 7: one file for each topic.

mod cursors;
mod fields;
mod friends;
mod history;
mod members;
mod messages;
mod operations;
mod rooms;
mod sessions;
mod tokens;

use crate::case::{Case, Outcome};
use crate::session::person::Person;
use crate::target::Target;
use uchat_protocol::{Conversation, request};

/// What only the messenger has, on this lesson.
pub(super) fn cases(lesson: u8) -> Vec<Case> {
    let both = [
        operations::CASES,
        fields::CASES,
        sessions::CASES,
        friends::CASES,
        messages::CASES,
        history::CASES,
        rooms::CASES,
        members::CASES,
        cursors::CASES,
    ];
    let own = match lesson {
        ..=6 => [tokens::WITHOUT, messages::IN_CLEAR],
        7.. => [tokens::WITH, messages::ENCRYPTED],
    };
    [both.concat(), own.concat()].concat()
}

/// One of them has asked the other, who has not answered yet.
fn asked(target: &Target) -> Outcome<(Person, Person)> {
    let (mut anna, bob) = (Person::new(target)?, Person::new(target)?);
    anna.granted(request::AddFriend { user_name: bob.name.clone() })?;
    Ok((anna, bob))
}

/// Two people who are friends.
fn friends(target: &Target) -> Outcome<(Person, Person)> {
    let (anna, mut bob) = asked(target)?;
    bob.done(request::ResolveFriendRequest { user_id: anna.id, accept: true })?;
    Ok((anna, bob))
}

/// The conversation with somebody.
fn with(person: &Person) -> Conversation {
    Conversation::Friend(person.id)
}
