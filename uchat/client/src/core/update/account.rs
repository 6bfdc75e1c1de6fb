//! The account: logging out, profile, password, deleting it.

use super::Step;
use crate::core::command::Answer;
use crate::core::model::link::{Purpose, Then};
use crate::core::model::{Question, Ticket};
use crate::core::{FilesEffect, Profile, Secret, VaultEffect};
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
        self.ask(ticket, Then::Profile(profile.clone()), checked.map(|()| profile.into()));
    }

    /// The server has taken it.
    pub(super) fn profile_changed(&mut self, set: SetProfile) {
        let Some(about) = &mut self.model.session.about else { return };
        let SetProfile { email, sex, age, share_address, share_read } = set;
        about.email = email.unwrap_or_else(|| std::mem::take(&mut about.email));
        about.sex = sex.unwrap_or_else(|| std::mem::take(&mut about.sex));
        about.age = age.or(about.age);
        about.share_address = share_address.unwrap_or(about.share_address);
        about.share_read = share_read.unwrap_or(about.share_read);
    }

    /// As the server has told it at the last log-in, and what was changed since.
    pub(super) fn profile(&mut self, ticket: Ticket) {
        let session = &self.model.session;
        let checked = self.me().and_then(|me| {
            let text = "only the server knows the profile, and this client has not been connected yet";
            let about = session.about.as_ref().ok_or_else(|| Refusal::because(Code::Offline, text))?;
            Ok(Profile {
                username: me.name.clone(),
                email: about.email.clone(),
                sex: about.sex.clone(),
                age: about.age,
                share_address: about.share_address,
                share_read: about.share_read,
                share_typing: self.model.share_typing,
                blocked: self.model.contacts.blocked.values().cloned().collect(),
            })
        });
        if let Some((ticket, profile)) = self.granted(ticket, checked) {
            self.answer(ticket, Answer::Profile(profile));
        }
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
