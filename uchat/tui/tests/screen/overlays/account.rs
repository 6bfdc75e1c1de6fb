//! Windows about what is chosen, and about one's own account.

use super::*;

#[test]
fn what_others_are_told_is_turned_on_and_off_by_its_own_keys() {
    let mut screen = lively(Settings::default(), (80, 24));
    screen.does(Action::Settings);
    (0..7).for_each(|_| screen.key("down"));
    for (key, on) in [("right", true), ("left", false)] {
        screen.key(key);
        let (id, command) = screen.last_command();
        assert!(matches!(command, Command::SetProfile { share_address: Some(told), .. } if told == on));
        screen.answer(id, Ok(Answer::Done {}));
        assert_eq!(screen.app.who.shares.address, Some(on));
    }
    screen.key("right");
    let (id, _) = screen.last_command();
    screen.answer(id, Err(Refusal::new(Code::Offline)));
    assert_eq!(screen.app.who.shares.address, Some(false), "what was refused does not count");
}

#[test]
fn a_setting_is_changed_shown_and_kept() {
    let mut screen = lively(Settings::default(), (80, 24));
    screen.does(Action::Settings);
    screen.click_on("language");
    screen.shows("‹ 中文 ›");
    let kept = screen.effects.iter().rev().find_map(|effect| match effect {
        Effect::Job(Job::SaveSettings(settings)) => Some(settings.lang),
        _ => None,
    });
    assert_eq!(kept, Some(Lang::Zh));
    screen.click_on("公开我的地址");
    let (id, command) = screen.last_command();
    assert!(matches!(command, Command::SetProfile { share_address: Some(_), share_read: None, .. }));
    let before = screen.app.who.shares.address;
    screen.answer(id, Ok(Answer::Done {}));
    assert_ne!(screen.app.who.shares.address, before, "it counts once it is granted");
}

#[test]
fn an_account_is_deleted_only_with_the_password_and_a_refusal_keeps_it() {
    let mut screen = lively(Settings::default(), (80, 24));
    screen.does(Action::Profile);
    screen.click_on("Delete the account");
    screen.key("enter");
    screen.shows("the password is needed");
    screen.write("wrong one");
    screen.key("enter");
    let (id, _) = screen.last_command();
    screen.answer(id, Err(Refusal::new(Code::WrongPassword)));
    screen.shows("the password is wrong");
    screen.key("enter");
    let (id, command) = screen.last_command();
    assert!(matches!(command, Command::DeleteAccount { .. }));
    screen.answer(id, Ok(Answer::Done {}));
    assert!(screen.app.who.name.is_none(), "out:\n{}", screen.text());
}
