//! What drawing functions are given: cells, settings, and the places to write down clicks and the caret.

use crate::action::Action;
use crate::app::Settings;
use crate::hit::{Hits, Target};
use crate::lang::Say;
use crate::text;
use crate::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Position, Rect};
use ratatui::style::Style;
use ratatui::symbols::border;
use ratatui::widgets::{Block, Widget};

/// The pen.
pub struct Pen<'a> {
    /// The cells.
    pub buffer: &'a mut Buffer,
    /// What a click means.
    pub hits: &'a mut Hits,
    /// Where the caret goes.
    pub caret: &'a mut Option<Position>,
    /// Language, theme, widths.
    pub settings: &'a Settings,
}

impl Pen<'_> {
    /// The style of a role.
    #[must_use]
    pub fn style(&self, role: Role) -> Style {
        self.settings.theme.style(role)
    }

    /// A sentence in the language of the screen.
    pub fn say(&self, text: impl Say) -> &'static str {
        text.say(self.settings.lang)
    }

    /// A sign of the screen's own, as this terminal can show it.
    pub fn sign(&self, sign: &'static str) -> &'static str {
        self.settings.cells.sign(sign)
    }

    /// A byte as the character that it is, where that is one of ASCII.
    pub fn character(&self, byte: u8) -> &'static str {
        const ASCII: &str = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";
        let at = usize::from(byte).checked_sub(0x20);
        at.and_then(|at| ASCII.get(at..=at)).unwrap_or(self.sign("·"))
    }

    /// Writes one line at the start of the area; returns the cells that were written.
    pub fn put(&mut self, area: Rect, text: &str, role: Role) -> u16 {
        self.put_styled(area, text, self.style(role))
    }

    /// The same in any style.
    pub fn put_styled(&mut self, area: Rect, text: &str, style: Style) -> u16 {
        text::put(self.buffer, area, text, style, self.settings.cells)
    }

    /// Writes one line in the middle of the area.
    pub fn centre(&mut self, area: Rect, text: &str, role: Role) {
        let width = u16::try_from(self.settings.cells.width(text)).unwrap_or(u16::MAX).min(area.width);
        let indent = (area.width - width) / 2;
        self.put(Rect { x: area.x + indent, width: area.width - indent, ..area }, text, role);
    }

    /// Writes text that breaks into rows; returns how many rows it took.
    pub fn paragraph(&mut self, area: Rect, text: &str, role: Role) -> u16 {
        let rows = text::wrap(text, usize::from(area.width), self.settings.cells);
        let mut used = 0;
        for row in rows.iter().take(usize::from(area.height)) {
            let line = Rect { y: area.y + used, height: 1, ..area };
            self.put(line, &text[row.bytes.clone()], role);
            used += 1;
        }
        used
    }

    /// A frame with a title; returns what is inside.
    pub fn frame(&mut self, area: Rect, title: &str, focus: bool) -> Rect {
        let style = self.style(if focus { Role::FocusFrame } else { Role::Frame });
        let lines = match (self.settings.cells.ambiguous_wide, focus) {
            (false, true) => border::THICK,
            (false, false) => border::PLAIN,
            (true, true) => ascii("="),
            (true, false) => ascii("-"),
        };
        Block::bordered().border_set(lines).border_style(style).render(area, self.buffer);
        if area.width > 6 {
            let width = area.width - 4;
            let title = self.settings.cells.shorten(title, usize::from(width - 2));
            let role = if focus { Role::Strong } else { Role::Text };
            let place = Rect { x: area.x + 2, y: area.y, width, height: 1 };
            self.put(place, &format!(" {title} "), role);
        }
        area.inner(Margin::new(1, 1))
    }

    /// A window on top of what is there, in the middle of the area; returns what is inside.
    pub fn window(&mut self, area: Rect, width: u16, height: u16, title: &str) -> Rect {
        let (width, height) = (width.min(area.width), height.min(area.height));
        let x = area.x + (area.width - width) / 2;
        let y = area.y + (area.height - height) / 2;
        let window = Rect { x, y, width, height };
        text::fill(self.buffer, window, self.style(Role::Text));
        self.hits.cover(window);
        self.frame(window, title, true)
    }

    /// A button for an action with its key, `[ F1 help ]`; returns the cells it takes, and one more.
    pub fn button(&mut self, area: Rect, action: Action) -> u16 {
        let (key, text) = (self.settings.keymap.shown(action), self.say(action.does()));
        let label = if key.is_empty() { format!("[ {text} ]") } else { format!("[ {key} {text} ]") };
        self.clickable(area, &label, Role::Button, Target::Do(action)) + 1
    }

    /// A text that can be clicked.
    pub fn clickable(&mut self, area: Rect, text: &str, role: Role, target: Target) -> u16 {
        let used = self.put(area, text, role);
        self.hits.add(Rect { width: used, height: 1.min(area.height), ..area }, target);
        used
    }
}

/// A frame for terminals in which the usual lines would take two cells.
fn ascii(horizontal: &'static str) -> border::Set<'static> {
    let (corner, vertical) = ("+", "|");
    border::Set {
        top_left: corner,
        top_right: corner,
        bottom_left: corner,
        bottom_right: corner,
        vertical_left: vertical,
        vertical_right: vertical,
        horizontal_top: horizontal,
        horizontal_bottom: horizontal,
    }
}
