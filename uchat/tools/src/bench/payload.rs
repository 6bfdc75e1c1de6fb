//! What a packet carries, and the book of what has arrived.

use super::Plan;
use std::collections::HashMap;
use std::time::{Duration, Instant};
use uchat_protocol::{Content, Encrypted, Envelope, KeyId};

/// The bytes that a payload needs at least: sender, counter and nanoseconds, as 16 hexadecimal digits each.
pub(super) const SMALLEST: usize = 48;

/// A message of the plan's size that says who made it, as which, and when. It is a text, since lessons carry nothing
/// else; elsewhere it takes the place of an encrypted packet, which the server cannot read anyway.
pub(super) fn make(plan: &Plan, sender: u64, counter: u64, since: Instant, in_room: bool) -> Envelope {
    let nanoseconds = u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX);
    let mut text = format!("{sender:016x}{counter:016x}{nanoseconds:016x}");
    text.extend(std::iter::repeat_n('.', plan.size.saturating_sub(SMALLEST)));
    match plan.transport.encrypted() {
        false => Envelope::Plain(Content { data: text, ..Content::default() }),
        true => Envelope::Encrypted(Encrypted {
            key_id: KeyId([7; 16]),
            index: 0,
            packet: text.into_bytes(),
            signature: in_room.then(|| vec![0; 256]),
        }),
    }
}

/// Sender, counter and nanoseconds; `None` if it is no message of ours.
fn read(envelope: &Envelope) -> Option<[u64; 3]> {
    let text = match envelope {
        Envelope::Plain(content) => &content.data,
        Envelope::Encrypted(message) => std::str::from_utf8(&message.packet).ok()?,
        Envelope::Event(_) => return None,
    };
    let number = |at: usize| u64::from_str_radix(text.get(at..at + 16)?, 16).ok();
    Some([number(0)?, number(16)?, number(32)?])
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
        let Some([sender, counter, sent]) = read(envelope) else { return };
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
