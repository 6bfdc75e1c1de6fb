//! Friend requests and blocks.

use super::Step;
use crate::core::Notice;
use crate::core::command::{Answer, FriendAnswer};
use crate::core::model::Ticket;
use crate::core::model::contacts::{MOST, fold};
use crate::core::model::link::Then;
use uchat_protocol::push::Person;
use uchat_protocol::request::{AddFriend, ResolveFriendRequest};
use uchat_protocol::{Code, Refusal};

impl Step<'_> {
    pub(super) fn add_friend(&mut self, ticket: Ticket, user_name: String) {
        let contacts = &self.model.contacts;
        let checked = self.me().and_then(|me| {
            if fold(&me.name) == fold(&user_name) {
                Err(Code::Yourself.into())
            } else if contacts.friend(&user_name).is_some() {
                Err(Code::AlreadyFriends.into())
            } else {
                Ok(AddFriend { user_name }.into())
            }
        });
        self.ask(ticket, Then::Done, checked);
    }

    /// `later` is between this client and its user: the request stays, and is told again in the next run.
    pub(super) fn answer_friend(&mut self, ticket: Ticket, username: &str, answer: FriendAnswer) {
        let name = fold(username);
        let mut requests = self.model.contacts.requests.iter();
        let user = requests.find(|(_, asking)| fold(asking) == name).map(|(user, _)| *user);
        let user = self.me().and_then(|_| user.ok_or_else(|| Refusal::new(Code::NoSuchRequest)));
        let Some((ticket, user_id)) = self.granted(ticket, user) else { return };
        let accept = match answer {
            FriendAnswer::Accept => true,
            FriendAnswer::Decline => false,
            FriendAnswer::Later => {
                self.model.contacts.later.insert(user_id);
                return self.answer(ticket, Answer::Done {});
            }
        };
        self.ask(ticket, Then::Resolved(user_id), Ok(ResolveFriendRequest { user_id, accept }.into()));
    }

    /// Somebody wants to be a friend.
    pub(super) fn friend_asks(&mut self, person: Person) {
        let contacts = &mut self.model.contacts;
        if contacts.requests.len() >= MOST || contacts.friends.contains_key(&person.id) {
            return;
        }
        contacts.requests.insert(person.id, person.name.clone());
        if !contacts.later.contains(&person.id) {
            self.notify(Notice::FriendRequest { username: person.name });
        }
    }

    /// A block is set, which ends a request, or taken back.
    pub(super) fn blocked(&mut self, name: String, blocked: bool) {
        let (contacts, folded) = (&mut self.model.contacts, fold(&name));
        if blocked {
            contacts.requests.retain(|_, asking| fold(asking) != folded);
            contacts.blocked.insert(folded, name);
        } else {
            contacts.blocked.remove(&folded);
        }
    }
}
