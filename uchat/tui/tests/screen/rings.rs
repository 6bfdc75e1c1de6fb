//! Which messages ring.

use crate::chatting::{Chatting, message};
use crate::harness::NOON;
use uchat_client::core::{Notice, Shown, With};
use uchat_tui::app::{Effect, Event, Settings};

/// The notifications so far.
fn rings(chat: &Chatting) -> Vec<(String, String)> {
    let rings = chat.screen.effects.iter().filter_map(|effect| match effect {
        Effect::Notify { title, body } => Some((title.clone(), body.clone())),
        _ => None,
    });
    rings.collect()
}

#[test]
fn a_conversation_rings_at_most_once_a_second_and_never_while_it_is_open_before_somebody() {
    let settings = Settings { bell: true, ..Settings::default() };
    let mut chat = Chatting::new(settings, (80, 24), vec![message("bob", 1, "x")]);
    chat.comes(message("bob", 2, "seen"));
    chat.key("f1");
    chat.comes(message("bob", 3, "the window is there still"));
    chat.key("esc");
    assert!(rings(&chat).is_empty());
    chat.screen.happens(Event::Attention(false));
    for seq in 4..10 {
        chat.comes(message("bob", seq, "one of many"));
    }
    chat.screen
        .notice(Notice::Message(Shown { with: With::User("carol".into()), ..message("carol", 1, "hi") }));
    let (bob, carol) = (("bob".to_owned(), "one of many".to_owned()), ("carol".to_owned(), "hi".to_owned()));
    assert_eq!(rings(&chat), [bob, carol]);
    chat.screen.later(1_000);
    chat.comes(message("bob", 10, "later"));
    assert_eq!(rings(&chat).len(), 3);
}

#[test]
fn what_is_muted_is_silent_but_a_room_rings_for_whom_it_calls() {
    let room = With::Room(7);
    let muted = [room.clone(), With::User("carol".into())].into_iter().collect();
    let settings = Settings { bell: true, muted, ..Settings::default() };
    let mut chat = Chatting::new(settings, (80, 24), vec![message("bob", 1, "x")]);
    chat.screen.notice(Notice::Room { room: 7, name: "class".into(), member: true });
    let carol = |seq, with: &With, mentioned| Shown {
        with: with.clone(),
        mentioned,
        time: NOON,
        ..message("carol", seq, "@ann look")
    };
    chat.comes(carol(1, &room, false));
    chat.comes(carol(2, &With::User("carol".into()), true));
    assert!(rings(&chat).is_empty());
    chat.comes(carol(3, &room, true));
    assert_eq!(rings(&chat), [("class".to_owned(), "carol: @ann look".to_owned())]);
}

fn asks(chat: &mut Chatting, name: &str) {
    chat.screen.notice(Notice::FriendRequest { username: name.into() });
}

#[test]
fn who_asks_to_be_a_friend_rings_once_and_all_of_them_together_at_most_once_a_second() {
    let settings = Settings { bell: true, ..Settings::default() };
    let mut chat = Chatting::new(settings, (80, 24), vec![message("bob", 1, "x")]);
    for name in ["eve", "eve", "mallory"] {
        asks(&mut chat, name);
    }
    let eve = ("eve".to_owned(), "wants to be your friend".to_owned());
    assert_eq!(rings(&chat), [eve]);
    chat.screen.later(1_000);
    asks(&mut chat, "mallory");
    assert_eq!(rings(&chat).len(), 1, "that one is known");
    asks(&mut chat, "oscar");
    assert_eq!(rings(&chat).len(), 2);
}

#[test]
fn a_friend_request_keeps_to_the_settings_and_is_silent_where_the_requests_are_looked_at() {
    let silent = Settings { bell: false, ..Settings::default() };
    let muted = [With::User("eve".into())].into_iter().collect();
    for settings in [silent, Settings { bell: true, muted, ..Settings::default() }] {
        let mut chat = Chatting::new(settings, (80, 24), vec![message("bob", 1, "x")]);
        asks(&mut chat, "eve");
        assert!(rings(&chat).is_empty());
    }
    let settings = Settings { bell: true, ..Settings::default() };
    let mut chat = Chatting::new(settings, (80, 24), vec![message("bob", 1, "x")]);
    chat.key("ctrl-r");
    asks(&mut chat, "eve");
    assert!(rings(&chat).is_empty());
    chat.screen.shows("eve");
    chat.screen.happens(Event::Attention(false));
    asks(&mut chat, "mallory");
    assert_eq!(rings(&chat).len(), 1);
}
