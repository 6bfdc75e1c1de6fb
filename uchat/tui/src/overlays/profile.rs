//! The account: who we are here, and what can be changed about it. Each line opens a form of its own.

use super::ask::{Ask, What};
use super::parts::{self, List};
use super::{Then, Window};
use crate::action::{Action, Key};
use crate::app::App;
use crate::draw::Pen;
use crate::hit::Target;
use crate::lang::Say;
use crate::lang::overlays::Over;
use crate::theme::Role;
use crossterm::event::KeyCode;
use ratatui::layout::{Position, Rect};

/// Which line is chosen.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    list: List,
}

/// The lines: the letter, what they do, and the form; none logs out.
const LINES: [(&str, Over, Option<What>); 7] = [
    ("e", Over::ChangeEmail, Some(What::Email)),
    ("s", Over::ChangeSex, Some(What::Sex)),
    ("a", Over::ChangeAge, Some(What::Age)),
    ("p", Over::ChangePassword, Some(What::Password)),
    ("k", Over::NewKeys, Some(What::NewKeys)),
    ("l", Over::LogOut, None),
    ("d", Over::DeleteAccount, Some(What::DeleteAccount)),
];

fn choose(at: usize) -> Then {
    match LINES.get(at) {
        Some((_, _, Some(what))) => Then::Open(Ask::new(*what).into()),
        Some((_, _, None)) => Then::Do(Action::LogOut),
        None => Then::Stay,
    }
}

impl Window for Profile {
    fn key(&mut self, _app: &mut App, key: Key) -> Option<Then> {
        let typed = key.typed().map(String::from);
        if let Some(at) = LINES.iter().position(|(letter, ..)| typed.as_deref() == Some(letter)) {
            return Some(choose(at));
        }
        match key.code {
            KeyCode::Enter => Some(choose(self.list.at)),
            _ => self.list.key(key, LINES.len()).then_some(Then::Stay),
        }
    }

    fn click(&mut self, _app: &mut App, target: &Target, _at: Position) -> Then {
        if let Target::Row(at) = target { choose(*at) } else { Then::Stay }
    }

    fn scroll(&mut self, _app: &App, rows: isize) {
        self.list.scroll(rows, LINES.len());
    }

    fn draw(&self, app: &App, pen: &mut Pen<'_>, area: Rect) {
        let inside = parts::window(pen, area, (58, 14), pen.say(Over::Profile));
        let buttons = [("enter", pen.say(Over::Change)), ("esc", pen.say(Over::Done))];
        let inside = parts::foot(pen, inside, &buttons);
        let name = app.who.name.as_deref().unwrap_or_default();
        let server = app.who.channel.as_ref().map_or("", |channel| channel.server.as_str());
        let text = Over::ProfileText.fill(app.lang(), &[("name", name), ("server", server)]);
        let used = pen.paragraph(inside, &text, Role::Strong) + 1;
        let rows = parts::below(inside, used);
        self.list.draw(pen, rows, LINES.len(), |pen, line, at, role| {
            let (letter, text, what) = LINES[at];
            let as_chosen = |other| if role == Role::Chosen { role } else { other };
            pen.put(line, letter, as_chosen(Role::Button));
            let colour = if what == Some(What::DeleteAccount) { Role::Error } else { Role::Text };
            parts::line(pen, parts::after(line, 3), pen.say(text), as_chosen(colour));
        });
    }
}
