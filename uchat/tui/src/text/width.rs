//! How many cells a text takes, as terminals show it that go by grapheme clusters.

use super::cluster::{clusters, visible};
use unicode_width::UnicodeWidthStr;

/// A tab reaches to the next column that this divides, counted from the start of its row.
pub(crate) const TAB: usize = 4;

/// The rules of a terminal for widths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cells {
    /// Whether characters of ambiguous width (Unicode UAX #11: `“ … — ①` and others) take two cells, as in many
    /// terminals of East Asia.
    pub ambiguous_wide: bool,
}

impl Cells {
    /// The cells of one grapheme cluster: 0, 1 or 2. For a tab, which depends on where it stands, it is 1.
    #[must_use]
    pub fn of(self, grapheme: &str) -> u16 {
        let mut chars = grapheme.chars();
        match (chars.next(), chars.next()) {
            (Some(' '..='~' | '\t' | '\n'), None) => 1,
            (Some('\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}'), None) => 2,
            (Some('\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{ff01}'..='\u{ff60}'), None) => 2,
            _ => self.of_visible(&visible(grapheme)),
        }
    }

    /// The same for what [`visible`] has let through.
    pub(crate) fn of_visible(self, shown: &str) -> u16 {
        // Whoever asks for the text form of an emoji (U+FE0E) gets it in one cell, in East Asia as well.
        let cjk = self.ambiguous_wide && !shown.ends_with('\u{fe0e}');
        let wide = if cjk { shown.width_cjk() } else { shown.width() };
        u16::try_from(wide.min(2)).unwrap_or(2)
    }

    /// The cells of a cluster that starts in this column.
    pub(crate) fn at(self, column: usize, grapheme: &str) -> usize {
        if grapheme == "\t" { TAB - column % TAB } else { usize::from(self.of(grapheme)) }
    }

    /// The cells of a text in one line.
    #[must_use]
    pub fn width(self, text: &str) -> usize {
        clusters(text).fold(0, |used, (_, grapheme)| used + self.at(used, grapheme))
    }

    /// The longest beginning of the text that fits, and whether that is all of it.
    #[must_use]
    pub fn fit(self, text: &str, cells: usize) -> (&str, bool) {
        let mut used = 0;
        for (at, grapheme) in clusters(text) {
            used += self.at(used, grapheme);
            if used > cells {
                return (&text[..at], false);
            }
        }
        (text, true)
    }

    /// The text in at most so many cells; where it is too long it ends in `…`.
    #[must_use]
    pub fn shorten(self, text: &str, cells: usize) -> String {
        let (fits, all) = self.fit(text, cells);
        if all {
            return fits.to_owned();
        }
        let dots = usize::from(self.of("…"));
        if cells < dots {
            return String::new();
        }
        format!("{}…", self.fit(text, cells - dots).0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_without_a_table_is_what_the_table_says() {
        for c in ('\0'..='\u{323af}').chain('\u{e0000}'..='\u{e0fff}') {
            let text = c.to_string();
            for ambiguous_wide in [false, true] {
                let cells = Cells { ambiguous_wide };
                assert_eq!(cells.of(&text), cells.of_visible(&visible(&text)), "{c:?}");
            }
        }
    }
}
