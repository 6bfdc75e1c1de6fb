//! Somebody who talks through `uchat run`: a line for each command, lines for answers and events.

use super::LONG;
use echo::lab::Process;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::process::Command;
use std::time::Instant;

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
    /// Whoever talks through this program, which runs already.
    pub(super) fn at(process: Process, name: &str) -> Self {
        Self { name: name.to_owned(), process, next: 0, waiting: VecDeque::new() }
    }

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
        let at = self.wait_until(what, fits);
        self.waiting.remove(at).unwrap()
    }

    /// Waits until a line has come that fits, and leaves it; its place among those that were not waited for.
    pub fn wait_until(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> usize {
        let end = Instant::now() + LONG;
        let mut seen = 0;
        loop {
            while seen < self.waiting.len() {
                if fits(&self.waiting[seen]) {
                    return seen;
                }
                seen += 1;
            }
            let line = self.line(end, what);
            self.waiting.push_back(line);
        }
    }

    /// Everything of this kind that has come up to now and was not waited for. First there is a round trip to the
    /// server, then one to the disk: whatever was on its way has come by then.
    pub fn events_so_far(&mut self, kind: &str) -> Vec<Value> {
        self.ask(json!({"do": "search", "text": "anybody"}));
        self.ask(json!({"do": "sync"}));
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

    /// Waits for the line of a room that says what has happened there.
    pub fn is_told(&mut self, what: &str) {
        self.event("message", |event| event["from"].is_null() && event["text"] == what);
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

    /// Writes commands whose ids are already in them, and waits for nothing.
    pub fn tell(&mut self, commands: impl IntoIterator<Item = Value>) {
        let lines: String = commands.into_iter().map(|command| format!("{command}\n")).collect();
        self.process.write(lines.as_bytes()).unwrap();
    }

    /// All that came up to now and was not waited for, answers as well.
    pub fn take_lines(&mut self) -> Vec<Value> {
        self.waiting.drain(..).collect()
    }

    /// Kills the program, as `kill -9` does; what it had written by then and was not waited for.
    pub fn killed(mut self) -> Vec<Value> {
        let mut lines = self.take_lines();
        let id = self.process.id().to_string();
        let (kill, args) =
            if cfg!(unix) { ("kill", &["-KILL", &id][..]) } else { ("taskkill", &["/F", "/PID", &id][..]) };
        assert!(Command::new(kill).args(args).status().unwrap().success());
        let rest = self.process.wait(LONG).unwrap().output;
        let mut rest: VecDeque<&str> = rest.lines().collect();
        let last = rest.pop_back().and_then(|line| serde_json::from_str(line).ok()); // it may have been cut
        lines.extend(rest.into_iter().map(|line| serde_json::from_str(line).unwrap()));
        lines.extend(last);
        lines
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

/// Makes two people friends.
pub fn befriend(one: &mut Person, other: &mut Person) {
    one.ask(json!({"do": "add_friend", "username": other.name}));
    other.event("friend_request", |event| event["username"] == one.name.as_str());
    other.ask(json!({"do": "answer_friend", "username": one.name, "answer": "accept"}));
    one.event("friend", |event| event["username"] == other.name.as_str());
    other.event("friend", |event| event["username"] == one.name.as_str());
}
