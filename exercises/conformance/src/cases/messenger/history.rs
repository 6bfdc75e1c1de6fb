//! What was said while somebody was away, and before: the log-in's bundle, and pages of history.

use super::{friends, with};
use crate::case::{Case, Outcome, holds};
use crate::session::person::{Person, came, equal};
use crate::session::words::Line;
use crate::target::Target;
use uchat_protocol::limits::HISTORY;
use uchat_protocol::reply::History;
use uchat_protocol::{Code, Conversation, Reply, request};

const HISTORY_OF: &str = "uchat/protocol/README.md#history";
const ANSWERS: &str = "uchat/protocol/README.md#answers";
const FRIENDS: &str = "uchat/protocol/README.md#friends";

pub(in crate::cases) const CASES: &[Case] = &[
    Case {
        name: "away-bundle",
        spec: ANSWERS,
        sends: "three messages to a friend who is logged out; then the friend logs in",
        expects: "login_bundle, in which the friend has last_seq 3, and delivered and read are 0",
        slow: false,
        run: bundle,
    },
    Case {
        name: "away-history",
        spec: HISTORY_OF,
        sends: "three messages to a friend who is logged out; after the log-in fetch_history of the friend, after 0",
        expects: "chat_history with the three, as they were said: number, time, id, message, sender; more is false",
        slow: false,
        run: away,
    },
    Case {
        name: "history-after",
        spec: HISTORY_OF,
        sends: "fetch_history of five messages: after 0, 2 and 4, limit 2",
        expects: "numbers 1 2, 3 4, 5; more is true, true, false",
        slow: false,
        run: |target| {
            let after = |seq| (Some(seq), None, 2);
            pages(target, &[(after(0), &[1, 2], true), (after(2), &[3, 4], true), (after(4), &[5], false)])
        },
    },
    Case {
        name: "history-before",
        spec: HISTORY_OF,
        sends: "fetch_history of five messages: before 6, 4 and 2, limit 2",
        expects: "numbers 4 5, 2 3, 1, each ascending; more is true, true, false",
        slow: false,
        run: |target| {
            let before = |seq| (None, Some(seq), 2);
            pages(target, &[(before(6), &[4, 5], true), (before(4), &[2, 3], true), (before(2), &[1], false)])
        },
    },
    Case {
        name: "history-ends",
        spec: HISTORY_OF,
        sends: "fetch_history of five messages: after 5, before 1, after 0 with limit 5 and 500",
        expects: "nothing, nothing, all five twice; more is false each time",
        slow: false,
        run: |target| {
            let all: &[u64] = &[1, 2, 3, 4, 5];
            pages(
                target,
                &[
                    ((Some(5), None, 2), &[], false),
                    ((None, Some(1), 2), &[], false),
                    ((Some(0), None, 5), all, false),
                    ((Some(0), None, 500), all, false),
                ],
            )
        },
    },
    Case {
        name: "history-limits",
        spec: HISTORY_OF,
        sends: "fetch_history with limit 0 and 501, without after and before, with both",
        expects: "refused, code bad_field, for each",
        slow: false,
        run: limits,
    },
    Case {
        name: "history-of-a-stranger",
        spec: HISTORY_OF,
        sends: "fetch_history with the number of somebody who was never a friend",
        expects: "refused, code not_friends",
        slow: false,
        run: stranger,
    },
    Case {
        name: "history-stays",
        spec: FRIENDS,
        sends: "a message, the end of the friendship, fetch_history; then friends again, and another message",
        expects: "the message is still there; the next one has the number 2",
        slow: false,
        run: stays,
    },
];

fn fetch(place: Conversation, after: Option<u64>, before: Option<u64>, limit: u32) -> request::FetchHistory {
    let (target_type, target_id) = place.target();
    request::FetchHistory { target_type, target_id, after, before, limit }
}

/// Asks for a part of a conversation.
pub(super) fn fetched(person: &mut Person, request: request::FetchHistory) -> Outcome<History> {
    let (target_type, target_id) = (request.target_type, request.target_id);
    match person.granted(request)? {
        Reply::ChatHistory(history) => {
            let found = (history.target_type, history.target_id);
            equal("the target of the history", &(target_type, target_id), &found)?;
            Ok(history)
        }
        other => Err(came("chat_history", &other)),
    }
}

/// All that a person can read there, if it is not much.
pub(super) fn all(person: &mut Person, place: Conversation) -> Outcome<History> {
    fetched(person, fetch(place, Some(0), None, HISTORY as u32))
}

/// Two friends, of whom the second was away while the first said three things; and these.
fn away_for_three(target: &Target) -> Outcome<(Person, Person, Vec<Line>)> {
    let (mut anna, mut bob) = friends(target)?;
    bob.done(request::Logout {})?;
    let lines = ["one", "two", "three"].map(|text| anna.says(with(&bob), text));
    let lines = lines.into_iter().collect::<Outcome<Vec<_>>>()?;
    let bob = bob.again(target)?;
    Ok((anna, bob, lines))
}

fn bundle(target: &Target) -> Outcome {
    let (anna, mut bob, lines) = away_for_three(target)?;
    let bundle = bob.bundle()?;
    let found = bundle.friends.iter().find(|friend| friend.id == anna.id);
    let found = found.map(|friend| (friend.last_seq, friend.delivered, friend.read));
    equal("last_seq, delivered and read of the friend", &Some((lines.len() as u64, 0, 0)), &found)
}

fn away(target: &Target) -> Outcome {
    let (anna, mut bob, lines) = away_for_three(target)?;
    let history = all(&mut bob, with(&anna))?;
    equal("the number of messages", &lines.len(), &history.messages.len())?;
    for (line, found) in lines.iter().zip(&history.messages) {
        equal("a message in the history", &line.as_heard(&anna), found)?;
    }
    holds(!history.more, || "more is true, but that was all".to_owned())
}

/// What is asked for, which numbers must come, and whether there are more.
type Page<'a> = ((Option<u64>, Option<u64>, u32), &'a [u64], bool);

/// Five messages, read in pages.
fn pages(target: &Target, pages: &[Page<'_>]) -> Outcome {
    let (mut anna, bob) = friends(target)?;
    for text in ["one", "two", "three", "four", "five"] {
        anna.says(with(&bob), text)?;
    }
    for ((after, before, limit), numbers, more) in pages {
        let history = fetched(&mut anna, fetch(with(&bob), *after, *before, *limit))?;
        let found: Vec<u64> = history.messages.iter().map(|message| message.seq).collect();
        let what = format!("numbers and more for after {after:?}, before {before:?}, limit {limit}");
        equal(&what, &(numbers.to_vec(), *more), &(found, history.more))?;
    }
    Ok(())
}

fn limits(target: &Target) -> Outcome {
    let (mut anna, bob) = friends(target)?;
    for (after, before, limit) in
        [(Some(0), None, 0), (Some(0), None, HISTORY as u32 + 1), (None, None, 1), (Some(0), Some(9), 1)]
    {
        let what = format!("after {after:?}, before {before:?}, limit {limit}");
        let request = fetch(with(&bob), after, before, limit);
        anna.refused(request, Code::BadField).map_err(|wrong| wrong.when(&what))?;
    }
    anna.goes_on()
}

fn stranger(target: &Target) -> Outcome {
    let (mut anna, bob) = (Person::new(target)?, Person::new(target)?);
    anna.refused(fetch(with(&bob), Some(0), None, 1), Code::NotFriends).map(drop)
}

fn stays(target: &Target) -> Outcome {
    let (mut anna, mut bob) = friends(target)?;
    let first = anna.says(with(&bob), "first")?;
    anna.granted(request::DelFriend { user_name: bob.name.clone() })?;
    let history = all(&mut bob, with(&anna)).map_err(|wrong| wrong.when("after the friendship"))?;
    equal("the history after the friendship", &vec![first.as_heard(&anna)], &history.messages)?;
    anna.granted(request::AddFriend { user_name: bob.name.clone() })?;
    bob.done(request::ResolveFriendRequest { user_id: anna.id, accept: true })?;
    let next = bob.says(with(&anna), "again")?;
    equal("the number of the next message", &2, &next.seq)
}
