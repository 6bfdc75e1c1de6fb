//! A messenger in Python, written from the specification alone, on lesson 6: it registers, logs in and chats.

use acceptance::messenger::{House, PASSWORD};
use acceptance::{PATIENCE, aes_python, peer};
use echo::lab::Process;
use serde_json::{Value, json};

/// Waits for a message with this operation.
fn hears(python: &mut Process, operation: u8) -> Value {
    loop {
        let line: Value = serde_json::from_str(&python.line(PATIENCE).unwrap()).unwrap();
        assert!(
            !(201..=203).contains(&line["operation"].as_u64().unwrap()) && line["operation"] != 205,
            "{line}"
        );
        if line["operation"] == operation {
            return line["value"].clone();
        }
    }
}

#[test]
fn a_python_messenger_registers_logs_in_and_chats_on_lesson_6() {
    let Some(python) = aes_python() else { return };
    let house = House::new(&["--lesson", "6"]);
    let mut anna = house.person("anna");
    let key = house.data().join("lessons/6/access.key");
    let address = house.address.to_string();
    let args = [
        "--connect",
        &address,
        "--key-file",
        key.to_str().unwrap(),
        "--username",
        "小明",
        "--password",
        PASSWORD,
    ];
    let mut ming = peer(&python, "messenger.py", args);
    ming.write_line("/register ming@example.org").unwrap();
    hears(&mut ming, 101);
    ming.write_line("/login").unwrap();
    assert_eq!(hears(&mut ming, 100)["name"], "小明");
    hears(&mut ming, 113);
    ming.write_line("/add anna").unwrap();
    assert_eq!(hears(&mut ming, 106)[0], true);
    anna.event("friend_request", |event| event["username"] == "小明");
    anna.ask(json!({"do": "answer_friend", "username": "小明", "answer": "accept"}));
    assert_eq!(hears(&mut ming, 103)["friend"]["name"], "anna");

    let mut bob = house.person("bob");
    bob.ask(json!({"do": "add_friend", "username": "小明"}));
    assert_eq!(hears(&mut ming, 102)["name"], "bob");
    ming.write_line("/accept").unwrap();
    hears(&mut ming, 116);
    bob.event("friend", |event| event["username"] == "小明");

    ming.write_line("/say anna 你好 from Python").unwrap();
    assert_eq!(anna.hears("你好 from Python")["from"], "小明");
    assert_eq!(hears(&mut ming, 116)["seq"], 1);
    let id = anna.say("小明", "hello Python");
    let heard = hears(&mut ming, 109);
    assert_eq!((&heard["message"]["data"], &heard["sender_name"]), (&json!("hello Python"), &json!("anna")));
    ming.write_line("/read anna").unwrap();
    anna.delivery(&id, "read");
    ming.write_line("/history anna").unwrap();
    let history = hears(&mut ming, 104);
    let texts: Vec<&Value> =
        history["messages"].as_array().unwrap().iter().map(|line| &line["message"]["data"]).collect();
    assert_eq!(texts, ["你好 from Python", "hello Python"]);
}
