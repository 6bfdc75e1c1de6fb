//! `@name` in a text: whether somebody is spoken to.

use uchat_protocol::fields;

/// Whether `text` speaks to the user of this name: `@` and the name, however it is written, and not as a part of a
/// longer word. A name that ends in a letter other than a–z, such as a Chinese one, ends where its last letter does.
#[must_use]
pub fn mentions(text: &str, name: &str) -> bool {
    let (folded, length) = (fields::folded(name), name.chars().count());
    let mut before = None;
    for (at, char) in text.char_indices() {
        let begins = char == '@' && !before.is_some_and(char::is_alphanumeric);
        before = Some(char);
        if !begins {
            continue;
        }
        let rest = &text[at + 1..];
        let end = rest.char_indices().nth(length).map_or(rest.len(), |(end, _)| end);
        let (word, after) = rest.split_at(end);
        let goes_on =
            after.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_' || next == '-');
        if word.chars().count() == length && fields::folded(word) == folded && !goes_on {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::mentions;

    #[test]
    fn a_name_counts_as_a_whole_word_behind_an_at_sign() {
        for text in ["@anna", "hello @Anna, come", "(@ANNA)", "@bob @anna!", "@anna\nsecond line"] {
            assert!(mentions(text, "anna"), "{text}");
        }
        for text in ["", "@", "anna", "@ann", "@annabel", "@anna_2", "mail@anna", "@ anna"] {
            assert!(!mentions(text, "anna"), "{text}");
        }
        assert!(mentions("@小明你好", "小明") && !mentions("@小红你好", "小明"));
    }
}
