//! What ticks a step of the demo, by hand or with one key.

use super::*;

#[test]
fn nothing_is_asked_of_the_clients_before_their_server_runs() {
    let mut stage = Stage::new(Lang::En, LARGE, None);
    stage.shows("Starting a server of its own");
    stage.key("ctrl-s");
    let asks = |effect: &Effect| {
        !matches!(effect, Effect::Of(_, app::Effect::WakeAt(_))) // something moves while one waits
    };
    assert!(!stage.effects.iter().any(asks), "{:?}", stage.effects);
    stage.happens(Event::Around(Happened::Ready));
    let opens = stage.effects.iter().filter(|it| matches!(it, Effect::Of(_, app::Effect::Job(Job::Open))));
    assert_eq!(opens.count(), 2);
}

#[test]
fn a_demo_without_a_server_ends() {
    let mut stage = Stage::new(Lang::En, LARGE, None);
    stage.happens(Event::Around(Happened::Failed));
    assert!(matches!(&stage.effects[..], [.., Effect::Of(_, app::Effect::Quit)]), "{:?}", stage.effects);
}

#[test]
fn by_hand_each_one_registers_with_enter_under_a_name_and_a_password_that_stand_there() {
    let mut stage = Stage::new(Lang::En, SMALL, None);
    stage.ready();
    for side in Side::BOTH {
        stage.shows(side.name());
        stage.key("enter");
        let commands = stage.commands(side);
        let [(_, Command::Register { username, .. })] = &commands[..] else { panic!("{commands:?}") };
        assert_eq!(username, side.name());
        stage.key("ctrl-w");
    }
}

#[test]
fn one_key_leads_through_all_steps_and_each_is_ticked_by_what_came_of_it() {
    for lang in [Lang::En, Lang::Zh] {
        for size in [SMALL, LARGE] {
            let mut stage = Stage::new(lang, size, None);
            all_steps(&mut stage);
            assert_eq!(stage.demo.steps.count(), 7);
            stage.key("esc");
            stage.shows(if lang == Lang::En { "All done" } else { "全部完成" });
            stage.key("ctrl-q");
            assert!(matches!(&stage.effects[..], [Effect::Of(_, app::Effect::Quit)]), "{:?}", stage.effects);
        }
    }
}

#[test]
fn the_same_thing_is_not_done_twice_by_a_hasty_finger() {
    let mut stage = Stage::new(Lang::En, LARGE, None);
    stage.with_accounts();
    let key = || Event::Terminal(app::Event::Key("f10".parse().expect("a key")));
    let first = update(&mut stage.demo, stage.now, key());
    let second = update(&mut stage.demo, stage.now + 100, key());
    let adds = |effects: &[Effect]| {
        let add = |effect: &&Effect| {
            matches!(effect, Effect::Of(_, app::Effect::Command(_, Command::AddFriend { .. })))
        };
        effects.iter().filter(add).count()
    };
    assert_eq!((adds(&first), adds(&second)), (1, 0));
}

#[test]
fn the_database_must_say_so_before_an_account_counts() {
    let mut stage = Stage::new(Lang::En, LARGE, None);
    stage.ready();
    stage.shows("✓ form filled in");
    stage.shows("· keys");
    assert!(!stage.demo.steps.is_done(Step::Accounts));
    let mut stage = Stage::new(Lang::En, LARGE, None);
    stage.with_accounts();
    assert!(stage.demo.steps.is_done(Step::Accounts));
    stage.shows("✓ 1 Two accounts");
    stage.shows("1 of 7");
}
