//! The files in `vectors/` are what our code says. `UCHAT_UPDATE=1 cargo test -p conformance` writes them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that fails is a failed test")]

mod below;
mod channel;
mod packets;

use echo::lab::hex;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

/// Compares one file, or writes it.
fn file(name: &str, about: &str, mut content: Value) {
    content["about"] = about.into();
    let text = format!("{content:#}\n");
    let path = folder().join(name);
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    if there.replace("\r\n", "\n") == text {
        return;
    }
    if std::env::var_os("UCHAT_UPDATE").is_some_and(|value| value == "1") {
        std::fs::write(&path, text).unwrap();
        return;
    }
    panic!(
        "vectors/{name} is not what the code says; run `UCHAT_UPDATE=1 cargo test -p conformance` and look at it"
    );
}

/// `count` bytes that begin with `first` and go up.
fn bytes<const N: usize>(first: u8) -> [u8; N] {
    std::array::from_fn(|place| first.wrapping_add(place as u8))
}

#[test]
fn all_files_can_be_copied_out_and_hold_json() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("new/folder");
    let count = conformance::vectors::copy_to(&target).unwrap();
    let copied = std::fs::read_dir(&target).unwrap().count();
    assert_eq!(count, copied);
    for (name, content) in conformance::vectors::FILES {
        let value: Value = serde_json::from_str(content).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(value["about"].is_string(), "{name} says what it is");
    }
    let here = std::fs::read_dir(folder()).unwrap().count();
    assert_eq!(here + 1, count, "every file of vectors/ is handed out, and one of tests/vectors");
}

/// A case that must be refused.
fn refused(what: &str, bytes: &[u8]) -> Value {
    json!({"bytes": hex(bytes), "why": what})
}
