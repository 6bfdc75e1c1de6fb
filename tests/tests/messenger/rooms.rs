//! The messenger: many people in a room; who may do what, and who can read what.

use acceptance::messenger::House;
use serde_json::json;

#[test]
fn a_room_is_made_joined_used_handed_over_and_left() {
    let house = House::new(&[]);
    let (mut anna, mut bob, mut carol) = (house.person("anna"), house.person("bob"), house.person("carol"));
    let room = anna.ask(json!({"do": "create_room", "name": "tea party"}))["room"].as_u64().unwrap();
    assert_eq!(bob.refused(json!({"do": "create_room", "name": "Tea Party"})), "room_name_taken");
    assert_eq!(bob.refused(json!({"do": "join_room", "room": room + 1000})), "no_such_room");
    assert_eq!(bob.refused(json!({"do": "send", "to": {"room": room}, "text": "hi"})), "not_in_room");
    bob.ask(json!({"do": "join_room", "room": room}));
    assert_eq!(bob.refused(json!({"do": "join_room", "room": room})), "already_in_room");
    anna.is_told("bob joined the room");

    anna.say_in(room, "welcome");
    let heard = bob.hears("welcome");
    assert_eq!(
        (&heard["from"], &heard["in"]["room"], &heard["encrypted"]),
        (&json!("anna"), &json!(room), &json!(true))
    );
    bob.say_in(room, "thanks");
    anna.hears("thanks");

    // A newcomer reads what comes from now on, of everybody, and nothing of before.
    carol.ask(json!({"do": "join_room", "room": room}));
    for person in [&mut anna, &mut bob] {
        person.is_told("carol joined the room");
    }
    anna.say_in(room, "hello carol");
    carol.hears("hello carol");
    bob.say_in(room, "hello from bob");
    carol.hears("hello from bob");
    let history = carol.ask(json!({"do": "history", "with": {"room": room}}));
    assert!(!history.to_string().contains("welcome"), "{history}");

    let members = carol.ask(json!({"do": "members", "room": room}))["members"].clone();
    assert_eq!(
        members,
        json!([
            {"name": "anna", "online": true, "owner": true},
            {"name": "bob", "online": true, "owner": false},
            {"name": "carol", "online": true, "owner": false},
        ])
    );
    assert_eq!(bob.refused(json!({"do": "remove_member", "room": room, "username": "carol"})), "not_owner");
    assert_eq!(anna.refused(json!({"do": "leave_room", "room": room})), "owner_stays");

    anna.ask(json!({"do": "remove_member", "room": room, "username": "carol"}));
    carol.event("room", |event| event["room"] == room && event["member"] == false);
    assert_eq!(carol.refused(json!({"do": "send", "to": {"room": room}, "text": "hi"})), "not_in_room");
    bob.is_told("carol was removed from the room");
    anna.say_in(room, "among us");
    bob.hears("among us");
    assert!(carol.events_so_far("message").iter().all(|event| event["text"] != "among us"));

    anna.ask(json!({"do": "hand_over", "room": room, "username": "bob"}));
    anna.ask(json!({"do": "leave_room", "room": room}));
    bob.is_told("the room belongs to bob now");
    bob.is_told("anna left the room");
    assert_eq!(
        bob.ask(json!({"do": "members", "room": room}))["members"],
        json!([{"name": "bob", "online": true, "owner": true}])
    );
}

#[test]
fn who_was_away_reads_everything_that_was_said_in_the_room() {
    let house = House::new(&[]);
    let (mut anna, mut bob, mut carol) = (house.person("anna"), house.person("bob"), house.person("carol"));
    let room = anna.ask(json!({"do": "create_room", "name": "学习"}))["room"].as_u64().unwrap();
    bob.ask(json!({"do": "join_room", "room": room}));
    carol.ask(json!({"do": "join_room", "room": room}));
    anna.is_told("carol joined the room");
    bob.is_told("carol joined the room");
    assert_eq!(carol.leave(), 0);
    for round in 0..5 {
        let said = anna.say_in(room, &format!("anna {round}"));
        anna.delivery(&said, "stored");
        bob.hears(&format!("anna {round}"));
        let said = bob.say_in(room, &format!("bob {round}"));
        bob.delivery(&said, "stored");
        anna.hears(&format!("bob {round}"));
    }
    let mut carol = house.again("carol");
    for round in 0..5 {
        for name in ["anna", "bob"] {
            let heard = carol.event("message", |event| event["from"].is_string());
            assert_eq!((&heard["from"], &heard["text"]), (&json!(name), &json!(format!("{name} {round}"))));
        }
    }
}
