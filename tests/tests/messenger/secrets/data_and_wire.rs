//! What lies on the server's disk and what is seen on the way: everything on the first lesson, nothing later.

use acceptance::messenger::{House, PASSWORD, files_with, holds};
use serde_json::json;
use std::fs;
use std::path::PathBuf;

const NOTHING: [PathBuf; 0] = [];

#[test]
fn neither_texts_nor_names_of_files_nor_passwords_lie_on_the_server() {
    let house = House::new(&[]);
    let (mut anna, mut bob) = house.friends("anna", "bob");
    let room = anna.ask(json!({"do": "create_room", "name": "room"}))["room"].as_u64().unwrap();
    bob.ask(json!({"do": "join_room", "room": room}));
    anna.is_told("bob joined the room");
    let first = anna.say("bob", "the treasure is under the tree");
    bob.hears("the treasure is under the tree");
    bob.ask(json!({
        "do": "send", "to": {"user": "anna"}, "text": "宝藏在树下面", "fontcolor": "#fedcba", "reply_to": first
    }));
    anna.hears("宝藏在树下面");
    anna.say_in(room, "said among friends only");
    bob.hears("said among friends only");
    let path = house.folder.path().join("map of the island.txt");
    fs::write(&path, "dig three steps to the north").unwrap();
    anna.ask(json!({"do": "send_file", "to": {"user": "bob"}, "path": path}));
    bob.event("message", |event| event["file"].is_object());

    let data = house.data();
    for said in [
        "the treasure is under the tree",
        "宝藏在树下面",
        "#fedcba",
        "said among friends only",
        "map of the island",
        "dig three steps",
        PASSWORD,
    ] {
        assert_eq!(files_with(&data, said.as_bytes()), NOTHING, "{said}");
    }
    // That this would be found if it were there: what the server must know is.
    for known in ["anna", "bob@example.org", "room"] {
        assert_ne!(files_with(&data, known.as_bytes()), NOTHING, "{known}");
    }
}

#[test]
fn private_keys_lie_encrypted_for_their_owner_only_and_the_password_nowhere() {
    let house = House::new(&[]);
    assert_eq!(house.person("anna").leave(), 0);
    let profile = house.profile("anna");
    let keys = fs::read_to_string(profile.join("keys.pem")).unwrap();
    assert_eq!(keys.matches("-----BEGIN ENCRYPTED PRIVATE KEY-----").count(), 2);
    assert_eq!(keys.matches("-----BEGIN").count(), 2, "there is nothing else in it");
    assert_eq!(files_with(&profile, PASSWORD.as_bytes()), NOTHING);
    assert_eq!(files_with(&profile, b"-----BEGIN PRIVATE KEY"), NOTHING);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(profile.join("keys.pem")), mode(profile.clone())), (0o600, 0o700));
        for secret in ["ca.key", "server.key", "access.key", "invite"] {
            assert_eq!(mode(house.data().join(secret)), 0o600, "{secret}");
        }
        assert_eq!(mode(house.data()), 0o700);
    }
}

#[test]
fn the_wire_shows_texts_and_passwords_up_to_lesson_4_and_the_disk_up_to_lesson_6() {
    for (options, on_the_wire, on_the_disk) in [
        (&["--lesson", "1"][..], true, true),
        (&["--lesson", "4"], true, true),
        (&["--lesson", "5"], false, true),
        (&["--lesson", "6"], false, true),
        (&[], false, false),
        (&["--tls"], false, false),
    ] {
        let mut house = House::new(options);
        let proxy = house.proxy();
        let (mut anna, mut bob) = house.friends("anna", "bob");
        anna.say("bob", "the treasure is under the tree");
        bob.hears("the treasure is under the tree");
        let wire = proxy.heard();
        assert!(wire.len() > 500, "it was listened to");
        for said in ["the treasure is under the tree", PASSWORD] {
            assert_eq!(holds(&wire, said.as_bytes()), on_the_wire, "{options:?}: {said}");
        }
        assert_eq!(
            !files_with(&house.data(), b"the treasure is under the tree").is_empty(),
            on_the_disk,
            "{options:?}"
        );
        assert_eq!(files_with(&house.data(), PASSWORD.as_bytes()), NOTHING);
    }
}
