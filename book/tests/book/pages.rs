//! The book as it is: it builds, nothing is wrong with it, and an installed mdBook gets the same from it.

use crate::checkout::{checkout, write};
use book::build::build;
use book::expand::Unknown;
use book::generated::Entry;
use book::place::Place;
use book::preprocessor::Expander;
use book::{bytes, check, figure, tables, widget};
use mdbook_driver::MDBook;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

#[test]
fn nothing_is_wrong_with_the_text_and_the_pages() {
    let folder = tempfile::tempdir().unwrap();
    let problems = check::check(&Place::compiled(), folder.path()).unwrap();
    let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));

    // What mdBook's template does not have.
    let page = fs::read_to_string(folder.path().join("tour.html")).unwrap();
    for part in [
        "<html lang=\"en-GB\"",
        "<a class=\"skip\" href=\"#text\">Skip to the text</a>",
        "<main id=\"text\"",
        "Secure communication, built by hand</title>",
        "theme/book-",
        "theme/page-",
    ] {
        assert!(page.contains(part), "{part} is not on the page");
    }
    assert_eq!(page.matches("<h1").count(), 1);
    assert!(folder.path().join("print.html").is_file());
}

#[test]
fn every_figure_widget_dump_and_table_stands_on_a_page() {
    let place = Place::compiled();
    let pages = check::page_names(&place).unwrap();
    let texts: Vec<String> = pages
        .iter()
        .map(|page| fs::read_to_string(place.src().join(format!("{page}.md"))).unwrap())
        .collect();
    let made =
        |kind, list: &[Entry]| list.iter().map(|entry| (kind, entry.name.to_owned())).collect::<Vec<_>>();
    let drawn = |kind, names: Vec<String>| names.into_iter().map(|name| (kind, name)).collect::<Vec<_>>();
    let all = [
        made("bytes", bytes::ALL),
        made("table", tables::ALL),
        drawn("figure", figure::names(&place)),
        drawn("widget", widget::names(&place)),
    ];
    for (kind, name) in all.concat() {
        let shown = [" ", "}"].map(|end| format!("{{{{#{kind} {name}{end}"));
        let found = texts.iter().any(|text| shown.iter().any(|shown| text.contains(shown)));
        assert!(found, "no page shows {{{{#{kind} {name}}}}}");
    }
}

#[test]
fn a_mistake_leaves_the_old_pages_alone() {
    let (_folder, place) = checkout(SMALL);
    let page = |text: &str| write(&place, "a.md", &format!("# A\n\n{text}\n"));
    let read = |name: &str| fs::read_to_string(place.html().join(name)).unwrap();
    let build = || build(&place, Unknown::Refused);
    build().unwrap();
    page("{{#minuts 1}}\n\nsecond");
    let error = build().unwrap_err().to_string();
    assert!(
        error.starts_with("book/src/a.md:3: there is no directive \"minuts\"; did you mean minutes?"),
        "{error}"
    );
    assert!(read("a.html").contains("first"));
    // A page that SUMMARY.md does not name can be read all the same.
    page("{{#minutes 1}}\n\nthird");
    write(&place, "b.md", "# B\n\n{{#minutes 1}}\n\nnew\n");
    build().unwrap();
    assert!(read("b.html").contains("new"));
}

/// What `book.toml` names for an installed mdBook: JSON in, JSON out.
#[test]
fn the_preprocessor_of_an_installed_mdbook_gives_the_same_book() {
    let (_folder, place) = checkout(SMALL);
    let loaded = MDBook::load(place.book()).unwrap();
    let context = PreprocessorContext::new(place.book(), loaded.config.clone(), "html".to_owned());
    let input = serde_json::to_string(&(&context, &loaded.book)).unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_book"))
        .arg("--root")
        .arg(place.root())
        .arg("preprocess")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    program.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = program.wait_with_output().unwrap();
    assert!(output.status.success());
    let expected = Expander::new(&place, Unknown::Refused).run(&context, loaded.book).unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), serde_json::to_string(&expected).unwrap());
    let supports =
        Command::new(env!("CARGO_BIN_EXE_book")).args(["preprocess", "supports", "html"]).status().unwrap();
    assert!(supports.success());
}

#[test]
fn what_is_no_book_is_refused_with_a_sentence() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_book"))
        .arg("preprocess")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    program.stdin.take().unwrap().write_all(b"{ not a book").unwrap();
    let output = program.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    assert!(!String::from_utf8(output.stderr).unwrap().trim().is_empty());
}

#[test]
fn a_folder_with_other_files_is_not_built_into() {
    let (folder, place) = checkout(SMALL);
    let build = |out: &str| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_book"));
        program.arg("--root").arg(place.root()).args(["build", "--out"]).arg(folder.path().join(out));
        program.output().unwrap()
    };
    let refused = build("book");
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8(refused.stderr).unwrap().contains("holds other files"));
    assert!(place.src().join("a.md").is_file());
    for _ in 0..2 {
        assert!(build("new").status.success(), "the second time over the first");
    }
}

#[test]
fn a_page_that_is_not_there_is_named() {
    let output = Command::new(env!("CARGO_BIN_EXE_book")).args(["check", "tuor"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("there is no page tuor; did you mean tour?"), "{said}");
}

const SMALL: &[(&str, &str)] = &[
    ("SUMMARY.md", "# Summary\n\n- [A](a.md)\n"),
    ("a.md", "# A\n\n{{#minutes 1}}\n\n```console\n$ true\n```\n\nfirst\n"),
];
