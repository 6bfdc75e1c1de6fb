//! The messenger: two people talk; what is stored, delivered, read, searched and shown once.

use acceptance::messenger::{House, PASSWORD};
use serde_json::{Value, json};

#[test]
fn two_friends_talk_and_see_how_far_each_message_has_come() {
    let house = House::new(&[]);
    let (mut anna, mut bob) = house.friends("anna", "bob");

    let id = anna.say("bob", "hello bob, 你好 🙂");
    let heard = bob.hears("hello bob, 你好 🙂");
    assert_eq!((&heard["from"], &heard["in"]["user"]), (&json!("anna"), &json!("anna")));
    assert_eq!((&heard["id"], &heard["encrypted"]), (&json!(id), &json!(true)));
    for state in ["stored", "delivered"] {
        anna.delivery(&id, state);
    }
    bob.ask(json!({"do": "mark_read", "with": {"user": "anna"}}));
    anna.delivery(&id, "read");

    let answer = bob.ask(json!({
        "do": "send", "to": {"user": "anna"}, "text": "two\nlines", "fontsize": 24, "fontcolor": "#ff8800", "reply_to": id
    }));
    let heard = anna.hears("two\nlines");
    assert_eq!((&heard["fontsize"], &heard["fontcolor"]), (&json!(24), &json!("#ff8800")));
    assert_eq!((&heard["reply_to"], &heard["id"]), (&json!(id), &answer["message_id"]));

    bob.say("anna", "@Anna, are you there?");
    assert_eq!(anna.hears("@Anna, are you there?")["mentioned"], true);
    assert_eq!(heard.get("mentioned"), None);

    let history = anna.ask(json!({"do": "history", "with": {"user": "bob"}}));
    let texts: Vec<&Value> =
        history["messages"].as_array().unwrap().iter().map(|line| &line["text"]).collect();
    assert_eq!(texts, ["hello bob, 你好 🙂", "two\nlines", "@Anna, are you there?"]);
    assert_eq!(history["messages"][0]["state"], "read");
}

#[test]
fn what_was_said_to_somebody_offline_comes_in_order_once_and_stays_unread_over_restarts() {
    let house = House::new(&[]);
    let (mut anna, bob) = house.friends("anna", "bob");
    assert_eq!(bob.leave(), 0);
    anna.event("presence", |event| event["username"] == "bob" && event["online"] == false);
    let texts: Vec<String> = (0..120).map(|n| format!("message {n}")).collect();
    let ids: Vec<String> = texts.iter().map(|text| anna.say("bob", text)).collect();
    anna.delivery(&ids[119], "stored");

    let mut bob = house.again("bob");
    for text in &texts {
        let heard = bob.event("message", |_| true);
        assert_eq!(heard["text"], text.as_str());
    }
    anna.delivery(&ids[119], "delivered");
    let unread = |contacts: &Value| contacts["contacts"][0]["unread"].clone();
    assert_eq!(unread(&bob.ask(json!({"do": "contacts"}))), 120);
    assert_eq!(bob.leave(), 0);

    let mut bob = house.again("bob");
    assert_eq!(unread(&bob.ask(json!({"do": "contacts"}))), 120);
    assert_eq!(bob.events_so_far("message"), Vec::<Value>::new(), "each message is shown once");
    bob.ask(json!({"do": "mark_read", "with": {"user": "anna"}}));
    anna.delivery(&ids[119], "read");
    assert_eq!(unread(&bob.ask(json!({"do": "contacts"}))), 0);
}

#[test]
fn a_new_log_in_replaces_the_old_session_which_does_not_come_back() {
    let house = House::new(&[]);
    let mut first = house.person("anna");
    house.join("elsewhere");
    let mut second = house.stranger("elsewhere");
    second.ask(json!({"do": "login", "username": "anna", "password": PASSWORD}));
    let told = first.event("connection", |event| event["state"] == "replaced");
    assert!(told["reason"].as_str().unwrap().contains("somewhere else"), "{told}");
    assert!(told.get("retry_in").is_none_or(Value::is_null), "{told}");
    // The second one stays: it is still there when it asks.
    second.ask(json!({"do": "search", "text": "an"}));
    assert_eq!(
        second.events_so_far("connection").iter().filter(|event| event["state"] == "replaced").count(),
        0
    );
}

#[test]
fn a_search_finds_any_two_adjacent_characters() {
    let house = House::new(&[]);
    let (mut anna, mut bob) = house.friends("小明", "bob");
    for text in ["今天天气很好", "Straße und Käse", "nothing here"] {
        anna.say("bob", text);
        bob.hears(text);
    }
    let mut found = |search: &str| -> Vec<String> {
        let answer = bob.ask(json!({"do": "history", "with": {"user": "小明"}, "search": search}));
        let lines = answer["messages"].as_array().unwrap();
        lines.iter().map(|line| line["text"].as_str().unwrap().to_owned()).collect()
    };
    for search in ["今天", "天天", "天气", "气很", "很好"] {
        assert_eq!(found(search), ["今天天气很好"], "{search}");
    }
    assert_eq!(found("käse"), ["Straße und Käse"]);
    assert_eq!(found("%"), Vec::<String>::new());
    assert_eq!(found("天好"), Vec::<String>::new());
}

#[test]
fn the_server_can_go_and_come_back_and_nothing_is_lost() {
    let mut house = House::new(&[]);
    let (mut anna, mut bob) = house.friends("anna", "bob");
    anna.say("bob", "before");
    bob.hears("before");
    house.kill();
    anna.event("connection", |event| event["state"] == "offline");
    bob.event("connection", |event| event["state"] == "offline");
    let id = anna.say("bob", "while it was away");
    house.begin();
    bob.hears("while it was away");
    anna.delivery(&id, "delivered");
    bob.say("anna", "after");
    anna.hears("after");
}
