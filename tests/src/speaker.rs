//! People who say numbers, so that it can be seen what was lost, repeated or reordered.

use crate::messenger::{House, Person};
use serde_json::{Value, json};

/// Who says numbers, and which of them are safe in an outbox.
pub struct Speaker {
    /// The person.
    pub person: Person,
    /// The next number.
    pub said: u64,
    /// The numbers whose command was answered.
    pub queued: Vec<u64>,
}

impl Speaker {
    /// Somebody who has said nothing so far.
    pub fn new(person: Person) -> Self {
        Self { person, said: 0, queued: Vec::new() }
    }

    /// Kills the program, as `kill -9` does, and starts it again.
    pub fn killed(self, house: &House) -> Self {
        let Self { person, said, queued } = self;
        let name = person.name.clone();
        drop(person);
        Self { person: house.again(&name), said, queued }
    }

    /// Writes `count` commands at once, and reads only the first `answered` answers; the message's ids.
    pub fn say(&mut self, to: &Value, count: u64, answered: u64) -> Vec<String> {
        let first = self.said;
        let commands =
            (first..first + count).map(|number| json!({"do": "send", "to": to, "text": number.to_string()}));
        let answers = self.person.ask_many(commands, answered as usize);
        self.said += count;
        (first..)
            .zip(answers)
            .map(|(number, answer)| {
                assert_eq!(answer["ok"], true, "{answer}");
                self.queued.push(number);
                answer["message_id"].as_str().unwrap().to_owned()
            })
            .collect()
    }

    /// Checks what somebody has heard of this speaker: in order, none twice, and nothing that was queued is missing.
    pub fn check(&self, heard: &[u64]) {
        assert!(heard.is_sorted_by(|one, next| one < next), "in order, and none twice: {heard:?}");
        let lost: Vec<&u64> = self.queued.iter().filter(|number| !heard.contains(number)).collect();
        assert!(lost.is_empty(), "{} lost: {lost:?}", self.person.name);
    }
}

/// A whole conversation, oldest first.
pub fn conversation(person: &mut Person, with: &Value) -> Vec<Value> {
    let (mut all, mut before) = (Vec::new(), None::<u64>);
    loop {
        let mut page = person.ask(json!({"do": "history", "with": with, "limit": 500, "before": before}));
        let lines = page["messages"].as_array_mut().unwrap();
        let Some(first) = lines.first() else { return all };
        before = first["seq"].as_u64();
        all.splice(0..0, lines.drain(..));
    }
}

/// The numbers of one speaker in a conversation.
pub fn numbers(conversation: &[Value], from: &str) -> Vec<u64> {
    let lines = conversation.iter().filter(|line| line["from"] == from);
    lines.map(|line| line["text"].as_str().unwrap().parse().unwrap()).collect()
}
