//! Hints, solutions, beginning anew, and a sheet that outlives changes of the course. Nothing is compiled here.

use crate::small::{DOUBLED, Small, said};
use std::process::Stdio;

#[test]
fn hints_come_one_by_one_and_the_solution_when_asked_twice() {
    let small = Small::new();
    for (hint, left) in
        [("a nudge", "2 more are left"), ("an idea", "One more is left"), ("a worked step", "the last one")]
    {
        let text = said(&small.run(["hint", "double"]));
        assert!(text.contains(hint) && text.contains(left), "{text}");
    }
    let again = said(&small.run(["hint", "double"]));
    assert!(["a nudge", "an idea", "a worked step"].iter().all(|hint| again.contains(hint)), "{again}");
    assert!(said(&small.run(["list"])).contains("3 hints read"));

    let first = said(&small.run(["solution", "double"]));
    assert!(first.contains("Ask once more") && !first.contains("checked_mul"), "{first}");
    let second = said(&small.run(["solution", "double"]));
    assert!(second.contains("    n.checked_mul(2)\n}") && !second.contains("// solution"), "{second}");
    assert!(said(&small.run(["show", "double"])).contains("The tester checks that\n  - it works\n"));
}

#[test]
fn who_begins_anew_loses_nothing() {
    let small = Small::new();
    let starter = small.read("course/stage-1/double/exercise.rs");
    assert!(said(&small.run(["reset", "double"])).contains("as it was at the beginning"));
    small.solve("double", DOUBLED);
    assert!(said(&small.run(["reset", "double"])).contains("your code is kept in"));
    assert_eq!(small.read("course/stage-1/double/exercise.rs"), starter);
    small.solve("double", "// another try\n");
    assert!(said(&small.run(["reset", "double"])).contains("exercise.rs.old.2"));
    assert_eq!(small.read("course/stage-1/double/exercise.rs.old"), DOUBLED);
    assert_eq!(small.read("course/stage-1/double/exercise.rs.old.2"), "// another try\n");
}

#[test]
fn the_sheet_outlives_renamed_and_removed_exercises() {
    let small = Small::new();
    small.write(
        "progress.toml",
        "student = \"Ada\"\n[exercises.twice]\nhints = 1\n[exercises.gone]\npassed = true\n",
    );
    let about = small.read("course/stage-1/double/exercise.toml");
    small.write("course/stage-1/double/exercise.toml", &format!("formerly = [\"twice\"]\n{about}"));
    let list = said(&small.run(["list"]));
    assert!(list.contains("Title of double   1 hint read"), "{list}");
    small.run(["hint", "twice"]);
    let sheet = small.read("progress.toml");
    assert!(
        sheet.contains("[exercises.double]\npassed = false\nhints = 2") && sheet.contains("[exercises.gone]"),
        "{sheet}"
    );
}

#[test]
fn what_is_wrong_is_a_sentence() {
    let small = Small::new();
    for (args, says) in [
        (&["run", "nothing"][..], "there is no exercise nothing; `cargo run -p exercises -- list`"),
        (&["hint"], "required arguments were not provided"),
        (&["dev-check", "stage-77"], "stage-77 is none of"),
    ] {
        let output = small.run(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(said(&output).contains(says), "{}", said(&output));
    }
    small.write("progress.toml", "student = 7\n");
    assert!(said(&small.run(["list"])).contains("mend that line, or move the file away"));
    let output = small.command().args(["--course", "/nowhere", "list"]).output().unwrap();
    assert!(said(&output).contains("error"), "{}", said(&output));
}

/// As in `… | head -1`, which ends after a line.
#[test]
fn who_closes_the_output_has_read_enough() {
    let small = Small::new();
    for args in [&["list"][..], &["hint", "double"], &["show", "double"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = small.command();
        let output = command.args(args).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{args:?}: {}", said(&output));
    }
    assert!(small.read("progress.toml").contains("hints = 1"));
}
