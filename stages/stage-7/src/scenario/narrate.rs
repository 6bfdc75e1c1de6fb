//! The whole scenario in one run: every role is this program once more, and its log is shown as it comes.

use super::{PATIENCE, check_id};
use anatomy::{Style, Terminal, fill};
use echo::lab::{self, Failure, Opt, Options, Process, Verb, io_failure};
use std::collections::BTreeSet;
use std::io::{BufRead, IsTerminal, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

pub(crate) const SCENARIO: Verb = Verb {
    name: "scenario",
    operand: None,
    about: "a university, a board and three students, each a process: from the first key to posts with authors",
    options: &[&[Opt { name: "ids", value: Some("A,B,C"), help: "three student ids (s1001,s1002,s1003)" }]],
    example: "cargo run -p stage-7 -- scenario --ids alice,bob,carol",
    run,
};

fn run(options: &Options) -> Result<(), Failure> {
    let ids = ids(options)?;
    let folder = tempfile::tempdir().map_err(|e| io_failure("cannot make a folder for the scenario", &e))?;
    Scenario::begin(folder.path(), ids)?.run()
}

/// Three different ids: given, typed, or made up.
fn ids(options: &Options) -> Result<[String; 3], Failure> {
    let text = match options.text("ids")? {
        Some(text) => text.to_owned(),
        None if std::io::stdin().is_terminal() => ask()?,
        None => DEFAULT_IDS.to_owned(),
    };
    let ids: Vec<String> = text.split(',').map(|id| id.trim().to_owned()).collect();
    for id in &ids {
        check_id(id).map_err(|sentence| Failure::Usage(format!("--ids: {sentence}")))?;
    }
    let different: BTreeSet<String> = ids.iter().map(|id| id.to_ascii_lowercase()).collect();
    let count = different.len();
    <[String; 3]>::try_from(ids)
        .ok()
        .filter(|_| count == 3)
        .ok_or_else(|| Failure::Usage("--ids takes three different student ids, separated by commas".into()))
}

fn ask() -> Result<String, Failure> {
    let mut ids = Vec::new();
    for n in 1..=3 {
        let mut out = std::io::stdout();
        let _ = write!(out, "id of student {n}: ").and_then(|()| out.flush()); // what counts is the answer
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line);
        if read.map_err(|e| io_failure("cannot read the ids", &e))? == 0 {
            return Err(Failure::Usage("three student ids are needed: give them with --ids A,B,C".into()));
        }
        ids.push(line.trim().to_owned());
    }
    Ok(ids.join(","))
}

/// The running roles.
struct Scenario {
    teller: Teller,
    dir: PathBuf,
    ids: [String; 3],
    ca_server: Role,
    board: Role,
}

/// A server of the scenario and where it listens.
struct Role {
    process: Process,
    address: SocketAddr,
}

impl Scenario {
    /// STEP 0: the university and the board exist.
    fn begin(dir: &Path, ids: [String; 3]) -> Result<Self, Failure> {
        let terminal = Terminal::stdout();
        let teller = Teller { terminal, dir: format!("{}/", dir.display()) };
        teller.step("STEP 0: the university makes its key and its root certificate");
        let path = |name: &str| dir.join(name).display().to_string();
        let (university, ca) = (path("university"), path("university/ca.pem"));
        let mut ca_server = teller.start(&["ca-server", "--listen", "127.0.0.1:0", "--dir", &university])?;
        teller.until(&mut ca_server.process, "I am")?;
        teller.say(
            "The board gets a certificate as well, so that students know whom they talk to. Servers do not enrol by \
             themselves: the operator carries the request to the university, who looks at it and signs.",
        );
        std::fs::create_dir(dir.join("board"))
            .map_err(|e| io_failure("cannot make the board's folder", &e))?;
        let (key, csr, pem) = (path("board/server.key"), path("board/server.csr"), path("board/server.pem"));
        teller.command(&["csr", "--cn", "localhost", "--key", &key, "--out", &csr])?;
        teller.command(&["ca", "sign", "--server", "--dir", &university, "--csr", &csr, "--out", &pem])?;
        let board = ["board", "--listen", "127.0.0.1:0", "--dir", &path("board"), "--ca", &ca];
        let mut board = teller.start(&board)?;
        teller.until(&mut board.process, "I trust")?;
        Ok(Self { teller, dir: dir.to_owned(), ids, ca_server, board })
    }

    fn run(mut self) -> Result<(), Failure> {
        self.enrol()?;
        let first = self.show()?;
        self.old_way(first)?;
        self.properly()
    }

    /// STEP 1.
    fn enrol(&mut self) -> Result<(), Failure> {
        let teller = self.teller.clone();
        teller.step("STEP 1: each student makes a key, and has it signed");
        for id in self.ids.clone() {
            let mut student = self.student(&id, &id, &["--enrol"])?;
            teller.until(&mut student, "sent ")?;
            teller.until(&mut self.ca_server.process, "gave the certificate")?;
            teller.finish(student, true)?;
        }
        let copied = self.ids[0].clone();
        teller.say(&format!("Somebody else with another key asks for the id {copied}, too:"));
        let mut copycat = self.student(&copied, "copycat", &["--enrol"])?;
        teller.until(&mut copycat, "sent ")?;
        teller.until(&mut self.ca_server.process, "refused")?;
        teller.finish(copycat, false)
    }

    /// STEP 2 and 3. Returns the first student, whom the board now knows.
    fn show(&mut self) -> Result<Process, Failure> {
        let teller = self.teller.clone();
        let id = self.ids[0].clone();
        teller.step(&format!("STEP 2: {id} shows the certificate to the board"));
        let mut student = self.student(&id, &id, &["--old-way"])?;
        teller.until(&mut student, "accepts it")?;
        teller.step("STEP 3: what the board has checked, and a false student");
        teller.until(&mut self.board.process, "accepted")?;
        let falsified = self.ids[1].clone();
        teller.say(&format!(
            "A fourth, false student calls itself {falsified}, too, and has signed the certificate itself:"
        ));
        let mut false_student = self.student(&falsified, "false", &["--self-made", "--old-way"])?;
        teller.until(&mut false_student, "one's own")?;
        teller.until(&mut self.board.process, "refused")?;
        teller.finish(false_student, false)?;
        Ok(student)
    }

    /// STEP 4, first part.
    fn old_way(&mut self, mut student: Process) -> Result<(), Failure> {
        let teller = self.teller.clone();
        teller.step("STEP 4: a session key, as the course project delivered it");
        let id = self.ids[0].clone();
        teller.types(&id, "hello from the old way");
        let answer = student.ask("hello from the old way")?;
        teller.until(&mut self.board.process, "RC4 from here on")?;
        teller.until(&mut student, "RC4 from here on")?;
        teller.until(&mut self.board.process, "under RC4")?;
        teller.reads(&id, &answer);
        teller.finish(student, true)?;
        teller.say(
            "It works, and four things are wrong. The student never learned whether this is the board. The session key \
             lies in every recording, encrypted to a key file that can be stolen later. A bit that is flipped on the way \
             is not found (stage 5). And a key that is certified for signing decrypts.",
        );
        Ok(())
    }

    /// STEP 4, second part.
    fn properly(&mut self) -> Result<(), Failure> {
        let teller = self.teller.clone();
        teller.step("STEP 4, properly: the signed handshake with both certificates");
        let mut last = None;
        for (id, text) in self.ids.clone().iter().zip(TEXTS) {
            let mut student = self.student(id, id, &[])?;
            teller.until(&mut student, "this is the board")?;
            teller.types(id, text);
            let answer = student.ask(text)?;
            teller.until(&mut self.board.process, "in a keyed packet")?;
            teller.reads(id, &answer);
            if let Some(student) = last.replace(student) {
                teller.finish(student, true)?;
            }
        }
        let Some(mut student) = last else { return Ok(()) };
        teller.say(
            "What hangs on the board now. Nobody has typed a name: the authors come from the certificates.",
        );
        teller.types(&self.ids[2], "/list");
        student.write_line("/list")?;
        for _ in 0..=TEXTS.len() {
            let line = student.line(PATIENCE)?;
            teller.line(Style::Green, &line);
        }
        teller.finish(student, true)?;
        teller.say("The keys of these sessions were made by both sides, never sent, and are gone now.");
        Ok(())
    }

    fn student(&self, id: &str, folder: &str, more: &[&str]) -> Result<Process, Failure> {
        let path = |name: &str| self.dir.join(name).display().to_string();
        let (dir, ca) = (path(&format!("student-{folder}")), path("university/ca.pem"));
        let (ca_server, board) = (self.ca_server.address.to_string(), self.board.address.to_string());
        let args =
            ["student", "--id", id, "--dir", &dir, "--ca", &ca, "--ca-server", &ca_server, "--board", &board];
        self.teller.show_command(&[&args[..3], &["…"], more].concat());
        lab::own(args.iter().chain(more))
    }
}

/// Prints what happens.
#[derive(Clone)]
struct Teller {
    terminal: Terminal,
    /// The folder that vanishes afterwards, and is not shown.
    dir: String,
}

impl Teller {
    fn step(&self, title: &str) {
        lab::print(format_args!("\n{}", self.terminal.paint(Style::Bold, title)));
    }

    fn say(&self, text: &str) {
        lab::print("");
        for line in fill(text, self.terminal.columns.saturating_sub(2)) {
            lab::print(format_args!("  {line}"));
        }
    }

    fn line(&self, style: Style, text: &str) {
        for line in fill(&text.replace(&self.dir, ""), self.terminal.columns.saturating_sub(4)) {
            lab::print(format_args!("    {}", self.terminal.paint(style, &line)));
        }
    }

    /// Runs a verb that ends by itself.
    fn command(&self, args: &[&str]) -> Result<(), Failure> {
        self.show_command(args);
        let ended = lab::own(args)?.wait(PATIENCE)?;
        for line in ended.output.lines() {
            self.line(Style::Dim, line);
        }
        if ended.status.success() { Ok(()) } else { Err(Failure::new(ended.errors.trim_end().to_owned())) }
    }

    fn start(&self, args: &[&str]) -> Result<Role, Failure> {
        self.show_command(args);
        let (process, address) = lab::own(args)?.server()?;
        Ok(Role { process, address })
    }

    /// A command as the reader would type it.
    fn show_command(&self, args: &[&str]) {
        let command = format!("$ stage-7 {}", args.join(" ")).replace(&self.dir, "");
        lab::print("");
        self.line(Style::Bold, &command);
    }

    /// Shows a role's log up to the line with these words.
    fn until(&self, process: &mut Process, words: &str) -> Result<(), Failure> {
        while let Some(line) = process.log_line(PATIENCE) {
            self.logged(&line);
            if line.contains(words) {
                return Ok(());
            }
        }
        Err(Failure::new(format!("a role of the scenario never said: {words}")))
    }

    /// A line of a log; those of the server below (who connects, who leaves) are left out.
    fn logged(&self, line: &str) {
        if line.contains(" scenario/") || line.starts_with("stage-7: ") {
            self.line(Style::Dim, line);
        }
    }

    fn types(&self, id: &str, text: &str) {
        self.line(Style::Cyan, &format!("{id} types: {text}"));
    }

    fn reads(&self, id: &str, answer: &str) {
        self.line(Style::Green, &format!("{id} reads: {answer}"));
    }

    /// Shows the rest of what a process says until it ends, which must go well or not.
    fn finish(&self, process: Process, well: bool) -> Result<(), Failure> {
        let ended = process.wait(PATIENCE)?;
        for line in ended.errors.lines() {
            self.logged(line);
        }
        if ended.status.success() == well {
            return Ok(());
        }
        let last = ended.errors.lines().last().unwrap_or("(nothing)").to_owned();
        Err(Failure::new(format!("a role of the scenario ended otherwise than it should: {last}")))
    }
}

const DEFAULT_IDS: &str = "s1001,s1002,s1003";
const TEXTS: [&str; 3] = ["is the lab open today?", "yes, until six", "then I come at five"];
