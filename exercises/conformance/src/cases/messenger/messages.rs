//! What people say to each other: numbers, ids, who hears it, and what is refused.

use super::{friends, with};
use crate::case::{Case, Outcome, holds};
use crate::session::person::{Person, came, equal};
use crate::target::Target;
use uchat_protocol::content::{Happened, RoomEvent};
use uchat_protocol::limits::{PACKET_BODY, SEND_WINDOW, TEXT};
use uchat_protocol::{Code, Content, Conversation, Encrypted, Envelope, KeyId, Push, Reply, request};

const SAID: &str = "uchat/protocol/README.md#what-is-said";
const MESSAGES: &str = "uchat/protocol/README.md#messages";

pub(in crate::cases) const CASES: &[Case] = &[
    Case {
        name: "message-answered",
        spec: SAID,
        sends: "send_message to a friend",
        expects: "done with seq 1 and a time",
        slow: false,
        run: answered,
    },
    Case {
        name: "message-arrives",
        spec: SAID,
        sends: "send_message to a friend",
        expects: "the friend hears on_new_message: number, time, id, message, target and sender are the same",
        slow: false,
        run: arrives,
    },
    Case {
        name: "message-to-nobody-else",
        spec: SAID,
        sends: "send_message to a friend, by somebody who has two friends",
        expects: "neither the other friend nor the sender hears it",
        slow: false,
        run: nobody_else,
    },
    Case {
        name: "message-numbers",
        spec: SAID,
        sends: "ten messages of two friends to each other, in turn",
        expects: "the numbers 1 to 10, whoever speaks; no time is before the one in front of it",
        slow: false,
        run: numbers,
    },
    Case {
        name: "message-window",
        spec: MESSAGES,
        sends: "64 send_message before the first answer is read",
        expects: "64 answers with the numbers 1 to 64; the friend hears them in this order",
        slow: false,
        run: window,
    },
    Case {
        name: "message-same-id",
        spec: SAID,
        sends: "send_message, the same with the same id again, then another one",
        expects: "the same answer twice, then the next number; the friend hears each once",
        slow: false,
        run: same_id,
    },
    Case {
        name: "message-id-used",
        spec: SAID,
        sends: "send_message with the id of an older message and another text",
        expects: "refused, code bad_field, field id",
        slow: false,
        run: id_used,
    },
    Case {
        name: "message-nowhere",
        spec: SAID,
        sends: "send_message to a user and to a room that are not there, to oneself, and with target_type 2",
        expects: "refused: no_such_user, no_such_room, yourself, bad_field",
        slow: false,
        run: nowhere,
    },
    Case {
        name: "message-too-long",
        spec: SAID,
        sends: "the longest text that is allowed, a longer one, and a short one",
        expects: "done with seq 1, refused with the code too_long, done with seq 2: nothing of it was said",
        slow: false,
        run: too_long,
    },
    Case {
        name: "message-forged-event",
        spec: SAID,
        sends: "send_message of type 4, as if the server told that somebody joined",
        expects: "refused, code bad_field",
        slow: false,
        run: forged,
    },
];

/// On lesson 6.
pub(in crate::cases) const IN_CLEAR: &[Case] = &[Case {
    name: "message-encrypted",
    spec: SAID,
    sends: "send_message of type 3, encrypted",
    expects: "refused, code bad_field: lessons 1 to 6 know none",
    slow: false,
    run: |target| {
        let packet = Encrypted { key_id: KeyId([1; 16]), index: 0, packet: vec![1; 69], signature: None };
        says_to_friend(target, Envelope::Encrypted(packet), Code::BadField)
    },
}];

/// On lesson 7.
pub(in crate::cases) const ENCRYPTED: &[Case] = &[
    Case {
        name: "message-in-clear",
        spec: SAID,
        sends: "send_message of type 0, a text in clear",
        expects: "refused, code not_encrypted",
        slow: false,
        run: |target| {
            let content = Content { data: "hello".to_owned(), ..Content::default() };
            says_to_friend(target, Envelope::Plain(content), Code::NotEncrypted)
        },
    },
    Case {
        name: "message-signature",
        spec: SAID,
        sends: "an encrypted message to a friend with a signature; one into a room without",
        expects: "refused, code bad_field, for both: a signature belongs to rooms only",
        slow: false,
        run: signature,
    },
];

fn answered(target: &Target) -> Outcome {
    let (mut anna, bob) = friends(target)?;
    let line = anna.says(with(&bob), "hello")?;
    equal("the number of the first message", &1, &line.seq)?;
    holds(line.time > 0, || "its time is 0".to_owned())
}

fn arrives(target: &Target) -> Outcome {
    let (mut anna, mut bob) = friends(target)?;
    let line = anna.says(with(&bob), "hello, 小明")?;
    equal("on_new_message", &line.as_heard(&anna), &bob.hears_next(with(&anna))?)
}

fn nobody_else(target: &Target) -> Outcome {
    let (mut anna, bob) = friends(target)?;
    let mut carl = Person::new(target)?;
    anna.granted(request::AddFriend { user_name: carl.name.clone() })?;
    carl.done(request::ResolveFriendRequest { user_id: anna.id, accept: true })?;
    anna.says(with(&bob), "for bob")?;
    for person in [&mut anna, &mut carl] {
        let is_it = |push: &Push| matches!(push, Push::OnNewMessage(new) if new.target_id == bob.id);
        person.hears_no("a message that is for a friend of the sender", is_it)?;
    }
    Ok(())
}

fn numbers(target: &Target) -> Outcome {
    let (mut anna, mut bob) = friends(target)?;
    let (hers, his) = (with(&bob), with(&anna));
    let mut last = 0;
    for number in 1..=10 {
        let line = match number % 2 {
            0 => anna.says(hers, "tick")?,
            _ => bob.says(his, "tock")?,
        };
        equal("the number of a message", &number, &line.seq)?;
        holds(line.time >= last, || format!("message {number} is older than the one before it"))?;
        last = line.time;
    }
    Ok(())
}

fn window(target: &Target) -> Outcome {
    let (mut anna, mut bob) = friends(target)?;
    let requests = (0..SEND_WINDOW).map(|number| anna.words(with(&bob), &number.to_string()));
    let requests = requests.collect::<Outcome<Vec<_>>>()?;
    for request in &requests {
        anna.say(request.clone())?;
    }
    for number in 1..=SEND_WINDOW as u64 {
        match anna.reply()?.granted() {
            Ok(Reply::Done(done)) => equal("the number of a message", &Some(number), &done.seq)?,
            other => return Err(came("done", &other)),
        }
    }
    for request in &requests {
        let heard = bob.hears_next(with(&anna))?;
        equal("the id of the next message that the friend hears", &request.id, &heard.id)?;
    }
    Ok(())
}

fn same_id(target: &Target) -> Outcome {
    let (mut anna, mut bob) = friends(target)?;
    let first = anna.says(with(&bob), "once")?;
    let again = anna.says_this(first.request.clone())?;
    equal("number and time of the repetition", &(first.seq, first.time), &(again.seq, again.time))?;
    let next = anna.says(with(&bob), "next")?;
    equal("the number of the next message", &(first.seq + 1), &next.seq)?;
    for line in [&first, &next] {
        let heard = bob.hears_next(with(&anna))?;
        equal("the id of what the friend hears", &line.request.id, &heard.id)?;
    }
    Ok(())
}

fn id_used(target: &Target) -> Outcome {
    let (mut anna, bob) = friends(target)?;
    let first = anna.says(with(&bob), "first")?;
    let other = request::SendMessage { id: first.request.id, ..anna.words(with(&bob), "other")? };
    let refusal = anna.refused(other, Code::BadField)?;
    equal("the field of the refusal", &Some("id".to_owned()), &refusal.field)
}

fn nowhere(target: &Target) -> Outcome {
    let mut anna = Person::new(target)?;
    // Nobody counts so far; and the numbers fit into signed ones, as databases keep them.
    let far = u64::from(u32::MAX) << 16;
    for (place, code) in [
        (Conversation::Friend(far), Code::NoSuchUser),
        (Conversation::Room(far), Code::NoSuchRoom),
        (with(&anna), Code::Yourself),
    ] {
        let words = anna.words(place, "hello")?;
        anna.refused(words, code).map_err(|wrong| wrong.when(&format!("{place:?}")))?;
    }
    let words = request::SendMessage { target_type: 2, ..anna.words(Conversation::Room(1), "hello")? };
    anna.refused(words, Code::BadField).map_err(|wrong| wrong.when("target_type 2")).map(drop)
}

fn too_long(target: &Target) -> Outcome {
    let (mut anna, bob) = friends(target)?;
    let (most, more) = match target.layer.stage() {
        ..=6 => (TEXT, TEXT + 1),
        7.. => (PACKET_BODY, PACKET_BODY + 16),
    };
    let first = anna.says(with(&bob), &"x".repeat(most)).map_err(|wrong| wrong.when("the longest text"))?;
    let longer = anna.words(with(&bob), &"x".repeat(more))?;
    anna.refused(longer, Code::TooLong)?;
    let next = anna.says(with(&bob), "short")?;
    equal("the numbers of what was said", &(1, 2), &(first.seq, next.seq))
}

fn says_to_friend(target: &Target, message: Envelope, code: Code) -> Outcome {
    let (mut anna, bob) = friends(target)?;
    let words = request::SendMessage { message, ..anna.words(with(&bob), "hello")? };
    anna.refused(words, code)?;
    anna.goes_on()
}

fn forged(target: &Target) -> Outcome {
    let event = RoomEvent { what: Happened::Joined, user_id: 1, user_name: "anna".to_owned() };
    says_to_friend(target, Envelope::Event(event), Code::BadField)
}

fn signature(target: &Target) -> Outcome {
    let (mut anna, bob) = friends(target)?;
    let room = super::rooms::made(&mut anna)?;
    let for_room = anna.words(room, "hello")?;
    let for_bob = anna.words(with(&bob), "hello")?;
    for (words, other) in [(for_bob.clone(), for_room.clone()), (for_room, for_bob)] {
        let wrong = request::SendMessage { message: other.message, id: None, ..words };
        anna.refused(wrong, Code::BadField)?;
    }
    anna.goes_on()
}
