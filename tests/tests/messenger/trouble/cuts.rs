//! The connections are cut at random bytes, again and again, while two people talk.

use acceptance::messenger::House;
use acceptance::proxy::Trouble;
use acceptance::speaker::{Speaker, conversation, numbers, said};
use acceptance::{random, repeats};
use rand::RngExt;
use serde_json::json;

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
    let proxy = house.proxy();
    let (to_anna, to_bob) = (json!({"user": "anna"}), json!({"user": "bob"}));
    let mut anna = Speaker::new(house.again("anna"));
    let mut bob = Speaker::new(house.again("bob"));
    // One in the handshake, a few kilobytes long, the next one later: pauses grow from one failed handshake to the next,
    // and many in a row would take minutes.
    let mut early = false;
    proxy.plan(move || {
        early = !early;
        let bytes = if early { 0..4_000 } else { 6_000..12_000 };
        let mut trouble = [Trouble::None; 2];
        trouble[random.random_range(0..2)] = Trouble::CutAt(random.random_range(bytes));
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
    anna.hears_last("bob", bob.said - 1);
    bob.hears_last("anna", anna.said - 1);

    let (with_bob, with_anna) =
        (conversation(&mut anna.person, &to_bob), conversation(&mut bob.person, &to_anna));
    anna.check(&numbers(&with_anna, "anna"));
    bob.check(&numbers(&with_bob, "bob"));
    assert_eq!(said(&with_bob), said(&with_anna));
    assert_eq!((anna.check_told(&with_bob), bob.check_told(&with_anna)), (0, 0));
}
