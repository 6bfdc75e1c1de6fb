//! What stands out in a text: links, and our own name where somebody speaks to us. In: a text of anybody; out: a text
//! that is safe to show, and which bytes of it are what.

use super::font::Size;
use std::ops::Range;
use uchat_client::core::mentions;
use uchat_protocol::fields;
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// What a part of a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Link,
    Mention,
}

/// A part of a text that stands out.
pub(crate) type Mark = (Range<usize>, Kind);

/// The text as it is shown in this size, and what stands out in it. `me`: whom mentions speak to.
pub(crate) fn rich(text: &str, size: Size, me: Option<&str>) -> (String, Vec<Mark>) {
    let text = clean(text);
    let (mut shown, mut marks) = (String::with_capacity(text.len()), Vec::new());
    let mut rest = 0;
    for (part, kind) in parts(&text, me) {
        shown.push_str(&size.letters(&text[rest..part.start]));
        let start = shown.len();
        match kind {
            Kind::Link => shown.push_str(&text[part.clone()]),
            Kind::Mention => shown.push_str(&size.letters(&text[part.clone()])),
        }
        marks.push((start..shown.len(), kind));
        rest = part.end;
    }
    shown.push_str(&size.letters(&text[rest..]));
    (shown, marks)
}

/// The links in a text.
pub(crate) fn links(text: &str) -> Vec<String> {
    let text = clean(text);
    parts(&text, None).into_iter().map(|(part, _)| text[part].to_owned()).collect()
}

/// Safe to show, in one form, and no character with more marks on it than a writing system needs.
pub(crate) fn clean(text: &str) -> String {
    let text: String = fields::shown(text).nfc().collect();
    let text = text.replace('\t', "    ");
    let most = |grapheme: &str| grapheme.char_indices().nth(MARKS).map_or(grapheme.len(), |(at, _)| at);
    match text.graphemes(true).any(|grapheme| most(grapheme) < grapheme.len()) {
        true => text.graphemes(true).map(|grapheme| &grapheme[..most(grapheme)]).collect(),
        false => text,
    }
}

fn parts(text: &str, me: Option<&str>) -> Vec<Mark> {
    let mut parts: Vec<Mark> = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find([':', '@']) {
        let here = at + found;
        at = here + 1;
        let part = if text[here..].starts_with("://") {
            link(text, here).map(|link| (link, Kind::Link))
        } else {
            me.and_then(|me| mention(text, here, me)).map(|mention| (mention, Kind::Mention))
        };
        if let Some(part) = part.filter(|part| parts.last().is_none_or(|last| last.0.end <= part.0.start)) {
            at = part.0.end;
            parts.push(part);
        }
    }
    parts
}

/// The link whose `://` stands here.
fn link(text: &str, here: usize) -> Option<Range<usize>> {
    let scheme = SCHEMES.iter().find(|scheme| text[..here].ends_with(**scheme))?;
    let start = here - scheme.len();
    if text[..start].chars().next_back().is_some_and(|before| before.is_ascii_alphanumeric()) {
        return None;
    }
    let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '`') || is_wide_sign(c);
    let after = here + "://".len();
    let length = text[after..].find(ends).unwrap_or(text.len() - after);
    let end =
        text[..after + length].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '}', '\'']).len();
    (end > after).then_some(start..end)
}

/// Signs of Chinese texts, which stand behind links without a space.
fn is_wide_sign(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' | '“' | '”' | char::REPLACEMENT_CHARACTER)
}

/// Our name, if it stands behind the `@` that stands here.
fn mention(text: &str, here: usize, me: &str) -> Option<Range<usize>> {
    let before = text[..here].chars().next_back();
    if before.is_some_and(char::is_alphanumeric) {
        return None;
    }
    let ends: Vec<usize> =
        text[here + 1..].char_indices().map(|(at, c)| here + 1 + at + c.len_utf8()).take(NAME + 1).collect();
    let end = *ends.get(me.chars().count().checked_sub(1)?)?;
    // With what comes behind it, which may make it a part of a longer word.
    let with_next = *ends.iter().find(|next| **next > end).unwrap_or(&end);
    mentions(&text[here..with_next], me).then_some(here..end)
}

const SCHEMES: [&str; 3] = ["https", "http", "uchat"];
/// The most characters of one grapheme cluster; a family of emoji has eleven.
const MARKS: usize = 16;
/// The longest name, in characters.
const NAME: usize = uchat_protocol::limits::USER_NAME;

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str) -> Vec<(String, Kind)> {
        let (shown, marks) = rich(text, Size::Normal, Some("ann"));
        marks.into_iter().map(|(part, kind)| (shown[part].to_owned(), kind)).collect()
    }

    #[test]
    fn links_end_where_a_person_would_say_so() {
        for (text, link) in [
            ("see https://a.example/b?c=d.", "https://a.example/b?c=d"),
            ("(http://a.example)", "http://a.example"),
            ("看https://a.example/字，好", "https://a.example/字"),
            ("uchat://localhost:2333/abc\nnext", "uchat://localhost:2333/abc"),
        ] {
            assert_eq!(marked(text), [(link.to_owned(), Kind::Link)], "{text}");
        }
        for text in ["http://", "xhttp://a", "ftp://a", "://", "a:b"] {
            assert_eq!(marked(text), [], "{text}");
        }
    }

    #[test]
    fn our_name_is_found_as_a_whole_word() {
        assert_eq!(marked("hi @Ann, and @ann!").len(), 2);
        assert_eq!(marked("@anna, x@ann.org @bob"), []);
        assert_eq!(links("@ann http://a.example"), ["http://a.example"]);
    }

    #[test]
    fn a_hostile_text_is_safe_and_short() {
        let (shown, _) = rich(&format!("a{}", "\u{301}".repeat(2_000)), Size::Normal, None);
        assert!(shown.chars().count() <= MARKS);
        let (shown, _) = rich("\u{1b}[2J\u{202e}evil", Size::Normal, None);
        assert_eq!(shown, "\u{fffd}[2J\u{fffd}evil");
        let family = "👨‍👩‍👧‍👦";
        assert_eq!(rich(family, Size::Normal, None).0, family);
    }
}
