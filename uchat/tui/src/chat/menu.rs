//! What can be done with the message that is selected: a bar of buttons, and each of these things.

use super::{attachment, history, one_line, rich, scroll};
use crate::action::Action;
use crate::app::{App, Effect, Line, Tone, Why};
use crate::area::after;
use crate::draw::Pen;
use crate::hit::Target;
use crate::lang::chat::Chat;
use crate::theme::Role;
use ratatui::layout::Rect;
use uchat_client::core::{Command, DeliveryState, With};
use uchat_protocol::MessageId;

/// What the bar offers, in its order.
const OFFERED: [(Action, Chat); 12] = [
    (Action::Retry, Chat::TryAgain),
    (Action::CancelFile, Chat::Cancel),
    (Action::SaveFile, Chat::Save),
    (Action::Reply, Chat::MenuReply),
    (Action::React, Chat::MenuReact),
    (Action::Edit, Chat::MenuEdit),
    (Action::Delete, Chat::MenuDelete),
    (Action::Copy, Chat::MenuCopy),
    (Action::CopyLinks, Chat::MenuLinks),
    (Action::JumpToReplied, Chat::MenuReplied),
    (Action::Inspect, Chat::MenuInspect),
    (Action::Close, Chat::MenuDone),
];

/// Whether this can be done with this message. A message of ours that the server has, and that is not deleted, can
/// be changed; only texts can be edited.
pub(super) fn fits(action: Action, line: &Line) -> bool {
    let shown = &line.shown;
    let (ours, stored) = (shown.state.is_some(), shown.seq.is_some() && !shown.deleted);
    match action {
        Action::Retry => shown.state == Some(DeliveryState::Failed) || line.failed.is_some(),
        Action::Edit => ours && stored && shown.text.is_some(),
        Action::Delete => ours && stored,
        Action::React => stored,
        Action::CancelFile => attachment::can_cancel(line),
        Action::SaveFile => attachment::can_save(line) && !shown.deleted,
        Action::CopyLinks => shown.text.as_deref().is_some_and(|text| !rich::links(text).is_empty()),
        Action::JumpToReplied => shown.reply_to.is_some(),
        Action::Reply => stored,
        Action::Copy => !shown.deleted,
        Action::Inspect | Action::Close => true,
        _ => false,
    }
}

/// Whether this can be done with the message that is selected.
pub(crate) fn fits_selected(app: &App, action: Action) -> bool {
    selected(app).is_some_and(|(_, _, line)| fits(action, line))
}

/// The message that is selected.
pub(crate) fn selected(app: &App) -> Option<(With, MessageId, &Line)> {
    let (with, id) = (app.view.open.clone()?, app.view.selected?);
    let talk = app.talks.get(&with)?;
    let line = &talk.lines()[talk.index(id)?];
    Some((with, id, line))
}

/// How many rows the bar takes: none if no message is selected.
pub(crate) fn rows(app: &App, width: u16) -> u16 {
    let places = places(app, width);
    places.last().map_or(0, |(_, row, ..)| (row + 1).min(MOST))
}

/// Draws it.
pub(crate) fn draw(app: &App, pen: &mut Pen<'_>, area: Rect) {
    for (column, row, action, key, text) in places(app, area.width) {
        if row >= area.height {
            return;
        }
        let line = Rect { y: area.y + row, height: 1, ..area };
        let place = after(line, column);
        let mut used = pen.put(place, &key, Role::Button);
        used += u16::from(used > 0);
        used += pen.put(after(place, used), text, Role::Text);
        pen.hits.add(Rect { width: used, ..place }, Target::Do(action));
    }
}

/// Where each button stands: column, row, what it does, its key, its text.
fn places(app: &App, width: u16) -> Vec<(u16, u16, Action, String, &'static str)> {
    let Some((_, _, line)) = selected(app) else { return Vec::new() };
    let (mut column, mut row) = (0_u16, 0_u16);
    let mut places = Vec::new();
    for (action, text) in OFFERED.into_iter().filter(|(action, _)| fits(*action, line)) {
        let text = match action {
            Action::Delete if app.view.deletes == app.view.selected => Chat::MenuDeleteNow,
            _ => text,
        };
        let (key, text) = (app.settings.keymap.shown(action), app.say(text));
        let cells = app.settings.cells.width(&key) + 1 + app.settings.cells.width(text);
        let cells = u16::try_from(cells).unwrap_or(u16::MAX);
        if column > 0 && column.saturating_add(cells) > width {
            (column, row) = (0, row + 1);
        }
        places.push((column, row, action, key, text));
        column = column.saturating_add(cells + 3);
    }
    places
}

/// Selects the message above or below; from none, the lowest one that is shown.
pub(crate) fn step(app: &mut App, up: bool) {
    let Some(with) = app.view.open.clone() else { return };
    let lowest = scroll::lowest_shown(app);
    let Some(talk) = app.talks.get(&with) else { return };
    let current = app.view.selected.and_then(|id| talk.index(id));
    let is_message = |at: &usize| talk.lines()[*at].shown.id.is_some();
    let next = match (current, up) {
        (Some(at), true) => (0..at).rev().find(is_message).or(Some(at)),
        (Some(at), false) => (at + 1..talk.lines().len()).find(is_message),
        (None, _) => lowest.and_then(|at| (0..=at).rev().find(is_message)),
    };
    let id = next.and_then(|at| talk.lines()[at].shown.id);
    super::select(app, id);
    match next {
        Some(at) => scroll::show(app, at),
        None => scroll::to_newest(app), // below the last one is the composer
    }
}

/// The folder for the files of a conversation.
pub(super) fn folder_of(app: &App, with: &With) -> String {
    let folder = app.settings.downloads.join(folder(&app.people.name(with)));
    folder.to_string_lossy().into_owned()
}

/// Does something with the message that is selected; tells whether it was for that.
pub(crate) fn act(app: &mut App, action: Action) -> bool {
    let Some((with, id, line)) = selected(app) else { return false };
    if !fits(action, line) {
        return matches!(
            action,
            Action::Retry
                | Action::CancelFile
                | Action::SaveFile
                | Action::CopyLinks
                | Action::JumpToReplied
                | Action::Reply
                | Action::Edit
                | Action::Delete
                | Action::React
        );
    }
    let (shown, failed) = (line.shown.clone(), line.failed);
    match action {
        Action::Edit => super::outgoing::edit(app, with, id, shown.text.as_deref().unwrap_or_default()),
        Action::Delete if app.view.deletes == Some(id) => {
            app.ask(Command::Delete { message_id: id }, Why::Nothing);
            super::select(app, None);
        }
        Action::Delete => app.view.deletes = Some(id),
        Action::Reply => {
            if let Some(draft) = app.view.draft() {
                draft.drop_edit();
                draft.reply_to = Some(id);
            }
            super::composer::focus(app);
        }
        Action::Copy => {
            let text = match (&shown.text, &shown.file) {
                (Some(text), _) => rich::clean(text),
                (None, Some(file)) => rich::clean(file.path.as_deref().unwrap_or(&file.name)),
                (None, None) => one_line(&shown, app.lang()),
            };
            copy(app, text);
        }
        Action::CopyLinks => {
            let links = rich::links(shown.text.as_deref().unwrap_or_default()).join("\n");
            copy(app, links);
        }
        Action::Retry => match shown.file.and_then(|file| file.media_type.is_empty().then_some(file.path)) {
            // A file that never came as far as the outbox: from the start.
            Some(path) => {
                if let Some(talk) = app.talks.get_mut(&with) {
                    talk.remove(id);
                }
                super::select(app, None);
                super::send_file(app, path.unwrap_or_default());
            }
            None => {
                app.ask(Command::Retry { message_id: failed.unwrap_or(id) }, Why::Nothing);
            }
        },
        Action::SaveFile => {
            let path = folder_of(app, &with);
            app.album.asked_for(id);
            app.ask(Command::SaveFile { message_id: id, path }, Why::Nothing);
        }
        Action::CancelFile => drop(app.ask(Command::CancelFile { message_id: id }, Why::Nothing)),
        Action::JumpToReplied => {
            if let Some(replied) = shown.reply_to {
                history::to_replied(app, replied);
            }
        }
        _ => return false,
    }
    true
}

/// Reacts to a message, or takes the same reaction back.
pub(crate) fn react(app: &mut App, id: MessageId, emoji: String) {
    let me = app.who.name.as_deref().unwrap_or_default();
    let talk = app.view.open.as_ref().and_then(|with| app.talks.get(with));
    let reactions = talk.and_then(|talk| talk.message(id)).map(|shown| shown.reactions.as_slice());
    let same = reactions.unwrap_or_default().iter().find(|reaction| reaction.emoji == emoji);
    let on = !same.is_some_and(|reaction| reaction.from.iter().any(|name| name == me));
    app.ask(Command::React { message_id: id, emoji, on }, Why::Nothing);
}

/// Into the clipboard of the terminal.
pub(crate) fn copy(app: &mut App, text: String) {
    app.effect(Effect::Copy(text));
    app.note(Tone::Good, app.say(Chat::Copied));
}

/// A conversation's name as the name of a folder.
fn folder(name: &str) -> String {
    let safe = |c: char| if c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '#') { c } else { '_' };
    name.chars().map(safe).collect()
}

/// The most rows of the bar.
const MOST: u16 = 2;
