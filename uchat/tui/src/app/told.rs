//! What the client answers and tells, and what came of jobs.

use super::asked::Why;
use super::{App, Done, Effect, Job, Tone, rings};
use crate::lang::overlays::Over;
use crate::lang::{Say, codes};
use crate::overlays::Overlay;
use crate::screens::{self, Stage};
use crate::{chat, inspector, overlays};
use std::path::PathBuf;
use uchat_client::core::{Answer, Command, CommandId, Connection, Notice, Shown, With};
use uchat_client::runtime::Told;
use uchat_protocol::{Code, Refusal};

pub(super) fn told(app: &mut App, told: Told) {
    match told {
        Told::Answer(id, result) => {
            if let Some(why) = app.asked.close(id) {
                answer(app, id, why, result);
            }
        }
        Told::Notice(notice) => self::notice(app, notice),
    }
}

fn answer(app: &mut App, id: CommandId, why: Why, result: Result<Answer, Refusal>) {
    match (why, result) {
        (Why::LogIn(name), Ok(_)) => logged_in(app, name),
        (Why::LogIn(_), Err(refusal)) => screens::refused(app, &refusal),
        (Why::NewKeys, result) => screens::keys_made(app, result.map(drop)),
        (Why::Contacts, Ok(Answer::Contacts { contacts })) => app.people.learn(contacts),
        (Why::Profile, Ok(Answer::Profile(about))) => app.who.learn(about),
        (Why::Members(room), Ok(Answer::Members { members })) => {
            app.people.members.insert(room, members);
        }
        (Why::History(with, page), result) => chat::history(app, &with, page, result),
        (Why::Overlay, result) => overlays::answered(app, id, result),
        (Why::Answered(name, _), Err(refusal)) => {
            if !app.people.requests.contains(&name) {
                app.people.requests.push(name);
            }
            app.refuse(&refusal);
        }
        (Why::Tell(sentence) | Why::Answered(_, sentence), Ok(_)) => app.note(Tone::Good, sentence),
        (Why::Send(written), Ok(Answer::MessageId { message_id })) => chat::queued(app, *written, message_id),
        (Why::Send(written), Err(refusal)) => chat::not_sent(app, *written, &refusal),
        (Why::SendFile(to, path), Ok(Answer::MessageId { message_id })) => {
            chat::file_begun(app, to, path, message_id);
        }
        (Why::Edit(with, id, text), Err(refusal)) => chat::not_edited(app, with, id, &text, &refusal),
        (Why::Typing | Why::Picture | Why::Profile, _) => {}
        (Why::LogOut, _) => screens::logged_out(app),
        (Why::DeleteAccount, Ok(_)) => {
            screens::logged_out(app);
            app.note(Tone::Good, app.say(Over::AccountDeleted));
        }
        (Why::DeleteAccount, refused) => overlays::answered(app, id, refused),
        (_, Err(refusal)) => app.refuse(&refusal),
        (_, Ok(_)) => {}
    }
}

impl App {
    /// Tells the user that something was refused, in the language of the screen.
    pub(crate) fn refuse(&mut self, refusal: &Refusal) {
        screens::look_at(self, refusal);
        let text = codes::say(self.lang(), refusal);
        self.note(Tone::Bad, text);
    }
}

/// In: the main screen, with what is known already.
fn logged_in(app: &mut App, name: String) {
    if app.who.name.as_ref().is_some_and(|before| *before != name) {
        app.forget_user();
    }
    app.job(Job::RememberUser(Some(name.clone())));
    app.who.name = Some(name);
    app.who.shares = super::Shares::default();
    screens::inside(app);
    app.ask(Command::Contacts {}, Why::Contacts);
}

fn notice(app: &mut App, notice: Notice) {
    match notice {
        Notice::Connection { state, reason, retry_in, code } => {
            app.who.connection = Some(state);
            app.who.reason = reason;
            app.who.code = code.and_then(Code::from_name);
            app.who.retry_at = retry_in.map(|pause| app.now.saturating_add(pause));
            super::who::tick(app);
            app.people.forget_members();
            if state == Connection::Online && matches!(app.stage, Stage::Main) {
                app.ask(Command::Contacts {}, Why::Contacts);
            }
            screens::connection(app, state, code);
        }
        Notice::Message(message) => self::message(app, message),
        Notice::Changed(message) => chat::changed(app, message),
        Notice::Delivery { id, state, seq, time, changes, reason, code } => {
            let stored = seq.zip(time);
            chat::delivered(app, chat::Delivery { id, state, stored, changes, reason, code });
            inspector::moved(app, id);
        }
        Notice::Unread { with, unread, mentioned } => {
            if let Some(entry) = app.people.entry_mut(&with) {
                (entry.unread, entry.mentioned) = (unread, mentioned);
            }
        }
        Notice::FriendRequest { username } => {
            if !app.people.requests.contains(&username) {
                rings::ring_request(app, &username);
                app.people.requests.push(username);
            }
        }
        Notice::Friend { username, online, .. } => {
            app.people.requests.retain(|name| *name != username);
            app.people.add(With::User(username.clone()), username, online);
        }
        Notice::FriendDeleted { username } => gone(app, &With::User(username)),
        Notice::Presence { username, online, ip, port } => app.people.presence(&username, online, ip, port),
        Notice::Room { room, name, member: true } => app.people.add(With::Room(room), name, true),
        Notice::Room { room, member: false, .. } => gone(app, &With::Room(room)),
        Notice::Member { room, username, online } => {
            let members = app.people.members.get_mut(&room);
            let member = members.and_then(|list| list.iter_mut().find(|member| member.name == username));
            if let Some(member) = member {
                member.online = online;
            }
        }
        Notice::KeyChanged { username } => {
            if let Some(entry) = app.people.entry_mut(&With::User(username)) {
                entry.key_changed = true;
            }
        }
        Notice::FileProgress { id, done, total } => chat::file_progress(app, id, done, total),
        Notice::FileSaved { id, path } => chat::file_saved(app, id, path),
        Notice::FileFailed { id, reason, code } => chat::file_failed(app, id, reason, code),
        Notice::Typing { with, .. } => {
            let until = app.now + TYPING;
            if let Some(entry) = app.people.entry_mut(&with) {
                entry.typing_until = until;
                app.effect(Effect::WakeAt(until));
            }
        }
        Notice::Notice { text } if screens::keys_are_missing(app, &text) => {}
        Notice::Notice { text } => app.note(Tone::Good, codes::known(app.lang(), &text)),
    }
}

/// A message: into its conversation, the list, and, if nobody looks at it, to the user's attention.
fn message(app: &mut App, message: Shown) {
    let ours = message.state.is_some();
    if let (With::Room(room), None) = (&message.with, &message.from) {
        app.people.members_changed(*room); // such a line says who has come or gone
    }
    let of_person = message.from.is_some() && !ours;
    let looked_at = chat::is_looked_at(app, &message.with);
    let line = chat::one_line(&message, app.lang());
    app.people.message(&message, line, of_person);
    if of_person {
        rings::ring(app, &message);
    }
    chat::came(app, message, looked_at);
}

/// A contact is gone.
fn gone(app: &mut App, with: &With) {
    app.people.list.retain(|entry| entry.with != *with);
    if app.view.open.as_ref() == Some(with) {
        chat::close(app);
    }
}

/// What came of a job.
pub(super) fn done(app: &mut App, done: Done) {
    match done {
        Done::Opened(channel, username) => {
            if app.who.channel.as_ref().is_some_and(|before| before.server != channel.server) {
                app.forget_user();
                screens::elsewhere(app);
            }
            app.who.channel = Some(channel);
            screens::opened(app, username);
        }
        Done::NotOpened(sentence) => screens::not_opened(app, codes::failed(app.lang(), &sentence)),
        Done::Untrusted { server, fingerprint } => screens::untrusted(app, server, fingerprint),
        Done::Imported(result) => {
            let lang = app.lang();
            screens::imported(app, result.map_err(|sentence| codes::failed(lang, &sentence)));
        }
        Done::NotSaved(sentence) => app.note(Tone::Bad, codes::failed(app.lang(), &sentence)),
        Done::Image(request, found) => app.album.learn(request, found),
        Done::Inspected(id, layers) => inspector::found(app, id, layers),
        Done::Exported(result) if !matches!(app.overlay, Some(Overlay::Export(_))) => exported(app, result),
        done @ (Done::Listed(..) | Done::Exported(..)) => overlays::done(app, done),
    }
}

/// Nobody waits for it any more, but where a whole conversation stands unencrypted must be told.
fn exported(app: &mut App, result: Result<PathBuf, String>) {
    match result {
        Ok(path) => {
            let path = path.display().to_string();
            app.note(Tone::Good, Over::WrittenTo.fill(app.lang(), &[("path", &path)]));
        }
        Err(sentence) => app.note(Tone::Bad, codes::failed(app.lang(), &sentence)),
    }
}

/// How long a friend counts as typing after the last sign of it, in milliseconds.
const TYPING: u64 = 6_000;
