//! What the first screens make of news: a client is open or could not be, the server refuses, somebody is out.

use super::act::{filled, submit};
use super::entry::{self, Entry, Work};
use super::{Stage, forms};
use crate::app::{App, Job};
use crate::lang::codes;
use uchat_protocol::{Code, Refusal};

/// The client that is open now is of another server: nothing of before is meant for it, the password least of all.
pub(crate) fn elsewhere(app: &mut App) {
    (app.entry.login, app.entry.keys_missing) = (None, false);
    if !matches!(app.stage, Stage::Register(_) | Stage::LogIn(_)) {
        app.stage = Stage::Welcome { error: None }; // from there it goes on by itself
    }
}

/// A client is open: an account is made, or somebody logs in.
pub(crate) fn opened(app: &mut App, username: Option<String>) {
    if app.entry.work == Work::Import {
        return; // what came of it is told next
    }
    let work = std::mem::take(&mut app.entry.work);
    // On a private server nobody has an account yet but who has made one here.
    let named = username.or_else(|| app.entry.username.clone().filter(|_| work != Work::StartPrivate));
    match (&app.stage, named) {
        (Stage::LogIn(_) | Stage::Register(_), _) if work == Work::Open => {}
        (Stage::Main | Stage::Keys(_) | Stage::Ended(_), _) => return,
        (_, Some(name)) => app.stage = Stage::LogIn(forms::log_in(&name)),
        (_, None) => app.stage = Stage::Register(forms::register("")),
    }
    if let Some(form) = app.stage.form() {
        form.refused = None;
    }
    if std::mem::take(&mut app.entry.hasty) {
        submit(app);
    } else if matches!(app.stage, Stage::LogIn(_)) {
        entry::log_in_again(app); // where the password is in a file
    }
}

/// It could not be opened.
pub(crate) fn not_opened(app: &mut App, sentence: String) {
    (app.entry.work, app.entry.hasty) = (Work::Nothing, false);
    match &mut app.stage {
        Stage::Welcome { error } => *error = Some(sentence),
        stage => match stage.form() {
            Some(form) => (form.busy, form.refused) = (false, Some(sentence)),
            None => app.stage = Stage::Welcome { error: Some(sentence) },
        },
    }
}

/// Somebody must say whether the server's CA is the right one.
pub(crate) fn untrusted(app: &mut App, server: String, fingerprint: String) {
    app.entry.work = Work::Nothing;
    app.stage = Stage::Trust { server, fingerprint };
}

/// The server does not let us in: at its field if it is about one, and about the whole form otherwise.
pub(crate) fn refused(app: &mut App, refusal: &Refusal) {
    let logging_in = app.entry.work == Work::LogIn;
    if app.entry.work == Work::Register {
        app.entry.login = None; // there is no such account
    }
    app.entry.work = Work::Nothing;
    if logging_in && refusal.code == Code::Offline {
        entry::try_later(app);
    } else {
        app.entry.retry = None;
        if logging_in && matches!(app.stage, Stage::Main) {
            app.stage = Stage::LogIn(filled(app)); // it was tried behind the main screen
        }
    }
    let lang = app.lang();
    let sentence = codes::say(lang, refusal);
    let at = matches!(app.stage, Stage::Register(_)).then(|| forms::place(lang, refusal)).flatten();
    let log_in = matches!(app.stage, Stage::LogIn(_));
    let Some(form) = app.stage.form() else { return };
    form.busy = false;
    match at {
        Some((field, rule)) => form.refuse(field, rule),
        None => form.refused = Some(sentence),
    }
    if log_in && refusal.code == Code::WrongLogin {
        app.entry.login = None;
        form.empty(forms::PASSWORD);
    }
}

/// Out: back to the log-in.
pub(crate) fn logged_out(app: &mut App) {
    let name = app.who.name.take().unwrap_or_default();
    app.forget_user();
    app.entry = Entry::default();
    app.stage = Stage::LogIn(forms::log_in(&name));
    app.job(Job::RememberUser(None));
}
