//! British spelling: every word of the prose is in the dictionary (`spelling/en-GB.*`) or in our list (`words.txt`).

use super::Chapter;
use super::prose::prose;
use crate::build::BuildError;
use crate::place::Place;
use crate::problem::Problem;
use spellbook::Dictionary;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;

pub(crate) fn check(place: &Place, chapters: &[Chapter]) -> Result<Vec<Problem>, BuildError> {
    let list = place.book().join("words.txt");
    let own = std::fs::read_to_string(&list).map_err(BuildError::file(&list))?;
    let speller = Speller::new(&own)?;
    let mut problems = Vec::new();
    for chapter in chapters {
        let mut told = BTreeSet::new(); // once for each page
        for piece in prose(chapter) {
            let unknown = speller.check(&piece.text).filter(|text| told.insert(text.clone()));
            problems.extend(unknown.map(|text| chapter.problem(piece.line, text)).collect::<Vec<_>>());
        }
    }
    for name in crate::figure::names(place) {
        let file = format!("book/figures/{name}.svg");
        let Ok(svg) = std::fs::read_to_string(place.root().join(&file)) else { continue };
        for (index, line) in svg.lines().enumerate() {
            problems.extend(
                texts_of_svg(line)
                    .flat_map(|text| speller.check(text))
                    .map(|text| Problem::new(&file, index + 1, text)),
            );
        }
    }
    Ok(problems)
}

struct Speller {
    dictionary: Dictionary,
    own: BTreeSet<String>,
    /// What was looked up before: most words come often.
    known: std::cell::RefCell<HashMap<String, Option<String>>>,
}

impl Speller {
    fn new(own: &str) -> Result<Self, BuildError> {
        let dictionary = Dictionary::new(AFFIXES, WORDS).map_err(|error| {
            let error = std::io::Error::new(std::io::ErrorKind::InvalidData, error.to_string());
            BuildError::file(Path::new("book/spelling/en-GB.dic"))(error)
        })?;
        let own = own.lines().map(|line| line.split('#').next().unwrap_or("").trim().to_owned());
        Ok(Self { dictionary, own: own.collect(), known: HashMap::new().into() })
    }

    /// A sentence for each unknown word.
    fn check<'a>(&'a self, text: &'a str) -> impl Iterator<Item = String> + 'a {
        words(text).filter_map(|word| self.word(word))
    }

    fn word(&self, word: &str) -> Option<String> {
        let plain = word.replace('’', "'");
        if let Some(known) = self.known.borrow().get(&plain) {
            return known.clone();
        }
        let parts = || plain.split('-').filter(|part| part.chars().count() > 1);
        let unknown = if self.knows(&plain) { None } else { parts().find(|part| !self.knows(part)) };
        let result = unknown.map(|word| {
            let mut near = Vec::new();
            self.dictionary.suggest(word, &mut near);
            near.truncate(3);
            let near = if near.is_empty() { String::new() } else { format!(" ({}?)", near.join(", ")) };
            format!("{word:?} is not in the dictionary{near}; a word of ours goes into book/words.txt")
        });
        self.known.borrow_mut().insert(plain, result.clone());
        result
    }

    fn knows(&self, word: &str) -> bool {
        let stem = word.strip_suffix("'s").or(word.strip_suffix('\'')).unwrap_or(word);
        // Abbreviations such as TLS and CAs are explained in the text, not in a dictionary.
        let capitals = stem.strip_suffix('s').unwrap_or(stem);
        if capitals.chars().count() > 1 && capitals.chars().all(char::is_uppercase) {
            return true;
        }
        for word in [word, stem] {
            if self.own.contains(word) || self.own.contains(&word.to_lowercase()) {
                return true;
            }
            if self.dictionary.check(word) {
                return true;
            }
        }
        false
    }
}

/// The words of a text: letters and apostrophes. What has digits or `_` in it is a name of something, and so are
/// addresses; Chinese is for another dictionary.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
        .filter(|token| !token.contains("://"))
        .flat_map(|token| token.split(|c: char| "/–—…()[]{}<>\"“”,;:!?=+*|→←▶◀·".contains(c)))
        .filter(|token| {
            !token.chars().any(|c| c.is_numeric() || "_@\\#$%^~".contains(c)) && !has_dot_within(token)
        })
        .flat_map(|token| token.split(|c: char| !(c.is_alphabetic() || "'’-".contains(c))))
        .map(|word| word.trim_matches(['\'', '’', '-']))
        .filter(|word| {
            word.chars().count() > 1 && !word.contains(['ˣ', 'ʸ']) && word.chars().all(|c| c < '\u{2e80}')
        })
}

/// `example.org`, `book.toml`; but neither an ellipsis nor the end of a sentence.
fn has_dot_within(token: &str) -> bool {
    let token = token.trim_matches(|c: char| !c.is_alphanumeric());
    token.split('.').filter(|part| !part.is_empty()).count() > 1
}

/// The texts of one line of a drawing: what stands between `>` and `<`.
fn texts_of_svg(line: &str) -> impl Iterator<Item = &str> {
    let style = line.contains('{'); // a line of its style sheet
    line.split('>')
        .skip(1)
        .filter_map(|part| part.split_once('<').map(|(text, _)| text))
        .filter(move |_| !style)
}

// The dictionary and its licence lie in `book/spelling`.
const AFFIXES: &str = include_str!("../../spelling/en-GB.aff");
const WORDS: &str = include_str!("../../spelling/en-GB.dic");

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown(text: &str) -> Vec<String> {
        let speller = Speller::new("# ours\nkeystream\nDiffie\n").unwrap();
        speller.check(text).map(|text| text.split('"').nth(1).unwrap_or("").to_owned()).collect()
    }

    #[test]
    fn british_words_and_our_own_pass() {
        let text = "The colour of a licence: we recognise Diffie’s keystream, keystream's, and don't use TLS, CAs or AES's. \
                    See book.toml, x_y, 0x1f, 小明, https://example.org/colorr. A well-known e-mail…";
        assert_eq!(unknown(text), Vec::<String>::new());
    }

    #[test]
    fn mistakes_and_american_spelling_are_found() {
        assert_eq!(
            unknown("The color of teh behavior, recognize; diffie."),
            ["color", "teh", "behavior", "recognize", "diffie"]
        );
    }
}
