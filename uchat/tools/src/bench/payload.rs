//! What a packet carries, and the book of what has arrived.

use std::collections::HashMap;
use std::time::{Duration, Instant};
use uchat_protocol::{Encrypted, Envelope, KeyId};

/// The bytes that a payload needs at least: sender, counter, nanoseconds.
pub(super) const SMALLEST: usize = 24;

/// A message of `size` bytes that says who made it, as which, and when.
pub(super) fn make(sender: u64, counter: u64, since: Instant, size: usize, in_room: bool) -> Envelope {
    let nanoseconds = u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX);
    let mut packet = Vec::with_capacity(size.max(SMALLEST));
    for number in [sender, counter, nanoseconds] {
        packet.extend_from_slice(&number.to_be_bytes());
    }
    packet.resize(size.max(SMALLEST), 0x5a);
    Envelope::Encrypted(Encrypted {
        key_id: KeyId([7; 16]),
        index: 0,
        packet,
        signature: in_room.then(|| vec![0; 256]),
    })
}

/// What has arrived at one client.
#[derive(Debug, Default)]
pub(super) struct Book {
    /// The next counter that each sender must send.
    next: HashMap<u64, u64>,
    /// How long each delivery took.
    pub(super) latencies: Vec<Duration>,
    /// Counters that were left out.
    pub(super) lost: u64,
    /// Counters that came again, or after later ones.
    pub(super) repeated: u64,
}

impl Book {
    /// Where only time counts.
    pub(super) fn of(latencies: Vec<Duration>) -> Self {
        Self { latencies, ..Self::default() }
    }

    /// Enters a message; `since` is the moment from which its sender counts.
    pub(super) fn enter(&mut self, envelope: &Envelope, since: Instant) {
        let Envelope::Encrypted(message) = envelope else { return };
        let mut numbers = message.packet.chunks_exact(8).map(|bytes| {
            u64::from_be_bytes(<[u8; 8]>::try_from(bytes).unwrap_or_default()) // chunks_exact gives eight
        });
        let (Some(sender), Some(counter), Some(sent)) = (numbers.next(), numbers.next(), numbers.next())
        else {
            return;
        };
        self.latencies.push(since.elapsed().saturating_sub(Duration::from_nanos(sent)));
        let next = self.next.entry(sender).or_default();
        if counter < *next {
            self.repeated += 1;
        } else {
            self.lost += counter - *next;
            *next = counter + 1;
        }
    }

    /// How many messages of this sender have arrived, the lost ones included.
    pub(super) fn up_to(&self, sender: u64) -> u64 {
        self.next.get(&sender).copied().unwrap_or_default()
    }

    /// Takes over what another client has seen.
    pub(super) fn add(&mut self, other: Self) {
        self.latencies.extend(other.latencies);
        self.lost += other.lost;
        self.repeated += other.repeated;
    }
}
