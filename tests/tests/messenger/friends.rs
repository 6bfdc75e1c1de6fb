//! The messenger: accounts and friends, and what each wrong wish is answered.

use acceptance::messenger::{House, PASSWORD, befriend};
use serde_json::{Value, json};

fn register(username: &str, password: &str, email: &str) -> Value {
    json!({"do": "register", "username": username, "password": password, "email": email})
}

#[test]
fn each_wrong_field_of_a_registration_has_its_own_answer() {
    let house = House::new(&[]);
    let mut anna = house.person("Anna");
    anna.ask(json!({"do": "search", "text": "Anna"}));
    house.join("new");
    let mut new = house.stranger("new");
    let cases = [
        (register("", PASSWORD, "a@b.c"), "bad_user_name"),
        (register("far too long", PASSWORD, "a@b.c"), "bad_user_name"),
        (register("a b", PASSWORD, "a@b.c"), "bad_user_name"),
        (register("a\u{202e}b", PASSWORD, "a@b.c"), "bad_user_name"),
        (register("a\u{7}b", PASSWORD, "a@b.c"), "bad_user_name"),
        (register("p\u{430}ul", PASSWORD, "a@b.c"), "bad_user_name"),
        (register("anna", PASSWORD, "a@b.c"), "user_name_taken"),
        (register("ANNA", PASSWORD, "a@b.c"), "user_name_taken"),
        (register("ａｎｎａ", PASSWORD, "a@b.c"), "bad_user_name"),
        (register("new", "short", "a@b.c"), "bad_password"),
        (register("new", PASSWORD, "nobody"), "bad_email"),
        (register("new", PASSWORD, "Anna@example.org"), "email_taken"),
    ];
    for (command, code) in cases {
        assert_eq!(new.refused(command.clone()), code, "{command}");
    }
    assert_eq!(
        new.refused(json!({"do": "login", "username": "Anna", "password": "wrong password"})),
        "wrong_login"
    );
    assert_eq!(
        new.refused(json!({"do": "login", "username": "nobody", "password": PASSWORD})),
        "wrong_login"
    );
    new.ask(register("小明", PASSWORD, "ming@example.org"));
}

#[test]
fn friends_are_found_asked_answered_and_lost() {
    let house = House::new(&[]);
    let (mut anna, mut bob) = (house.person("anna"), house.person("bob"));
    let add = |name: &str| json!({"do": "add_friend", "username": name});
    assert_eq!(anna.ask(json!({"do": "search", "text": "bo"}))["users"], json!(["bob"]));
    assert_eq!(anna.refused(add("nobody")), "no_such_user");
    assert_eq!(anna.refused(add("anna")), "yourself");
    assert_eq!(anna.refused(json!({"do": "send", "to": {"user": "bob"}, "text": "hi"})), "not_friends");

    anna.ask(add("bob"));
    assert_eq!(anna.refused(add("bob")), "request_pending");
    bob.event("friend_request", |event| event["username"] == "anna");
    bob.ask(json!({"do": "answer_friend", "username": "anna", "answer": "later"}));
    assert_eq!(bob.leave(), 0);
    let mut bob = house.again("bob");
    bob.event("friend_request", |event| event["username"] == "anna");
    bob.ask(json!({"do": "answer_friend", "username": "anna", "answer": "decline"}));
    assert_eq!(
        bob.refused(json!({"do": "answer_friend", "username": "anna", "answer": "accept"})),
        "no_such_request"
    );

    befriend(&mut bob, &mut anna);
    assert_eq!(anna.refused(add("bob")), "already_friends");
    let contacts = anna.ask(json!({"do": "contacts"}));
    assert_eq!(
        (&contacts["contacts"][0]["user"], &contacts["contacts"][0]["online"]),
        (&json!("bob"), &json!(true))
    );
    assert_eq!(contacts["contacts"][0]["ip"], "127.0.0.1");

    anna.ask(json!({"do": "delete_friend", "username": "bob"}));
    bob.event("friend_deleted", |event| event["username"] == "anna");
    assert_eq!(bob.ask(json!({"do": "contacts"}))["contacts"], json!([]));
    assert_eq!(bob.refused(json!({"do": "send", "to": {"user": "anna"}, "text": "hi"})), "not_friends");

    anna.ask(json!({"do": "block", "username": "bob"}));
    bob.ask(add("anna"));
    assert_eq!(anna.events_so_far("friend_request"), Vec::<Value>::new());
    assert_eq!(anna.refused(add("bob")), "blocked");
    anna.ask(json!({"do": "unblock", "username": "bob"}));
}

#[test]
fn a_profile_changes_a_password_changes_and_an_account_ends() {
    let house = House::new(&[]);
    let (mut anna, mut bob) = house.friends("anna", "bob");
    let change = |old: &str| json!({"do": "change_password", "old": old, "new": "another password"});
    assert_eq!(anna.refused(change("wrong password")), "wrong_password");
    anna.ask(change(PASSWORD));
    anna.ask(json!({"do": "set_profile", "share_address": false}));
    assert_eq!(anna.leave(), 0);
    let mut anna = house.stranger("anna");
    assert_eq!(anna.refused(json!({"do": "login", "username": "anna", "password": PASSWORD})), "wrong_login");
    anna.ask(json!({"do": "login", "username": "anna", "password": "another password"}));
    bob.event("presence", |event| event["username"] == "anna" && event["online"] == true);
    let contacts = bob.ask(json!({"do": "contacts"}));
    assert_eq!(contacts["contacts"][0].get("ip"), None, "anna does not share it: {contacts}");
    // The keys are still there: what is said can be read.
    bob.say("anna", "still you");
    anna.hears("still you");

    assert_eq!(anna.refused(json!({"do": "delete_account", "password": PASSWORD})), "wrong_password");
    anna.ask(json!({"do": "delete_account", "password": "another password"}));
    bob.event("friend_deleted", |event| event["username"] == "anna");
    house.join("other");
    let mut other = house.stranger("other");
    assert_eq!(other.refused(register("anna", PASSWORD, "new@example.org")), "user_name_taken");
}
