//! What is shown of a long conversation: it stays where somebody reads, and follows where nobody does.

use crate::chatting::{Chatting, long, message};
use uchat_client::core::Command;
use uchat_tui::app::{Settings, Talk};

fn chat(count: u64) -> Chatting {
    Chatting::new(Settings::default(), (80, 24), long(count))
}

fn talk(chat: &Chatting) -> &Talk {
    chat.screen.app.talks.get(&chat.with).unwrap()
}

/// The numbers of the messages on the screen.
fn numbers(chat: &Chatting) -> Vec<u64> {
    let number = |row: String| {
        let (_, rest) = row.split_once("message ")?;
        rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    };
    chat.rows().into_iter().filter_map(number).collect()
}

#[test]
fn a_chat_opens_at_its_end_and_follows_what_comes() {
    let mut chat = chat(500);
    assert_eq!(numbers(&chat).last(), Some(&500));
    chat.comes(message("bob", 501, "message 501"));
    assert_eq!(numbers(&chat).last(), Some(&501));
    assert!(chat.screen.find("ctrl-end").is_none());
}

#[test]
fn what_somebody_reads_does_not_move_when_messages_come_or_the_window_changes() {
    let mut chat = chat(500);
    chat.key("pageup");
    chat.key("pageup");
    let (before, rows) = (numbers(&chat), chat.rows());
    for seq in 501..520 {
        chat.comes(message("bob", seq, &format!("message {seq}")));
    }
    assert_eq!(numbers(&chat), before);
    assert_eq!(chat.rows()[1..10], rows[1..10]);
    chat.screen.shows("[ ↓ 19 new · ctrl-end ]");
    for (width, height) in [(40, 12), (200, 60), (60, 40), (80, 24)] {
        chat.screen.resize(width, height);
        assert_eq!(numbers(&chat)[0], before[0], "{width}×{height}");
    }
    insta::assert_snapshot!("scrolled_up", chat.screen.text());
    chat.screen.click_on("19 new");
    assert_eq!(numbers(&chat).last(), Some(&519));
    assert!(chat.screen.find("ctrl-end").is_none());
}

#[test]
fn older_pages_come_before_somebody_waits_for_them_and_move_nothing() {
    let mut chat = chat(2_000);
    let mut seen = numbers(&chat);
    let mut last = seen[0];
    while last > 1 {
        let before = numbers(&chat);
        chat.screen.key("pageup");
        let moved = numbers(&chat);
        chat.answer();
        assert_eq!(numbers(&chat), moved, "a page that comes moves nothing");
        assert_ne!(moved, before, "there is always more to see");
        seen.extend(&moved);
        last = moved[0];
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen, (1..=2_000).collect::<Vec<_>>(), "nothing is left out");
    chat.key("pageup");
    assert_eq!(numbers(&chat)[0], 1);
}

#[test]
fn memory_is_bounded_and_the_way_back_is_complete() {
    let mut chat = chat(3_000);
    let mut seen = Vec::new();
    while numbers(&chat)[0] > 1 {
        chat.key("pageup");
        assert!(talk(&chat).lines().len() <= 2_000);
    }
    assert!(!talk(&chat).at_end);
    chat.comes(message("bob", 3_001, "message 3001"));
    while numbers(&chat).last() != Some(&3_001) {
        let before = numbers(&chat);
        chat.key("pagedown");
        seen.extend(numbers(&chat));
        assert!(talk(&chat).lines().len() <= 2_000);
        assert_ne!(numbers(&chat), before);
    }
    seen.dedup();
    let mut sorted = seen.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(sorted.last(), Some(&3_001));
    assert!(sorted.windows(2).all(|pair| pair[0] + 1 == pair[1]));
    assert!(talk(&chat).at_end);
}

#[test]
fn the_first_message_and_the_last_are_one_key_away() {
    let mut chat = chat(5_000);
    chat.key("home");
    assert_eq!(numbers(&chat)[0], 1);
    let pages = chat.count(|command| matches!(command, Command::History { .. }));
    assert!(pages < 6, "it does not go through all of it: {pages}");
    chat.key("end");
    assert_eq!(numbers(&chat).last(), Some(&5_000));
    chat.key("ctrl-home");
    assert_eq!(numbers(&chat)[0], 1);
    chat.key("esc");
    chat.key("esc");
    assert_eq!(numbers(&chat).last(), Some(&5_000));
}

#[test]
fn the_first_message_that_is_there_is_one_key_away_for_who_has_come_later() {
    for (first, last) in [(150, 900), (3_333, 5_000), (99_000, 100_000), (4_650, 5_000)] {
        let store = long(last).split_off(usize::try_from(first - 1).unwrap());
        let mut chat = Chatting::new(Settings::default(), (80, 24), store);
        let before = chat.count(|command| matches!(command, Command::History { .. }));
        chat.key("home");
        assert_eq!(numbers(&chat)[0], first, "from {first} to {last}");
        let pages = chat.count(|command| matches!(command, Command::History { .. })) - before;
        assert!(pages < 20, "{pages} pages from {first} to {last}");
        chat.key("end");
        assert_eq!(numbers(&chat).last(), Some(&last));
    }
}

#[test]
fn a_page_that_was_left_meanwhile_is_not_taken_in() {
    let mut chat = chat(5_000);
    chat.screen.key("home");
    chat.screen.key("end");
    chat.screen.key("home");
    chat.answer();
    let numbers: Vec<_> = talk(&chat).lines().iter().filter_map(|line| line.shown.seq).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] + 1 == pair[1]), "there is no hole: {numbers:?}");
}

#[test]
fn sending_goes_to_the_end() {
    let mut chat = chat(5_000);
    chat.key("home");
    chat.says("from far up");
    chat.screen.shows("from far up");
    assert_eq!(numbers(&chat).last(), Some(&5_000));
}

#[test]
fn of_a_message_longer_than_the_screen_every_part_can_be_seen() {
    let text: Vec<_> = (1..=200).map(|line| format!("line {line}")).collect();
    let store = vec![message("bob", 1, "before"), message("bob", 2, &text.join("\n"))];
    let mut chat = Chatting::new(Settings::default(), (80, 24), store);
    chat.screen.shows("line 200");
    chat.key("pageup");
    chat.screen.shows("line 183");
    chat.comes(message("bob", 3, "after"));
    chat.screen.shows("line 183");
    for _ in 0..20 {
        chat.key("pageup");
    }
    chat.screen.shows("before");
    for _ in 0..20 {
        chat.key("pagedown");
    }
    chat.screen.shows("after");
}

#[test]
fn only_the_last_chats_stay_in_memory() {
    let contacts = (0..40).map(|number| crate::harness::friend(&format!("u{number}"), true)).collect();
    let mut screen = crate::harness::Screen::logged_in(Settings::default(), (80, 60), contacts);
    for number in 0..40 {
        let with = uchat_client::core::With::User(format!("u{number}"));
        uchat_tui::app::click(
            &mut screen.app,
            uchat_tui::hit::Target::Chat(with),
            ratatui::layout::Position::ORIGIN,
        );
    }
    let open = (0..40).filter(|number| {
        let with = uchat_client::core::With::User(format!("u{number}"));
        screen.app.talks.get(&with).is_some()
    });
    assert_eq!(open.collect::<Vec<_>>(), (24..40).collect::<Vec<_>>());
}

#[test]
fn the_wheel_moves_a_few_rows_and_a_click_selects_what_stands_there() {
    let mut chat = chat(300);
    let (x, y) = chat.screen.find("message 300").unwrap();
    chat.screen.wheel(x, y, -1);
    assert_eq!(numbers(&chat).last(), Some(&299));
    chat.screen.shows("↓ newest");
    chat.screen.wheel(x, y, 1);
    assert_eq!(numbers(&chat).last(), Some(&300));
    assert!(chat.screen.find("↓ newest").is_none());
    chat.screen.click_on("message 299");
    chat.screen.shows("▶ message 299");
}

#[test]
fn history_that_cannot_be_read_is_told_and_asked_for_again() {
    use uchat_protocol::{Code, Refusal};
    let mut chat = chat(10);
    chat.screen.click_on("carol");
    let asked = |chat: &Chatting| chat.count(|command| matches!(command, Command::History { .. }));
    let (id, command) = chat.screen.last_command();
    assert!(matches!(command, Command::History { .. }));
    let before = asked(&chat);
    chat.screen.answer(id, Err(Refusal::because(Code::ClientError, "the disk does not answer")));
    chat.screen.shows("the disk does not answer");
    chat.screen.click_on("bob");
    chat.screen.click_on("carol");
    assert_eq!(asked(&chat), before + 1);
}
