//! People who say numbers, so that it can be seen what was lost, repeated or reordered, also where somebody is killed.
//!
//! A command that was written is one of three: *answered*, and must arrive; *not answered* because the program was
//! killed first, and may arrive; or still to be answered. None may arrive twice. What others said is told as an event
//! at most once, however often the program is killed, and exactly once where it is not.

use crate::messenger::{House, Person};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Who says numbers, and what the program said to them.
pub struct Speaker {
    /// The person.
    pub person: Person,
    /// The next number: the commands for all before it were written.
    pub said: u64,
    /// The numbers whose command was answered.
    pub queued: BTreeSet<u64>,
    /// The first number of this life of the program.
    born: u64,
    /// The `message` events, for each life of the program.
    told: Vec<Vec<Value>>,
}

impl Speaker {
    /// Somebody who has said nothing so far.
    pub fn new(person: Person) -> Self {
        Self { person, said: 0, queued: BTreeSet::new(), born: 0, told: vec![Vec::new()] }
    }

    /// Kills the program, as `kill -9` does, and starts it again.
    #[must_use]
    pub fn killed(self, house: &House) -> Self {
        let Self { person, said, queued, told, .. } = self;
        let name = person.name.clone();
        let lines = person.killed();
        let mut speaker = Self { person: house.again(&name), said, queued, born: said, told };
        // What was in the pipe counts as well: somebody could have read it.
        speaker.note(lines);
        speaker.told.push(Vec::new());
        speaker
    }

    /// Writes `count` commands at once, and reads only the first `answered` answers; the message's ids.
    pub fn say(&mut self, to: &Value, count: u64, answered: u64) -> Vec<String> {
        let first = self.said;
        self.said += count;
        self.person.tell((first..self.said).map(|number| {
            let number = number.to_string();
            json!({"id": number, "do": "send", "to": to, "text": number})
        }));
        (first..first + answered).map(|number| self.answer(number)).collect()
    }

    /// The message's id, once the command is answered.
    fn answer(&mut self, number: u64) -> String {
        let (id, what) = (number.to_string(), format!("the answer to {number}"));
        let answer = self.person.any_event(&what, |line| line["id"] == id && line.get("ok").is_some());
        let message = answer["message_id"].as_str().map(str::to_owned);
        self.note([answer]);
        message.unwrap()
    }

    /// Waits until this person's program has told what `from` said last.
    pub fn hears_last(&mut self, from: &str, last: u64) {
        let last = last.to_string();
        let fits = |line: &Value| line["event"] == "message" && line["from"] == from && line["text"] == last;
        self.person.wait_until(&format!("{last} of {from}"), fits);
    }

    /// Waits until the program has answered everything that was written since it started.
    pub fn answers_all(&mut self) {
        let lines = self.person.take_lines();
        self.note(lines);
        for number in self.born..self.said {
            if !self.queued.contains(&number) {
                self.answer(number);
            }
        }
    }

    /// Takes in what the program said.
    fn note(&mut self, lines: impl IntoIterator<Item = Value>) {
        for line in lines {
            if line["event"] == "message" {
                self.told.last_mut().unwrap().push(line);
            } else if let Some(ok) = line.get("ok") {
                // Commands with ids of other kinds are the test's own.
                let Some(number) = line["id"].as_str() else { continue };
                assert_eq!(ok, true, "{line}");
                assert!(self.queued.insert(number.parse().unwrap()), "a second answer: {line}");
            }
        }
    }

    /// Checks what somebody has heard of this speaker: in order, none twice, nothing that was not said, and nothing
    /// that was queued is missing.
    pub fn check(&self, heard: &[u64]) {
        let name = &self.person.name;
        assert!(heard.is_sorted_by(|one, next| one < next), "{name}: in order, and none twice: {heard:?}");
        assert!(heard.last().is_none_or(|last| *last < self.said), "{name} never said the last of {heard:?}");
        let heard: BTreeSet<u64> = heard.iter().copied().collect();
        let lost: Vec<&u64> = self.queued.difference(&heard).collect();
        assert!(lost.is_empty(), "{name} lost: {lost:?}");
    }

    /// Checks the events that told what the others have said, against the conversation: as it is there, in order, none
    /// twice even over kills, and none left out but those that were stored just when the program was killed. How many
    /// these are.
    pub fn check_told(&mut self, conversation: &[Value]) -> usize {
        let lines = self.person.take_lines();
        self.note(lines);
        let name = &self.person.name;
        let others: Vec<_> = said(conversation).into_iter().filter(|line| line.from != *name).collect();
        let (mut next, mut left_out) = (0, 0);
        for (life, told) in self.told.iter().enumerate() {
            for (number, line) in said(told).iter().enumerate() {
                let at = others.iter().position(|other| other == line);
                let at = at.unwrap_or_else(|| panic!("{name}: {line:?} is not in the conversation"));
                assert!(at >= next, "{name} was told again, or out of order: {line:?}");
                assert!(
                    at == next || (life > 0 && number == 0),
                    "{name} was not told {:?}",
                    &others[next..at]
                );
                left_out += at - next;
                next = at + 1;
            }
        }
        assert_eq!(next, others.len(), "{name} was not told the last ones");
        left_out
    }
}

/// A whole conversation, oldest first.
pub fn conversation(person: &mut Person, with: &Value) -> Vec<Value> {
    let (mut all, mut before) = (Vec::new(), None::<u64>);
    loop {
        let mut page = person.ask(json!({"do": "history", "with": with, "limit": 500, "before": before}));
        let lines = page["messages"].as_array_mut().unwrap();
        let Some(first) = lines.first() else { return all };
        before = Some(first["seq"].as_u64().expect("everything has its place already"));
        all.splice(0..0, lines.drain(..));
    }
}

/// Something that was said, as it must be the same everywhere.
#[derive(Debug, PartialEq, Eq)]
pub struct Said {
    /// Its number in the conversation.
    pub seq: u64,
    id: String,
    from: String,
    text: String,
}

/// What people have said, in these lines of a conversation or events; what happened in a room is left out.
pub fn said(lines: &[Value]) -> Vec<Said> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let people = lines.iter().filter(|line| line["from"].is_string());
    people
        .map(|line| Said {
            seq: line["seq"].as_u64().unwrap(),
            id: text(&line["id"]),
            from: text(&line["from"]),
            text: text(&line["text"]),
        })
        .collect()
}

/// The numbers of one speaker in a conversation.
pub fn numbers(conversation: &[Value], from: &str) -> Vec<u64> {
    let lines = conversation.iter().filter(|line| line["from"] == from);
    lines.map(|line| line["text"].as_str().unwrap().parse().unwrap()).collect()
}
