//! One byte of each connection is changed on the way. On the lessons this may pass unnoticed, which is what they
//! teach; but nobody panics or hangs, and others talk on.

use acceptance::messenger::{House, PASSWORD, Person};
use acceptance::proxy::Trouble;
use acceptance::random;
use acceptance::speaker::{Speaker, conversation, numbers};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;

/// A random one of the first bytes in one direction.
fn flip(random: &mut StdRng, most: usize) -> [Trouble; 2] {
    let mut trouble = [Trouble::None; 2];
    trouble[random.random_range(0..2)] =
        Trouble::Flip(random.random_range(0..most), random.random_range(1..=255));
    trouble
}

#[test]
fn on_the_signed_channel_damage_loses_and_changes_nothing() {
    changes_nothing(&[]);
}

#[test]
fn on_tls_damage_loses_and_changes_nothing() {
    changes_nothing(&["--tls"]);
}

fn changes_nothing(options: &[&str]) {
    let mut random = random();
    let mut house = House::new(options);
    let (anna, mut bob) = house.friends("anna", "bob");
    assert_eq!(anna.leave(), 0);
    let proxy = house.proxy();
    let (mut anna, to_bob) = (Speaker::new(house.again("anna")), json!({"user": "bob"}));
    // Every second connection only: pauses grow from failure to failure. A handshake has about half of the bytes.
    let mut is_damaged = false;
    proxy.plan(move || {
        is_damaged = !is_damaged;
        if is_damaged { flip(&mut random, 5_000) } else { [Trouble::None; 2] }
    });
    while proxy.made() < 8 {
        proxy.cut();
        let ids = anna.say(&to_bob, 3, 3);
        arrives(&mut anna.person, &ids[2]);
    }
    proxy.plan(|| [Trouble::None; 2]);
    proxy.cut();
    let ids = anna.say(&to_bob, 1, 1);
    arrives(&mut anna.person, &ids[0]);
    anna.check(&numbers(&conversation(&mut bob, &json!({"user": "anna"})), "anna"));
    still_there(&mut house, &mut bob);
}

#[test]
fn on_lessons_damage_ends_neither_the_server_nor_what_others_say() {
    let mut random = random();
    for lesson in ["1", "2", "3", "4", "5", "6"] {
        let mut house = House::new(&["--lesson", lesson]);
        let (mut anna, mut bob) = house.friends("anna", "bob");
        drop(house.person("eve"));
        let proxy = house.proxy();
        let mut own = StdRng::seed_from_u64(random.random());
        proxy.plan(move || flip(&mut own, 400));
        for _ in 0..3 {
            let lines = [
                json!({"id": 1, "do": "login", "username": "eve", "password": PASSWORD}),
                json!({"id": 2, "do": "search", "text": "an"}),
            ];
            let lines = lines.map(|line| format!("{line}\n")).concat();
            let (_, _, errors) = house.uchat("eve", &["run"], lines.as_bytes());
            assert!(!errors.contains("panicked"), "lesson {lesson}: {errors}");
            anna.say("bob", "beside the damage");
            bob.hears("beside the damage");
        }
        still_there(&mut house, &mut bob);
    }
}

/// Waits until a message is delivered. Damage may look like a server that people must do something about; then the
/// client stops, says so, and they log in again.
fn arrives(person: &mut Person, id: &str) {
    loop {
        let came = person.any_event("a delivery", |event| {
            (event["event"] == "delivery" && event["id"] == id && event["state"] == "delivered")
                || (event["event"] == "connection" && event["state"] == "refused")
        });
        if came["event"] == "delivery" {
            return;
        }
        assert!(came["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{came}");
        let login = json!({"do": "login", "username": person.name, "password": PASSWORD});
        // Only every second connection is damaged: the log-in after one that failed succeeds.
        let tries = (0..4).map(|_| person.try_ask(login.clone()));
        assert!(
            tries.into_iter().any(|answer| answer["ok"] == true),
            "the log-in was refused again and again"
        );
    }
}

/// The server serves on, and nothing in it has panicked.
fn still_there(house: &mut House, person: &mut Person) {
    person.ask(json!({"do": "search", "text": "an"}));
    #[cfg(unix)]
    {
        let (status, log) = house.stop();
        assert_eq!(status, 0, "{log}");
        assert!(!log.contains("panic"), "{log}");
    }
}
