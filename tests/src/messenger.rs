//! The messenger as its users know it: a server, and people who talk through `uchat run`.

mod person;

use crate::program;
use crate::proxy::Proxy;
use echo::lab::Process;
pub use person::{Person, befriend};
use serde_json::json;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
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
    /// What programs that start from now on find in their environment.
    pub environment: Vec<(&'static str, OsString)>,
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
        let mut house =
            Self { folder, args, more, server: None, address, through: None, environment: Vec::new() };
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

    fn begin_as(&mut self, mut command: Command) {
        command.envs(self.environment.iter().cloned());
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
        let mut process = self.start(&all);
        let _ = process.write(input);
        let ended = process.wait(LONG).unwrap();
        (ended.status.code().unwrap_or(-1), ended.output, ended.errors)
    }

    /// Starts `uchat` with these arguments, and what this server needs besides.
    fn start(&self, args: &[&str]) -> Process {
        let mut command = Command::new(program("uchat"));
        command.args(self.options(args)).envs(self.environment.iter().cloned());
        Process::spawn(command).unwrap()
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
    pub(crate) fn lesson(&self) -> Option<u8> {
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
        Person::at(self.start(&["--profile", profile.to_str().unwrap(), "run"]), name)
    }

    /// A person who was there before, logged in again.
    pub fn again(&self, name: &str) -> Person {
        let mut person = self.stranger(name);
        person.ask(json!({"do": "login", "username": name, "password": PASSWORD}));
        person
    }

    /// A proxy between this server and all who come from now on.
    pub fn proxy(&mut self) -> Proxy {
        let proxy = Proxy::new(self.address);
        self.through = Some(proxy.address);
        proxy
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
            continue;
        }
        match std::fs::read(&path) {
            Ok(content) if holds(&content, bytes) => found.push(path),
            Err(error) if error.kind() != ErrorKind::NotFound => panic!("{}: {error}", path.display()),
            _ => {} // a program that runs may have removed it just now
        }
    }
    found
}

/// Whether `part` stands somewhere in `bytes`.
pub fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
