//! Windows about rooms.

use super::*;

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
fn leaving_a_room_and_deleting_a_friend_are_asked_for_once_more() {
    for (with, chosen, asked, yes, told) in [
        (bob(), "delete this friend", "Delete bob?", "[ enter delete ]", "bob is not your friend any more."),
        (
            With::Room(12),
            "leave the room",
            "Leave 旅行计划?",
            "[ enter leave the room ]",
            "You have left 旅行计划.",
        ),
    ] {
        let mut screen = lively(Settings::default(), (80, 24));
        open(&mut screen, &with);
        let given = |screen: &Screen| {
            let given = |effect: &&Effect| {
                matches!(
                    effect,
                    Effect::Command(_, Command::DeleteFriend { .. } | Command::LeaveRoom { room: 12 })
                )
            };
            screen.effects.iter().filter(given).count()
        };
        screen.does(Action::Menu);
        screen.click_on(chosen);
        screen.shows(asked);
        screen.key("esc");
        screen.does(Action::Menu);
        screen.click_on(chosen);
        assert_eq!(given(&screen), 0, "nobody has said yes");
        screen.click_on(yes);
        assert_eq!(given(&screen), 1);
        let (id, _) = screen.last_command();
        screen.answer(id, Ok(Answer::Done {}));
        screen.shows(told);
    }
}
