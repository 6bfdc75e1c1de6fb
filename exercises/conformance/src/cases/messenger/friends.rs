//! Friends: asked, accepted, declined, deleted, and who is told.

use super::{asked, friends, with};
use crate::case::{Case, Outcome, holds};
use crate::session::person::{Person, equal};
use crate::session::words::new_name;
use crate::target::Target;
use uchat_protocol::push::{ContactInfo, DelInfo, Person as Told};
use uchat_protocol::{Code, Push, request};

const FRIENDS: &str = "uchat/protocol/README.md#friends";

pub(in crate::cases) const CASES: &[Case] = &[
    Case {
        name: "friend-asked",
        spec: FRIENDS,
        sends: "add_friend with the name of somebody who is there",
        expects: "add_friend_result, true; the other hears incoming_friend_request with number and name",
        slow: false,
        run: is_asked,
    },
    Case {
        name: "friend-request-waits",
        spec: FRIENDS,
        sends: "add_friend; then both log in again",
        expects: "in login_bundle the other stands in asked, or in requests, and not among the friends",
        slow: false,
        run: waits,
    },
    Case {
        name: "friend-accepted",
        spec: FRIENDS,
        sends: "add_friend, and resolve_friend_request with true by the other",
        expects: "done; both hear contact_info with the other as friend",
        slow: false,
        run: accepted,
    },
    Case {
        name: "friend-declined",
        spec: FRIENDS,
        sends: "add_friend, and resolve_friend_request with false by the other; then add_friend again",
        expects: "done; who has asked is told nothing, and may ask again",
        slow: false,
        run: declined,
    },
    Case {
        name: "friends-both-ask",
        spec: FRIENDS,
        sends: "add_friend of two people, each with the name of the other",
        expects: "both hear contact_info with the other as friend: the second one is a yes",
        slow: false,
        run: both_ask,
    },
    Case {
        name: "friend-not-asked",
        spec: FRIENDS,
        sends: "resolve_friend_request with the number of somebody who has not asked",
        expects: "refused, code no_such_request",
        slow: false,
        run: not_asked,
    },
    Case {
        name: "friend-refused",
        spec: FRIENDS,
        sends: "add_friend with a name that nobody has, the own name, a name twice, the name of a friend",
        expects: "add_friend_result, false; code no_such_user, yourself, request_pending, already_friends",
        slow: false,
        run: refused,
    },
    Case {
        name: "friend-deleted",
        spec: FRIENDS,
        sends: "del_friend with the name of a friend",
        expects: "del_friend_result, true; both hear del_info with the number of the other",
        slow: false,
        run: deleted,
    },
    Case {
        name: "friend-of-nobody",
        spec: FRIENDS,
        sends: "send_message to a user who is no friend, to one who has not accepted, to one who is a friend no more",
        expects: "refused, code not_friends, for each; they hear nothing",
        slow: false,
        run: of_nobody,
    },
];

fn add(person: &Person) -> request::AddFriend {
    request::AddFriend { user_name: person.name.clone() }
}

fn resolve(person: &Person, accept: bool) -> request::ResolveFriendRequest {
    request::ResolveFriendRequest { user_id: person.id, accept }
}

fn hears_request(person: &mut Person, from: &Person) -> Outcome {
    let heard = person.hears("incoming_friend_request", |push| match push {
        Push::IncomingFriendRequest(who) => Some(who.clone()),
        _ => None,
    })?;
    equal("incoming_friend_request", &told(from), &heard)
}

fn told(person: &Person) -> Told {
    Told { id: person.id, name: person.name.clone() }
}

/// The person hears of a friend who is new, by number and name.
fn hears_of_friend(person: &mut Person, friend: &Person) -> Outcome {
    let heard = person.hears("contact_info with the friend", |push| match push {
        Push::ContactInfo(ContactInfo { friend: Some(info), .. }) if info.id == friend.id => {
            Some(info.name.clone())
        }
        _ => None,
    })?;
    equal("the friend's name in contact_info", &friend.name, &heard)
}

fn is_asked(target: &Target) -> Outcome {
    let (anna, mut bob) = asked(target)?;
    hears_request(&mut bob, &anna)
}

fn waits(target: &Target) -> Outcome {
    let (anna, bob) = asked(target)?;
    let (mut anna, mut bob) = (anna.again(target)?, bob.again(target)?);
    let (hers, his) = (anna.bundle()?, bob.bundle()?);
    equal("asked in her login_bundle", &vec![told(&bob)], &hers.asked)?;
    equal("requests in his login_bundle", &vec![told(&anna)], &his.requests)?;
    let friends = his.friends.iter().any(|friend| friend.id == anna.id);
    holds(!friends, || "who has asked stands among the friends already".to_owned())
}

fn accepted(target: &Target) -> Outcome {
    let (mut anna, mut bob) = asked(target)?;
    bob.done(resolve(&anna, true))?;
    hears_of_friend(&mut anna, &bob)?;
    hears_of_friend(&mut bob, &anna)
}

fn declined(target: &Target) -> Outcome {
    let (mut anna, mut bob) = asked(target)?;
    hears_request(&mut bob, &anna)?;
    bob.done(resolve(&anna, false))?;
    let about = bob.id;
    anna.hears_no("something of somebody who has declined", |push| match push {
        Push::IncomingFriendRequest(told) => told.id == about,
        Push::ContactInfo(told) => told.friend.as_ref().is_some_and(|friend| friend.id == about),
        Push::DelInfo(told) => told.target_type == 0 && told.target_id == about,
        Push::FriendOnOffLine(told) => told.user_id == about,
        Push::GeneralMsg(_) => true,
        _ => false,
    })?;
    anna.granted(add(&bob)).map_err(|wrong| wrong.when("after a no"))?;
    hears_request(&mut bob, &anna).map_err(|wrong| wrong.when("after a no"))
}

fn both_ask(target: &Target) -> Outcome {
    let (mut anna, mut bob) = asked(target)?;
    bob.granted(add(&anna))?;
    hears_of_friend(&mut anna, &bob)?;
    hears_of_friend(&mut bob, &anna)
}

fn not_asked(target: &Target) -> Outcome {
    let (anna, mut bob) = (Person::new(target)?, Person::new(target)?);
    bob.refused(resolve(&anna, true), Code::NoSuchRequest).map(drop)
}

fn refused(target: &Target) -> Outcome {
    let (mut anna, mut bob) = asked(target)?;
    anna.refused(request::AddFriend { user_name: new_name()? }, Code::NoSuchUser)?;
    anna.refused(add(&anna), Code::Yourself)?;
    anna.refused(add(&bob), Code::RequestPending)?;
    bob.done(resolve(&anna, true))?;
    anna.refused(add(&bob), Code::AlreadyFriends).map(drop)
}

fn deleted(target: &Target) -> Outcome {
    let (mut anna, mut bob) = friends(target)?;
    anna.granted(request::DelFriend { user_name: bob.name.clone() })?;
    let (hers, his) = (bob.id, anna.id);
    for (person, other) in [(&mut anna, hers), (&mut bob, his)] {
        let wanted = DelInfo { target_type: 0, target_id: other };
        person.hears("del_info with the other", |push| (*push == Push::DelInfo(wanted)).then_some(()))?;
    }
    Ok(())
}

fn of_nobody(target: &Target) -> Outcome {
    let (mut anna, mut bob) = (Person::new(target)?, Person::new(target)?);
    let refused = |anna: &mut Person, bob: &Person, when: &str| {
        let words = anna.words(with(bob), "hello")?;
        anna.refused(words, Code::NotFriends).map_err(|wrong| wrong.when(when))
    };
    refused(&mut anna, &bob, "to a stranger")?;
    anna.granted(add(&bob))?;
    refused(&mut anna, &bob, "before the answer")?;
    bob.done(resolve(&anna, true))?;
    anna.granted(request::DelFriend { user_name: bob.name.clone() })?;
    refused(&mut anna, &bob, "after the end of the friendship")?;
    bob.hears_no(
        "a message of somebody who is no friend",
        |push| matches!(push, Push::OnNewMessage(new) if new.sender_id == anna.id),
    )
}
