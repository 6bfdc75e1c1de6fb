//! Draws the demo: names, the two, the check-list, and what lies on top.

use super::{Deed, Demo, Side, list};
use crate::draw::{self, Pen};
use crate::hit::Hits;
use crate::lang::Say;
use crate::lang::demo::Demo as Text;
use crate::lang::main::Main;
use crate::text;
use crate::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

impl Demo {
    /// Draws everything into the buffer; returns where the caret goes.
    pub fn draw(&mut self, buffer: &mut Buffer) -> Option<Position> {
        let area = buffer.area;
        let settings = self.app(self.focus).settings.clone();
        text::fill(buffer, area, settings.theme.style(Role::Text));
        self.hits.clear();
        let (width, height) = (draw::SMALLEST.0, draw::SMALLEST.1 + AROUND);
        let mut hits = Hits::default(); // clicks around the two are in `self.hits`
        let mut caret = None;
        if area.width < width || area.height < height {
            let mut pen = Pen { buffer, hits: &mut hits, caret: &mut caret, settings: &settings };
            let sizes = [("width", &*width.to_string()), ("height", &*height.to_string())];
            pen.paragraph(area, &Main::TooSmall.fill(settings.lang, &sizes), Role::Text);
            return None;
        }
        let mut there = None;
        for side in Side::BOTH {
            if let Some(half) = self.layout.half(side) {
                let caret = self.half(side, buffer, half);
                there = if side == self.focus { caret } else { there };
            }
        }
        let mut pen = Pen { buffer, hits: &mut hits, caret: &mut caret, settings: &settings };
        self.banner(&mut pen);
        self.names(&mut pen);
        for y in self.layout.between.top()..self.layout.between.bottom() {
            pen.put(Rect { y, height: 1, ..self.layout.between }, pen.sign("│"), Role::Frame);
        }
        list::draw(self, &mut pen);
        if let Some(mut pane) = self.pane.take() {
            let above = self.layout.above();
            self.hits.retain(|(area, _)| !area.intersects(above));
            pane.draw(&self.knows, &mut pen, above);
            self.pane = Some(pane);
            return None;
        }
        there
    }

    /// One of the two, drawn as on a terminal of its own.
    fn half(&mut self, side: Side, buffer: &mut Buffer, area: Rect) -> Option<Position> {
        let mut own = Buffer::empty(Rect::new(0, 0, area.width, area.height));
        let caret = draw::draw(&mut self.apps[side as usize], &mut own);
        for y in 0..area.height.min(buffer.area.bottom().saturating_sub(area.y)) {
            for x in 0..area.width.min(buffer.area.right().saturating_sub(area.x)) {
                buffer[(area.x + x, area.y + y)] = own[(x, y)].clone();
            }
        }
        caret.map(|at| Position::new(area.x + at.x, area.y + at.y))
    }

    /// On a lesson: what is missing.
    fn banner(&self, pen: &mut Pen<'_>) {
        let text = match self.lesson {
            Some(1) => Text::Lesson1,
            Some(2) => Text::Lesson2,
            Some(3) => Text::Lesson3,
            Some(4) => Text::Lesson4,
            Some(5) => Text::Lesson5,
            Some(6) => Text::Lesson6,
            _ => return,
        };
        let text = format!(" {} {}", pen.sign("⚠"), pen.say(text));
        let text = pen.settings.cells.shorten(&text, usize::from(self.layout.banner.width));
        pen.put(self.layout.banner, &text, Role::Warning);
    }

    /// Whose screen is whose, who has the focus, and the cable of the right one.
    fn names(&mut self, pen: &mut Pen<'_>) {
        for (side, tab) in Side::BOTH.into_iter().zip(self.layout.tabs) {
            let focus = side == self.focus;
            let sign = if focus { pen.sign("▸") } else { " " };
            let role = if focus { Role::Chosen } else { Role::Dim };
            pen.put(tab, &" ".repeat(usize::from(tab.width)), role);
            let used = pen.put(tab, &format!("{sign} {} ", side.name()), role);
            let place = Rect { x: tab.x + used, width: tab.width.saturating_sub(used), ..tab };
            if side == Side::Right && !self.plugged {
                pen.put(place, &format!("{} {}", pen.sign("✂"), pen.say(Text::Unplugged)), Role::Error);
            } else if !focus {
                pen.put(place, Deed::Switch.key(), Role::Button);
            }
        }
        let right = self.layout.tabs[1];
        let mut place = self.layout.rest;
        let mut deeds = [Deed::Plug, Deed::Server].as_slice();
        if place.is_empty() {
            let width = right.width / 2;
            (place, deeds) = (Rect { x: right.right() - width, width, ..right }, &[Deed::Plug]);
        }
        for deed in deeds {
            let used = self.button(pen, place, *deed) + 1;
            (place.x, place.width) = (place.x + used.min(place.width), place.width.saturating_sub(used));
        }
    }

    /// A button for what is done around the two; where there is no room for its words, its key alone. Returns the
    /// cells it takes.
    pub(super) fn button(&mut self, pen: &mut Pen<'_>, area: Rect, deed: Deed) -> u16 {
        let whole = format!("[{} {}]", deed.key(), pen.say(deed.does(self.plugged)));
        let fits = |label: &String| pen.settings.cells.width(label) <= usize::from(area.width);
        let Some(label) = [whole, format!("[{}]", deed.key())].into_iter().find(fits) else { return 0 };
        let used = pen.put(area, &label, Role::Button);
        self.hits.push((Rect { width: used, height: 1, ..area }, deed));
        used
    }
}

/// The rows around the two: a warning, names, the check-list in one line.
const AROUND: u16 = 3;
