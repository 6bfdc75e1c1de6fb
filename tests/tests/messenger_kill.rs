//! The messenger: server and clients are killed at random points under load. What was queued arrives, once,
//! in order.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a failed test"
)]

use acceptance::messenger::House;
use acceptance::speaker::{Speaker, conversation, numbers};
use acceptance::{random, repeats};
use rand::RngExt;
use serde_json::{Value, json};
use std::time::Instant;

#[test]
fn whoever_is_killed_nothing_is_lost_repeated_or_reordered() {
    let (mut random, kills, begin) = (random(), repeats(5), Instant::now());
    let mut house = House::new(&[]);
    let (anna, mut bob) = house.friends("anna", "bob");
    let (mut anna, to) = (Speaker::new(anna), json!({"user": "bob"}));
    for _ in 0..kills {
        let count = random.random_range(1..60);
        let answered = random.random_range(0..=count);
        anna.say(&to, count, answered);
        match random.random_range(0..3) {
            0 => {
                house.kill();
                house.begin();
            }
            1 => {
                anna = anna.killed(&house);
            }
            _ => {
                drop(bob);
                bob = house.again("bob");
            }
        }
    }
    let last = anna.say(&to, 1, 1);
    anna.person.delivery(&last[0], "delivered");

    let heard = numbers(&conversation(&mut bob, &json!({"user": "anna"})), "anna");
    anna.check(&heard);
    println!(
        "{kills} kills, {} messages queued, {} arrived, lost 0, repeated 0, {:.0?}",
        anna.queued.len(),
        heard.len(),
        begin.elapsed()
    );
}

#[test]
fn in_a_room_whoever_is_killed_all_have_the_same_conversation() {
    let (mut random, kills, begin) = (random(), repeats(4), Instant::now());
    let mut house = House::new(&[]);
    let mut people: Vec<Speaker> =
        ["anna", "bob", "carol"].into_iter().map(|name| Speaker::new(house.person(name))).collect();
    let number = people[0].person.ask(json!({"do": "create_room", "name": "room"}))["room"].clone();
    for newcomer in &mut people[1..] {
        newcomer.person.ask(json!({"do": "join_room", "room": number}));
    }
    // Nobody reads what was said before they joined, so all wait until all are there.
    for speaker in &mut people[..2] {
        let joined = |event: &Value| event["text"].as_str().is_some_and(|text| text.contains("carol"));
        speaker.person.event("message", joined);
    }
    let room = json!({"room": number});
    for _ in 0..kills {
        for speaker in &mut people {
            let count = random.random_range(0..20);
            speaker.say(&room, count, random.random_range(0..=count));
        }
        match random.random_range(0..=people.len()) {
            0 => {
                house.kill();
                house.begin();
            }
            number => {
                let victim = people.remove(number - 1).killed(&house);
                people.insert(number - 1, victim);
            }
        }
    }
    for speaker in 0..people.len() {
        let number = people[speaker].said.to_string();
        people[speaker].say(&room, 1, 1);
        let name = people[speaker].person.name.clone();
        for (_, listener) in people.iter_mut().enumerate().filter(|(listener, _)| *listener != speaker) {
            listener.person.event("message", |event| event["from"] == name && event["text"] == number);
        }
    }

    let said = |line: &Value| line["from"].is_string();
    let mut conversations = people.iter_mut().map(|speaker| {
        let lines = conversation(&mut speaker.person, &room).into_iter().filter(said);
        lines.map(|line| (line["seq"].clone(), line["from"].clone(), line["text"].clone())).collect()
    });
    let first: Vec<_> = conversations.next().unwrap();
    for other in conversations {
        assert_eq!(first, other);
    }
    let lines = conversation(&mut people[0].person, &room);
    for speaker in &people {
        speaker.check(&numbers(&lines, &speaker.person.name));
    }
    println!(
        "{kills} kills in a room of 3, {} messages queued, {} arrived, lost 0, repeated 0, {:.0?}",
        people.iter().map(|speaker| speaker.queued.len()).sum::<usize>(),
        first.len(),
        begin.elapsed()
    );
}

#[test]
fn what_was_answered_while_the_server_was_away_is_sent_by_a_later_start() {
    let mut house = House::new(&[]);
    let (mut anna, mut bob) = house.friends("anna", "bob");
    house.kill();
    anna.event("connection", |event| event["state"] == "offline");
    let ids = [anna.say("bob", "first"), anna.say("bob", "second")];
    drop(anna); // kill -9, right after the answer
    house.begin();
    let mut anna = house.again("anna");
    for (text, id) in ["first", "second"].iter().zip(&ids) {
        let heard = bob.event("message", |_| true);
        assert_eq!((&heard["text"], &heard["id"]), (&json!(text), &json!(id)));
        anna.delivery(id, "delivered");
    }
    assert_eq!(bob.events_so_far("message"), Vec::<Value>::new());
}
