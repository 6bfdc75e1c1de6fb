//! logout, change_password, delete_account.

use super::{Asker, Flow, Outcome, presence};
use crate::bus::Session;
use crate::handler::{Failure, Outbox};
use crate::mailbox::Change;
use crate::store::{accounts, leaving, tokens};
use rusqlite::Transaction;
use std::sync::Arc;
use uchat_protocol::reply::Done;
use uchat_protocol::{Code, Refusal, Reply, fields, request};
use zeroize::Zeroizing;

/// Ends the session and all tokens. The connection stays, and can log in anew.
pub(super) async fn logout(asker: &Asker, session: Arc<Session>) -> Flow {
    let (bus, ending) = (Arc::clone(&asker.shared.bus), Arc::clone(&session));
    // The tokens of a newer session are not this one's to end.
    let end = move |tx: &Transaction<'_>, _: &mut Outbox| {
        bus.expect_newest(&ending)?;
        tokens::end_all(tx, ending.user)
    };
    asker.shared.store.write(end).await?;
    presence::leave(&asker.shared, &session).await;
    asker.mailbox.change(Change::Ended);
    Ok(Outcome::Answer(Reply::Done(Done::default())))
}

/// Changes the password and ends all tokens; the session goes on.
pub(super) async fn password(
    asker: &Asker,
    session: &Arc<Session>,
    request: request::ChangePassword,
) -> Flow {
    let (old, new) = (Zeroizing::new(request.old), Zeroizing::new(request.new));
    fields::password(&new).map_err(|refusal| Refusal { field: Some("new".to_owned()), ..refusal })?;
    let stored = right_password(asker, session, old).await?;
    let new = asker.shared.passwords.hash(new).await?;
    let (user, bus, sender) = (session.user, Arc::clone(&asker.shared.bus), Arc::clone(session));
    asker
        .shared
        .store
        .write(move |tx, _| {
            bus.expect_newest(&sender)?;
            accounts::set_password(tx, user, &stored, &new)?;
            tokens::end_all(tx, user)
        })
        .await?;
    tracing::info!(user = %session.name, from = %session.address, "the password is changed");
    Ok(Outcome::Answer(Reply::Done(Done::default())))
}

/// Deletes the account. The answer comes before the end of the session.
///
/// Not if a newer session has begun while the password was checked: that one would go on without an account.
pub(super) async fn delete(asker: &Asker, session: &Arc<Session>, request: request::DeleteAccount) -> Flow {
    let stored = right_password(asker, session, Zeroizing::new(request.password)).await?;
    let (caller, bus) = (asker.shared.caller(session), Arc::clone(&asker.shared.bus));
    let ending = Arc::clone(session);
    asker
        .shared
        .store
        .write(move |tx, out| {
            bus.expect_newest(&ending)?;
            accounts::expect_password(tx, caller.user, &stored)?;
            leaving::delete_account(tx, caller.user, caller.now, out)
        })
        .await?;
    tracing::info!(user = %session.name, from = %session.address, "the account is deleted");
    asker.shared.bus.end(session);
    Ok(Outcome::Last(Reply::Done(Done::default()), Code::AccountDeleted))
}

/// Checks the user's password once more; gives its hash.
async fn right_password(
    asker: &Asker,
    session: &Session,
    password: Zeroizing<String>,
) -> Result<String, Failure> {
    let (user, name) = (session.user, Arc::clone(&session.name));
    let folded = fields::user_name(&name).map(|name| name.folded).unwrap_or_default();
    let counted = asker.shared.limits.log_in(session.address.ip(), &folded)?;
    let account = asker.shared.store.read(move |db| accounts::by_name(db, &name)).await?;
    let Some(account) = account.filter(|account| account.id == user) else {
        return Err(Code::AccountDeleted.into());
    };
    let checked = asker.shared.passwords.check(password, Some(account.password.clone())).await?;
    if !checked.is_right {
        counted.keep();
        return Err(Code::WrongPassword.into());
    }
    Ok(account.password)
}
