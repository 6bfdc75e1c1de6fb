//! What the vault says: answers to questions, and news of its own.

use super::Step;
use crate::core::command::Answer;
use crate::core::event::{Account, Queued, Summary, Tag, VaultEvent};
use crate::core::model::Question;
use crate::core::model::contacts::{Friend, Room};
use crate::core::{DeliveryState, FilesEffect, Notice, VaultEffect};
use std::collections::BTreeMap;
use uchat_protocol::{Code, Conversation, Refusal};

impl Step<'_> {
    pub(super) fn vault_event(&mut self, event: VaultEvent) {
        match event {
            VaultEvent::Loaded { account, conversations, outbox, uploads, share_typing } => {
                if !self.model.loaded {
                    self.model.share_typing = share_typing;
                    uploads.into_iter().for_each(|upload| self.go_on_with(upload));
                    self.loaded(account, conversations, outbox);
                }
            }
            VaultEvent::Unlocked { tag, keys } => self.unlocked(tag, keys),
            VaultEvent::KeysMade { tag, csr } => self.keys_made(tag, csr),
            VaultEvent::Done { tag } => self.vault_done(tag),
            VaultEvent::Failed { tag, refusal } => self.vault_failed(tag, refusal),
            VaultEvent::Queued { queued, .. } => self.queued(&queued),
            VaultEvent::Sealed(sealed) => self.sealed(*sealed),
            VaultEvent::NotSealed { id, why } => self.not_sealed(id, why),
            VaultEvent::Received { summary, shown } => self.received(summary, shown),
            VaultEvent::NotReceived { conversation, have } => self.not_received(conversation, have),
            VaultEvent::MembersNotKept { room } => self.members_not_kept(room),
            VaultEvent::NeedPackages(keys) => self.want_packages(keys),
            VaultEvent::NeedCertificates(users) => self.want_certificates(users),
            VaultEvent::KeyChanged { user } => {
                if let Some(talk) = self.model.talks.all.get_mut(&Conversation::Friend(user)) {
                    talk.key_changed = true;
                }
                let username = self.model.contacts.name(user).map(str::to_owned);
                let username = username.unwrap_or_else(|| format!("user {user}"));
                self.notify(Notice::KeyChanged { username });
            }
            VaultEvent::Stored { id, state, seq, time } => self.stored(id, state, (seq, time)),
            VaultEvent::Changed(message) => self.changed(message),
            VaultEvent::States(states) => {
                states.into_iter().for_each(|(id, state)| self.delivery(id, state, None));
            }
            VaultEvent::History { tag, messages } => {
                let fits = |question: &Question| matches!(question, Question::History(_) | Question::Sync(_));
                match self.asked(tag, fits) {
                    Some(Question::History(ticket)) => self.answer(ticket, Answer::Messages { messages }),
                    Some(Question::Sync(ticket)) => self.vault_has_all(ticket),
                    _ => {}
                }
            }
            VaultEvent::File { tag, content, .. } => {
                let question = self.asked(tag, |question| matches!(question, Question::File(..)));
                if let Some(Question::File(ticket, id, path)) = question {
                    self.begin_saving(ticket, id, path, content);
                }
            }
            VaultEvent::Words { tag, words } => {
                let question = self.asked(tag, |question| matches!(question, Question::Words(_)));
                if let Some(Question::Words(ticket)) = question {
                    self.answer(ticket, Answer::Words { words });
                }
            }
            VaultEvent::Warning(text) => self.say(text),
        }
    }

    /// The profile is open. What was there from earlier is enough to read, and to write for later.
    fn loaded(&mut self, account: Option<Account>, conversations: Vec<Summary>, outbox: Vec<Queued>) {
        self.model.loaded = true;
        for summary in conversations {
            let name = summary.name.clone();
            match summary.conversation {
                Conversation::Friend(id) => {
                    self.model.contacts.friends.insert(id, Friend::new(name, false, None, None));
                }
                Conversation::Room(id) => {
                    self.model.contacts.rooms.insert(id, Room { name, members: BTreeMap::new() });
                }
            }
            self.model.talks.all.entry(summary.conversation).or_default().know(summary);
        }
        for queued in outbox {
            let state = if queued.failed { DeliveryState::Failed } else { DeliveryState::Queued };
            self.model.outbox.advance(queued.id, state);
            self.model.outbox.changes.extend(queued.changes.map(|target| (queued.id, target)));
            if !queued.failed {
                self.model.outbox.push(queued.conversation, queued.id);
            }
        }
        let resumes = account.as_ref().is_some_and(|account| account.token.is_some());
        self.model.session.account = account;
        self.model.session.login = self.model.settings.auto_login.clone();
        if self.model.session.login.is_some() || (resumes && self.model.settings.connect_at_start) {
            self.model.link.wanted = true;
            self.connect();
        }
    }

    fn vault_done(&mut self, tag: Tag) {
        if self.is_asked(tag) {
            return self.keys_settled(crate::core::model::session::OwnKeys::Ready, None);
        }
        let fits = |question: &Question| {
            matches!(
                question,
                Question::AcceptKey(_)
                    | Question::ChangePassword(_)
                    | Question::Forget(_)
                    | Question::Upload(..)
                    | Question::Change(..)
            )
        };
        match self.asked(tag, fits) {
            Some(Question::AcceptKey(ticket)) => {
                self.model.outbox.release();
                self.answer(ticket, Answer::Done {});
            }
            Some(
                Question::ChangePassword(ticket) | Question::Forget(ticket) | Question::Change(ticket, _),
            ) => {
                self.answer(ticket, Answer::Done {});
            }
            Some(Question::Upload(ticket, id, path)) => self.upload_kept(ticket, id, path),
            _ => {}
        }
    }

    fn vault_failed(&mut self, tag: Tag, refusal: Refusal) {
        use crate::core::model::session::{Asked, OwnKeys};
        let asked = self.model.session.flow.as_ref().and_then(|flow| flow.question);
        if asked == Some(Asked::Unlock(tag)) {
            return self.unlock_failed(refusal);
        }
        if asked == Some(Asked::Keys(tag)) {
            return self.keys_settled(OwnKeys::Missing, Some(refusal));
        }
        match self.model.questions.remove(&tag) {
            Some(Question::Queue(None, id)) => {
                self.files(FilesEffect::Cancel(id));
                self.vault(VaultEffect::DropUpload(id));
                self.notify(Notice::FileFailed { id, reason: refusal.text, code: refusal.code.name() });
            }
            Some(Question::Upload(ticket, id, _)) => {
                self.model.transfers.remove(id);
                self.refuse(ticket, refusal);
            }
            Some(Question::ChangePassword(ticket)) => {
                let text = format!(
                    "the server has the new password, but the keys here are still under the old one: {refusal}"
                );
                self.refuse(ticket, Refusal::because(Code::ClientError, text));
            }
            Some(
                Question::Queue(Some(ticket), _)
                | Question::Retry(ticket, _)
                | Question::Change(ticket, _)
                | Question::History(ticket)
                | Question::Sync(ticket)
                | Question::File(ticket, ..)
                | Question::Words(ticket)
                | Question::AcceptKey(ticket)
                | Question::Forget(ticket),
            ) => self.refuse(ticket, refusal),
            None => {}
        }
    }
}
