//! What the actions of the first screens do.

use super::entry::{self, Work};
use super::forms;
use super::{Secret, Stage};
use crate::action::Action;
use crate::app::{App, Job, Why};
use crate::form::Form;
use uchat_client::core::Command;

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

pub(super) fn submit(app: &mut App) {
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
    app.ask(Command::NewKeys { password }, Why::NewKeys);
}

/// The log-in form of who is known already.
pub(super) fn filled(app: &App) -> Form {
    forms::log_in(app.entry.login.as_ref().map_or("", |(name, _)| name))
}

pub(super) fn join(app: &mut App, invite: &str) {
    if app.entry.work == Work::Nothing {
        app.entry.work = Work::Join;
        app.entry.retry = None;
        app.job(Job::Join(invite.to_owned()));
    }
}
