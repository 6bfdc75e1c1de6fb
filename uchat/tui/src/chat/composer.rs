//! The composer: what is being written in the conversation that is open, and what keys, clicks and pastes do to it.

use super::font::{PALETTE, Size};
use super::menu::fits;
use super::outgoing::{edit, send, send_file};
use super::{dropped, scroll};
use crate::action::{Action, Key};
use crate::app::{App, Effect, Focus, Offer, Tone, Why};
use crate::form::edit_of;
use crate::lang::Say;
use crate::lang::chat::Chat;
use crate::text::Edit;
use crossterm::event::KeyCode;
use ratatui::layout::Position;
use uchat_client::core::Command;

/// A key that is no action.
pub(crate) fn key(app: &mut App, key: Key) {
    if app.view.selected.is_some() {
        match key.code {
            KeyCode::Up => return super::menu::step(app, true),
            KeyCode::Down => return super::menu::step(app, false),
            _ => {}
        }
    }
    let (width, cells) = (usize::from(app.view.composer.width), app.settings.cells);
    let Some(draft) = app.view.draft() else { return };
    let editor = &mut draft.editor;
    if let Some(c) = key.typed() {
        let fitted = editor.insert(c.encode_utf8(&mut [0; 4]));
        draft.offer = None;
        focus(app);
        return if fitted { typing(app) } else { left_out(app, c.len_utf8()) };
    }
    match key.code {
        KeyCode::Home if editor.is_empty() => scroll::to_oldest(app),
        KeyCode::End if editor.is_empty() => scroll::to_newest(app),
        KeyCode::Up | KeyCode::Down => {
            if editor.is_empty() && key.code == KeyCode::Up {
                return edit_last(app);
            }
            let (rows, end) = if key.code == KeyCode::Up { (-1, Edit::Top) } else { (1, Edit::Bottom) };
            if !editor.move_rows(rows, width, cells) {
                editor.edit(end);
            }
        }
        _ => {
            let Some(edit) = edit_of(key) else { return };
            let before = editor.text().len();
            editor.edit(edit);
            if editor.text().len() != before {
                draft.offer = None;
                typing(app);
            }
        }
    }
}

/// Text at the caret: what is pasted, an emoji that was chosen. It is text whatever stands in it.
pub(crate) fn insert(app: &mut App, text: &str) {
    focus(app);
    let Some(draft) = app.view.draft() else { return };
    let before = draft.editor.text().to_owned();
    let all = draft.editor.insert(text);
    let grown = draft.editor.text().len().saturating_sub(before.len());
    draft.offer = dropped::paths(text).map(|paths| Offer { paths, before });
    if !all {
        left_out(app, text.len().saturating_sub(grown));
    }
    typing(app);
}

fn left_out(app: &mut App, bytes: usize) {
    let text = Chat::LeftOut.fill(app.lang(), &[("count", &bytes.to_string())]);
    app.note(Tone::Bad, text);
}

/// What is written goes into the composer.
pub(crate) fn focus(app: &mut App) {
    super::select(app, None);
    app.view.focus = Focus::Composer;
    app.people.typed.clear();
}

/// Tells the other side that we are writing, now and then.
fn typing(app: &mut App) {
    let Some(with) = app.view.open.clone() else { return };
    let Some(draft) = app.view.draft() else { return };
    if draft.editor.is_empty() || draft.edits.is_some() {
        return;
    }
    let now = app.now;
    let told = app.view.typed.as_ref();
    if told.is_none_or(|(to, last)| *to != with || now.saturating_sub(*last) >= TYPING) {
        app.view.typed = Some((with.clone(), now));
        app.ask(Command::Typing { with }, Why::Typing);
    }
}

/// Puts the caret where it was clicked.
pub(crate) fn click(app: &mut App, at: Position) {
    focus(app);
    let (width, cells) = (usize::from(app.view.composer.width), app.settings.cells);
    if let Some(draft) = app.view.draft() {
        draft.editor.click(draft.from + usize::from(at.y), usize::from(at.x), width, cells);
    }
}

/// What an action does here; tells whether it was for the composer.
pub(crate) fn act(app: &mut App, action: Action) -> bool {
    match action {
        Action::Send => send(app),
        Action::NewLine => {
            if let Some(draft) = app.view.draft() {
                draft.editor.insert("\n");
            }
        }
        Action::Clear => match app.view.draft() {
            Some(draft) if !draft.editor.is_empty() => {
                draft.editor.take();
                draft.offer = None;
                draft.freed();
            }
            _ => app.effect(Effect::Quit),
        },
        Action::Colour => {
            let Some(draft) = app.view.draft() else { return true };
            let next = (palette_place(&draft.colour) + 1) % PALETTE.len();
            choose_colour(app, next);
        }
        Action::Size => {
            if let Some(draft) = app.view.draft() {
                draft.size = Size::next(draft.size);
            }
        }
        Action::SendPasted => send_pasted(app),
        Action::Close => return close(app),
        _ => return false,
    }
    true
}

/// Drops the offer, the change or the reply; tells whether there was one.
fn close(app: &mut App) -> bool {
    let Some(draft) = app.view.draft() else { return false };
    if draft.offer.take().is_some() {
        return true;
    }
    draft.drop_edit() || draft.reply_to.take().is_some()
}

/// The last of our messages that can be edited is.
fn edit_last(app: &mut App) {
    let Some(with) = app.view.open.clone() else { return };
    let Some(talk) = app.talks.get(&with) else { return };
    let mut lines = talk.lines().iter().rev();
    let last = lines.find(|line| fits(Action::Edit, line)).map(|line| line.shown.clone());
    if let Some((id, text)) = last.and_then(|last| last.id.zip(last.text)) {
        edit(app, with, id, &text);
    }
}

/// A colour of the palette.
pub(crate) fn choose_colour(app: &mut App, place: usize) {
    if let (Some(draft), Some((colour, _))) = (app.view.draft(), PALETTE.get(place)) {
        (*colour).clone_into(&mut draft.colour);
    }
}

/// Where a colour stands in the palette.
pub(super) fn palette_place(colour: &str) -> usize {
    PALETTE.iter().position(|(known, _)| *known == colour).unwrap_or(0)
}

fn send_pasted(app: &mut App) {
    let Some(draft) = app.view.draft() else { return };
    let Some(offer) = draft.offer.take() else { return };
    draft.editor.set(&offer.before);
    draft.freed();
    offer.paths.into_iter().for_each(|path| send_file(app, path));
}

/// Not more than one notice of typing in so many milliseconds.
const TYPING: u64 = 4_000;
