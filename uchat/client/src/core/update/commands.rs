//! Which command goes where, and what the commands share: names to numbers, asking the server.

use super::Step;
use crate::core::VaultEffect;
use crate::core::command::{Answer, Command, With};
use crate::core::model::contacts::fold;
use crate::core::model::link::{Purpose, Then};
use crate::core::model::{Login, Question, Ticket};
use uchat_protocol::content::Kind;
use uchat_protocol::request::{self, Register, SetProfile};
use uchat_protocol::{Code, Content, Conversation, MessageId, Refusal, Request};

/// How many messages `history` gives if it does not say.
const HISTORY: u32 = 50;
/// The most that it gives.
const MOST_HISTORY: u32 = 500;
/// Not more than one `typing` in so many milliseconds.
const TYPING: u64 = 3000;

impl Step<'_> {
    pub(super) fn command(&mut self, ticket: Ticket, command: Command, fresh: MessageId) {
        match command {
            Command::Register { username, password, email, sex, age } => {
                let password = password.text().to_owned();
                let register =
                    Register { user_name: username, password, email, ip: None, port: None, sex, age };
                self.register(ticket, register);
            }
            Command::Login { username, password } => {
                self.log_in(ticket, Login { username, password });
            }
            Command::Logout {} => self.log_out(ticket),
            Command::Reconnect {} => self.reconnect(ticket),
            Command::Search { text } => {
                self.ask(ticket, Then::Users, Ok(request::SearchUsers { text }.into()));
            }
            Command::AddFriend { username } => self.add_friend(ticket, username),
            Command::DeleteFriend { username } => {
                self.ask(ticket, Then::Done, Ok(request::DelFriend { user_name: username }.into()));
            }
            Command::Block { username } => {
                let then = Then::Blocked(username.clone(), true);
                self.ask(ticket, then, Ok(request::Block { user_name: username }.into()));
            }
            Command::Unblock { username } => {
                let then = Then::Blocked(username.clone(), false);
                self.ask(ticket, then, Ok(request::Unblock { user_name: username }.into()));
            }
            Command::AnswerFriend { username, answer } => self.answer_friend(ticket, &username, answer),
            Command::Contacts {} => {
                let checked = self.me().map(|_| ());
                if let Some((ticket, ())) = self.granted(ticket, checked) {
                    let contacts = self.contact_list();
                    self.answer(ticket, Answer::Contacts { contacts });
                }
            }
            Command::CreateRoom { name } => self.create_room(ticket, &name),
            Command::JoinRoom { room } => {
                self.ask(ticket, Then::Done, Ok(request::JoinRoom { room_id: room }.into()));
            }
            Command::LeaveRoom { room } => {
                self.ask(ticket, Then::Done, Ok(request::LeaveRoom { room_id: room }.into()));
            }
            Command::RemoveMember { room, username } => self.remove_member(ticket, room, username),
            Command::HandOver { room, username } => self.hand_over(ticket, room, username),
            Command::Members { room } => self.members(ticket, room),
            Command::Send { to, text, fontsize, fontcolor, reply_to } => {
                let content = Content { data: text, fontsize, fontcolor, reply_to, ..Content::default() };
                self.send_text(ticket, &to, content, fresh);
            }
            Command::Retry { message_id } => {
                let checked = self.me().map(|_| ());
                if let Some((ticket, ())) = self.granted(ticket, checked) {
                    let effect = |tag| VaultEffect::Retry { tag, id: message_id };
                    self.question(Question::Retry(ticket, message_id), effect);
                }
            }
            Command::Edit { message_id, text } => {
                self.change(ticket, changing(message_id, Kind::Edit, text), fresh);
            }
            Command::Delete { message_id } => {
                self.change(ticket, changing(message_id, Kind::Delete, String::new()), fresh);
            }
            Command::React { message_id, emoji, on } => {
                let kind = if on { Kind::React } else { Kind::Unreact };
                self.change(ticket, changing(message_id, kind, emoji), fresh);
            }
            Command::SendFile { to, path } => self.send_file(ticket, &to, path, fresh),
            Command::SaveFile { message_id, path } => self.save_file(ticket, message_id, path),
            Command::CancelFile { message_id } => self.cancel_file(ticket, message_id),
            Command::History { with, before, limit, search } => {
                let Some((ticket, conversation)) = self.granted(ticket, self.find_talk(&with)) else {
                    return;
                };
                let limit = limit.unwrap_or(HISTORY).clamp(1, MOST_HISTORY);
                let effect = |tag| VaultEffect::History { tag, conversation, before, limit, search };
                self.question(Question::History(ticket), effect);
            }
            Command::Sync {} => self.model.syncs.push(ticket),
            Command::MarkRead { with } => {
                let Some((ticket, conversation)) = self.granted(ticket, self.find_talk(&with)) else {
                    return;
                };
                self.vault(VaultEffect::MarkRead(conversation));
                self.answer(ticket, Answer::Done {});
            }
            Command::Typing { with } => self.typing(ticket, &with),
            Command::SafetyNumber { username } => {
                if let Some((ticket, user)) = self.granted(ticket, self.find_keys(&username)) {
                    self.question(Question::Words(ticket), |tag| VaultEffect::SafetyNumber { tag, user });
                }
            }
            Command::AcceptKey { username } => {
                if let Some((ticket, user)) = self.granted(ticket, self.find_keys(&username)) {
                    let effect = |tag| VaultEffect::AcceptKey { tag, user };
                    self.question(Question::AcceptKey(ticket), effect);
                }
            }
            Command::NewKeys { password } => self.new_keys(ticket, password),
            Command::SetProfile { email, sex, age, share_address, share_read, share_typing } => {
                let profile = SetProfile { email, sex, age, share_address, share_read };
                self.set_profile(ticket, profile, share_typing);
            }
            Command::Profile {} => self.profile(ticket),
            Command::ChangePassword { old, new } => self.change_password(ticket, old, new),
            Command::DeleteAccount { password } => self.delete_account(ticket, password),
        }
    }

    /// Sends a command's request, if there is a connection and nothing speaks against it.
    pub(super) fn ask(&mut self, ticket: Ticket, then: Then, request: Result<Request, Refusal>) {
        let checked = self.online().and(request);
        if let Some((ticket, request)) = self.granted(ticket, checked) {
            self.send(Purpose::Command(ticket, then), request);
        }
    }

    /// The conversation with a friend or in a room of ours.
    pub(super) fn find(&self, with: &With) -> Result<Conversation, Refusal> {
        let me = self.me()?;
        let contacts = &self.model.contacts;
        match with {
            With::User(name) if fold(name) == fold(&me.name) => Err(Code::Yourself.into()),
            With::User(name) if contacts.blocked.contains_key(&fold(name)) => Err(Code::Blocked.into()),
            With::User(name) => {
                contacts.friend(name).map(Conversation::Friend).ok_or_else(|| Code::NotFriends.into())
            }
            With::Room(room) if contacts.rooms.contains_key(room) => Ok(Conversation::Room(*room)),
            With::Room(_) => Err(Code::NotInRoom.into()),
        }
    }

    /// The same, also if the contact is gone: its history stays.
    fn find_talk(&self, with: &With) -> Result<Conversation, Refusal> {
        self.find(with).or_else(|refusal| {
            self.me()?;
            let talks = &self.model.talks.all;
            let talk = match with {
                With::Room(room) => talks.get_key_value(&Conversation::Room(*room)),
                With::User(name) => talks.iter().find(|(conversation, talk)| {
                    matches!(conversation, Conversation::Friend(_)) && fold(&talk.name) == fold(name)
                }),
            };
            talk.map(|(conversation, _)| *conversation).ok_or(refusal)
        })
    }

    /// A user whose keys we may know.
    fn find_keys(&self, name: &str) -> Result<u64, Refusal> {
        let me = self.me()?;
        if !self.model.settings.encrypted {
            let text = "nothing is encrypted from end to end here; there are no keys to compare";
            return Err(Refusal::because(Code::NotEncrypted, text));
        }
        if fold(name) == fold(&me.name) {
            return Err(Code::Yourself.into());
        }
        let text = format!("{name} is neither a friend nor in one of your rooms");
        self.model.contacts.person(name).ok_or_else(|| Refusal::because(Code::NoSuchUser, text))
    }

    /// May get lost, so it is answered at once.
    fn typing(&mut self, ticket: Ticket, with: &With) {
        let checked = self.find(with);
        let Some((ticket, conversation)) = self.granted(ticket, checked) else { return };
        let (online, share, now) = (self.model.is_online(), self.model.share_typing, self.now);
        if let Some(talk) = self.model.talks.all.get_mut(&conversation)
            && online
            && share
            && talk.typed.is_none_or(|last| now.abs_diff(last) >= TYPING)
        {
            talk.typed = Some(now);
            let (target_type, target_id) = conversation.target();
            self.send(Purpose::Ignore, request::Typing { target_type, target_id });
        }
        self.answer(ticket, Answer::Done {});
    }
}

/// What changes this message.
fn changing(message: MessageId, kind: Kind, data: String) -> Content {
    Content { kind, data, reply_to: Some(message), ..Content::default() }
}
