//! Windows about people: who is asked, who asks, whose keys have changed.

use super::*;

#[test]
fn one_search_for_users_is_under_way_at_a_time() {
    let mut screen = lively(Settings::default(), (80, 24));
    screen.does(Action::AddFriend);
    screen.write("ber");
    let searches = |screen: &Screen| {
        screen
            .effects
            .iter()
            .filter(|effect| matches!(effect, Effect::Command(_, command) if is_search(command)))
            .count()
    };
    assert_eq!(searches(&screen), 1, "the first letter is searched for, the others wait");
    let (id, _) = asked(&screen, is_search);
    screen.answer(id, Ok(Answer::Users { users: vec!["bob".into()] }));
    assert_eq!(searches(&screen), 2);
    let (id, command) = asked(&screen, is_search);
    assert!(matches!(command, Command::Search { text } if text == "ber"));
    screen.answer(id, Ok(Answer::Users { users: vec!["bert".into()] }));
    assert_eq!(searches(&screen), 2, "nothing more was typed");
    screen.shows("bert");
}

#[test]
fn each_outcome_of_asking_somebody_is_told() {
    let mut screen = lively(Settings::default(), (80, 24));
    screen.does(Action::AddFriend);
    screen.write("x");
    let (id, _) = asked(&screen, is_search);
    let users = ["ann", "bob", "frank", "gil", "hugo", "ida"].map(str::to_owned).to_vec();
    screen.answer(id, Ok(Answer::Users { users }));
    for text in ["that is you", "a friend already", "asks you; enter accepts", "enter: ask to be friends"] {
        screen.shows(text);
    }
    for (name, answer, told) in [
        ("gil", Ok(Answer::Done {}), "✓ asked"),
        ("hugo", Err(Refusal::new(Code::RequestPending)), "you have asked already"),
        ("ida", Err(Refusal::new(Code::NoSuchUser)), "there is no user of this name"),
    ] {
        screen.click_on(name);
        let (id, command) = screen.last_command();
        assert!(matches!(command, Command::AddFriend { username } if username == name));
        screen.answer(id, answer);
        screen.shows(told);
    }
    screen.click_on("frank");
    let (id, command) = screen.last_command();
    assert!(matches!(command, Command::AnswerFriend { answer: FriendAnswer::Accept, .. }));
    screen.answer(id, Ok(Answer::Done {}));
    screen.shows("1 friend request");
    assert!(screen.find("asks you").is_none());
}

#[test]
fn somebody_who_was_blocked_can_be_unblocked_where_that_is_told() {
    let mut screen = lively(Settings::default(), (80, 24));
    screen.does(Action::AddFriend);
    screen.write("gil");
    screen.key("enter");
    let (id, _) = asked(&screen, |command| matches!(command, Command::AddFriend { .. }));
    screen.answer(id, Err(Refusal::new(Code::Blocked)));
    screen.click_on("[ alt-b unblock ]");
    let (_, command) = screen.last_command();
    assert!(matches!(command, Command::Unblock { username } if username == "gil"));
    screen.shows("not blocked any more");
}

#[test]
fn a_request_is_put_off_by_click_and_declined_by_key() {
    let mut screen = lively(Settings::default(), (80, 24));
    screen.click_on("2 friend requests");
    let (x, y) =
        screen.find("王芳").and_then(|(_, y)| Some((screen.find("[ later ]")?.0, y))).expect("a row");
    screen.click(x, y);
    let later =
        |command: &Command| matches!(command, Command::AnswerFriend { answer: FriendAnswer::Later, .. });
    let (_, command) = asked(&screen, later);
    assert!(matches!(command, Command::AnswerFriend { username, .. } if username == "王芳"));
    screen.key("d");
    let decline =
        |command: &Command| matches!(command, Command::AnswerFriend { answer: FriendAnswer::Decline, .. });
    let (id, _) = asked(&screen, decline);
    assert!(screen.app.overlay.is_none(), "nobody is left");
    screen.answer(id, Ok(Answer::Done {}));
    screen.shows("frank was declined.");
}

#[test]
fn a_request_comes_back_if_the_answer_cannot_be_given() {
    let mut screen = lively(Settings::default(), (80, 24));
    screen.does(Action::Requests);
    screen.key("a");
    let (id, _) = asked(&screen, |command| matches!(command, Command::AnswerFriend { .. }));
    screen.shows("1 friend request");
    screen.answer(id, Err(Refusal::new(Code::Offline)));
    screen.shows("2 friend requests");
}

#[test]
fn a_changed_key_is_accepted_after_the_words_are_seen() {
    let mut screen = lively(Settings::default(), (80, 24));
    open(&mut screen, &bob());
    screen.notice(Notice::KeyChanged { username: "bob".into() });
    screen.does(Action::Safety);
    screen.key("a");
    let accepts = |command: &Command| matches!(command, Command::AcceptKey { .. });
    assert!(!screen.effects.iter().any(|e| matches!(e, Effect::Command(_, command) if accepts(command))));
    let (id, _) = asked(&screen, |command| matches!(command, Command::SafetyNumber { .. }));
    screen.answer(id, Ok(Answer::Words { words: vec!["abandon".into(); 16] }));
    screen.shows("16 abandon");
    screen.click_on("accept the new key");
    let (id, _) = asked(&screen, accepts);
    screen.answer(id, Ok(Answer::Done {}));
    screen.shows("The new key of bob is accepted.");
    assert!(screen.find("bob !").is_none());
}

#[test]
fn a_few_letters_go_to_a_chat() {
    let mut screen = lively(Settings::default(), (80, 24));
    screen.does(Action::SwitchChat);
    screen.write("da");
    screen.key("enter");
    assert_eq!(screen.app.view.open, Some(With::User("dora".into())));
}
