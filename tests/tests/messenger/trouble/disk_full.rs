//! The disk is full: what cannot be stored is not said to be, and nothing that was is lost.

use acceptance::PATIENCE;
use acceptance::messenger::House;
use acceptance::speaker::conversation;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;

/// The ids that came so far, of `delivery` events with one of these states.
fn ids(events: &[Value], states: &[&str]) -> BTreeSet<String> {
    let fits = |event: &&Value| states.iter().any(|state| event["state"] == *state);
    events.iter().filter(fits).map(|event| event["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_was_acknowledged_is_there_and_what_waited_arrives_once_there_is_room_again() {
    let mut house = House::new(&[]);
    let (mut anna, mut bob) = house.friends("anna", "bob");
    house.stop();
    let database = fs::metadata(house.data().join("uchat.db")).unwrap().len();
    house.begin_with_small_disk(database + (256 << 10));
    bob.event("presence", |event| event["username"] == "anna" && event["online"] == true);
    let texts = (0..60).map(|number| format!("{number} {}", "x".repeat(8_000)));
    let commands = texts.map(|text| json!({"do": "send", "to": {"user": "bob"}, "text": text}));
    let sent: Vec<String> = anna
        .ask_many(commands, 60)
        .iter()
        .map(|answer| answer["message_id"].as_str().unwrap().to_owned())
        .collect();
    loop {
        let line = house.server().log_line(PATIENCE).expect("the log says that it cannot write");
        assert!(!line.contains("panicked"), "{line}");
        if line.contains("could not be written") {
            break;
        }
    }
    // Reading goes on.
    assert_eq!(bob.ask(json!({"do": "search", "text": "ann"}))["users"], json!(["anna"]));
    let told = anna.events_so_far("delivery");
    let stored = ids(&told, &["stored", "delivered"]);
    assert!(!stored.is_empty() && stored.len() < sent.len(), "{} of {} are stored", stored.len(), sent.len());

    house.kill();
    house.begin();
    let last = anna.say("bob", "the last one");
    anna.delivery(&last, "delivered");
    let refused = ids(&anna.events_so_far("delivery"), &["failed"]);
    assert_eq!(refused, BTreeSet::new(), "a full disk is no reason to give a message up");
    // Each comes once and in its place, although others may still have found room while one had to wait.
    let lines = conversation(&mut bob, &json!({"user": "anna"}));
    let arrived: Vec<&str> = lines.iter().filter_map(|line| line["id"].as_str()).collect();
    let expected: Vec<&str> = sent.iter().chain([&last]).map(String::as_str).collect();
    assert_eq!(arrived, expected);
}
