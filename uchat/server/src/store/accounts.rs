//! Making, changing and ending accounts.

use super::{contacts, conversations, friends, users};
use crate::handler::{Failure, Outbox, Presence};
use rusqlite::{Connection, OptionalExtension, params};
use std::net::SocketAddr;
use uchat_protocol::reply::LoggedIn;
use uchat_protocol::{Code, Refusal, fields};

/// An account to be made. Everything in it has been checked.
#[derive(Debug)]
pub(crate) struct NewAccount {
    /// The name.
    pub(crate) name: fields::Name,
    /// The password's hash, as a PHC string.
    pub(crate) password: String,
    /// The e-mail address.
    pub(crate) email: String,
    /// In the user's own words; empty if not told.
    pub(crate) sex: String,
    /// In years.
    pub(crate) age: Option<u8>,
    /// From where it is made.
    pub(crate) address: SocketAddr,
    /// When, in milliseconds since 1970.
    pub(crate) now: u64,
}

/// Who may log in.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    /// The number.
    pub(crate) id: u64,
    /// The password's hash, as a PHC string.
    pub(crate) password: String,
}

/// Two addresses with the same folded form are the same: almost no server minds case.
pub(crate) fn folded_email(email: &str) -> String {
    email.to_ascii_lowercase()
}

/// Makes an account; gives its number.
///
/// # Errors
/// [`UserNameTaken`](Code::UserNameTaken), [`EmailTaken`](Code::EmailTaken).
pub(crate) fn create(db: &Connection, account: &NewAccount) -> Result<u64, Failure> {
    // Those of deleted accounts count: a name is not given out again.
    let taken = "SELECT 1 FROM users WHERE folded = ?1";
    if db.prepare_cached(taken)?.exists([&account.name.folded])? {
        return Err(taken_field(Code::UserNameTaken, "user_name"));
    }
    let folded = folded_email(&account.email);
    if email_owner(db, &folded)?.is_some() {
        return Err(taken_field(Code::EmailTaken, "email"));
    }
    let sql = "INSERT INTO users
        (username, folded, password, email, email_folded, sex, age, ip, port, created, last_seen)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10)";
    db.prepare_cached(sql)?.execute(params![
        account.name.shown,
        account.name.folded,
        account.password,
        account.email,
        folded,
        account.sex,
        account.age,
        account.address.ip().to_string(),
        account.address.port(),
        account.now,
    ])?;
    Ok(db.last_insert_rowid().unsigned_abs())
}

/// Makes a new account and the user `welcome` friends, if there is such a user. If the new account is that user, those
/// who were there first become friends as well. Nobody gets more than `most` friends: all of them must find room in
/// what a user is told at a log-in.
///
/// # Errors
/// Those of the store.
pub(crate) fn befriend(
    db: &Connection,
    presence: &dyn Presence,
    out: &mut Outbox,
    welcome: &str,
    user: u64,
    now: u64,
    most: usize,
) -> Result<(), Failure> {
    let host = match users::by_name(db, welcome) {
        Ok(host) => host.id,
        Err(Failure::Refused(_)) => return Ok(()), // there is none yet
        Err(error) => return Err(error),
    };
    let mut room = most.saturating_sub(friends::count(db, host)?);
    let newcomers = if host == user { others(db, host, room)? } else { vec![user] };
    for newcomer in newcomers {
        if room == 0 {
            tracing::warn!(%welcome, most, "the welcoming user has as many friends as one may have; no more are added");
            break;
        }
        room -= 1;
        friends::ask(db, host, newcomer, now)?;
        friends::accept(db, host, newcomer, now)?;
        conversations::of_friends(db, host, newcomer)?;
        for (me, them) in [(host, newcomer), (newcomer, host)] {
            out.tell(me, contacts::friend_info(db, presence, me, them)?);
        }
    }
    Ok(())
}

/// All other users, at most so many.
fn others(db: &Connection, user: u64, most: usize) -> Result<Vec<u64>, Failure> {
    let sql = "SELECT id FROM users WHERE id <> ?1 AND deleted = 0 ORDER BY id LIMIT ?2";
    let mut statement = db.prepare_cached(sql)?;
    let ids = statement.query_map(params![user, most], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(ids)
}

/// The account of this name; `None` also for what cannot be a name.
pub(crate) fn by_name(db: &Connection, name: &str) -> Result<Option<Account>, Failure> {
    let Ok(name) = fields::user_name(name) else { return Ok(None) };
    let sql = "SELECT id, password FROM users WHERE folded = ?1 AND deleted = 0";
    let found = db
        .prepare_cached(sql)?
        .query_row([name.folded], |row| Ok(Account { id: row.get(0)?, password: row.get(1)? }));
    Ok(found.optional()?)
}

/// Whose e-mail address this is.
pub(crate) fn email_owner(db: &Connection, folded: &str) -> Result<Option<u64>, Failure> {
    let sql = "SELECT id FROM users WHERE email_folded = ?1";
    Ok(db.prepare_cached(sql)?.query_row([folded], |row| row.get(0)).optional()?)
}

/// What a user is told of itself at a log-in, the token aside.
///
/// # Errors
/// [`WrongLogin`](Code::WrongLogin) if there is no such user any more.
pub(crate) fn logged_in(db: &Connection, user: u64, now: u64, file_limit: u64) -> Result<LoggedIn, Failure> {
    let sql = "SELECT username, email, sex, age, share_address, share_read, certificates.der FROM users
        LEFT JOIN certificates ON certificates.user_id = users.id WHERE users.id = ?1 AND deleted = 0";
    let found = db.prepare_cached(sql)?.query_row([user], |row| {
        Ok(LoggedIn {
            id: user,
            name: row.get(0)?,
            token: None,
            time: now,
            file_limit,
            certificate: row.get::<_, Option<Vec<u8>>>(6)?.map(Into::into),
            email: row.get(1)?,
            sex: row.get(2)?,
            age: row.get(3)?,
            share_address: row.get(4)?,
            share_read: row.get(5)?,
        })
    });
    found.optional()?.ok_or_else(|| Code::WrongLogin.into())
}

/// Writes down from where a user was seen last, and when.
pub(crate) fn seen(db: &Connection, user: u64, address: SocketAddr, now: u64) -> Result<(), Failure> {
    let sql = "UPDATE users SET ip = ?2, port = ?3, last_seen = ?4 WHERE id = ?1 AND deleted = 0";
    let ip = address.ip().to_string();
    db.prepare_cached(sql)?.execute(params![user, ip, address.port(), now])?;
    Ok(())
}

/// Puts a new hash in place of `old`.
///
/// # Errors
/// [`WrongPassword`](Code::WrongPassword) if the old one has been replaced meanwhile.
pub(crate) fn set_password(db: &Connection, user: u64, old: &str, new: &str) -> Result<(), Failure> {
    let sql = "UPDATE users SET password = ?3 WHERE id = ?1 AND password = ?2 AND deleted = 0";
    match db.prepare_cached(sql)?.execute(params![user, old, new])? {
        0 => Err(Code::WrongPassword.into()),
        _ => Ok(()),
    }
}

/// Makes sure that a password which was right a moment ago still is.
///
/// # Errors
/// [`WrongPassword`](Code::WrongPassword) if it has been replaced meanwhile.
pub(crate) fn expect_password(db: &Connection, user: u64, stored: &str) -> Result<(), Failure> {
    let sql = "SELECT 1 FROM users WHERE id = ?1 AND password = ?2 AND deleted = 0";
    match db.prepare_cached(sql)?.exists(params![user, stored])? {
        true => Ok(()),
        false => Err(Code::WrongPassword.into()),
    }
}

/// A refusal that names the field which somebody else has already.
pub(crate) fn taken_field(code: Code, field: &str) -> Failure {
    Refusal { field: Some(field.to_owned()), ..code.into() }.into()
}
