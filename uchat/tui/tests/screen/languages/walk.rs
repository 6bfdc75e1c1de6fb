//! All screens in Chinese: what is left in Latin letters is a name, a key, or what people have written.

use super::*;
use crate::chatting::{Chatting, id_of, message};
use crate::harness::{NOON, Screen};
use crate::inspector::inspected;
use crate::world::{asked, lively, members, open, settings};
use crate::{demo, start};
use uchat_client::core::{Answer, Command, Connection, DeliveryState, Notice, Shown, With};
use uchat_protocol::inspect::Layer;
use uchat_protocol::{Code, Operation, Refusal};
use uchat_tui::action::Key;
use uchat_tui::app::{Channel, Done, Event, Settings};
use uchat_tui::inspector::field_at;
use uchat_tui::lang::inspect::Explain;
use uchat_tui::theme::Theme;

/// What is the same in every language.
const NAMES: &str = "uchat echo TLS AES CBC HMAC SHA256 MD5 RC4 tls ASCII UTF UTC AEAD HTTPS CA JSON HTML IP English xor int \
    kB MB example org ctrl alt shift Ctrl PgUp PgDn Esc export key NAME lesson LC_ALL png image localhost";

/// What people have written on these screens, their names, and what their files are called.
const WRITTEN: &str = "ann anna bob carol dora eve frank bert somebody ming chat hello hi again see you at eight in front \
    of the library are there yes who brings the cake thanks bye notes txt Pictures mp4 home correct horse server";

fn zh() -> Settings {
    settings(Lang::Zh, Theme::Dark)
}

/// The words in Latin letters that stand there and should not.
fn english(text: &str, more: &str) -> BTreeSet<String> {
    let known: Vec<&str> = [NAMES, WRITTEN, more].iter().flat_map(|words| words.split_whitespace()).collect();
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut found = BTreeSet::new();
    for line in text.lines().filter(|line| !is_dump(line)) {
        for part in line.split(char::is_whitespace) {
            if part.trim_matches(['[', ']']).parse::<Key>().is_ok() {
                continue;
            }
            for word in part.split(|c| !is_word(c)) {
                let letters = word.chars().filter(char::is_ascii_alphabetic).count();
                // The end of a line, or a window, may cut off a part of a word that is known.
                let known = known.iter().any(|known| known.starts_with(word) || known.ends_with(word));
                let of_the_wire = Explain::of_key(word).is_some()
                    || Operation::ALL.iter().any(|operation| operation.name() == word)
                    || word.parse::<Key>().is_ok();
                if letters > 1 && !known && !of_the_wire {
                    found.insert(word.to_owned());
                }
            }
        }
    }
    found
}

/// Bytes in hexadecimal digits, and beside them as characters.
fn is_dump(line: &str) -> bool {
    let digits = |word: &&str| [2, 4].contains(&word.len()) && word.chars().all(|c| c.is_ascii_hexdigit());
    line.split_whitespace().filter(digits).count() > 3
}

fn check(what: &str, text: &str, more: &str) {
    let left = english(text, more);
    assert!(left.is_empty(), "{what}: {left:?} in\n{text}");
    has_no_english(what, text);
}

#[test]
fn the_first_screens() {
    for (what, stage) in start::stages() {
        check(what, &stage(zh(), (80, 24)).text(), "");
    }
    let mut screen = Screen::new(zh(), (80, 24), None);
    let sentences = [
        "cannot start the private server: Permission denied (os error 13)",
        "this invite cannot be used: an invite begins with uchat://; copy the whole line",
        "chat.example.org:2333 is remembered as your server, but cannot be used now: cannot connect to \
         chat.example.org port 2333: nobody listens there; is the server running there?",
    ];
    for sentence in sentences {
        screen.happens(Event::Done(Done::NotOpened(sentence.into())));
        check("not opened", &screen.text(), "");
    }
}

#[test]
fn every_window() {
    let words = "abandon ability able about above absent absorb abstract absurd abuse access accident account \
        accuse achieve acid";
    each_window(Lang::Zh, |what, screen| check(what, &screen.text(), words));
}

#[test]
fn the_main_screen_with_nothing_with_a_friend_and_with_a_room() {
    let mut screen = lively(zh(), (130, 40));
    check("nothing open", &screen.text(), "");
    open(&mut screen, &With::User("bob".into()));
    check("a friend", &screen.text(), "");
    screen.key("ctrl-p");
    check("a message selected", &screen.text(), "");
    screen.key("esc");
    screen.click_on("旅行计划");
    let lines = [
        "小明 made this room",
        "bob joined the room",
        "in this room are: bob, ann",
        "bob was removed from the room",
        "the room belongs to ann now",
        "bob left the room",
        "2 messages of bob are missing",
        "a message of bob cannot be read: its key is not here (it was sent before you had keys, or to another device)",
    ];
    let line = |(seq, text): (u64, &str)| Shown {
        id: None,
        from: None,
        with: With::Room(12),
        ..message("bob", seq, text)
    };
    let (id, _) = asked(&screen, |command| matches!(command, Command::History { .. }));
    let messages = (1..).zip(lines).map(line).collect();
    screen.answer(id, Ok(Answer::Messages { messages }));
    members(&mut screen);
    screen.shows("bob 被移出了房间");
    check("a room", &screen.text(), "");
    screen.notice(Notice::Message(line((9, "eve joined the room"))));
    assert_eq!(screen.text().matches("eve 加入了房间").count(), 2, "in the chat and in the list");
    let (state, reason, code) = (Connection::Offline, Some(Code::Offline.text().to_owned()), None);
    screen.notice(Notice::Connection { state, reason, code, retry_in: Some(4_000) });
    check("offline", &screen.text(), "");
    for lesson in 1..=7 {
        let channel = Channel { lesson: Some(lesson), server: "localhost:2333".into(), ..Channel::default() };
        screen.happens(Event::Done(Done::Opened(channel, None)));
        check("a lesson", &screen.text(), "");
    }
}

#[test]
fn messages_in_every_state_and_every_refusal() {
    use DeliveryState::{Delivered, Failed, Queued, Read, Sent, Stored};
    let states = [Queued, Sent, Stored, Delivered, Read, Failed];
    let of = |(seq, state)| Shown { state: Some(state), time: NOON, ..message("ann", seq, "你好") };
    let mut store: Vec<Shown> = (1..).zip(states).map(of).collect();
    store.push(Shown { deleted: true, ..message("bob", 7, "") });
    store.push(Shown {
        encrypted: false,
        reply_to: Some(id_of(99)),
        edited: true,
        ..message("bob", 8, "好")
    });
    let mut chat = Chatting::with_unread(zh(), (100, 40), store, 1);
    for code in Code::ALL {
        chat.screen.notice(Notice::Delivery {
            id: id_of(6),
            state: Failed,
            seq: None,
            time: None,
            changes: None,
            reason: Some(code.text().to_owned()),
            code: Some(code.name()),
        });
        check(code.name(), &chat.screen.text(), "");
        let refusal = Refusal::new(*code).retry_after(3_000);
        let text = uchat_tui::lang::codes::say(Lang::Zh, &refusal);
        check(code.name(), &text, "name");
    }
}

#[test]
fn the_inspector() {
    let mut screen = inspected(zh(), (110, 50), "你好");
    let inspector = screen.app.inspector.as_ref().unwrap();
    let id = inspector.id;
    let mut seen = BTreeSet::new();
    for transport in uchat_protocol::channel::Transport::ALL {
        let layers: Vec<Layer> = traces::layers(transport);
        let mut fields = Vec::new();
        for (number, layer) in layers.iter().enumerate() {
            for leaf in layer.labelled.leaves() {
                let field = field_at(&layer.labelled, leaf.range.start, Lang::Zh);
                let Some(field) = field else { continue }; // it has no bytes
                if seen.insert((format!("{:?}", layer.kind), field.path, field.value)) {
                    fields.push((number, leaf.range.start));
                }
            }
        }
        screen.happens(Event::Done(Done::Inspected(id, Some(layers))));
        for (layer, at) in fields {
            let inspector = screen.app.inspector.as_mut().unwrap();
            (inspector.layer, inspector.at) = (layer, at);
            screen.happens(Event::Tick);
            check(&format!("{transport:?}, byte {at} of layer {layer}"), &screen.text(), "nothing half list");
        }
    }
    screen.happens(Event::Done(Done::Inspected(id, None)));
    check("gone", &screen.text(), "");
}

#[test]
fn the_demo_from_the_first_step_to_the_last() {
    for lesson in [None, Some(1)] {
        demo::each_step(Lang::Zh, lesson, |what, text| {
            check(what, &text.replace("Hello bob! Who else can read this?", ""), "again");
        });
    }
}
