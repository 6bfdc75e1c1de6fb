//! Limits, as a client meets them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails here has failed")]

mod common;

use common::{PASSWORD, Running, config};
use std::io::Read;
use std::net::TcpStream;
use std::time::Duration;
use uchat_protocol::Code;
use uchat_server::Config;

#[test]
fn failed_log_ins_are_limited_for_each_name_and_others_log_in() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(config(folder.path())).unwrap();
    let mut client = running.client();
    client.register("amy").unwrap();
    client.register("bob").unwrap();
    let codes: Vec<Code> = (0..11).map(|_| client.login("amy", "wrong horse").unwrap_err().code).collect();
    assert_eq!(codes[..10], [Code::WrongLogin; 10]);
    let refusal = client.login("amy", PASSWORD).unwrap_err();
    assert_eq!(refusal.code, Code::TooManyLogIns);
    assert!(refusal.retry_after.is_some() && refusal.text.contains("with this name"), "{refusal}");
    client.login("bob", PASSWORD).unwrap();
    running.stop();
}

#[test]
fn sign_ups_from_one_address_are_limited() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(config(folder.path())).unwrap();
    let mut client = running.client();
    for number in 0..10 {
        client.register(&format!("user{number}")).unwrap();
    }
    let refusal = client.register("onemore").unwrap_err();
    assert_eq!(refusal.code, Code::TooManySignUps);
    running.stop();

    let running = Running::start(Config { limits: Some(false), ..config(folder.path()) }).unwrap();
    for number in 10..22 {
        running.client().register(&format!("user{number}")).unwrap();
    }
    running.stop();
}

#[test]
fn connections_from_one_address_are_limited_and_places_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(config(folder.path())).unwrap();
    let mut clients: Vec<_> = (0..100).map(|_| running.client()).collect();
    // One too many is closed without a word, since nothing can be said before a handshake.
    let mut refused = TcpStream::connect(running.server().address()).unwrap();
    refused.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    assert_eq!(refused.read_to_end(&mut Vec::new()).unwrap_or_default(), 0);
    assert!(clients[99].echo("still here"));
    clients.clear();
    // The server sees the ends in its own time.
    let is_back = |_| {
        let stream = TcpStream::connect(running.server().address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        (&stream).read(&mut [0]).is_ok_and(|count| count == 1) // the first byte of its challenge
    };
    assert!((0..10_000).any(is_back));
    running.stop();
}
