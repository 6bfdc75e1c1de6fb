//! The messenger: server and clients are killed at random points under load. What was queued arrives, once, in order;
//! what a killed client has told is not told again.

use acceptance::messenger::House;
use acceptance::speaker::{Speaker, conversation, numbers, said};
use acceptance::{random, repeats};
use rand::RngExt;
use serde_json::{Value, json};
use std::time::Instant;

#[test]
fn whoever_is_killed_nothing_is_lost_repeated_or_reordered() {
    let (mut random, kills, begin) = (random(), repeats(5), Instant::now());
    let mut house = House::new(&[]);
    let (anna, bob) = house.friends("anna", "bob");
    let (mut anna, mut bob) = (Speaker::new(anna), Speaker::new(bob));
    let (to_bob, to_anna) = (json!({"user": "bob"}), json!({"user": "anna"}));
    for _ in 0..kills {
        let count = random.random_range(1..60);
        let answered = random.random_range(0..=count);
        anna.say(&to_bob, count, answered);
        match random.random_range(0..3) {
            0 => {
                house.kill();
                house.begin();
            }
            1 => anna = anna.killed(&house),
            _ => bob = bob.killed(&house),
        }
    }
    let last = anna.say(&to_bob, 1, 1);
    anna.person.delivery(&last[0], "delivered");
    bob.hears_last("anna", anna.said - 1);
    anna.answers_all();

    let (of_anna, of_bob) =
        (conversation(&mut anna.person, &to_bob), conversation(&mut bob.person, &to_anna));
    assert_eq!(said(&of_anna), said(&of_bob));
    let heard = numbers(&of_bob, "anna");
    anna.check(&heard);
    let left_out = bob.check_told(&of_bob);
    // Whoever was not told of it all the same sees that there is something to read.
    let contacts = bob.person.ask(json!({"do": "contacts"}));
    assert_eq!(contacts["contacts"][0]["unread"], heard.len());
    println!(
        "{kills} kills; {} commands written, {} answered, {} arrived, lost 0, repeated 0; {left_out} were not told, \
         but are in the history; {:.0?}",
        anna.said,
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
        speaker.person.is_told("carol joined the room");
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
        let last = people[speaker].say(&room, 1, 1);
        people[speaker].person.delivery(&last[0], "stored");
        let (name, last) = (people[speaker].person.name.clone(), people[speaker].said - 1);
        for (_, listener) in people.iter_mut().enumerate().filter(|(listener, _)| *listener != speaker) {
            listener.hears_last(&name, last);
        }
    }

    let lines = conversation(&mut people[0].person, &room);
    let mut left_out = 0;
    for speaker in &mut people {
        speaker.answers_all();
        assert_eq!(said(&conversation(&mut speaker.person, &room)), said(&lines));
        speaker.check(&numbers(&lines, &speaker.person.name));
        left_out += speaker.check_told(&lines);
    }
    println!(
        "{kills} kills in a room of 3; {} commands written, {} answered, {} arrived, lost 0, repeated 0; {left_out} \
         were not told, but are in the history; {:.0?}",
        people.iter().map(|speaker| speaker.said).sum::<u64>(),
        people.iter().map(|speaker| speaker.queued.len()).sum::<usize>(),
        said(&lines).len(),
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
    anna.killed(); // right after the answer
    house.begin();
    let mut anna = house.again("anna");
    for (text, id) in ["first", "second"].iter().zip(&ids) {
        let heard = bob.event("message", |_| true);
        assert_eq!((&heard["text"], &heard["id"]), (&json!(text), &json!(id)));
        anna.delivery(id, "delivered");
    }
    assert_eq!(bob.events_so_far("message"), Vec::<Value>::new());
}

#[test]
fn echo_answers_everything_once_whenever_its_server_is_killed() {
    let (mut random, kills) = (random(), repeats(5));
    let mut house = House::with_echo(&[]);
    let mut anna = house.person("anna");
    anna.ask(json!({"do": "sync"}));
    if anna.ask(json!({"do": "contacts"}))["contacts"] == json!([]) {
        anna.event("friend", |event| event["username"] == "echo"); // she was there before echo
    }
    let mut ids = Vec::new();
    for _ in 0..kills {
        let count = random.random_range(1..20);
        ids.extend((0..count).map(|_| anna.say("echo", "once, please")));
        house.kill();
        house.begin();
    }
    ids.push(anna.say("echo", "the last one"));
    for id in &ids {
        anna.event("message", |event| event["from"] == "echo" && event["reply_to"] == *id);
    }
    let replies: Vec<Value> = conversation(&mut anna, &json!({"user": "echo"}))
        .into_iter()
        .filter(|line| line["from"] == "echo" && line["reply_to"].is_string())
        .map(|line| line["reply_to"].clone())
        .collect();
    let once = |id: &String| replies.iter().filter(|reply| *reply == id).count() == 1;
    assert!(ids.iter().all(once), "{} texts, {} replies", ids.len(), replies.len());
    assert_eq!(replies.len(), ids.len());
}
