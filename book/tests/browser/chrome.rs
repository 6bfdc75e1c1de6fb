//! Headless Chromium, driven through a pair of pipes: one JSON message after the other, each ended by a zero byte.
//!
//! This is the protocol of the browser's own developer tools. Two pipes and `serde_json` are all it needs, so no
//! driver program has to be installed, and no port is open.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use tempfile::TempDir;

/// How long a browser may take for one answer; it starts cold on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running browser with a profile of its own. It ends when this is dropped.
pub(crate) struct Chrome {
    process: Child,
    commands: Option<ChildStdin>,
    messages: Receiver<Value>,
    events: Vec<Value>,
    next: u64,
    profile: TempDir,
}

impl Chrome {
    /// Starts the browser. Without one the test is skipped, with a reason; where `UCHAT_REQUIRE_PEERS=1` is set,
    /// it fails instead.
    pub(crate) fn start() -> Option<Self> {
        let Some(program) =
            ["chromium", "chromium-browser", "google-chrome"].into_iter().find(|name| runs(name))
        else {
            let missing = "there is no chromium on this machine (Debian: apt-get install chromium)";
            let required = std::env::var_os("UCHAT_REQUIRE_PEERS").is_some_and(|value| value == "1");
            assert!(!required, "UCHAT_REQUIRE_PEERS=1, but {missing}");
            eprintln!("skipped: {missing}");
            return None;
        };
        let profile = TempDir::new().unwrap();
        // The browser reads commands from its file descriptor 3 and answers on 4: a shell puts our pipes there.
        let mut process = Command::new("sh")
            .args(["-c", r#"exec "$0" "$@" 3<&0 4>&1 0</dev/null 1>/dev/null"#, program])
            .args(["--headless", "--remote-debugging-pipe", "--disable-gpu", "--no-first-run"])
            .args([
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-dev-shm-usage",
            ])
            // Only our own pages are opened, and root, as which containers run tests, has no other way.
            .arg("--no-sandbox")
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let commands = process.stdin.take();
        let mut answers = BufReader::new(process.stdout.take().unwrap());
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            loop {
                let mut message = Vec::new();
                let read = answers.read_until(0, &mut message);
                if !matches!(read, Ok(1..)) || message.pop() != Some(0) {
                    return; // the browser has ended
                }
                if sender.send(serde_json::from_slice(&message).unwrap()).is_err() {
                    return;
                }
            }
        });
        Some(Self { process, commands, messages, events: Vec::new(), next: 0, profile })
    }

    /// Gives a command, to a page (`session`) or to the browser itself, and waits for its result.
    pub(crate) fn call(&mut self, session: Option<&str>, method: &str, params: Value) -> Value {
        self.next += 1;
        let mut command = json!({ "id": self.next, "method": method, "params": params });
        if let Some(session) = session {
            command["sessionId"] = json!(session);
        }
        let mut bytes = command.to_string().into_bytes();
        bytes.push(0);
        self.commands.as_mut().unwrap().write_all(&bytes).unwrap();
        loop {
            let message = self.receive(method);
            if message["id"] == json!(self.next) {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].clone();
            }
            self.events.push(message);
        }
    }

    /// Waits for an event of a page, and takes it and what came before it out of the list.
    pub(crate) fn wait_for(&mut self, session: &str, method: &str) -> Value {
        let is_it = |event: &Value| event["sessionId"] == json!(session) && event["method"] == json!(method);
        if let Some(place) = self.events.iter().position(is_it) {
            return self.events.remove(place);
        }
        loop {
            let message = self.receive(method);
            if is_it(&message) {
                return message;
            }
            self.events.push(message);
        }
    }

    /// All events of this kind that a page has had so far.
    pub(crate) fn events(&self, session: &str, method: &str) -> Vec<&Value> {
        let is_it = |event: &&Value| event["sessionId"] == json!(session) && event["method"] == json!(method);
        self.events.iter().filter(is_it).map(|event| &event["params"]).collect()
    }

    fn receive(&self, awaited: &str) -> Value {
        let lost = |error| panic!("no answer from the browser to {awaited}: {error}");
        self.messages.recv_timeout(PATIENCE).unwrap_or_else(lost)
    }
}

impl Drop for Chrome {
    fn drop(&mut self) {
        // The end of its commands is the end of the browser. Only then its profile can be removed.
        self.commands = None;
        let _ = self.process.wait();
        let _ = &self.profile;
    }
}

fn runs(name: &str) -> bool {
    let mut command = Command::new(name);
    let status = command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}
