//! The emoji picker: a grid by group; what is typed is looked for in English and in Chinese.

mod words;

use super::parts;
use super::{Then, Window};
use crate::action::Key;
use crate::app::{App, Focus};
use crate::area;
use crate::chat;
use crate::draw::Pen;
use crate::hit::Target;
use crate::lang::Lang;
use crate::lang::overlays::Over;
use crate::text::{Cells, Editor};
use crate::theme::Role;
use crossterm::event::KeyCode;
use emojis::{Group, UnicodeVersion};
use ratatui::layout::{Position, Rect};
use uchat_protocol::MessageId;

/// What the emoji is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// It is written where the caret stands.
    Composer,
    /// It answers this message.
    Message(MessageId),
}

/// Which group, and which one is chosen.
#[derive(Debug, Clone)]
pub struct Emoji {
    what_for: Use,
    text: Editor,
    group: usize,
    at: usize,
    /// How many stand in a row, as the size of the terminal says.
    columns: usize,
}

const GROUPS: [(Group, &str, Over); 8] = [
    (Group::SmileysAndEmotion, "😀", Over::Smileys),
    (Group::PeopleAndBody, "👋", Over::PeopleGroup),
    (Group::AnimalsAndNature, "🐻", Over::Nature),
    (Group::FoodAndDrink, "🍎", Over::Food),
    (Group::Activities, "🎉", Over::Activities),
    (Group::TravelAndPlaces, "🚗", Over::Travel),
    (Group::Objects, "💡", Over::Objects),
    (Group::Symbols, "💯", Over::Symbols),
];

impl Emoji {
    pub(super) fn new(what_for: Use, app: &App) -> Self {
        let columns = usize::from(app.size.width.saturating_sub(4) / 4).clamp(1, COLUMNS);
        Self { what_for, text: Editor::line(100), group: 0, at: 0, columns }
    }

    /// Those of the group, or, with a text, all to which it fits. Only such that take two cells in every
    /// terminal, and that fonts have had time to learn.
    fn found(&self) -> Vec<&'static emojis::Emoji> {
        let wanted = self.text.text().trim().to_lowercase();
        let simple = |emoji: &&emojis::Emoji| {
            let one = emoji.as_str().chars().count() == 1 && Cells::default().width(emoji.as_str()) == 2;
            one && emoji.unicode_version() <= KNOWN
        };
        let fits = |emoji: &&emojis::Emoji| {
            emoji.name().contains(&wanted)
                || emoji.shortcodes().any(|code| code.contains(&wanted))
                || words::chinese(emoji.as_str()).is_some_and(|words| words.contains(&wanted))
        };
        if wanted.is_empty() {
            return GROUPS[self.group % GROUPS.len()].0.emojis().filter(simple).collect();
        }
        emojis::iter().filter(simple).filter(fits).take(MOST).collect()
    }

    fn choose(&self, app: &mut App, at: usize) -> Then {
        let Some(emoji) = self.found().get(at).map(|emoji| emoji.as_str()) else { return Then::Stay };
        match self.what_for {
            Use::Composer => {
                chat::paste(app, emoji);
                app.view.focus = Focus::Composer;
            }
            Use::Message(id) => chat::react(app, id, emoji.to_owned()),
        }
        Then::Close
    }

    fn show_group(&mut self, group: usize) {
        self.text.take();
        (self.group, self.at) = (group % GROUPS.len(), 0);
    }
}

impl Window for Emoji {
    fn key(&mut self, app: &mut App, key: Key) -> Option<Then> {
        let last = self.found().len().saturating_sub(1);
        let at = self.at.min(last);
        self.at = match key.code {
            KeyCode::Enter => return Some(self.choose(app, at)),
            KeyCode::Left => at.saturating_sub(1),
            KeyCode::Right => (at + 1).min(last),
            KeyCode::Up => at.checked_sub(self.columns).unwrap_or(at),
            KeyCode::Down if at + self.columns <= last => at + self.columns,
            KeyCode::Down => at,
            KeyCode::Tab => {
                self.show_group(self.group + 1);
                0
            }
            KeyCode::BackTab => {
                self.show_group(self.group + GROUPS.len() - 1);
                0
            }
            _ => {
                return parts::edit(&mut self.text, key).then(|| {
                    self.at = 0;
                    Then::Stay
                });
            }
        };
        Some(Then::Stay)
    }

    fn paste(&mut self, _app: &mut App, text: &str) -> Then {
        parts::paste(&mut self.text, text);
        self.at = 0;
        Then::Stay
    }

    /// Numbers from `TABS` on are groups.
    fn click(&mut self, app: &mut App, target: &Target, _at: Position) -> Then {
        match target {
            Target::Row(number) if *number >= TABS => self.show_group(number - TABS),
            Target::Row(number) => return self.choose(app, *number),
            _ => {}
        }
        Then::Stay
    }

    fn scroll(&mut self, _app: &App, rows: isize) {
        let step = isize::try_from(self.columns).unwrap_or(1);
        let last = self.found().len().saturating_sub(1);
        self.at = self.at.saturating_add_signed(rows * step).min(last);
    }

    fn draw(&self, app: &App, pen: &mut Pen<'_>, area: Rect) {
        let title = match self.what_for {
            Use::Composer => Over::Emoji,
            Use::Message(_) => Over::React,
        };
        let wide = u16::try_from(self.columns * 4 + 4).unwrap_or(52);
        let inside = parts::window(pen, area, (wide, 16), pen.say(title));
        let buttons = [("enter", pen.say(Over::Take)), ("tab", pen.say(Over::NextGroup))];
        let inside =
            Rect { height: inside.height.min(parts::foot(pen, inside, &buttons).height + 1), ..inside };
        parts::input(pen, inside, pen.say(Over::Find), &self.text, pen.say(Over::EmojiHint));
        let tabs = area::below(inside, 2);
        let mut x = 0;
        for (number, (_, sign, _)) in GROUPS.iter().enumerate() {
            let here = number == self.group && self.text.is_empty();
            let text = if here { format!("[{sign}]") } else { format!(" {sign} ") };
            let role = if here { Role::Chosen } else { Role::Text };
            let place = Rect { height: 1, ..area::after(tabs, x) };
            x += pen.clickable(place, &text, role, Target::Row(TABS + number)) + 1;
        }
        let found = self.found();
        let grid = area::above(area::below(inside, 4), 2);
        let at = self.at.min(found.len().saturating_sub(1));
        let columns = self.columns;
        let list = parts::List { at: at / columns };
        for (row, y) in list.seen(found.len().div_ceil(columns), grid.height).zip(grid.top()..) {
            for column in 0..columns {
                let number = row * columns + column;
                let Some(emoji) = found.get(number) else { break };
                let x = grid.x + u16::try_from(column * 4).unwrap_or(0);
                let place = Rect { x, y, width: 4, height: 1 }.intersection(grid);
                let here = number == at;
                let text =
                    if here { format!("[{}]", emoji.as_str()) } else { format!(" {} ", emoji.as_str()) };
                let role = if here { Role::Chosen } else { Role::Text };
                pen.clickable(place, &text, role, Target::Row(number));
            }
        }
        let about = area::bottom(inside, 1);
        match found.get(at) {
            None => drop(pen.put(grid, pen.say(Over::NothingFound), Role::Dim)),
            Some(emoji) => {
                let group = pen.say(GROUPS[self.group % GROUPS.len()].2);
                let name = match app.lang() {
                    Lang::En => emoji.name(),
                    Lang::Zh => words::chinese(emoji.as_str()).unwrap_or(group),
                };
                parts::line(pen, about, &format!("{} {name}", emoji.as_str()), Role::Dim);
            }
        }
    }
}

/// The newest version of Unicode of which emoji are offered.
const KNOWN: UnicodeVersion = UnicodeVersion::new(14, 0);
/// The most emoji in a row.
const COLUMNS: usize = 12;
/// The most that a search shows.
const MOST: usize = 200;
/// Numbers from here on are groups, below it emoji.
const TABS: usize = 1 << 20;
