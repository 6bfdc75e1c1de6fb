//! Rooms: making them, and who is in them. The vault must know who is in a room before it seals for it.

use super::sync::STORE_AGAIN;
use super::{Step, is_over, is_put_off, pause, replies};
use crate::core::command::{Answer, Member};
use crate::core::model::Ticket;
use crate::core::model::contacts::fold;
use crate::core::model::link::{Purpose, Then, WhatFor};
use crate::core::{Notice, VaultEffect};
use uchat_protocol::content::{Happened, RoomEvent};
use uchat_protocol::reply::{Reply, RoomUser};
use uchat_protocol::request::{self, QueryRoomUsers};
use uchat_protocol::{Code, Conversation, Refusal, fields, limits};

impl Step<'_> {
    pub(super) fn create_room(&mut self, ticket: Ticket, name: &str) {
        let checked = fields::room_name(name);
        let request = checked.map(|name| request::CreateRoom { room_name: name.shown }.into());
        self.ask(ticket, Then::Room, request);
    }

    pub(super) fn members(&mut self, ticket: Ticket, room: u64) {
        self.ask_members(ticket, room, WhatFor::Tell);
    }

    pub(super) fn remove_member(&mut self, ticket: Ticket, room: u64, name: String) {
        self.ask_members(ticket, room, |ticket| WhatFor::Remove(ticket, name));
    }

    pub(super) fn hand_over(&mut self, ticket: Ticket, room: u64, name: String) {
        self.ask_members(ticket, room, |ticket| WhatFor::HandOver(ticket, name));
    }

    /// The server is always asked: only it knows who is in the room now.
    fn ask_members(&mut self, ticket: Ticket, room: u64, what_for: impl FnOnce(Ticket) -> WhatFor) {
        let inside = self.model.contacts.rooms.contains_key(&room);
        let checked = self.online().and(if inside { Ok(()) } else { Err(Code::NotInRoom.into()) });
        if let Some((ticket, ())) = self.granted(ticket, checked) {
            self.send(Purpose::Members(room, what_for(ticket)), QueryRoomUsers { room_id: room });
        }
    }

    /// Asks for the members of rooms that are new on this connection, one room after the other; those for which a
    /// message waits come first.
    pub(super) fn pump_members(&mut self) {
        let contacts = &mut self.model.contacts;
        if contacts.asking.is_some() || !is_over(contacts.not_before, self.now) {
            return;
        }
        let waits = self.model.outbox.lanes.keys().find_map(|conversation| match conversation {
            Conversation::Room(room) if contacts.unseen.contains(room) => Some(*room),
            _ => None,
        });
        if let Some(room) = waits.or_else(|| contacts.unseen.first().copied()) {
            contacts.unseen.remove(&room);
            contacts.asking = Some(room);
            self.send(Purpose::Members(room, WhatFor::Know), QueryRoomUsers { room_id: room });
        }
    }

    pub(super) fn members_reply(&mut self, room: u64, what_for: WhatFor, reply: Result<Reply, Refusal>) {
        if matches!(what_for, WhatFor::Know) {
            let contacts = &mut self.model.contacts;
            contacts.asking = None;
            if let Err(refusal) = &reply
                && is_put_off(refusal)
            {
                contacts.unseen.insert(room); // or its messages would wait for ever
                contacts.not_before = self.now.saturating_add(pause(refusal, 1));
            }
        }
        let users = match reply {
            Ok(Reply::QueryRoomUsersResult(reply)) if reply.room_id == room => {
                Ok(self.know(room, reply.users))
            }
            Ok(_) => Err(replies::misfit()),
            Err(refusal) => Err(refusal),
        };
        let number = |name: &str, users: &[RoomUser]| {
            let found = users.iter().find(|user| fold(&user.name) == fold(name)).map(|user| user.id);
            found.ok_or_else(|| Refusal::new(Code::NotMember))
        };
        match what_for {
            WhatFor::Know => {}
            WhatFor::Tell(ticket) => {
                let member =
                    |user: RoomUser| Member { name: user.name, online: user.online, owner: user.owner };
                let answer = |users: Vec<RoomUser>| Answer::Members {
                    members: users.into_iter().map(member).collect(),
                };
                self.finish(ticket, users.map(answer));
            }
            WhatFor::Remove(ticket, name) => {
                let user = users.and_then(|users| number(&name, &users));
                let request = user.map(|user_id| request::RemoveMember { room_id: room, user_id }.into());
                self.ask(ticket, Then::Done, request);
            }
            WhatFor::HandOver(ticket, name) => {
                let user = users.and_then(|users| number(&name, &users));
                let request = user.map(|user_id| request::HandOver { room_id: room, user_id }.into());
                self.ask(ticket, Then::Done, request);
            }
        }
    }

    /// Everybody in a room, as the server says now.
    fn know(&mut self, room: u64, mut users: Vec<RoomUser>) -> Vec<RoomUser> {
        users.truncate(limits::ROOM_MEMBERS);
        if let Some(known) = self.model.contacts.rooms.get_mut(&room) {
            known.members = users.iter().map(|user| (user.id, user.name.clone())).collect();
            self.vault(VaultEffect::Members { room, users: users.clone() });
            self.model.outbox.release(); // perhaps a message has waited to know whom it is for
        }
        users
    }

    /// The vault could not take in who is in a room: without that it seals nothing for the room. The server is asked
    /// again, after a while, because the disk may be full.
    pub(super) fn members_not_kept(&mut self, room: u64) {
        let contacts = &mut self.model.contacts;
        if contacts.rooms.contains_key(&room) {
            contacts.unseen.insert(room);
            contacts.not_before = self.now.saturating_add(STORE_AGAIN);
        }
    }

    pub(super) fn member_presence(&mut self, room: u64, user: u64, online: bool) {
        let contacts = &mut self.model.contacts;
        let Some(known) = contacts.rooms.get(&room) else { return };
        if let Some(username) = known.members.get(&user).cloned() {
            self.notify(Notice::Member { room, username, online });
        } else {
            contacts.unseen.insert(room);
        }
    }

    /// Something has happened in a room: who is in it changes with the line that says so.
    pub(super) fn room_event(&mut self, room: u64, event: &RoomEvent) {
        let Some(known) = self.model.contacts.rooms.get_mut(&room) else { return };
        match event.what {
            Happened::Created | Happened::Joined => {
                if known.members.len() < limits::ROOM_MEMBERS {
                    known.members.insert(event.user_id, event.user_name.clone());
                }
            }
            Happened::Left | Happened::Removed => {
                known.members.remove(&event.user_id);
            }
            Happened::Owner => {}
        }
    }
}
