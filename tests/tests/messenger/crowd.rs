//! The messenger: twelve people in one room talk at once.

use acceptance::messenger::{House, Person};
use acceptance::speaker::{Speaker, conversation, numbers, said};
use serde_json::json;
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
                let mut last = Vec::new();
                for _ in 0..EACH / 5 {
                    last = speaker.say(&room, 5, 5);
                }
                speaker.person.delivery(&last[4], "stored"); // from now on it has its place in the conversation
                speaker
            })
        })
        .collect();
    let mut speakers: Vec<Speaker> = talking.into_iter().map(|talking| talking.join().unwrap()).collect();
    for speaker in &mut speakers {
        let own = speaker.person.name.clone();
        for name in names.iter().filter(|name| **name != own) {
            speaker.hears_last(name, EACH - 1);
        }
    }
    let first = conversation(&mut speakers[0].person, &room);
    for speaker in &mut speakers {
        let lines = conversation(&mut speaker.person, &room);
        assert_eq!(said(&lines), said(&first));
        assert_eq!(speaker.check_told(&lines), 0);
    }
    let seqs: Vec<u64> = said(&first).iter().map(|line| line.seq).collect();
    assert!(seqs.is_sorted_by(|one, next| one + 1 == *next), "{seqs:?}");
    for name in &names {
        assert_eq!(numbers(&first, name), (0..EACH).collect::<Vec<u64>>(), "{name}");
    }
}
