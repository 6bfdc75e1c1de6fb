//! `cargo run -p book`: pages are served, follow each change, and outlive a mistake.

use crate::checkout::{checkout, write};
use book::place::Place;
use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Command, Stdio};
use tempfile::TempDir;

struct Live {
    program: Child,
    errors: Lines<BufReader<ChildStderr>>,
    address: String,
    place: Place,
    _folder: TempDir, // it is removed when this is dropped
}

impl Live {
    fn start() -> Self {
        let (folder, place) =
            checkout(&[("SUMMARY.md", "# Summary\n\n- [A](a.md)\n"), ("a.md", &page("first"))]);
        let mut program = Command::new(env!("CARGO_BIN_EXE_book"))
            .arg("--root")
            .arg(place.root())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(program.stdout.take().unwrap());
        let errors = BufReader::new(program.stderr.take().unwrap()).lines();
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let address = line
            .split("http://")
            .nth(1)
            .and_then(|rest| rest.split('/').next())
            .unwrap_or_else(|| panic!("{line}"));
        Self { address: address.to_owned(), program, errors, place, _folder: folder }
    }

    fn change(&self, text: &str) {
        write(&self.place, "a.md", &page(text));
    }

    fn ask(&self, path: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.address).unwrap();
        stream
    }

    fn page(&self) -> String {
        let mut answer = String::new();
        self.ask("/a.html").read_to_string(&mut answer).unwrap();
        answer
    }

    /// Waits for a line on standard error that has this in it.
    fn says(&mut self, part: &str) {
        assert!(self.errors.by_ref().map(Result::unwrap).any(|line| line.contains(part)), "{part}");
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

fn page(text: &str) -> String {
    format!("# A\n\n{{{{#minutes 1}}}}\n\n{text}\n")
}

#[test]
fn a_change_reaches_the_browser_and_a_mistake_does_not() {
    let mut live = Live::start();
    live.says("built in");
    assert!(live.page().contains("<p>first</p>"));

    // As the script in the page asks.
    let page = live.page();
    let (_, changes) = page.split_once("new EventSource(\"").unwrap();
    let mut changes =
        BufReader::new(live.ask(changes.split('"').next().unwrap())).lines().map(Result::unwrap);
    assert!(changes.any(|line| line == ": hello"));
    live.change("second");
    assert!(changes.any(|line| line == "data: changed"), "the browser is told");
    assert!(live.page().contains("<p>second</p>"));

    live.change("{{#nonsense}}");
    live.says("book/src/a.md:5: there is no directive \"nonsense\"");
    live.says("The pages are the ones from before");
    assert!(live.page().contains("<p>second</p>"), "the old page stays");

    live.change("third");
    live.says("built in");
    // One that was built for the change before may come first.
    while !live.page().contains("<p>third</p>") {
        live.says("built in");
    }
}

#[test]
fn a_port_that_is_taken_is_said() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let (_folder, place) = checkout(&[]);
    let output = Command::new(env!("CARGO_BIN_EXE_book"))
        .arg("--root")
        .arg(place.root())
        .args(["serve", "--port", &port])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains(&format!("cannot listen on 127.0.0.1 port {port}")), "{said}");
}
