//! A message from the inside, on the screen.

use crate::harness::{Screen, friend, text_of};
use uchat_client::core::{Answer, Command, Notice, With};
use uchat_protocol::channel::{Carried, Lesson, Transport, Went};
use uchat_protocol::content::Letter;
use uchat_protocol::inspect::{Layer, Travelled};
use uchat_protocol::request::SendMessage;
use uchat_protocol::{Content, Envelope, MessageId, Request};
use uchat_tui::app::{Done, Effect, Event, Job, Settings};
use uchat_tui::lang::Lang;

/// The layers of a text as it travels on lesson 4: everything readable.
fn layers(id: MessageId, text: &str) -> Vec<Layer> {
    let content = Content { data: text.to_owned(), ..Content::default() };
    let message =
        SendMessage { target_type: 0, target_id: 2, message: Envelope::Plain(content), id: Some(id) };
    let bytes = Request::SendMessage(message).to_message().unwrap().to_bytes().unwrap();
    let wire = [&u32::try_from(bytes.len()).unwrap().to_be_bytes()[..], &bytes].concat();
    let carried = Carried { went: Went::Out, sequence: None, wire, text: bytes };
    Travelled::find(Transport::Lesson(Lesson::Frames), &carried, &id.0, text).unwrap().layers()
}

/// A chat with bob in which one message stands, and the inspector that looks at it.
pub fn inspected(settings: Settings, size: (u16, u16), text: &str) -> Screen {
    let mut screen = Screen::logged_in(settings, size, vec![friend("bob", true)]);
    screen.click_on("bob");
    let with = With::User("bob".into());
    let history = screen.effects.iter().find_map(|effect| match effect {
        Effect::Command(id, Command::History { .. }) => Some(*id),
        _ => None,
    });
    screen.answer(history.unwrap(), Ok(Answer::Messages { messages: vec![text_of("bob", with, 1, text)] }));
    screen.key("f2");
    let asked = screen.effects.iter().rev().find_map(|effect| match effect {
        Effect::Job(Job::Inspect(id, text)) => Some((*id, text.clone())),
        _ => None,
    });
    let (id, asked) = asked.expect("the way of the message is looked up");
    assert_eq!(asked, text);
    let layers = layers(id, text);
    screen.happens(Event::Done(Done::Inspected(id, Some(layers))));
    screen
}

#[test]
fn every_layer_is_there_and_a_byte_is_marked_in_all_of_them() {
    let mut screen = inspected(Settings::default(), (160, 50), "hello");
    for part in
        ["Inside this message", "1 text", "2 messages", "3 frame", "68 65 6c 6c 6f", "what the person wrote"]
    {
        screen.shows(part);
    }
    let linked = screen.app.inspector.as_ref().unwrap().linked();
    let (message, frame) = (linked[1].clone().unwrap(), linked[2].clone().unwrap());
    assert_eq!(frame, message.start + 4..message.end + 4, "a frame has a header of four bytes");
    screen.key("down");
    screen.shows("message › data › text");
    screen.key("down");
    screen.shows("everybody on the way reads it");
    screen.key("home");
    screen.shows("length");
    screen.shows("How many bytes follow.");
    assert_eq!(screen.app.inspector.as_ref().unwrap().linked()[1], None, "the header is of no layer above");
    insta::assert_snapshot!(screen.text());
}

#[test]
fn the_next_field_is_one_key_away_and_a_click_selects_a_byte() {
    let mut screen = inspected(Settings::default(), (160, 50), "hello");
    screen.key("down");
    screen.key("home");
    screen.shows("What is to be done");
    screen.key("ctrl-right");
    screen.shows("The type of the value");
    screen.key("ctrl-left");
    screen.shows("What is to be done");
    screen.click_on("68 65 6c 6c 6f");
    let inspector = screen.app.inspector.as_ref().unwrap();
    assert_eq!((inspector.layer, inspector.at), (0, 0));
    screen.key("esc");
    assert!(screen.app.inspector.is_none());
}

#[test]
fn it_fits_into_the_smallest_usual_terminal_in_both_languages() {
    for lang in Lang::ALL {
        let settings = Settings { lang: *lang, ..Settings::default() };
        let screen = inspected(settings, (80, 24), "你好，世界");
        screen.shows("e4 bd a0");
        insta::assert_snapshot!(format!("small_{}", lang.name()), screen.text());
    }
}

#[test]
fn a_message_that_is_not_known_any_more_says_so() {
    let mut screen = inspected(Settings::default(), (160, 50), "hello");
    let id = screen.app.inspector.as_ref().unwrap().id;
    screen.happens(Event::Done(Done::Inspected(id, None)));
    screen.shows("has not travelled since the program began");
}

#[test]
fn one_goes_on_chatting_while_it_is_open() {
    let mut screen = inspected(Settings::default(), (160, 50), "hello");
    screen.write("no pause");
    screen.shows("no pause");
    screen.key("enter");
    assert!(matches!(screen.last_command().1, Command::Send { .. }));
    screen.shows("Inside this message");
}

#[test]
fn a_letter_explains_each_of_its_fields() {
    let content = Content { data: "hi".to_owned(), fontcolor: "#ff0000".to_owned(), ..Content::default() };
    let letter = Letter { id: MessageId([7; 16]), time: 5, message: content }.to_bytes().unwrap();
    let mut r = anatomy::Reader::traced(&letter);
    framing::read_value(&mut r).unwrap();
    let labelled = r.into_labelled();
    for leaf in labelled.leaves() {
        let field = uchat_tui::inspector::field_at(&labelled, leaf.range.start, Lang::En).unwrap();
        assert_ne!(field.explains, uchat_tui::lang::inspect::Explain::Undecoded, "{}", field.path);
    }
    assert!(labelled.leaves().count() > 10);
}

#[test]
fn a_page_moves_by_rows_of_bytes_and_not_the_conversation() {
    let mut screen = inspected(Settings::default(), (160, 50), &"hello ".repeat(20));
    screen.key("pagedown");
    assert_eq!(screen.app.inspector.as_ref().unwrap().at, 16);
    screen.key("pageup");
    assert_eq!(screen.app.inspector.as_ref().unwrap().at, 0);
}

#[test]
fn it_looks_at_nothing_of_another_conversation() {
    let mut screen = inspected(Settings::default(), (160, 50), "for bob alone");
    screen.notice(Notice::Friend { username: "carol".into(), id: 3, online: true });
    screen.click_on("carol");
    assert!(screen.app.inspector.is_none(), "{}", screen.text());
    let (id, _) = screen.last_command();
    let message = text_of("carol", With::User("carol".into()), 1, "it is me");
    screen.answer(id, Ok(Answer::Messages { messages: vec![message] }));
    screen.shows("“it is me”");
}

#[test]
fn the_layer_one_goes_to_is_always_in_sight() {
    for height in [30, 24, 18] {
        let mut screen = inspected(Settings::default(), (80, height), "hello");
        let inspector = screen.app.inspector.as_ref().unwrap();
        let (id, mut layers) = (inspector.id, inspector.layers().to_vec());
        let frame = layers[2].clone();
        layers.extend([frame.clone(), frame]);
        screen.happens(Event::Done(Done::Inspected(id, Some(layers))));
        for name in ["1 text", "2 messages", "3 frame", "4 frame", "5 frame"] {
            screen.shows(name);
            let text = screen.text();
            let below = text.lines().skip_while(|line| !line.contains(name)).nth(1).unwrap();
            assert!(below.contains("┃00"), "{name} at {height}: no bytes below\n{text}");
            screen.key("down");
        }
    }
}
