//! Somebody on the path, without keys: changes, repeats, drops, swaps and cuts what passes.

use crate::pair::From;
use crate::recording::{Recording, after, assert_failed, assert_failed_in_time};
use certificates::handshake::ChannelError;
use rand::SeedableRng;
use rand::rngs::StdRng;

/// Every bit of every packet of handshake and conversation: found by the one who gets it.
#[test]
fn every_flipped_bit_of_every_packet_ends_the_connection() {
    let recording = Recording::new();
    for (number, unit) in recording.units.iter().enumerate().skip(2) {
        for bit in 0..unit.bytes.len() * 8 {
            let mut wrong = unit.bytes.clone();
            wrong[bit / 8] ^= 1 << (bit % 8);
            let end = after(&unit.receiver, recording.now, &wrong);
            assert_eq!(end.messages.len(), unit.receiver.messages.len());
            assert_failed_in_time(end, recording.now, &format!("unit {number}, bit {bit}"));
        }
    }
}

/// Every bit of both hellos. They have no keys yet, so a changed one may still be a hello: then the keys of the
/// two sides differ, and the client finds out with the very next packet.
#[test]
fn every_flipped_bit_of_both_hellos_ends_the_connection() {
    let recording = Recording::new();
    let [client_hello, server_hello, ..] = &recording.units[..] else { panic!("two hellos") };
    let bits = client_hello.bytes.len() * 8;
    std::thread::scope(|scope| {
        for half in 0..2 {
            let recording = &recording;
            scope.spawn(move || {
                for bit in (half..bits).step_by(2) {
                    let mut wrong = client_hello.bytes.clone();
                    wrong[bit / 8] ^= 1 << (bit % 8);
                    let case = format!("client_hello, bit {bit}");
                    let mut server = after(&client_hello.receiver, recording.now, &wrong);
                    let answer = server.connection.take_output();
                    match &server.error {
                        Some(ChannelError::Version { .. }) => {
                            assert_eq!(answer, VERSION_ANSWER, "{case}");
                        }
                        Some(_) => assert_eq!(answer, b"\0\0\0\x01\xf1", "{case}"),
                        None if answer.is_empty() => assert_failed_in_time(server, recording.now, &case),
                        None => {
                            let client = after(&client_hello.sender, recording.now, &answer);
                            assert!(client.peer.is_none());
                            let alert = assert_failed(client, &case);
                            let server = after(&server, recording.now, &alert);
                            assert!(server.error.is_some() && server.peer.is_none(), "{case}");
                        }
                    }
                }
            });
        }
    });
    let rest: Vec<u8> = recording.units[2..6].iter().flat_map(|unit| unit.bytes.clone()).collect();
    for bit in 0..server_hello.bytes.len() * 8 {
        let mut wrong = server_hello.bytes.clone();
        wrong[bit / 8] ^= 1 << (bit % 8);
        wrong.extend_from_slice(&rest);
        let case = format!("server_hello, bit {bit}");
        let client = after(&server_hello.receiver, recording.now, &wrong);
        assert!(client.peer.is_none(), "{case}");
        assert_failed_in_time(client, recording.now, &case);
    }
}

#[test]
fn whatever_is_repeated_dropped_or_swapped_ends_the_connection() {
    let recording = Recording::new();
    for (number, unit) in recording.units.iter().enumerate() {
        let once = after(&unit.receiver, recording.now, &unit.bytes);
        let twice = after(&once, recording.now, &unit.bytes);
        assert_failed(twice, &format!("unit {number} twice"));

        let Some(next) = recording.next_of_same(number) else { continue };
        let next = &recording.units[next].bytes;
        let dropped = after(&unit.receiver, recording.now, next);
        assert_failed_in_time(dropped, recording.now, &format!("unit {number} dropped"));
        let swapped = after(&unit.receiver, recording.now, &[&next[..], &unit.bytes].concat());
        assert_failed(swapped, &format!("unit {number} after the next"));
    }
}

#[test]
fn what_is_sent_back_to_its_sender_ends_the_connection() {
    let recording = Recording::new();
    for (number, unit) in recording.units.iter().enumerate() {
        let reflected = after(&unit.sender, recording.now, &unit.bytes);
        assert_failed(reflected, &format!("unit {number} reflected"));
    }
}

/// Wherever the stream is cut: while it is open the connection waits for 10 seconds, and when it ends it says
/// that something is missing.
#[test]
fn a_cut_stream_is_never_taken_for_the_end() {
    let recording = Recording::new();
    for (number, unit) in recording.units.iter().enumerate() {
        for length in 0..unit.bytes.len() {
            let end = after(&unit.receiver, recording.now, &unit.bytes[..length]);
            let case = format!("unit {number}, {length} bytes");
            assert_eq!(end.error, None, "{case}");
            assert_eq!(end.messages.len(), unit.receiver.messages.len(), "{case}");
            let mut ended = end.clone();
            assert_eq!(ended.connection.end_of_stream(), Err(ChannelError::Truncated), "{case}");
            if number < Recording::HANDSHAKE || length > 0 {
                assert_failed_in_time(end, recording.now, &case);
            }
        }
    }
}

/// The whole recording, played to the same program once more.
#[test]
fn a_recorded_connection_convinces_nobody_a_second_time() {
    let recording = Recording::new();
    let fresh = crate::pair::Setup { seed: 2, ..crate::pair::Setup::full() }.pair();
    for (from, mut end) in [(From::Client, fresh.server), (From::Server, fresh.client)] {
        for unit in recording.units.iter().filter(|unit| unit.from == from) {
            end.receive(recording.now, &unit.bytes, &mut StdRng::seed_from_u64(3));
        }
        assert!(end.error.is_some() && end.peer.is_none() && end.messages.is_empty(), "{from:?}");
    }
}

/// A frame with a hello that ends after its version, and the alert.
const VERSION_ANSWER: &[u8] = b"\0\0\0\x06\x02\0\0\x02\0\x01\0\0\0\x01\xf1";
