//! Block somebody, or take it back.

use super::{Then, Window, parts};
use crate::action::Key;
use crate::app::{App, Why};
use crate::draw::Pen;
use crate::lang::Say;
use crate::lang::overlays::Over;
use crate::theme::Role;
use ratatui::layout::Rect;
use uchat_client::core::Command;

/// Whom.
#[derive(Debug, Clone)]
pub struct Block {
    name: String,
}

impl Block {
    pub(super) fn new(name: String) -> Self {
        Self { name }
    }
}

impl Window for Block {
    fn key(&mut self, app: &mut App, key: Key) -> Option<Then> {
        let username = self.name.clone();
        let (command, text) = match key.typed()? {
            'b' => (Command::Block { username }, Over::Blocked),
            'u' => (Command::Unblock { username }, Over::Unblocked),
            _ => return None,
        };
        let text = text.fill(app.lang(), &[("name", &self.name)]);
        app.ask(command, Why::Tell(text));
        Some(Then::Close)
    }

    fn draw(&self, _app: &App, pen: &mut Pen<'_>, area: Rect) {
        let fill = |pen: &Pen<'_>, text: Over| text.fill(pen.settings.lang, &[("name", &self.name)]);
        let title = fill(pen, Over::Block);
        let inside = parts::window(pen, area, (60, 10), &title);
        let text = fill(pen, Over::BlockText);
        let buttons =
            [("b", pen.say(Over::BlockYes)), ("u", pen.say(Over::Unblock)), ("esc", pen.say(Over::No))];
        let inside = parts::foot(pen, inside, &buttons);
        pen.paragraph(inside, &text, Role::Text);
    }
}
