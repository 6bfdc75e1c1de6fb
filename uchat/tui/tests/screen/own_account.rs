//! The account as its owner sees it: what the server knows, what others are told, who is blocked; and what is unread.

use crate::harness::{Screen, friend};
use crate::world::settings;
use uchat_client::core::{Answer, Command, CommandId, Contact, Notice, Profile, With};
use uchat_protocol::{Code, Refusal};
use uchat_tui::action::Action;
use uchat_tui::lang::Lang;
use uchat_tui::theme::Theme;

fn screen(lang: Lang) -> Screen {
    let contacts = vec![Contact { unread: 3, mentioned: true, ..friend("bob", true) }];
    Screen::logged_in(settings(lang, Theme::Plain), (80, 24), contacts)
}

fn about(blocked: &[&str]) -> Profile {
    Profile {
        username: "ann".into(),
        email: "ann@example.org".into(),
        sex: String::new(),
        age: Some(33),
        share_address: false,
        share_read: true,
        share_typing: false,
        blocked: blocked.iter().map(|name| (*name).to_owned()).collect(),
    }
}

/// Answers what the screen has asked for last: the profile.
fn tell(screen: &mut Screen, about: Profile) {
    let (id, command) = screen.last_command();
    assert_eq!(command, Command::Profile {});
    screen.answer(id, Ok(Answer::Profile(about)));
}

fn last(screen: &Screen, expected: &Command) -> CommandId {
    let (id, command) = screen.last_command();
    assert_eq!(command, *expected);
    id
}

#[test]
fn the_profile_shows_what_the_server_knows_and_each_form_begins_with_it() {
    for (lang, untold) in [(Lang::En, "Change the sex  not told"), (Lang::Zh, "修改性别  未填写")] {
        let mut screen = screen(lang);
        screen.does(Action::Profile);
        tell(&mut screen, about(&["Eve", "小明"]));
        screen.shows("ann@example.org");
        screen.shows(untold);
        screen.shows("  33");
        insta::assert_snapshot!(format!("profile_told_{}", lang.name()), screen.text());
        screen.key("e");
        screen.key("backspace");
        screen.write("gX");
        screen.key("enter");
        let (id, command) = screen.last_command();
        let Command::SetProfile { email, sex, .. } = command else { panic!("{command:?}") };
        assert_eq!((email.as_deref(), sex), (Some("ann@example.orgX"), None));
        screen.answer(id, Ok(Answer::Done {}));
        assert!(screen.app.overlay.is_none());
    }
}

#[test]
fn without_a_connection_since_the_start_the_profile_is_as_before() {
    let mut screen = screen(Lang::En);
    screen.does(Action::Profile);
    let id = last(&screen, &Command::Profile {});
    screen.answer(id, Err(Refusal::new(Code::Offline)));
    screen.shows("Change the e-mail address");
    assert!(screen.app.notes.is_empty(), "nobody has asked for anything");
}

#[test]
fn the_settings_show_what_others_are_told_and_enter_changes_it() {
    let mut screen = screen(Lang::En);
    screen.does(Action::Settings);
    screen.shows("‹ as it was ›");
    tell(&mut screen, about(&[]));
    assert!(screen.find("‹ as it was ›").is_none(), "{}", screen.text());
    screen.click_on("tell that I have read");
    let (_, command) = screen.last_command();
    assert!(matches!(command, Command::SetProfile { share_read: Some(false), .. }), "{command:?}");
    screen.click_on("tell my address");
    let (_, command) = screen.last_command();
    assert!(matches!(command, Command::SetProfile { share_address: Some(true), .. }), "{command:?}");
}

#[test]
fn who_is_blocked_is_on_a_list_and_can_be_unblocked_there() {
    for (lang, title) in [(Lang::En, "Blocked users"), (Lang::Zh, "已屏蔽的用户")] {
        let mut screen = screen(lang);
        screen.does(Action::Profile);
        tell(&mut screen, about(&["Eve", "小明"]));
        screen.key("b");
        screen.shows(title);
        insta::assert_snapshot!(format!("blocked_{}", lang.name()), screen.text());
        screen.key("down");
        screen.shows("› 小明");
        screen.key("u");
        screen.key("u"); // it is on its way
        let id = last(&screen, &Command::Unblock { username: "小明".into() });
        screen.answer(id, Ok(Answer::Done {}));
        tell(&mut screen, about(&["Eve"]));
        screen.shows("Eve");
        assert!(screen.find("› 小明").is_none(), "{}", screen.text());
        screen.click_on("Eve");
        last(&screen, &Command::Unblock { username: "Eve".into() });
        screen.resize(40, 12);
        screen.shows("Eve");
        screen.key("esc");
        assert!(screen.app.overlay.is_none());
    }
}

#[test]
fn marks_of_the_contact_list_come_from_the_client_so_that_they_survive_a_restart() {
    let mut screen = Screen::logged_in(
        settings(Lang::En, Theme::Plain),
        (80, 24),
        vec![Contact { key_changed: true, ..friend("bob", true) }, friend("carol", true)],
    );
    screen.click_on("bob");
    screen.shows("The keys of bob are others");
    screen.does(Action::NextUnread);
    screen.shows("Everything is read");
    let (first, second) = (
        Contact { unread: 1, ..friend("bob", true) },
        Contact { unread: 1, mentioned: true, ..friend("carol", true) },
    );
    let mut screen = Screen::logged_in(settings(Lang::En, Theme::Plain), (80, 24), vec![first, second]);
    screen.does(Action::NextUnread);
    assert_eq!(screen.app.view.open, Some(With::User("carol".into())), "who speaks to us comes first");
}

#[test]
fn an_unread_message_that_is_deleted_is_taken_off_the_count() {
    let mut screen = screen(Lang::En);
    screen.shows("3 unread");
    let bob = || With::User("bob".into());
    screen.notice(Notice::Unread { with: bob(), unread: 1, mentioned: false });
    screen.shows("1 unread");
    screen.notice(Notice::Unread { with: bob(), unread: 0, mentioned: false });
    assert!(screen.find("unread").is_none(), "{}", screen.text());
}
