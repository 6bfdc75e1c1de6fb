//! Rooms: made, and what is said in them.

use super::history::all;
use crate::case::{Case, Outcome, Wrong, holds};
use crate::session::person::{Person, came, equal};
use crate::session::words::random;
use crate::target::Target;
use uchat_protocol::content::{Happened, RoomEvent};
use uchat_protocol::push::{ContactInfo, NewMessage, RoomInfo};
use uchat_protocol::reply::Done;
use uchat_protocol::{Code, Conversation, Envelope, Push, request};

const ROOMS: &str = "uchat/protocol/README.md#rooms";
const SAID: &str = "uchat/protocol/README.md#what-is-said";

pub(in crate::cases) const CASES: &[Case] = &[
    Case {
        name: "room-made",
        spec: ROOMS,
        sends: "create_room with a new name",
        expects: "done with room_id; contact_info with the room, then the line created with the number 1",
        slow: false,
        run: is_made,
    },
    Case {
        name: "room-refused",
        spec: ROOMS,
        sends: "create_room with no name, with 33 characters, with a name that is taken; join_room with a wrong number",
        expects: "refused: bad_room_name twice, room_name_taken, no_such_room",
        slow: false,
        run: refused,
    },
    Case {
        name: "room-joined",
        spec: ROOMS,
        sends: "join_room with the number of a room",
        expects: "done; the newcomer hears contact_info, and both the line joined with the number 2",
        slow: false,
        run: is_joined,
    },
    Case {
        name: "room-joined-twice",
        spec: ROOMS,
        sends: "join_room by somebody who is in the room",
        expects: "refused, code already_in_room",
        slow: false,
        run: twice,
    },
    Case {
        name: "room-message",
        spec: SAID,
        sends: "a message into a room with three members",
        expects: "done with seq 4; the two others hear on_new_message, all of it as it was said",
        slow: false,
        run: message,
    },
    Case {
        name: "room-message-to-members",
        spec: SAID,
        sends: "a message into a room, while somebody is logged in who is not a member",
        expects: "neither the stranger nor the sender hears it",
        slow: false,
        run: members_only,
    },
    Case {
        name: "room-not-a-member",
        spec: ROOMS,
        sends: "send_message, fetch_history, query_room_users, leave_room of a room by somebody who is not in it",
        expects: "refused, code not_in_room, for each",
        slow: false,
        run: not_a_member,
    },
    Case {
        name: "room-newcomer",
        spec: ROOMS,
        sends: "a message into a room; then somebody joins and asks fetch_history, after 0",
        expects: "chat_history that begins with the line joined: what was said before is not for newcomers",
        slow: false,
        run: newcomer,
    },
    Case {
        name: "room-in-bundle",
        spec: ROOMS,
        sends: "a room, and a new log-in of its owner",
        expects: "login_bundle with the room: number, name, owner, last_seq and joined_seq 1",
        slow: false,
        run: in_bundle,
    },
];

/// Lines that are passed over; there are never so many.
const MOST: usize = 20;

fn new_name() -> Outcome<String> {
    Ok(format!("room {}", echo::lab::hex(&random::<6>()?)))
}

fn named(room_name: &str) -> request::CreateRoom {
    request::CreateRoom { room_name: room_name.to_owned() }
}

/// A new room of this owner.
pub(super) fn made(owner: &mut Person) -> Outcome<Conversation> {
    made_with_name(owner, &new_name()?)
}

fn made_with_name(owner: &mut Person, name: &str) -> Outcome<Conversation> {
    match owner.done(named(name))? {
        Done { room_id: Some(id), .. } => Ok(Conversation::Room(id)),
        done => Err(came("done with room_id", &done)),
    }
}

/// The number of a room.
pub(super) fn number(room: Conversation) -> u64 {
    room.target().1
}

/// A room of the first, in which all are.
pub(super) fn room_of(people: &mut [Person]) -> Outcome<Conversation> {
    let (owner, others) = people.split_first_mut().ok_or_else(|| Wrong::failed("the kit has nobody"))?;
    let room = made(owner)?;
    for person in others {
        person.done(request::JoinRoom { room_id: number(room) })?;
    }
    Ok(room)
}

/// So many people with accounts, who have nothing to do with each other.
pub(super) fn people<const N: usize>(target: &Target) -> Outcome<[Person; N]> {
    let people = (0..N).map(|_| Person::new(target)).collect::<Outcome<Vec<_>>>()?;
    people.try_into().map_err(|_| Wrong::failed("the kit has too few people"))
}

/// The next line of this kind in a room: it says whom it is about; its number.
pub(super) fn hears_line(person: &mut Person, room: Conversation, what: Happened, whom: u64) -> Outcome<u64> {
    for _ in 0..MOST {
        let NewMessage { message, sender_id, sender_name, seq, id, .. } = person.hears_next(room)?;
        match message {
            Envelope::Event(RoomEvent { what: found, user_id, .. }) if found == what => {
                equal("whom the line is about", &whom, &user_id)?;
                equal(
                    "sender, name and id of a line",
                    &(0, String::new(), None),
                    &(sender_id, sender_name, id),
                )?;
                return Ok(seq);
            }
            Envelope::Event(_) => {} // an older one
            other => return Err(came(&format!("the line {}", what.name()), &other)),
        }
    }
    Err(Wrong::failed(format!("{MOST} lines came, and none says {}", what.name())))
}

fn hears_of_room(person: &mut Person, room: Conversation) -> Outcome<RoomInfo> {
    person.hears("contact_info with the room", |push| match push {
        Push::ContactInfo(ContactInfo { room: Some(info), .. }) if info.id == number(room) => {
            Some(info.clone())
        }
        _ => None,
    })
}

fn is_made(target: &Target) -> Outcome {
    let mut anna = Person::new(target)?;
    let name = new_name()?;
    let room = made_with_name(&mut anna, &name)?;
    let info = hears_of_room(&mut anna, room)?;
    equal("name and owner of the room", &(&name, anna.id), &(&info.name, info.owner))?;
    let me = anna.id;
    equal("the number of the line created", &1, &hears_line(&mut anna, room, Happened::Created, me)?)
}

fn refused(target: &Target) -> Outcome {
    let mut anna = Person::new(target)?;
    anna.refused(named(""), Code::BadRoomName)?;
    anna.refused(named(&"x".repeat(33)), Code::BadRoomName)?;
    let name = new_name()?;
    made_with_name(&mut anna, &name)?;
    anna.refused(named(&name), Code::RoomNameTaken)?;
    anna.refused(request::JoinRoom { room_id: u64::from(u32::MAX) << 16 }, Code::NoSuchRoom).map(drop)
}

fn is_joined(target: &Target) -> Outcome {
    let [mut anna, mut bob] = people(target)?;
    let room = made(&mut anna)?;
    bob.done(request::JoinRoom { room_id: number(room) })?;
    hears_of_room(&mut bob, room)?;
    let who = bob.id;
    for person in [&mut anna, &mut bob] {
        equal("the number of the line joined", &2, &hears_line(person, room, Happened::Joined, who)?)?;
    }
    Ok(())
}

fn twice(target: &Target) -> Outcome {
    let mut anna = Person::new(target)?;
    let room = made(&mut anna)?;
    anna.refused(request::JoinRoom { room_id: number(room) }, Code::AlreadyInRoom).map(drop)
}

/// The next in a room that people have said.
fn hears_words(person: &mut Person, room: Conversation) -> Outcome<NewMessage> {
    for _ in 0..MOST {
        let new = person.hears_next(room)?;
        if !matches!(new.message, Envelope::Event(_)) {
            return Ok(new);
        }
    }
    Err(Wrong::failed(format!("{MOST} lines came, and nothing that somebody has said")))
}

fn message(target: &Target) -> Outcome {
    let mut people: [Person; 3] = people(target)?;
    let room = room_of(&mut people)?;
    let [mut anna, mut bob, mut carl] = people;
    let line = bob.says(room, "hello")?;
    equal("the number after created, joined, joined", &4, &line.seq)?;
    for person in [&mut anna, &mut carl] {
        equal("on_new_message in the room", &line.as_heard(&bob), &hears_words(person, room)?)?;
    }
    Ok(())
}

fn members_only(target: &Target) -> Outcome {
    let mut people: [Person; 3] = people(target)?;
    let room = room_of(&mut people[..2])?;
    let [mut anna, _bob, mut stranger] = people;
    let line = anna.says(room, "hello")?;
    let is_it = |push: &Push| matches!(push, Push::OnNewMessage(new) if new.id == line.request.id);
    stranger.hears_no("a message of a room in which they are not", is_it)?;
    anna.hears_no("their own message", is_it)
}

fn not_a_member(target: &Target) -> Outcome {
    let [mut anna, mut stranger] = people(target)?;
    let room = made(&mut anna)?;
    let (target_type, target_id) = room.target();
    let words = stranger.words(room, "hello")?;
    stranger.refused(words, Code::NotInRoom)?;
    let fetch = request::FetchHistory { target_type, target_id, after: Some(0), before: None, limit: 10 };
    stranger.refused(fetch, Code::NotInRoom)?;
    stranger.refused(request::QueryRoomUsers { room_id: target_id }, Code::NotInRoom)?;
    stranger.refused(request::LeaveRoom { room_id: target_id }, Code::NotInRoom).map(drop)
}

fn newcomer(target: &Target) -> Outcome {
    let [mut anna, mut bob] = people(target)?;
    let room = made(&mut anna)?;
    let line = anna.says(room, "before")?;
    bob.done(request::JoinRoom { room_id: number(room) })?;
    let history = all(&mut bob, room)?;
    let numbers: Vec<u64> = history.messages.iter().map(|message| message.seq).collect();
    equal("the numbers that a newcomer can read", &vec![line.seq + 1], &numbers)?;
    let joined = history.messages.iter().all(|message| matches!(message.message, Envelope::Event(_)));
    holds(joined, || "it is not the line joined".to_owned())
}

fn in_bundle(target: &Target) -> Outcome {
    let mut anna = Person::new(target)?;
    let name = new_name()?;
    let room = made_with_name(&mut anna, &name)?;
    let bundle = anna.again(target)?.bundle()?;
    let info = bundle.rooms.iter().find(|info| info.id == number(room));
    let info = info.ok_or_else(|| Wrong::failed("the room is not in login_bundle"))?;
    let found = (&info.name, info.owner, info.last_seq, info.joined_seq);
    equal("name, owner, last_seq, joined_seq", &(&name, anna.id, 1, 1), &found)
}
