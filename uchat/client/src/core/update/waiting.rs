//! Commands that wait.
//!
//! - For the profile, and for a log-in or a log-out that was asked for before: until it is known who we are and whom we
//!   know. So a program may write its commands one after the other, without looking at the answers.
//! - To log in or out: for a log-in that is going on, also one that nobody has asked for.
//! - `sync`: until nothing is missing that the server has. First nothing may be left to be asked for; then the
//!   vault is asked something, and when it answers it has dealt with everything that came before. What it found
//!   missing meanwhile is asked for, and so on. And until all that waited in the outbox is stored, if it can go out.

use super::Step;
use crate::core::VaultEffect;
use crate::core::command::{Answer, Command};
use crate::core::model::session::{Goal, OwnKeys};
use crate::core::model::{Question, Ticket};
use uchat_protocol::Conversation;

impl Step<'_> {
    /// Whether this command waits still.
    pub(super) fn must_wait(&self, command: &Command) -> bool {
        let session = &self.model.session;
        if !self.model.loaded || session.leaving {
            return true;
        }
        if matches!(command, Command::Login { .. } | Command::Register { .. } | Command::Logout {}) {
            return session.flow.is_some();
        }
        let asked_for = session
            .flow
            .as_ref()
            .is_some_and(|flow| flow.ticket.is_some() && !matches!(flow.goal, Goal::NewKeys));
        asked_for || (session.logged_in && !session.bundle_seen)
    }

    /// Does what has waited long enough, in its order.
    pub(super) fn pump_early(&mut self) {
        while let Some((_, command, _)) = self.model.early.front()
            && !self.must_wait(command)
            && let Some((ticket, command, fresh)) = self.model.early.pop_front()
        {
            self.command(ticket, command, fresh);
        }
    }

    /// Goes on with `sync`.
    pub(super) fn pump_syncs(&mut self) {
        if let Err(refusal) = self.online() {
            for ticket in std::mem::take(&mut self.model.syncs) {
                self.refuse(ticket, refusal.clone());
            }
        } else if self.has_all() {
            for ticket in std::mem::take(&mut self.model.syncs) {
                let conversation = Conversation::Friend(0); // nobody has this number
                let effect =
                    |tag| VaultEffect::History { tag, conversation, before: None, limit: 1, search: None };
                self.question(Question::Sync(ticket), effect);
            }
        }
    }

    /// The vault has dealt with everything that came before.
    pub(super) fn vault_has_all(&mut self, ticket: Ticket) {
        if self.has_all() {
            self.answer(ticket, Answer::Done {});
        } else {
            self.model.syncs.push(ticket);
        }
    }

    /// Whether nothing is left to be asked for, nor to be sent.
    fn has_all(&self) -> bool {
        let (talks, wanted) = (&self.model.talks, &self.model.wanted);
        self.model.is_online()
            && (self.model.outbox.rests() || self.model.session.keys == OwnKeys::Missing)
            && self.model.session.bundle_seen
            && talks.behind.is_empty()
            && talks.fetching.is_empty()
            && wanted.certificates.is_empty()
            && wanted.asked_certificates.is_empty()
            && wanted.packages.is_empty()
            && wanted.asked_packages.is_empty()
    }
}
