//! What the client tells of messages and files that are on the screen.

use super::{history, one_line};
use crate::app::{App, Tone, is_of_others};
use crate::lang::chat::Chat;
use crate::lang::{Say, codes};
use uchat_client::core::{DeliveryState, Shown};
use uchat_protocol::{Code, MessageId, Refusal, fields};

/// A message has come. What nobody looks at begins below the line `unread`.
pub(crate) fn came(app: &mut App, message: Shown, looked_at: bool) {
    let Some(talk) = app.talks.get_mut(&message.with) else { return };
    let of_others = is_of_others(&message);
    let is_new = message.id.is_none_or(|id| talk.message(id).is_none());
    if of_others && is_new && (talk.top.is_some() || !talk.at_end) {
        talk.below += 1;
    }
    if of_others && !looked_at && talk.unread_from.is_none() {
        talk.unread_from = message.seq;
    }
    if talk.at_end {
        talk.insert(message);
    }
}

/// How far a message of ours has come, or a change of one.
pub(crate) struct Delivery<'a> {
    pub(crate) id: MessageId,
    pub(crate) state: DeliveryState,
    /// Its number and its time, as soon as it has them.
    pub(crate) stored: Option<(u64, u64)>,
    /// The message that it changes, if it is a change.
    pub(crate) changes: Option<MessageId>,
    pub(crate) reason: Option<String>,
    pub(crate) code: Option<&'a str>,
}

/// A message of ours has come further.
pub(crate) fn delivered(app: &mut App, delivery: Delivery<'_>) {
    let Delivery { id, state, stored, changes, reason, code } = delivery;
    let reason = reason.map(|reason| sentence(app, reason, code));
    if let Some(changed) = changes {
        let failed = state == DeliveryState::Failed;
        if let Some((_, talk)) = app.talks.holding(changed) {
            talk.change(changed, |line| {
                (line.failed, line.reason) = (failed.then_some(id), reason);
            });
        }
        return;
    }
    let uploaded = app.talks.end_upload(id).is_some();
    let Some((with, talk)) = app.talks.holding(id) else { return };
    let with = with.clone();
    let unknown = talk.state(id, state, reason, stored);
    if uploaded {
        talk.change(id, |line| line.progress = None);
    }
    if unknown || uploaded {
        history::refresh(app, &with);
    }
}

/// A message was edited or deleted, or somebody reacted to it.
pub(crate) fn changed(app: &mut App, message: Shown) {
    let line = one_line(&message, app.lang());
    if let Some(entry) = app.people.entry_mut(&message.with).filter(|entry| entry.time == message.time) {
        entry.last = Some(line);
    }
    let known = message.id.and_then(|id| app.talks.holding(id));
    if let Some((_, talk)) = known {
        talk.insert(message);
    }
}

/// A file is so far.
pub(crate) fn file_progress(app: &mut App, id: MessageId, done: u64, total: u64) {
    if let Some((_, talk)) = app.talks.holding(id) {
        talk.change(id, |line| line.progress = Some((done, total)));
    }
}

/// A file was saved.
pub(crate) fn file_saved(app: &mut App, id: MessageId, path: String) {
    app.album.forget(&path);
    let text = Chat::SavedAt.fill(app.lang(), &[("path", &fields::one_line(&path))]);
    if let Some((_, talk)) = app.talks.holding(id) {
        talk.change(id, |line| {
            (line.progress, line.reason) = (None, None);
            if let Some(file) = &mut line.shown.file {
                (file.path, file.digest) = (Some(path), None);
            }
        });
    }
    if !app.album.is_automatic(id) {
        app.note(Tone::Good, text);
    }
}

/// A file could not be saved, or not be sent, or somebody did not want it any more.
pub(crate) fn file_failed(app: &mut App, id: MessageId, reason: String, code: &str) {
    let upload = app.talks.end_upload(id).is_some();
    let cancelled = code == Code::Cancelled.name();
    let reason = sentence(app, reason, Some(code));
    if let Some((_, talk)) = app.talks.holding(id) {
        if upload && cancelled {
            talk.remove(id);
            if app.view.selected == Some(id) {
                super::select(app, None);
            }
        } else {
            talk.change(id, |line| {
                line.progress = None;
                line.reason = (!cancelled).then(|| reason.clone());
                if upload {
                    line.shown.state = Some(DeliveryState::Failed);
                }
            });
        }
    }
    if !app.album.is_automatic(id) {
        let tone = if cancelled { Tone::Good } else { Tone::Bad };
        app.note(tone, reason);
    }
}

/// A reason in the language of the screen, if its code is known; else as the client has said it.
fn sentence(app: &App, reason: String, code: Option<&str>) -> String {
    match code.and_then(Code::from_name) {
        Some(code) => codes::say(app.lang(), &Refusal::because(code, reason)),
        None => fields::one_line(&reason),
    }
}
