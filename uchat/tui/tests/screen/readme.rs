//! What of the documentation comes from the code: the table of keys in `README.md`, and the pictures.

use std::fmt::Write;
use std::path::Path;
use uchat_tui::action::{Action, Place};
use uchat_tui::lang::{Lang, Say};

#[test]
fn the_table_of_keys_comes_from_the_table_of_actions() {
    let mut table = "| where | name | keys | what it does |\n|---|---|---|---|\n".to_owned();
    let mut last = None;
    for action in Action::ALL {
        let place = if last == Some(action.place()) { "" } else { named(action.place()) };
        last = Some(action.place());
        let keys: Vec<String> = action.default_keys().iter().map(|key| format!("`{key}`")).collect();
        let (keys, does) = (keys.join(" "), action.does().say(Lang::En));
        writeln!(table, "| {place} | `{}` | {keys} | {does} |", action.name()).unwrap();
    }
    let text = read("README.md");
    let (before, rest) = text.split_once("<!-- keys: begin").expect("the table begins");
    let (comment, rest) = rest.split_once("-->\n").expect("the comment ends");
    let (_, after) = rest.split_once("<!-- keys: end -->").expect("the table ends");
    let wanted = format!("{before}<!-- keys: begin{comment}-->\n\n{table}\n<!-- keys: end -->{after}");
    same_file("README.md", &wanted);
}

fn named(place: Place) -> &'static str {
    match place {
        Place::Everywhere => "everywhere",
        Place::Start => "first screens",
        Place::Main => "main screen",
        Place::Chat => "open conversation",
        Place::Room => "open room",
        Place::Friend => "open chat with a friend",
        Place::Message => "selected message",
        Place::Composer => "composer",
    }
}

/// Compares a file of this package with what it should be; writes it with `UCHAT_UPDATE=1`.
pub fn same_file(file: &str, wanted: &str) {
    if std::env::var_os("UCHAT_UPDATE").is_some_and(|value| value == "1") {
        std::fs::write(path(file), wanted).unwrap();
        return;
    }
    let text = read(file);
    let line = text.lines().zip(wanted.lines()).find(|(is, wanted)| is != wanted);
    let should = line.map_or("of another length", |(_, wanted)| wanted);
    assert!(
        text == wanted,
        "uchat/tui/{file} is not what the code says. Run `UCHAT_UPDATE=1 cargo test -p uchat-tui --test screen`, look \
         at the change, and commit it. The first line that differs should be:\n{should}"
    );
}

fn read(file: &str) -> String {
    std::fs::read_to_string(path(file)).unwrap_or_default()
}

fn path(file: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(file)
}
