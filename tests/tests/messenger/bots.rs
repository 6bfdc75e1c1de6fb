//! The messenger: programs that talk with people, the built-in one and the example.

use acceptance::messenger::{House, PASSWORD, Person};
use acceptance::{program, python, repository};
use echo::lab::Process;
use serde_json::{Value, json};
use std::fs;
use std::process::Command;

#[test]
fn a_new_account_has_echo_as_a_friend_who_says_the_same() {
    for options in [&[][..], &["--tls"], &["--lesson", "1"], &["--lesson", "6"]] {
        let mut house = House::with_echo(options);
        let mut anna = house.person("anna");
        let contacts = |anna: &mut Person| anna.ask(json!({"do": "contacts"}))["contacts"].clone();
        anna.ask(json!({"do": "sync"}));
        if contacts(&mut anna) == json!([]) {
            // She was there before echo.
            anna.event("friend", |event| event["username"] == "echo");
        }
        assert_eq!(contacts(&mut anna)[0]["user"], "echo", "{options:?}");
        let id = anna.say("echo", "is anybody there? 你好");
        let heard = anna.event("message", |event| event["from"] == "echo");
        assert_eq!(heard["text"], "is anybody there? 你好");
        anna.delivery(&id, "read");
        if options.is_empty() {
            // It comes back with the server, and keeps its keys.
            house.kill();
            anna.event("connection", |event| event["state"] == "offline");
            anna.say("echo", "and now?");
            house.begin();
            anna.event("message", |event| event["from"] == "echo" && event["text"] == "and now?");
            assert_eq!(anna.events_so_far("key_changed"), Vec::<Value>::new());
        }
    }
}

#[test]
fn the_example_bot_makes_friends_and_rolls_dice() {
    let Some(python) = python() else { return };
    let house = House::new(&[]);
    assert_eq!(house.person("dice").leave(), 0);
    let password = house.folder.path().join("password");
    fs::write(&password, format!("{PASSWORD}\n")).unwrap();
    let mut command = Command::new(python);
    command
        .arg(repository().join("uchat/examples/dice_bot.py"))
        .arg("dice")
        .arg(&password)
        .env("UCHAT", program("uchat"))
        .env("UCHAT_PROFILE", house.profile("dice"));
    let _bot = Process::spawn(command).unwrap();
    let mut anna = house.person("anna");
    anna.ask(json!({"do": "add_friend", "username": "dice"}));
    anna.event("friend", |event| event["username"] == "dice");
    let refused = "a die has 2 to 1000 sides";
    for (said, end) in
        [("roll 20", " of 20"), ("roll", " of 6"), ("roll 1", refused), ("roll 00000001000000", refused)]
    {
        let id = anna.say("dice", said);
        let heard = anna.event("message", |event| event["from"] == "dice");
        assert_eq!(heard["reply_to"], id.as_str());
        assert!(heard["text"].as_str().unwrap().ends_with(end), "{heard}");
    }
    // What is not for it goes unanswered.
    anna.say("dice", "hello");
    anna.say("dice", "roll 2");
    let heard = anna.event("message", |event| event["from"] == "dice");
    assert!(heard["text"].as_str().unwrap().ends_with(" of 2"), "{heard}");
}
