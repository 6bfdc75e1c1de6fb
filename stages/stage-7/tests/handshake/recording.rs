//! A handshake and a few messages, recorded: every frame and packet, with both sides as they were before it.

use crate::pair::{End, From, Pair, Setup};
use framing::{Message, Value};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::time::Instant;

/// One frame or packet on its way.
#[derive(Debug)]
pub(crate) struct Unit {
    pub(crate) from: From,
    pub(crate) bytes: Vec<u8>,
    /// The one who gets it, just before.
    pub(crate) receiver: End,
    /// The one who sent it, at the same moment.
    pub(crate) sender: End,
}

/// All of them in order, and the time.
#[derive(Debug)]
pub(crate) struct Recording {
    pub(crate) units: Vec<Unit>,
    pub(crate) now: Instant,
}

impl Recording {
    /// A handshake with everything in it, then two messages each way.
    pub(crate) fn new() -> Self {
        let mut pair = Setup::full().pair();
        let mut units = Vec::new();
        record(&mut pair, &mut units);
        assert!(pair.client.peer.is_some() && pair.server.peer.is_some());
        for text in ["add bob", "delete bob"] {
            let message = Message { operation: 4, value: Value::from(text) };
            pair.client.connection.send_message(&mut pair.random, &message).unwrap();
            pair.server.connection.send_message(&mut pair.random, &message).unwrap();
        }
        record(&mut pair, &mut units);
        Self { units, now: pair.now }
    }

    /// How many units belong to the handshake: two hellos, four packets of the server, four of the client.
    pub(crate) const HANDSHAKE: usize = 10;

    /// The index of the next unit from the same side, if it follows at once.
    pub(crate) fn next_of_same(&self, at: usize) -> Option<usize> {
        self.units.get(at + 1).filter(|next| next.from == self.units[at].from).map(|_| at + 1)
    }
}

fn record(pair: &mut Pair, units: &mut Vec<Unit>) {
    loop {
        let before = units.len();
        for from in [From::Client, From::Server] {
            let (sender, receiver) = match from {
                From::Client => (&mut pair.client, &mut pair.server),
                From::Server => (&mut pair.server, &mut pair.client),
            };
            let flight = sender.connection.take_output();
            for bytes in split(&flight, units.len()) {
                units.push(Unit {
                    from,
                    bytes: bytes.clone(),
                    receiver: receiver.clone(),
                    sender: sender.clone(),
                });
                receiver.receive(pair.now, &bytes, &mut pair.random);
                assert_eq!(receiver.error, None);
            }
        }
        if units.len() == before {
            return;
        }
    }
}

/// The frames and packets in a flight; the first two of a connection are frames.
pub(crate) fn split(mut flight: &[u8], number: usize) -> Vec<Vec<u8>> {
    let mut units = Vec::new();
    while !flight.is_empty() {
        let header = if number + units.len() < 2 { 4 } else { 53 };
        let length = u32::from_be_bytes(*flight.first_chunk().unwrap()) as usize;
        let (unit, rest) = flight.split_at(header + length);
        units.push(unit.to_vec());
        flight = rest;
    }
    units
}

/// What becomes of `end` when it gets these bytes; what it wanted to send before is left out. A generator of its
/// own keeps every case alike.
pub(crate) fn after(end: &End, now: Instant, bytes: &[u8]) -> End {
    let mut end = end.clone();
    drop(end.connection.take_output());
    end.receive(now, bytes, &mut StdRng::seed_from_u64(9));
    end
}

/// Asserts that a side has ended with an error, is not open, and has said nothing but one generic alert.
pub(crate) fn assert_failed(mut end: End, case: &str) -> Vec<u8> {
    assert!(end.error.is_some(), "{case}: it goes on");
    assert!(!end.connection.is_open(), "{case}: it is open");
    let said = end.connection.take_output();
    let alert = said == b"\0\0\0\x01\xf1" || (said.len() == 53 + 16 && said[..5] == [0, 0, 0, 16, 15]);
    assert!(alert, "{case}: {said:02x?}");
    said
}

/// The same for bytes of which some may be missing: then it fails when patience ends.
pub(crate) fn assert_failed_in_time(mut end: End, now: Instant, case: &str) {
    if end.error.is_none() {
        let deadline = end.connection.deadline().unwrap_or_else(|| panic!("{case}: it waits for ever"));
        assert!(deadline.at <= now + certificates::connection::PATIENCE, "{case}: it waits too long");
        end.error = end.connection.check_time(deadline.at, &mut StdRng::seed_from_u64(9)).err();
    }
    assert_failed(end, case);
}
