//! Both languages: every sentence is there in each, says the same things, and no English is left on a Chinese screen.

mod told;
mod walk;

use crate::overlays::each_window;
use crate::traces;
use std::collections::BTreeSet;
use uchat_tui::lang::{Lang, tables};

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

/// What stands in braces.
fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

/// What stands around the braces.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(['{', '}']).step_by(2).map(str::trim)
}

/// Words that are the same in both languages: names, formats, orders of a date.
const THE_SAME: &[&str] = &["AsJson", "AsHtml", "DayAndMonth", "Progress", "Tls"];

#[test]
fn every_sentence_is_there_in_both_languages() {
    for (table, rows) in tables() {
        for (name, en, zh) in rows {
            assert!(!en.trim().is_empty() && !zh.trim().is_empty(), "{table}: {name}");
            let words = pieces(en).any(|piece| piece.chars().any(char::is_alphabetic));
            let the_same = !words || THE_SAME.contains(name);
            assert!(is_chinese(zh) || the_same, "{table}: {name} is not translated: {zh}");
            assert!(!is_chinese(en) || en.contains("中文"), "{table}: {name} is not English: {en}");
            assert_eq!(placeholders(en), placeholders(zh), "{table}: {name}");
        }
    }
}

/// All of the program's source.
fn source(folder: &std::path::Path) -> String {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let text = |path: std::path::PathBuf| match path.is_dir() {
        true => source(&path),
        false => std::fs::read_to_string(path).unwrap(),
    };
    entries.map(text).collect()
}

#[test]
fn every_sentence_is_used() {
    let source = source(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let words: BTreeSet<&str> =
        source.split(|c: char| !(c.is_alphanumeric() || c == ':' || c == '_')).collect();
    let enums = [
        ("chat", "Chat"),
        ("explain", "Self"),
        ("inspect", "Inspect"),
        ("main", "Main"),
        ("overlays", "Over"),
    ];
    for (table, rows) in tables() {
        let names = match enums.iter().find(|(known, _)| *known == table) {
            Some((_, name)) => vec![*name],
            None if table == "images" => vec!["Image", "Self"],
            None if table == "start" => vec!["Start", "Text"],
            None if table == "demo" => vec!["Demo", "Text"],
            None if table == "actions, in brief" => vec!["Brief"],
            None => continue, // each action has its own, or it does not compile
        };
        for (name, ..) in rows {
            let used =
                names.iter().any(|of| words.iter().any(|word| word.ends_with(&format!("{of}::{name}"))));
            assert!(used, "{table}: nothing says {name}");
        }
    }
}

#[test]
fn no_sentence_stands_twice_in_a_table() {
    for (table, rows) in tables() {
        let mut seen = BTreeSet::new();
        for (name, en, zh) in rows {
            assert!(seen.insert((*en, *zh)), "{table}: {name} says what another one says: {en}");
        }
    }
}

/// Fails if an English sentence of two words or more stands on the screen.
pub fn has_no_english(what: &str, screen: &str) {
    for (table, rows) in tables() {
        for (name, en, zh) in rows.iter().filter(|(_, en, zh)| en != zh && en.contains(' ')) {
            // What is filled in may be anything: the pieces between count.
            let long = |piece: &&str| piece.len() > 8 && piece.contains(' ') && !zh.contains(*piece);
            for piece in pieces(en).filter(long) {
                assert!(!screen.contains(piece), "{what}: `{piece}` ({table}: {name}) in\n{screen}");
            }
        }
    }
}
