//! Watch mode: what is saved is tested.

use crate::small::{DOUBLED, Small};
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Waits for a line with this in it.
fn see(lines: &Receiver<String>, what: &str) {
    let mut seen = Vec::new();
    while !seen.last().is_some_and(|line: &String| line.contains(what)) {
        match lines.recv_timeout(Duration::from_secs(120)) {
            Ok(line) => seen.push(line),
            Err(error) => panic!("waiting for {what:?}: {error}; there was {seen:#?}"),
        }
    }
}

fn saved_is_tested(options: &[&str]) {
    let small = Small::new();
    let mut command = small.command();
    command.args(options).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    let mut runner = command.spawn().unwrap();
    let (mut input, output) = (runner.stdin.take().unwrap(), runner.stdout.take().unwrap());
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        BufReader::new(output).lines().map_while(Result::ok).for_each(|line| drop(sender.send(line)))
    });
    see(&lines, "0 of 3 passed");
    see(&lines, "double: not yet.");
    see(&lines, "then Enter");
    small.solve("double", DOUBLED);
    see(&lines, "double: passed.");
    see(&lines, "then Enter");
    writeln!(input, "h\nx\nn").unwrap();
    see(&lines, "a nudge");
    see(&lines, "\"x\" is none of");
    see(&lines, "1 of 3 passed");
    see(&lines, "greet: not yet.");
    writeln!(input, "q").unwrap();
    assert!(runner.wait().unwrap().success());
}

#[test]
fn a_save_is_tested_at_once() {
    saved_is_tested(&[]);
}

#[test]
fn also_where_the_system_tells_of_no_changes() {
    saved_is_tested(&["--poll"]);
}
