//! Messages on their way: one row each, whatever is told of them and how often.

use super::*;

#[test]
fn a_message_that_was_sent_is_one_row_from_the_outbox_until_it_is_read() {
    let mut chat = Chatting::new(Settings::default(), (80, 24), vec![message("bob", 1, "hi")]);
    let id = chat.says("good morning");
    chat.screen.shows("good morning");
    chat.screen.shows("◌ queued");
    chat.deliver(id, DeliveryState::Sent);
    chat.screen.shows("↑ sent");
    // Something else comes before the server has taken it, with a smaller number.
    chat.comes(message("bob", 2, "are you there?"));
    chat.stored(id, 3);
    chat.screen.shows("✓ stored");
    chat.comes(message("bob", 4, "ah, there you are"));
    chat.deliver(id, DeliveryState::Read);
    chat.screen.shows("✓✓ read");
    let rows = chat.rows();
    let place = |text: &str| rows.iter().position(|row| row.contains(text)).unwrap();
    assert!(place("are you there?") < place("good morning"), "{rows:#?}");
    assert!(place("good morning") < place("ah, there you are"), "{rows:#?}");
    assert_eq!(rows.iter().filter(|row| row.contains("good morning")).count(), 1);
}

#[test]
fn what_comes_again_after_a_reconnect_is_not_shown_again() {
    let mut chat = Chatting::new(Settings::default(), (80, 24), vec![message("bob", 1, "once")]);
    chat.screen.notice(Notice::Message(message("bob", 1, "once")));
    chat.screen.notice(Notice::Message(message("bob", 3, "third")));
    chat.screen.notice(Notice::Message(message("bob", 2, "second")));
    chat.screen.notice(Notice::Message(message("bob", 3, "third")));
    let rows = chat.rows().join("\n");
    for text in ["once", "second", "third"] {
        assert_eq!(rows.matches(text).count(), 1, "{rows}");
    }
    assert!(rows.find("second") < rows.find("third"));
}

#[test]
fn a_message_of_somebody_else_with_the_id_of_ours_does_not_take_its_place() {
    let mut chat = Chatting::new(Settings::default(), (80, 24), Vec::new());
    let id = chat.says("mine");
    chat.comes(Shown { id: Some(id), ..message("bob", 1, "stolen") });
    chat.screen.shows("mine");
    chat.screen.shows("stolen");
}

#[test]
fn a_failed_message_says_why_and_a_click_tries_it_again() {
    let mut chat = chat(Lang::En, Theme::Dark, (100, 70));
    chat.screen.click_on("[ t try again ]");
    assert!(matches!(chat.screen.last_command().1, Command::Retry { message_id } if message_id == id_of(16)));
    chat.deliver(id_of(16), DeliveryState::Queued);
    assert!(chat.screen.find("try again").is_none());
}

#[test]
fn a_number_that_is_told_puts_a_message_in_its_place() {
    let mut chat = Chatting::new(Settings::default(), (80, 24), Vec::new());
    let id = chat.says("mine");
    let history = |chat: &Chatting| chat.count(|command| matches!(command, Command::History { .. }));
    let before = history(&chat);
    let (seq, time, changes, reason, code) = (Some(2), Some(NOON), None, None, None);
    let state = DeliveryState::Stored;
    chat.screen.notice(Notice::Delivery { id, state, seq, time, changes, reason, code });
    chat.comes(message("bob", 1, "before it"));
    let rows = chat.rows().join("\n");
    assert!(rows.find("before it") < rows.find("mine"), "{rows}");
    assert_eq!(history(&chat), before, "nothing is to be asked for");
}
