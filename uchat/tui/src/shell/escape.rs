//! The clipboard as the bytes that terminals obey.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Puts a text into the clipboard (OSC 52); one that is longer than terminals take is cut.
pub(super) fn clipboard(text: &str) -> String {
    let end = (0..=CLIPBOARD.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    let text = &text[..end.unwrap_or(0)];
    format!("\x1b]52;c;{}\x07", STANDARD.encode(text))
}

/// The most bytes: 100,000 characters are what xterm takes, and three bytes make four of them.
const CLIPBOARD: usize = 74_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_base64_and_bounded() {
        assert_eq!(clipboard("hi 好"), "\x1b]52;c;aGkg5aW9\x07");
        assert!(clipboard(&"好".repeat(1 << 20)).len() < 100_000);
    }
}
