//! The program itself: its arguments, its output, its exit statuses; and that every case says where it is written.

use crate::servers::faulty::{Fault, start};
use conformance::{Case, Layer, cases};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const LAYERS: [Layer; 11] = [
    Layer::Stage(1),
    Layer::Stage(2),
    Layer::Stage(3),
    Layer::Stage(4),
    Layer::Files,
    Layer::Stage(5),
    Layer::Stage(6),
    Layer::Stage(7),
    Layer::Stage(8),
    Layer::Messenger(6),
    Layer::Messenger(7),
];

fn program(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_conformance")).args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A heading as mdBook and GitHub make it an anchor.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|char| char.is_alphanumeric() || " -_".contains(*char));
    kept.map(|char| if char == ' ' { '-' } else { char.to_ascii_lowercase() }).collect()
}

#[test]
fn every_case_says_where_it_is_written() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for case in LAYERS.into_iter().flat_map(cases) {
        let Case { name, spec, sends, expects, .. } = case;
        let (file, wanted) = spec.split_once('#').unwrap_or((spec, ""));
        let content =
            std::fs::read_to_string(repository.join(file)).unwrap_or_else(|error| panic!("{spec}: {error}"));
        let found = content.lines().filter(|line| line.starts_with('#'));
        let found =
            found.map(|line| anchor(line.trim_start_matches('#').trim())).any(|found| found == wanted);
        assert!(found || wanted.is_empty(), "{name}: {file} has no heading for #{wanted}");
        assert!(!sends.is_empty() && !expects.is_empty(), "{name}");
    }
}

/// The table of the README.
#[test]
fn the_readme_says_how_many_cases_there_are() {
    let mut table = "| | cases | besides, with `--slow` |\n|---|---|---|\n".to_owned();
    for layer in LAYERS {
        let name = match layer {
            Layer::Stage(number) => format!("stage {number}"),
            Layer::Files => "files of stage 4".to_owned(),
            Layer::Messenger(lesson) => format!("messenger, lesson {lesson}"),
        };
        let (slow, usual): (Vec<Case>, Vec<Case>) = cases(layer).into_iter().partition(|case| case.slow);
        let slow = if slow.is_empty() { String::new() } else { format!("{} ", slow.len()) };
        table += &format!("| {name} | {} | {slow}|\n", usual.len());
    }
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    assert!(readme.replace("\r\n", "\n").contains(&table), "README.md should say:\n{table}");
}

#[test]
fn names_are_unique_within_a_stage_and_every_stage_has_cases() {
    for layer in LAYERS {
        let all = cases(layer);
        let names: BTreeSet<&str> = all.iter().map(|case| case.name).collect();
        assert!(names.len() == all.len() && all.len() >= 15, "{layer:?}: {} of {}", names.len(), all.len());
    }
}

#[test]
fn a_good_server_is_told_in_lines_and_ends_with_status_0() {
    let address = start(1, Fault::None).to_string();
    let output = program(&["1", &address]);
    let (said, count) = (text(&output.stdout), cases(Layer::Stage(1)).len());
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.ends_with(&format!("{count} of {count}\n")), "{said}");
    assert_eq!(said.lines().count(), count + 1, "{said}");
}

#[test]
fn a_wrong_server_is_told_with_both_bytes_and_ends_with_status_1() {
    let address = start(1, Fault::LowerCase).to_string();
    let output = program(&["1", &address, "--case", "upper-case", "--case", "answers"]);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for part in [
        "FAILED   upper-case",
        "48 45 4c 4c 4f",
        "68 65 6c 6c 6f",
        "book/src/stage-1.md#the-idea",
        "1 of 2\n",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let output = program(&["1", &address, "--case", "upper-case", "--json"]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!((&json["failed"], &json["of"]), (&1.into(), &1.into()));
    assert_eq!(json["cases"][0]["verdict"], "failed");
    assert_eq!(json["cases"][0]["found"], "68656c6c6f2c20736572766572");
}

#[test]
fn what_is_skipped_is_not_passed() {
    let address = start(2, Fault::None).to_string();
    let output = program(&["2", &address, "--open", "--case", "wrong-key"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).ends_with("0 of 1, 1 skipped\n"), "{}", text(&output.stdout));
}

#[test]
fn cases_can_be_left_out() {
    let address = start(1, Fault::LowerCase).to_string();
    let wrong = ["upper-case", "upper-case-unicode", "not-utf-8", "every-byte"];
    let without = wrong.iter().flat_map(|name| ["--without", name]);
    let output = program(&["1", &address].into_iter().chain(without).collect::<Vec<_>>());
    let count = cases(Layer::Stage(1)).len() - wrong.len();
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).ends_with(&format!("{count} of {count}\n")), "{}", text(&output.stdout));
}

#[test]
fn the_key_comes_from_a_file_or_the_line() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("key");
    std::fs::write(&file, "another key\n").unwrap();
    let address = start(2, Fault::None).to_string();
    for (args, status) in [
        (vec![], 0),
        (vec!["--key", "Jedan has a big key!"], 0),
        (vec!["--key", "another key"], 1),
        (vec!["--key-file", file.to_str().unwrap()], 1),
    ] {
        let output = program(&[&["2", &address, "--case", "answers"], args.as_slice()].concat());
        assert_eq!(output.status.code(), Some(status), "{args:?}: {}", text(&output.stdout));
    }
}

#[test]
fn wrong_usage_is_status_2_and_a_sentence() {
    for (args, part) in [
        (&[][..], "which stage?"),
        (&["9", "127.0.0.1:1"], "which stage?"),
        (&["1"], "which server?"),
        (&["1", "nowhere"], "no HOST:PORT"),
        (&["1", "192.0.2.1:80"], "another machine"),
        (&["1", "127.0.0.1:1", "--case", "nothing"], "there is no case nothing"),
        (&["--messenger", "5", "127.0.0.1:1"], "lesson 5 has no cases"),
        (&["1", "127.0.0.1:1", "--without", "nothing"], "there is no case nothing"),
        (&["--files", "--messenger", "6", "127.0.0.1:1"], "exclude each other"),
        (&["1", "127.0.0.1:1", "--case", "long", "--without", "long"], "no case is left"),
        (&["1", "127.0.0.1:1", "--patience", "0"], "--patience"),
        (&["1", "127.0.0.1:1", "--patience", "1e18"], "--patience"),
        (&["2", "127.0.0.1:1", "--key", "a", "--open"], "exclude each other"),
        (&["1", "--frobnicate"], "--frobnicate"),
        (&["vectors"], "where to?"),
    ] {
        let output = program(args);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.contains(part) && said.lines().count() == 1, "{args:?}: {said}");
    }
}

#[test]
fn a_server_that_is_not_there_is_told_before_any_case() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let output = program(&["1", &free]);
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(1), ""));
    assert!(text(&output.stderr).contains("is the server running?"), "{}", text(&output.stderr));
}

#[test]
fn the_list_and_the_vectors_need_no_server() {
    let list = text(&program(&["4", "--list"]).stdout);
    assert!(list.contains("frame-any-cut") && list.contains("(only with --slow)"), "{list}");
    let dir = tempfile::tempdir().unwrap();
    let output = program(&["vectors", dir.path().to_str().unwrap()]);
    assert!(output.status.success() && dir.path().join("packet.json").exists());
}

#[test]
fn who_closes_the_output_has_read_enough() {
    for args in [&["4", "--list"][..], &["--help"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = Command::new(env!("CARGO_BIN_EXE_conformance"));
        let output = command.args(args).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{args:?}: {}", text(&output.stderr));
    }
}
