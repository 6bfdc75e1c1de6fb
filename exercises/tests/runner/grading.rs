//! The teacher's table.

use crate::small::{DOUBLED, Small, said};
use serde_json::Value;

#[test]
fn a_teacher_tests_what_students_hand_in_and_believes_no_sheet() {
    let teacher = Small::new();
    let good = Small::new();
    good.write(
        "exercises/progress.toml",
        "student = \"Ada\"\n[exercises.double]\npassed = true\nhints = 2\n",
    );
    good.solve("double", DOUBLED);
    good.solve("greet", "pub fn greet(flag: &str) -> String { flag.to_owned() }\npub fn bytes() -> Vec<u8> { b\"hello\".to_vec() }\n");
    // A tester of one's own, and a sheet of one's own, change nothing.
    let bad = Small::new();
    bad.write(
        "exercises/progress.toml",
        "student = \"Bob\"\n[exercises.double]\npassed = true\n[exercises.third]\npassed = true\n",
    );
    bad.write("course/stage-1/double/tester.rs", "pub fn main() {}\n");
    bad.solve("double", "pub fn double(_: u32) -> Option<u32> { None }\n");
    bad.solve("greet", "this is no Rust\n");
    let folders =
        [good.path(""), bad.path("course"), teacher.path("nowhere")].map(|path| path.display().to_string());

    let output = teacher.command().arg("grade").args(&folders).arg("--json").output().unwrap();
    assert_eq!(output.status.code(), Some(1), "one folder is none: {}", said(&output));
    let grades: Value = serde_json::from_slice(&output.stdout).unwrap();
    let verdict = |student: usize, name: &str| {
        grades[student]["exercises"][name]["verdict"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        (&grades[0]["student"], &grades[0]["passed"], &grades[0]["of"]),
        (&"Ada".into(), &2.into(), &3.into())
    );
    assert_eq!(
        [verdict(0, "double"), verdict(0, "greet"), verdict(0, "third")],
        ["passed", "passed", "not begun"]
    );
    assert_eq!(grades[0]["exercises"]["double"]["hints"], 2);
    assert_eq!((&grades[1]["student"], &grades[1]["passed"]), (&"Bob".into(), &0.into()));
    assert_eq!(
        [verdict(1, "double"), verdict(1, "greet"), verdict(1, "third")],
        ["failed", "does not compile", "not begun"]
    );
    assert_eq!(grades[1]["exercises"]["third"]["unverified"], true);
    assert!(!grades[2]["problems"].as_array().unwrap().is_empty());

    let table = said(&teacher.command().arg("grade").args(&folders[..2]).output().unwrap());
    assert!(table.contains("Ada") && table.contains("2 of 3 passed"), "{table}");
    assert!(table.contains("failed   the sheet says passed (unverified)"), "{table}");
}

#[test]
fn what_was_handed_in_does_not_get_into_the_teacher_s_own_course() {
    let (teacher, bob) = (Small::new(), Small::new());
    teacher.solve("double", DOUBLED);
    assert!(teacher.run(["run", "double"]).status.success());
    bob.write("exercises/progress.toml", "student = \"Bob\"\n");
    bob.solve("double", "pub fn double(_: u32) -> Option<u32> { None }\n");
    let output = teacher.command().arg("grade").arg(bob.path("")).output().unwrap();
    assert!(said(&output).contains("0 of 3 passed"), "{}", said(&output));
    let output = teacher.run(["run", "double"]);
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn a_sheet_that_means_harm_is_told_and_the_code_is_tested_all_the_same() {
    let (teacher, eve) = (Small::new(), Small::new());
    eve.solve("double", DOUBLED);
    for sheet in [
        "student = \"Eve\\u0000\"\n",
        "student = \"Eve\\u001b[2J\"\n",
        "student = Eve\u{1b}[2J\n",
        &format!("student = \"{}\"\n", "E".repeat(2 << 20)),
    ] {
        eve.write("exercises/progress.toml", sheet);
        let output = teacher.command().arg("grade").arg(eve.path("")).output().unwrap();
        let table = said(&output);
        assert_eq!(output.status.code(), Some(1), "{table}");
        assert!(table.contains("(no name)") && table.contains("problem:"), "{table}");
        assert!(table.contains("1 of 3 passed"), "{table}");
        assert!(!table.contains(['\u{1b}', '\0']) && table.len() < 5_000, "{table}");
    }
}
