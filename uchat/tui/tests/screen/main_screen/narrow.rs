//! A narrow terminal, which shows one part at a time.

use super::*;

#[test]
fn a_narrow_terminal_shows_one_part_and_the_way_back() {
    let mut screen = lively(Settings::default(), (44, 20));
    screen.shows("● bob");
    open(&mut screen, &With::User("小明".into()));
    assert!(screen.find("● bob").is_none(), "{}", screen.text());
    screen.shows("yes, 我在");
    screen.click_on("‹ contacts");
    screen.shows("● bob");
}

#[test]
fn the_way_back_in_a_narrow_terminal_leads_to_the_contacts_also_from_inside_a_message() {
    let mut screen = lively(Settings::default(), (44, 20));
    open(&mut screen, &With::User("小明".into()));
    screen.key("f2");
    screen.key("tab");
    screen.key("tab");
    assert_eq!(screen.app.view.focus, Focus::Composer);
    screen.click_on("‹ contacts");
    screen.shows("● bob");
}

#[test]
fn what_nobody_can_see_in_a_narrow_terminal_stays_unread_and_rings() {
    let mut screen = lively(Settings::default(), (44, 20));
    let with = With::User("小明".into());
    open(&mut screen, &with);
    screen.click_on("‹ contacts");
    screen.effects.clear();
    screen.notice(Notice::Message(text_of("小明", with.clone(), 9, "are you still there?")));
    let rings = |screen: &Screen| screen.effects.iter().any(|it| matches!(it, Effect::Notify { .. }));
    let read = |screen: &Screen| {
        screen.effects.iter().any(|it| matches!(it, Effect::Command(_, Command::MarkRead { .. })))
    };
    assert!(rings(&screen) && !read(&screen), "{:?}", screen.effects);
    screen.key("esc");
    assert!(read(&screen), "it is seen now");
}
