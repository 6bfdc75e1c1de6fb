//! Messages that are deleted: nothing of them is left on the disk.

use crate::changes::{WITH_ANN, WITH_BOB, refused, state};
use crate::world::{ANN, Client, TAG, World, change, text};
use uchat_client::core::{VaultEffect, VaultEvent};
use uchat_protocol::content::{FileInfo, Kind};
use uchat_protocol::{Code, Content, FileName, Refusal};

/// Whether these bytes stand in any file of the profile.
fn is_on_disk(client: &Client, bytes: &[u8]) -> bool {
    let files = std::fs::read_dir(client.dir.path()).unwrap();
    files
        .map(|file| std::fs::read(file.unwrap().path()).unwrap())
        .any(|file| file.windows(bytes.len()).any(|window| window == bytes))
}

#[test]
fn what_is_deleted_is_nowhere_on_the_disk_and_its_row_stays() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    let id = world.say(&mut ann, WITH_BOB, "a secret that must go");
    world.say(&mut ann, WITH_BOB, "other");
    world.sync(&mut bob, WITH_ANN);
    world.change(&mut bob, Kind::React, id, "👍");
    assert!(is_on_disk(&bob, b"a secret that must go"));
    world.sync(&mut ann, WITH_BOB);
    world.change(&mut ann, Kind::Delete, id, "");
    world.sync(&mut bob, WITH_ANN);
    for client in [&mut ann, &mut bob] {
        let with = if client.user == ANN { WITH_BOB } else { WITH_ANN };
        assert_eq!(state(client.reshown.last().unwrap()), (None, false, true, vec![]));
        let page = client.page(with);
        assert_eq!(page.iter().map(state).collect::<Vec<_>>()[0], (None, false, true, vec![]));
        assert_eq!((page.len(), page[0].id), (2, Some(id)));
        assert!(client.history(with, Some("secret")).is_empty());
        assert!(!is_on_disk(client, b"a secret that must go"), "{}", client.user);
        assert!(is_on_disk(client, b"other"));
    }
}

#[test]
fn nothing_can_be_said_about_what_is_deleted_but_it_can_still_be_answered() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    let id = world.say(&mut ann, WITH_BOB, "gone soon");
    world.sync(&mut bob, WITH_ANN);
    world.change(&mut ann, Kind::Delete, id, "");
    assert_eq!(refused(&ann.change(Kind::Edit, id, "back").1).0, Code::NoSuchMessage);
    assert!(matches!(ann.change(Kind::Delete, id, "").1[..], [VaultEvent::Done { .. }]));
    // Those who do not know of it yet change nothing any more.
    world.change(&mut bob, Kind::React, id, "👍");
    world.forge(&mut ann, WITH_BOB, change(Kind::Edit, id, "back"));
    let answer = Content { reply_to: Some(id), ..text("what was it?") };
    world.forge(&mut bob, WITH_ANN, answer);
    world.sync(&mut ann, WITH_BOB);
    world.sync(&mut bob, WITH_ANN);
    assert_eq!(state(&bob.page(WITH_ANN)[0]), (None, false, true, vec![]));
    assert_eq!(state(&ann.page(WITH_BOB)[0]), (None, false, true, vec![]));
    assert_eq!(ann.shown.last().unwrap().reply_to, Some(id));
    assert_eq!(
        refused(&bob.change(Kind::React, id, "👍").1),
        (Code::NoSuchMessage, "this message is deleted")
    );
}

#[test]
fn what_was_deleted_before_it_was_told_is_never_told() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    let (gone, stays) = (world.say(&mut ann, WITH_BOB, "oops"), world.say(&mut ann, WITH_BOB, "helo"));
    world.change(&mut ann, Kind::Delete, gone, "");
    world.change(&mut ann, Kind::Edit, stays, "hello");
    world.sync(&mut bob, WITH_ANN);
    assert_eq!(bob.shown.iter().map(state).collect::<Vec<_>>(), [(Some("hello"), true, false, vec![])]);
    assert_eq!((bob.reshown.len(), bob.summaries[&WITH_ANN].unread), (0, 1));
    assert_eq!(bob.page(WITH_ANN).iter().map(state).collect::<Vec<_>>()[0], (None, false, true, vec![]));
    assert!(!is_on_disk(&bob, b"oops"));
}

#[test]
fn a_message_that_was_never_sent_is_deleted_here_alone() {
    let mut world = World::new();
    let (mut ann, _bob) = world.pair();
    world.say(&mut ann, WITH_BOB, "sent");
    let id = ann.queue(WITH_BOB, "refused by the server");
    let refusal = Refusal::new(Code::NotFriends);
    world.handle(&mut ann, VaultEffect::GiveUp { id, refusal, packages_refused: false });
    assert!(refused(&ann.change(Kind::Edit, id, "x").1).1.contains("retry"));
    let (_, events) = ann.change(Kind::Delete, id, "");
    assert!(matches!(events[..], [VaultEvent::Done { .. }, VaultEvent::Received { .. }]), "{events:?}");
    assert!(ann.reshown.last().unwrap().deleted);
    assert_eq!(ann.history(WITH_BOB, None), ["sent"]);
    assert!(!is_on_disk(&ann, b"refused by the server"));
}

#[test]
fn the_file_of_a_message_goes_with_it_and_cannot_be_edited() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    let info = FileInfo {
        name: FileName([5; 16]),
        size: 10,
        media_type: "image/png".to_owned(),
        stored: 74,
        sha256: [1; 32].into(),
        key: Some([0xa7; 32].into()),
    };
    let id = ann.fresh_id();
    let content =
        Content { kind: Kind::Image, data: "cat.png".to_owned(), file: Some(info), ..Content::default() };
    let queue = VaultEffect::Queue { tag: TAG, id, conversation: WITH_BOB, content };
    world.handle(&mut ann, queue);
    let sealed = world.seal(&mut ann, id).unwrap();
    world.take(&mut ann, sealed);
    world.sync(&mut bob, WITH_ANN);
    assert!(is_on_disk(&bob, &[0xa7; 32]));
    assert!(refused(&ann.change(Kind::Edit, id, "dog.png").1).1.contains("a file cannot be edited"));
    world.forge(&mut ann, WITH_BOB, change(Kind::Edit, id, "dog.png"));
    world.sync(&mut bob, WITH_ANN);
    assert_eq!(bob.page(WITH_ANN)[0].file.as_ref().unwrap().name, "cat.png");
    world.change(&mut ann, Kind::Delete, id, "");
    world.sync(&mut bob, WITH_ANN);
    for client in [&mut ann, &mut bob] {
        assert_eq!(refused(&client.store.handle(VaultEffect::File { tag: TAG, id })).0, Code::NoSuchMessage);
        assert!(!is_on_disk(client, &[0xa7; 32]), "the key of the file");
    }
    assert_eq!(bob.page(WITH_ANN)[0].file, None);
}
