//! Code that nobody would want to run: a verdict in time, and the runner lives on.

use crate::small::{DOUBLED, Small, said};

#[test]
fn code_that_misbehaves_gets_a_verdict() {
    let small = Small::new();
    for (body, says) in [
        ("loop {}", "FAIL a small number\n         this has not ended after 10 seconds"),
        ("loop { println!(\"much {n}\") }", "it printed more than 1 MiB, and was stopped"),
        ("std::process::exit(0)", "the program has ended before its last step"),
        ("println!(\"passed\"); std::process::exit(0)", "the program has ended before its last step"),
        ("std::process::abort()", "the program has ended before its last step"),
        ("double(n)", "the program has ended before its last step"), // until the stack is full
        ("let _ = std::fs::remove_dir_all(\".\"); None", "FAIL a small number"),
        (
            "let all: Vec<_> = (0..9).map(|_| std::net::TcpListener::bind((\"127.0.0.1\", 0))).collect(); std::mem::forget(all); None",
            "FAIL a small number",
        ),
        ("let empty: [u32; 0] = []; Some(empty[n as usize - 2])", "the code has panicked"),
    ] {
        small.solve(
            "double",
            &format!(
                "#![allow(unconditional_recursion)]\npub fn double(n: u32) -> Option<u32> {{ {body} }}\n"
            ),
        );
        let output = small.run(["run", "double"]);
        let text = said(&output);
        assert_eq!(output.status.code(), Some(1), "{body}: {text}");
        assert!(text.contains(says), "{body}: {text}");
        assert!(text.len() < 20_000, "{body}");
    }
    small.solve("double", DOUBLED);
    assert!(small.run(["run", "double"]).status.success());
}
