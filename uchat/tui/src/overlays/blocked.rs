//! Whom we have blocked, and taking it back.

use super::parts::{self, List};
use super::{Then, Window};
use crate::action::Key;
use crate::app::{App, Tone, Why};
use crate::area;
use crate::draw::Pen;
use crate::hit::Target;
use crate::lang::Say;
use crate::lang::overlays::Over;
use crate::theme::Role;
use crossterm::event::KeyCode;
use ratatui::layout::{Position, Rect};
use uchat_client::core::{Answer, Command, CommandId};
use uchat_protocol::Refusal;

/// Which one is chosen, and whose block is being taken back.
#[derive(Debug, Clone, Default)]
pub struct Blocked {
    list: List,
    asks: Vec<(CommandId, String)>,
}

/// The names, as far as they are known.
fn names(app: &App) -> &[String] {
    app.who.about.as_ref().map_or(&[], |about| &about.blocked)
}

impl Blocked {
    fn unblock(&mut self, app: &mut App, at: usize) -> Then {
        let Some(username) = names(app).get(at).cloned() else { return Then::Stay };
        self.list.at = at;
        if self.asks.iter().all(|(_, name)| *name != username) {
            let id = app.ask(Command::Unblock { username: username.clone() }, Why::Overlay);
            self.asks.push((id, username));
        }
        Then::Stay
    }
}

impl Window for Blocked {
    fn key(&mut self, app: &mut App, key: Key) -> Option<Then> {
        let count = names(app).len();
        match (key.code, key.typed()) {
            (KeyCode::Enter, _) | (_, Some('u')) => Some(self.unblock(app, self.list.of(count).at)),
            _ => self.list.key(key, count).then_some(Then::Stay),
        }
    }

    fn click(&mut self, app: &mut App, target: &Target, _at: Position) -> Then {
        if let Target::Row(at) = target { self.unblock(app, *at) } else { Then::Stay }
    }

    fn scroll(&mut self, app: &App, rows: isize) {
        self.list.scroll(rows, names(app).len());
    }

    fn answered(&mut self, app: &mut App, id: CommandId, result: Result<Answer, Refusal>) -> Then {
        let asked = self.asks.iter().position(|(asked, _)| *asked == id).map(|at| self.asks.remove(at));
        match (asked, result) {
            (Some((_, name)), Ok(_)) => {
                app.note(Tone::Good, Over::Unblocked.fill(app.lang(), &[("name", &name)]));
                app.ask(Command::Profile {}, Why::Profile);
            }
            (_, Err(refusal)) => app.refuse(&refusal),
            (None, Ok(_)) => {}
        }
        Then::Stay
    }

    fn draw(&self, app: &App, pen: &mut Pen<'_>, area: Rect) {
        let inside = parts::window(pen, area, (58, 16), pen.say(Over::BlockedUsers));
        let names = names(app);
        let buttons: &[_] = match names.is_empty() {
            true => &[("esc", pen.say(Over::Done))],
            false => &[("u", pen.say(Over::Unblock)), ("esc", pen.say(Over::Done))],
        };
        let inside = parts::foot(pen, inside, buttons);
        let text = if names.is_empty() { Over::NobodyBlocked } else { Over::BlockedUsersText };
        let used = pen.paragraph(inside, pen.say(text), Role::Dim) + 1;
        let list = self.list.of(names.len());
        list.draw(pen, area::below(inside, used), names.len(), |pen, line, at, role| {
            parts::line(pen, line, &names[at], role);
        });
    }
}
