//! login and resume, and what a session begins with.
//!
//! In the transaction: the token, who is told, and the bundle, which is thus the state between all that was
//! written before and all that comes after. After the commit: the answer, the bundle, then every later push.

use super::{Asker, Flow, Outcome};
use crate::bus::Session;
use crate::handler::{Caller, Failure, Outbox};
use crate::mailbox::{Change, Ticket, encode_push};
use crate::order::SendOrder;
use crate::replies::reply;
use crate::shared::now;
use crate::store::{accounts, bundle, job, presence, tokens};
use bytes::Bytes;
use rand::Rng;
use rusqlite::Transaction;
use std::sync::Arc;
use uchat_protocol::reply::LoggedIn;
use uchat_protocol::{Code, Push, Refusal, Reply, fields, limits, request};
use zeroize::Zeroizing;

/// How a session begins.
pub(super) enum Beginning {
    /// With a password that was right.
    Login {
        user: u64,
        /// The hash that it was checked against: should it be another one by now, the log-in fails after all.
        password: String,
        /// The hash to put in its place.
        renewed: Option<String>,
    },
    /// With a token that has not been looked at.
    Resume { token: Zeroizing<Vec<u8>> },
}

pub(super) async fn login(asker: &Asker, request: request::Login) -> Flow {
    let request::Login { user_name, password } = request;
    let password = Zeroizing::new(password);
    if password.len() > limits::PASSWORD_MAX {
        return Err(Code::WrongLogin.into()); // no password is so long
    }
    // What cannot be a name is treated as one that is not there.
    let folded = fields::user_name(&user_name).map(|name| name.folded).unwrap_or_default();
    let counted = asker.shared.limits.log_in(asker.address.ip(), &folded)?;
    let account = asker.shared.store.read(move |db| accounts::by_name(db, &user_name)).await?;
    let stored = account.as_ref().map(|account| account.password.clone());
    let checked = asker.shared.passwords.check(password, stored).await?;
    let Some(account) = account.filter(|_| checked.is_right) else {
        counted.keep();
        return Err(Code::WrongLogin.into());
    };
    Ok(Outcome::Begin(Box::new(Beginning::Login {
        user: account.id,
        password: account.password,
        renewed: checked.renewed,
    })))
}

pub(super) fn resume(asker: &Asker, request: request::Resume) -> Flow {
    let token = Zeroizing::new(request.token.into_vec());
    if !asker.shared.rules.encrypted {
        // On lessons 1 to 6 everybody on the way could read it.
        let text = "there are no resume tokens on lessons 1 to 6; log in with the password";
        return Err(Refusal::because(Code::BadToken, text).into());
    }
    if token.len() != limits::TOKEN {
        return Err(Refusal::field(Code::BadToken, "token", format!("has {} bytes", limits::TOKEN)).into());
    }
    Ok(Outcome::Begin(Box::new(Beginning::Resume { token })))
}

/// What has been written for a session that begins.
struct Begun {
    logged_in: LoggedIn,
    bundle: Bytes,
}

/// Begins a session: the last step of both.
pub(super) async fn begin(asker: Asker, ticket: Ticket, beginning: Beginning) {
    let store = Arc::clone(&asker.shared);
    let generation = asker.shared.bus.generation();
    let shared = Arc::clone(&asker.shared);
    let announced = Arc::new(std::sync::OnceLock::new());
    let (address, mailbox) = (asker.address, Arc::clone(&asker.mailbox));
    let seen = Arc::clone(&announced);
    let work = move |tx: &Transaction<'_>, out: &mut Outbox| {
        if asker.mailbox.is_deserted() {
            // Checking a password takes a while. The user may have come back meanwhile, on a connection that stands, and
            // must not be replaced there by this one.
            return Err(Code::Offline.into());
        }
        let now = now();
        let token = new_token(&asker);
        let user = take(tx, beginning, token.as_ref(), now)?;
        let mut logged_in = accounts::logged_in(tx, user, now, asker.shared.rules.file_limit)?;
        logged_in.token = token.map(|token| token.to_vec().into());
        accounts::seen(tx, user, asker.address, now)?;
        let session = Arc::new(Session {
            user,
            name: logged_in.name.as_str().into(),
            address: asker.address,
            generation,
            mailbox: Arc::clone(&asker.mailbox),
            order: SendOrder::default(),
        });
        // From here on whoever reads presence in a later transaction sees this user.
        asker.shared.bus.announce(user, generation, asker.address);
        let _ = seen.set(user); // it is set once
        match tell(tx, &asker.shared.caller(&session), out) {
            Ok(bundle) => Ok((Begun { logged_in, bundle }, session)),
            Err(failure) => {
                // At once: the jobs behind this one must not believe it.
                asker.shared.bus.withdraw(user, generation);
                Err(failure)
            }
        }
    };
    let done = move |result: Result<(Begun, Arc<Session>), Failure>| match result {
        Ok((begun, session)) => {
            tracing::info!(user = %session.name, from = %session.address, "logged in");
            shared.bus.begin(&session, || {
                mailbox.change(Change::Begun(Arc::clone(&session)));
                ticket.answer(&Reply::LoginSuccessful(begun.logged_in));
                mailbox.push(&begun.bundle, false);
            });
        }
        Err(failure) => {
            if let Some(user) = announced.get() {
                shared.bus.withdraw(*user, generation);
            }
            tracing::info!(from = %address, error = %failure, "a log-in failed");
            let reply = reply(ticket.operation(), Err(failure));
            ticket.answer(&reply);
        }
    };
    store.store.submit(job(work, done)).await;
}

/// What the user is told, as it is sent; and what others are.
fn tell(tx: &Transaction<'_>, caller: &Caller, out: &mut Outbox) -> Result<Bytes, Failure> {
    let bundle = encode_push(&Push::LoginBundle(bundle::login_bundle(tx, caller)?))
        .ok_or_else(|| Failure::Damaged("the bundle cannot be written".to_owned()))?;
    out.pushes.extend(presence::came(tx, caller)?);
    Ok(bundle)
}

/// Checks what the session begins with, and puts the next token in its place; gives the user.
fn take(
    tx: &Transaction<'_>,
    beginning: Beginning,
    next: Option<&tokens::Token>,
    now: u64,
) -> Result<u64, Failure> {
    match (beginning, next) {
        (Beginning::Resume { token }, Some(next)) => tokens::take(tx, &token, next, now),
        (Beginning::Resume { .. }, None) => Err(Code::BadToken.into()),
        (Beginning::Login { user, password, renewed }, next) => {
            let new = renewed.as_ref().unwrap_or(&password);
            accounts::set_password(tx, user, &password, new).map_err(|failure| match failure {
                Failure::Refused(_) => Code::WrongLogin.into(),
                other => other,
            })?;
            match next {
                Some(next) => tokens::begin(tx, user, next, now)?,
                None => tokens::end_all(tx, user)?,
            }
            Ok(user)
        }
    }
}

fn new_token(asker: &Asker) -> Option<tokens::Token> {
    asker.shared.rules.encrypted.then(|| {
        let mut token = tokens::Token::default();
        asker.shared.random().fill_bytes(&mut token[..]);
        token
    })
}
