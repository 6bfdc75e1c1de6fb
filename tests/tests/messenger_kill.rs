//! The messenger: server and clients are killed at random points under load. What was queued arrives, once,
//! in order.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a failed test"
)]

use acceptance::messenger::{House, Person};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;

/// How often somebody is killed: `UCHAT_KILLS=50` for a long run.
fn kills() -> usize {
    std::env::var("UCHAT_KILLS").ok().map_or(5, |number| number.parse().unwrap())
}

/// A new seed for each run; `UCHAT_SEED` repeats one.
fn random() -> StdRng {
    let seed = std::env::var("UCHAT_SEED")
        .ok()
        .map_or_else(|| rand::make_rng::<StdRng>().random(), |seed| seed.parse().unwrap());
    println!("UCHAT_SEED={seed} repeats this run");
    StdRng::seed_from_u64(seed)
}

/// Who says numbers, and which of them are safe in an outbox.
struct Speaker {
    person: Person,
    said: u64,
    queued: Vec<u64>,
}

impl Speaker {
    /// Writes `count` commands at once, and reads only the first `answered` answers.
    fn say(&mut self, to: &str, count: u64, answered: u64) {
        let first = self.said;
        let commands = (first..first + count)
            .map(|number| json!({"do": "send", "to": {"user": to}, "text": number.to_string()}));
        let answers = self.person.ask_many(commands, answered as usize);
        for (number, answer) in (first..).zip(answers) {
            assert_eq!(answer["ok"], true, "{answer}");
            self.queued.push(number);
        }
        self.said += count;
    }
}

/// Everything that a person has from a friend, oldest first.
fn heard(person: &mut Person, from: &str) -> Vec<u64> {
    let (mut numbers, mut before) = (Vec::new(), None::<u64>);
    loop {
        let page =
            person.ask(json!({"do": "history", "with": {"user": from}, "limit": 500, "before": before}));
        let lines = page["messages"].as_array().unwrap();
        let Some(first) = lines.first() else { break };
        let texts =
            lines.iter().filter(|line| line["from"] == from).map(|line| line["text"].as_str().unwrap());
        numbers.splice(0..0, texts.map(|text| text.parse().unwrap()).collect::<Vec<u64>>());
        before = first["seq"].as_u64();
    }
    numbers
}

#[test]
fn whoever_is_killed_nothing_is_lost_repeated_or_reordered() {
    let mut random = random();
    let mut house = House::new(&[]);
    let (anna, mut bob) = house.friends("anna", "bob");
    let mut anna = Speaker { person: anna, said: 0, queued: Vec::new() };
    for _ in 0..kills() {
        let count = random.random_range(1..60);
        let answered = random.random_range(0..=count);
        match random.random_range(0..3) {
            0 => {
                anna.say("bob", count, answered);
                house.kill();
                house.begin();
            }
            1 => {
                anna.say("bob", count, answered);
                drop(anna.person); // kill -9
                anna.person = house.again("anna");
            }
            _ => {
                anna.say("bob", count, answered);
                drop(bob);
                bob = house.again("bob");
            }
        }
    }
    let last = anna.person.say("bob", &anna.said.to_string());
    anna.queued.push(anna.said);
    anna.person.delivery(&last, "delivered");

    let heard = heard(&mut bob, "anna");
    let mut sorted = heard.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(heard, sorted, "in order, and none twice");
    let lost: Vec<&u64> = anna.queued.iter().filter(|number| !heard.contains(number)).collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    println!(
        "{} kills, {} messages queued, {} arrived, lost 0, repeated 0",
        kills(),
        anna.queued.len(),
        heard.len()
    );
}
