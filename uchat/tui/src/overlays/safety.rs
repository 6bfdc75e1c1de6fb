//! The safety number of a friend: sixteen words that both sides must see alike. If they do, nobody reads along.

use super::{Then, Window, parts};
use crate::action::Key;
use crate::app::{App, Tone, Why};
use crate::area;
use crate::draw::Pen;
use crate::lang::overlays::Over;
use crate::lang::{Say, codes};
use crate::theme::Role;
use ratatui::layout::Rect;
use uchat_client::core::{Answer, Command, CommandId, With};
use uchat_protocol::Refusal;

/// Whose, and the words.
#[derive(Debug, Clone)]
pub struct Safety {
    name: String,
    asks: Option<CommandId>,
    accepts: Option<CommandId>,
    words: Vec<String>,
    refused: Option<String>,
}

impl Safety {
    pub(super) fn new(app: &mut App, name: String) -> Self {
        let asks = Some(app.ask(Command::SafetyNumber { username: name.clone() }, Why::Overlay));
        Self { name, asks, accepts: None, words: Vec::new(), refused: None }
    }

    fn has_changed(&self, app: &App) -> bool {
        app.people.entry(&With::User(self.name.clone())).is_some_and(|entry| entry.key_changed)
    }
}

impl Window for Safety {
    fn key(&mut self, app: &mut App, key: Key) -> Option<Then> {
        match key.typed()? {
            'a' if self.has_changed(app) && self.accepts.is_none() && !self.words.is_empty() => {
                let username = self.name.clone();
                self.accepts = Some(app.ask(Command::AcceptKey { username }, Why::Overlay));
            }
            'c' if !self.words.is_empty() => {
                app.effect(crate::app::Effect::Copy(self.words.join(" ")));
                app.note(Tone::Good, app.say(Over::WordsCopied));
            }
            't' if self.asks.is_none() => *self = Self::new(app, self.name.clone()),
            _ => return None,
        }
        Some(Then::Stay)
    }

    fn answered(&mut self, app: &mut App, id: CommandId, result: Result<Answer, Refusal>) -> Then {
        if self.asks.take_if(|asks| *asks == id).is_some() {
            match result {
                Ok(Answer::Words { words }) => self.words = words,
                Ok(_) => {}
                Err(refusal) => self.refused = Some(codes::say(app.lang(), &refusal)),
            }
        } else if self.accepts.take_if(|accepts| *accepts == id).is_some() {
            match result {
                Ok(_) => {
                    if let Some(entry) = app.people.entry_mut(&With::User(self.name.clone())) {
                        entry.key_changed = false;
                    }
                    let text = Over::KeyAccepted.fill(app.lang(), &[("name", &self.name)]);
                    app.note(Tone::Good, text);
                    return Then::Close;
                }
                Err(refusal) => self.refused = Some(codes::say(app.lang(), &refusal)),
            }
        } else if let Err(refusal) = result {
            app.refuse(&refusal);
        }
        Then::Stay
    }

    fn draw(&self, app: &App, pen: &mut Pen<'_>, area: Rect) {
        let fill = |text: Over| text.fill(app.lang(), &[("name", &self.name)]);
        let inside = parts::window(pen, area, (66, 21), &fill(Over::Safety));
        let changed = self.has_changed(app);
        let mut buttons = Vec::new();
        if changed && !self.words.is_empty() {
            buttons.push(("a", pen.say(Over::AcceptKey)));
        }
        if !self.words.is_empty() {
            buttons.push(("c", pen.say(Over::CopyWords)));
        } else if self.asks.is_none() {
            buttons.push(("t", pen.say(Over::TryAgain)));
        }
        let mut rest = parts::foot(pen, inside, &buttons);
        // Four words to a row where there is room; all of them must be seen, whatever else is said.
        let columns = (rest.width / WORD).clamp(1, 4);
        let count = u16::try_from(self.words.len()).unwrap_or(0);
        let rows = count.div_ceil(columns);
        let say = |pen: &mut Pen<'_>, rest: Rect, text: &str, role: Role| {
            let room = area::above(rest, rows + 1);
            area::below(rest, pen.paragraph(room, text, role) + u16::from(room.height > 0))
        };
        if changed {
            rest = say(pen, rest, &format!("! {}", fill(Over::KeyChangedText)), Role::Error);
        }
        if let Some(refused) = &self.refused {
            rest = say(pen, rest, &format!("{} {refused}", pen.sign("✗")), Role::Error);
        } else if self.words.is_empty() {
            rest = say(pen, rest, pen.say(Over::Waiting), Role::Dim);
        }
        // Each has its number: so two people can read them to each other.
        let wide = rest.width / columns;
        for (number, word) in (0..count).zip(&self.words) {
            let row = area::below(rest, number / columns);
            let place = Rect { width: wide, ..area::after(row, number % columns * wide) };
            if place.height > 0 {
                pen.put(place, &format!("{:>2}", number + 1), Role::Dim);
                pen.put(area::after(place, 3), word, Role::Strong);
            }
        }
        rest = area::below(rest, rows + u16::from(rows > 0));
        pen.paragraph(rest, &fill(Over::SafetyText), Role::Text);
    }
}

/// The cells of a word with its number: the longest of the list has eight letters.
const WORD: u16 = 12;
