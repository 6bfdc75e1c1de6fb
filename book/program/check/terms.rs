//! The terms of the glossary: where a page first uses one, it links there; and none is there that no page uses.

use super::Chapter;
use super::prose::{Prose, Within, prose};
use crate::build::BuildError;
use crate::glossary::Glossary;
use crate::place::Place;
use crate::problem::Problem;
use std::collections::BTreeSet;
use std::path::Path;

pub(crate) fn check(chapters: &[Chapter]) -> Vec<Problem> {
    let Some(page) = chapters.iter().find(|chapter| chapter.path == Path::new(PAGE)) else {
        return Vec::new();
    };
    let glossary = Glossary::parse(&page.text);
    let mut problems = Vec::new();
    let mut linked = BTreeSet::new();
    for chapter in chapters.iter().filter(|chapter| chapter.path != Path::new(PAGE)) {
        let prose = prose(chapter);
        linked.extend(prose.iter().filter_map(linked_term));
        // Teachers know the terms, or have read the chapters.
        if !chapter.path.starts_with("teacher") {
            problems.extend(first_uses(&glossary, &prose).into_iter().map(|first| {
                let root = root(chapter);
                let text = format!(
                    "{0:?} is used here for the first time: write [{0}]({root}{PAGE}#{1})",
                    first.name, first.id
                );
                chapter.problem(first.line, text)
            }));
        }
    }
    for (id, term) in glossary.terms().filter(|(id, _)| !linked.contains(*id)) {
        problems.push(
            page.problem(term.line, format!("no page links to the term {:?} (glossary.md#{id})", term.name)),
        );
    }
    problems
}

/// Links first uses that are not linked yet, in the files; gives how many.
pub(crate) fn link(place: &Place, chapters: &[Chapter]) -> Result<usize, BuildError> {
    let Some(page) = chapters.iter().find(|chapter| chapter.path == Path::new(PAGE)) else { return Ok(0) };
    let glossary = Glossary::parse(&page.text);
    let mut count = 0;
    for chapter in chapters
        .iter()
        .filter(|chapter| chapter.path != Path::new(PAGE) && !chapter.path.starts_with("teacher"))
    {
        let mut lines: Vec<String> = chapter.text.split_inclusive('\n').map(str::to_owned).collect();
        let before = count;
        for first in first_uses(&glossary, &prose(chapter)) {
            let Some(line) = lines.get_mut(first.line - 1) else { continue };
            // A term that goes on in the next line is left to its writer.
            if let Some((from, to)) = place_in(line, first.name) {
                *line = format!(
                    "{}[{}]({}{PAGE}#{}){}",
                    &line[..from],
                    &line[from..to],
                    root(chapter),
                    first.id,
                    &line[to..]
                );
                count += 1;
            }
        }
        if count > before {
            let path = place.src().join(&chapter.path);
            std::fs::write(&path, lines.concat()).map_err(BuildError::file(&path))?;
        }
    }
    Ok(count)
}

/// Where a term stands in a line, outside of code and links.
fn place_in(line: &str, term: &str) -> Option<(usize, usize)> {
    // Letters of ASCII keep their places when they become small.
    let (small, term) = (line.to_ascii_lowercase(), term.to_ascii_lowercase());
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '-');
    small.match_indices(&term).find_map(|(from, _)| {
        let rest = &small[from + term.len()..];
        let plural = ["s", "es", ""]
            .iter()
            .find(|plural| rest.starts_with(**plural) && !letter(rest[plural.len()..].chars().next()))?;
        let before = &small[..from];
        let code = before.matches('`').count() % 2 == 1;
        let link = before.rfind('[').is_some_and(|open| {
            let end =
                small[open..].find("](").and_then(|text| Some(open + text + small[open + text..].find(')')?));
            end.is_some_and(|end| from < end)
        });
        (!letter(before.chars().next_back()) && !code && !link)
            .then_some((from, from + term.len() + plural.len()))
    })
}

fn root(chapter: &Chapter) -> String {
    "../".repeat(chapter.path.components().count() - 1)
}

/// A term where a page uses it for the first time, without a link.
struct FirstUse<'a> {
    line: usize,
    id: &'a str,
    name: &'a str,
}

fn first_uses<'a>(glossary: &'a Glossary, prose: &[Prose]) -> Vec<FirstUse<'a>> {
    let mut found = Vec::new();
    let mut met = BTreeSet::new();
    let mut terms: Vec<(Vec<String>, &str, &str)> =
        glossary.terms().map(|(id, term)| (words(&term.name), id, term.name.as_str())).collect();
    terms.retain(|(_, id, _)| !EVERYDAY.contains(id));
    terms.sort_by_key(|(words, _, _)| std::cmp::Reverse(words.len())); // "key share" before "key"
    for piece in prose {
        match &piece.within {
            Within::Text => {}
            Within::Heading | Within::Label => continue,
            Within::Link(_) => {
                met.extend(linked_term(piece));
                continue;
            }
        }
        let words = words(&piece.text);
        let mut at = 0;
        while at < words.len() {
            let here = terms.iter().find(|(term, _, _)| !term.is_empty() && begins_with(&words[at..], term));
            let Some((term, id, name)) = here else {
                at += 1;
                continue;
            };
            at += term.len();
            if met.insert((*id).to_owned()) {
                found.push(FirstUse { line: piece.line, id, name });
            }
        }
    }
    found
}

fn linked_term(piece: &Prose) -> Option<String> {
    let Within::Link(target) = &piece.within else { return None };
    Some(target.trim_start_matches("../").strip_prefix("glossary.md#")?.to_owned())
}

/// Words in small letters.
fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '-'))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Whether these words begin with the term, perhaps in the plural.
fn begins_with(words: &[String], term: &[String]) -> bool {
    let (Some(words), Some((last, first))) = (words.get(..term.len()), term.split_last()) else {
        return false;
    };
    let plural = |word: &str| {
        word == last || word.strip_suffix('s') == Some(last) || word.strip_suffix("es") == Some(last)
    };
    words[..first.len()] == *first && plural(&words[first.len()])
}

const PAGE: &str = "glossary.md";
/// Terms that are everyday words as well ("in this order"): their writers know which one they mean, this check does not.
const EVERYDAY: [&str; 6] = ["blocking", "chain", "handler", "order", "relay", "task"];

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        let glossary = "# G\n\n{{#minutes 1}}\n\n### Key share\n\nA.\n\n### Key\n\nB.\n\n### Nonce\n\nC.\n";
        let chapter = |path: &str, text: &str| Chapter { path: path.into(), text: text.to_owned() };
        let chapters = [
            chapter("glossary.md", glossary),
            chapter("messenger/x.md", text),
            chapter("teacher/y.md", "key share, [n](../glossary.md#nonce)"),
        ];
        check(&chapters).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_first_use_is_a_link() {
        let good = "# On a key\n\n{{#figure x | A nonce}}\n\n<details><summary>A nonce</summary></details>\n\nA [key](../glossary.md#key), keys; `nonce`; [key shares](../glossary.md#key-share), a key share.";
        assert_eq!(problems(good), Vec::<String>::new());
    }

    #[test]
    fn other_first_uses_and_unused_terms_are_named() {
        assert_eq!(
            problems("Two Keys and monkeys.\n\nThen [keys](../glossary.md#key), a nonce."),
            [
                "book/src/messenger/x.md:1: \"Key\" is used here for the first time: write [Key](../glossary.md#key)",
                "book/src/messenger/x.md:3: \"Nonce\" is used here for the first time: write [Nonce](../glossary.md#nonce)",
                "book/src/glossary.md:5: no page links to the term \"Key share\" (glossary.md#key-share)",
            ]
        );
    }

    #[test]
    fn terms_are_found_outside_of_code_and_links() {
        let found = |line: &str| place_in(line, "Key share").map(|(from, to)| line[from..to].to_owned());
        assert_eq!(found("Two key shares, a key share.").as_deref(), Some("key shares"));
        assert_eq!(found("`key share`, [a key share](x.md), Key Share").as_deref(), Some("Key Share"));
        assert_eq!(found("monkey share, key-share, key shared"), None);
    }

    #[test]
    fn first_uses_can_be_linked_by_the_program() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::new(folder.path());
        std::fs::create_dir_all(place.src().join("messenger")).unwrap();
        let chapter = |path: &str, text: &str| Chapter { path: path.into(), text: text.to_owned() };
        let chapters = [
            chapter("glossary.md", "### Nonce\n\nA number.\n"),
            chapter("messenger/x.md", "# On a nonce\n\nTwo Nonces.\nA nonce.\n"),
        ];
        assert_eq!(link(&place, &chapters).unwrap(), 1);
        let text = std::fs::read_to_string(place.src().join("messenger/x.md")).unwrap();
        assert_eq!(text, "# On a nonce\n\nTwo [Nonces](../glossary.md#nonce).\nA nonce.\n");
    }
}
