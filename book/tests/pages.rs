//! The book as it is: it builds, nothing is wrong with it, and an installed mdBook gets the same from it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a failed test"
)]

use book::build::build_into;
use book::check;
use book::expand::Unknown;
use book::place::Place;
use book::preprocessor::Expander;
use mdbook_driver::MDBook;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

#[test]
fn nothing_is_wrong_with_the_text_and_the_pages() {
    let problems = check::check(&Place::compiled()).unwrap();
    let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn a_page_has_its_title_its_skip_link_and_our_style() {
    let folder = tempfile::tempdir().unwrap();
    build_into(&Place::compiled(), folder.path(), Unknown::Refused).unwrap();
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
fn a_mistake_leaves_the_old_pages_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (root, html) = (folder.path(), folder.path().join("book/html"));
    fs::create_dir_all(root.join("book/src")).unwrap();
    fs::create_dir_all(root.join("book/theme")).unwrap();
    let real = Place::compiled().book();
    for name in [
        "book.toml",
        "theme/book.css",
        "theme/page.js",
        "theme/highlight.js",
        "theme/bytes.css",
        "theme/bytes.js",
    ] {
        fs::copy(real.join(name), root.join("book").join(name)).unwrap();
    }
    let write = |name: &str, text: &str| fs::write(root.join("book/src").join(name), text).unwrap();
    write("SUMMARY.md", "# Summary\n\n- [A](a.md)\n");
    write("a.md", "# A\n\n{{#minutes 1}}\n\nfirst\n");
    let build = || build_into(&Place::new(root), &html, Unknown::Refused);
    build().unwrap();
    write("a.md", "# A\n\n{{#minuts 1}}\n\nsecond\n");
    let error = build().unwrap_err().to_string();
    assert!(
        error.starts_with("book/src/a.md:3: there is no directive \"minuts\"; did you mean minutes?"),
        "{error}"
    );
    assert!(fs::read_to_string(html.join("a.html")).unwrap().contains("first"));
    // A page that SUMMARY.md does not name can be read all the same.
    write("a.md", "# A\n\n{{#minutes 1}}\n\nthird\n");
    write("b.md", "# B\n\n{{#minutes 1}}\n\nnew\n");
    build().unwrap();
    assert!(fs::read_to_string(html.join("b.html")).unwrap().contains("new"));
}

/// What `book.toml` names for an installed mdBook: JSON in, JSON out.
#[test]
fn the_preprocessor_of_an_installed_mdbook_gives_the_same_book() {
    let place = Place::compiled();
    let loaded = MDBook::load(place.book()).unwrap();
    let context = PreprocessorContext::new(place.book(), loaded.config.clone(), "html".to_owned());
    let input = serde_json::to_string(&(&context, &loaded.book)).unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_book"))
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
fn a_page_that_is_not_there_is_named() {
    let output = Command::new(env!("CARGO_BIN_EXE_book")).args(["check", "tuor"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("there is no page tuor; did you mean tour?"), "{said}");
}
