//! What we send: from the composer to the outbox, and as a message on the screen from the moment it is there.

use super::{one_line, scroll};
use crate::app::{App, Tone, Why, Written};
use crate::lang::chat::Chat;
use crate::lang::codes;
use std::path::Path;
use uchat_client::core::{Command, DeliveryState, Shown, ShownFile, With};
use uchat_protocol::{MessageId, Refusal};

/// What is written goes out. It is taken from the composer at once, and comes back if it is refused.
pub(super) fn send(app: &mut App) {
    let Some(to) = app.view.open.clone() else { return };
    let Some(draft) = app.view.draft() else { return };
    if draft.editor.text().trim().is_empty() {
        return draft.freed();
    }
    let text = draft.editor.take().trim_end().to_owned();
    draft.offer = None;
    if let Some(id) = draft.edits {
        draft.drop_edit();
        let command = Command::Edit { message_id: id, text: text.clone() };
        app.ask(command, Why::Edit(to, id, text));
        return;
    }
    let (size, colour, reply_to) = (draft.size, draft.colour.clone(), draft.reply_to.take());
    draft.freed();
    let written = Written { to: to.clone(), text, size, colour, reply_to };
    let Written { text, colour, .. } = written.clone();
    let command = Command::Send { to: to.clone(), text, fontsize: size, fontcolor: colour, reply_to };
    app.ask(command, Why::Send(Box::new(written)));
    app.view.typed = None;
    answered_back(app, &to);
}

/// A message of ours gets into the composer, to be changed. What was being written is set aside.
pub(super) fn edit(app: &mut App, with: With, id: MessageId, text: &str) {
    let draft = app.view.drafts.entry(with).or_default();
    let before = draft.editor.take();
    if draft.edits.is_none() && !before.is_empty() {
        draft.aside.push(before);
    }
    (draft.edits, draft.reply_to, draft.offer) = (Some(id), None, None);
    draft.editor.set(text);
    super::composer::focus(app);
}

/// A change was refused: it comes back. Another one that is being written meanwhile is set aside as a text.
pub(crate) fn not_edited(app: &mut App, with: With, id: MessageId, text: &str, refusal: &Refusal) {
    app.view.drafts.entry(with.clone()).or_default().edits = None;
    edit(app, with, id, text);
    let sentence = codes::say(app.lang(), refusal);
    app.note(Tone::Bad, sentence);
}

/// Who writes has read what is above, and sees what is written.
fn answered_back(app: &mut App, to: &With) {
    if let Some(talk) = app.talks.get_mut(to) {
        talk.unread_from = None;
    }
    scroll::to_newest(app);
}

/// It is in the outbox: from now on it is a message like the others.
pub(crate) fn queued(app: &mut App, written: Written, id: MessageId) {
    let Written { to, text, size, colour, reply_to } = written;
    let shown = Shown { text: Some(text), fontsize: size, fontcolor: colour, reply_to, ..own(app, to, id) };
    let line = one_line(&shown, app.lang());
    app.people.message(&shown, line, false);
    if let Some(talk) = app.talks.get_mut(&shown.with)
        && talk.at_end
        && talk.message(id).is_none()
    {
        talk.insert(shown);
    }
}

/// A message of ours, as it is before anything is known of it.
fn own(app: &App, with: With, id: MessageId) -> Shown {
    Shown {
        id: Some(id),
        from: Some(app.who.name.clone().unwrap_or_default()),
        with,
        seq: None,
        time: app.now,
        text: None,
        file: None,
        fontsize: 0,
        fontcolor: String::new(),
        reply_to: None,
        encrypted: app.who.channel.as_ref().is_none_or(|channel| channel.encrypted),
        mentioned: false,
        state: Some(DeliveryState::Queued),
        edited: false,
        deleted: false,
        reactions: Vec::new(),
    }
}

/// A message could not be queued: it comes back, before what was written since. Where a change of another message is
/// being written, it waits beside that.
pub(crate) fn not_sent(app: &mut App, written: Written, refusal: &Refusal) {
    let draft = app.view.drafts.entry(written.to).or_default();
    let fits = draft.put_back(written.text);
    if draft.edits.is_none() {
        draft.reply_to = draft.reply_to.or(written.reply_to);
    }
    let sentence = codes::say(app.lang(), refusal);
    app.note(Tone::Bad, sentence);
    if !fits {
        app.note(Tone::Bad, app.say(Chat::Waits));
    }
}

/// Sends a file to whom is open: from the file picker, or dropped onto the terminal.
pub(crate) fn send_file(app: &mut App, path: impl AsRef<Path>) {
    let Some(to) = app.view.open.clone() else { return };
    let path = path.as_ref().to_string_lossy().into_owned();
    app.ask(Command::SendFile { to: to.clone(), path: path.clone() }, Why::SendFile(to.clone(), path));
    answered_back(app, &to);
}

/// It is on disk that the file is to be sent: it is shown, with how far it is.
pub(crate) fn file_begun(app: &mut App, to: With, path: String, id: MessageId) {
    let name = Path::new(&path).file_name().map(|name| name.to_string_lossy().into_owned());
    let file = ShownFile {
        name: name.unwrap_or_else(|| path.clone()),
        size: 0,
        media_type: String::new(),
        path: Some(path),
        digest: None,
    };
    let shown = Shown { file: Some(file), ..own(app, to, id) };
    app.talks.begin_upload(shown);
}
