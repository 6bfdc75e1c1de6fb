//! Between which characters a row may end: Unicode's line breaking (UAX #14, from the crate `unicode-linebreak`), and
//! what Chinese (GB/T 15834), Japanese (JIS X 4051, kinsoku) and Korean want beyond it.

use std::iter::Peekable;
use unicode_linebreak::{BreakOpportunity, linebreaks};

type Opportunities<'a> = Box<dyn Iterator<Item = (usize, BreakOpportunity)> + 'a>;

/// The places of a text where a row may end; asked from its start to its end.
pub(super) struct Breaks<'a> {
    unicode: Peekable<Opportunities<'a>>,
}

impl<'a> Breaks<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let unicode: Opportunities<'a> = Box::new(linebreaks(text));
        Self { unicode: unicode.peekable() }
    }

    /// Whether a row may end at this byte, which stands between two clusters that begin with these characters.
    pub(super) fn allowed(&mut self, before: char, after: char, at: usize) -> bool {
        while self.unicode.next_if(|(place, _)| *place < at).is_some() {}
        let unicode = self.unicode.peek().is_some_and(|(place, _)| *place == at);
        if is_space(after) || never_first(after) || never_last(before) {
            return false;
        }
        if is_hangul(before) && is_word(after) || is_word(before) && is_hangul(after) {
            return false;
        }
        // Unicode 15 does not break beside quotation marks, for it cannot tell which of them open. Between Chinese
        // characters they can be told, and there are no spaces to break at instead (Unicode 16, rule LB19a).
        unicode || is_east_asian(before) && opens(after) || closes(before) && is_east_asian(after)
    }
}

/// Spaces at which a row ends, and which hang over its end; all but those that are there to keep words together.
pub(super) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\u{1680}' | '\u{2000}'..='\u{2006}' | '\u{2008}'..='\u{200a}' | '\u{205f}' | '\u{3000}')
}

/// What no row begins with: closing punctuation, and what belongs to the character before it.
#[rustfmt::skip]
fn never_first(c: char) -> bool {
    closes(c)
        || matches!(c,
            '，' | '。' | '、' | '；' | '：' | '？' | '！' | '．' | '·' | '・' | '…' | '‥' | '—' | '～' | '〜'
            | '％' | '‰' | '℃'
            | '）' | '》' | '」' | '』' | '】' | '〉' | '〕' | '〗' | '〙' | '〛' | '］' | '｝' | '｠' | '〟'
            | '｡' | '､' | '｣' | '･'
            | 'ー' | 'ｰ' | '々' | '〻' | 'ゝ' | 'ゞ' | 'ヽ' | 'ヾ'
            | 'ぁ' | 'ぃ' | 'ぅ' | 'ぇ' | 'ぉ' | 'っ' | 'ゃ' | 'ゅ' | 'ょ' | 'ゎ' | 'ゕ' | 'ゖ'
            | 'ァ' | 'ィ' | 'ゥ' | 'ェ' | 'ォ' | 'ッ' | 'ャ' | 'ュ' | 'ョ' | 'ヮ' | 'ヵ' | 'ヶ'
            | '\u{31f0}'..='\u{31ff}' | 'ｧ'..='ｯ')
}

/// What no row ends with.
#[rustfmt::skip]
fn never_last(c: char) -> bool {
    opens(c)
        || matches!(c,
            '（' | '《' | '「' | '『' | '【' | '〈' | '〔' | '〖' | '〘' | '〚' | '［' | '｛' | '｟' | '〝' | '｢'
            | '￥' | '＄')
}

fn opens(c: char) -> bool {
    matches!(c, '“' | '‘')
}

fn closes(c: char) -> bool {
    matches!(c, '”' | '’')
}

fn is_hangul(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}' | '\u{3131}'..='\u{318e}' | '\u{a960}'..='\u{a97c}'
        | '\u{ac00}'..='\u{d7fb}')
}

/// What makes one word with Hangul beside it; Korean breaks between words.
fn is_word(c: char) -> bool {
    is_hangul(c) || c.is_ascii_alphanumeric()
}

/// Chinese and Japanese characters with their punctuation.
fn is_east_asian(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{312f}' | '\u{31a0}'..='\u{a4cf}' | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe4f}' | '\u{ff01}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}')
}
