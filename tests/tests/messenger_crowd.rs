//! The messenger: twelve people in one room talk at once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a failed test"
)]

use acceptance::messenger::{House, Person};
use acceptance::speaker::{Speaker, conversation, numbers};
use serde_json::{Value, json};
use std::thread;

const EACH: u64 = 20;

#[test]
fn all_have_the_same_conversation_and_each_text_once() {
    // The order is the server's, the same on every transport; on this one nobody makes keys first.
    let house = House::new(&["--lesson", "6"]);
    let names: Vec<String> = (1..=12).map(|number| format!("p{number}")).collect();
    let mut people: Vec<Person> = names.iter().map(|name| house.person(name)).collect();
    let number = people[0].ask(json!({"do": "create_room", "name": "crowd"}))["room"].clone();
    for person in &mut people[1..] {
        person.ask(json!({"do": "join_room", "room": number}));
    }
    let room = json!({"room": number});
    let speakers = people.into_iter().map(Speaker::new);
    let talking: Vec<_> = speakers
        .map(|mut speaker| {
            let room = room.clone();
            thread::spawn(move || {
                for _ in 0..EACH / 5 {
                    speaker.say(&room, 5, 5);
                }
                speaker
            })
        })
        .collect();
    let mut speakers: Vec<Speaker> = talking.into_iter().map(|talking| talking.join().unwrap()).collect();
    let last = (EACH - 1).to_string();
    for speaker in &mut speakers {
        let own = speaker.person.name.clone();
        for name in names.iter().filter(|name| **name != own) {
            speaker.person.event("message", |event| event["from"] == name.as_str() && event["text"] == last);
        }
        // One's own last one is in the conversation once the server has given it a number.
        speaker.person.ask(json!({"do": "sync"}));
    }
    let mut all = speakers.iter_mut().map(|speaker| {
        let lines = conversation(&mut speaker.person, &room);
        lines.into_iter().filter(|line| line["from"].is_string()).collect::<Vec<Value>>()
    });
    let first = all.next().unwrap();
    let order = |lines: &[Value]| -> Vec<Value> {
        lines.iter().map(|line| json!([line["seq"], line["from"], line["text"]])).collect()
    };
    for other in all {
        assert_eq!(order(&other), order(&first));
    }
    let seqs: Vec<u64> = first.iter().map(|line| line["seq"].as_u64().unwrap()).collect();
    assert!(seqs.is_sorted_by(|one, next| one + 1 == *next), "{seqs:?}");
    for name in &names {
        assert_eq!(numbers(&first, name), (0..EACH).collect::<Vec<u64>>(), "{name}");
    }
}
