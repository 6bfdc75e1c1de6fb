//! Text in grapheme clusters: what a reader takes for one character, and what of it reaches the terminal. In goes any
//! text; out come its clusters, and for each the form that is safe to show and stands in cells of its own.

use std::borrow::Cow;
use uchat_protocol::fields;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// The clusters of a text with the byte at which each starts; the same as `grapheme_indices(true)`, but most of what
/// people write never reaches the tables.
pub(crate) fn clusters(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = &text[start..];
        let mut chars = rest.chars();
        let first = chars.next()?;
        let one = if is_alone(first) && chars.next().is_none_or(is_alone) {
            &rest[..first.len_utf8()]
        } else {
            rest.graphemes(true).next()?
        };
        let at = start;
        start += one.len();
        Some((at, one))
    })
}

/// Whether two such characters next to each other are always two clusters.
fn is_alone(c: char) -> bool {
    matches!(c,
        '\t' | '\n' | ' '..='~'
        | '\u{c0}'..='\u{2ff}' | '\u{370}'..='\u{482}' | '\u{48a}'..='\u{52f}'
        | '\u{5d0}'..='\u{5ea}' | '\u{620}'..='\u{64a}'
        | '\u{2010}'..='\u{2027}' | '\u{3001}'..='\u{3029}'
        | '\u{3041}'..='\u{3096}' | '\u{30a0}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{ff01}'..='\u{ff9d}')
}

/// A cluster as it is shown. Newlines and tabs are spaces. What a terminal would obey is a replacement character, or
/// left out of a cluster that has more to show. A mark without a base stands on a space. What is only a joiner or a
/// selector is as it was: it takes no cells.
pub(crate) fn visible(cluster: &str) -> Cow<'_, str> {
    match cluster.as_bytes() {
        [b'\n' | b'\t'] => return Cow::Borrowed(" "),
        [b' '..=b'~'] => return Cow::Borrowed(cluster),
        _ => {}
    }
    let mut shown = Cow::Borrowed(cluster);
    if cluster.chars().any(may_be_obeyed) && !is_flag_of_a_region(cluster) {
        let safe = fields::one_line(cluster);
        let kept = cluster.chars().zip(safe.chars()).filter(|(was, is)| was == is).map(|(was, _)| was);
        let kept: String = kept.collect();
        shown = Cow::Owned(if kept.is_empty() { "\u{fffd}".to_owned() } else { kept });
    }
    if shown.width() > 0 || shown.chars().all(is_joiner) {
        return shown;
    }
    let is_mark = |c: char| c.general_category_group() == GeneralCategoryGroup::Mark || is_jamo(c);
    if shown.chars().any(is_mark) { Cow::Owned(format!(" {shown}")) } else { Cow::Borrowed(" ") }
}

/// At least every character that [`fields::one_line`] replaces, and few others: a look at a table for each character
/// would take longer than all the rest.
fn may_be_obeyed(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}'
        | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}'
        | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1345f}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether this is the flag of England, Scotland, Wales or the like: a black flag, and the region in tag characters,
/// which no terminal obeys and which are worth nothing anywhere else.
fn is_flag_of_a_region(cluster: &str) -> bool {
    let tags = cluster.strip_prefix('\u{1f3f4}').and_then(|rest| rest.strip_suffix('\u{e007f}'));
    let is_tag = |c| matches!(c, '\u{e0030}'..='\u{e0039}' | '\u{e0061}'..='\u{e007a}');
    tags.is_some_and(|tags| (3..=6).contains(&tags.chars().count()) && tags.chars().all(is_tag))
}

/// Joiners and variation selectors: they only say how their neighbours look.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{34f}' | '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{200c}' | '\u{200d}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Vowels and final consonants of Hangul, except those that fill an empty place.
fn is_jamo(c: char) -> bool {
    matches!(c, '\u{1161}'..='\u{11ff}' | '\u{d7b0}'..='\u{d7ff}')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_that_the_protocol_replaces_is_shown() {
        for c in ('\0'..='\u{323af}').chain('\u{e0000}'..='\u{e0fff}') {
            let text = c.to_string();
            if !matches!(c, '\n' | '\t') && fields::one_line(&text) != text {
                assert!(may_be_obeyed(c), "{c:?}");
                assert_eq!(visible(&text), "\u{fffd}", "{c:?}");
            }
        }
    }

    #[test]
    fn what_cannot_stand_alone_stands_on_a_space_or_takes_no_cell() {
        assert_eq!(visible("\u{301}"), " \u{301}");
        assert_eq!(visible("\u{1161}"), " \u{1161}");
        assert_eq!(visible("\u{3164}"), " ", "a letter that is blank");
        assert_eq!(visible("\u{200d}"), "\u{200d}");
        assert_eq!(visible("\u{fe0f}"), "\u{fe0f}");
    }

    #[test]
    fn tags_make_a_flag_and_hide_nothing_else() {
        let england = "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}";
        assert_eq!(visible(england), england);
        assert_eq!(visible("a\u{e0067}\u{e0062}\u{e007f}"), "a");
    }

    proptest! {
        #[test]
        fn clusters_are_those_of_unicode(text in "(\\PC|[a-z0-9 \t\r\n一-龥あ-ヺ가-힣ᄀ-ᇿ“”—…\u{300}-\u{303}\u{200d}\u{fe0f}🇦-🇿👨👩👧🏽क-ह्\u{600}]){0,24}") {
            let ours: Vec<_> = clusters(&text).collect();
            let theirs: Vec<_> = text.grapheme_indices(true).collect();
            prop_assert_eq!(ours, theirs);
        }
    }
}
