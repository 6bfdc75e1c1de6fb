//! Parts of an area of the screen. What does not fit is left out; no part is larger than the whole.

use ratatui::layout::Rect;

/// What is left below so many rows.
pub(crate) fn below(area: Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    Rect { y: area.y + rows, height: area.height - rows, ..area }
}

/// What is left to the right of so many cells.
pub(crate) fn after(area: Rect, cells: u16) -> Rect {
    let cells = cells.min(area.width);
    Rect { x: area.x + cells, width: area.width - cells, ..area }
}

/// The last rows.
pub(crate) fn bottom(area: Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    Rect { y: area.bottom() - rows, height: rows, ..area }
}

/// All but the last rows.
pub(crate) fn above(area: Rect, rows: u16) -> Rect {
    Rect { height: area.height.saturating_sub(rows), ..area }
}

/// The first row.
pub(crate) fn row(area: Rect) -> Rect {
    Rect { height: 1.min(area.height), ..area }
}

/// Goes so many rows down: the area is what is left below them.
pub(crate) fn skip(area: &mut Rect, rows: u16) {
    *area = below(*area, rows);
}
