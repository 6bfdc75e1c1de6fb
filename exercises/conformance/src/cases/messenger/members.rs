//! Members of a room: who they are, who leaves, who is removed, whose the room is.

use super::rooms::{hears_line, made, number, people, room_of};
use crate::case::{Case, Outcome};
use crate::session::person::{Person, came, equal};
use crate::target::Target;
use uchat_protocol::content::Happened;
use uchat_protocol::push::DelInfo;
use uchat_protocol::reply::{RoomUser, RoomUsers};
use uchat_protocol::{Code, Conversation, Push, Reply, request};

const ROOMS: &str = "uchat/protocol/README.md#rooms";

pub(in crate::cases) const CASES: &[Case] = &[
    Case {
        name: "room-members",
        spec: ROOMS,
        sends: "query_room_users of a room with three members, of whom the second has logged out",
        expects: "query_room_users_result: number, name, online, owner of each, in the order in which they came",
        slow: false,
        run: members,
    },
    Case {
        name: "room-left",
        spec: ROOMS,
        sends: "leave_room by a member; then send_message into the room",
        expects: "done, del_info; the others hear the line left; refused, code not_in_room",
        slow: false,
        run: left,
    },
    Case {
        name: "room-left-hears-nothing",
        spec: ROOMS,
        sends: "leave_room by a member; then a message of another one",
        expects: "who has left does not hear it",
        slow: false,
        run: hears_nothing,
    },
    Case {
        name: "room-owner-stays",
        spec: ROOMS,
        sends: "leave_room by the owner while another member is there",
        expects: "refused, code owner_stays",
        slow: false,
        run: owner_stays,
    },
    Case {
        name: "room-ends",
        spec: ROOMS,
        sends: "leave_room by the only member; then join_room with the same number",
        expects: "done; refused, code no_such_room",
        slow: false,
        run: ends,
    },
    Case {
        name: "room-removed",
        spec: ROOMS,
        sends: "remove_member by the owner",
        expects: "done; the others hear the line removed, and the one who is removed hears it and del_info",
        slow: false,
        run: removed,
    },
    Case {
        name: "room-not-owner",
        spec: ROOMS,
        sends: "remove_member and hand_over by a member who is not the owner",
        expects: "refused, code not_owner, for both",
        slow: false,
        run: not_owner,
    },
    Case {
        name: "room-handed-over",
        spec: ROOMS,
        sends: "hand_over to another member; then leave_room by who was the owner",
        expects: "done; all hear the line owner; done",
        slow: false,
        run: handed_over,
    },
];

/// A room with so many members, the owner first.
fn with_members<const N: usize>(target: &Target) -> Outcome<(Conversation, [Person; N])> {
    let mut people = people(target)?;
    let room = room_of(&mut people)?;
    Ok((room, people))
}

fn hears_its_end(person: &mut Person, room: Conversation) -> Outcome {
    let wanted = DelInfo { target_type: 1, target_id: number(room) };
    person.hears("del_info with the room", |push| (*push == Push::DelInfo(wanted)).then_some(()))
}

fn leave(room: Conversation) -> request::LeaveRoom {
    request::LeaveRoom { room_id: number(room) }
}

fn members(target: &Target) -> Outcome {
    let (room, [mut anna, mut bob, carl]) = with_members(target)?;
    bob.done(request::Logout {})?;
    let row =
        |person: &Person, online, owner| RoomUser { id: person.id, name: person.name.clone(), online, owner };
    let users = vec![row(&anna, true, true), row(&bob, false, false), row(&carl, true, false)];
    match anna.granted(request::QueryRoomUsers { room_id: number(room) })? {
        Reply::QueryRoomUsersResult(found) => {
            equal("the members", &RoomUsers { users, room_id: number(room) }, &found)
        }
        other => Err(came("query_room_users_result", &other)),
    }
}

fn left(target: &Target) -> Outcome {
    let (room, [mut anna, mut bob]) = with_members(target)?;
    bob.done(leave(room))?;
    hears_its_end(&mut bob, room)?;
    hears_line(&mut anna, room, Happened::Left, bob.id)?;
    let words = bob.words(room, "hello")?;
    bob.refused(words, Code::NotInRoom).map(drop)
}

fn hears_nothing(target: &Target) -> Outcome {
    let (room, [mut anna, mut bob]) = with_members(target)?;
    bob.done(leave(room))?;
    let line = anna.says(room, "without bob")?;
    bob.hears_no(
        "a message of a room that they have left",
        |push| matches!(push, Push::OnNewMessage(new) if new.id == line.request.id),
    )
}

fn owner_stays(target: &Target) -> Outcome {
    let (room, [mut anna, _bob]) = with_members(target)?;
    anna.refused(leave(room), Code::OwnerStays).map(drop)
}

fn ends(target: &Target) -> Outcome {
    let mut anna = Person::new(target)?;
    let room = made(&mut anna)?;
    anna.done(leave(room))?;
    anna.refused(request::JoinRoom { room_id: number(room) }, Code::NoSuchRoom).map(drop)
}

fn removed(target: &Target) -> Outcome {
    let (room, [mut anna, mut bob, mut carl]) = with_members(target)?;
    anna.done(request::RemoveMember { room_id: number(room), user_id: bob.id })?;
    let who = bob.id;
    for person in [&mut anna, &mut bob, &mut carl] {
        hears_line(person, room, Happened::Removed, who)?;
    }
    hears_its_end(&mut bob, room)
}

fn not_owner(target: &Target) -> Outcome {
    let (room, [anna, mut bob]) = with_members(target)?;
    let (room_id, user_id) = (number(room), anna.id);
    bob.refused(request::RemoveMember { room_id, user_id }, Code::NotOwner)?;
    bob.refused(request::HandOver { room_id, user_id: bob.id }, Code::NotOwner).map(drop)
}

fn handed_over(target: &Target) -> Outcome {
    let (room, [mut anna, mut bob]) = with_members(target)?;
    anna.done(request::HandOver { room_id: number(room), user_id: bob.id })?;
    let who = bob.id;
    for person in [&mut anna, &mut bob] {
        hears_line(person, room, Happened::Owner, who)?;
    }
    anna.done(leave(room)).map(drop)
}
