//! The messenger on every lesson and over TLS: the same chat, other bytes.

use acceptance::messenger::{House, PASSWORD};
use acceptance::{run, start};
use serde_json::json;

#[test]
fn the_whole_messenger_runs_on_every_transport() {
    for (options, encrypted) in [
        (&["--lesson", "1"][..], false),
        (&["--lesson", "2"], false),
        (&["--lesson", "3"], false),
        (&["--lesson", "4"], false),
        (&["--lesson", "5"], false),
        (&["--lesson", "6"], false),
        (&["--lesson", "7"], true),
        (&["--tls"], true),
    ] {
        let house = House::new(options);
        let (mut anna, mut bob) = house.friends("anna", "bob");
        let id = anna.say("bob", "hello 你好");
        assert_eq!(bob.hears("hello 你好")["encrypted"], encrypted, "{options:?}");
        anna.delivery(&id, "delivered");
        let room = anna.ask(json!({"do": "create_room", "name": "room"}))["room"].as_u64().unwrap();
        bob.ask(json!({"do": "join_room", "room": room}));
        anna.is_told("bob joined the room");
        anna.say_in(room, "all of you");
        bob.hears("all of you");
        let data = house.data();
        let stored = data.join("lessons");
        assert_eq!(stored.exists(), !encrypted, "{options:?} keeps its own data apart");
    }
}

#[test]
fn a_lesson_below_seven_stays_on_loopback_and_says_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let ended = run("uchat", &["server", "--listen", "0.0.0.0:0", "--data", data, "--lesson", "3"], b"");
    assert_ne!(ended.status.code(), Some(0));
    assert!(ended.errors.contains("on this machine only"), "{}", ended.errors);
    let (server, _) = start("uchat", ["server", "--listen", "127.0.0.1:0", "--data", data, "--lesson", "3"])
        .server()
        .unwrap();
    let mut server = server;
    let mut said = String::new();
    while !said.contains("password") {
        said += &server.log_line(acceptance::PATIENCE).unwrap_or_else(|| panic!("no warning in {said:?}"));
    }
}

#[test]
fn no_transport_talks_to_another() {
    let house = House::new(&[]);
    let mut anna = house.person("anna");
    anna.ask(json!({"do": "contacts"}));
    let profile = house.profile("other");
    let address = house.address.to_string();
    let same = "both must be started with the same --lesson or --tls";
    for (options, sentence) in [
        (&["--lesson", "1"][..], same),
        (&["--lesson", "4"], same),
        (&["--lesson", "6"], same),
        (&["--tls"], same),
    ] {
        let args = [
            &["--profile", profile.to_str().unwrap(), "--server", &address, "--trust-first"],
            options,
            &["run"],
        ]
        .concat();
        let login =
            json!({"id": 1, "do": "login", "username": "anna", "password": PASSWORD}).to_string() + "\n";
        let ended =
            acceptance::run_with("uchat", &args, login.as_bytes(), std::time::Duration::from_secs(60));
        let told = ended.output.contains(sentence) || ended.errors.contains(sentence);
        assert!(told, "{options:?}: {} {}", ended.output, ended.errors);
        assert!(!ended.output.contains("\"ok\":true"), "{options:?}: {}", ended.output);
    }
    anna.ask(json!({"do": "search", "text": "an"}));
}
