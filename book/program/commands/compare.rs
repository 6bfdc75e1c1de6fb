//! What a page says against what a program printed: `...` alone in a line stands for any lines, `[..]` for any text.

use snapbox::Data;
use snapbox::filter::NormalizeToExpected;
use snapbox::report::{Palette, write_diff};

/// A diff, when the two do not fit.
pub(crate) fn differ(expected: &str, actual: &str) -> Option<String> {
    let (expected, actual) = (Data::text(plain(expected)), Data::text(plain(actual)));
    let fitted = NormalizeToExpected::new().redact().normalize(actual, &expected);
    if fitted == expected {
        return None;
    }
    let mut diff = String::from("the output is not what the page says");
    let names: [&dyn std::fmt::Display; 2] = [&"the page", &"the program"];
    // Writing to a String cannot fail.
    let _ = write_diff(&mut diff, &expected, &fitted, Some(names[0]), Some(names[1]), Palette::plain());
    Some(diff.trim_end().to_owned())
}

/// The first line of the page that is not among a server's lines, in their order. Between them may be others: its log
/// goes to the same terminal.
pub(crate) fn missing_line<'a>(expected: &'a str, actual: &str) -> Option<&'a str> {
    let mut lines = actual.lines();
    expected
        .lines()
        .filter(|line| !line.trim().is_empty() && line.trim() != "...")
        .find(|line| !lines.any(|actual| differ(line, actual).is_none()))
}

/// Without blanks at the ends of lines, and without empty lines at the end.
fn plain(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let text = lines.join("\n");
    match text.trim_end() {
        "" => String::new(),
        text => format!("{text}\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_stand_for_what_changes() {
        assert_eq!(differ("a [..] c\n...\nend\n", "a bcd c\n1\n2\nend\n\n"), None);
        assert_eq!(differ("", "\n"), None);
        assert_eq!(differ("...\n", "x\ny\n"), None);
        assert_eq!(differ("...\n", ""), None);
    }

    #[test]
    fn a_difference_is_shown_line_by_line() {
        let diff = differ("one\ntwo [..]\nthree\n", "one\n2 x\nthree\n").unwrap();
        assert!(diff.contains("two [..]") && diff.contains("2 x"), "{diff}");
        assert!(differ("one\n", "one\ntwo\n").is_some());
        assert!(differ("one\ntwo\n", "one\n").is_some());
        assert!(differ("", "surprise\n").is_some());
    }

    #[test]
    fn the_lines_of_a_server_may_have_others_between_them() {
        let actual = "log\nlistening on 127.0.0.1:1\na client\nbye 7\n";
        assert_eq!(missing_line("listening on [..]\n...\nbye [..]\n", actual), None);
        assert_eq!(missing_line("bye [..]\nlistening on [..]\n", actual), Some("listening on [..]"));
        assert_eq!(missing_line("hello\n", actual), Some("hello"));
    }
}
