//! How a connection ends: in order, cut off, or too late.

use crate::pair::{Pair, Setup};
use certificates::connection::PATIENCE;
use certificates::handshake::ChannelError;
use framing::{Message, Value};
use std::time::Duration;

fn message() -> Message {
    Message { operation: 3, value: Value::from("hello") }
}

fn connected() -> Pair {
    Setup::default().pair().connected()
}

#[test]
fn after_a_goodbye_the_other_side_finishes_what_it_has_to_say() {
    let mut pair = connected();
    pair.client.connection.send_message(&mut pair.random, &message()).unwrap();
    pair.client.connection.close(&mut pair.random).unwrap();
    let refused = pair.client.connection.send_message(&mut pair.random, &message());
    assert_eq!(refused, Err(ChannelError::NotOpen), "after 240 nothing more is sent");
    pair.drive();
    assert!(pair.server.closed && !pair.server.connection.is_closed());

    pair.server.connection.send_message(&mut pair.random, &message()).unwrap();
    pair.server.connection.close(&mut pair.random).unwrap();
    pair.drive();
    assert_eq!(pair.client.messages, [message()]);
    assert!(pair.client.connection.is_closed() && pair.server.connection.is_closed());
    assert_eq!(pair.client.connection.end_of_stream(), Ok(()));
    assert_eq!(pair.server.connection.end_of_stream(), Ok(()));
}

#[test]
fn a_stream_that_just_ends_was_cut_off() {
    let mut pair = connected();
    assert_eq!(pair.server.connection.end_of_stream(), Err(ChannelError::Truncated));
    assert_eq!(pair.server.connection.event(&mut pair.random), Err(ChannelError::Truncated));
    // In the middle of the handshake as well.
    let mut pair = Setup::default().pair();
    assert_eq!(pair.client.connection.end_of_stream(), Err(ChannelError::Truncated));
    // What ended it before is told again.
    let mut pair = Setup::default().with_access_key(b"a", b"b").pair();
    pair.drive();
    assert_eq!(pair.server.connection.end_of_stream(), Err(ChannelError::AccessRefused));
}

#[test]
fn whoever_goes_on_after_a_goodbye_is_refused() {
    let mut pair = connected();
    let mut other = pair.client.clone(); // the same keys: what it sends next has the number of the goodbye
    other.connection.send_message(&mut pair.random, &message()).unwrap();
    drop(other.connection.take_output());
    other.connection.send_message(&mut pair.random, &message()).unwrap();
    pair.client.connection.close(&mut pair.random).unwrap();
    pair.drive();
    pair.server.receive(pair.now, &other.connection.take_output(), &mut pair.random);
    assert_eq!(pair.server.error, Some(ChannelError::AfterClose));
}

#[test]
fn a_handshake_has_10_seconds_and_no_byte_buys_more() {
    let mut pair = Setup::default().pair();
    let hello = pair.client.connection.take_output();
    assert_eq!(pair.server.connection.deadline().unwrap().at, pair.now + PATIENCE);
    pair.now += PATIENCE / 2;
    pair.server.receive(pair.now, &hello[..100], &mut pair.random);
    assert_eq!(pair.server.error, None);
    pair.now += PATIENCE / 2;
    pair.server.receive(pair.now, &hello[100..], &mut pair.random);
    assert!(matches!(pair.server.error, Some(ChannelError::Late(_))), "{:?}", pair.server.error);
    assert_eq!(pair.server.connection.take_output(), b"\0\0\0\x01\xf1", "one alert in a frame");

    // The client is no more patient, and needs no byte to find out.
    let late = pair.client.connection.check_time(pair.now, &mut pair.random);
    assert!(matches!(late, Err(ChannelError::Late(_))), "{late:?}");
}

#[test]
fn a_length_that_promises_bytes_that_never_come_ends_the_connection() {
    let mut pair = connected();
    pair.now += Duration::from_secs(3600);
    assert_eq!(pair.server.connection.deadline(), None, "an idle client may think as long as it likes");
    pair.client.connection.send_message(&mut pair.random, &message()).unwrap();
    let mut bytes = pair.client.connection.take_output();
    bytes[1] ^= 1; // 64 KiB more
    let begun = pair.now;
    for piece in bytes.chunks(10) {
        pair.server.receive(pair.now, piece, &mut pair.random);
        pair.now += Duration::from_secs(1);
    }
    assert_eq!(pair.server.connection.deadline().unwrap().at, begun + PATIENCE);
    assert_eq!(pair.server.connection.check_time(begun + PATIENCE * 9 / 10, &mut pair.random), Ok(()));
    let late = pair.server.connection.check_time(begun + PATIENCE, &mut pair.random);
    assert_eq!(late.unwrap_err().to_string(), "a packet was not complete within 10 s");
    pair.drive();
    assert_eq!(pair.client.error, Some(ChannelError::Alert));
}

#[test]
fn what_was_said_does_not_show() {
    let mut pair = connected();
    pair.client.connection.send_message(&mut pair.random, &message()).unwrap();
    pair.drive();
    assert_eq!(pair.server.messages, [message()]);
    let shown = format!("{:?}", pair.server.connection);
    assert_eq!(shown, r#"Connection { state: "open", closed: Closed { ours: false, theirs: false }, .. }"#);
}
