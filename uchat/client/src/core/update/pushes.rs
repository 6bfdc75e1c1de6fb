//! What the server says unasked. Nothing but its own sentences counts before the log-in.

use super::Step;
use crate::core::command::With;
use crate::core::model::link::State;
use crate::core::{Notice, VaultEffect};
use uchat_protocol::Conversation;
use uchat_protocol::push::{Push, TypingIn};

impl Step<'_> {
    pub(super) fn push(&mut self, push: Push) {
        match push {
            Push::ServerKick(reason) => {
                if self.model.link.state == State::Up {
                    self.model.link.farewell = Some(reason);
                }
                return;
            }
            Push::GeneralMsg(text) => return self.say(text),
            _ if !self.model.is_online() => return,
            _ => {}
        }
        match push {
            Push::LoginBundle(bundle) => self.bundle(bundle),
            Push::ContactInfo(info) => self.contact_info(info),
            Push::DelInfo(gone) => {
                if let Some(conversation) = Conversation::from_target(gone.target_type, gone.target_id) {
                    self.contact_gone(conversation);
                }
            }
            Push::IncomingFriendRequest(person) => self.friend_asks(person),
            Push::FriendOnOffLine(change) => {
                self.presence(change.user_id, change.online, change.ip, change.port);
            }
            Push::RoomUserOnOffLine(change) => {
                self.member_presence(change.room_id, change.user_id, change.online);
            }
            Push::OnNewMessage(message) => self.new_message(message),
            Push::CursorMoved(moved) => self.their_cursor(moved.user_id, moved.delivered, moved.read),
            Push::KeyPackageFor(package) => self.vault(VaultEffect::Package(package)),
            Push::TypingIn(typing) => self.is_typing(typing),
            Push::ServerKick(_) | Push::GeneralMsg(_) => {}
        }
    }

    fn is_typing(&mut self, typing: TypingIn) {
        let contacts = &self.model.contacts;
        let (with, name) = match typing.target_type {
            0 => {
                let Some(friend) = contacts.friends.get(&typing.user_id) else { return };
                (With::User(friend.name.clone()), friend.name.clone())
            }
            _ => {
                let Some(room) = contacts.rooms.get(&typing.target_id) else { return };
                let Some(name) = room.members.get(&typing.user_id) else { return };
                (With::Room(typing.target_id), name.clone())
            }
        };
        self.notify(Notice::Typing { username: name, with });
    }
}
