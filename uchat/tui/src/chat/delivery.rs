//! How far a message of ours has come: a sign, and a word where there is room.

use crate::lang::Lang;
use crate::lang::Say;
use crate::lang::chat::Chat;
use crate::text::Cells;
use crate::theme::Role;
use ratatui::style::{Modifier, Style};
use uchat_client::core::DeliveryState;

/// The sign.
pub(crate) fn sign(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Queued => "◌",
        DeliveryState::Sent => "↑",
        DeliveryState::Stored => "✓",
        DeliveryState::Delivered | DeliveryState::Read => "✓✓",
        DeliveryState::Failed => "✗",
    }
}

/// The word.
pub(crate) fn word(state: DeliveryState) -> Chat {
    match state {
        DeliveryState::Queued => Chat::Queued,
        DeliveryState::Sent => Chat::Sent,
        DeliveryState::Stored => Chat::Stored,
        DeliveryState::Delivered => Chat::Delivered,
        DeliveryState::Read => Chat::Read,
        DeliveryState::Failed => Chat::Failed,
    }
}

/// Both, or the sign alone. What only the word tells apart has it always.
pub(crate) fn label(state: DeliveryState, room: bool, lang: Lang, cells: Cells) -> String {
    let needed = matches!(state, DeliveryState::Read | DeliveryState::Failed);
    match room || needed {
        true => format!("{} {}", cells.sign(sign(state)), word(state).say(lang)),
        false => cells.sign(sign(state)).to_owned(),
    }
}

/// How it looks.
pub(crate) fn style(state: DeliveryState, theme: crate::theme::Theme) -> Style {
    match state {
        DeliveryState::Failed => theme.style(Role::Error),
        DeliveryState::Read => theme.style(Role::Good).add_modifier(Modifier::BOLD),
        _ => theme.style(Role::Dim),
    }
}
