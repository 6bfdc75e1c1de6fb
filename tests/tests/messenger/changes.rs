//! The messenger: edits, deletions and reactions, on both sides, in rooms, over restarts, and by those who may not.

use acceptance::messenger::{House, PASSWORD, Person, files_with};
use acceptance::wire::Wire;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use uchat_protocol::content::Kind;
use uchat_protocol::{Content, Envelope, MessageId, request};

fn edit(id: &str, text: &str) -> Value {
    json!({"do": "edit", "message_id": id, "text": text})
}

fn delete(id: &str) -> Value {
    json!({"do": "delete", "message_id": id})
}

fn react(id: &str, emoji: &str, on: bool) -> Value {
    json!({"do": "react", "message_id": id, "emoji": emoji, "on": on})
}

/// Waits until this message is told anew, and fits.
fn changed(person: &mut Person, id: &str, fits: impl Fn(&Value) -> bool) -> Value {
    person.event("changed", |event| event["id"] == id && fits(event))
}

/// Waits until a change of this message is on the server.
fn change_stored(person: &mut Person, id: &str) {
    person.event("delivery", |event| event["changes"] == id && event["state"] == "stored");
}

/// The messages of a conversation.
fn history(person: &mut Person, with: &Value) -> Vec<Value> {
    person.ask(json!({"do": "history", "with": with}))["messages"].as_array().unwrap().clone()
}

fn unread(person: &mut Person) -> (Value, Value) {
    let contact = person.ask(json!({"do": "contacts"}))["contacts"][0].clone();
    (contact["unread"].clone(), contact["last"].clone())
}

#[test]
fn two_friends_edit_delete_and_react() {
    let house = House::new(&[]);
    let (mut anna, mut bob) = house.friends("anna", "bob");
    let (with_anna, with_bob) = (json!({"user": "anna"}), json!({"user": "bob"}));
    let first = anna.say("bob", "see you at ate");
    let stored = anna.delivery(&first, "stored");
    assert!(stored["seq"].as_u64() > Some(0) && stored["time"].as_u64() > Some(0), "{stored}");
    bob.hears("see you at ate");
    bob.ask(json!({"do": "mark_read", "with": with_anna}));

    anna.ask(edit(&first, "see you at eight"));
    let here = changed(&mut anna, &first, |event| event["state"] == "queued");
    assert_eq!((&here["text"], &here["edited"]), (&json!("see you at eight"), &json!(true)));
    change_stored(&mut anna, &first);
    changed(&mut anna, &first, |event| event["state"] != "queued");
    let there = changed(&mut bob, &first, |_| true);
    assert_eq!((&there["text"], &there["from"]), (&json!("see you at eight"), &json!("anna")));
    assert_eq!(unread(&mut bob), (json!(0), json!("see you at eight")));

    bob.ask(react(&first, "👍", true));
    let reacted = changed(&mut anna, &first, |event| event.get("reactions").is_some());
    assert_eq!(reacted["reactions"], json!([{"emoji": "👍", "from": ["bob"]}]));
    bob.ask(react(&first, "👍", false));
    changed(&mut anna, &first, |event| event.get("reactions").is_none());

    let second = anna.say("bob", "a thing that I regret");
    bob.hears("a thing that I regret");
    bob.ask(json!({"do": "send", "to": with_anna, "text": "why?", "reply_to": second}));
    anna.hears("why?");
    anna.ask(delete(&second));
    let gone = changed(&mut bob, &second, |_| true);
    assert_eq!((&gone["deleted"], &gone["text"]), (&json!(true), &Value::Null));
    change_stored(&mut anna, &second);
    assert_eq!(anna.refused(edit(&second, "back")), "no_such_message");
    assert_eq!(bob.refused(react(&second, "👍", true)), "no_such_message");
    assert_eq!(bob.refused(delete(&first)), "no_such_message");
    assert_eq!(bob.refused(edit(&first, "mine now")), "no_such_message");
    assert_eq!(bob.refused(react(&first, "\u{1b}[2J", true)), "bad_field");
    assert_eq!(anna.refused(edit(&first, "")), "bad_field");
    assert_eq!(anna.refused(edit(&first, &"x".repeat(65_537))), "too_long");

    for (person, with) in [(&mut anna, &with_bob), (&mut bob, &with_anna)] {
        let lines = history(person, with);
        assert_eq!(lines.len(), 3);
        assert_eq!((&lines[0]["text"], &lines[0]["edited"]), (&json!("see you at eight"), &json!(true)));
        assert_eq!((&lines[1]["text"], &lines[1]["deleted"]), (&Value::Null, &json!(true)));
        assert_eq!((&lines[2]["text"], &lines[2]["reply_to"]), (&json!("why?"), &json!(second)));
        let found = person.ask(json!({"do": "history", "with": with, "search": "regret"}));
        assert_eq!(found["messages"], json!([]));
        let name = person.name.clone();
        assert_eq!(files_with(&house.profile(&name), b"a thing that I regret"), Vec::<PathBuf>::new());
    }
    assert_eq!(bob.events_so_far("message"), Vec::<Value>::new(), "no change is a message");

    // The command line tells the same.
    bob.ask(react(&first, "🎉", true));
    assert_eq!(bob.leave(), 0, "what was sent is stored before it ends");
    let password = house.folder.path().join("password");
    fs::write(&password, PASSWORD).unwrap();
    let file = ["--password-file", password.to_str().unwrap()];
    let run = |args: &[&str]| {
        let (status, output, errors) = house.uchat("bob", &[args, &file].concat(), b"");
        assert_eq!(status, 0, "{errors}");
        output
    };
    let lines = run(&["history", "anna"]);
    assert!(lines.contains("anna: see you at eight (edited) [🎉 bob]\n"), "{lines}");
    assert!(lines.contains("anna: (deleted)\n"), "{lines}");
    let page = run(&["export", "anna", "--format", "html"]);
    assert!(
        page.contains("see you at eight (edited) [🎉 bob]</li>") && page.contains("(deleted)</li>"),
        "{page}"
    );
    let array: Value = serde_json::from_str(&run(&["export", "anna", "--format", "json"])).unwrap();
    assert_eq!(array[0]["reactions"], json!([{"emoji": "🎉", "from": ["bob"]}]));
    assert_eq!(array[1]["deleted"], true);
}

#[test]
fn who_was_away_finds_everything_changed_and_nothing_rings() {
    let house = House::new(&[]);
    let (mut anna, mut bob) = house.friends("anna", "bob");
    let known = anna.say("bob", "known");
    bob.hears("known");
    bob.ask(json!({"do": "mark_read", "with": {"user": "anna"}}));
    assert_eq!(bob.leave(), 0);
    anna.event("presence", |event| event["username"] == "bob" && event["online"] == false);
    let never = anna.say("bob", "never to be seen");
    let later = anna.say("bob", "frist");
    anna.ask(edit(&known, "known better"));
    anna.ask(delete(&never));
    anna.ask(edit(&later, "first"));
    anna.ask(react(&later, "❤️", true));
    change_stored(&mut anna, &never);
    assert_eq!(anna.leave(), 0);
    // Over a restart of both. What the outbox holds of anna is gone by now; what bob gets, he gets from the server.
    let mut bob = house.again("bob");
    let heard = bob.hears("first");
    assert_eq!(heard["edited"], true);
    changed(&mut bob, &known, |event| event["text"] == "known better");
    bob.ask(json!({"do": "sync"}));
    assert_eq!(bob.events_so_far("message"), Vec::<Value>::new());
    assert_eq!(unread(&mut bob), (json!(1), json!("first")));
    let lines = history(&mut bob, &json!({"user": "anna"}));
    assert_eq!(lines[2]["reactions"], json!([{"emoji": "❤️", "from": ["anna"]}]));
    assert_eq!(files_with(&house.profile("bob"), b"never to be seen"), Vec::<PathBuf>::new());
    let mut anna = house.again("anna");
    assert_eq!(history(&mut anna, &json!({"user": "bob"})).len(), 3);
}

#[test]
fn changes_wait_for_the_server_and_go_out_once_also_after_a_kill_of_the_client() {
    let mut house = House::new(&[]);
    let (mut anna, mut bob) = house.friends("anna", "bob");
    let id = anna.say("bob", "one");
    bob.hears("one");
    anna.delivery(&id, "delivered");
    house.kill();
    anna.event("connection", |event| event["state"] == "offline");
    anna.ask(edit(&id, "two"));
    anna.ask(react(&id, "👍", true));
    changed(&mut anna, &id, |event| event["text"] == "two" && event["state"] == "queued");
    drop(anna); // killed
    house.begin();
    let mut anna = house.stranger("anna");
    anna.ask(json!({"do": "login", "username": "anna", "password": PASSWORD}));
    let here = changed(&mut bob, &id, |event| event.get("reactions").is_some());
    assert_eq!((&here["text"], &here["reactions"][0]["from"]), (&json!("two"), &json!(["anna"])));
    anna.ask(json!({"do": "sync"}));
    let lines = history(&mut anna, &json!({"user": "bob"}));
    assert_eq!((lines.len(), &lines[0]["text"]), (1, &json!("two")));
}

#[test]
fn in_a_room_everybody_sees_the_same() {
    let house = House::new(&[]);
    let mut people = ["anna", "bob", "carol"].map(|name| house.person(name));
    let room = people[0].ask(json!({"do": "create_room", "name": "tea"}))["room"].as_u64().unwrap();
    for newcomer in 1..3 {
        people[newcomer].ask(json!({"do": "join_room", "room": room}));
        let name = people[newcomer].name.clone();
        for person in &mut people[..=newcomer] {
            person.is_told(&format!("{name} joined the room"));
        }
    }
    let id = people[0].say_in(room, "tea at fuor");
    for person in &mut people[1..] {
        person.hears("tea at fuor");
    }
    people[1].ask(react(&id, "🫖", true));
    changed(&mut people[2], &id, |event| event["reactions"][0]["from"] == json!(["bob"]));
    people[2].ask(react(&id, "🫖", true));
    changed(&mut people[0], &id, |event| event["reactions"][0]["from"] == json!(["bob", "carol"]));
    people[0].ask(edit(&id, "tea at four"));
    assert_eq!(people[2].refused(edit(&id, "tea at five")), "no_such_message");
    for person in &mut people {
        let line = changed(person, &id, |event| {
            event["text"] == "tea at four" && event["reactions"][0]["from"] == json!(["bob", "carol"])
        });
        assert_eq!(line["edited"], true);
    }
    people[0].ask(delete(&id));
    for person in &mut people {
        let line = changed(person, &id, |event| event["deleted"] == true);
        assert_eq!((line.get("reactions"), &line["text"]), (None, &Value::Null));
    }
}

#[test]
fn a_file_goes_with_its_message_and_cannot_be_edited() {
    let house = House::new(&[]);
    let (mut anna, mut bob) = house.friends("anna", "bob");
    let path = house.folder.path().join("cat.txt");
    fs::write(&path, "meow").unwrap();
    let id = anna.ask(json!({"do": "send_file", "to": {"user": "bob"}, "path": path}));
    let id = id["message_id"].as_str().unwrap().to_owned();
    bob.event("message", |event| event["id"] == id.as_str());
    let refused = anna.try_ask(edit(&id, "dog.txt"));
    assert!(refused["error"].as_str().unwrap().contains("a file cannot be edited"), "{refused}");
    anna.ask(delete(&id));
    let gone = changed(&mut bob, &id, |_| true);
    assert_eq!((gone.get("file"), &gone["deleted"]), (None, &json!(true)));
    let save = json!({"do": "save_file", "message_id": id, "path": house.folder.path()});
    assert_eq!(bob.refused(save), "no_such_message");
    assert!(path.exists(), "the sender's own file stays");
}

#[test]
fn on_a_lesson_it_is_in_clear_and_a_stranger_still_changes_nothing_of_others() {
    let house = House::new(&["--lesson", "4"]);
    let (mut anna, mut bob) = house.friends("anna", "bob");
    let room = anna.ask(json!({"do": "create_room", "name": "open"}))["room"].as_u64().unwrap();
    bob.ask(json!({"do": "join_room", "room": room}));
    anna.is_told("bob joined the room");
    let private = anna.say("bob", "between us");
    let public = anna.say_in(room, "for all");
    for text in ["between us", "for all"] {
        bob.hears(text);
    }
    anna.ask(edit(&public, "for all of you"));
    changed(&mut bob, &public, |event| event["text"] == "for all of you");
    assert!(!files_with(&house.data(), "for all of you".as_bytes()).is_empty(), "the server reads along");

    // Eve's client sends what ours refuses to send.
    let (mut eve, _) = Wire::newcomer(&house, "eve");
    eve.ask(request::JoinRoom { room_id: room }).granted().unwrap();
    for person in [&mut anna, &mut bob] {
        person.is_told("eve joined the room");
    }
    let mut say = |kind, target: &str, data: &str| {
        let reply_to = MessageId::from_hex(target);
        let content = Content { kind, data: data.to_owned(), reply_to, ..Content::default() };
        let message = Envelope::Plain(content);
        eve.ask(request::SendMessage { target_type: 1, target_id: room, message, id: None }).granted()
    };
    for target in [&public, &private] {
        say(Kind::Edit, target, "eve was here").unwrap();
        say(Kind::Delete, target, "").unwrap();
        say(Kind::React, target, "👿").unwrap();
    }
    for _ in 0..30 {
        say(Kind::React, "00112233445566778899aabbccddeeff", "👿").unwrap(); // to a message that nobody has
    }
    assert!(say(Kind::React, &public, "\u{1b}[2J").is_err());
    say(Kind::Text, &public, "that was all").unwrap();
    for (person, friend) in [(&mut anna, "bob"), (&mut bob, "anna")] {
        person.event("message", |event| event["text"] == "that was all");
        let lines = history(person, &json!({"room": room}));
        let line = lines.iter().find(|line| line["id"] == public.as_str()).unwrap();
        assert_eq!(line["text"], "for all of you");
        assert_eq!(line["reactions"], json!([{"emoji": "👿", "from": ["eve"]}]), "a member may react");
        let line = history(person, &json!({"user": friend}))[0].clone();
        assert_eq!(
            (&line["text"], line.get("reactions"), line.get("edited")),
            (&json!("between us"), None, None)
        );
        let mut others = person.events_so_far("message");
        others.retain(|event| event.to_string().contains("eve "));
        assert_eq!(others, Vec::<Value>::new(), "nothing of it is a line");
    }
    anna.ask(delete(&private));
    changed(&mut bob, &private, |event| event["deleted"] == true);
}
