//! The messenger: files and images; progress, the right bytes, and nothing for the server to read.

use acceptance::messenger::{House, files_with};
use acceptance::proxy::{MID_FILE, Trouble};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

fn send(to: &str, path: &Path) -> Value {
    json!({"do": "send_file", "to": {"user": to}, "path": path})
}

#[test]
fn a_file_arrives_as_it_was_and_the_server_knows_neither_name_nor_digest() {
    let house = House::new(&[]);
    let (mut anna, mut bob) = house.friends("anna", "bob");
    let bytes: Vec<u8> = (0..300_000_u32).map(|n| (n * 7 + n / 251) as u8).collect();
    let path = house.folder.path().join("secret plan 计划.bin");
    fs::write(&path, &bytes).unwrap();
    let id = anna.ask(send("bob", &path))["message_id"].as_str().unwrap().to_owned();
    let heard = bob.event("message", |event| event["file"].is_object());
    assert_eq!(
        (&heard["file"]["name"], &heard["file"]["size"]),
        (&json!("secret plan 计划.bin"), &json!(300_000))
    );
    assert_eq!(heard["id"], id.as_str());
    anna.event("file_progress", |event| event["id"] == id.as_str());

    let target = house.folder.path().join("got");
    fs::create_dir(&target).unwrap();
    bob.ask(json!({"do": "save_file", "message_id": id, "path": target}));
    let saved = bob.event("file_saved", |event| event["id"] == id.as_str());
    let saved = Path::new(saved["path"].as_str().unwrap());
    assert_eq!(fs::read(saved).unwrap(), bytes);
    // A second time nothing is overwritten.
    bob.ask(json!({"do": "save_file", "message_id": id, "path": target}));
    let again = bob.event("file_saved", |event| event["id"] == id.as_str());
    assert_ne!(again["path"], saved.to_str().unwrap());

    use sha2::{Digest, Sha256};
    let digest: [u8; 32] = Sha256::digest(&bytes).into();
    for (what, bytes) in [("name", &b"secret plan"[..]), ("digest", &digest), ("bytes", &bytes[5000..5064])] {
        assert_eq!(files_with(&house.data(), bytes), [""; 0].map(PathBuf::from), "the {what}");
    }
}

#[test]
fn images_are_known_by_their_content_and_an_empty_file_is_one_too() {
    let house = House::new(&[]);
    let (mut anna, mut bob) = house.friends("anna", "bob");
    let image = house.folder.path().join("photo.txt");
    fs::write(&image, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89")
        .unwrap();
    let empty = house.folder.path().join("empty");
    fs::write(&empty, b"").unwrap();
    anna.ask(send("bob", &image));
    let heard = bob.event("message", |event| event["file"]["name"] == "photo.txt");
    assert_eq!(heard["file"]["media_type"], "image/png");
    anna.ask(send("bob", &empty));
    let heard = bob.event("message", |event| event["file"]["name"] == "empty");
    assert_eq!(heard["file"]["size"], 0);
    let target = house.folder.path().join("out.bin");
    bob.ask(json!({"do": "save_file", "message_id": heard["id"], "path": target}));
    let saved = bob.event("file_saved", |_| true);
    assert_eq!(fs::read(saved["path"].as_str().unwrap()).unwrap(), b"");
}

#[test]
fn a_file_that_is_not_there_or_not_one_is_told() {
    let house = House::new(&[]);
    let (mut anna, _bob) = house.friends("anna", "bob");
    for path in [Path::new("/nowhere/at all"), house.folder.path()] {
        let id = anna.ask(send("bob", path))["message_id"].clone();
        let failed = anna.event("file_failed", |event| event["id"] == id);
        assert_eq!(failed["code"], "file_unreadable", "{failed}");
    }
    assert_eq!(
        anna.refused(json!({"do": "save_file", "message_id": "00".repeat(16), "path": "/tmp"})),
        "no_such_message"
    );
}

#[test]
fn a_transfer_that_was_cut_goes_on() {
    let mut house = House::new(&[]);
    let proxy = house.proxy();
    proxy.plan(|| [MID_FILE, Trouble::None]);
    let (mut anna, mut bob) = house.friends("anna", "bob");
    let bytes: Vec<u8> = (0..12_000_000_u32).map(|n| (n / 3 + n % 241) as u8).collect();
    let path = house.folder.path().join("large.bin");
    fs::write(&path, &bytes).unwrap();
    let id = anna.ask(send("bob", &path))["message_id"].as_str().unwrap().to_owned();
    anna.event("file_progress", |event| event["id"] == id.as_str() && event["done"].as_u64() > Some(0));
    house.kill();
    proxy.plan(|| [Trouble::None, MID_FILE]);
    house.begin();
    bob.event("message", |event| event["id"] == id.as_str());
    let target = house.folder.path().join("copy.bin");
    bob.ask(json!({"do": "save_file", "message_id": id, "path": target}));
    bob.event("file_progress", |event| event["id"] == id.as_str() && event["done"].as_u64() > Some(0));
    house.kill();
    proxy.plan(|| [Trouble::None; 2]);
    house.begin();
    let saved = bob.event("file_saved", |event| event["id"] == id.as_str());
    assert!(fs::read(saved["path"].as_str().unwrap()).unwrap() == bytes);
}

#[test]
fn a_sender_that_is_killed_goes_on_with_what_was_promised_or_says_that_it_cannot() {
    let mut house = House::new(&[]);
    let proxy = house.proxy();
    proxy.plan(|| [MID_FILE, Trouble::None]);
    let (mut anna, mut bob) = house.friends("anna", "bob");
    let bytes: Vec<u8> = (0..8_000_000_u32).map(|n| (n / 5 + n % 239) as u8).collect();
    let (kept, gone) = (house.folder.path().join("kept.bin"), house.folder.path().join("gone.bin"));
    fs::write(&kept, &bytes).unwrap();
    fs::write(&gone, b"not for long").unwrap();
    let arrives = anna.ask(send("bob", &kept))["message_id"].as_str().unwrap().to_owned();
    anna.event("file_progress", |event| event["done"].as_u64() > Some(0));
    house.kill();
    let fails = anna.ask(send("bob", &gone))["message_id"].as_str().unwrap().to_owned();
    drop(anna); // kill -9
    fs::remove_file(&gone).unwrap();
    proxy.plan(|| [Trouble::None; 2]);
    house.begin();
    let mut anna = house.again("anna");
    let failed = anna.event("file_failed", |event| event["id"] == fails.as_str());
    assert_eq!(failed["code"], "file_unreadable");
    bob.event("message", |event| event["id"] == arrives.as_str());
    anna.delivery(&arrives, "delivered");
    let target = house.folder.path().join("got");
    bob.ask(json!({"do": "save_file", "message_id": arrives, "path": target}));
    let saved = bob.event("file_saved", |event| event["id"] == arrives.as_str());
    assert!(fs::read(saved["path"].as_str().unwrap()).unwrap() == bytes);
    // Nothing is left that could open the file, nor is it promised any more.
    let left = fs::read_dir(house.profile("anna").join("files")).unwrap();
    let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.is_empty(), "{left:?}");
}
