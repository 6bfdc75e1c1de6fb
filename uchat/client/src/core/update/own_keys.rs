//! Our own keys, after the server has let us in: open, certified, made, or not here.
//!
//! ```text
//! unlock ─▶ ready ───────────────────────────────────────────────────────────────▶ settled
//!        ─▶ uncertified ─▶ make a request ─┐
//!        ─▶ missing, the password not proved ─▶ log in anew (login.rs)
//!        ─▶ missing, no certificate ─▶ make keys ─▶ sign_certificate ─▶ keep it ─▶ settled
//!        ─▶ missing, but the server has a certificate ─▶ settled: nothing can be read or sent
//! ```

use super::Step;
use crate::core::command::Answer;
use crate::core::event::{Keys, Tag};
use crate::core::model::link::Purpose;
use crate::core::model::session::{Asked, Flow, Goal, OwnKeys};
use crate::core::model::{Login, Ticket};
use crate::core::{Secret, VaultEffect};
use serde_bytes::ByteBuf;
use uchat_protocol::request::SignCertificate;
use uchat_protocol::{Code, Refusal};

impl Step<'_> {
    /// New keys, because the old ones are lost.
    pub(super) fn new_keys(&mut self, ticket: Ticket, password: Secret) {
        let session = &self.model.session;
        let right = session.login.as_ref().map(|login| login.password == password);
        let checked = if !self.model.settings.encrypted {
            Err(Refusal::because(
                Code::NotEncrypted,
                "nothing is encrypted from end to end here; no keys are needed",
            ))
        } else if session.flow.is_some() {
            Err(Code::Busy.into())
        } else {
            self.online().and(match right {
                Some(true) => Ok(()),
                Some(false) => Err(Code::WrongPassword.into()),
                None => Err(Refusal::because(Code::NotLoggedIn, PASSWORD_FIRST)),
            })
        };
        let Some((ticket, ())) = self.granted(ticket, checked) else { return };
        let username = self.model.user_name().unwrap_or_default().to_owned();
        let login = Login { username, password };
        self.model.session.flow = Some(Flow::new(Some(ticket), Goal::NewKeys, Some(login)));
        self.make_keys();
    }

    /// Asks the vault for the next step of the flow.
    fn next_step(&mut self, effect: impl FnOnce(Tag) -> VaultEffect) {
        let tag = self.tag();
        if let Some(flow) = &mut self.model.session.flow {
            flow.question = Some(Asked::Keys(tag));
            self.vault(effect(tag));
        }
    }

    fn make_keys(&mut self) {
        let session = &self.model.session;
        let password = session.flow.as_ref().and_then(|flow| flow.login.as_ref());
        let Some(password) = password.map(|login| login.password.clone()) else {
            return self.keys_settled(OwnKeys::Missing, Some(Code::NoOwnKeys.into()));
        };
        let email = session.email();
        self.next_step(|tag| VaultEffect::MakeKeys { tag, password, email });
    }

    pub(super) fn unlocked(&mut self, tag: Tag, keys: Keys) {
        let Some(flow) = self.model.session.flow.as_ref() else { return };
        if flow.question != Some(Asked::Unlock(tag)) {
            return; // of a connection that is gone
        }
        match keys {
            _ if !self.model.settings.encrypted => self.keys_settled(OwnKeys::Ready, None),
            Keys::Ready => self.keys_settled(OwnKeys::Ready, None),
            Keys::Uncertified => {
                let email = self.model.session.email();
                self.next_step(|tag| VaultEffect::MakeRequest { tag, email });
            }
            Keys::Missing if flow.login.is_none() => {
                let text = "the keys of this account are not open: log in with the password";
                self.keys_settled(OwnKeys::Missing, Some(Refusal::because(Code::NoOwnKeys, text)));
            }
            Keys::Missing if !flow.proved => self.log_in_anew(),
            Keys::Missing if self.model.session.certificate.is_some() => {
                let text = "the keys of this account are not here: import them, or make new ones; until then \
                            messages can neither be read nor sent";
                self.keys_settled(OwnKeys::Missing, Some(Refusal::because(Code::NoOwnKeys, text)));
            }
            Keys::Missing => self.make_keys(),
        }
    }

    pub(super) fn keys_made(&mut self, tag: Tag, csr: Vec<u8>) {
        if self.is_asked(tag) {
            self.send(Purpose::Session, SignCertificate { csr: ByteBuf::from(csr) });
        }
    }

    pub(super) fn certificate_came(&mut self, certificates: Vec<(u64, ByteBuf)>) {
        let me = self.model.session.account.as_ref().map(|account| account.id);
        match certificates.into_iter().find(|(user, _)| Some(*user) == me) {
            Some((_, der)) => self.next_step(|tag| VaultEffect::SetCertificate { tag, der: der.into_vec() }),
            None => {
                let text = "the server has signed no certificate for this account";
                self.keys_settled(OwnKeys::Missing, Some(Refusal::because(Code::BadCertificate, text)));
            }
        }
    }

    /// Whether this is the step that the flow waits for.
    pub(super) fn is_asked(&self, tag: Tag) -> bool {
        let flow = self.model.session.flow.as_ref();
        flow.is_some_and(|flow| flow.question == Some(Asked::Keys(tag)))
    }

    /// The end of the flow. What is wrong with the keys is told apart: the log-in itself has worked.
    pub(super) fn keys_settled(&mut self, keys: OwnKeys, problem: Option<Refusal>) {
        let Some(flow) = self.model.session.flow.take() else { return };
        self.model.session.keys = keys;
        self.model.session.unlocked = keys == OwnKeys::Ready;
        if keys == OwnKeys::Ready && flow.login.is_some() {
            self.model.session.login.clone_from(&flow.login);
        }
        self.model.outbox.release();
        match (flow.ticket, flow.goal, problem) {
            (Some(ticket), Goal::NewKeys, Some(problem)) => self.refuse(ticket, problem),
            (Some(ticket), Goal::NewKeys, None) => self.answer(ticket, Answer::Done {}),
            (ticket, _, problem) => {
                if let Some(problem) = problem {
                    self.say(problem.text);
                }
                let user_id = self.model.session.account.as_ref().map_or(0, |account| account.id);
                if let Some(ticket) = ticket {
                    self.answer(ticket, Answer::UserId { user_id });
                }
            }
        }
    }
}

const PASSWORD_FIRST: &str =
    "this session was resumed, so the password was not checked; log in with it, then make new keys";
