//! The signs that the screen itself draws. Where characters of ambiguous width take two cells, a sign that is meant for
//! one would push all that follows it: there, ASCII stands for it.

use super::Cells;

impl Cells {
    /// A sign as this terminal can show it in the cells that it is meant for.
    #[must_use]
    pub fn sign(self, sign: &'static str) -> &'static str {
        let plain = PLAIN.iter().filter(|_| self.ambiguous_wide).find(|(known, _)| *known == sign);
        plain.map_or(sign, |(_, plain)| plain)
    }
}

const PLAIN: &[(&str, &str)] = &[
    // Who is there, what is new.
    ("●", "*"),
    ("○", "o"),
    ("◌", "~"),
    ("◉", "@"),
    ("•", "*"),
    // What is chosen, and where there is more.
    ("▶", ">"),
    ("◆", "#"),
    ("▸", ">"),
    ("›", ">"),
    ("‹", "<"),
    ("↑", "^"),
    ("↓", "v"),
    ("→", ">"),
    ("↳", ">"),
    // How it went.
    ("✓", "+"),
    ("✓✓", "++"),
    ("✗", "x"),
    ("⚠", "!"),
    ("✂", "x"),
    // Lines, and what stands between two words.
    ("─", "-"),
    ("│", ":"),
    ("┃", "|"),
    (" · ", " - "),
    ("·", "."),
    ("–", "-"),
    ("“", "\""),
    ("”", "\""),
    ("×", "x"),
    ("…", "~"),
    // A file, and how much of it is there.
    ("▤", "="),
    ("▰", "#"),
    ("▱", "-"),
    // Something that moves.
    ("⣾", "|"),
    ("⣽", "/"),
    ("⣻", "-"),
    ("⢿", "\\"),
    ("⡿", "|"),
    ("⣟", "/"),
    ("⣯", "-"),
    ("⣷", "\\"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_takes_one_cell_in_every_terminal_and_ascii_stands_for_it_where_it_would_not() {
        let (narrow, wide) = (Cells::default(), Cells { ambiguous_wide: true });
        for (sign, plain) in PLAIN {
            assert_eq!(narrow.sign(sign), *sign);
            assert_eq!(wide.sign(sign), *plain);
            assert!(plain.is_ascii());
            assert_eq!(wide.width(plain), narrow.width(sign), "{sign}");
        }
    }
}
