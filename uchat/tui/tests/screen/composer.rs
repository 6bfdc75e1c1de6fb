//! The composer: what is written, pasted, dropped and sent.

use crate::chatting::{Chatting, message};
use ratatui::layout::Position;
use uchat_client::core::{Command, DeliveryState, Notice};
use uchat_protocol::{Code, Refusal};
use uchat_tui::app::{Effect, Event, Settings};
use uchat_tui::lang::Lang;

fn chat() -> Chatting {
    Chatting::new(Settings::default(), (80, 24), vec![message("bob", 1, "hi")])
}

fn paste(chat: &mut Chatting, text: &str) {
    chat.screen.happens(Event::Paste(text.to_owned()));
    chat.answer();
}

fn sent(chat: &Chatting) -> Vec<(String, u8, String)> {
    let texts = chat.screen.effects.iter().filter_map(|effect| match effect {
        Effect::Command(_, Command::Send { text, fontsize, fontcolor, .. }) => {
            Some((text.clone(), *fontsize, fontcolor.clone()))
        }
        _ => None,
    });
    texts.collect()
}

#[test]
fn the_caret_stands_behind_what_is_written_in_cells() {
    let mut chat = chat();
    let start = chat.screen.caret.unwrap();
    chat.screen.write("a字é👍🏽");
    let caret = chat.screen.caret.unwrap();
    assert_eq!(caret, Position::new(start.x + 1 + 2 + 1 + 2, start.y));
    chat.key("left");
    assert_eq!(chat.screen.caret.unwrap().x, start.x + 4);
    chat.key("backspace");
    chat.screen.shows("a字👍🏽");
    chat.screen.click(start.x + 2, start.y);
    assert_eq!(chat.screen.caret.unwrap().x, start.x + 1);
}

#[test]
fn it_grows_to_a_third_of_the_screen_and_scrolls_inside() {
    let mut chat = chat();
    let frame = |chat: &Chatting| chat.screen.find("Message").unwrap().1;
    let empty = frame(&chat);
    for line in 1..=30 {
        chat.screen.write(&format!("line {line} 行"));
        chat.key("alt-enter");
        let caret = chat.screen.caret.unwrap();
        assert!(caret.y > frame(&chat) && caret.y < 22, "the caret is inside");
    }
    assert!(empty - frame(&chat) >= 3);
    assert!(frame(&chat) >= 14);
    chat.screen.shows("line 30 行");
    assert!(chat.screen.find("line 1 行").is_none());
    insta::assert_snapshot!("composer_full", chat.screen.text());
    for _ in 0..40 {
        chat.key("up");
    }
    chat.screen.shows("line 1 行");
    chat.key("enter");
    assert_eq!(frame(&chat), empty);
    assert_eq!(sent(&chat)[0].0.lines().count(), 30);
}

#[test]
fn colour_and_size_are_words_and_go_with_the_message() {
    let mut chat = chat();
    chat.key("f5");
    chat.screen.shows("f5 colour: red");
    chat.screen.click_on("f5 colour");
    chat.screen.shows("f5 colour: orange");
    chat.key("f6");
    chat.screen.shows("f6 size: large");
    chat.says("big");
    chat.screen.shows("f6 size: large");
    assert_eq!(sent(&chat), [("big".to_owned(), 18, "#e67700".to_owned())]);
    chat.screen.resize(140, 40);
    chat.screen.click_on("●");
    let palette = chat.screen.find("◉");
    assert!(palette.is_some(), "{}", chat.screen.text());
    insta::assert_snapshot!("composer_palette", chat.screen.text());
}

#[test]
fn what_cannot_be_queued_comes_back() {
    let mut chat = chat();
    chat.screen.write("precious");
    chat.screen.key("enter");
    let (id, command) = last_send(&chat);
    assert!(matches!(command, Command::Send { .. }));
    chat.screen.write("next");
    chat.screen.answer(id, Err(Refusal::new(Code::NotFriends)));
    let (x, y) = chat.screen.find("precious").unwrap();
    chat.screen.shows("next");
    assert!(chat.screen.find("Message").unwrap().1 < y && x > 20);
    chat.key("ctrl-c");
    assert!(chat.screen.find("precious").is_none());
    assert!(!chat.screen.effects.iter().any(|effect| matches!(effect, Effect::Quit)));
    chat.key("ctrl-c");
    assert!(matches!(chat.screen.effects.last(), Some(Effect::Quit)));
}

#[test]
fn what_comes_back_cuts_nothing_of_what_was_written_since_though_both_are_more_than_a_message_holds() {
    let (first, second) = ("一".repeat(15_000), "二".repeat(15_000));
    let mut chat = chat();
    chat.screen.happens(Event::Paste(first.clone()));
    chat.screen.key("enter");
    let (id, _) = last_send(&chat);
    chat.screen.happens(Event::Paste(second.clone()));
    chat.screen.answer(id, Err(Refusal::new(Code::NotFriends)));
    chat.screen.shows("waits until this is sent or cleared");
    chat.key("enter");
    chat.key("enter");
    chat.key("enter");
    let texts: Vec<_> = sent(&chat).into_iter().map(|(text, ..)| text).collect();
    assert!(
        texts == [first.clone(), first, second],
        "{:?}",
        texts.iter().map(String::len).collect::<Vec<_>>()
    );
}

#[test]
fn beside_a_change_both_wait_for_its_end() {
    let (first, second) = ("一".repeat(15_000), "二".repeat(15_000));
    let mut chat = Chatting::new(Settings::default(), (80, 24), vec![message("ann", 1, "mine")]);
    chat.screen.happens(Event::Paste(first.clone()));
    chat.screen.key("enter");
    let (id, _) = last_send(&chat);
    chat.screen.happens(Event::Paste(second.clone()));
    chat.screen.key("ctrl-p");
    chat.screen.key("e");
    chat.screen.shows("editing");
    chat.screen.answer(id, Err(Refusal::new(Code::NotFriends)));
    chat.screen.shows("editing");
    chat.key("esc");
    chat.key("enter");
    chat.key("enter");
    let texts: Vec<_> = sent(&chat).into_iter().map(|(text, ..)| text).collect();
    assert!(
        texts == [first.clone(), first, second],
        "{:?}",
        texts.iter().map(String::len).collect::<Vec<_>>()
    );
}

#[test]
fn a_change_that_comes_back_takes_nothing_of_the_next_one_away() {
    let store = vec![message("ann", 1, "one"), message("ann", 2, "two")];
    let mut chat = Chatting::new(Settings::default(), (80, 24), store);
    let change = |chat: &mut Chatting, ups: usize, text: &str| {
        (0..ups).for_each(|_| chat.screen.key("ctrl-p"));
        chat.screen.key("e");
        chat.screen.write(text);
    };
    change(&mut chat, 1, " is changed");
    chat.screen.key("enter");
    let (id, command) = chat.screen.last_command();
    assert!(matches!(command, Command::Edit { .. }), "{command:?}");
    change(&mut chat, 2, " as well");
    chat.screen.answer(id, Err(Refusal::new(Code::Offline)));
    let written = |chat: &Chatting| chat.screen.app.view.drafts[&chat.with].editor.text().to_owned();
    assert_eq!(written(&chat), "two is changed");
    chat.screen.key("esc");
    assert_eq!(written(&chat), "one as well");
}

fn last_send(chat: &Chatting) -> (u64, Command) {
    let last = chat.screen.effects.iter().rev().find_map(|effect| match effect {
        Effect::Command(id, command @ Command::Send { .. }) => Some((*id, command.clone())),
        _ => None,
    });
    last.unwrap()
}

#[test]
fn nothing_but_spaces_is_not_sent() {
    let mut chat = chat();
    for text in ["", "  ", "\n\n"] {
        paste(&mut chat, text);
        chat.key("enter");
    }
    assert_eq!(sent(&chat), []);
}

#[test]
fn a_paste_is_text_whatever_stands_in_it_and_what_does_not_fit_is_told() {
    let mut chat = chat();
    paste(&mut chat, "/quit\r\n\u{1b}[2J\u{11}rm -rf\n");
    assert_eq!(sent(&chat), []);
    assert!(!chat.screen.effects.iter().any(|effect| matches!(effect, Effect::Quit)));
    chat.screen.shows("/quit");
    paste(&mut chat, &"字".repeat(30_000));
    chat.screen.shows("bytes were left out");
    chat.screen.later(60_000);
    chat.screen.shows("bytes left");
    chat.key("enter");
    let text = &sent(&chat)[0].0;
    assert!(text.len() <= 64 << 10 && text.len() > (64 << 10) - 4, "{}", text.len());
}

#[test]
fn a_dropped_file_is_offered_as_a_file_and_stays_text_otherwise() {
    let files = |chat: &Chatting| chat.count(|command| matches!(command, Command::SendFile { .. }));
    let mut chat = chat();
    chat.screen.write("look: ");
    paste(&mut chat, "'/home/ann/my photo.png' ");
    chat.screen.shows("Send my photo.png as a file?");
    insta::assert_snapshot!("composer_offer", chat.screen.text());
    chat.key("alt-f");
    assert_eq!(files(&chat), 1);
    assert!(matches!(chat.screen.effects.iter().rev().find_map(|effect| match effect {
        Effect::Command(_, Command::SendFile { path, .. }) => Some(path.clone()),
        _ => None,
    }), Some(path) if path == "/home/ann/my photo.png"));
    chat.screen.shows("look:");
    chat.screen.shows("▤ my photo.png");
    chat.screen.shows("begins");
    paste(&mut chat, "/tmp/a.txt");
    chat.key("esc");
    assert!(chat.screen.find("as a file?").is_none());
    chat.screen.shows("/tmp/a.txt");
    chat.key("enter");
    assert_eq!(files(&chat), 1);
    paste(&mut chat, "/tmp/b.txt");
    chat.screen.click_on("[ alt-f send ]");
    assert_eq!(files(&chat), 2);
}

#[test]
fn an_upload_is_one_row_from_its_first_byte_to_its_state() {
    let mut chat = chat();
    paste(&mut chat, "/tmp/b.txt");
    chat.key("alt-f");
    let id = crate::chatting::id_of(u64::MAX - 1);
    chat.screen.notice(Notice::FileProgress { id, done: 1, total: 4 });
    chat.screen.shows("25 %");
    let mut shown = message("ann", u64::MAX - 1, "");
    (shown.text, shown.seq, shown.state) = (None, None, Some(DeliveryState::Queued));
    shown.file = Some(uchat_client::core::ShownFile {
        name: "b.txt".into(),
        size: 4,
        media_type: "text/plain".into(),
        path: Some("/tmp/b.txt".into()),
        digest: None,
    });
    chat.store.push(shown);
    chat.deliver(id, DeliveryState::Queued);
    chat.screen.shows("text/plain · 4 bytes");
    assert!(chat.screen.find("25 %").is_none());
    chat.stored(id, 2);
    chat.screen.shows("✓ stored");
    assert_eq!(chat.rows().iter().filter(|row| row.contains("b.txt")).count(), 1);
}

#[test]
fn a_file_that_is_refused_says_why_and_can_be_tried_again() {
    let mut chat = chat();
    paste(&mut chat, "/tmp/b.txt");
    chat.key("alt-f");
    let id = crate::chatting::id_of(u64::MAX - 1);
    let (reason, code) = ("the file is too large".to_owned(), Code::FileTooLarge.name());
    chat.screen.notice(Notice::FileFailed { id, reason, code });
    chat.screen.shows("✗ the file is too large");
    chat.screen.click_on("[ t try again ]");
    assert_eq!(chat.count(|command| matches!(command, Command::SendFile { .. })), 2);
}

#[test]
fn each_chat_keeps_its_draft() {
    let mut chat = chat();
    chat.screen.write("for bob");
    chat.screen.click_on("carol");
    assert!(chat.screen.find("for bob").is_none());
    chat.screen.write("for carol");
    chat.screen.click_on("bob");
    chat.screen.shows("for bob");
    assert!(chat.screen.find("for carol").is_none());
}

#[test]
fn typing_is_told_now_and_then_and_only_while_somebody_types() {
    let typing = |chat: &Chatting| chat.count(|command| matches!(command, Command::Typing { .. }));
    let mut chat = chat();
    chat.screen.write("hello");
    assert_eq!(typing(&chat), 1);
    chat.screen.later(3_900);
    chat.screen.write("h");
    assert_eq!(typing(&chat), 1);
    chat.screen.later(200);
    assert_eq!(typing(&chat), 1);
    chat.screen.write("h");
    assert_eq!(typing(&chat), 2);
    chat.key("left");
    assert_eq!(typing(&chat), 2);
}

#[test]
fn a_reply_can_be_dropped_and_the_text_stays() {
    let mut chat = Chatting::new(
        Settings { lang: Lang::Zh, ..Settings::default() },
        (80, 24),
        vec![message("bob", 1, "你好吗？")],
    );
    chat.key("ctrl-p");
    chat.key("r");
    chat.screen.write("好");
    chat.screen.shows("↳ 回复 bob：你好吗？");
    insta::assert_snapshot!("composer_reply_zh", chat.screen.text());
    chat.screen.click_on("[ esc 取消 ]");
    assert!(chat.screen.find("回复 bob").is_none());
    chat.key("enter");
    assert!(matches!(last_send(&chat).1, Command::Send { reply_to: None, text, .. } if text == "好"));
}

#[test]
fn in_a_hundred_columns_there_is_a_dot_for_each_colour_and_still_room_for_what_sends() {
    for lang in Lang::ALL {
        let settings = Settings { lang: *lang, ..Settings::default() };
        let mut chat = Chatting::new(settings, (100, 30), vec![message("bob", 1, "hi")]);
        for _ in 0..8 {
            chat.key("f5");
            for _ in 0..4 {
                chat.key("f6");
                let text = chat.screen.text();
                let edge = text.lines().find(|line| line.contains("f5")).unwrap();
                assert_eq!(edge.matches('●').count() + edge.matches('◉').count(), 8, "{edge}");
                assert!(edge.contains("enter"), "{edge}");
            }
        }
    }
}
