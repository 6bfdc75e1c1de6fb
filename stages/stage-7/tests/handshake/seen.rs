//! What a tap sees of a connection: without the secrets, and with them.

use crate::pair::{From, Setup};
use anatomy::{Labelled, Terminal};
use certificates::Channel;
use certificates::handshake::key_log::KeyLogFile;
use echo::lab::{Direction, Dissect, hex, unhex};
use framing::{Message, Value};
use std::sync::Arc;

/// Both directions of a whole connection, and what was written into the key log.
fn tapped() -> (Vec<(Direction, Vec<u8>)>, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.txt");
    let mut setup = Setup::full();
    setup.client.key_log = Some(Arc::new(KeyLogFile::open(&file).unwrap()));
    let mut pair = setup.pair();
    let mut flights = pair.drive();
    let message = Message { operation: 4, value: Value::from("bob") };
    pair.client.connection.send_message(&mut pair.random, &message).unwrap();
    pair.client.connection.close(&mut pair.random).unwrap();
    flights.extend(pair.drive());
    let direction = |from| if from == From::Client { Direction::ToServer } else { Direction::ToClient };
    let bytes = flights.into_iter().map(|(from, bytes)| (direction(from), bytes)).collect();
    (bytes, std::fs::read_to_string(&file).unwrap())
}

fn labels(dissect: &mut Channel, wire: &[(Direction, Vec<u8>)], piece: usize) -> Vec<String> {
    let seen = wire.iter().flat_map(|(direction, bytes)| {
        bytes.chunks(piece).flat_map(|bytes| dissect.bytes(*direction, bytes)).collect::<Vec<Labelled>>()
    });
    seen.map(|message| Terminal { colour: false, columns: 200 }.render(&message)).collect()
}

#[test]
fn without_secrets_there_are_two_hellos_and_then_lengths() {
    let (wire, _) = tapped();
    let seen = labels(&mut Channel::default(), &wire, usize::MAX);
    assert_eq!(seen.len(), 2 + 4 + 4 + 2);
    assert!(seen[0].contains("client_hello") && seen[0].contains("\"localhost\""), "{}", seen[0]);
    assert!(seen[1].contains("server_hello") && seen[1].contains("ffdhe2048"), "{}", seen[1]);
    for packet in &seen[2..] {
        assert!(packet.contains("encrypted") && packet.contains("HMAC-SHA256"), "{packet}");
        assert!(!packet.contains("bob") && !packet.contains("certificate"), "{packet}");
    }
}

#[test]
fn with_the_key_log_every_message_shows_in_pieces_of_any_size() {
    let (wire, key_log) = tapped();
    for piece in [1, 7, 1000, usize::MAX] {
        let seen = labels(&mut Channel::with_key_log(&key_log), &wire, piece);
        let all = seen.concat();
        let mut rest = all.as_str();
        for part in [
            "client_hello",
            "server_hello",
            "encrypted_extensions",
            "access key and client certificate wanted",
            "certificate length",
            "rsa_pkcs1_sha256",
            "finished",
            "verify_data",
            "access",
            "answer",
            "certificate_verify",
            "finished",
            "add_friend",
            "\"bob\"",
            "close_notify",
        ] {
            let (_, after) = rest.split_once(part).unwrap_or_else(|| panic!("no {part} in {rest}"));
            rest = after;
        }
        assert_eq!(seen.len(), 2 + 2 * (4 + 4 + 2));
    }
}

#[test]
fn a_key_log_of_another_connection_opens_nothing() {
    let (wire, key_log) = tapped();
    let other = key_log.replace(key_log.split(' ').nth(1).unwrap(), &"00".repeat(32));
    let seen = labels(&mut Channel::with_key_log(&other), &wire, usize::MAX);
    assert_eq!(seen, labels(&mut Channel::default(), &wire, usize::MAX));
    let noise = labels(&mut Channel::with_key_log("# a comment\nRSA 00 00\n\nCLIENT_RANDOM\n"), &wire, 9);
    assert_eq!(seen.len(), noise.len());
}

/// The same seed gives the same secrets, with a key log and without.
#[test]
fn no_secret_shows_in_what_a_program_prints_of_its_connections() {
    let (_, key_log) = tapped();
    let mut pair = Setup::full().pair();
    let mut printed = format!("{:?} {:?} {:?}", Setup::full(), pair.client, pair.server);
    for _ in 0..3 {
        pair.server.receive(pair.now, &pair.client.connection.take_output(), &mut pair.random);
        printed += &format!("{:?}", pair.server);
        pair.client.receive(pair.now, &pair.server.connection.take_output(), &mut pair.random);
        printed += &format!("{:?}", pair.client);
    }
    assert!(pair.client.peer.is_some() && pair.server.peer.is_some());
    let secrets: Vec<Vec<u8>> =
        key_log.lines().filter_map(|line| unhex(line.split(' ').next_back().unwrap())).collect();
    assert_eq!(secrets.len(), 4);
    for secret in secrets.iter().map(Vec::as_slice).chain([&b"a key"[..]]) {
        for shown in [format!("{secret:?}"), hex(secret)] {
            assert!(!printed.contains(shown.trim_matches(['[', ']'])));
        }
    }
}
