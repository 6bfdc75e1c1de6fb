//! Writing into cells. Ratatui measures each symbol once more when it compares two screens; where it would come to
//! another width than [`Cells`], the cell says so, and what follows is written where it belongs.

use super::Cells;
use super::cluster::{clusters, visible};
use ratatui::buffer::{Buffer, CellDiffOption, CellWidth};
use ratatui::layout::Rect;
use ratatui::style::Style;
use std::num::NonZeroU16;

/// Writes a text in one line, from the left end of the area's first row; what does not fit is left out. What a
/// terminal would obey instead of showing it is replaced. Returns the cells that were written.
pub fn put(buffer: &mut Buffer, area: Rect, text: &str, style: Style, cells: Cells) -> u16 {
    line(buffer, area, clusters(text).map(|(_, cluster)| (cluster, style)), cells)
}

/// Makes an area empty, in this style. A wide character that reaches in from the left is blanked as a whole: else its
/// right half would be drawn over.
pub fn fill(buffer: &mut Buffer, area: Rect, style: Style) {
    let area = area.intersection(buffer.area);
    for y in area.top()..area.bottom() {
        blank_left_half(buffer, area.x, y);
        for x in area.left()..area.right() {
            buffer[(x, y)].reset();
            buffer[(x, y)].set_style(style);
        }
    }
}

fn line<'a>(
    buffer: &mut Buffer,
    area: Rect,
    text: impl Iterator<Item = (&'a str, Style)>,
    cells: Cells,
) -> u16 {
    let area = area.intersection(buffer.area);
    if area.is_empty() {
        return 0;
    }
    let mut used = 0;
    // Where the last cluster stands: what takes no cell belongs to it.
    let mut last = None;
    for (cluster, style) in text {
        if cluster == "\t" {
            let spaces = u16::try_from(cells.at(usize::from(used), cluster)).unwrap_or(1);
            for _ in 0..spaces.min(area.width - used) {
                set(buffer, (area.x + used, area.y), " ", 1, style);
                used += 1;
            }
            last = None;
            continue;
        }
        let shown = visible(cluster);
        let wide = cells.of_visible(&shown);
        if wide == 0 {
            if let Some(at) = last {
                let symbol = format!("{}{shown}", buffer[at].symbol());
                let wide = buffer[at].cell_width();
                set(buffer, at, &symbol, wide, style);
            }
            continue;
        }
        if used + wide > area.width {
            break;
        }
        let at = (area.x + used, area.y);
        set(buffer, at, &shown, wide, style);
        last = Some(at);
        used += wide;
    }
    used
}

/// Writes one symbol that takes so many cells. Of the wide characters that it covers in part, nothing remains.
fn set(buffer: &mut Buffer, (x, y): (u16, u16), symbol: &str, wide: u16, style: Style) {
    blank_left_half(buffer, x, y);
    // After an emoji with a selector, ratatui would write the cell below its right half, one too far right in all
    // terminals that show the emoji in two cells.
    let differs = symbol.cell_width() != wide || wide > 1 && symbol.contains('\u{fe0f}');
    let option = NonZeroU16::new(wide).filter(|_| differs);
    let cell = buffer[(x, y)].set_symbol(symbol).set_style(style);
    cell.set_diff_option(option.map_or(CellDiffOption::None, CellDiffOption::ForcedWidth));
    for rest in 1..wide {
        let cell = buffer[(x + rest, y)].set_symbol(" ").set_style(style);
        cell.set_diff_option(CellDiffOption::None);
    }
}

/// Blanks the character whose right half is at this place, if there is one.
fn blank_left_half(buffer: &mut Buffer, x: u16, y: u16) {
    if x > buffer.area.x && buffer[(x - 1, y)].cell_width() > 1 {
        buffer[(x - 1, y)].set_symbol(" ").set_diff_option(CellDiffOption::None);
    }
}
