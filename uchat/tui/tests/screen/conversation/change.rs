//! Messages that are edited, deleted or answered with an emoji.

use super::*;

#[test]
fn an_edit_that_is_refused_comes_back_and_one_that_fails_says_so() {
    let mut chat = two();
    chat.key("up");
    chat.screen.write("!");
    chat.screen.key("enter");
    let (id, command) = chat.screen.last_command();
    assert!(matches!(command, Command::Edit { .. }));
    chat.screen.answer(id, Err(uchat_protocol::Refusal::new(uchat_protocol::Code::NotFriends)));
    chat.screen.shows("✎ editing: yes");
    chat.screen.shows("yes!");
    chat.key("enter");
    chat.screen.notice(failed(id_of(77), Some(id_of(2)), "too late"));
    chat.screen.shows("✗ too late");
    chat.screen.click_on("[ t try again ]");
    assert!(matches!(chat.screen.last_command().1, Command::Retry { message_id } if message_id == id_of(77)));
}

#[test]
fn a_message_that_is_refused_while_another_is_edited_does_not_get_into_the_edit() {
    let mut chat = two();
    chat.screen.write("zebra");
    chat.screen.key("enter");
    let (id, command) = chat.screen.last_command();
    assert!(matches!(command, Command::Send { .. }));
    chat.screen.key("up");
    chat.screen.shows("✎ editing: yes");
    chat.screen.answer(id, Err(uchat_protocol::Refusal::new(uchat_protocol::Code::NotFriends)));
    assert!(chat.screen.find("zebra").is_none());
    chat.screen.key("enter");
    let (_, command) = chat.screen.last_command();
    assert!(matches!(command, Command::Edit { text, .. } if text == "yes"));
    chat.screen.shows("zebra");
}

#[test]
fn a_message_is_deleted_only_when_asked_for_twice() {
    let mut chat = two();
    let deletes = |chat: &Chatting| chat.count(|command| matches!(command, Command::Delete { .. }));
    chat.screen.click_on("yes");
    chat.key("d");
    chat.screen.shows("d once more: delete for everybody");
    chat.key("up");
    chat.key("down");
    assert!(chat.screen.find("once more").is_none());
    chat.key("d");
    assert_eq!(deletes(&chat), 0);
    chat.screen.click_on("d once more");
    assert_eq!(deletes(&chat), 1);
    chat.screen.notice(Notice::Changed(Shown { text: None, deleted: true, ..message("ann", 2, "") }));
    chat.screen.shows("This message was deleted.");
    assert!(chat.screen.find("yes").is_none());
    chat.screen.click_on("This message was deleted.");
    assert!(chat.screen.find("e edit").is_none() && chat.screen.find("r reply").is_none());
    chat.screen.click_on("shall we?");
    assert!(chat.screen.find("d delete").is_none(), "what others have written is theirs");
}

#[test]
fn a_click_on_a_reaction_gives_it_and_takes_it_back() {
    let mut chat = two();
    let with = |from: &[&str]| Shown { reactions: vec![reaction("👍", from)], ..message("ann", 2, "yes") };
    chat.screen.notice(Notice::Changed(with(&["bob"])));
    chat.screen.click_on("👍 1");
    assert!(matches!(chat.screen.last_command().1, Command::React { on: true, emoji, .. } if emoji == "👍"));
    chat.screen.notice(Notice::Changed(with(&["bob", "ann"])));
    chat.screen.click_on("[👍 2]");
    assert!(matches!(chat.screen.last_command().1, Command::React { on: false, .. }));
}
