//! The conformance kit against `uchat server`, as somebody runs both who wants to compare.

use acceptance::conforms;
use acceptance::messenger::House;

/// What the kit must be told of the server of a house.
fn args(house: &House, lesson: &str) -> Vec<String> {
    let file = |name: &str| house.data().join(name).to_str().unwrap().to_owned();
    let known = match lesson {
        "6" => vec!["--key-file".to_owned(), file("lessons/6/access.key")],
        _ => vec!["--key-file".to_owned(), file("access.key"), "--ca".to_owned(), file("ca.pem")],
    };
    [vec!["--messenger".to_owned(), lesson.to_owned()], known].concat()
}

fn checked(house: &House, lesson: &str, more: &[&str]) {
    let args = args(house, lesson);
    let args: Vec<&str> = args.iter().map(String::as_str).chain(more.iter().copied()).collect();
    conforms(&args, house.address);
}

#[test]
fn lesson_6() {
    // These two wait for 10 s each.
    let without = ["--without", "silence", "--without", "dripping"];
    checked(&House::new(&["--lesson", "6"]), "6", &without);
}

#[test]
fn the_default_channel() {
    checked(&House::new(&[]), "7", &[]);
}

/// With the user `echo` everybody has a friend from the start, and hears more than they have asked for. What could be
/// disturbed by that is tried again.
#[test]
fn with_the_user_echo() {
    let mut cases = Vec::new();
    for case in [
        "register-and-log-in",
        "session-replaced",
        "friend-request-waits",
        "friend-comes-and-goes",
        "message-to-nobody-else",
        "away-bundle",
        "room-in-bundle",
        "cursor-told",
    ] {
        cases.extend(["--case", case]);
    }
    checked(&House::with_echo(&["--lesson", "6"]), "6", &cases);
    checked(&House::with_echo(&[]), "7", &cases);
}
