//! Edits, deletions and reactions: who may change what, and in which order.

use crate::world::{ANN, BOB, CAT, Client, IN_ROOM, TAG, World, change, text};
use std::sync::Arc;
use tempfile::TempDir;
use uchat_client::core::{DeliveryState, Shown, VaultEffect, VaultEvent};
use uchat_protocol::content::Kind;
use uchat_protocol::{Code, Conversation, Envelope, MessageId, Refusal, limits};

pub(crate) const WITH_ANN: Conversation = Conversation::Friend(ANN);
pub(crate) const WITH_BOB: Conversation = Conversation::Friend(BOB);

/// Text, edited, deleted, and the reactions as `👍 ann,bob`.
pub(crate) fn state(shown: &Shown) -> (Option<&str>, bool, bool, Vec<String>) {
    let reactions = shown.reactions.iter().map(|one| format!("{} {}", one.emoji, one.from.join(",")));
    (shown.text.as_deref(), shown.edited, shown.deleted, reactions.collect())
}

pub(crate) fn refused(events: &[VaultEvent]) -> (Code, &str) {
    match events {
        [VaultEvent::Failed { refusal, .. }] => (refusal.code, &refusal.text),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_edit_is_shown_at_once_here_and_once_it_has_come_there() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    let id = world.say(&mut ann, WITH_BOB, "helo");
    world.sync(&mut bob, WITH_ANN);
    let (edit, events) = ann.change(Kind::Edit, id, "hello");
    let [VaultEvent::Queued { queued, shown }, VaultEvent::Received { summary, .. }] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!((queued.id, queued.changes, shown.text.as_deref()), (edit, Some(id), Some("hello")));
    assert_eq!(summary.last.as_deref(), Some("hello"));
    assert_eq!(state(&ann.reshown[0]), (Some("hello"), true, false, vec![]));
    assert_eq!(ann.reshown[0].state, Some(DeliveryState::Queued));
    assert_eq!(ann.history(WITH_BOB, Some("hello")), ["hello"]);
    assert!(ann.history(WITH_BOB, Some("helo")).is_empty());

    let sealed = world.seal(&mut ann, edit).unwrap();
    world.take(&mut ann, sealed);
    assert_eq!(ann.states.last(), Some(&(edit, DeliveryState::Stored)));
    let stored = ann.reshown.last().unwrap();
    assert_eq!(
        (state(stored), stored.state),
        ((Some("hello"), true, false, vec![]), Some(DeliveryState::Stored))
    );
    world.sync(&mut bob, WITH_ANN);
    assert_eq!(bob.texts(), ["ann: helo"]);
    assert_eq!(bob.reshown.iter().map(state).collect::<Vec<_>>(), [(Some("hello"), true, false, vec![])]);
    for client in [&mut ann, &mut bob] {
        let with = if client.user == ANN { WITH_BOB } else { WITH_ANN };
        assert_eq!(
            client.page(with).iter().map(state).collect::<Vec<_>>(),
            [(Some("hello"), true, false, vec![])]
        );
        assert_eq!(client.history(with, Some("hello")).len(), 1);
        assert!(client.history(with, Some("helo")).is_empty());
    }
}

#[test]
fn everybody_in_a_room_reacts_and_takes_it_back_as_often_as_they_like() {
    let mut world = World::new();
    let (mut ann, mut bob, mut cat) = (world.client(ANN), world.client(BOB), world.client(CAT));
    world.room(&mut [&mut ann, &mut bob, &mut cat]);
    for client in [&mut ann, &mut bob] {
        world.sync(client, IN_ROOM);
    }
    let id = world.say(&mut ann, IN_ROOM, "cake?");
    for client in [&mut bob, &mut cat] {
        world.sync(client, IN_ROOM);
    }
    world.change(&mut bob, Kind::React, id, "🍰");
    assert!(matches!(bob.change(Kind::React, id, "🍰").1[..], [VaultEvent::Done { .. }]), "it is there");
    world.change(&mut cat, Kind::React, id, "👍");
    world.sync(&mut cat, IN_ROOM);
    world.change(&mut cat, Kind::React, id, "🍰");
    for client in [&mut ann, &mut bob, &mut cat] {
        world.sync(client, IN_ROOM);
        let page = client.page(IN_ROOM);
        let (_, _, _, reactions) = state(page.last().unwrap());
        assert_eq!(reactions, ["🍰 bob,cat", "👍 cat"], "{}", client.user);
    }
    world.change(&mut bob, Kind::Unreact, id, "🍰");
    assert!(matches!(bob.change(Kind::Unreact, id, "🍰").1[..], [VaultEvent::Done { .. }]), "it is gone");
    for client in [&mut ann, &mut bob, &mut cat] {
        world.sync(client, IN_ROOM);
        let page = client.page(IN_ROOM);
        assert_eq!(state(page.last().unwrap()).3, ["👍 cat", "🍰 cat"], "{}", client.user);
    }
    let told: Vec<String> = ann.shown.iter().filter_map(|shown| shown.from.clone()).collect();
    assert!(told.is_empty(), "no reaction is a message: {told:?}");
}

#[test]
fn only_the_author_edits_and_deletes_and_only_in_that_conversation() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    let in_room = {
        world.room(&mut [&mut ann, &mut bob]);
        world.sync(&mut ann, IN_ROOM);
        world.say(&mut ann, IN_ROOM, "in the room")
    };
    let id = world.say(&mut ann, WITH_BOB, "mine");
    world.sync(&mut bob, WITH_ANN);
    world.sync(&mut bob, IN_ROOM);
    for kind in [Kind::Edit, Kind::Delete] {
        let events = bob.change(kind, id, "yours").1;
        let (code, text) = refused(&events);
        assert_eq!((code, text.contains("only its author")), (Code::NoSuchMessage, true), "{text}");
        world.forge(&mut bob, WITH_ANN, change(kind, id, "yours"));
    }
    // Our own friend edits, in the room, what she has said to us, and the other way round.
    world.forge(&mut ann, IN_ROOM, change(Kind::Edit, id, "elsewhere"));
    world.forge(&mut ann, WITH_BOB, change(Kind::Delete, in_room, ""));
    world.forge(&mut bob, WITH_ANN, change(Kind::React, in_room, "👍"));
    for (with, client) in [(WITH_BOB, &mut ann), (WITH_ANN, &mut bob)] {
        world.sync(client, with);
        world.sync(client, IN_ROOM);
        assert_eq!(state(&client.page(with)[0]), (Some("mine"), false, false, vec![]), "{}", client.user);
    }
    let page = bob.page(IN_ROOM);
    assert_eq!(state(page.last().unwrap()), (Some("in the room"), false, false, vec![]));
    assert!(bob.reshown.is_empty(), "{:?}", bob.reshown);
}

#[test]
fn a_copied_id_does_not_draw_reactions_to_the_copy() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    world.room(&mut [&mut ann, &mut bob]);
    world.sync(&mut ann, IN_ROOM);
    let id = world.say(&mut ann, IN_ROOM, "the first");
    world.sync(&mut bob, IN_ROOM);
    world.pass(1000);
    let copy = VaultEffect::Queue { tag: TAG, id, conversation: IN_ROOM, content: text("the copy") };
    bob.store.handle(copy);
    let sealed = world.seal(&mut bob, id).unwrap();
    world.take(&mut bob, sealed);
    world.sync(&mut ann, IN_ROOM);
    world.change(&mut ann, Kind::React, id, "👍");
    let page = ann.page(IN_ROOM);
    let reactions: Vec<_> =
        page.iter().filter(|m| m.from.is_some()).map(|m| (m.id, m.reactions.len())).collect();
    assert_eq!(reactions, [(Some(id), 1), (None, 0)], "nothing can be said about the copy");
    assert_eq!(refused(&bob.change(Kind::Delete, MessageId([9; 16]), "").1).0, Code::NoSuchMessage);
}

#[test]
fn a_flood_of_reactions_has_bounds_and_is_told_once() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    let id = world.say(&mut ann, WITH_BOB, "react!");
    world.sync(&mut bob, WITH_ANN);
    let emoji = |n: u32| char::from_u32(0x1f400 + n).unwrap().to_string();
    for n in 0..60 {
        world.forge(&mut bob, WITH_ANN, change(Kind::React, id, &emoji(n)));
        world.forge(&mut bob, WITH_ANN, change(Kind::React, id, &emoji(0)));
    }
    world.sync(&mut ann, WITH_BOB);
    assert_eq!(ann.reshown.len(), 1, "told once for all that came together");
    assert_eq!(ann.page(WITH_BOB)[0].reactions.len(), limits::REACTIONS);
    let events = ann.change(Kind::React, id, &emoji(70)).1;
    assert_eq!(refused(&events).0, Code::BadField);
    world.change(&mut ann, Kind::React, id, &emoji(3)); // one that is there already
}

#[test]
fn a_change_that_comes_before_its_message_waits_for_it() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    let id = ann.queue(WITH_BOB, "put off");
    let (edit, _) = ann.change(Kind::Edit, id, "edited");
    let (message, change_of_it) = (world.seal(&mut ann, id).unwrap(), world.seal(&mut ann, edit).unwrap());
    // The server has put the message off, and taken what was behind it.
    world.packages.extend(message.packages.clone());
    world.take(&mut ann, change_of_it);
    world.sync(&mut bob, WITH_ANN);
    let said = |bob: &Client| bob.shown.iter().filter(|shown| shown.from.is_some()).map(state).count();
    assert_eq!((said(&bob), bob.reshown.len()), (0, 0));
    world.take(&mut ann, message);
    world.sync(&mut bob, WITH_ANN);
    assert_eq!(said(&bob), 1);
    let edited = (Some("edited"), true, false, vec![]);
    assert_eq!(state(bob.shown.last().unwrap()), edited);
    assert_eq!(state(bob.page(WITH_ANN).last().unwrap()), edited);
    assert_eq!(state(ann.page(WITH_BOB).last().unwrap()), edited);
}

#[test]
fn of_changes_whose_message_never_comes_only_some_are_kept() {
    let mut world = World::new();
    let mut ann = Client::open(ANN, Arc::new(TempDir::new().unwrap()), &world.clock, false);
    world.log_in(&mut ann);
    for n in 0..200 {
        let lost = MessageId([n; 16]);
        world.append(BOB, 0, ANN, Envelope::Plain(change(Kind::Edit, lost, "of nothing")), None);
    }
    // One that is still kept, and is about a message of ann's: that it came early does not make it true.
    let id = ann.queue(WITH_BOB, "mine");
    world.append(BOB, 0, ANN, Envelope::Plain(change(Kind::Edit, MessageId([199; 16]), "theirs")), None);
    world.append(CAT, 0, ANN, Envelope::Plain(text("elsewhere")), Some(MessageId([199; 16])));
    world.sync(&mut ann, WITH_BOB);
    let db = rusqlite::Connection::open(ann.dir.path().join("history.db")).unwrap();
    let kept: usize = db.query_row("SELECT COUNT(*) FROM early", [], |row| row.get(0)).unwrap();
    assert_eq!(kept, 64);
    world.sync(&mut ann, Conversation::Friend(CAT));
    assert_eq!(state(&ann.page(Conversation::Friend(CAT))[0]), (Some("elsewhere"), false, false, vec![]));
    assert_eq!((ann.page(WITH_BOB).len(), ann.page(WITH_BOB)[0].id), (1, Some(id)));
}

#[test]
fn the_contact_list_knows_nothing_of_changes_but_what_they_leave() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    world.say(&mut ann, WITH_BOB, "first");
    world.pass(1000);
    let id = world.say(&mut ann, WITH_BOB, "last");
    world.sync(&mut bob, WITH_ANN);
    let time = bob.summaries[&WITH_ANN].time;
    world.handle(&mut bob, VaultEffect::MarkRead(WITH_ANN));
    world.pass(1000);
    world.change(&mut ann, Kind::React, id, "👍");
    world.change(&mut ann, Kind::Edit, id, "the last one");
    world.sync(&mut bob, WITH_ANN);
    let summary = &bob.summaries[&WITH_ANN];
    assert_eq!((summary.last.as_deref(), summary.time, summary.unread), (Some("the last one"), time, 0));
    assert_eq!(summary.have, 4);
    world.change(&mut ann, Kind::Delete, id, "");
    world.sync(&mut bob, WITH_ANN);
    let summary = &bob.summaries[&WITH_ANN];
    assert_eq!((summary.last.as_deref(), summary.unread), (Some("first"), 0));
    assert_eq!(bob.shown.len(), 2, "nothing rings");
    world.handle(&mut bob, VaultEffect::MarkRead(WITH_ANN));
    assert_eq!(bob.summaries[&WITH_ANN].read, 5);
}

#[test]
fn a_change_that_is_refused_is_undone() {
    let mut world = World::new();
    let (mut ann, _bob) = world.pair();
    let id = world.say(&mut ann, WITH_BOB, "as it was");
    for (kind, data) in [(Kind::Edit, "as it would be"), (Kind::Delete, ""), (Kind::React, "👍")] {
        let (change, _) = ann.change(kind, id, data);
        assert_ne!(state(ann.reshown.last().unwrap()), (Some("as it was"), false, false, vec![]));
        world.seal(&mut ann, change).unwrap();
        let refusal = Refusal::new(Code::NotFriends);
        world.handle(&mut ann, VaultEffect::GiveUp { id: change, refusal, packages_refused: false });
        let shown = ann.reshown.last().unwrap();
        assert_eq!(state(shown), (Some("as it was"), false, false, vec![]));
        assert_eq!(shown.state, Some(DeliveryState::Stored));
        let retry = world.handle(&mut ann, VaultEffect::Retry { tag: TAG, id: change });
        assert_eq!(refused(&retry).0, Code::NoSuchMessage);
    }
    assert_eq!(ann.summaries[&WITH_BOB].last.as_deref(), Some("as it was"));
}

#[test]
fn changes_that_wait_survive_a_kill_and_are_sealed_once() {
    let mut world = World::new();
    let (mut ann, mut bob) = world.pair();
    let id = world.say(&mut ann, WITH_BOB, "one");
    let (edit, _) = ann.change(Kind::Edit, id, "two");
    let sealed = world.seal(&mut ann, edit).unwrap();
    ann.reopen();
    world.log_in(&mut ann);
    assert_eq!(state(&ann.page(WITH_BOB)[0]), (Some("two"), true, false, vec![]));
    let again = world.seal(&mut ann, edit).unwrap();
    assert_eq!(again.message, sealed.message);
    // The answer is lost: it comes back as history, once with its id and once without.
    world.append(ANN, 0, BOB, again.message.message, again.message.id);
    world.sync(&mut ann, WITH_BOB);
    assert_eq!(ann.states, [(edit, DeliveryState::Stored)]);
    let (reaction, _) = ann.change(Kind::React, id, "👍");
    let sealed = world.seal(&mut ann, reaction).unwrap();
    world.append(ANN, 0, BOB, sealed.message.message, None);
    world.sync(&mut ann, WITH_BOB);
    assert_eq!(ann.states.last(), Some(&(reaction, DeliveryState::Stored)));
    world.sync(&mut bob, WITH_ANN);
    for (client, with) in [(&mut ann, WITH_BOB), (&mut bob, WITH_ANN)] {
        let page = client.page(with);
        assert_eq!((page.len(), state(&page[0])), (1, (Some("two"), true, false, vec!["👍 ann".to_owned()])));
    }
    assert_eq!(ann.have(WITH_BOB), 3);
}

#[test]
fn in_clear_it_is_the_same_and_the_later_edit_in_the_order_counts() {
    let mut world = World::new();
    let mut ann = Client::open(ANN, Arc::new(TempDir::new().unwrap()), &world.clock, false);
    world.log_in(&mut ann);
    let theirs = Some(MessageId([1; 16]));
    world.append(BOB, 0, ANN, Envelope::Plain(text("hi")), theirs);
    world.append(BOB, 0, ANN, Envelope::Plain(change(Kind::Edit, MessageId([1; 16]), "hello")), None);
    world.append(CAT, 0, BOB, Envelope::Plain(text("elsewhere")), None);
    world.sync(&mut ann, WITH_BOB);
    assert_eq!(ann.shown.iter().map(state).collect::<Vec<_>>(), [(Some("hello"), true, false, vec![])]);
    let id = world.say(&mut ann, WITH_BOB, "mine");
    // Another session of ours has edited it, and taken a reaction back, before this one did; it hears of that later.
    for (kind, data) in [(Kind::Edit, "older"), (Kind::React, "👍")] {
        world.append(
            ANN,
            0,
            BOB,
            Envelope::Plain(change(kind, id, data)),
            Some(MessageId([2 + kind as u8; 16])),
        );
    }
    world.change(&mut ann, Kind::Edit, id, "newer");
    let (reaction, _) = ann.change(Kind::React, id, "👍");
    let sealed = world.seal(&mut ann, reaction).unwrap();
    world.take(&mut ann, sealed);
    world.change(&mut ann, Kind::Unreact, id, "👍");
    world.sync(&mut ann, WITH_BOB);
    assert_eq!(state(&ann.page(WITH_BOB)[1]), (Some("newer"), true, false, vec![]));
    assert_eq!(ann.have(WITH_BOB), 8);
}
