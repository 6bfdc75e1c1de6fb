//! Bytes come late and in small pieces.

use acceptance::messenger::House;
use acceptance::proxy::Trouble;
use acceptance::random;
use rand::RngExt;
use serde_json::json;
use std::fs;
use std::path::Path;

#[test]
fn on_every_transport_pieces_of_any_length_are_put_together() {
    for options in [
        &[][..],
        &["--tls"],
        &["--lesson", "1"],
        &["--lesson", "2"],
        &["--lesson", "4"],
        &["--lesson", "5"],
        &["--lesson", "6"],
    ] {
        let mut random = random();
        let mut house = House::new(options);
        let proxy = house.proxy();
        proxy.plan(move || [Trouble::Pieces(random.random()), Trouble::Pieces(random.random())]);
        let (mut anna, mut bob) = house.friends("anna", "bob");
        for text in ["short", &"long and longer 长 ".repeat(300)] {
            anna.say("bob", text);
            bob.hears(text);
            bob.say("anna", text);
            anna.hears(text);
        }
        let (path, bytes) = (house.folder.path().join("file"), vec![7; 100_000]);
        fs::write(&path, &bytes).unwrap();
        anna.ask(json!({"do": "send_file", "to": {"user": "bob"}, "path": path}));
        let heard = bob.event("message", |event| event["file"].is_object());
        bob.ask(json!({"do": "save_file", "message_id": heard["id"], "path": house.folder.path()}));
        let saved = bob.event("file_saved", |_| true);
        assert!(fs::read(Path::new(saved["path"].as_str().unwrap())).unwrap() == bytes, "{options:?}");
    }
}
