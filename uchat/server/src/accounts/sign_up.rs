//! register: a new account.

use super::{Asker, Flow, Outcome};
use crate::shared::now;
use crate::store::accounts::{self, NewAccount, taken_field};
use std::sync::Arc;
use uchat_protocol::{Code, Reply, fields, request};
use zeroize::Zeroizing;

pub(super) async fn register(asker: &Asker, request: request::Register) -> Flow {
    let request::Register { user_name, password, email, sex, age, .. } = request;
    let password = Zeroizing::new(password);
    let name = fields::user_name(&user_name)?;
    fields::password(&password)?;
    fields::email(&email)?;
    let sex = sex.unwrap_or_default();
    fields::sex(&sex)?;
    age.map_or(Ok(()), fields::age)?;
    // What can be refused without a hash is refused without one. The names are asked for again in the transaction.
    let (asked_name, folded_email) = (name.clone(), accounts::folded_email(&email));
    asker
        .shared
        .store
        .read(move |db| {
            let taken = "SELECT 1 FROM users WHERE folded = ?1";
            if db.prepare_cached(taken)?.exists([&asked_name.folded])? {
                return Err(taken_field(Code::UserNameTaken, "user_name"));
            }
            match accounts::email_owner(db, &folded_email)? {
                Some(_) => Err(taken_field(Code::EmailTaken, "email")),
                None => Ok(()),
            }
        })
        .await?;
    let counted = asker.shared.limits.sign_up(asker.address.ip())?;
    let password = asker.shared.passwords.hash(password).await?;
    let account = NewAccount { name, password, email, sex, age, address: asker.address, now: now() };
    let (welcome, most) = (asker.shared.welcome.clone(), asker.shared.rules.contacts);
    let (address, bus) = (asker.address, Arc::clone(&asker.shared.bus));
    let (id, name) = asker
        .shared
        .store
        .write(move |tx, out| {
            let id = accounts::create(tx, &account)?;
            if let Some(welcome) = welcome {
                accounts::befriend(tx, &*bus, out, &welcome, id, account.now, most)?;
            }
            Ok((id, account.name.shown))
        })
        .await?;
    counted.keep();
    tracing::info!(user = %name, id, from = %address, "a new account");
    Ok(Outcome::Answer(Reply::RegisterSuccessful(id)))
}
