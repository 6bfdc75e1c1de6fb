//! What opens on top: what each window shows, asks and does.

use crate::harness::{Screen, text_of};
use crate::main_screen::styles;
use crate::world::{asked, lively, members, open, settings};
use std::path::PathBuf;
use uchat_client::core::{Answer, Command, FriendAnswer, Notice, With};
use uchat_protocol::{Code, Refusal};
use uchat_tui::action::Action;
use uchat_tui::app::{Done, Effect, Event, Job, Listed, Settings};
use uchat_tui::lang::Lang;
use uchat_tui::theme::Theme;

fn bob() -> With {
    With::User("bob".into())
}

fn is_search(command: &Command) -> bool {
    matches!(command, Command::Search { .. })
}

/// Draws every window with something in it, and hands it over with its name.
pub fn each_window(lang: Lang, mut look: impl FnMut(&str, &Screen)) {
    let fresh = |size| lively(settings(lang, Theme::Dark), size);
    let mut screen = fresh((80, 24));
    screen.does(Action::Requests);
    look("requests", &screen);
    screen = fresh((80, 24));
    screen.does(Action::AddFriend);
    look("add_friend_empty", &screen);
    screen.write("b");
    let (id, _) = asked(&screen, is_search);
    let users = ["bob", "bert", "frank"].map(str::to_owned).to_vec();
    screen.answer(id, Ok(Answer::Users { users }));
    look("add_friend", &screen);
    screen = fresh((80, 24));
    open(&mut screen, &bob());
    let with = [Action::Help, Action::Menu, Action::SwitchChat, Action::CreateRoom, Action::JoinRoom];
    let more =
        [Action::Settings, Action::Profile, Action::LogOut, Action::Search, Action::Export, Action::Emoji];
    for action in with.into_iter().chain(more) {
        screen.does(action);
        look(action.name(), &screen);
        screen.key("esc");
    }
    screen.does(Action::Search);
    screen.write("八");
    let (id, _) = asked(&screen, |command| matches!(command, Command::History { search: Some(_), .. }));
    let messages =
        vec![text_of("bob", bob(), 1, "八点见"), text_of("ann", bob(), 2, "好的，八点在图书馆门口")];
    screen.answer(id, Ok(Answer::Messages { messages }));
    look("search_found", &screen);
    screen.key("esc");
    screen.does(Action::SendFile);
    let file = |name: &str, size| Listed { name: name.into(), size };
    let listed =
        vec![file("notes.txt", Some(1_800)), file("Pictures", None), file("旅行.mp4", Some(90_000_000))];
    screen.happens(Event::Done(Done::Listed(PathBuf::from("/home/ann"), Ok(listed))));
    look("send-file", &screen);
    screen.key("esc");
    screen.notice(Notice::KeyChanged { username: "bob".into() });
    screen.does(Action::Safety);
    look("safety_waiting", &screen);
    let (id, _) = asked(&screen, |command| matches!(command, Command::SafetyNumber { .. }));
    let words = "abandon ability able about above absent absorb abstract absurd abuse access accident account accuse achieve acid";
    let words = words.split(' ').map(str::to_owned).collect();
    screen.answer(id, Ok(Answer::Words { words }));
    look("safety", &screen);
    screen.key("esc");
    for (name, letter) in [("email", "e"), ("password", "p"), ("new_keys", "k"), ("delete_account", "d")] {
        screen.does(Action::Profile);
        screen.key(letter);
        screen.key("enter");
        look(name, &screen);
        screen.key("esc");
    }
    for action in [Action::DeleteFriend, Action::Block] {
        uchat_tui::app::act(&mut screen.app, action);
        screen.later(1);
        look(action.name(), &screen);
        screen.key("esc");
    }
    open(&mut screen, &With::Room(12));
    members(&mut screen);
    screen.does(Action::Members);
    screen.key("down");
    look("members", &screen);
    for (name, key) in [("remove_member", "r"), ("hand_over", "o"), ("leave_room", "l")] {
        screen.key(key);
        look(name, &screen);
        screen.key("esc");
        screen.does(Action::Members);
        screen.key("down");
    }
}

#[test]
fn each_window_looks_good() {
    for lang in Lang::ALL {
        each_window(*lang, |what, screen| {
            insta::assert_snapshot!(format!("{what}_{}", lang.name()), screen.text());
        });
    }
}

#[test]
fn windows_have_their_colours_in_each_theme() {
    for theme in Theme::ALL {
        let mut screen = lively(settings(Lang::En, *theme), (60, 20));
        screen.does(Action::Requests);
        insta::assert_snapshot!(format!("requests_{}", theme.name()), styles(screen.cells()));
        screen.key("esc");
        screen.does(Action::Profile);
        insta::assert_snapshot!(format!("profile_{}", theme.name()), styles(screen.cells()));
    }
}

#[test]
fn each_window_has_a_way_out_by_key_and_by_click() {
    each_window(Lang::En, |what, screen| {
        let mut by_key = screen.clone();
        by_key.key("esc");
        assert!(by_key.app.overlay.is_none(), "{what}");
        let mut by_click = screen.clone();
        by_click.click_on("esc ×");
        assert!(by_click.app.overlay.is_none(), "{what}");
    });
}

#[test]
fn each_window_can_be_drawn_in_the_smallest_terminal() {
    each_window(Lang::Zh, |what, screen| {
        let mut small = screen.clone();
        small.resize(40, 12);
        assert!(small.find("esc ×").is_some(), "{what}:\n{}", small.text());
        if what == "safety" {
            for word in ["abandon", "accident", "acid"] {
                small.shows(word);
            }
        }
        if what == "requests" {
            for button in ["[ 稍后 ]", "[ l 稍后 ]"] {
                small.shows(button);
            }
        }
        if what == "password" {
            small.key("tab");
            small.key("tab");
            small.shows("再次输入新密码");
        }
        small.resize(1, 1);
    });
}

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
fn a_click_beside_a_window_is_about_what_lies_there() {
    let mut screen = lively(Settings::default(), (130, 30));
    screen.does(Action::Profile);
    screen.click_on("○ dora");
    assert!(screen.app.overlay.is_none());
    assert_eq!(screen.app.view.open, Some(With::User("dora".into())));
}

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
fn a_question_that_is_open_follows_the_language() {
    let mut screen = lively(Settings::default(), (80, 24));
    open(&mut screen, &bob());
    screen.does(Action::LogOut);
    screen.does(Action::Language);
    screen.shows("退出登录");
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
fn a_request_is_accepted_declined_or_put_off_by_click_and_by_key() {
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
fn a_room_that_was_joined_gets_its_name_when_it_is_told() {
    let mut screen = lively(Settings::default(), (80, 24));
    screen.does(Action::JoinRoom);
    screen.write("31");
    screen.key("enter");
    let (id, _) = screen.last_command();
    screen.answer(id, Ok(Answer::Done {}));
    assert_eq!(screen.app.view.open, Some(With::Room(31)));
    screen.notice(Notice::Room { room: 31, name: "读书会".into(), member: true });
    screen.shows("# 读书会");
}

#[test]
fn a_room_whose_name_was_told_before_the_answer_keeps_it() {
    let mut screen = lively(Settings::default(), (80, 24));
    screen.does(Action::JoinRoom);
    screen.write("31");
    screen.key("enter");
    let (id, _) = screen.last_command();
    screen.notice(Notice::Room { room: 31, name: "读书会".into(), member: true });
    screen.answer(id, Ok(Answer::Done {}));
    screen.shows("# 读书会");
    assert!(screen.find("#31").is_none());
}

#[test]
fn a_room_is_created_and_opens_with_its_number_told() {
    let mut screen = lively(Settings::default(), (80, 24));
    screen.click_on("+ room");
    screen.key("enter");
    screen.shows("✗");
    screen.write("读书会");
    screen.key("enter");
    let (id, command) = screen.last_command();
    assert!(matches!(command, Command::CreateRoom { name } if name == "读书会"));
    screen.answer(id, Err(Refusal::new(Code::RoomNameTaken)));
    screen.shows("there is a room of this name already");
    screen.key("enter");
    let (id, _) = screen.last_command();
    screen.answer(id, Ok(Answer::Room { room: 31 }));
    assert_eq!(screen.app.view.open, Some(With::Room(31)));
    screen.shows("its number is 31");
}

#[test]
fn a_room_is_joined_by_its_number() {
    let mut screen = lively(Settings::default(), (80, 24));
    screen.does(Action::JoinRoom);
    screen.write("abc");
    screen.key("enter");
    screen.shows("this must be a number");
    screen.key("ctrl-u");
    screen.write("#31");
    screen.key("enter");
    let (id, command) = screen.last_command();
    assert!(matches!(command, Command::JoinRoom { room: 31 }));
    screen.answer(id, Err(Refusal::new(Code::AlreadyInRoom)));
    screen.shows("you are in this room already");
}

#[test]
fn only_the_owner_can_remove_and_hand_over_and_is_asked_once_more() {
    let mut screen = lively(Settings::default(), (80, 24));
    open(&mut screen, &With::Room(12));
    members(&mut screen);
    screen.does(Action::Members);
    screen.click_on("○ eve");
    screen.click_on("[ r remove ]");
    screen.shows("Remove eve?");
    screen.key("enter");
    let (_, command) = asked(&screen, |command| matches!(command, Command::RemoveMember { .. }));
    assert!(matches!(command, Command::RemoveMember { room: 12, username } if username == "eve"));
    screen.app.who.name = Some("bob".into());
    screen.does(Action::Members);
    screen.key("down");
    assert!(screen.find("[ r remove ]").is_none());
    screen.key("r");
    assert!(screen.find("Remove").is_none());
}

#[test]
fn leaving_and_deleting_are_asked_for_once_more() {
    let mut screen = lively(Settings::default(), (80, 24));
    open(&mut screen, &bob());
    screen.does(Action::Menu);
    screen.click_on("delete this friend");
    screen.shows("Delete bob?");
    let before = screen.effects.len();
    screen.key("esc");
    assert!(
        !screen.effects[before..]
            .iter()
            .any(|e| matches!(e, Effect::Command(_, Command::DeleteFriend { .. })))
    );
    screen.does(Action::Menu);
    screen.click_on("delete this friend");
    screen.click_on("[ enter delete ]");
    let (id, _) = asked(&screen, |command| matches!(command, Command::DeleteFriend { .. }));
    screen.answer(id, Ok(Answer::Done {}));
    screen.shows("bob is not your friend any more.");
}

#[test]
fn what_was_found_in_the_history_is_gone_to() {
    let mut screen = lively(Settings::default(), (80, 24));
    open(&mut screen, &bob());
    screen.does(Action::Search);
    screen.write("eight");
    let searches = |command: &Command| matches!(command, Command::History { search: Some(_), .. });
    let (id, _) = asked(&screen, searches);
    screen.answer(id, Ok(Answer::Messages { messages: Vec::new() }));
    let (id, command) = asked(&screen, searches);
    assert!(matches!(command, Command::History { search: Some(text), .. } if text == "eight"));
    let messages = vec![text_of("bob", bob(), 7, "at eight"), text_of("bob", bob(), 9, "eight it is")];
    screen.answer(id, Ok(Answer::Messages { messages }));
    screen.shows("2 found");
    let (newest, oldest) = (screen.find("eight it is"), screen.find("at eight"));
    assert!(newest.map(|(_, y)| y) < oldest.map(|(_, y)| y));
    screen.key("down");
    screen.key("enter");
    assert!(screen.app.overlay.is_none());
    assert_eq!(screen.app.view.open, Some(bob()));
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
    assert!(matches!(
        command,
        Command::SetProfile { share_address: Some(false) | Some(true), share_read: None, .. }
    ));
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
fn a_file_is_found_by_folder_by_name_and_by_a_pasted_path() {
    let mut screen = lively(Settings::default(), (80, 24));
    open(&mut screen, &bob());
    let listed = |screen: &mut Screen, folder: &str, entries: &[(&str, Option<u64>)]| {
        let entries =
            entries.iter().map(|(name, size)| Listed { name: (*name).into(), size: *size }).collect();
        screen.happens(Event::Done(Done::Listed(PathBuf::from(folder), Ok(entries))));
    };
    let lists = |screen: &Screen| {
        screen.effects.iter().rev().find_map(|effect| match effect {
            Effect::Job(Job::List(folder)) => Some(folder.clone()),
            _ => None,
        })
    };
    let sent = |screen: &Screen| match asked(screen, |command| matches!(command, Command::SendFile { .. })) {
        (_, Command::SendFile { path, .. }) => path,
        _ => unreachable!("it is one"),
    };
    screen.does(Action::SendFile);
    listed(&mut screen, "/home/ann", &[("b.txt", Some(5)), ("docs", None), (".hidden", Some(1))]);
    assert!(screen.find(".hidden").is_none());
    assert!(screen.find("docs/").map(|(_, y)| y) < screen.find("b.txt").map(|(_, y)| y), "folders first");
    screen.click_on("docs/");
    assert_eq!(lists(&screen), Some(PathBuf::from("/home/ann/docs")));
    listed(&mut screen, "/home/ann/docs", &[("thesis.pdf", Some(3 << 20)), ("todo.md", Some(9))]);
    screen.shows("3.1 MB");
    screen.write("the");
    screen.key("enter");
    assert_eq!(sent(&screen), "/home/ann/docs/thesis.pdf");
    assert!(screen.app.overlay.is_none());
    screen.does(Action::SendFile);
    listed(&mut screen, "/home/ann", &[]);
    screen.happens(Event::Paste("'/tmp/a picture.png'\n".into()));
    screen.key("enter");
    assert_eq!(sent(&screen), "/tmp/a picture.png");
    screen.does(Action::SendFile);
    screen.write("/etc/");
    assert_eq!(lists(&screen), Some(PathBuf::from("/etc/")));
    let refused = Done::Listed(PathBuf::from("/etc/"), Err("no right to read it".into()));
    screen.happens(Event::Done(refused));
    screen.shows("✗ no right to read it");
}

#[test]
fn what_is_typed_while_a_folder_is_looked_into_is_not_lost() {
    let mut screen = lively(Settings::default(), (80, 24));
    open(&mut screen, &bob());
    let listed = |screen: &mut Screen, folder: &str, names: &[&str]| {
        let entries = names.iter().map(|name| Listed { name: (*name).into(), size: Some(1) }).collect();
        screen.happens(Event::Done(Done::Listed(PathBuf::from(folder), Ok(entries))));
    };
    let send = |screen: &mut Screen| {
        screen.key("enter");
        match asked(screen, |command| matches!(command, Command::SendFile { .. })) {
            (_, Command::SendFile { path, .. }) => path,
            _ => unreachable!("it is one"),
        }
    };
    screen.does(Action::SendFile);
    screen.write("/home/ann/ph");
    listed(&mut screen, "/", &[]);
    listed(&mut screen, "/home", &["phone"]);
    listed(&mut screen, "/home/ann", &["other", "photo"]);
    assert_eq!(send(&mut screen), "/home/ann/photo");
    screen.does(Action::SendFile);
    screen.happens(Event::Paste("~/photo".into()));
    let asked = screen.effects.iter().rev().find_map(|effect| match effect {
        Effect::Job(Job::List(folder)) => Some(folder.clone()),
        _ => None,
    });
    assert_eq!(asked, Some(PathBuf::from("~/")), "only the other side knows where that is");
    listed(&mut screen, "/home/bob", &["other", "photo"]);
    assert_eq!(send(&mut screen), "/home/bob/photo");
}

#[test]
fn an_emoji_is_found_in_both_languages_and_written_or_put_to_a_message() {
    let mut screen = lively(Settings::default(), (80, 24));
    open(&mut screen, &bob());
    for words in ["birthday", "生日"] {
        screen.does(Action::Emoji);
        screen.write(words);
        screen.click_on("🎂");
        assert!(screen.app.overlay.is_none());
    }
    screen.shows("🎂🎂");
    let message = text_of("bob", bob(), 1, "").id;
    screen.app.view.selected = message;
    screen.does(Action::React);
    screen.key("enter");
    let (_, command) = asked(&screen, |command| matches!(command, Command::React { .. }));
    assert!(
        matches!(command, Command::React { message_id, emoji, on: true } if emoji == "😀" && Some(message_id) == message)
    );
}

#[test]
fn a_chat_is_written_into_a_file_and_where_that_is_is_told() {
    let mut screen = lively(Settings::default(), (80, 24));
    open(&mut screen, &bob());
    screen.does(Action::Export);
    screen.click_on("HTML");
    let wanted = |effect: &&Effect| matches!(effect, Effect::Job(Job::Export { format: "html", with }) if *with == bob());
    assert!(screen.effects.iter().any(|effect| wanted(&effect)));
    screen.shows("writing…");
    screen.happens(Event::Done(Done::Exported(Ok(PathBuf::from("/home/ann/bob.html")))));
    screen.shows("written to /home/ann/bob.html");
    screen.key("c");
    assert!(
        screen
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Copy(path) if path == "/home/ann/bob.html"))
    );
}

#[test]
fn where_a_chat_was_written_is_told_also_when_the_window_is_closed() {
    for lang in Lang::ALL {
        let mut screen = lively(settings(*lang, Theme::Dark), (80, 24));
        open(&mut screen, &bob());
        screen.does(Action::Export);
        screen.key("enter");
        screen.key("esc");
        screen.happens(Event::Done(Done::Exported(Ok(PathBuf::from("/home/ann/bob.txt")))));
        screen.shows("/home/ann/bob.txt");
        screen.happens(Event::Done(Done::Exported(Err("the disk is on fire".into()))));
        screen.shows(if *lang == Lang::Zh { "未能完成：the disk" } else { "✗ the disk is on fire" });
    }
}

#[test]
fn the_wheel_stops_where_the_list_ends() {
    let mut screen = lively(Settings::default(), (80, 24));
    screen.does(Action::SwitchChat);
    let (x, y) = screen.find("● bob").unwrap();
    (0..40).for_each(|_| screen.wheel(x, y, 1));
    screen.key("enter");
    assert!(screen.app.view.open.is_some(), "the last one was chosen");
    screen.does(Action::Help);
    let at_first = screen.text();
    (0..80).for_each(|_| screen.wheel(40, 12, 1));
    let at_last = screen.text();
    screen.wheel(40, 12, -1);
    assert_ne!(screen.text(), at_last, "one turn back is seen at once");
    (0..80).for_each(|_| screen.wheel(40, 12, -1));
    assert_eq!(screen.text(), at_first);
}

#[test]
fn the_caret_stands_behind_a_text_that_is_too_long_for_its_line() {
    for text in ["好", "a好", "abc"] {
        let mut screen = lively(Settings::default(), (80, 24));
        screen.does(Action::SwitchChat);
        screen.write(&text.repeat(25));
        let caret = screen.caret.unwrap();
        let last = text.chars().last().unwrap().to_string();
        let before = caret.x - Settings::default().cells.of(&last);
        assert_eq!(screen.cells()[(before, caret.y)].symbol(), last, "{}", screen.text());
    }
}

#[test]
fn the_menu_offers_for_a_message_only_what_can_be_done_with_it() {
    let mut screen = lively(Settings::default(), (80, 24));
    open(&mut screen, &bob());
    screen.key("ctrl-p");
    screen.does(Action::Menu);
    screen.shows("reply");
    for text in ["delete for both sides", "save the file", "try again", "copy the links"] {
        assert!(screen.find(text).is_none(), "`{text}` in\n{}", screen.text());
    }
}

#[test]
fn the_help_page_finds_an_action_by_a_word_and_does_it() {
    let mut screen = lively(Settings::default(), (80, 24));
    screen.does(Action::Help);
    screen.write("room by");
    screen.shows("join a room by its number");
    assert!(screen.find("create a room").is_none());
    screen.key("enter");
    screen.shows("Join a room");
}

#[test]
fn a_few_letters_go_to_a_chat() {
    let mut screen = lively(Settings::default(), (80, 24));
    screen.does(Action::SwitchChat);
    screen.write("da");
    screen.key("enter");
    assert_eq!(screen.app.view.open, Some(With::User("dora".into())));
}
