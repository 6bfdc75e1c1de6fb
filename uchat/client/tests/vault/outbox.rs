//! The outbox: nothing is lost, nothing is sealed twice.

use crate::world::{ANN, BOB, Client, IN_ROOM, TAG, World, text};
use uchat_client::core::{Account, DeliveryState, KeptUpload, Keys, VaultEffect, VaultEvent, WhyNot};
use uchat_client::vault::{Store, VaultSettings, system_time};
use uchat_protocol::{Code, Conversation, Refusal};

const WITH_ANN: Conversation = Conversation::Friend(ANN);
const WITH_BOB: Conversation = Conversation::Friend(BOB);

#[test]
fn killed_between_sealing_and_sending_it_sends_the_same_bytes() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    let id = ann.queue(WITH_BOB, "exactly once");
    let first = world.seal(&mut ann, id).unwrap();
    ann.reopen();
    assert_eq!(world.log_in(&mut ann), Keys::Ready);
    let second = world.seal(&mut ann, id).unwrap();
    assert_eq!(first.message, second.message);
    assert_eq!(first.packages, second.packages);
    assert_eq!(first.packages.len(), 1);
    // The server had it already: it comes back as history before anything is acknowledged.
    world.take(&mut ann, second);
    let next = world.say(&mut ann, WITH_BOB, "and on");
    world.sync(&mut bob, WITH_ANN);
    assert_eq!(bob.texts(), ["ann: exactly once", "ann: and on"]);
    assert_ne!(id, next);
}

#[test]
fn an_acknowledgement_that_was_lost_is_made_up_by_the_history() {
    let mut world = World::new();
    let (mut ann, _bob) = world.pair();
    let id = ann.queue(WITH_BOB, "hi");
    let sealed = world.seal(&mut ann, id).unwrap();
    let (message, packages) = (sealed.message, sealed.packages);
    world.append(ANN, 0, BOB, message.message, message.id);
    world.sync(&mut ann, WITH_BOB);
    assert_eq!(ann.states, [(id, DeliveryState::Stored)]);
    assert_eq!(ann.have(WITH_BOB), 1);
    assert_eq!(ann.history(WITH_BOB, None), ["hi"]);
    // The same where the server does not say whose id it is: it stands inside.
    let id = ann.queue(WITH_BOB, "again");
    let sealed = world.seal(&mut ann, id).unwrap();
    world.packages.extend(sealed.packages);
    world.packages.extend(packages);
    world.append(ANN, 0, BOB, sealed.message.message, None);
    world.sync(&mut ann, WITH_BOB);
    assert_eq!(ann.states.last(), Some(&(id, DeliveryState::Stored)));
    assert_eq!(ann.history(WITH_BOB, None), ["hi", "again"]);
    assert!(ann.shown.is_empty()); // it was shown when it was written
}

#[test]
fn what_the_history_has_brought_back_is_neither_sealed_again_nor_given_up() {
    let mut world = World::new();
    let (mut ann, _bob) = world.pair();
    let id = ann.queue(WITH_BOB, "hi");
    let sealed = world.seal(&mut ann, id).unwrap();
    world.append(ANN, 0, BOB, sealed.message.message, sealed.message.id);
    // The connection was lost with the answer: the core has it sealed anew, and the history is faster.
    world.sync(&mut ann, WITH_BOB);
    let told = world.handle(&mut ann, VaultEffect::Seal(id));
    assert!(matches!(told[..], [VaultEvent::NotSealed { why: WhyNot::Stored, .. }]), "{told:?}");
    let refusal = Refusal::from(Code::NotFriends);
    world.handle(&mut ann, VaultEffect::GiveUp { id, refusal, packages_refused: false });
    world.handle(&mut ann, VaultEffect::TheirCursor { user: BOB, delivered: 1, read: 0 });
    assert_eq!(ann.states, [(id, DeliveryState::Stored), (id, DeliveryState::Delivered)]);
}

#[test]
fn what_waits_is_loaded_in_its_order() {
    let mut world = World::new();
    let mut ann = world.client(ANN);
    let ids = [ann.queue(WITH_BOB, "1"), ann.queue(IN_ROOM, "2"), ann.queue(WITH_BOB, "3")];
    world.handle(
        &mut ann,
        VaultEffect::GiveUp { id: ids[1], refusal: Refusal::new(Code::NotInRoom), packages_refused: false },
    );
    let settings = VaultSettings { encrypted: true, ca: None, clock: system_time(), recorder: None };
    let (_, loaded) = Store::open(ann.dir.path(), settings).unwrap();
    let VaultEvent::Loaded { outbox, account, .. } = loaded else { panic!("{loaded:?}") };
    assert_eq!(outbox.iter().map(|queued| queued.id).collect::<Vec<_>>(), ids);
    assert_eq!(outbox.iter().map(|queued| queued.failed).collect::<Vec<_>>(), [false, true, false]);
    assert_eq!(account.unwrap().name, "ann");
}

#[test]
fn states_follow_the_friends_cursor_and_never_go_back() {
    let mut world = World::new();
    let (mut ann, _bob) = world.pair();
    let ids = [world.say(&mut ann, WITH_BOB, "1"), world.say(&mut ann, WITH_BOB, "2")];
    ann.states.clear();
    world.handle(&mut ann, VaultEffect::TheirCursor { user: BOB, delivered: 2, read: 1 });
    assert_eq!(ann.states, [(ids[0], DeliveryState::Read), (ids[1], DeliveryState::Delivered)]);
    ann.states.clear();
    world.handle(&mut ann, VaultEffect::TheirCursor { user: BOB, delivered: 1, read: 0 });
    assert!(ann.states.is_empty());
    // A cursor that was faster than the answer.
    world.handle(&mut ann, VaultEffect::TheirCursor { user: BOB, delivered: 3, read: 0 });
    let third = world.say(&mut ann, WITH_BOB, "3");
    assert_eq!(ann.states, [(third, DeliveryState::Delivered)]);
    ann.states.clear();
    // After a log-in they come with the contacts.
    let contacts = VaultEffect::Contacts {
        conversations: vec![(WITH_BOB, "bob".to_owned())],
        joined: Vec::new(),
        read: Vec::new(),
        cursors: vec![(BOB, 3, 3)],
    };
    world.handle(&mut ann, contacts);
    assert_eq!(ann.states, [(ids[1], DeliveryState::Read), (third, DeliveryState::Read)]);
}

#[test]
fn a_failed_message_can_be_tried_again_and_the_friend_misses_nothing() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    world.say(&mut ann, WITH_BOB, "before");
    let id = ann.queue(WITH_BOB, "refused at first");
    world.seal(&mut ann, id).unwrap();
    world.handle(
        &mut ann,
        VaultEffect::GiveUp { id, refusal: Refusal::new(Code::TooManyRequests), packages_refused: false },
    );
    let events = world.handle(&mut ann, VaultEffect::Retry { tag: TAG, id });
    assert!(
        matches!(&events[..], [VaultEvent::Queued { shown, .. }] if shown.state == Some(DeliveryState::Queued))
    );
    let sealed = world.seal(&mut ann, id).unwrap();
    world.take(&mut ann, sealed);
    world.sync(&mut bob, WITH_ANN);
    assert_eq!(bob.texts(), ["ann: before", "ann: refused at first"]);
}

#[test]
fn if_its_package_was_refused_all_of_its_chain_is_sealed_anew() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    let (first, second) = (ann.queue(WITH_BOB, "1"), ann.queue(WITH_BOB, "2"));
    let refused = world.seal(&mut ann, first).unwrap();
    world.seal(&mut ann, second).unwrap();
    world.handle(
        &mut ann,
        VaultEffect::GiveUp { id: first, refusal: Refusal::new(Code::BadKeyPackage), packages_refused: true },
    );
    let sealed = world.seal(&mut ann, second).unwrap();
    assert_eq!(sealed.packages.len(), 1);
    assert_ne!(sealed.packages, refused.packages);
    world.take(&mut ann, sealed);
    world.handle(&mut ann, VaultEffect::Retry { tag: TAG, id: first });
    let sealed = world.seal(&mut ann, first).unwrap();
    world.take(&mut ann, sealed);
    world.sync(&mut bob, WITH_ANN);
    assert_eq!(bob.texts(), ["ann: 2", "ann: 1"]);
}

/// What a new start finds: the account and the files that are to be sent.
fn loaded(client: &Client) -> (Option<Account>, Vec<KeptUpload>) {
    let settings = VaultSettings { encrypted: true, ca: None, clock: system_time(), recorder: None };
    match Store::open(client.dir.path(), settings).unwrap().1 {
        VaultEvent::Loaded { account, uploads, .. } => (account, uploads),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_that_is_to_be_sent_is_known_after_a_kill_until_its_message_is_in_the_outbox() {
    let mut world = World::new();
    let mut ann = world.client(ANN);
    let mut keep = |conversation, path: &str| {
        let upload = KeptUpload { id: ann.fresh_id(), conversation, path: path.to_owned() };
        let events = ann.store.handle(VaultEffect::KeepUpload { tag: TAG, upload: upload.clone() });
        assert!(matches!(events[..], [VaultEvent::Done { tag: TAG }]), "{events:?}");
        upload
    };
    let (first, second) = (keep(WITH_BOB, "/a/notes.txt"), keep(IN_ROOM, "/a/cat.png"));
    ann.reopen();
    assert_eq!(loaded(&ann).1, [first.clone(), second.clone()]);
    world.log_in(&mut ann);
    let (id, conversation) = (first.id, first.conversation);
    world.handle(&mut ann, VaultEffect::Queue { tag: TAG, id, conversation, content: text("notes.txt") });
    assert_eq!(loaded(&ann).1, std::slice::from_ref(&second));
    world.handle(&mut ann, VaultEffect::DropUpload(second.id));
    assert_eq!(loaded(&ann).1, []);
}

#[test]
fn a_token_that_was_dropped_is_not_there_after_a_restart() {
    let mut world = World::new();
    let mut ann = world.client(ANN);
    let token = Some(vec![7; 32]);
    let unlock = VaultEffect::Unlock {
        tag: TAG,
        user: ANN,
        name: "ann".to_owned(),
        token: token.clone(),
        password: None,
        certificate: None,
    };
    world.handle(&mut ann, unlock);
    assert_eq!(loaded(&ann).0.unwrap().token, token);
    world.handle(&mut ann, VaultEffect::DropToken);
    assert_eq!(loaded(&ann).0.unwrap().token, None);
}

#[test]
fn if_only_a_message_was_refused_those_after_it_keep_their_bytes() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    let (first, second) = (ann.queue(WITH_BOB, "1"), ann.queue(WITH_BOB, "2"));
    let refused = world.seal(&mut ann, first).unwrap();
    world.packages.extend(refused.packages); // which the server has taken
    let sealed = world.seal(&mut ann, second).unwrap();
    let refusal = Refusal::new(Code::NoSuchFile);
    world.handle(&mut ann, VaultEffect::GiveUp { id: first, refusal, packages_refused: false });
    // The answer to the second is lost. The server knows its id, and takes it again only with the same bytes.
    assert_eq!(world.seal(&mut ann, second).unwrap().message, sealed.message);
    world.take(&mut ann, sealed);
    world.sync(&mut bob, WITH_ANN);
    assert_eq!(bob.texts(), ["1 message of ann is missing", "ann: 2"]);
}
