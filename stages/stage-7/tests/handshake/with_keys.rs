//! A false server and a false client, who have the keys of their own connection: what they say is sealed
//! rightly, and wrong.

use crate::pair::{End, From, Setup};
use crate::recording::{Recording, after, assert_failed, split};
use cbc_packet::{LIMIT, PacketDecoder, PacketError};
use certificates::handshake::ChannelError;
use certificates::handshake::codec::MessageType;
use certificates::handshake::key_log::{KeyLog, LABELS};
use certificates::handshake::schedule::{Secret, TrafficSecret};
use certificates::keyed_packet::{KeyedError, PacketKeys, Sequenced};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// A key log that keeps what it is told.
#[derive(Debug, Default)]
struct Kept(Mutex<Vec<(String, [u8; 32])>>);

impl KeyLog for Kept {
    fn log(&self, label: &str, _: &[u8; 32], secret: &Secret) {
        self.0.lock().unwrap().push((label.to_owned(), *secret.bytes()));
    }
}

impl Kept {
    fn keys(&self, label: usize) -> PacketKeys {
        let secrets = self.0.lock().unwrap();
        let (_, secret) = secrets.iter().find(|(found, _)| found == LABELS[label]).unwrap();
        TrafficSecret::from_key_log(*secret).packet_keys()
    }
}

/// The messages that one side sends under the handshake's keys, and the other side before each.
struct Script {
    keys: PacketKeys,
    messages: Vec<Vec<u8>>,
    receivers: Vec<End>,
    now: Instant,
    application: PacketKeys,
}

impl Script {
    fn of(from: From) -> Self {
        let kept = Arc::new(Kept::default());
        let mut setup = Setup::full();
        setup.client.key_log = Some(Arc::clone(&kept) as _);
        let mut pair = setup.pair();
        pair.server.receive(pair.now, &pair.client.connection.take_output(), &mut pair.random);
        let flight = split(&pair.server.connection.take_output(), 1);
        pair.client.receive(pair.now, &flight[0], &mut pair.random);
        let (packets, mut receiver, label) = match from {
            From::Server => (flight[1..].to_vec(), pair.client, 1),
            From::Client => {
                pair.client.receive(pair.now, &flight[1..].concat(), &mut pair.random);
                (split(&pair.client.connection.take_output(), 2), pair.server, 0)
            }
        };
        let keys = kept.keys(label);
        let mut script = Self {
            messages: Vec::new(),
            receivers: Vec::new(),
            now: pair.now,
            application: keys.clone(),
            keys,
        };
        for (sequence, packet) in packets.iter().enumerate() {
            script.receivers.push(receiver.clone());
            script.messages.push(open(&script.keys, sequence as u64, packet));
            receiver = after(&receiver, script.now, packet);
            assert_eq!(receiver.error, None);
        }
        assert!(receiver.peer.is_some());
        script.application = kept.keys(label + 2);
        script
    }

    /// The receiver after this message in place of number `at`, and the rightful ones behind it.
    fn with(&self, at: usize, message: &[u8]) -> End {
        let mut bytes = seal(&self.keys, at as u64, message);
        for (sequence, message) in self.messages.iter().enumerate().skip(at + 1) {
            bytes.extend(seal(&self.keys, sequence as u64, message));
        }
        after(&self.receivers[at], self.now, &bytes)
    }
}

fn seal(keys: &PacketKeys, sequence: u64, text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let write = |out: &mut Vec<u8>| -> Result<(), PacketError> {
        out.extend_from_slice(text);
        Ok(())
    };
    keys.seal(sequence, [3; 16], LIMIT, &mut out, write).unwrap();
    out
}

fn open(keys: &PacketKeys, sequence: u64, packet: &[u8]) -> Vec<u8> {
    let mut decoder = PacketDecoder::new(LIMIT);
    decoder.push(packet);
    let mut opener = Sequenced::starting_at(keys.clone(), sequence);
    opener.open(decoder.packet().unwrap().unwrap()).map(<[u8]>::to_vec).unwrap()
}

/// Every bit of `encrypted_extensions`, `certificate_verify`, `access` and `finished`; of the certificates one
/// random bit of every byte, and every bit of what stands before them.
#[test]
fn every_flipped_bit_of_every_message_ends_the_connection() {
    let mut random = StdRng::seed_from_u64(12);
    for from in [From::Server, From::Client] {
        let script = Script::of(from);
        for (at, message) in script.messages.iter().enumerate() {
            let certificate = message[0] == MessageType::Certificate as u8;
            for byte in 0..message.len() {
                let bits =
                    if certificate && byte > 7 { vec![random.random_range(0..8)] } else { (0..8).collect() };
                for bit in bits {
                    let mut wrong = message.clone();
                    wrong[byte] ^= 1 << bit;
                    let case = format!("{from:?}'s message {at}, byte {byte}, bit {bit}");
                    let end = script.with(at, &wrong);
                    assert!(end.peer.is_none() || end.messages.is_empty(), "{case}");
                    assert_failed(end, &case);
                }
            }
        }
    }
}

#[test]
fn only_the_awaited_message_is_taken_and_nothing_may_follow_in_its_packet() {
    for from in [From::Server, From::Client] {
        let script = Script::of(from);
        let hello = Recording::new().units[1].bytes[4..].to_vec();
        let others =
            || [script.messages.clone(), vec![hello.clone(), vec![240], vec![0], vec![5, 0, 0, 0]]].concat();
        for (at, message) in script.messages.iter().enumerate() {
            for other in others() {
                let end = script.with(at, &other);
                if other[0] == message[0] {
                    continue;
                }
                assert!(matches!(end.error, Some(ChannelError::Unexpected { .. })), "{:?}", end.error);
                assert_failed(end, &format!("{from:?}: {} instead of {}", other[0], message[0]));
            }
            // One byte too many: behind the message, in its body, and one too few.
            let mut body = [&message[..], &[0]].concat();
            let behind = script.with(at, &body);
            let length = u16::from_be_bytes([message[2], message[3]]);
            body[2..4].copy_from_slice(&(length + 1).to_be_bytes());
            let inside = script.with(at, &body);
            let short = script.with(at, &message[..message.len() - 1]);
            for (end, case) in [(behind, "behind"), (inside, "inside"), (short, "missing")] {
                assert!(matches!(end.error, Some(ChannelError::Message(_))), "{case}: {:?}", end.error);
                assert_failed(end, &format!("{from:?}'s message {at}, a byte {case}"));
            }
        }
    }
}

#[test]
fn application_data_before_the_other_side_has_finished_is_refused() {
    let message = b"\x04\x03\0\0\0\x03bob";
    for from in [From::Server, From::Client] {
        let script = Script::of(from);
        for at in 0..script.messages.len() {
            let end = script.with(at, message);
            assert!(matches!(end.error, Some(ChannelError::Unexpected { got: None, .. })), "{:?}", end.error);
            assert!(end.messages.is_empty());
            assert_failed(end, "under the handshake's keys");
            let early = seal(&script.application, 0, message);
            let end = after(&script.receivers[at], script.now, &early);
            let digest = ChannelError::Packet(KeyedError::Packet(PacketError::Digest));
            assert_eq!((end.error.as_ref(), end.messages.len()), (Some(&digest), 0));
            assert_failed(end, "under its own keys");
        }
    }
}

#[test]
fn an_alert_inside_the_handshake_ends_it_without_an_answer() {
    for from in [From::Server, From::Client] {
        let script = Script::of(from);
        for at in 0..script.messages.len() {
            let mut end = script.with(at, &[241]);
            assert_eq!(end.error, Some(ChannelError::Alert));
            assert!(end.connection.take_output().is_empty());
        }
    }
}

#[test]
fn a_handshake_packet_of_more_than_16_kib_is_refused_by_its_header() {
    let script = Script::of(From::Client);
    let header = seal(&script.keys, 0, &[0; (16 << 10) + 1])[..53].to_vec();
    let end = after(&script.receivers[0], script.now, &header);
    assert!(end.error.as_ref().unwrap().to_string().contains("the limit is 16384"), "{:?}", end.error);
    assert_failed(end, "too long");
}

#[test]
fn application_packets_hold_whole_messages_and_no_alert_among_them() {
    let kept = Arc::new(Kept::default());
    let mut setup = Setup::default();
    setup.client.key_log = Some(Arc::clone(&kept) as _);
    let pair = setup.pair().connected();
    let keys = kept.keys(2);
    let one = b"\x03\x03\0\0\0\x02hi";
    for (text, messages) in [
        (&b"\x03\x03\0\0\0\x03hi"[..], 0),
        (&[&one[..], &[3]].concat(), 1),
        (&[&one[..], &[240]].concat(), 1),
        (&[&one[..], &[241, 0]].concat(), 1),
        (&[240, 0], 0),
        (&[255], 0),
        (&[3, 9], 0),
    ] {
        let end = after(&pair.server, pair.now, &seal(&keys, 0, text));
        assert!(matches!(end.error, Some(ChannelError::Message(_))), "{text:?}: {:?}", end.error);
        assert_eq!(end.messages.len(), messages);
        assert_failed(end, "no message");
    }
}
