//! Which messages draw attention: bell and notification. None of a conversation that somebody looks at, none of one
//! that is muted, and never two of the same within a second. Friend requests do it like messages, all of them together
//! like one conversation: strangers are not to ring more often than friends.

use super::{App, Effect};
use crate::lang::main::Main;
use crate::overlays::Overlay;
use crate::{chat, draw};
use std::collections::BTreeMap;
use uchat_client::core::{Shown, With};

/// When each conversation rang last, in milliseconds since 1970; friend requests under no conversation.
pub(super) type Rings = BTreeMap<Option<With>, u64>;

/// Draws attention to a message of somebody else, if it is to.
pub(super) fn ring(app: &mut App, message: &Shown) {
    if !app.settings.bell || is_open(app, &message.with) || is_silent(app, message) {
        return;
    }
    if !is_due(app, Some(&message.with)) {
        return;
    }
    let title = app.people.name(&message.with).into_owned();
    let line = chat::one_line(message, app.lang());
    let body = match (&message.with, &message.from) {
        (With::Room(_), Some(from)) => format!("{from}: {line}"),
        _ => line,
    };
    app.effect(Effect::Notify { title, body });
}

/// Draws attention to somebody who asks to be a friend, unless the requests are open before somebody.
pub(super) fn ring_request(app: &mut App, username: &str) {
    let looked_at = app.attention && matches!(app.overlay, Some(Overlay::Requests(_)));
    let muted = app.settings.muted.contains(&With::User(username.to_owned()));
    if app.settings.bell && !looked_at && !muted && is_due(app, None) {
        let (title, body) = (username.to_owned(), app.say(Main::WantsToBeFriend).to_owned());
        app.effect(Effect::Notify { title, body });
    }
}

/// Whether it has been silent long enough; then it counts as ringing now.
fn is_due(app: &mut App, which: Option<&With>) -> bool {
    let now = app.now;
    app.rings.retain(|_, last| now.saturating_sub(*last) < PAUSE);
    let due = !app.rings.contains_key(&which.cloned());
    if due {
        app.rings.insert(which.cloned(), now);
    }
    due
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
