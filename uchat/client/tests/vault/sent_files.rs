//! Where a file lies that was sent from here: kept with its message, until that is deleted.

use crate::world::{ANN, BOB, Client, TAG, World};
use serde_bytes::ByteArray;
use uchat_client::core::{KeptUpload, ShownFile, VaultEffect, VaultEvent};
use uchat_protocol::content::{FileInfo, Kind};
use uchat_protocol::{Content, Conversation, FileName, MessageId};

const WITH_ANN: Conversation = Conversation::Friend(ANN);
const WITH_BOB: Conversation = Conversation::Friend(BOB);
/// SHA-256 of the file, as the files worker has found it.
const DIGEST: [u8; 32] = [0xd1; 32];

fn photo() -> Content {
    let info = FileInfo {
        name: FileName([5; 16]),
        size: 10,
        media_type: "image/png".to_owned(),
        stored: 74,
        sha256: ByteArray::new([1; 32]),
        key: Some(ByteArray::new([2; 32])),
    };
    Content { kind: Kind::Image, data: "cat.png".to_owned(), file: Some(info), ..Content::default() }
}

/// Sends the file at this path, all the way to the server.
fn send(world: &mut World, ann: &mut Client, path: &str) -> MessageId {
    let id = ann.fresh_id();
    let upload = KeptUpload { id, conversation: WITH_BOB, path: path.to_owned() };
    let kept = world.handle(ann, VaultEffect::KeepUpload { tag: TAG, upload });
    assert!(matches!(kept[..], [VaultEvent::Done { .. }]), "{kept:?}");
    world.handle(ann, VaultEffect::UploadDigest { id, digest: DIGEST });
    world.handle(ann, VaultEffect::Queue { tag: TAG, id, conversation: WITH_BOB, content: photo() });
    let sealed = world.seal(ann, id).unwrap();
    world.take(ann, sealed);
    id
}

fn file(client: &mut Client, conversation: Conversation) -> Option<ShownFile> {
    client.page(conversation).pop().unwrap().file
}

fn is_on_disk(client: &Client, bytes: &[u8]) -> bool {
    let files = std::fs::read_dir(client.dir.path()).unwrap();
    files
        .map(|file| std::fs::read(file.unwrap().path()).unwrap())
        .any(|file| file.windows(bytes.len()).any(|window| window == bytes))
}

#[test]
fn a_file_that_was_sent_is_still_known_by_path_and_content_after_a_restart() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    send(&mut world, &mut ann, "/tmp/cat.png");
    world.sync(&mut bob, WITH_ANN);
    ann.reopen();
    let sent = file(&mut ann, WITH_BOB).unwrap();
    assert_eq!((sent.path.as_deref(), sent.digest), (Some("/tmp/cat.png"), Some(DIGEST)));
    let came = file(&mut bob, WITH_ANN).unwrap();
    assert_eq!((came.path, came.digest), (None, None));
}

#[test]
fn a_path_means_the_same_wherever_the_program_is_started_the_next_time() {
    let mut world = World::new();
    let (mut ann, _bob) = world.pair();
    send(&mut world, &mut ann, "cat.png");
    let here = std::env::current_dir().unwrap().join("cat.png");
    assert_eq!(file(&mut ann, WITH_BOB).unwrap().path.as_deref(), here.to_str());
}

#[test]
fn what_is_saved_instead_was_checked_and_is_not_compared_again() {
    let mut world = World::new();
    let (mut ann, _bob) = world.pair();
    let id = send(&mut world, &mut ann, "/tmp/cat.png");
    world.handle(&mut ann, VaultEffect::FileSaved { id, path: "/tmp/cat (2).png".to_owned() });
    let saved = file(&mut ann, WITH_BOB).unwrap();
    assert_eq!((saved.path.as_deref(), saved.digest), (Some("/tmp/cat (2).png"), None));
}

#[test]
fn neither_path_nor_digest_of_a_deleted_message_is_left() {
    let mut world = World::new();
    let (mut ann, _bob) = world.pair();
    let id = send(&mut world, &mut ann, "/tmp/a-cat-to-forget.png");
    assert!(is_on_disk(&ann, b"a-cat-to-forget") && is_on_disk(&ann, &DIGEST));
    world.change(&mut ann, Kind::Delete, id, "");
    assert_eq!(file(&mut ann, WITH_BOB), None);
    assert!(!is_on_disk(&ann, b"a-cat-to-forget") && !is_on_disk(&ann, &DIGEST));
}
