//! The first screens: welcome, an invite, registration, log-in; and what stands in the way later: a server nobody has
//! vouched for, keys that are elsewhere, a session that has ended.

mod draw;
mod entry;
mod forms;
mod hints;

pub(crate) use draw::draw;
pub use entry::{Entry, Secret};
pub(crate) use entry::{
    begin, connection, imported, inside, keys_are_missing, keys_made, look_at, step, try_now,
};
pub(crate) use hints::{draw as hints, hide as hide_hints};

use crate::action::{Action, Key};
use crate::app::{App, Effect, Job, Why};
use crate::form::Form;
use crate::hit::Target;
use crate::lang::start::Start;
use crate::lang::{Say, codes};
use entry::Work;
use ratatui::layout::Position;
use uchat_client::core::Command;
use uchat_protocol::{Code, Refusal};

/// Which screen.
#[derive(Debug, Clone)]
pub enum Stage {
    /// No server is known: a private one, or an invite?
    Welcome {
        /// What went wrong with it.
        error: Option<String>,
    },
    /// Paste an invite.
    Invite(Form),
    /// Is this CA the right one?
    Trust {
        /// The server's address.
        server: String,
        /// SHA-256 of the CA's certificate.
        fingerprint: String,
    },
    /// A new account.
    Register(Form),
    /// An old one.
    LogIn(Form),
    /// The keys of the account are not here.
    Keys(Form),
    /// The session has ended, and does not come back by itself.
    Ended(Refusal),
    /// The main screen.
    Main,
}

impl Stage {
    /// Where it starts.
    #[must_use]
    pub fn first(knows_server: bool, username: Option<&str>) -> Self {
        match (knows_server, username) {
            (false, _) => Self::Welcome { error: None },
            (true, None) => Self::Register(forms::register("")),
            (true, Some(name)) => Self::LogIn(forms::log_in(name)),
        }
    }

    fn form(&mut self) -> Option<&mut Form> {
        match self {
            Self::Invite(form) | Self::Register(form) | Self::LogIn(form) | Self::Keys(form) => Some(form),
            Self::Welcome { .. } | Self::Trust { .. } | Self::Ended(_) | Self::Main => None,
        }
    }
}

/// A key that is no action.
pub(crate) fn key(app: &mut App, key: Key) {
    changed(app);
    match (&mut app.stage, key.typed()) {
        // Where the terminal does not tell what is pasted from what is typed, an invite comes in this way.
        (Stage::Welcome { .. }, Some(_)) if app.entry.work == Work::Nothing => {
            let mut form = forms::invite();
            form.key(key);
            app.stage = Stage::Invite(form);
        }
        (stage, _) => {
            if let Some(form) = stage.form() {
                form.key(key);
            }
        }
    }
}

/// Ctrl-C empties the field that has the focus; where there is nothing to empty, it ends the program.
pub(crate) fn clear_or_quit(app: &mut App) {
    if !app.stage.form().is_some_and(Form::clear) {
        app.effect(Effect::Quit);
    }
}

/// Somebody writes: what goes on by itself must not take the form away.
fn changed(app: &mut App) {
    if matches!(app.stage, Stage::LogIn(_)) && app.entry.work == Work::Nothing {
        app.entry.retry = None;
    }
}

/// What is pasted: an invite is one everywhere here, all else is text for the form.
pub(crate) fn paste(app: &mut App, text: &str) {
    if text.trim_start().get(..8).is_some_and(|start| start.eq_ignore_ascii_case("uchat://")) {
        return join(app, text.trim());
    }
    changed(app);
    match &mut app.stage {
        Stage::Welcome { error } => *error = Some(Start::InviteWrong.say(app.settings.lang).to_owned()),
        stage => {
            if let Some(form) = stage.form() {
                form.insert(text);
            }
        }
    }
}

/// A click on a field.
pub(crate) fn click(app: &mut App, target: &Target, at: Position) {
    let cells = app.settings.cells;
    if let (Some(form), Target::Field(number)) = (app.stage.form(), target) {
        form.click(*number, at.x, cells);
    }
}

/// What an action does here.
pub(crate) fn act(app: &mut App, action: Action) {
    let free = app.entry.work == Work::Nothing;
    let open = app.who.channel.is_some();
    match action {
        Action::Next | Action::Previous => {
            if let Some(form) = app.stage.form() {
                form.move_focus(action == Action::Previous);
            }
        }
        Action::StartPrivate if free && (!open || matches!(app.stage, Stage::Welcome { .. })) => {
            app.entry.work = Work::StartPrivate;
            app.stage = Stage::Welcome { error: None };
            app.job(Job::StartPrivate);
        }
        Action::ToInvite if free => {
            app.entry.retry = None;
            app.stage = Stage::Invite(forms::invite());
        }
        Action::ToRegister if free && open && !matches!(app.stage, Stage::Register(_)) => {
            app.entry.retry = None;
            app.stage = Stage::Register(forms::register(""));
        }
        Action::ToLogIn if free && open && !matches!(app.stage, Stage::LogIn(_)) => {
            app.entry.retry = None;
            let name = app.who.name.clone().unwrap_or_default();
            app.stage = Stage::LogIn(forms::log_in(&name));
        }
        Action::OpenOffline if app.entry.retry.is_some() || matches!(app.stage, Stage::Ended(_)) => {
            look_around(app);
        }
        Action::NewKeys if free && matches!(app.stage, Stage::Keys(_)) => new_keys(app),
        Action::Close if free => back(app),
        Action::Submit if free => submit(app),
        Action::Submit if app.entry.work == Work::Open => {
            let form = app.stage.form();
            app.entry.hasty = form.is_some_and(|form| !form.advance() && form.ready());
        }
        _ => {}
    }
}

/// The main screen with what is on this machine; the connection is tried on.
fn look_around(app: &mut App) {
    if app.who.name.is_none() {
        app.who.name = app.entry.login.as_ref().map(|(name, _)| name.clone());
    }
    app.stage = Stage::Main;
    app.ask(Command::Contacts {}, Why::Contacts);
}

fn back(app: &mut App) {
    match &app.stage {
        Stage::Ended(_) => look_around(app),
        Stage::Keys(_) => app.stage = Stage::Main,
        _ if app.who.channel.is_none() => app.stage = Stage::Welcome { error: None },
        Stage::Invite(_) | Stage::Trust { .. } => {
            let name = app.who.name.clone().or_else(|| app.entry.username.clone());
            app.stage = Stage::first(true, name.as_deref());
        }
        _ => {}
    }
}

fn submit(app: &mut App) {
    let open = app.who.channel.is_some();
    match &mut app.stage {
        Stage::Welcome { .. } => act(app, Action::StartPrivate),
        Stage::Trust { fingerprint, .. } => {
            let trusted = fingerprint.clone();
            app.entry.work = Work::Open;
            app.job(Job::Trust(trusted));
        }
        Stage::Ended(_) if app.entry.login.is_some() => {
            app.stage = Stage::LogIn(filled(app));
            entry::log_in_again(app);
        }
        Stage::Ended(_) => act(app, Action::ToLogIn),
        Stage::Register(_) | Stage::LogIn(_) if !open => {
            app.entry.work = Work::Open;
            app.job(Job::Open);
        }
        Stage::Invite(form) | Stage::Register(form) | Stage::LogIn(form) | Stage::Keys(form) => {
            if !form.advance() && form.ready() {
                send(app);
            }
        }
        Stage::Main => {}
    }
}

/// The form is right: it is sent.
fn send(app: &mut App) {
    let name_and_password =
        |form: &Form| (form.text(forms::NAME).to_owned(), Secret::from(form.text(forms::PASSWORD)));
    match &mut app.stage {
        Stage::Invite(form) => {
            let invite = form.text(0).to_owned();
            join(app, invite.trim());
        }
        Stage::Register(form) => {
            form.busy = true;
            let command = forms::registration(form);
            let login = name_and_password(form);
            let name = login.0.clone();
            app.entry.work = Work::Register;
            app.entry.login = Some(login);
            app.ask(command, Why::LogIn(name));
        }
        Stage::LogIn(form) => {
            app.entry.login = Some(name_and_password(form));
            entry::log_in_again(app);
        }
        Stage::Keys(form) => {
            let Some((_, password)) = &app.entry.login else { return };
            (form.busy, form.refused) = (true, None);
            app.entry.work = Work::Import;
            let (file, passphrase) = (form.text(0).trim().into(), form.text(1).into());
            let password = password.clone();
            app.job(Job::ImportKeys { file, passphrase, password });
        }
        _ => {}
    }
}

fn new_keys(app: &mut App) {
    let Some((_, password)) = app.entry.login.clone() else { return };
    app.entry.work = Work::NewKeys;
    app.ask(Command::NewKeys { password: password.text().to_owned() }, Why::NewKeys);
}

/// The log-in form of who is known already.
fn filled(app: &App) -> Form {
    forms::log_in(app.entry.login.as_ref().map_or("", |(name, _)| name))
}

fn join(app: &mut App, invite: &str) {
    if app.entry.work == Work::Nothing {
        app.entry.work = Work::Join;
        app.entry.retry = None;
        app.job(Job::Join(invite.to_owned()));
    }
}

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

/// A label for a form.
macro_rules! label {
    ($text:expr) => {
        |lang: Lang| $text.say(lang)
    };
}
use label;
