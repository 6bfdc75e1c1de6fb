//! What of a paste is text. A paste may hold anything: line ends of other systems, and sequences that a terminal
//! would obey. Of those nothing remains, so that no leftover such as `[31m` stands in the text.

use unicode_normalization::UnicodeNormalization;

/// The text of a paste, in NFC. Where there is only one line, newlines and tabs become spaces; those at the end,
/// which come with nearly every copied line, go.
pub(super) fn clean(text: &str, multi_line: bool) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '\r' => {
                rest = rest.strip_prefix('\n').unwrap_or(rest);
                clean.push('\n');
            }
            '\u{85}' | '\u{2028}' | '\u{2029}' => clean.push('\n'),
            '\u{1b}' | '\u{80}'..='\u{9f}' => rest = after_sequence(c, rest),
            '\n' | '\t' => clean.push(c),
            // Stands at the start of files of some systems, and is seen nowhere.
            '\u{feff}' => {}
            c if c.is_control() => {}
            c => clean.push(c),
        }
    }
    if multi_line {
        return clean.nfc().collect();
    }
    clean
        .trim_end_matches('\n')
        .chars()
        .map(|c| if matches!(c, '\n' | '\t') { ' ' } else { c })
        .nfc()
        .collect()
}

/// What comes after an escape sequence (ECMA-48) whose first character was just read. Of one that never ends, only
/// the beginning goes: the rest may well be text.
fn after_sequence(first: char, text: &str) -> &str {
    let (kind, rest) = match first {
        '\u{1b}' => match text.chars().next() {
            Some(kind @ ' '..='~') => (kind, &text[1..]),
            _ => return text,
        },
        // The same in one character: U+0080 to U+009F are ESC and `@` to `_`.
        _ => (char::from_u32(u32::from(first) - 0x40).unwrap_or('@'), text),
    };
    match kind {
        '[' => {
            let last = rest
                .trim_start_matches(|c| matches!(c, '0'..='?'))
                .trim_start_matches(|c| matches!(c, ' '..='/'));
            last.strip_prefix(|c| matches!(c, '@'..='~')).unwrap_or(rest)
        }
        // A command, a title, a link: text up to its end.
        ']' | 'P' | 'X' | '^' | '_' => {
            let end = rest.find(|c: char| c.is_control()).unwrap_or(rest.len());
            let end = &rest[end..];
            ["\u{7}", "\u{1b}\\", "\u{9c}"].iter().find_map(|mark| end.strip_prefix(mark)).unwrap_or(rest)
        }
        // Of three characters, as ESC ( B.
        ' '..='/' => rest
            .trim_start_matches(|c| matches!(c, ' '..='/'))
            .strip_prefix(|c| matches!(c, '0'..='~'))
            .unwrap_or(rest),
        _ => rest,
    }
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn of_a_paste_only_the_text_remains() {
        for (pasted, text) in [
            ("a\r\nb\rc\n", "a\nb\nc\n"),
            ("a\u{2028}b\u{85}c", "a\nb\nc"),
            ("\u{1b}[1;31mred\u{1b}[0m", "red"),
            ("\u{9b}31mred\u{9b}m", "red"),
            ("\u{1b}]0;title\u{7}text", "text"),
            ("\u{1b}]8;;https://a.example\u{1b}\\link\u{1b}]8;;\u{1b}\\!", "link!"),
            ("\u{1b}P1$r\u{9c}text", "text"),
            ("\u{1b}(Btext\u{1b}7", "text"),
            ("\u{1b}[200~no\u{1b}[201~", "no"),
            ("bell\u{7} back\u{8} del\u{7f} nul\0", "bell back del nul"),
            ("\u{feff}e\u{301}", "é"),
            ("tab\tstays", "tab\tstays"),
        ] {
            assert_eq!(clean(pasted, true), text, "{pasted:?}");
        }
    }

    #[test]
    fn of_a_sequence_without_an_end_the_rest_stays() {
        for (pasted, text) in [
            ("\u{1b}]0;all this is text\nand this", "0;all this is text\nand this"),
            ("\u{1b}[31中文", "31中文"),
            ("\u{1b}中文", "中文"),
            ("\u{1b}", ""),
            ("\u{1b}[", ""),
            ("\u{9b}", ""),
        ] {
            assert_eq!(clean(pasted, true), text, "{pasted:?}");
        }
    }

    #[test]
    fn in_one_line_newlines_are_spaces_and_those_at_the_end_go() {
        assert_eq!(clean("uchat://server\r\n", false), "uchat://server");
        assert_eq!(clean("two\nlines\tmore\n\n", false), "two lines more");
    }
}
