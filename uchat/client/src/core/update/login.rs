//! Logging in: one flow, whoever wants it — a command, or the client itself after a break.
//!
//! ```text
//! connect ──▶ register ──▶ login ──▶ unlock the keys ──▶ own_keys.rs ──▶ the command is answered
//!        └──────────────▶ login ──┘
//!        └─────▶ resume ──┘  │ bad_token: with the password, if it was used in this run
//! ```
//! A session that was resumed has shown the server no password. If one is given later, and there is no key file
//! that it opens, the client connects anew and logs in with it: only then is it known to be the right one.

use super::{Step, connection};
use crate::core::command::Answer;
use crate::core::event::Account;
use crate::core::model::contacts::fold;
use crate::core::model::link::{Purpose, State};
use crate::core::model::session::{About, Asked, Flow, Goal, OwnKeys};
use crate::core::model::{Login, Ticket};
use crate::core::{Connection, VaultEffect};
use serde_bytes::ByteBuf;
use uchat_protocol::reply::{LoggedIn, Reply};
use uchat_protocol::request::{self, Register};
use uchat_protocol::{Code, Refusal, Request, fields};

impl Step<'_> {
    pub(super) fn log_in(&mut self, ticket: Ticket, login: Login) {
        let session = &mut self.model.session;
        match session.account.clone() {
            Some(account) if fold(&account.name) != fold(&login.username) => {
                self.refuse(ticket, of_another());
            }
            Some(account) if session.logged_in && session.keys == OwnKeys::Ready => {
                self.answer(ticket, Answer::UserId { user_id: account.id });
            }
            Some(account) if session.logged_in => {
                // The session was resumed, and only the password opens the keys.
                session.flow = Some(Flow::new(Some(ticket), Goal::Login, Some(login)));
                self.unlock(account);
            }
            _ => self.start(Flow::new(Some(ticket), Goal::Login, Some(login))),
        }
    }

    pub(super) fn register(&mut self, ticket: Ticket, register: Register) {
        let checked = if self.model.session.account.is_some() {
            Err(of_another())
        } else {
            fields::user_name(&register.user_name)
                .and_then(|_| fields::password(&register.password))
                .and_then(|()| fields::email(&register.email))
        };
        let Some((ticket, ())) = self.granted(ticket, checked) else { return };
        let login =
            Login { username: register.user_name.clone(), password: register.password.as_str().into() };
        self.start(Flow::new(Some(ticket), Goal::Register(register), Some(login)));
    }

    fn start(&mut self, flow: Flow) {
        self.model.session.flow = Some(flow);
        if self.model.link.state == State::Up {
            self.begin();
        } else {
            self.connect();
        }
    }

    /// The channel stands, and nobody has asked for anything: go on with what is known.
    pub(super) fn log_in_by_itself(&mut self) {
        let session = &self.model.session;
        let login = session.login.clone();
        let token = session.account.as_ref().is_some_and(|account| account.token.is_some());
        // A token does not open keys; what opens them is needed once in each run.
        let goal = match (token, &login) {
            (true, None) => Goal::Resume,
            (true, Some(_)) if session.unlocked => Goal::Resume,
            (_, Some(_)) => Goal::Login,
            (false, None) => return self.close(false, Code::BadToken.into()),
        };
        self.model.session.flow = Some(Flow::new(None, goal, login));
        self.begin();
    }

    /// Sends the first request of the flow.
    pub(super) fn begin(&mut self) {
        let session = &self.model.session;
        let Some(flow) = &session.flow else { return };
        let token = session.account.as_ref().and_then(|account| account.token.clone());
        let request: Request = match (&flow.goal, &flow.login, token) {
            (Goal::Register(register), ..) => register.clone().into(),
            (Goal::Resume, _, Some(token)) => request::Resume { token: ByteBuf::from(token) }.into(),
            (_, Some(login), _) => {
                let (user_name, password) = (login.username.clone(), login.password.text().to_owned());
                request::Login { user_name, password }.into()
            }
            (_, None, _) => return self.log_in_failed(Code::BadToken.into()),
        };
        self.send(Purpose::Session, request);
    }

    /// An answer to a request of the flow.
    pub(super) fn session_reply(&mut self, reply: Result<Reply, Refusal>) {
        let signing = self.model.session.logged_in;
        let Some(flow) = &mut self.model.session.flow else { return };
        match reply {
            Ok(Reply::RegisterSuccessful(_)) => {
                flow.goal = Goal::Login;
                self.begin();
            }
            Ok(Reply::LoginSuccessful(logged_in)) if !signing => self.logged_in(logged_in),
            Ok(Reply::Done(done)) if signing => self.certificate_came(done.certificates),
            Ok(_) if signing => self.keys_settled(OwnKeys::Missing, Some(super::replies::misfit())),
            Err(refusal) if signing => self.keys_settled(OwnKeys::Missing, Some(refusal)),
            Err(refusal) if refusal.code == Code::BadToken && flow.login.is_some() => {
                flow.goal = Goal::Login;
                self.drop_token();
                self.begin();
            }
            Err(refusal) => self.log_in_failed(refusal),
            Ok(_) => {
                let text = "the server's answer does not belong to the question";
                self.log_in_failed(Refusal::because(Code::ServerError, text));
            }
        }
    }

    fn logged_in(&mut self, reply: LoggedIn) {
        let session = &mut self.model.session;
        let token = reply.token.map(ByteBuf::into_vec);
        let account = Account { id: reply.id, name: reply.name, token };
        session.account = Some(account.clone());
        session.logged_in = true;
        session.keys = OwnKeys::Unknown;
        session.file_limit = Some(reply.file_limit);
        session.about = Some(About {
            email: reply.email,
            sex: reply.sex,
            age: reply.age,
            share_address: reply.share_address,
            share_read: reply.share_read,
        });
        session.certificate = reply.certificate.map(ByteBuf::into_vec);
        if let Some(flow) = &mut session.flow
            && flow.login.is_some()
        {
            flow.proved = matches!(flow.goal, Goal::Login);
            session.login.clone_from(&flow.login);
        }
        self.model.link.wanted = true;
        self.model.link.tries = 0;
        self.model.link.proved = true;
        self.model.talks.begin();
        self.tell_connection(Connection::Online, None, None);
        self.unlock(account);
    }

    /// Opens the keys, if they are needed; the vault remembers account and token in any case.
    fn unlock(&mut self, account: Account) {
        let tag = self.tag();
        let session = &mut self.model.session;
        let Some(flow) = &mut session.flow else { return };
        flow.question = Some(Asked::Unlock(tag));
        let password = flow.login.as_ref().map(|login| login.password.clone());
        let certificate = session.certificate.clone();
        self.vault(VaultEffect::Unlock {
            tag,
            user: account.id,
            name: account.name,
            token: account.token,
            password: password.filter(|_| self.model.settings.encrypted),
            certificate,
        });
    }

    /// The keys do not open with a password that the server has not seen: it is shown to the server.
    pub(super) fn log_in_anew(&mut self) {
        if let Some(flow) = &mut self.model.session.flow {
            flow.goal = Goal::Login;
        }
        self.close(true, Refusal::because(Code::Offline, "logging in with the password"));
        self.connect(); // as soon as that is closed; the flow goes on there
    }

    /// The server does not let us in. A command is answered; by ourselves we try again only if that can help.
    pub(super) fn log_in_failed(&mut self, refusal: Refusal) {
        let Some(flow) = self.model.session.flow.take() else { return };
        if let Some(ticket) = flow.ticket {
            self.refuse(ticket, refusal);
            if self.model.link.wanted && self.model.session.account.is_some() {
                self.log_in_by_itself(); // as whom the client was before
            }
        } else if connection::comes_back(refusal.code) {
            self.close(true, Refusal { code: Code::Offline, ..refusal });
        } else {
            self.model.session.login = None;
            self.drop_token();
            self.close(false, refusal);
        }
    }

    /// The vault cannot serve this account: what the server has granted is of no use.
    pub(super) fn unlock_failed(&mut self, refusal: Refusal) {
        self.forget_session(refusal.clone());
        self.close(false, refusal);
    }
}

/// The profile is in use, whether there is a connection or not.
fn of_another() -> Refusal {
    let text = "this profile is another account's: log out first, or use another profile";
    Refusal::because(Code::AlreadyLoggedIn, text)
}
