//! One form for all names that people could take for each other.

use unicode_normalization::UnicodeNormalization;
use unicode_security::skeleton;

/// The folded form: equal for texts that differ in case only, in how a character is put together, or in characters
/// that look alike. It is for comparing and searching, never for showing.
///
/// First compatibility forms and case go (`ﬁ` to `fi`, `ß` to `ss`, the dotless `ı` to `i`), then every character
/// becomes the one that it looks like (UTS 39, section 4): as a small letter, or where that one is like no other, as
/// a capital; so Cyrillic `в`, whose capital looks like B, becomes `b`. Last, `i` becomes `l` as `1` and `|` do,
/// because its capital looks like one.
///
/// What stays apart: names in capitals whose small letters look like others, as Greek `ΝΗΥ` beside Latin `NHY`. Its
/// small letters `νηυ` look like `vnu`; to take all three for one, `n`, `v` and `h` would have to be the same letter,
/// and `nick` the same name as `vick`.
#[must_use]
pub fn folded(text: &str) -> String {
    let without_case = text.nfkc().flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    let alike: String = without_case.nfkd().map(looks_like).collect();
    // A dot above an i, or a dotless i that got one, is an i.
    let alike = alike.replace('i', "l").replace("l\u{307}", "l").replace("j\u{307}", "j");
    alike.nfc().collect()
}

/// What a small letter looks like.
fn looks_like(c: char) -> String {
    let small: String = skeleton(c.encode_utf8(&mut [0; 4])).collect();
    if small.is_ascii() {
        return small.to_lowercase(); // `0` looks like O
    }
    let capital: String = skeleton(&c.to_uppercase().to_string()).collect();
    // Once more, because among small letters m looks like rn.
    if capital.is_ascii() { skeleton(&capital.to_lowercase()).collect() } else { small }
}
