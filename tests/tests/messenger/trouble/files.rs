//! Whoever loads a file is killed in the middle of it.

use acceptance::messenger::House;
use acceptance::proxy::{MID_FILE, Trouble};
use serde_json::json;
use std::fs;
use std::path::Path;

#[test]
fn a_download_that_was_killed_leaves_no_half_file_and_works_the_next_time() {
    let mut house = House::new(&[]);
    let proxy = house.proxy();
    proxy.plan(|| [Trouble::None, MID_FILE]);
    let (mut anna, mut bob) = house.friends("anna", "bob");
    let bytes: Vec<u8> = (0..8_000_000_u32).map(|n| (n / 5 + n % 239) as u8).collect();
    let path = house.folder.path().join("large.bin");
    fs::write(&path, &bytes).unwrap();
    let sent = anna.ask(json!({"do": "send_file", "to": {"user": "bob"}, "path": path}));
    let id = bob.event("message", |event| event["id"] == sent["message_id"])["id"].clone();
    let target = house.folder.path().join("got");
    let save = json!({"do": "save_file", "message_id": id, "path": target});
    for kill_the_server in [false, true] {
        bob.ask(save.clone());
        bob.event("file_progress", |event| event["id"] == id && event["done"].as_u64() > Some(0));
        drop(bob); // kill -9
        if kill_the_server {
            house.kill();
            proxy.plan(|| [Trouble::None; 2]);
            house.begin();
        }
        // Under its name a file is there as a whole, or not at all.
        assert!(!target.join("large.bin").exists());
        bob = house.again("bob");
    }
    bob.ask(save);
    let saved = bob.event("file_saved", |event| event["id"] == id);
    assert!(fs::read(Path::new(saved["path"].as_str().unwrap())).unwrap() == bytes);
}

#[test]
fn an_upload_that_was_killed_goes_on_after_the_next_log_in() {
    let mut house = House::new(&[]);
    let proxy = house.proxy();
    proxy.plan(|| [MID_FILE, Trouble::None]);
    let (mut anna, mut bob) = house.friends("anna", "bob");
    let bytes: Vec<u8> = (0..8_000_000_u32).map(|n| (n / 7 + n % 233) as u8).collect();
    let path = house.folder.path().join("large.bin");
    fs::write(&path, &bytes).unwrap();
    let sent = anna.ask(json!({"do": "send_file", "to": {"user": "bob"}, "path": path}));
    let id = sent["message_id"].clone();
    for kill_the_server in [false, true] {
        anna.event("file_progress", |event| event["id"] == id && event["done"].as_u64() > Some(0));
        drop(anna); // kill -9
        if kill_the_server {
            house.kill();
            proxy.plan(|| [Trouble::None; 2]);
            house.begin();
        }
        anna = house.again("anna");
    }
    bob.event("message", |event| event["id"] == id);
    bob.ask(json!({"do": "save_file", "message_id": id, "path": house.folder.path().join("got")}));
    let saved = bob.event("file_saved", |event| event["id"] == id);
    assert!(fs::read(Path::new(saved["path"].as_str().unwrap())).unwrap() == bytes);
}
