//! Which messages draw attention: bell and notification. None of a conversation that somebody looks at, none of one
//! that is muted, and never two of the same within a second.

use super::{App, Effect};
use crate::{chat, draw};
use std::collections::BTreeMap;
use uchat_client::core::{Shown, With};

/// When each conversation rang last, in milliseconds since 1970.
pub(super) type Rings = BTreeMap<With, u64>;

/// Draws attention to a message of somebody else, if it is to.
pub(super) fn ring(app: &mut App, message: &Shown) {
    if !app.settings.bell || is_open(app, &message.with) || is_silent(app, message) {
        return;
    }
    let now = app.now;
    app.rings.retain(|_, last| now.saturating_sub(*last) < PAUSE);
    if app.rings.contains_key(&message.with) {
        return;
    }
    app.rings.insert(message.with.clone(), now);
    let title = app.people.name(&message.with).into_owned();
    let line = chat::one_line(message, app.lang());
    let body = match (&message.with, &message.from) {
        (With::Room(_), Some(from)) => format!("{from}: {line}"),
        _ => line,
    };
    app.effect(Effect::Notify { title, body });
}

/// Whether it is open in a window that has the user's attention, also where something lies on top of it.
fn is_open(app: &App, with: &With) -> bool {
    app.attention && app.view.open.as_ref() == Some(with) && draw::shows_chat(app)
}

/// A muted friend is silent. A muted room is silent unless it is about us.
fn is_silent(app: &App, message: &Shown) -> bool {
    let about_us = message.mentioned && matches!(message.with, With::Room(_));
    app.settings.muted.contains(&message.with) && !about_us
}

/// Within so many milliseconds, one is enough.
const PAUSE: u64 = 1_000;
