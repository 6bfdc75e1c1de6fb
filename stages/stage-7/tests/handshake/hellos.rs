//! Hellos of hostile or strange making, in frames.

use crate::pair::{End, Setup};
use crate::recording::{after, assert_failed};
use certificates::handshake::ChannelError;
use certificates::handshake::codec::Body;
use certificates::handshake::messages::{ClientHello, ServerHello};
use key_exchange::Group;
use num_bigint::BigUint;
use std::time::Instant;

fn server() -> (End, Instant) {
    let pair = Setup::default().pair();
    (pair.server, pair.now)
}

fn framed(message: &[u8]) -> Vec<u8> {
    [&(message.len() as u32).to_be_bytes()[..], message].concat()
}

fn client_hello() -> Vec<u8> {
    let mut pair = Setup::default().pair();
    pair.client.connection.take_output()[4..].to_vec()
}

/// 0, 1, p − 1, p and more: their powers are no secret.
#[test]
fn public_values_that_are_no_use_are_refused_on_both_sides() {
    let p = Group::ffdhe2048().p;
    let all_ones = (BigUint::from(1u32) << 2048) - 1u32;
    for value in [BigUint::ZERO, BigUint::from(1u32), &p - 1u32, p.clone(), &p + 1u32, all_ones] {
        let bytes = value.to_bytes_be();
        let mut share = [0; 256];
        share[256 - bytes.len()..].copy_from_slice(&bytes);

        let mut hello = ClientHello::from_bytes(&client_hello()).unwrap();
        hello.hello.key_share = share;
        let (server, now) = server();
        let end = after(&server, now, &framed(&hello.to_bytes()));
        assert!(matches!(end.error, Some(ChannelError::KeyShare(_))), "{:?}", end.error);
        assert_failed(end, "client's");

        let client = Setup::default().pair().client;
        let answer = ServerHello { hello: hello.hello };
        let end = after(&client, now, &framed(&answer.to_bytes()));
        assert!(matches!(end.error, Some(ChannelError::KeyShare(_))), "{:?}", end.error);
        assert_failed(end, "server's");
    }
}

#[test]
fn a_hello_of_another_length_group_or_name_is_refused() {
    let hello = client_hello();
    let name = 4 + 2 + 32 + 2 + 256;
    assert_eq!(hello[name..], *b"\x09localhost");
    let with_body = |body: &[u8]| [&[1, 0], &(body.len() as u16).to_be_bytes()[..], body].concat();
    let body = &hello[4..];
    let named = |name: &[u8]| with_body(&[&body[..292], &[name.len() as u8], name].concat());
    let mut group = body.to_vec();
    group[34..36].copy_from_slice(&0x0101_u16.to_be_bytes());
    for (case, message, part) in [
        ("no message", Vec::new(), "no message of the handshake"),
        ("another message", vec![20, 0, 0, 0], "the message finished came, client_hello was expected"),
        ("an echo of stage 4", b"hello".to_vec(), "no message of the handshake"),
        ("ffdhe3072", with_body(&group), "`group` at byte 38 is 257; only ffdhe2048 (256) is spoken here"),
        ("a longer key share", with_body(&[&body[..36], &[7; 257], &body[292..]].concat()), "server_name"),
        ("a shorter key share", with_body(&[&body[..36], &[7; 255], &body[292..]].concat()), "takes"),
        ("no name", named(b""), "is no name of a server"),
        ("no ASCII", named("straße".as_bytes()), "is no name of a server"),
        ("upper case", named(b"LOCALHOST"), "is no name of a server"),
        ("no UTF-8", named(b"\xff"), "is not UTF-8"),
        ("a name of 255", named(&[b'a'; 255]), "is no name of a server"),
        ("left over", with_body(&[body, &[0]].concat()), "1 byte is left"),
    ] {
        let (server, now) = server();
        let end = after(&server, now, &framed(&message));
        let error = end.error.as_ref().map(ToString::to_string).unwrap_or_default();
        assert!(error.contains(part), "{case}: {error}");
        assert_failed(end, case);
    }
}

#[test]
fn a_frame_of_more_than_16_kib_is_refused_by_its_length() {
    let (server, now) = server();
    let end = after(&server, now, &((16_u32 << 10) + 1).to_be_bytes());
    assert!(matches!(end.error, Some(ChannelError::Frame(_))), "{:?}", end.error);
    assert_failed(end, "too long");
}

/// Whichever side is older: its user, or the other one, reads what to update.
#[test]
fn another_version_is_answered_so_that_the_user_reads_which_side_is_too_old() {
    for (theirs, old) in [(2_u16, "this program"), (0, "the other side")] {
        let mut hello = client_hello();
        hello[4..6].copy_from_slice(&theirs.to_be_bytes());
        // Whatever stands behind a version that we do not know is nothing to us.
        hello.truncate(20);
        hello[3] = 16;
        let (server, now) = server();
        let mut end = after(&server, now, &framed(&hello));
        let sentence =
            format!("the other side speaks version {theirs}, this program 1: {old} is too old, update it");
        assert_eq!(end.error.as_ref().unwrap().to_string(), sentence);
        let answer = end.connection.take_output();
        assert_eq!(answer, b"\0\0\0\x06\x02\0\0\x02\0\x01\0\0\0\x01\xf1");

        // A client of that version would read the same of us; ours reads such an answer so.
        let client = Setup::default().pair().client;
        let mut answer = answer.clone();
        answer[8..10].copy_from_slice(&theirs.to_be_bytes());
        let end = after(&client, now, &answer);
        assert_eq!(end.error.as_ref().unwrap().to_string(), sentence);
        assert_failed(end, "another version");
    }
}

#[test]
fn an_alert_in_a_frame_is_understood_on_both_sides_also_where_packets_were_expected() {
    let alert = framed(&[241]);
    let mut pair = Setup::default().pair();
    for end in [&pair.server, &pair.client] {
        let mut end = after(end, pair.now, &alert);
        assert_eq!(end.error, Some(ChannelError::Alert));
        assert!(end.connection.take_output().is_empty(), "an alert is not answered");
    }
    let hello = pair.client.connection.take_output();
    pair.server.receive(pair.now, &hello, &mut pair.random);
    let end = after(&pair.server, pair.now, &alert); // from a client that could not use our hello
    assert_eq!(end.error, Some(ChannelError::Alert));
}
