//! The messenger as its users know it: a server, and people who talk through `uchat run`.

use crate::{program, start};
use echo::lab::Process;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The password of everybody in these tests.
pub const PASSWORD: &str = "correct horse";

/// How long something may take that includes making a key, on a busy machine, in a debug build.
const LONG: Duration = Duration::from_secs(180);

/// A server with its data, and a folder for the profiles of its people.
pub struct House {
    /// Everything: `data`, and a profile for each person.
    pub folder: TempDir,
    /// The options with which the server was started.
    args: Vec<String>,
    /// Those that only the server takes.
    more: &'static [&'static str],
    server: Option<Process>,
    /// Where the server listens.
    pub address: SocketAddr,
    /// Another way to it, for people who come from now on.
    pub through: Option<SocketAddr>,
}

impl House {
    /// A new server on a free port, without limits on log-ins and sign-ups.
    pub fn new(args: &[&str]) -> Self {
        Self::begun(args, &["--no-echo", "--limits", "off"])
    }

    /// The same, with the limits that hold for everybody.
    pub fn with_limits(args: &[&str]) -> Self {
        Self::begun(args, &["--no-echo"])
    }

    /// The same, with the user `echo`.
    pub fn with_echo(args: &[&str]) -> Self {
        Self::begun(args, &["--limits", "off"])
    }

    fn begun(args: &[&str], more: &'static [&'static str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let args = args.iter().map(|&arg| arg.to_owned()).collect();
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut house = Self { folder, args, more, server: None, address, through: None };
        house.begin();
        house
    }

    /// Starts the server, on the same port if it was there before.
    pub fn begin(&mut self) {
        let mut command = Command::new(program("uchat"));
        command.args(self.server_args());
        self.begin_as(command);
    }

    /// The same, where no file can grow beyond so many bytes, rounded up: beyond it, the disk is full.
    #[cfg(unix)]
    pub fn begin_with_small_disk(&mut self, bytes: u64) {
        let mut command = Command::new("sh");
        command
            .args(["-c", r#"trap '' XFSZ; ulimit -f "$1" && shift && exec "$@""#, "sh"])
            .arg(bytes.div_ceil(512).to_string())
            .arg(program("uchat"))
            .args(self.server_args());
        self.begin_as(command);
    }

    fn begin_as(&mut self, command: Command) {
        let (server, address) = Process::spawn(command).unwrap().server().unwrap();
        self.server = Some(server);
        self.address = address;
    }

    fn server_args(&self) -> Vec<String> {
        let (listen, data) = (self.address.to_string(), self.data());
        let fixed = ["server", "--listen", &listen, "--data", data.to_str().unwrap()];
        let more = fixed.iter().chain(self.more).map(|&arg| arg.to_owned());
        more.chain(self.args.iter().cloned()).collect()
    }

    /// Asks the server to stop, as `systemctl stop` does; its exit status, and what it had logged.
    #[cfg(unix)]
    pub fn stop(&mut self) -> (i32, String) {
        let server = self.server.take().expect("the server runs");
        let asked = Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap();
        assert!(asked.success());
        let ended = server.wait(LONG).unwrap();
        (ended.status.code().unwrap_or(-1), ended.errors)
    }

    /// Kills the server, as a power cut would.
    pub fn kill(&mut self) {
        self.server = None;
    }

    /// The server's process.
    pub fn server(&mut self) -> &mut Process {
        self.server.as_mut().expect("the server runs")
    }

    /// The folder of the server's data.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The folder of a person's profile.
    pub fn profile(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs `uchat` once with this profile: exit status, output, errors.
    pub fn uchat(&self, name: &str, args: &[&str], input: &[u8]) -> (i32, String, String) {
        let profile = self.profile(name);
        let mut all = vec!["--profile", profile.to_str().unwrap()];
        all.extend(args);
        let mut process = start("uchat", self.options(&all));
        let _ = process.write(input);
        let ended = process.wait(LONG).unwrap();
        (ended.status.code().unwrap_or(-1), ended.output, ended.errors)
    }

    /// The arguments, and the lesson or transport of the server.
    fn options(&self, args: &[&str]) -> Vec<String> {
        let mut all: Vec<String> = args.iter().map(|&arg| arg.to_owned()).collect();
        all.extend(self.args.iter().cloned());
        let lesson = self.lesson();
        if let Some(address) = self.through.or(lesson.map(|_| self.address)) {
            all.extend(["--server".to_owned(), address.to_string()]);
        }
        if let Some(lesson) = lesson.filter(|lesson| *lesson > 1) {
            let key = self.data().join(format!("lessons/{lesson}/access.key"));
            all.extend(["--access-key-file".to_owned(), key.to_str().unwrap().to_owned()]);
        }
        all
    }

    /// The lesson, if it is one below 7: these know no invitations.
    fn lesson(&self) -> Option<u8> {
        let lesson = self.args.iter().skip_while(|arg| *arg != "--lesson").nth(1)?;
        lesson.parse().ok().filter(|lesson| *lesson < 7)
    }

    /// The invitation of this server.
    pub fn invite(&self) -> String {
        let data = self.data();
        let output = Command::new(program("uchat"))
            .args(self.options(&["invite", "--data", data.to_str().unwrap()]))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Makes the server known in a person's profile.
    pub fn join(&self, name: &str) {
        if self.lesson().is_some() {
            return;
        }
        let (status, _, errors) = self.uchat(name, &["join", "-"], self.invite().as_bytes());
        assert_eq!(status, 0, "{errors}");
    }

    /// A new person with an account, logged in.
    pub fn person(&self, name: &str) -> Person {
        self.join(name);
        let mut person = self.stranger(name);
        let user = match name.is_ascii() {
            true => name.to_owned(),
            false => name.chars().map(|char| format!("u{:x}", u32::from(char))).collect(),
        };
        let email = format!("{user}@example.org");
        person.ask(json!({"do": "register", "username": name, "password": PASSWORD, "email": email}));
        person
    }

    /// `uchat run` with a person's profile, not logged in.
    pub fn stranger(&self, name: &str) -> Person {
        let profile = self.profile(name);
        let process = start("uchat", self.options(&["--profile", profile.to_str().unwrap(), "run"]));
        Person { name: name.to_owned(), process, next: 0, waiting: VecDeque::new() }
    }

    /// A person who was there before, logged in again.
    pub fn again(&self, name: &str) -> Person {
        let mut person = self.stranger(name);
        person.ask(json!({"do": "login", "username": name, "password": PASSWORD}));
        person
    }

    /// Two people who are friends.
    pub fn friends(&self, one: &str, other: &str) -> (Person, Person) {
        let (mut one, mut other) = (self.person(one), self.person(other));
        befriend(&mut one, &mut other);
        (one, other)
    }
}

/// The files in and below `folder` that hold these bytes.
pub fn files_with(folder: &Path, bytes: &[u8]) -> Vec<PathBuf> {
    let (mut found, mut paths) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(path) = paths.pop() {
        if path.is_dir() {
            paths.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if holds(&std::fs::read(&path).unwrap(), bytes) {
            found.push(path);
        }
    }
    found
}

/// Whether `part` stands somewhere in `bytes`.
pub fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Makes two people friends.
pub fn befriend(one: &mut Person, other: &mut Person) {
    one.ask(json!({"do": "add_friend", "username": other.name}));
    other.event("friend_request", |event| event["username"] == one.name.as_str());
    other.ask(json!({"do": "answer_friend", "username": one.name, "answer": "accept"}));
    one.event("friend", |event| event["username"] == other.name.as_str());
    other.event("friend", |event| event["username"] == one.name.as_str());
}

/// Somebody at `uchat run`.
pub struct Person {
    /// The user name.
    pub name: String,
    process: Process,
    next: u64,
    /// What came and was not waited for yet.
    waiting: VecDeque<Value>,
}

impl Person {
    /// Gives a command; its answer, granted or not. Events that come before it are kept.
    pub fn try_ask(&mut self, mut command: Value) -> Value {
        self.next += 1;
        command["id"] = self.next.into();
        self.process.write_line(&command.to_string()).unwrap();
        let (id, end) = (self.next, Instant::now() + LONG);
        loop {
            let line = self.line(end, &format!("an answer to {:.200}", command.to_string()));
            if line["id"] == id && line.get("ok").is_some() {
                return line;
            }
            self.waiting.push_back(line);
        }
    }

    /// Gives many commands at once, without waiting between them; the first `answers` answers.
    pub fn ask_many(&mut self, commands: impl IntoIterator<Item = Value>, answers: usize) -> Vec<Value> {
        let first = self.next + 1;
        let mut lines = String::new();
        for mut command in commands {
            self.next += 1;
            command["id"] = self.next.into();
            lines += &format!("{command}\n");
        }
        self.process.write(lines.as_bytes()).unwrap();
        let end = Instant::now() + LONG;
        let mut answered = Vec::new();
        while answered.len() < answers {
            let line = self.line(end, "answers");
            match line["id"].as_u64() {
                Some(id) if line.get("ok").is_some() && id >= first => answered.push(line),
                _ => self.waiting.push_back(line),
            }
        }
        answered
    }

    /// Gives a command that must be granted.
    pub fn ask(&mut self, command: Value) -> Value {
        let answer = self.try_ask(command.clone());
        assert_eq!(answer["ok"], true, "{}: {command}: {answer}", self.name);
        answer
    }

    /// Gives a command that must be refused; the code.
    pub fn refused(&mut self, command: Value) -> String {
        let answer = self.try_ask(command.clone());
        assert_eq!(answer["ok"], false, "{}: {command}: {answer}", self.name);
        assert!(answer["error"].as_str().is_some_and(|text| !text.is_empty()), "{answer}");
        answer["code"].as_str().unwrap().to_owned()
    }

    /// Waits for an event of this kind that fits.
    pub fn event(&mut self, kind: &str, fits: impl Fn(&Value) -> bool) -> Value {
        self.any_event(&format!("the event {kind}"), |event| event["event"] == kind && fits(event))
    }

    /// Waits for an event of any kind that fits; `what` is for the failure.
    pub fn any_event(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + LONG;
        let mut seen = 0;
        loop {
            while seen < self.waiting.len() {
                if fits(&self.waiting[seen]) {
                    return self.waiting.remove(seen).unwrap();
                }
                seen += 1;
            }
            let line = self.line(end, what);
            self.waiting.push_back(line);
        }
    }

    /// Everything of this kind that has come up to now and was not waited for.
    pub fn events_so_far(&mut self, kind: &str) -> Vec<Value> {
        self.ask(json!({"do": "contacts"})); // whatever was on its way has come by then
        self.waiting.iter().filter(|event| event["event"] == kind).cloned().collect()
    }

    /// Says something to a friend; the message's id.
    pub fn say(&mut self, to: &str, text: &str) -> String {
        let answer = self.ask(json!({"do": "send", "to": {"user": to}, "text": text}));
        answer["message_id"].as_str().unwrap().to_owned()
    }

    /// Says something in a room; the message's id.
    pub fn say_in(&mut self, room: u64, text: &str) -> String {
        let answer = self.ask(json!({"do": "send", "to": {"room": room}, "text": text}));
        answer["message_id"].as_str().unwrap().to_owned()
    }

    /// Waits for a message with this text.
    pub fn hears(&mut self, text: &str) -> Value {
        self.event("message", |event| event["text"] == text)
    }

    /// Waits until a message of one's own has come so far.
    pub fn delivery(&mut self, id: &str, state: &str) -> Value {
        self.event("delivery", |event| event["id"] == id && event["state"] == state)
    }

    /// Writes a line as it is, and gives the next line that is no event.
    pub fn raw(&mut self, line: &[u8]) -> Value {
        self.process.write(line).unwrap();
        let end = Instant::now() + LONG;
        loop {
            let answer = self.line(end, "an answer");
            if answer.get("ok").is_some() {
                return answer;
            }
            self.waiting.push_back(answer);
        }
    }

    /// Ends the input and waits for the program to end by itself.
    pub fn leave(self) -> i32 {
        self.process.wait(LONG).unwrap().status.code().unwrap_or(-1)
    }

    /// The program.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }

    fn line(&mut self, end: Instant, what: &str) -> Value {
        let left = end.saturating_duration_since(Instant::now());
        let line = self.process.line(left).unwrap_or_else(|error| {
            let waiting: Vec<String> =
                self.waiting.iter().map(|line| format!("{:.200}", line.to_string())).collect();
            panic!("{} waits for {what}: {error}; there were {waiting:#?}", self.name)
        });
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line:.200}: {error}"))
    }
}
