//! Where what stands. In wide terminals both stand side by side, in narrow ones the one with the focus; in high ones
//! the whole check-list stands below, in low ones one line of it.

use super::Side;
use ratatui::layout::{Constraint, Layout as Split, Rect, Size};

/// The areas of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Layout {
    /// The warning of a lesson; empty where there is none.
    pub(super) banner: Rect,
    /// The names: a click gives the focus.
    pub(super) tabs: [Rect; 2],
    /// What is left of the line of names, in narrow terminals: room for buttons.
    pub(super) rest: Rect,
    /// The two; only one of them where there is no room for both.
    halves: [Option<Rect>; 2],
    /// Between the two; empty in narrow terminals.
    pub(super) between: Rect,
    /// The check-list.
    pub(super) list: Rect,
    /// Whether there is room for all of it.
    pub(super) full: bool,
}

impl Layout {
    /// For a terminal of this size.
    pub(super) fn of(size: Size, focus: Side, banner: bool) -> Self {
        let full = size.height >= HIGH && size.width >= MEDIUM;
        let rows = [
            Constraint::Length(u16::from(banner)),
            Constraint::Length(1),
            Constraint::Min(1),
            Constraint::Length(if full { LIST } else { 1 }),
        ];
        let area = Rect::new(0, 0, size.width, size.height);
        let [banner, names, body, list] = Split::vertical(rows).areas(area);
        if size.width >= WIDE {
            let columns = [Constraint::Fill(1), Constraint::Length(1), Constraint::Fill(1)];
            let [left, between, right] = Split::horizontal(columns).areas(body);
            let [left_name, _, right_name] = Split::horizontal(columns).areas(names);
            let (tabs, halves) = ([left_name, right_name], [Some(left), Some(right)]);
            return Self { banner, tabs, rest: Rect::default(), halves, between, list, full };
        }
        let columns = [Constraint::Length(TAB), Constraint::Length(TAB), Constraint::Min(0)];
        let [left, right, rest] = Split::horizontal(columns).areas(names);
        let halves = Side::BOTH.map(|side| (side == focus).then_some(body));
        Self { banner, tabs: [left, right], rest, halves, between: Rect::default(), list, full }
    }

    /// Where this side stands, if it does.
    pub(super) fn half(&self, side: Side) -> Option<Rect> {
        self.halves[side as usize]
    }

    /// How large it is, or would be.
    pub(super) fn size(&self, side: Side) -> Size {
        self.half(side).or(self.half(side.other())).unwrap_or_default().as_size()
    }

    /// Everything above the check-list, for what opens on top.
    pub(super) fn above(&self) -> Rect {
        let top = self.tabs[0].y;
        Rect { x: 0, y: top, width: self.list.width, height: self.list.y.saturating_sub(top) }
    }
}

/// From this width on both stand side by side.
const WIDE: u16 = 100;
/// From this size on there is room for the whole check-list.
const MEDIUM: u16 = 76;
const HIGH: u16 = 28;
/// The rows of the whole check-list: seven steps in a frame.
const LIST: u16 = 9;
/// The cells of a name in narrow terminals.
const TAB: u16 = 19;
