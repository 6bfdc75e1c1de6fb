//! The checker of exercises finds what is wrong with them.

use crate::small::{DOUBLED, Small, said};

#[test]
fn a_course_that_is_right_is_right() {
    let small = Small::new();
    let output = small.run(["dev-check"]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(
        said(&output).contains(
            "3 exercises: all starters fail as they should, all solutions pass, all 6 wrong answers"
        )
    );
}

#[test]
fn texts_files_and_links_are_looked_at() {
    let small = Small::new();
    let about = small.read("course/stage-1/double/exercise.toml");
    let change = |from: &str, to: &str| {
        assert!(about.contains(from));
        small.write("course/stage-1/double/exercise.toml", &about.replacen(from, to, 1));
        let output = small.run(["dev-check"]);
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        said(&output)
    };
    assert!(change("#the-code", "#no-code").contains("has no heading #no-code"));
    assert!(change("page.html", "no.html").contains("the book has no page no.html"));
    assert!(change("an idea", " ").contains("a hint is empty"));
    assert!(change("minutes = 10", "minutes = 0").contains("0 minutes are too few"));
    assert!(change("n.checked_mul(2)", "n.checked_add(2)").contains("is 0 times in the solution"));
    small.write("course/stage-1/double/exercise.toml", &about);
    small.write("course/stage-1/double/notes.md", "forgotten\n");
    assert!(said(&small.run(["dev-check"])).contains("double: notes.md does not belong there"));
    std::fs::remove_file(small.path("course/stage-1/double/notes.md")).unwrap();
    small.solve("double", DOUBLED);
    assert!(said(&small.run(["dev-check"])).contains("exercise.rs is not the starter"));
    small.run(["dev-check", "--write"]);
    assert!(small.read("course/stage-1/double/exercise.rs").contains("todo!"));
}

#[test]
fn answers_must_come_to_what_is_said_of_them() {
    let small = Small::new();
    let about = small.read("course/stage-1/double/exercise.toml");
    small.write(
        "course/stage-1/double/exercise.toml",
        &about.replacen("FAIL a small number", "FAIL nothing", 1),
    );
    assert!(
        said(&small.run(["dev-check"]))
            .contains("double/wrong-2 must fail and say \"FAIL nothing\", but: failed")
    );
    small.write("course/stage-1/double/exercise.toml", &about.replacen("'None'", "'n.checked_mul(2)'", 1));
    assert!(said(&small.run(["dev-check"])).contains("double/wrong-2 must fail"));
    small.write("course/stage-1/double/exercise.toml", &about);
    let solution = small.read("course/stage-1/double/solution.rs");
    small.write(
        "course/stage-1/double/solution.rs",
        &solution.replace("todo!(\"twice as much\")", "n.checked_mul(2)"),
    );
    assert!(
        said(&small.run(["dev-check", "--write"]))
            .contains("double/starter must fail and say \"still to do\", but: passed")
    );
}

#[test]
fn the_course_has_thirty_exercises_and_some_for_each_stage() {
    let sheet = tempfile::tempdir().unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_exercises"));
    command.arg("--progress").arg(sheet.path().join("progress.toml")).arg("list");
    let list = said(&command.output().unwrap());
    assert!(list.lines().filter(|line| line.starts_with("  [ ] ")).count() >= 30, "{list}");
    let stages = list.lines().filter(|line| line.starts_with("stage-") || *line == "messenger");
    assert_eq!(stages.count(), 9, "{list}");
}
