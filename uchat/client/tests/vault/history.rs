//! Pages, searches and files.

use crate::world::{ANN, BOB, Client, TAG, World, text};
use serde_bytes::ByteArray;
use std::sync::mpsc;
use uchat_client::core::{VaultEffect, VaultEvent};
use uchat_client::vault::{Vault, VaultError, VaultSettings, system_time};
use uchat_protocol::content::{FileInfo, Kind};
use uchat_protocol::{Code, Content, Conversation, Envelope, FileName, MessageId};

const WITH_ANN: Conversation = Conversation::Friend(ANN);
const WITH_BOB: Conversation = Conversation::Friend(BOB);

#[test]
fn a_search_finds_any_part_of_a_text_chinese_too() {
    let mut world = World::new();
    let (mut ann, _bob) = world.pair();
    for what in ["今天天气很好", "明天見", "Good Morning", "100% sure", "100 sure", "a_b", "Ärger", "Привет"]
    {
        world.say(&mut ann, WITH_BOB, what);
    }
    for (search, found) in [
        ("天气", vec!["今天天气很好"]),
        ("天", vec!["今天天气很好", "明天見"]),
        ("气天", vec![]),
        ("good m", vec!["Good Morning"]),
        ("0%", vec!["100% sure"]),
        ("_", vec!["a_b"]),
        ("ÄRG", vec!["Ärger"]),
        ("ПРИВ", vec!["Привет"]),
    ] {
        assert_eq!(ann.history(WITH_BOB, Some(search)), found, "{search}");
    }
    let search = Some("x".repeat(60_000));
    let effect = VaultEffect::History { tag: TAG, conversation: WITH_BOB, before: None, limit: 1, search };
    let events = world.handle(&mut ann, effect);
    assert!(matches!(&events[..], [VaultEvent::Failed { refusal, .. }] if refusal.code == Code::TooLong));
}

#[test]
fn pages_follow_on_each_other_and_what_waits_stands_at_the_end() {
    let mut world = World::new();
    let (mut ann, _bob) = world.pair();
    for number in 1..=5 {
        world.say(&mut ann, WITH_BOB, &number.to_string());
    }
    ann.queue(WITH_BOB, "waits");
    let mut page = |before, limit| {
        let effect = VaultEffect::History { tag: TAG, conversation: WITH_BOB, before, limit, search: None };
        match ann.store.handle(effect).pop() {
            Some(VaultEvent::History { messages, .. }) => {
                messages.into_iter().map(|shown| (shown.seq, shown.text.unwrap())).collect::<Vec<_>>()
            }
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(page(None, 2), [(Some(5), "5".to_owned()), (None, "waits".to_owned())]);
    assert_eq!(page(Some(5), 2), [(Some(3), "3".to_owned()), (Some(4), "4".to_owned())]);
    assert_eq!(page(Some(3), 100).len(), 2);
    assert!(page(Some(1), 100).is_empty());
    assert!(page(Some(0), 100).is_empty());
}

#[test]
fn a_file_keeps_its_key_and_where_it_lies() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    let info = FileInfo {
        name: FileName([5; 16]),
        size: 10,
        media_type: "image/png".to_owned(),
        stored: 74,
        sha256: ByteArray::new([1; 32]),
        key: Some(ByteArray::new([2; 32])),
    };
    let content =
        Content { kind: Kind::Image, data: "cat.png".to_owned(), file: Some(info), ..Content::default() };
    let id = ann.fresh_id();
    let queue = VaultEffect::Queue { tag: TAG, id, conversation: WITH_BOB, content: content.clone() };
    world.handle(&mut ann, queue);
    let sealed = world.seal(&mut ann, id).unwrap();
    world.take(&mut ann, sealed);
    world.sync(&mut bob, WITH_ANN);
    let events = world.handle(&mut bob, VaultEffect::File { tag: TAG, id });
    let [VaultEvent::File { content: got, conversation, .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!((got, *conversation), (&content, WITH_ANN));
    world.handle(&mut bob, VaultEffect::FileSaved { id, path: "/tmp/cat.png".to_owned() });
    let page =
        VaultEffect::History { tag: TAG, conversation: WITH_ANN, before: None, limit: 1, search: None };
    let Some(VaultEvent::History { messages, .. }) = bob.store.handle(page).pop() else { panic!() };
    let file = messages[0].file.as_ref().unwrap();
    assert_eq!((file.name.as_str(), file.path.as_deref()), ("cat.png", Some("/tmp/cat.png")));
    let none = world.handle(&mut bob, VaultEffect::File { tag: TAG, id: MessageId([0; 16]) });
    assert!(matches!(&none[..], [VaultEvent::Failed { refusal, .. }] if refusal.code == Code::NoSuchMessage));
}

#[test]
fn a_copied_id_does_not_lead_to_the_file_of_the_copy() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    let file = |name: &str, sha256| {
        let name_there = FileName([sha256; 16]);
        let sha256 = ByteArray::new([sha256; 32]);
        let key = Some(ByteArray::new([2; 32]));
        let info =
            FileInfo { name: name_there, size: 10, media_type: String::new(), stored: 74, sha256, key };
        Content { kind: Kind::File, data: name.to_owned(), file: Some(info), ..Content::default() }
    };
    let id = bob.fresh_id();
    let mut send = |client: &mut Client, conversation, content| {
        client.store.handle(VaultEffect::Queue { tag: TAG, id, conversation, content });
        let sealed = world.seal(client, id).unwrap();
        world.take(client, sealed);
    };
    send(&mut bob, WITH_ANN, file("minutes.pdf", 1));
    send(&mut ann, WITH_BOB, file("minutes.exe", 3)); // she has seen the id
    world.sync(&mut bob, WITH_ANN);
    let events = world.handle(&mut bob, VaultEffect::File { tag: TAG, id });
    let [VaultEvent::File { content, .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!(content.data, "minutes.pdf");
    world.handle(&mut bob, VaultEffect::FileSaved { id, path: "/tmp/minutes.pdf".to_owned() });
    let page = bob.page(WITH_ANN);
    let paths: Vec<_> = page.iter().map(|shown| shown.file.as_ref().unwrap().path.as_deref()).collect();
    assert_eq!(paths, [Some("/tmp/minutes.pdf"), None]);
}

#[test]
fn a_text_that_is_too_long_is_not_queued() {
    let mut world = World::new();
    let mut ann = world.client(ANN);
    let long = |length| VaultEffect::Queue {
        tag: TAG,
        id: MessageId([length as u8; 16]),
        conversation: WITH_BOB,
        content: text(&"x".repeat(length)),
    };
    let events = world.handle(&mut ann, long(uchat_protocol::limits::TEXT + 1));
    assert!(matches!(&events[..], [VaultEvent::Failed { refusal, .. }] if refusal.code == Code::TooLong));
    world.client(BOB);
    world.handle(&mut ann, long(uchat_protocol::limits::TEXT));
    world.seal(&mut ann, MessageId([0; 16])).unwrap(); // the longest one still fits into a packet
}

#[test]
fn on_a_lesson_without_encryption_plain_messages_are_shown() {
    let mut world = World::new();
    let dir = std::sync::Arc::new(tempfile::TempDir::new().unwrap());
    let mut ann = crate::world::Client::open(ANN, dir, &world.clock, false);
    world.log_in(&mut ann);
    world.append(BOB, 0, ANN, Envelope::Plain(text("hi")), Some(MessageId([1; 16])));
    world.sync(&mut ann, WITH_BOB);
    assert_eq!(ann.texts(), ["bob: hi"]);
    world.say(&mut ann, WITH_BOB, "hello");
    let log = world.log_of(ANN, WITH_BOB);
    assert!(matches!(&log[1].message, Envelope::Plain(content) if content.data == "hello"));
}

#[test]
fn the_thread_does_everything_before_it_is_closed() {
    let dir = tempfile::TempDir::new().unwrap();
    let settings = VaultSettings { encrypted: false, ca: None, clock: system_time(), recorder: None };
    let (events, told) = mpsc::channel();
    let vault = Vault::open(dir.path(), settings.clone(), move |event| events.send(event).unwrap()).unwrap();
    let unlock = VaultEffect::Unlock {
        tag: TAG,
        user: ANN,
        name: "ann".to_owned(),
        token: Some(vec![3; 32]),
        password: None,
        certificate: None,
    };
    vault.send(unlock);
    for number in 0..100 {
        vault.send(VaultEffect::Queue {
            tag: number,
            id: MessageId([number as u8; 16]),
            conversation: WITH_BOB,
            content: text("hi"),
        });
    }
    vault.close();
    let told: Vec<_> = told.into_iter().collect(); // ends, because the thread has
    assert!(matches!(told[0], VaultEvent::Loaded { account: None, .. }));
    assert_eq!(told.iter().filter(|event| matches!(event, VaultEvent::Queued { .. })).count(), 100);
    let (_, loaded) = uchat_client::vault::Store::open(dir.path(), settings).unwrap();
    let VaultEvent::Loaded { account, outbox, .. } = loaded else { panic!("{loaded:?}") };
    assert_eq!((account.unwrap().token, outbox.len()), (Some(vec![3; 32]), 100));
}

#[test]
fn a_folder_that_is_not_there_is_an_error_that_names_it() {
    let dir = tempfile::TempDir::new().unwrap();
    let gone = dir.path().join("gone");
    let settings = VaultSettings { encrypted: false, ca: None, clock: system_time(), recorder: None };
    let error = Vault::open(&gone, settings, drop).unwrap_err();
    assert!(matches!(error, VaultError::File { .. }));
    assert!(error.to_string().contains("gone"), "{error}");
}
