//! The account: who we are here, and what can be changed about it. Each line opens a form of its own.

use super::ask::{Ask, What};
use super::blocked::Blocked;
use super::parts::{self, List};
use super::{Then, Window};
use crate::action::{Action, Key};
use crate::app::{App, Why};
use crate::area;
use crate::draw::Pen;
use crate::hit::Target;
use crate::lang::Say;
use crate::lang::overlays::Over;
use crate::theme::Role;
use crossterm::event::KeyCode;
use ratatui::layout::{Position, Rect};
use uchat_client::core::Command;

/// Which line is chosen.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    list: List,
}

/// What a line opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opens {
    Form(What),
    Blocked,
    LogOut,
}

/// The lines: the letter, what they do, and what they open.
const LINES: [(&str, Over, Opens); 8] = [
    ("e", Over::ChangeEmail, Opens::Form(What::Email)),
    ("s", Over::ChangeSex, Opens::Form(What::Sex)),
    ("a", Over::ChangeAge, Opens::Form(What::Age)),
    ("p", Over::ChangePassword, Opens::Form(What::Password)),
    ("b", Over::BlockedUsers, Opens::Blocked),
    ("k", Over::NewKeys, Opens::Form(What::NewKeys)),
    ("l", Over::LogOut, Opens::LogOut),
    ("d", Over::DeleteAccount, Opens::Form(What::DeleteAccount)),
];

impl Profile {
    /// What the server knows is asked for, to be shown.
    pub(super) fn new(app: &mut App) -> Self {
        app.ask(Command::Profile {}, Why::Profile);
        Self::default()
    }
}

fn choose(app: &App, at: usize) -> Then {
    match LINES.get(at).map(|(.., opens)| *opens) {
        Some(Opens::Form(what)) => {
            let text = said(app, what).unwrap_or_default();
            Then::Open(Ask::new(what).filled(&text).into())
        }
        Some(Opens::Blocked) => Then::Open(Blocked::default().into()),
        Some(Opens::LogOut) => Then::Do(Action::LogOut),
        None => Then::Stay,
    }
}

/// What the server knows, for a form of it.
fn said(app: &App, what: What) -> Option<String> {
    let about = app.who.about.as_ref()?;
    match what {
        What::Email => Some(about.email.clone()),
        What::Sex => Some(about.sex.clone()),
        What::Age => Some(about.age.map(|age| age.to_string()).unwrap_or_default()),
        _ => None,
    }
}

/// What stands behind a line, as far as it is known.
fn value(app: &App, opens: Opens) -> Option<String> {
    match opens {
        Opens::Form(what) => said(app, what).map(|text| match text.is_empty() {
            true => app.say(Over::NotTold).to_owned(),
            false => text,
        }),
        Opens::Blocked => Some(app.who.about.as_ref()?.blocked.len().to_string()),
        Opens::LogOut => None,
    }
}

impl Window for Profile {
    fn key(&mut self, app: &mut App, key: Key) -> Option<Then> {
        let typed = key.typed().map(String::from);
        if let Some(at) = LINES.iter().position(|(letter, ..)| typed.as_deref() == Some(letter)) {
            return Some(choose(app, at));
        }
        match key.code {
            KeyCode::Enter => Some(choose(app, self.list.at)),
            _ => self.list.key(key, LINES.len()).then_some(Then::Stay),
        }
    }

    fn click(&mut self, app: &mut App, target: &Target, _at: Position) -> Then {
        if let Target::Row(at) = target { choose(app, *at) } else { Then::Stay }
    }

    fn scroll(&mut self, _app: &App, rows: isize) {
        self.list.scroll(rows, LINES.len());
    }

    fn draw(&self, app: &App, pen: &mut Pen<'_>, area: Rect) {
        let inside = parts::window(pen, area, (64, 15), pen.say(Over::Profile));
        let buttons = [("enter", pen.say(Over::Change)), ("esc", pen.say(Over::Done))];
        let inside = parts::foot(pen, inside, &buttons);
        let name = app.who.name.as_deref().unwrap_or_default();
        let server = app.who.channel.as_ref().map_or("", |channel| channel.server.as_str());
        let text = Over::ProfileText.fill(app.lang(), &[("name", name), ("server", server)]);
        let used = pen.paragraph(inside, &text, Role::Strong) + 1;
        let rows = area::below(inside, used);
        self.list.draw(pen, rows, LINES.len(), |pen, line, at, role| {
            let (letter, text, opens) = LINES[at];
            let as_chosen = |other| if role == Role::Chosen { role } else { other };
            pen.put(line, letter, as_chosen(Role::Button));
            let colour = if opens == Opens::Form(What::DeleteAccount) { Role::Error } else { Role::Text };
            let place = area::after(line, 3);
            let used = parts::line(pen, place, pen.say(text), as_chosen(colour));
            if let Some(value) = value(app, opens) {
                parts::line(pen, area::after(place, used + 2), &value, as_chosen(Role::Dim));
            }
        });
    }
}
