//! Who asks to be a friend: yes, no, or later.

use super::parts::{self, List};
use super::{Then, Window};
use crate::action::Key;
use crate::app::{App, Why};
use crate::area;
use crate::draw::Pen;
use crate::hit::Target;
use crate::lang::Say;
use crate::lang::overlays::Over;
use crate::theme::Role;
use crossterm::event::KeyCode;
use ratatui::layout::{Position, Rect};
use uchat_client::core::{Command, FriendAnswer};

/// Which one is chosen.
#[derive(Debug, Clone, Default)]
pub struct Requests {
    list: List,
}

/// The answers, as the buttons of each row have them.
const ANSWERS: [(FriendAnswer, &str, Over); 3] = [
    (FriendAnswer::Accept, "a", Over::Accept),
    (FriendAnswer::Decline, "d", Over::Decline),
    (FriendAnswer::Later, "l", Over::Later),
];

impl Requests {
    fn answer(&mut self, app: &mut App, at: usize, answer: FriendAnswer) -> Then {
        if at >= app.people.requests.len() {
            return Then::Stay;
        }
        let name = app.people.requests.remove(at);
        let text = match answer {
            FriendAnswer::Accept => Over::Accepted,
            FriendAnswer::Decline => Over::Declined,
            FriendAnswer::Later => Over::AskedAgain,
        };
        let text = text.fill(app.lang(), &[("name", &name)]);
        app.ask(Command::AnswerFriend { username: name.clone(), answer }, Why::Answered(name, text));
        self.list.at = self.list.at.min(app.people.requests.len().saturating_sub(1));
        if app.people.requests.is_empty() { Then::Close } else { Then::Stay }
    }
}

impl Window for Requests {
    fn key(&mut self, app: &mut App, key: Key) -> Option<Then> {
        let typed = key.typed().map(String::from);
        let by_letter = ANSWERS.iter().find(|(_, letter, _)| typed.as_deref() == Some(letter));
        if let Some((answer, ..)) = by_letter {
            return Some(self.answer(app, self.list.of(app.people.requests.len()).at, *answer));
        }
        if key.code == KeyCode::Enter {
            return Some(self.answer(app, self.list.of(app.people.requests.len()).at, FriendAnswer::Accept));
        }
        self.list.key(key, app.people.requests.len()).then_some(Then::Stay)
    }

    fn scroll(&mut self, app: &App, rows: isize) {
        self.list.scroll(rows, app.people.requests.len());
    }

    /// The row's number and that of the button: three to a row, and the row itself.
    fn click(&mut self, app: &mut App, target: &Target, _at: Position) -> Then {
        let Target::Row(number) = target else { return Then::Stay };
        match number.checked_sub(BUTTONS) {
            None => self.list.at = *number,
            Some(button) => {
                return self.answer(app, button / ANSWERS.len(), ANSWERS[button % ANSWERS.len()].0);
            }
        }
        Then::Stay
    }

    fn draw(&self, app: &App, pen: &mut Pen<'_>, area: Rect) {
        let inside = parts::window(pen, area, (60, 16), pen.say(Over::Requests));
        let names = &app.people.requests;
        if names.is_empty() {
            pen.paragraph(inside, pen.say(Over::NoRequests), Role::Dim);
            return;
        }
        let buttons = ANSWERS.map(|(_, key, text)| (key, pen.say(text)));
        let inside = parts::foot(pen, inside, &buttons);
        let text = pen.paragraph(inside, pen.say(Over::RequestsText), Role::Dim) + 1;
        let rows = area::below(inside, text);
        self.list.of(names.len()).draw(pen, rows, names.len(), |pen, line, at, role| {
            let mut x = pen.put(line, &names[at], role).max(line.width.saturating_sub(33).min(16)) + 1;
            for (button, (_, _, text)) in ANSWERS.iter().enumerate() {
                let label = format!("[ {} ]", pen.say(*text));
                let target = Target::Row(BUTTONS + at * ANSWERS.len() + button);
                let role = if role == Role::Chosen { role } else { Role::Button };
                x += pen.clickable(area::after(line, x), &label, role, target) + 1;
            }
        });
    }
}

/// Numbers from here on are buttons, below it rows.
const BUTTONS: usize = 1 << 20;
