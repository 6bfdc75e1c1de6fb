//! The account: logging out, profile, password, deleting it.

use super::Step;
use crate::core::command::Answer;
use crate::core::model::link::{Purpose, Then};
use crate::core::model::{Question, Ticket};
use crate::core::{FilesEffect, Secret, VaultEffect};
use uchat_protocol::request::{self, SetProfile};
use uchat_protocol::{Code, Refusal, fields};

impl Step<'_> {
    /// The server ends all tokens; without a connection only this client forgets its own.
    pub(super) fn log_out(&mut self, ticket: Ticket) {
        if self.model.is_online() {
            self.model.session.leaving = true;
            self.send(Purpose::Logout(ticket), request::Logout {});
        } else {
            let checked = self.me().map(|_| ());
            if let Some((ticket, ())) = self.granted(ticket, checked) {
                self.logged_out(ticket);
            }
        }
    }

    /// The session has ended, as far as this client can see to it.
    pub(super) fn logged_out(&mut self, ticket: Ticket) {
        self.forget_session(Code::NotLoggedIn.into());
        self.vault(VaultEffect::Lock);
        self.close(false, Refusal::because(Code::Offline, "logged out"));
        self.answer(ticket, Answer::Done {});
    }

    /// Nobody is logged in any more; a log-in that was going on meanwhile has come too early.
    pub(super) fn forget_session(&mut self, why: Refusal) {
        if let Some(ticket) = self.model.session.flow.take().and_then(|flow| flow.ticket) {
            self.refuse(ticket, why);
        }
        self.model.session.forget();
    }

    /// The server has ended the session that our token is for.
    pub(super) fn drop_token(&mut self) {
        if self.model.session.account.as_mut().is_some_and(|account| account.token.take().is_some()) {
            self.vault(VaultEffect::DropToken);
        }
    }

    pub(super) fn set_profile(&mut self, ticket: Ticket, profile: SetProfile, share_typing: Option<bool>) {
        if let Some(share) = share_typing {
            self.model.share_typing = share;
            self.vault(VaultEffect::ShareTyping(share));
        }
        let nothing = SetProfile { email: None, sex: None, age: None, share_address: None, share_read: None };
        if profile == nothing {
            return self.answer(ticket, Answer::Done {});
        }
        let checked = profile.email.as_deref().map_or(Ok(()), fields::email);
        self.ask(ticket, Then::Done, checked.map(|()| profile.into()));
    }

    pub(super) fn change_password(&mut self, ticket: Ticket, old: Secret, new: Secret) {
        let checked = fields::password(&new).map(|()| {
            request::ChangePassword { old: old.text().to_owned(), new: new.text().to_owned() }.into()
        });
        self.ask(ticket, Then::Password(old, new), checked);
    }

    /// The server has the new password: now the keys here.
    pub(super) fn password_changed(&mut self, ticket: Ticket, old: Secret, new: Secret) {
        self.drop_token(); // the server has ended all
        let session = &mut self.model.session;
        let username = session.account.as_ref().map(|account| account.name.clone()).unwrap_or_default();
        session.login = Some(crate::core::Login { username, password: new.clone() });
        if self.model.settings.encrypted {
            // Even if they are not open: they are to open with the password of the account.
            let effect = |tag| VaultEffect::ChangePassword { tag, old, new };
            self.question(Question::ChangePassword(ticket), effect);
        } else {
            self.answer(ticket, Answer::Done {});
        }
    }

    pub(super) fn delete_account(&mut self, ticket: Ticket, password: Secret) {
        self.ask(
            ticket,
            Then::Deleted,
            Ok(request::DeleteAccount { password: password.text().to_owned() }.into()),
        );
    }

    /// The server has no such account any more: nothing of it stays here.
    pub(super) fn account_deleted(&mut self, ticket: Ticket) {
        self.forget_session(Code::AccountDeleted.into());
        self.model.contacts = Default::default();
        self.model.talks = Default::default();
        self.model.outbox = Default::default();
        self.model.wanted = Default::default();
        self.model.transfers = Default::default();
        self.files(FilesEffect::Forget);
        self.question(Question::Forget(ticket), |tag| VaultEffect::Forget { tag });
        self.close(false, Code::AccountDeleted.into());
    }
}
