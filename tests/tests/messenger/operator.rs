//! The messenger as its operator knows it: settings, starting, stopping, and what is refused at the start.

use acceptance::messenger::House;
use acceptance::{PATIENCE, program, run};
use echo::lab::Process;
use rusqlite::Connection;
use std::fs;
use std::process::Command;

#[test]
fn options_stand_over_the_environment_over_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let config = path("uchat.toml");
    let text = format!("listen = '127.0.0.1:0'\nlesson = 1\ndata = '{}'\n", path("from-file").display());
    fs::write(&config, text).unwrap();
    let begin = |environment: bool, option: bool| {
        let mut command = Command::new(program("uchat"));
        command.args(["server", "--no-echo", "--config"]).arg(&config);
        if environment {
            command.env("UCHAT_DATA", path("from-environment"));
        }
        if option {
            command.arg("--data").arg(path("from-option"));
        }
        drop(Process::spawn(command).unwrap().server().unwrap());
    };
    let there = |name: &str| path(name).join("lessons/1/uchat.db").exists();
    begin(false, false);
    assert!(there("from-file"));
    begin(true, false);
    assert!(there("from-environment") && !there("from-option"));
    fs::remove_dir_all(path("from-environment")).unwrap();
    begin(true, true);
    assert!(there("from-option") && !there("from-environment"));
}

#[test]
fn settings_that_cannot_be_used_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("uchat.toml");
    for (text, part) in [
        ("listn = '127.0.0.1:0'", "listn"),
        ("listen = 5", "listen"),
        ("lesson = 1\ntls = true\ndata = 'd'", "exclude"),
        ("listen = '0.0.0.0:0'\nlimits = false\ndata = 'd'", "without limits"),
    ] {
        fs::write(&config, text).unwrap();
        let ended = run("uchat", &["server", "--config", config.to_str().unwrap()], b"");
        assert_eq!(ended.status.code(), Some(2), "{text}: {}", ended.errors);
        assert!(ended.errors.contains(part), "{text}: {}", ended.errors);
    }
    let missing = folder.path().join("missing.toml");
    let ended = run("uchat", &["server", "--config", missing.to_str().unwrap()], b"");
    assert_eq!(ended.status.code(), Some(1), "{}", ended.errors);
    assert!(ended.errors.contains("missing.toml"), "{}", ended.errors);
}

#[cfg(unix)]
#[test]
fn a_server_that_is_asked_to_stop_tells_its_people_and_they_come_back() {
    let mut house = House::new(&[]);
    let (mut anna, mut bob) = house.friends("anna", "bob");
    let (status, log) = house.stop();
    assert_eq!(status, 0, "{log}");
    for person in [&mut anna, &mut bob] {
        let told = person.event("connection", |event| event["state"] == "offline");
        assert!(told["reason"].as_str().is_some_and(|reason| reason.contains("stopping")), "{told}");
    }
    let log_left = fs::metadata(house.data().join("uchat.db-wal")).map_or(0, |log| log.len());
    assert_eq!(log_left, 0, "the database was closed in order");
    anna.say("bob", "meanwhile");
    house.begin();
    bob.hears("meanwhile");
}

#[test]
fn a_newer_database_and_a_folder_in_use_are_refused_with_a_sentence() {
    let mut house = House::new(&[]);
    let data = house.data();
    let second = |part: &str| {
        let args = ["server", "--listen", "127.0.0.1:0", "--no-echo", "--data", data.to_str().unwrap()];
        let ended = acceptance::run_with("uchat", &args, b"", PATIENCE);
        assert_eq!((ended.status.code(), ended.output.as_str()), (Some(1), ""), "{}", ended.errors);
        assert!(ended.errors.contains(part), "{}", ended.errors);
    };
    second("another server");
    house.kill();
    let db = Connection::open(data.join("uchat.db")).unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    drop(db);
    second("schema 99");
    let db = Connection::open(data.join("uchat.db")).unwrap();
    let version: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 99, "it is left as it is");
}
