//! The messenger where a clock is wrong: set back or forward while people talk, on the server's machine or on theirs.
//! The clocks are moved by `faketime`.

use acceptance::clock::Clock;
use acceptance::messenger::{House, PASSWORD, befriend};
use acceptance::speaker::{Speaker, conversation, numbers, said};
use acceptance::wire::{Wire, login};
use acceptance::{PATIENCE, program};
use echo::lab::Process;
use serde_bytes::ByteBuf;
use serde_json::{Value, json};
use std::process::Command;
use uchat_protocol::{Code, request};

/// A house whose server goes by this clock, and its people by the right one.
fn house_with_clock() -> Option<(House, Clock)> {
    let mut house = House::new(&[]);
    let clock = Clock::new(house.folder.path(), "clock")?;
    house.kill();
    house.environment = clock.environment();
    house.begin();
    house.environment.clear();
    Some((house, clock))
}

/// A house with these options, and two friends: anna goes by the right clock, bob by this one.
fn friends_of_whom_one_has_a_clock(options: &[&str]) -> Option<(House, Clock, Speaker, Speaker)> {
    let mut house = House::new(options);
    let clock = Clock::new(house.folder.path(), "clock")?;
    let anna = house.person("anna");
    house.environment = clock.environment();
    let bob = house.person("bob");
    let (mut anna, mut bob) = (Speaker::new(anna), Speaker::new(bob));
    befriend(&mut anna.person, &mut bob.person);
    Some((house, clock, anna, bob))
}

/// Both say five numbers, which arrive.
fn talk(one: &mut Speaker, other: &mut Speaker) {
    let with = [&*other, one].map(|speaker| json!({"user": speaker.person.name}));
    for (speaker, with) in [one, other].into_iter().zip(&with) {
        let ids = speaker.say(with, 5, 5);
        speaker.person.delivery(&ids[4], "delivered");
    }
}

/// Both have the same conversation, in order, and were told each message of the other once.
fn agree(one: &mut Speaker, other: &mut Speaker) -> Vec<Value> {
    one.hears_last(&other.person.name, other.said - 1);
    other.hears_last(&one.person.name, one.said - 1);
    let of_one = conversation(&mut one.person, &json!({"user": other.person.name}));
    let of_other = conversation(&mut other.person, &json!({"user": one.person.name}));
    assert_eq!(said(&of_one), said(&of_other));
    for (speaker, lines) in [(one, &of_other), (other, &of_one)] {
        speaker.check(&numbers(lines, &speaker.person.name));
        assert_eq!(speaker.check_told(lines), 0);
    }
    of_one
}

#[test]
fn a_server_whose_clock_jumps_loses_repeats_and_reorders_nothing() {
    let Some((mut house, clock)) = house_with_clock() else { return };
    let proxy = house.proxy();
    let (anna, bob) = house.friends("anna", "bob");
    let (mut anna, mut bob) = (Speaker::new(anna), Speaker::new(bob));
    for offset in ["+0", "-1d", "+1d", "-4m", "-1d"] {
        clock.set(offset);
        talk(&mut anna, &mut bob);
        proxy.cut(); // both come back by their tokens
        talk(&mut anna, &mut bob);
        anna.hears_last("bob", bob.said - 1);
        anna = anna.killed(&house); // comes back with the password
    }
    talk(&mut anna, &mut bob);
    let lines = agree(&mut anna, &mut bob);
    let times: Vec<u64> = lines.iter().map(|line| line["time"].as_u64().unwrap()).collect();
    assert!(times.is_sorted(), "no line looks older than the one before it: {times:?}");
    let hours = (times[times.len() - 1] - times[0]) / 3_600_000;
    assert!((23..25).contains(&hours), "the clock was a day ahead: {times:?}");
    let said = [bob.said, anna.said];
    for (speaker, said) in [anna, bob].iter_mut().zip(said) {
        let contacts = speaker.person.ask(json!({"do": "contacts"}));
        assert_eq!(contacts["contacts"][0]["unread"], said, "{}", speaker.person.name);
    }
}

#[test]
fn a_client_whose_clock_jumps_loses_repeats_and_reorders_nothing() {
    let Some((house, clock, mut anna, mut bob)) = friends_of_whom_one_has_a_clock(&[]) else { return };
    for offset in ["+0", "-1d", "+1d", "-4m", "-1d", "-4m"] {
        clock.set(offset);
        talk(&mut anna, &mut bob);
    }
    bob.hears_last("anna", anna.said - 1);
    bob = bob.killed(&house); // four minutes behind is near enough for the server's certificate
    talk(&mut anna, &mut bob);
    agree(&mut anna, &mut bob);
}

#[test]
fn a_token_is_good_whatever_the_servers_clock_does_but_not_for_ever() {
    let Some((house, clock)) = house_with_clock() else { return };
    drop(Wire::newcomer(&house, "anna"));
    let resume = |token: &ByteBuf| request::Resume { token: token.clone() };
    let mut token = Wire::enter(&house, login("anna")).1.token.unwrap();
    for offset in ["-1d", "+1d", "-4m"] {
        clock.set(offset);
        let (_, logged_in) = Wire::enter(&house, resume(&token));
        assert_eq!(logged_in.name, "anna", "{offset}");
        token = logged_in.token.unwrap();
    }
    clock.set("+31d");
    assert_eq!(Wire::connect(&house).refused(resume(&token)).code, Code::BadToken);
}

#[test]
fn who_is_a_day_behind_is_told_that_a_certificate_is_not_yet_valid_and_loses_nothing() {
    for options in [&[][..], &["--tls"]] {
        let Some((mut house, clock, mut anna, mut bob)) = friends_of_whom_one_has_a_clock(options) else {
            return;
        };
        talk(&mut anna, &mut bob);
        clock.set("-1d");
        house.environment.clear();
        house.kill();
        house.begin();
        let told = bob.person.event("connection", |event| event["state"] == "refused");
        assert_eq!(told["code"], "untrusted_server");
        says_when(told["reason"].as_str().unwrap());
        let login = json!({"do": "login", "username": "bob", "password": PASSWORD});
        assert_eq!(bob.person.refused(login.clone()), "untrusted_server");
        bob.say(&json!({"user": "anna"}), 3, 3);
        anna.say(&json!({"user": "bob"}), 3, 3);
        // One verb, one sentence.
        house.environment = clock.environment();
        let (status, _, errors) = house.uchat("new", &["join", "-"], house.invite().as_bytes());
        assert_eq!(status, 0, "the server is remembered all the same: {errors}");
        says_when(&errors);
        clock.set("+0");
        bob.person.ask(login);
        talk(&mut anna, &mut bob);
        agree(&mut anna, &mut bob);
    }
}

/// From when on the certificate is valid, and what the clock says: so that people look at their clock.
fn says_when(reason: &str) {
    assert!(reason.contains("is valid from ") && reason.contains("; now it is "), "{reason}");
    assert!(reason.contains("is this machine's clock wrong?"), "{reason}");
}

#[test]
fn a_server_that_is_a_day_behind_its_own_ca_says_so_and_starts_once_the_clock_is_right() {
    let Some((mut house, clock)) = house_with_clock() else { return };
    let (mut anna, mut bob) = house.friends("anna", "bob");
    house.kill();
    anna.say("bob", "while it is away");
    clock.set("-1d");
    let mut command = Command::new(program("uchat"));
    command.args(["server", "--listen", "127.0.0.1:0", "--no-echo", "--data"]).arg(house.data());
    command.envs(clock.environment());
    let ended = Process::spawn(command).unwrap().wait(PATIENCE).unwrap();
    assert_eq!((ended.status.code(), ended.output.as_str()), (Some(1), ""), "{}", ended.errors);
    says_when(&ended.errors);
    clock.set("+0");
    house.begin();
    bob.hears("while it is away");
}

#[test]
fn keys_certified_by_a_server_a_day_ahead_wait_and_are_certified_anew_at_the_next_log_in() {
    let Some((house, clock)) = house_with_clock() else { return };
    let mut anna = house.person("anna");
    clock.set("+1d");
    let mut bob = house.person("bob");
    let notice = bob.event("notice", |_| true);
    says_when(notice["text"].as_str().unwrap());
    befriend(&mut anna, &mut bob);
    let id = anna.say("bob", "are you there?");
    let waits = anna.event("delivery", |event| event["id"] == id.as_str() && event["reason"].is_string());
    assert_eq!((&waits["state"], &waits["code"]), (&json!("queued"), &json!("no_keys")));
    clock.set("+0");
    assert_eq!(bob.leave(), 0);
    let mut bob = house.again("bob");
    bob.hears("are you there?");
    bob.say("anna", "yes");
    anna.hears("yes");
}
