//! The server's answers: each goes to what its request was sent for.

use super::Step;
use crate::core::command::Answer;
use crate::core::event::Tag;
use crate::core::model::Ticket;
use crate::core::model::link::{Purpose, Then};
use uchat_protocol::reply::{Done, Reply};
use uchat_protocol::{Code, Refusal};

impl Step<'_> {
    pub(super) fn reply(&mut self, tag: Tag, reply: Reply) {
        let Some(purpose) = self.model.link.pending.remove(&tag) else { return };
        self.model.link.waiting_since = self.now;
        let reply = reply.granted();
        match purpose {
            Purpose::Ignore => {}
            Purpose::Session => self.session_reply(reply),
            Purpose::Logout(ticket) => self.logged_out(ticket),
            Purpose::Command(ticket, then) => match reply {
                Ok(reply) => self.command_granted(ticket, then, reply),
                Err(refusal) => self.command_refused(ticket, &then, refusal),
            },
            Purpose::Fetch { conversation, after, up_to } => {
                self.history_reply(conversation, after, up_to, reply);
            }
            Purpose::Cursor { conversation, delivered, read } => {
                self.cursor_told(conversation, (delivered, read), reply);
            }
            Purpose::Members(room, what_for) => self.members_reply(room, what_for, reply),
            Purpose::Package(conversation, id) => self.package_reply(conversation, id, done(reply)),
            Purpose::Message(conversation, id) => self.message_reply(conversation, id, done(reply)),
            Purpose::Certificates(asked) => self.certificates_reply(asked, done(reply)),
            Purpose::Packages(asked) => self.packages_reply(asked, done(reply)),
            Purpose::File(id, serial) => self.file_reply(id, serial, done(reply)),
        }
    }

    fn command_granted(&mut self, ticket: Ticket, then: Then, reply: Reply) {
        let done = if let Reply::Done(done) = reply { done } else { Done::default() };
        match then {
            Then::Done => self.answer(ticket, Answer::Done {}),
            Then::Users => {
                let users = done.users.into_iter().map(|(_, name)| name).collect();
                self.answer(ticket, Answer::Users { users });
            }
            Then::Room => match done.room_id {
                Some(room) => self.answer(ticket, Answer::Room { room }),
                None => self.refuse(ticket, misfit()),
            },
            Then::Resolved(user) => {
                self.model.contacts.requests.remove(&user);
                self.answer(ticket, Answer::Done {});
            }
            Then::Blocked(name, blocked) => {
                self.blocked(name, blocked);
                self.answer(ticket, Answer::Done {});
            }
            Then::Profile(set) => {
                self.profile_changed(set);
                self.answer(ticket, Answer::Done {});
            }
            Then::Password(old, new) => self.password_changed(ticket, old, new),
            Then::Deleted => self.account_deleted(ticket),
        }
    }

    fn command_refused(&mut self, ticket: Ticket, then: &Then, refusal: Refusal) {
        if let (Then::Resolved(user), Code::NoSuchRequest) = (then, refusal.code) {
            self.model.contacts.requests.remove(user); // it was taken back
        }
        self.refuse(ticket, refusal);
    }
}

/// What `done` says.
fn done(reply: Result<Reply, Refusal>) -> Result<Done, Refusal> {
    match reply? {
        Reply::Done(done) => Ok(done),
        _ => Err(misfit()),
    }
}

/// An answer of the wrong kind. It must not be tried again: it would only come again.
pub(super) fn misfit() -> Refusal {
    Refusal::because(Code::BadField, "the server's answer does not belong to the question")
}
