//! Keys: changed, renewed, accepted, missing, exported.

use crate::world::{ANN, BOB, CAT, Client, IN_ROOM, PASSWORD, START, TAG, World, certify};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use tempfile::TempDir;
use uchat_client::core::{Keys, VaultEffect, VaultEvent};
use uchat_client::vault::keys;
use uchat_protocol::e2e::Header;
use uchat_protocol::{Code, Conversation};

const WITH_ANN: Conversation = Conversation::Friend(ANN);
const WITH_BOB: Conversation = Conversation::Friend(BOB);

fn accept(world: &mut World, client: &mut Client, user: u64) {
    let events = world.handle(client, VaultEffect::AcceptKey { tag: TAG, user });
    assert!(matches!(events[..], [VaultEvent::Done { .. }]), "{events:?}");
}

#[test]
fn between_friends_a_changed_key_stops_everything_until_it_is_accepted() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    world.say(&mut ann, WITH_BOB, "hi");
    world.sync(&mut bob, WITH_ANN);
    world.say(&mut bob, WITH_ANN, "hello");
    world.sync(&mut ann, WITH_BOB);
    // Bob has lost his device and makes new keys.
    let mut bob = world.stranger(BOB);
    world.install(&mut bob, 3);
    world.say(&mut bob, WITH_ANN, "it is me, with new keys");
    world.sync(&mut ann, WITH_BOB); // the package is not signed with the old keys: ask for the certificate
    assert_eq!(ann.changed, [BOB]);
    let texts = ann.texts();
    assert!(texts[1].starts_with("the keys of bob have changed"), "{texts:?}");
    assert_eq!(texts.len(), 2);
    let id = ann.queue(WITH_BOB, "who are you?");
    assert_eq!(world.seal(&mut ann, id).unwrap_err().0, Code::KeyChanged);
    // Asked again, the same change is no news.
    let again = world.certificates_of(&[BOB]);
    world.handle(&mut ann, again);
    assert_eq!(ann.changed, [BOB]);

    accept(&mut world, &mut ann, BOB);
    assert_eq!(ann.texts()[2], "bob: it is me, with new keys");
    let sealed = world.seal(&mut ann, id).unwrap();
    world.take(&mut ann, sealed);
    world.sync(&mut bob, WITH_ANN);
    assert_eq!(bob.texts().last().unwrap(), "ann: who are you?");
    let events = world.handle(&mut ann, VaultEffect::AcceptKey { tag: TAG, user: BOB });
    assert!(matches!(events[..], [VaultEvent::Failed { .. }]));
}

#[test]
fn after_a_log_in_the_first_message_looks_for_changed_keys_even_in_a_chain_that_goes_on() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    world.say(&mut ann, WITH_BOB, "hi");
    world.install(&mut bob, 3);
    assert_eq!(world.log_in(&mut ann), Keys::Ready);
    let id = ann.queue(WITH_BOB, "for whom is this?");
    assert_eq!(world.seal(&mut ann, id).unwrap_err().0, Code::KeyChanged);
    assert_eq!(ann.changed, [BOB]);
    // The old keys come back: that was somebody who had meddled with them.
    world.install(&mut bob, 1);
    assert_eq!(world.log_in(&mut ann), Keys::Ready);
    let certificates = world.certificates_of(&[BOB]);
    world.handle(&mut ann, certificates);
    assert_eq!(ann.texts().last().unwrap(), "the keys of bob are the known ones again");
    world.seal(&mut ann, id).unwrap();
}

#[test]
fn in_a_room_who_has_changed_keys_is_left_out_and_nobody_else_waits() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    let mut cat = world.client(CAT);
    world.room(&mut [&mut ann, &mut bob, &mut cat]);
    world.sync(&mut ann, IN_ROOM);
    world.say(&mut ann, IN_ROOM, "one");
    world.install(&mut bob, 3);
    let certificates = world.certificates_of(&[BOB]);
    world.handle(&mut ann, certificates);
    assert_eq!(ann.changed, [BOB]);
    world.say(&mut ann, IN_ROOM, "two");
    assert_eq!(Header::parse(&world.packages[1].header).unwrap().listed(BOB), None);
    world.sync(&mut bob, IN_ROOM);
    world.say(&mut bob, IN_ROOM, "from bob");
    world.sync(&mut cat, IN_ROOM);
    world.say(&mut cat, IN_ROOM, "from cat");
    world.sync(&mut ann, IN_ROOM);
    assert_eq!(ann.texts().last().unwrap(), "cat: from cat");
    assert!(!ann.texts().contains(&"bob: from bob".to_owned()));
    accept(&mut world, &mut ann, BOB);
    assert_eq!(ann.texts().last().unwrap(), "bob: from bob");
}

#[test]
fn a_renewed_certificate_of_the_same_keys_is_no_change() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    world.say(&mut ann, WITH_BOB, "hi");
    world.pass(340 * 24 * 60 * 60 * 1000);
    assert_eq!(world.log_in(&mut bob), Keys::Uncertified); // it ends soon
    let events = bob.store.handle(VaultEffect::MakeRequest { tag: TAG, email: String::new() });
    let [VaultEvent::KeysMade { csr, .. }] = &events[..] else { panic!("{events:?}") };
    let der = certify(csr, "bob", world.now());
    world.certificates.insert(BOB, der.clone());
    let events = world.handle(&mut bob, VaultEffect::SetCertificate { tag: TAG, der });
    assert!(matches!(events[..], [VaultEvent::Done { .. }]), "{events:?}");
    assert_eq!(world.log_in(&mut bob), Keys::Ready);
    let certificates = world.certificates_of(&[BOB]);
    world.handle(&mut ann, certificates);
    assert!(ann.changed.is_empty());
    world.say(&mut ann, WITH_BOB, "still you");
    world.sync(&mut bob, WITH_ANN);
    assert_eq!(bob.texts(), ["ann: hi", "ann: still you"]);
}

#[test]
fn keys_are_made_certified_and_opened_again_by_the_password_alone() {
    let mut world = World::new();
    let mut cat = world.stranger(CAT);
    assert_eq!(world.log_in(&mut cat), Keys::Missing);
    let make = VaultEffect::MakeKeys { tag: TAG, password: PASSWORD.into(), email: "c@d.e".to_owned() };
    let events = world.handle(&mut cat, make);
    let [VaultEvent::KeysMade { csr, .. }] = &events[..] else { panic!("{events:?}") };
    let other = certify(csr, "somebody else", world.now());
    let events = world.handle(&mut cat, VaultEffect::SetCertificate { tag: TAG, der: other });
    assert!(
        matches!(&events[..], [VaultEvent::Failed { refusal, .. }] if refusal.code == Code::BadCertificate)
    );
    let der = certify(csr, "cat", world.now());
    world.certificates.insert(CAT, der.clone());
    world.handle(&mut cat, VaultEffect::SetCertificate { tag: TAG, der });
    #[cfg(unix)]
    for file in ["keys.pem", "history.db"] {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(cat.dir.path().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    cat.reopen();
    assert_eq!(world.log_in(&mut cat), Keys::Ready);
    // A log-in without a password, as after a lost connection, finds them open.
    let resume = |password| VaultEffect::Unlock {
        tag: TAG,
        user: CAT,
        name: "cat".to_owned(),
        token: Some(vec![1; 32]),
        password,
        certificate: None,
    };
    let events = world.handle(&mut cat, resume(None));
    assert!(matches!(events[..], [VaultEvent::Unlocked { keys: Keys::Uncertified, .. }]), "{events:?}");
    world.handle(&mut cat, VaultEffect::Lock);
    let events = world.handle(&mut cat, resume(None));
    assert!(matches!(events[..], [VaultEvent::Unlocked { keys: Keys::Missing, .. }]), "{events:?}");
}

#[test]
fn with_another_password_the_keys_are_missing_until_they_are_imported() {
    let mut world = World::new();
    let mut ann = world.client(ANN);
    let exported = keys::export(ann.dir.path(), PASSWORD, "a passphrase").unwrap();
    assert!(keys::export(ann.dir.path(), "wrong", "a passphrase").is_err());
    let change =
        |old: &str, new: &str| VaultEffect::ChangePassword { tag: TAG, old: old.into(), new: new.into() };
    let events = world.handle(&mut ann, change("wrong", "whatever"));
    assert!(
        matches!(&events[..], [VaultEvent::Failed { refusal, .. }] if refusal.code == Code::WrongPassword)
    );
    let events = world.handle(&mut ann, change(PASSWORD, "another one"));
    assert!(matches!(events[..], [VaultEvent::Done { .. }]), "{events:?}");
    ann.reopen();
    assert_eq!(world.log_in(&mut ann), Keys::Missing);
    assert!(ann.warnings[0].contains("import the key file"), "{:?}", ann.warnings);
    keys::import(ann.dir.path(), &exported, "a passphrase", PASSWORD).unwrap();
    assert_eq!(world.log_in(&mut ann), Keys::Ready);
}

#[test]
fn what_comes_while_the_keys_are_missing_is_read_once_they_are_there() {
    let mut world = World::new();
    let (mut ann, bob) = world.pair();
    world.say(&mut ann, WITH_BOB, "early");
    let mut second = world.stranger(BOB);
    assert_eq!(world.log_in(&mut second), Keys::Missing);
    world.sync(&mut second, WITH_ANN);
    assert!(second.texts().is_empty());
    let exported = keys::export(bob.dir.path(), PASSWORD, "passphrase").unwrap();
    keys::import(second.dir.path(), &exported, "passphrase", PASSWORD).unwrap();
    assert_eq!(world.log_in(&mut second), Keys::Ready);
    assert_eq!(second.texts(), ["ann: early"]);
}

#[test]
fn forgetting_leaves_nothing() {
    let mut world = World::new();
    let (mut ann, _bob) = world.pair();
    world.say(&mut ann, WITH_BOB, "a very secret sentence");
    world.handle(&mut ann, VaultEffect::Forget { tag: TAG });
    assert!(ann.history(WITH_BOB, None).is_empty());
    let folder = ann.dir.path().to_owned();
    drop(ann.store); // a database that is closed has no log beside it
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.windows(11).any(|part| part == b"very secret"), "{}", path.display());
        assert_ne!(path.extension().unwrap(), "pem");
    }
}

/// Another device of ann, whose clock is four minutes behind.
fn behind() -> Client {
    Client::open(ANN, Arc::new(TempDir::new().unwrap()), &Arc::new(AtomicU64::new(START - 240_000)), true)
}

#[test]
fn a_device_whose_clock_is_behind_is_not_taken_for_a_replay_after_an_import() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    world.say(&mut ann, WITH_BOB, "from the old device");
    world.sync(&mut bob, WITH_ANN);
    let mut second = behind();
    std::fs::copy(ann.dir.path().join("keys.pem"), second.dir.path().join("keys.pem")).unwrap();
    assert_eq!(world.log_in(&mut second), Keys::Ready);
    world.sync(&mut second, WITH_BOB);
    world.say(&mut second, WITH_BOB, "from the new one");
    world.sync(&mut bob, WITH_ANN);
    assert_eq!(bob.texts(), ["ann: from the old device", "ann: from the new one"]);
}

#[test]
fn a_device_whose_clock_is_behind_is_not_taken_for_a_replay_after_new_keys() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    world.say(&mut ann, WITH_BOB, "with the old keys");
    world.sync(&mut bob, WITH_ANN);
    let mut second = behind();
    world.install(&mut second, 3);
    world.sync(&mut second, WITH_BOB);
    world.say(&mut second, WITH_BOB, "with the new ones");
    world.sync(&mut bob, WITH_ANN);
    accept(&mut world, &mut bob, ANN);
    assert_eq!(bob.texts().last().unwrap(), "ann: with the new ones");
}
