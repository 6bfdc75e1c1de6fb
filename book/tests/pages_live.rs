//! `cargo run -p book`: pages are served, follow each change, and outlive a mistake.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a failed test"
)]

use book::place::Place;
use std::fs;
use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};

struct Live {
    program: Child,
    errors: Lines<BufReader<ChildStderr>>,
    address: String,
    checkout: tempfile::TempDir,
}

impl Live {
    fn start() -> Self {
        let checkout = tempfile::tempdir().unwrap();
        let book = checkout.path().join("book");
        for folder in ["src", "theme"] {
            fs::create_dir_all(book.join(folder)).unwrap();
        }
        let real = Place::compiled().book();
        for entry in fs::read_dir(real.join("theme")).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), book.join("theme").join(entry.file_name())).unwrap();
        }
        fs::copy(real.join("book.toml"), book.join("book.toml")).unwrap();
        write(&book.join("src/SUMMARY.md"), "# Summary\n\n- [A](a.md)\n");
        write(&book.join("src/a.md"), &page("first"));
        let mut program = Command::new(env!("CARGO_BIN_EXE_book"))
            .arg("--root")
            .arg(checkout.path())
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
        Self { address: address.to_owned(), program, errors, checkout }
    }

    fn change(&self, text: &str) {
        write(&self.checkout.path().join("book/src/a.md"), &page(text));
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

fn write(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
}

#[test]
fn a_change_reaches_the_browser_and_a_mistake_does_not() {
    let mut live = Live::start();
    live.says("built in");
    assert!(live.page().contains("<p>first</p>"));

    let mut changes = BufReader::new(live.ask("/.changes")).lines().map(Result::unwrap);
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
    let checkout = tempfile::tempdir().unwrap();
    fs::create_dir_all(checkout.path().join("book")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_book"))
        .arg("--root")
        .arg(checkout.path())
        .args(["serve", "--port", &port])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains(&format!("cannot listen on 127.0.0.1 port {port}")), "{said}");
}
