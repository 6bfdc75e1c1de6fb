//! Text in columns: width as a terminal counts it, padding, wrapping, and quoting of untrusted text.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns that `text` takes on a terminal; a Chinese character takes two.
#[must_use]
pub fn width(text: &str) -> usize {
    text.width()
}

/// `text` followed by spaces up to `columns`; longer text is returned as it is.
#[must_use]
pub fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// `text` in double quotes with control characters and invisible ones escaped, so that nothing that
/// came from the network can move the cursor or hide other text.
#[must_use]
pub fn quoted(text: &str) -> String {
    format!("{text:?}")
}

/// The same without the quotes: what may be written to a terminal on a line of its own.
#[must_use]
pub fn harmless(text: &str) -> String {
    let quoted = quoted(text);
    quoted[1..quoted.len() - 1].replace("\\\"", "\"").replace("\\\\", "\\")
}

/// Breaks `text` into lines of at most `columns`, at spaces where there are some, else inside the word
/// (as Chinese needs). Always returns at least one line.
#[must_use]
pub fn fill(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(2);
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split_inclusive(' ') {
        let solid = width(word.trim_end());
        if used > 0 && used + solid > columns {
            lines.push(String::new());
            used = 0;
        }
        for c in word.chars() {
            let wide = c.width().unwrap_or(0);
            if used + wide > columns {
                if c == ' ' {
                    continue; // a space at the end of a full line has done its work
                }
                lines.push(String::new());
                used = 0;
            }
            if let Some(line) = lines.last_mut() {
                line.push(c);
            }
            used += wide;
        }
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_characters_count_two_columns() {
        assert_eq!(width("小明a"), 5);
        assert_eq!(pad("小明", 6), "小明  ");
    }

    #[test]
    fn lines_break_at_spaces_and_inside_long_words() {
        assert_eq!(fill("one two three", 8), ["one two", "three"]);
        assert_eq!(fill("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(fill("你好世界", 5), ["你好", "世界"]);
        assert_eq!(fill("", 10), [""]);
    }

    #[test]
    fn escape_sequences_never_reach_the_terminal() {
        assert_eq!(quoted("\u{1b}[2J"), r#""\u{1b}[2J""#);
        assert_eq!(quoted("a\u{202e}b"), r#""a\u{202e}b""#);
        assert_eq!(harmless("\u{1b}[2J \u{202e} \"小明\" \\ '"), r#"\u{1b}[2J \u{202e} "小明" \ '"#);
    }
}
