//! The pictures in the READMEs, `pictures/*.svg`, show what the screen shows now. Names and texts are made up, the
//! bytes are not.

use crate::chatting::{id_of, message};
use crate::harness::{NOON, Screen, friend, text_of};
use crate::picture::picture;
use crate::readme::same_file;
use crate::world::{asked, lively, members, settings};
use cbc_packet::PacketError;
use certificates::keyed_packet::PacketKeys;
use uchat_client::core::{Answer, Command, Contact, DeliveryState, Notice, Reaction, Shown, With};
use uchat_protocol::channel::{Carried, Transport, Went};
use uchat_protocol::content::Letter;
use uchat_protocol::inspect::{Layer, Sealed, Travelled};
use uchat_protocol::request::SendMessage;
use uchat_protocol::{Content, Encrypted, Envelope, KeyId, MessageId, Request};
use uchat_tui::app::{Done, Event, Settings};
use uchat_tui::lang::Lang;
use uchat_tui::theme::Theme;

#[test]
fn the_welcome() {
    let screen = Screen::new(Settings::default(), (80, 24), None);
    same(
        "welcome",
        &screen,
        "The first screen of uchat: start a private server here, or join friends with an invite",
    );
}

#[test]
fn a_conversation_in_two_languages() {
    let ming = || With::User("小明".into());
    let contacts = vec![
        Contact { last: Some("旧书店门口见".into()), time: NOON, ..friend("小明", true) },
        Contact { last: Some("thanks!".into()), time: NOON - 7_200_000, unread: 2, ..friend("bob", true) },
        friend("echo", true),
        Contact { last: Some("see you".into()), time: NOON - 90_000_000, ..friend("dora", false) },
    ];
    let mut screen = Screen::logged_in(Settings::default(), (100, 30), contacts);
    screen.click_on("小明");
    let says = |from: &str, seq, text: &str| Shown { with: ming(), ..message(from, seq, text) };
    let messages = vec![
        says("小明", 1, "早！今天下午一起去图书馆吗？"),
        says("ann", 2, "Good morning! Yes, gladly. 几点？"),
        Shown {
            reply_to: Some(id_of(2)), ..says("小明", 3, "三点怎么样？我带上密码学那本书 📚")
        },
        Shown {
            reactions: vec![Reaction { emoji: "👍".into(), from: vec!["小明".into()] }],
            ..says("ann", 4, "Three is perfect. The chapter is here:\nhttps://www.rfc-editor.org/rfc/rfc8446")
        },
        says("小明", 5, "太好了。先去旧书店看看？就在学校东门旁边。"),
        Shown { state: Some(DeliveryState::Delivered), ..says("ann", 6, "OK, 旧书店门口见!") },
    ];
    history(&mut screen, messages);
    screen.notice(Notice::Typing { username: "小明".into(), with: ming() });
    screen.write("See you at three");
    let title = "A conversation in uchat: contacts on the left; Ann and 小明 talk in English and Chinese";
    same("conversation", &screen, title);
}

#[test]
fn a_message_from_the_inside() {
    const TEXT: &str = "Meet me at the bridge, 三点";
    let mut screen =
        Screen::logged_in(Settings::default(), (160, 45), vec![friend("bob", true), friend("echo", true)]);
    screen.click_on("bob");
    let messages = vec![
        message("bob", 1, "Where and when?"),
        message("ann", 2, "After the lecture."),
        message("bob", 3, "The lecture ends at two, 对吗?"),
        message("ann", 4, TEXT),
    ];
    history(&mut screen, messages);
    screen.key("f2");
    let id = screen.app.inspector.as_ref().unwrap().id;
    screen.happens(Event::Done(Done::Inspected(id, Some(sealed_twice(id, TEXT)))));
    screen.shows("Inside this message");
    same(
        "inspector",
        &screen,
        "A message from the inside: its text, and the bytes of each layer down to the wire",
    );
}

#[test]
fn the_main_screen_in_chinese() {
    let mut screen = lively(settings(Lang::Zh, Theme::Dark), (130, 30));
    screen.click_on("旅行计划");
    let room = With::Room(12);
    let says = |from: &str, seq, text: &str| Shown {
        state: (from == "ann").then_some(DeliveryState::Stored),
        ..text_of(from, room.clone(), seq, text)
    };
    let messages = vec![
        says("小明", 1, "周末去爬山，谁有空？"),
        says("bob", 2, "Count me in!"),
        says("ann", 3, "我也去。早上八点在地铁站集合？"),
        says("小明", 4, "好，记得带水和雨伞 ☔"),
        says("bob", 5, "@ann who brings the cake?"),
    ];
    history(&mut screen, messages);
    members(&mut screen);
    same("chinese", &screen, "uchat 的中文界面：联系人、群聊和成员列表");
}

/// The client is given what it asked for.
fn history(screen: &mut Screen, messages: Vec<Shown>) {
    let (id, _) = asked(screen, |command| matches!(command, Command::History { .. }));
    screen.answer(id, Ok(Answer::Messages { messages }));
}

/// The layers of a text as it travels on the signed channel: encrypted from end to end, and once more to the server.
pub fn sealed_twice(id: MessageId, text: &str) -> Vec<Layer> {
    let content = Content { data: text.to_owned(), ..Content::default() };
    let letter = Letter { id, time: NOON, message: content }.to_bytes().unwrap();
    let packet = seal(1, &letter);
    let message = Encrypted { key_id: KeyId([9; 16]), index: 0, packet: packet.clone(), signature: None };
    let request =
        SendMessage { target_type: 0, target_id: 2, message: Envelope::Encrypted(message), id: Some(id) };
    let bytes = Request::SendMessage(request).to_message().unwrap().to_bytes().unwrap();
    let carried = Carried { went: Went::Out, sequence: Some(7), wire: seal(7, &bytes), text: bytes };
    let mut travelled = Travelled::find(Transport::Signed, &carried, &packet, text).unwrap();
    let at = carried.text.windows(packet.len()).position(|window| window == packet).unwrap();
    travelled.sealed = Some(Sealed { part: at..at + packet.len(), letter });
    travelled.layers()
}

/// A packet, with keys and an IV that are the same in every run.
pub fn seal(sequence: u64, text: &[u8]) -> Vec<u8> {
    const IV: [u8; 16] = *b"\xd1\x8e\x2f\x90\x07\xbc\x63\xfa\x15\xe8\x4c\x39\xa6\x72\x0b\xd5";
    let mut packet = Vec::new();
    let write = |out: &mut Vec<u8>| {
        out.extend_from_slice(text);
        Ok::<(), PacketError>(())
    };
    PacketKeys::new(&[1; 32], &[2; 32]).seal(sequence, IV, 1 << 16, &mut packet, write).unwrap();
    packet
}

fn same(name: &str, screen: &Screen, title: &str) {
    same_file(&format!("pictures/{name}.svg"), &picture(screen, title));
}
