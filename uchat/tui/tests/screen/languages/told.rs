//! What others say in English: it is found on a Chinese screen by its shape, so the shapes must stay those of the source.

use super::*;
use std::path::Path;
use uchat_protocol::Operation;
use uchat_protocol::channel::Transport;
use uchat_tui::lang::{codes, labels};

/// Source in which a literal that goes over several lines is in one.
fn in_one_line(source: &str) -> String {
    let mut joined = String::new();
    for line in source.lines() {
        let line = line.trim();
        match line.strip_suffix('\\') {
            Some(part) => joined.push_str(part),
            None => {
                joined.push_str(line);
                joined.push('\n');
            }
        }
    }
    joined
}

fn folder(path: &str) -> String {
    in_one_line(&source(&Path::new(env!("CARGO_MANIFEST_DIR")).join(path)))
}

#[test]
fn each_shape_is_still_a_sentence_of_the_source() {
    let source = ["src", "../src", "../client/src", "../protocol/src", "../../stages/stage-1/src/lab"]
        .map(folder)
        .concat();
    // Without the tables themselves, in which each of them stands.
    let source: String = source.lines().filter(|line| !is_chinese(line)).collect::<Vec<_>>().join("\n");
    for (table, rows) in tables().into_iter().filter(|(table, _)| ["lines", "said"].contains(table)) {
        for (name, english, _) in rows {
            for piece in
                pieces(english).flat_map(|piece| piece.split(';')).map(|piece| piece.trim_matches([' ', ':']))
            {
                assert!(source.contains(piece), "{table}: {name}: nobody says `{piece}` any more");
            }
        }
    }
}

/// The literals right behind this in the source of what the program does around the screen; `{}` becomes `x`.
fn literals(source: &str, behind: &str) -> Vec<String> {
    let ends = source.match_indices(behind).map(|(at, _)| at + behind.len());
    let literal = |at: usize| {
        let rest = source[at..].trim_start().strip_prefix('"')?;
        let text = &rest[..rest.find('"')?];
        let mut told = String::new();
        for (number, piece) in text.split(['{', '}']).enumerate() {
            told.push_str(if number % 2 == 0 { piece } else { "x" });
        }
        told.contains(' ').then_some(told)
    };
    ends.filter_map(literal).collect()
}

#[test]
fn what_the_program_around_the_screen_says_is_said_in_chinese() {
    let files = ["opening", "private", "settings", "world", "writing"];
    let mut told = Vec::new();
    for file in files {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../src/screen/{file}.rs"));
        let text = std::fs::read_to_string(path).unwrap();
        let text = in_one_line(text.split("#[cfg(test)]").next().unwrap());
        told.extend(
            ["Failure::new(", "Err(format!(", "| format!(", "new(format!("]
                .iter()
                .flat_map(|behind| literals(&text, behind)),
        );
        let io = ["io_failure(", "io_failure(&format!("].iter().flat_map(|behind| literals(&text, behind));
        told.extend(io.map(|what| format!("{what}: permission denied")));
    }
    assert!(told.len() > 12, "{told:?}");
    for sentence in told {
        let said = codes::known(Lang::Zh, &sentence);
        assert!(is_chinese(&said), "{sentence}");
    }
}

#[test]
fn every_field_of_every_lesson_has_a_chinese_name_and_so_has_what_is_said_about_it() {
    let (mut names, mut notes) = (BTreeSet::new(), BTreeSet::new());
    for transport in Transport::ALL {
        for layer in traces::layers(transport).into_iter().chain(traces::broken(transport)) {
            for span in traces::spans(&layer) {
                assert!(is_chinese(labels::label(Lang::Zh, span.label)), "{transport:?}: {}", span.label);
                assert_eq!(labels::label(Lang::En, span.label), span.label);
                names.insert(span.label);
                let Some(note) = &span.note else { continue };
                let name = Operation::ALL.iter().any(|operation| operation.name() == note);
                let words = note.chars().any(char::is_alphabetic) && !name;
                assert!(!words || is_chinese(&labels::note(Lang::Zh, note)), "{transport:?}: {note}");
                assert_eq!(labels::note(Lang::En, note), *note);
                notes.insert(note.clone());
            }
        }
    }
    for (_, english, _) in labels::Label::ALL {
        assert!(names.contains(english), "no decoder says `{english}`");
    }
    assert!(notes.len() > 12, "{notes:?}");
}
