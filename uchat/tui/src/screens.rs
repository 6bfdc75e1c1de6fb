//! The first screens: welcome, an invite, registration, log-in; and what stands in the way later: a server nobody has
//! vouched for, keys that are elsewhere, a session that has ended.
//!
//! | file | idea |
//! |---|---|
//! | `stage.rs` | which screen |
//! | `act.rs` `news.rs` | what the user asks for; what comes from outside |
//! | `entry.rs` | what goes on by itself until somebody is in |
//! | `forms.rs` `draw.rs` `hints.rs` | the forms; from all of it to cells; three hints at the beginning |

mod act;
mod draw;
mod entry;
mod forms;
mod hints;
mod news;
mod stage;

pub(crate) use act::act;
pub(crate) use draw::draw;
pub use entry::Entry;
pub(crate) use entry::{
    begin, connection, imported, inside, keys_are_missing, keys_made, look_at, step, try_now,
};
pub(crate) use hints::{draw as hints, hide as hide_hints};
pub(crate) use news::{elsewhere, logged_out, not_opened, opened, refused, untrusted};
pub use stage::Stage;
pub use uchat_client::core::Secret;

use crate::action::Key;
use crate::app::{App, Effect};
use crate::form::Form;
use crate::hit::Target;
use crate::lang::Say;
use crate::lang::start::Start;
use act::join;
use entry::Work;
use ratatui::layout::Position;

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
