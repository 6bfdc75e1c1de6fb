//! The way of a student: the list, a red test, hints, a green one, the solution.

use crate::small::{DOUBLED, Small, said};

#[test]
fn a_student_goes_from_a_red_test_to_a_green_one() {
    let small = Small::new();
    let list = said(&small.run(["list"]));
    assert!(list.contains("[ ] double") && list.contains("0 of 3 passed (none yet"), "{list}");
    assert!(said(&small.run(["list", "stage-9"])).contains("stage-9 is none of stage-1, "));

    let red = small.run(["run", "double"]);
    let text = said(&red);
    assert_eq!(red.status.code(), Some(1));
    assert!(
        text.contains("FAIL a small number\n         still to do: twice as much (exercise.rs, line 2)"),
        "{text}"
    );
    assert!(
        text.contains("double: not yet.\nRead page.html#the-code of the book (cargo run -p book)"),
        "{text}"
    );

    // Half right: the steps so far, then both sides.
    small.solve("double", "pub fn double(n: u32) -> Option<u32> { Some(n.wrapping_mul(2)) }\n");
    let text = said(&small.run(["run", "double"]));
    assert!(
        text.contains("  ok   a small number\n  FAIL the largest number\n         expected  None"),
        "{text}"
    );

    small.solve("double", "pub fn double(n: u32) -> Option<u32> { n * }\n");
    let text = said(&small.run(["run", "double"]));
    assert!(
        text.contains("expected expression") && text.contains("double: it does not compile yet"),
        "{text}"
    );

    small.solve("double", DOUBLED);
    let green = small.run(["run", "double"]);
    let text = said(&green);
    assert!(green.status.success() && text.contains("double: passed.\n\nBecause."), "{text}");
    assert!(said(&small.run(["list"])).contains("[x] double"));
    assert!(small.read("progress.toml").contains("[exercises.double]\npassed = true"));

    let all = small.run(["check-all"]);
    assert_eq!(all.status.code(), Some(1));
    assert!(said(&all).contains("1 of 3 passed"), "{}", said(&all));
}

#[test]
fn bytes_are_shown_side_by_side_and_a_flag_belongs_to_one_student() {
    let small = Small::new();
    assert!(said(&small.run(["name", "Ada"])).contains("this is the sheet of Ada"));
    assert!(said(&small.run(["name", " "])).contains("a name has 1 to 60 characters"));
    small.solve("greet", "pub fn greet(_: &str) -> String { \"flag-1234\".to_owned() }\npub fn bytes() -> Vec<u8> { Vec::new() }\n");
    let ada = said(&small.run(["run", "greet"]));
    small.run(["name", "Bob"]);
    let bob = said(&small.run(["run", "greet"]));
    let expected = |text: &str| text.lines().find(|line| line.contains("expected  flag-")).map(str::to_owned);
    assert!(expected(&ada).is_some() && expected(&ada) != expected(&bob), "{ada}{bob}");

    small.solve("greet", "pub fn greet(flag: &str) -> String { flag.to_owned() }\npub fn bytes() -> Vec<u8> { b\"heLlo\".to_vec() }\n");
    let text = said(&small.run(["run", "greet"]));
    let shown = "         expected  68 65 6c 6c 6f   (5 bytes)\n         found     68 65 4c 6c 6f   (5 bytes)\n                         ^^ byte 2\n         as text   \"hello\" and \"heLlo\"\n";
    assert!(text.contains(shown), "{text}");
}
