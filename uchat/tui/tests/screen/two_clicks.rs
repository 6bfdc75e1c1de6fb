//! The two-click rule, looked for exhaustively: from the main screen everything in the table of actions can be reached
//! with two clicks, and with two keys, at most. Only what was drawn can be clicked.

use crate::harness::{Screen, text_of};
use crate::world::{lively, members, open, settings};
use std::collections::BTreeMap;
use uchat_client::core::With;
use uchat_tui::action::{Action, Key, Place};
use uchat_tui::app::{Effect, Event, Settings, act};
use uchat_tui::hit::Target;
use uchat_tui::lang::Lang;
use uchat_tui::theme::Theme;

/// The screens from which everything that can be done there must be near.
fn starts(size: (u16, u16)) -> Vec<(&'static str, Screen)> {
    let fresh = || lively(settings(Lang::En, Theme::Dark), size);
    let bob = With::User("bob".into());
    let mut friend = fresh();
    open(&mut friend, &bob);
    let mut room = fresh();
    open(&mut room, &With::Room(12));
    members(&mut room);
    let mut message = friend.clone();
    message.app.view.selected = text_of("bob", bob, 1, "").id;
    message.happens(Event::Tick);
    vec![
        ("nothing is open", fresh()),
        ("a friend is open", friend),
        ("a room is open", room),
        ("a message is selected", message),
    ]
}

/// Every area of the screen that can be clicked, and what a click on its first cell means.
fn clickable(screen: &Screen) -> Vec<(u16, u16, Target)> {
    screen.app.hits.targets().map(|(area, target)| (area.x, area.y, target.clone())).collect()
}

/// What can be done with so few clicks, with the same chat, message and focus as at the start: each action with the
/// clicks that lead to it.
fn reached(start: &Screen) -> BTreeMap<Action, Vec<(u16, u16)>> {
    let mut found = BTreeMap::new();
    let about =
        |screen: &Screen| (screen.app.view.open.clone(), screen.app.view.selected, screen.app.view.focus);
    let mut see = |screen: &Screen, path: &[(u16, u16)]| {
        if about(screen) != about(start) {
            return;
        }
        for (x, y, target) in clickable(screen) {
            if let Target::Do(action) = target {
                let possible = screen.app.places_below().contains(&action.place());
                if possible {
                    found.entry(action).or_insert_with(|| [path, &[(x, y)]].concat());
                }
            }
        }
    };
    see(start, &[]);
    for (x, y, _) in clickable(start) {
        let mut after = start.clone();
        after.click(x, y);
        see(&after, &[(x, y)]);
    }
    found
}

#[test]
fn everything_that_can_be_done_is_two_clicks_away() {
    for size in [(80, 24), (200, 60)] {
        for (what, start) in starts(size) {
            let near = reached(&start);
            for action in Action::ALL.iter().filter(|action| start.app.can(**action)) {
                assert!(near.contains_key(action), "{action:?} is too far when {what}, at {size:?}");
            }
        }
    }
}

#[test]
fn the_clicks_do_what_the_action_does() {
    for (what, start) in starts((80, 24)) {
        let near = reached(&start);
        for (action, clicks) in near.iter().filter(|(action, _)| action.place() != Place::Everywhere) {
            if !start.app.can(*action) {
                continue;
            }
            let mut clicked = start.clone();
            clicks.iter().for_each(|(x, y)| clicked.click(*x, *y));
            let mut done = start.clone();
            act(&mut done.app, *action);
            done.happens(Event::Tick);
            assert_eq!(
                outcome(&start, &clicked),
                outcome(&start, &done),
                "{action:?} when {what}, by {clicks:?}"
            );
        }
    }
}

#[test]
fn everything_that_can_be_done_is_two_keys_away() {
    for (what, start) in starts((80, 24)) {
        let places = start.app.places();
        for action in Action::ALL.iter().filter(|action| start.app.can(**action)) {
            let keymap = &start.app.settings.keymap;
            let by_key = keymap.keys(*action).iter().any(|key| keymap.action(*key, &places) == Some(*action));
            assert!(by_key || by_menu(&start, *action), "{action:?} has no keys when {what}");
        }
    }
}

/// What is seen, and what is to be done, after something that began there.
fn outcome(start: &Screen, screen: &Screen) -> (String, Vec<String>) {
    let effects = screen.effects[start.effects.len()..].iter();
    let done = effects.filter(|effect| !matches!(effect, Effect::WakeAt(_)));
    (screen.text(), done.map(|effect| format!("{effect:?}")).collect())
}

/// Whether the menu and one of its letters do it.
fn by_menu(start: &Screen, action: Action) -> bool {
    let mut done = start.clone();
    act(&mut done.app, action);
    done.happens(Event::Tick);
    let mut menu = start.clone();
    menu.does(Action::Menu);
    ('a'..='z').any(|letter| {
        let mut chosen = menu.clone();
        chosen.happens(Event::Key(Key::plain(crossterm::event::KeyCode::Char(letter))));
        outcome(start, &chosen) == outcome(start, &done)
    })
}

#[test]
fn each_contact_is_one_click_away_and_so_is_the_way_back_in_a_narrow_terminal() {
    for size in [(80, 24), (44, 20)] {
        let mut screen = lively(settings(Lang::En, Theme::Dark), size);
        let chats = clickable(&screen).into_iter().filter(|(.., target)| matches!(target, Target::Chat(_)));
        assert_eq!(chats.count(), 6, "{}", screen.text());
        open(&mut screen, &With::User("小明".into()));
        let list = clickable(&screen)
            .into_iter()
            .any(|(.., target)| matches!(target, Target::Chat(_)) || target == Target::Contacts);
        assert!(list, "{}", screen.text());
    }
}

#[test]
fn the_smallest_terminal_has_a_way_to_everything_too() {
    let mut screen = lively(settings(Lang::En, Theme::Dark), (40, 12));
    screen.click_on("menu");
    screen.shows("add a friend");
    screen.key("esc");
    open(&mut screen, &With::User("bob".into()));
    screen.click_on("menu");
    screen.shows("send a file");
}

#[test]
fn from_the_first_screens_log_in_and_registration_are_two_clicks_away() {
    let screen = Screen::new(Settings::default(), (80, 24), None);
    let near = reached(&screen);
    for action in [Action::StartPrivate, Action::ToInvite] {
        assert!(near.contains_key(&action), "{action:?}:\n{}", screen.text());
    }
    let screen = Screen::new(Settings::default(), (80, 24), Some("ann"));
    let near = reached(&screen);
    for action in [Action::Submit, Action::ToRegister] {
        assert!(near.contains_key(&action), "{action:?}:\n{}", screen.text());
    }
}
