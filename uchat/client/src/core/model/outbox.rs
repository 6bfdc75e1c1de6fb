//! Messages of our own on their way. Each conversation has a lane, in which order is kept:
//!
//! ```text
//! waiting ──▶ sealing (one) ──▶ [packing (one)] ──▶ sent ──▶ stored by the server, out of the lane
//!    ▲            │ no certificates   │                 │ put off, or the connection is lost
//!    └────────────┴───────────────────┴─────────────────┘ back to the front, in the old order
//! ```
//! Only what begins a chain, or has newcomers to reckon with, is packed: it goes out once the server has taken its
//! key packages. Without them nobody could read it, nor anything that follows under the same chain.

use crate::core::notice::DeliveryState;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use uchat_protocol::request::SendMessage;
use uchat_protocol::{Conversation, MessageId};

/// The most messages that wait.
pub(in crate::core) const MOST: usize = 10_000;
/// Of how many messages the last told state is remembered.
const REMEMBERED: usize = 4096;

/// All lanes.
#[derive(Debug, Default)]
pub(in crate::core) struct Outbox {
    pub(in crate::core) lanes: BTreeMap<Conversation, Lane>,
    /// How many are being sealed, packed or sent, in all lanes.
    pub(in crate::core) in_flight: usize,
    /// Those that are no messages, and the message that each changes.
    pub(in crate::core) changes: BTreeMap<MessageId, MessageId>,
    /// How far the front end knows them to be.
    states: BTreeMap<MessageId, DeliveryState>,
    /// In which order they came to be known.
    ages: VecDeque<MessageId>,
}

/// The messages to one conversation.
#[derive(Debug, Default)]
pub(in crate::core) struct Lane {
    pub(in crate::core) waiting: VecDeque<MessageId>,
    pub(in crate::core) sealing: Option<MessageId>,
    pub(in crate::core) packing: Option<Packing>,
    pub(in crate::core) sent: VecDeque<MessageId>,
    /// Sent, and put off by the server: they go to the front again when nothing that came after them is on its way
    /// any more.
    pub(in crate::core) put_off: VecDeque<MessageId>,
    pub(in crate::core) hold: Hold,
    /// How often in a row the server has put something off; all that was on its way at once counts as one.
    pub(in crate::core) tries: u32,
    /// How often certificates were asked for, for the message at the front.
    pub(in crate::core) rounds: u8,
    /// Whether it was told that the message at the front waits for keys.
    pub(in crate::core) told: bool,
    /// Whether the friend has come since keys were last looked for in vain.
    pub(in crate::core) again: bool,
}

/// A message whose key packages are on their way.
#[derive(Debug)]
pub(in crate::core) struct Packing {
    pub(in crate::core) id: MessageId,
    pub(in crate::core) message: SendMessage,
    /// Packages without an answer.
    pub(in crate::core) open: usize,
}

/// Why nothing of a lane is sealed just now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::core) enum Hold {
    /// It is.
    #[default]
    None,
    /// These users' certificates are on their way.
    Certificates(BTreeSet<u64>),
    /// Somebody has no keys yet.
    NoKeys,
    /// The server has put it off until then.
    Until(u64),
}

impl Outbox {
    /// How many are not stored yet.
    pub(in crate::core) fn unsent(&self) -> usize {
        self.lanes.values().map(Lane::len).sum()
    }

    /// Whether all that can go out is stored: what is left waits for keys, or for the time that the server has named.
    pub(in crate::core) fn rests(&self) -> bool {
        let waits = |lane: &Lane| matches!(lane.hold, Hold::NoKeys | Hold::Until(_));
        self.lanes.values().all(|lane| lane.is_answered() && (lane.len() == 0 || waits(lane)))
    }

    /// A message goes to the end of its lane.
    pub(in crate::core) fn push(&mut self, conversation: Conversation, id: MessageId) {
        let lane = self.lanes.entry(conversation).or_default();
        if !lane.contains(id) {
            lane.waiting.push_back(id);
        }
    }

    /// The message that is being sealed leaves that place: its conversation.
    pub(in crate::core) fn take_sealing(&mut self, id: MessageId) -> Option<Conversation> {
        let (conversation, lane) = self.lanes.iter_mut().find(|(_, lane)| lane.sealing == Some(id))?;
        lane.sealing = None;
        self.in_flight -= 1;
        Some(*conversation)
    }

    /// The connection is lost: everything in flight waits again, in the old order. What is being sealed will be
    /// sealed once more, to the same bytes; the answer that is still to come is not waited for.
    pub(in crate::core) fn take_back(&mut self) {
        for lane in self.lanes.values_mut() {
            let packing = lane.packing.take().map(|packing| packing.id);
            self.in_flight -= lane.sent.len() + packing.iter().len() + lane.sealing.iter().len();
            for id in [lane.sealing.take(), packing].into_iter().flatten() {
                lane.waiting.push_front(id);
            }
            while let Some(id) = lane.sent.pop_back() {
                lane.waiting.push_front(id);
            }
            lane.put_back();
            lane.hold = Hold::None;
            lane.rounds = 0;
        }
    }

    /// A friend has come, perhaps with keys: whether anything waits for them. What is just being looked for is looked
    /// for once more.
    pub(in crate::core) fn came(&mut self, user: u64) -> bool {
        self.release();
        let Some(lane) = self.lanes.get_mut(&Conversation::Friend(user)) else { return false };
        lane.again = true;
        true
    }

    /// Somebody's keys may be there now: lanes that wait for keys try again.
    pub(in crate::core) fn release(&mut self) {
        for lane in self.lanes.values_mut().filter(|lane| lane.hold == Hold::NoKeys) {
            lane.hold = Hold::None;
            lane.rounds = 0;
        }
    }

    /// Whether the front end knows this message to be queued and no further.
    pub(in crate::core) fn is_queued(&self, id: MessageId) -> bool {
        self.states.get(&id) == Some(&DeliveryState::Queued)
    }

    /// Whether the front end is to be told of this state: states only move forward, and a failed message moves
    /// only by being queued again.
    pub(in crate::core) fn advance(&mut self, id: MessageId, state: DeliveryState) -> bool {
        use DeliveryState::{Failed, Queued, Sent};
        let forward = match (self.states.get(&id), state) {
            (None, _) | (Some(Failed), Queued) | (Some(Queued | Sent), Failed) => true,
            (Some(Failed), _) | (Some(_), Failed) => false,
            (Some(known), new) => *known < new,
        };
        if !forward {
            return false;
        }
        if self.states.insert(id, state).is_none() {
            self.ages.push_back(id);
        }
        if self.ages.len() > REMEMBERED
            && let Some(oldest) = self.ages.pop_front()
        {
            self.states.remove(&oldest);
        }
        true
    }
}

impl Lane {
    /// How many are in it.
    pub(in crate::core) fn len(&self) -> usize {
        let one_by_one = self.sealing.iter().len() + self.packing.iter().len();
        self.waiting.len() + one_by_one + self.sent.len() + self.put_off.len()
    }

    /// Whether the next message may be sealed.
    pub(in crate::core) fn is_free(&self) -> bool {
        let none_before = self.sealing.is_none() && self.packing.is_none() && self.put_off.is_empty();
        self.hold == Hold::None && none_before
    }

    /// Whether nothing is on its way, nor about to be.
    pub(in crate::core) fn is_answered(&self) -> bool {
        self.sealing.is_none() && self.packing.is_none() && self.sent.is_empty()
    }

    /// What was put off goes to the front.
    pub(in crate::core) fn put_back(&mut self) {
        while let Some(id) = self.put_off.pop_back() {
            self.waiting.push_front(id);
        }
    }

    /// Until when the server has put it off.
    pub(in crate::core) fn until(&self) -> Option<u64> {
        if let Hold::Until(time) = self.hold { Some(time) } else { None }
    }

    /// Whether the message is in it.
    pub(in crate::core) fn contains(&self, id: MessageId) -> bool {
        self.sealing == Some(id)
            || self.packing.as_ref().is_some_and(|packing| packing.id == id)
            || [&self.waiting, &self.sent, &self.put_off].iter().any(|part| part.contains(&id))
    }
}
