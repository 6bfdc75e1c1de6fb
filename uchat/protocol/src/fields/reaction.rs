//! Reactions: one character as people see it.

use super::one_line;
use crate::{Code, Refusal, limits};
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};
use unicode_segmentation::UnicodeSegmentation;

/// A reaction: one grapheme cluster (UAX 29), mostly an emoji, of 64 bytes or less, that can be seen and shown as it is.
///
/// # Errors
/// [`TooLong`](Code::TooLong) or [`BadField`](Code::BadField) with the rule that is broken.
pub fn reaction(text: &str) -> Result<(), Refusal> {
    if text.len() > limits::REACTION {
        let rule = format!("must have {} bytes or less, not {}", limits::REACTION, text.len());
        return Err(Refusal::field(Code::TooLong, "emoji", rule));
    }
    // What begins with a mark or a joiner would melt into what stands before it on the screen.
    let begins = text.chars().next().is_some_and(|first| {
        use GeneralCategoryGroup as Is;
        !matches!(first.general_category_group(), Is::Mark | Is::Separator | Is::Other) || is_new(first)
    });
    if begins && text.graphemes(true).count() == 1 && one_line(text) == text {
        return Ok(());
    }
    Err(Refusal::field(Code::BadField, "emoji", "must be one emoji, or one other character that can be seen"))
}

/// Emoji of a newer Unicode than ours are not assigned yet.
fn is_new(c: char) -> bool {
    matches!(c, '\u{1f000}'..='\u{1faff}')
}
