//! Keys, clicks and what is pasted: each finds what it is for, the nearest first.

use super::{App, Effect, Focus, list};
use crate::action::{Action, Key, Place};
use crate::hit::{Pane, Target};
use crate::overlays::Overlay;
use crate::screens::{self, Stage};
use crate::{chat, inspector, overlays};
use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

/// A key: an overlay takes what it needs, and so does the inspector where it has the focus; then the table of actions,
/// then what has the focus.
pub(super) fn key(app: &mut App, key: Key) {
    if app.overlay.is_some() && overlays::key(app, key) {
        return;
    }
    let looks_inside = app.overlay.is_none() && matches!(app.stage, Stage::Main) && !app.is_on_list();
    if looks_inside && app.view.focus == Focus::Inspector && inspector::key(app, key) {
        return;
    }
    let places = app.places();
    if let Some(action) = app.settings.keymap.action(key, &places) {
        return act(app, action);
    }
    match (&app.overlay, &app.stage) {
        (Some(_), _) => {}
        (None, Stage::Main) if app.is_on_list() => list::key(app, key),
        (None, Stage::Main) => chat::key(app, key),
        (None, _) => screens::key(app, key),
    }
}

/// The mouse: a click does what was written down for its place when it was drawn.
pub(super) fn mouse(app: &mut App, mouse: MouseEvent) {
    let (x, y) = (mouse.column, mouse.row);
    let rows: isize = match mouse.kind {
        MouseEventKind::Down(MouseButton::Left) => {
            let hit = app.hits.at(x, y).map(|(area, target)| (area, target.clone()));
            if let Some((area, target)) = hit {
                click(app, target, Position::new(x - area.x, y - area.y));
            }
            return;
        }
        MouseEventKind::ScrollUp => -WHEEL,
        MouseEventKind::ScrollDown => WHEEL,
        _ => return,
    };
    match app.hits.pane_at(x, y) {
        Some(Pane::Contacts) => list::scroll(app, rows),
        Some(Pane::Messages) => chat::scroll(app, rows),
        Some(Pane::Inspector) => inspector::scroll(app, rows),
        Some(Pane::Overlay) => overlays::scroll(app, rows),
        None => {}
    }
}

/// A click on this target; `at` is where in its area.
pub fn click(app: &mut App, target: Target, at: Position) {
    use Target::{Do, Field, Key, Nothing, Row};
    if app.overlay.is_some() && !matches!(target, Do(_) | Key(_) | Field(_) | Row(_) | Nothing) {
        overlays::close(app); // the click is about what lies below
    }
    match target {
        Target::Do(action) => {
            if app.overlay.is_some() && action.place() != Place::Everywhere {
                overlays::close(app); // it is about what lies below
            }
            act(app, action);
        }
        Target::Key(pressed) => key(app, pressed),
        Target::Contacts => app.view.focus = Focus::Contacts,
        Target::Chat(with) => chat::open(app, with),
        Target::Message(id) => chat::select(app, Some(id)),
        Target::Composer => chat::click_composer(app, at),
        Target::On(id, action) => {
            chat::select(app, Some(id));
            act(app, action);
        }
        Target::Link(link) => chat::copy(app, link),
        Target::Colour(colour) => chat::choose_colour(app, colour),
        Target::Reaction(id, emoji) => chat::react(app, id, emoji),
        Target::Byte { layer, at } => inspector::click(app, layer, at),
        target @ (Target::Field(_) | Target::Row(_)) => match app.overlay {
            None if !matches!(app.stage, Stage::Main) => screens::click(app, &target, at),
            _ => overlays::click(app, &target, at),
        },
        Target::Nothing => {}
    }
}

/// Something is pasted: text for what has the focus, never a key.
pub(super) fn paste(app: &mut App, text: &str) {
    match (&app.overlay, &app.stage) {
        (Some(_), _) => overlays::paste(app, text),
        (None, Stage::Main) if app.is_on_list() => {}
        (None, Stage::Main) => chat::paste(app, text),
        (None, _) => screens::paste(app, text),
    }
}

/// The window has the user's attention, or not any more: only what is looked at is read.
pub(super) fn attention(app: &mut App, there: bool) {
    app.attention = there;
}

/// Does what an action does. One that cannot be done now does nothing.
pub fn act(app: &mut App, action: Action) {
    match action {
        Action::Quit => app.effect(Effect::Quit),
        Action::Help => app.overlay = Some(Overlay::help()),
        Action::Theme => {
            let themes = crate::theme::Theme::ALL;
            let at = themes.iter().position(|theme| *theme == app.settings.theme).unwrap_or(0);
            app.settings.theme = themes[(at + 1) % themes.len()];
            save_settings(app);
        }
        Action::Language => {
            let languages = crate::lang::Lang::ALL;
            let at = languages.iter().position(|lang| *lang == app.settings.lang).unwrap_or(0);
            app.settings.lang = languages[(at + 1) % languages.len()];
            save_settings(app);
        }
        Action::Clear => clear(app),
        Action::Close if app.overlay.is_some() => overlays::close(app),
        Action::Close if !app.people.typed.is_empty() => app.people.typed.clear(),
        Action::Close if app.view.open.is_some() && app.is_on_list() => app.view.focus = Focus::Composer,
        Action::Inspect if app.view.open.is_some() => inspector::toggle(app),
        Action::Close if app.view.inspecting => inspector::toggle(app),
        Action::Close if screens::hide_hints(app) => {}
        Action::FocusNext => {
            app.view.focus = match app.view.focus {
                Focus::Contacts => Focus::Composer,
                Focus::Composer if app.view.inspecting => Focus::Inspector,
                Focus::Composer | Focus::Inspector => Focus::Contacts,
            };
        }
        Action::TryNow if matches!(app.stage, Stage::Main) => screens::try_now(app),
        action if matches!(app.stage, Stage::Main) => {
            if !list::act(app, action) && !overlays::act(app, action) {
                chat::act(app, action);
            }
        }
        action => screens::act(app, action),
    }
}

/// Takes away what is nearest: a window, letters that look for a name, what is being written. With a message it copies.
/// Where there is nothing of this, it ends the program.
fn clear(app: &mut App) {
    let writes = |app: &mut App| app.view.draft().is_some_and(|draft| !draft.editor.is_empty());
    if app.overlay.is_some() {
        overlays::close(app);
    } else if !matches!(app.stage, Stage::Main) {
        screens::clear_or_quit(app);
    } else if !app.people.typed.is_empty() {
        app.people.typed.clear();
    } else if app.is_on_list() && writes(app) {
        app.view.focus = Focus::Composer; // nothing is thrown away that nobody looks at
    } else if app.is_on_list() {
        app.effect(Effect::Quit);
    } else if app.view.selected.is_some() {
        chat::act(app, Action::Copy);
    } else if app.view.focus == Focus::Inspector {
        inspector::toggle(app);
    } else {
        chat::act(app, Action::Clear);
    }
}

/// Keeps the settings.
pub(crate) fn save_settings(app: &mut App) {
    let settings = Box::new(app.settings.clone());
    app.job(super::Job::SaveSettings(settings));
}

/// How many rows the wheel moves.
const WHEEL: isize = 3;
