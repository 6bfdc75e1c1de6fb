//! The connections are cut at random bytes, again and again, while two people talk.

use acceptance::messenger::House;
use acceptance::proxy::{Proxy, Trouble};
use acceptance::speaker::{Speaker, conversation, numbers};
use acceptance::{random, repeats};
use rand::RngExt;
use serde_json::{Value, json};

#[test]
fn nothing_is_lost_repeated_or_reordered_wherever_the_connection_is_cut() {
    cut_again_and_again(&[]);
}

#[test]
fn nor_on_tls() {
    cut_again_and_again(&["--tls"]);
}

fn cut_again_and_again(options: &[&str]) {
    let (mut random, cuts) = (random(), repeats(6));
    let mut house = House::new(options);
    let (anna, bob) = house.friends("anna", "bob");
    assert_eq!((anna.leave(), bob.leave()), (0, 0));
    let proxy = Proxy::new(house.address);
    house.through = Some(proxy.address);
    let (to_anna, to_bob) = (json!({"user": "anna"}), json!({"user": "bob"}));
    let mut anna = Speaker::new(house.again("anna"));
    let mut bob = Speaker::new(house.again("bob"));
    proxy.plan(move || {
        // Half of them in the handshake, a few kilobytes long; the others later.
        let mut trouble = [Trouble::None; 2];
        trouble[random.random_range(0..2)] = Trouble::CutAt(random.random_range(0..8_000));
        trouble
    });
    proxy.cut();
    while proxy.made() < cuts {
        // Waiting for both makes sure that bytes flow in both directions until the cuts are done.
        let (one, other) = (anna.say(&to_bob, 5, 5), bob.say(&to_anna, 5, 5));
        anna.person.delivery(&one[4], "delivered");
        bob.person.delivery(&other[4], "delivered");
    }
    proxy.plan(|| [Trouble::None; 2]);
    proxy.cut();
    let (one, other) = (anna.say(&to_bob, 1, 1), bob.say(&to_anna, 1, 1));
    anna.person.delivery(&one[0], "delivered");
    bob.person.delivery(&other[0], "delivered");

    let (with_bob, with_anna) =
        (conversation(&mut anna.person, &to_bob), conversation(&mut bob.person, &to_anna));
    anna.check(&numbers(&with_anna, "anna"));
    bob.check(&numbers(&with_bob, "bob"));
    let order = |lines: &[Value]| -> Vec<Value> {
        lines.iter().map(|line| json!([line["seq"], line["from"], line["text"]])).collect()
    };
    assert_eq!(order(&with_bob), order(&with_anna));
    for speaker in [&mut anna, &mut bob] {
        // Each text was told once.
        let told = speaker.person.events_so_far("message");
        let mut numbers: Vec<u64> = told.iter().map(|event| event["seq"].as_u64().unwrap()).collect();
        let all = numbers.len();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), all);
    }
}
