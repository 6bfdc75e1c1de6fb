//! The help page: every action with its keys, from the table, what can be done now first; a text finds some of them.

use super::{Then, Window, parts};
use crate::action::{Action, Key, Place};
use crate::app::App;
use crate::area;
use crate::draw::Pen;
use crate::hit::Target;
use crate::lang::overlays::Over;
use crate::text::Editor;
use crate::theme::Role;
use crossterm::event::KeyCode;
use ratatui::layout::{Position, Rect};
use std::cell::Cell;

/// What is looked for, and how far it is scrolled.
#[derive(Debug, Clone)]
pub struct Help {
    text: Editor,
    /// The first line that is shown; never beyond what was drawn last.
    from: Cell<usize>,
}

impl Default for Help {
    fn default() -> Self {
        Self { text: Editor::line(100), from: Cell::new(0) }
    }
}

/// A line of the page.
enum Line {
    Place(Place),
    Action(Action),
    Nothing,
}

impl Help {
    /// The lines, grouped by place: the nearest places first, those that are not on the screen last.
    fn lines(&self, app: &App) -> Vec<Line> {
        let wanted = self.text.text().to_lowercase();
        let mut order = app.places_below();
        order.extend(PLACES.iter().filter(|place| !order.contains(place)).copied().collect::<Vec<_>>());
        let mut lines = Vec::new();
        for place in order {
            let fits = |action: &&Action| {
                let texts = [app.say(action.does()), action.name(), &app.settings.keymap.shown(**action)]
                    .map(str::to_lowercase);
                action.place() == place && texts.iter().any(|text| text.contains(&wanted))
            };
            let actions: Vec<Line> =
                Action::ALL.iter().filter(fits).map(|action| Line::Action(*action)).collect();
            if !actions.is_empty() {
                if !lines.is_empty() {
                    lines.push(Line::Nothing);
                }
                lines.push(Line::Place(place));
                lines.extend(actions);
            }
        }
        lines
    }
}

impl Window for Help {
    fn key(&mut self, app: &mut App, key: Key) -> Option<Then> {
        match key.code {
            KeyCode::Up => self.scroll(app, -1),
            KeyCode::Down => self.scroll(app, 1),
            KeyCode::PageUp => self.scroll(app, -10),
            KeyCode::PageDown => self.scroll(app, 10),
            KeyCode::Enter if !self.text.is_empty() => {
                let found = self.lines(app).into_iter().find_map(|line| match line {
                    Line::Action(action) => Some(action),
                    _ => None,
                });
                return found.map(Then::Do);
            }
            _ if parts::edit(&mut self.text, key) => self.from.set(0),
            _ => return None,
        }
        Some(Then::Stay)
    }

    fn paste(&mut self, _app: &mut App, text: &str) -> Then {
        parts::paste(&mut self.text, text);
        Then::Stay
    }

    fn click(&mut self, app: &mut App, target: &Target, at: Position) -> Then {
        if *target == Target::Field(0) {
            self.text.click(0, usize::from(at.x), usize::MAX / 2, app.settings.cells);
        }
        Then::Stay
    }

    fn scroll(&mut self, _app: &App, rows: isize) {
        self.from.set(self.from.get().saturating_add_signed(rows));
    }

    fn draw(&self, app: &App, pen: &mut Pen<'_>, area: Rect) {
        let inside = parts::window(pen, area, (120, area.height), pen.say(Over::Help));
        parts::input(pen, inside, pen.say(Over::Find), &self.text, pen.say(Over::FindHint));
        let page = area::below(inside, 2);
        let mut lines = self.lines(app);
        if lines.is_empty() {
            pen.put(page, pen.say(Over::NothingFound), Role::Dim);
        }
        // As many columns as there is room for.
        let columns = (page.width / COLUMN).clamp(1, 3);
        let height = usize::from(page.height);
        let fits = height * usize::from(columns);
        if lines.len() > fits {
            lines.retain(|line| !matches!(line, Line::Nothing)); // no room to waste
        }
        let from = self.from.get().min(lines.len().saturating_sub(fits));
        self.from.set(from);
        let wide = page.width / columns;
        for (at, line) in lines[from..].iter().take(fits).enumerate() {
            let column = u16::try_from(at / height.max(1)).unwrap_or(0);
            let row = u16::try_from(at % height.max(1)).unwrap_or(0);
            let place = Rect { x: page.x + column * wide, y: page.y + row, width: wide - 1, height: 1 };
            match line {
                Line::Place(place_of) => drop(pen.put(place, pen.say(title(*place_of)), Role::Strong)),
                Line::Action(action) => {
                    let key = pen.settings.keymap.shown(*action);
                    pen.put(Rect { width: KEYS.min(place.width), ..place }, &key, Role::Button);
                    parts::line(pen, area::after(place, KEYS), pen.say(action.does()), Role::Text);
                    pen.hits.add(place, Target::Do(*action));
                }
                Line::Nothing => {}
            }
        }
        if from + fits < lines.len() {
            pen.put(
                Rect { x: page.right(), y: page.bottom() - 1, width: 1, height: 1 },
                pen.sign("↓"),
                Role::Strong,
            );
        }
    }
}

fn title(place: Place) -> Over {
    match place {
        Place::Everywhere => Over::Everywhere,
        Place::Start => Over::AtTheStart,
        Place::Main => Over::OnTheMainScreen,
        Place::Chat => Over::InAChat,
        Place::Room => Over::InARoom,
        Place::Friend => Over::WithAFriend,
        Place::Message => Over::WithAMessage,
        Place::Composer => Over::WhileWriting,
    }
}

const PLACES: &[Place] = &[
    Place::Composer,
    Place::Message,
    Place::Chat,
    Place::Friend,
    Place::Room,
    Place::Main,
    Place::Everywhere,
    Place::Start,
];
/// The cells of a column, and of the keys in it.
const COLUMN: u16 = 37;
const KEYS: u16 = 11;
