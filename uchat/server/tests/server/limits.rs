//! Limits, as a client meets them.

use crate::common::{Client, PASSWORD, Running, config};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::io::Read;
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use uchat_protocol::channel::{Channel, ChannelError, ClientSetup, Transport};
use uchat_protocol::{Code, Push};
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
fn one_connection_too_many_is_told_so_and_places_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(config(folder.path())).unwrap();
    let mut clients: Vec<_> = (0..100).map(|_| running.client()).collect();
    let Push::ServerKick(reason) = running.client().push().unwrap() else { panic!("no reason") };
    assert_eq!(reason.code, Code::TooManyConnections);
    assert!(reason.text.contains("from this address"), "{reason}");
    assert!(clients[99].echo("still here"));
    clients.clear();
    // The server sees the ends in its own time.
    assert!((0..10_000).any(|_| running.client().echo("is there room?")));
    running.stop();
}

/// What the ninth of those hears who have come from one address and not finished their handshakes.
fn turned_away(config: Config) -> Vec<u8> {
    let running = Running::start(config).unwrap();
    let come = || TcpStream::connect(running.server().address()).unwrap();
    let others: Vec<TcpStream> = (0..8).map(|_| come()).collect();
    let mut refused = come();
    refused.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut heard = Vec::new();
    refused.read_to_end(&mut heard).unwrap();
    drop(others);
    assert!((0..10_000).any(|_| Client::connect_at(running.server(), SystemTime::now()).is_ok()));
    running.stop();
    heard
}

#[test]
fn one_handshake_too_many_is_turned_away_and_the_client_takes_it_for_a_broken_connection() {
    let folder = tempfile::tempdir().unwrap();
    let alert = turned_away(Config { lesson: None, ..config(folder.path()) });
    let setup = ClientSetup::new(Transport::Signed, "localhost".parse().unwrap(), None, None).unwrap();
    let random = &mut StdRng::seed_from_u64(1);
    let mut channel = Channel::client(&Arc::new(setup), SystemTime::now(), Instant::now(), random).unwrap();
    channel.received(Instant::now(), &alert);
    assert_eq!(channel.event(random), Err(ChannelError::Alert));

    // A challenge would be answered, and the end after that be taken for a wrong access key.
    for other in [
        Config { lesson: Some(6), ..config(folder.path()) },
        Config { tls: Some(true), lesson: None, ..config(folder.path()) },
    ] {
        assert!(turned_away(other).is_empty());
    }
}
