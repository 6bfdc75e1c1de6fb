//! The book's own directives: `{{#bytes NAME}}` and its siblings, each alone in a line.

use crate::problem::known_names;

/// What a line asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Directive<'a> {
    /// `{{#bytes NAME}}`: labelled bytes.
    Bytes(&'a str),
    /// `{{#table NAME}}`: a generated table.
    Table(&'a str),
    /// `{{#figure NAME | CAPTION}}`: a drawing from `figures/`.
    Figure(&'a str, Option<&'a str>),
    /// `{{#widget NAME}}`: something to play with, from `widgets/`.
    Widget(&'a str),
    /// `{{#minutes 25}}`: how long the page takes in a class.
    Minutes(u16),
}

/// The directives, as a writer writes them.
pub const KINDS: [&str; 5] = ["bytes", "table", "figure", "widget", "minutes"];

/// The directive of a line outside of fenced blocks; `None` when the line has none.
pub fn parse(line: &str) -> Result<Option<Directive<'_>>, String> {
    let Some(start) = find(line) else { return Ok(None) };
    let line = line.trim();
    let inner = line.strip_prefix("{{#").and_then(|rest| rest.strip_suffix("}}"));
    let Some(inner) = inner.filter(|inner| start == 0 && !inner.contains("{{#")) else {
        return Err("a directive stands alone in its line, as in {{#bytes frame}}; \
                    to show one, put a backslash before it"
            .to_owned());
    };
    let (kind, rest) = inner.split_once(char::is_whitespace).unwrap_or((inner, ""));
    let (name, caption) = match rest.split_once('|') {
        Some((name, caption)) => (name.trim(), Some(caption.trim())),
        None => (rest.trim(), None),
    };
    if caption.is_some() && kind != "figure" {
        return Err(format!("only a figure has a caption; write {{{{#{kind} {name}}}}}"));
    }
    if KINDS.contains(&kind) && !is_name(name) {
        return Err(format!(
            "{name:?} is not a name: write {{{{#{kind} NAME}}}} with small letters, digits and -"
        ));
    }
    Ok(Some(match kind {
        "bytes" => Directive::Bytes(name),
        "table" => Directive::Table(name),
        "figure" if caption == Some("") => return Err("the caption after | is empty".to_owned()),
        "figure" => Directive::Figure(name, caption),
        "widget" => Directive::Widget(name),
        "minutes" => match name.parse() {
            Ok(minutes) if minutes > 0 => Directive::Minutes(minutes),
            _ => return Err(format!("{{{{#minutes}}}} takes a whole number of minutes, not {name:?}")),
        },
        "include" => {
            return Err(
                "{{#include …}} stands in a fenced block, such as one that begins with ```rust,ignore"
                    .to_owned(),
            );
        }
        other => return Err(format!("there is no directive {other:?}; {}", known_names(other, KINDS))),
    }))
}

/// Where a directive begins in a line that may be indented; one after a backslash is shown, not followed.
fn find(line: &str) -> Option<usize> {
    let line = line.trim_start();
    line.match_indices("{{#").map(|(at, _)| at).find(|at| !line[..*at].ends_with('\\'))
}

/// Small letters, digits and `-`: a name can be no path.
pub fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_directive_is_read() {
        assert_eq!(parse("text"), Ok(None));
        assert_eq!(parse(r"\{{#bytes x}}"), Ok(None));
        assert_eq!(parse("{{#bytes sealed-packet}}"), Ok(Some(Directive::Bytes("sealed-packet"))));
        assert_eq!(
            parse("  {{#figure ladder | Eight layers}}"),
            Ok(Some(Directive::Figure("ladder", Some("Eight layers"))))
        );
        assert_eq!(parse("{{#figure ladder}}"), Ok(Some(Directive::Figure("ladder", None))));
        assert_eq!(parse("{{#minutes 25}}"), Ok(Some(Directive::Minutes(25))));
    }

    #[test]
    fn what_is_none_says_why() {
        for (line, part) in [
            ("{{#byte frame}}", "did you mean bytes"),
            ("{{#bytes}}", "not a name"),
            ("{{#bytes ../../etc/passwd}}", "not a name"),
            ("{{#widget a/b}}", "not a name"),
            ("{{#figure ladder |}}", "empty"),
            ("{{#table x | y}}", "only a figure"),
            ("{{#minutes soon}}", "whole number"),
            ("{{#minutes 0}}", "whole number"),
            ("{{#minutes 70000}}", "whole number"),
            ("see {{#bytes frame}}", "alone in its line"),
            ("{{#bytes frame}} and more", "alone in its line"),
            ("{{#bytes frame}} {{#bytes file}}", "alone in its line"),
            ("{{#bytes frame", "alone in its line"),
            ("{{#include ../x.rs}}", "fenced block"),
            ("{{#}}", "no directive"),
        ] {
            let problem = parse(line).unwrap_err();
            assert!(problem.contains(part), "{line}: {problem}");
        }
    }
}
