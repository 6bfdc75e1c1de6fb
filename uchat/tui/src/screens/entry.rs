//! On the way in: what is kept from one first screen to the next, and what goes on by itself with time.

use super::{Stage, forms, refused};
use crate::app::{App, Effect, Job, Tone, Why};
use crate::chat;
use crate::lang::start::Start;
use uchat_client::core::{Command, Connection, Secret, With};
use uchat_protocol::{Code, Refusal};

/// What the screen waits for, on the way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Work {
    #[default]
    Nothing,
    StartPrivate,
    Join,
    Open,
    Register,
    LogIn,
    Import,
    NewKeys,
}

/// On the way in.
#[derive(Debug, Clone, Default)]
pub struct Entry {
    /// What is being done.
    pub(super) work: Work,
    /// Who logs in. Kept while the program runs, so that one key logs in again; the client keeps it as well.
    pub(super) login: Option<(String, Secret)>,
    /// Whom the options or the profile name.
    pub(super) username: Option<String>,
    /// When the log-in is tried again, in milliseconds since 1970, and how often it was.
    pub(super) retry: Option<(u64, u32)>,
    /// The account was made just now: the chat with the friend echo opens as soon as it is there.
    pub(super) new_here: bool,
    /// Whether the first hints are shown.
    pub(super) hints: bool,
    /// Whether the client has said that the keys of this account are not here.
    pub(super) keys_missing: bool,
    /// Whether the form was sent before there was a client: it is sent as soon as there is.
    pub(super) hasty: bool,
    /// When the next tick comes that moves what moves.
    ticks_at: u64,
}

/// What happens at the very start.
pub(crate) fn begin(app: &mut App, knows_server: bool, username: Option<String>, password: Option<Secret>) {
    app.entry.login = username.clone().zip(password);
    app.entry.username = username;
    if knows_server {
        app.entry.work = Work::Open;
        app.job(Job::Open);
    }
}

/// After each event: what goes on by itself.
pub(crate) fn step(app: &mut App) {
    let at = app.entry.retry.map(|(at, _)| at);
    if at.is_some_and(|at| at <= app.now) && app.entry.work == Work::Nothing {
        log_in_again(app);
    }
    let echo = With::User(ECHO.to_owned());
    if app.entry.new_here && app.people.entry(&echo).is_some() {
        app.entry.new_here = false;
        app.entry.hints = true;
        if app.view.open.is_none() {
            chat::open(app, echo);
        }
    }
    let moves = app.entry.work != Work::Nothing || app.entry.retry.is_some();
    if moves && app.entry.ticks_at <= app.now {
        app.entry.ticks_at = app.now + TICK;
        app.effect(Effect::WakeAt(app.entry.ticks_at));
    }
}

/// Logs in as who was named last.
pub(super) fn log_in_again(app: &mut App) {
    let Some((username, password)) = app.entry.login.clone() else { return };
    app.entry.work = Work::LogIn;
    app.entry.keys_missing = false;
    if let Some(form) = app.stage.form() {
        (form.busy, form.refused) = (true, None);
    }
    app.ask(Command::Login { username: username.clone(), password }, Why::LogIn(username));
}

/// The server cannot be reached: tried again by itself, with pauses that grow.
pub(super) fn try_later(app: &mut App) {
    let tries = app.entry.retry.map_or(0, |(_, tries)| tries);
    let pause = FIRST_PAUSE.saturating_mul(1 << tries.min(8)).min(LONGEST_PAUSE);
    app.entry.retry = Some((app.now + pause, tries + 1));
}

/// Somebody does not want to wait for the next try. Who has not been in yet is logged in; else the client connects.
pub(crate) fn try_now(app: &mut App) {
    let waits = app.entry.work == Work::Nothing;
    match app.who.connection {
        Some(Connection::Online | Connection::Connecting) => {}
        _ if app.entry.retry.is_some() && waits => log_in_again(app),
        _ if waits => drop(app.ask(Command::Reconnect {}, Why::Nothing)),
        _ => {}
    }
}

/// In: the main screen, or what must be settled before.
pub(crate) fn inside(app: &mut App) {
    app.entry.new_here =
        app.entry.work == Work::Register && app.who.channel.as_ref().is_some_and(|channel| channel.private);
    (app.entry.work, app.entry.retry) = (Work::Nothing, None);
    if !matches!(app.stage, Stage::Main) {
        app.overlay = None;
        app.stage = Stage::Main;
    }
    if app.entry.keys_missing {
        app.stage = Stage::Keys(forms::keys());
    }
}

/// The connection has changed.
pub(crate) fn connection(app: &mut App, state: Connection, code: Option<&str>) {
    let ended = matches!(state, Connection::Replaced | Connection::Refused);
    if ended && matches!(app.stage, Stage::Main | Stage::Keys(_)) && app.entry.work == Work::Nothing {
        let text = app.who.reason.clone().unwrap_or_default();
        let code = code.and_then(Code::from_name).unwrap_or(Code::ServerError);
        app.overlay = None;
        app.entry.retry = None;
        app.stage = Stage::Ended(Refusal::because(code, text));
    }
}

/// Whether this sentence of the client says that the keys of the account are not here.
pub(crate) fn keys_are_missing(app: &mut App, text: &str) -> bool {
    let same = Code::NoOwnKeys.text().split(';').next().is_some_and(|start| text.starts_with(start));
    app.entry.keys_missing |= same;
    same
}

/// Something was refused: without keys nothing goes on.
pub(crate) fn look_at(app: &mut App, refusal: &Refusal) {
    if refusal.code == Code::NoOwnKeys && matches!(app.stage, Stage::Main) {
        app.overlay = None;
        app.stage = Stage::Keys(forms::keys());
    }
}

/// Keys were taken in, or not. The client has been opened anew.
pub(crate) fn imported(app: &mut App, result: Result<(), String>) {
    app.entry.work = Work::Nothing;
    match result {
        Ok(()) => log_in_again(app),
        Err(sentence) => {
            if let Some(form) = app.stage.form() {
                (form.busy, form.refused) = (false, Some(sentence));
            }
        }
    }
}

/// New keys are made, or not.
pub(crate) fn keys_made(app: &mut App, result: Result<(), Refusal>) {
    app.entry.work = Work::Nothing;
    match result {
        Ok(()) => {
            app.entry.keys_missing = false;
            app.stage = Stage::Main;
            let done = app.say(Start::KeysDone);
            app.note(Tone::Good, done);
        }
        Err(refusal) => refused(app, &refusal),
    }
}

/// The user who answers everything, on every server that this program starts.
const ECHO: &str = "echo";
/// How often what moves is drawn anew, in milliseconds.
const TICK: u64 = 120;
const FIRST_PAUSE: u64 = 2_000;
const LONGEST_PAUSE: u64 = 60_000;
