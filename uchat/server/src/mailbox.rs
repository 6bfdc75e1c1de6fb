//! What waits to be sent on one connection: answers and pushes, in one order.
//!
//! Putting something in never waits, whoever does it. The queue is bounded in bytes; when it is full, what may
//! get lost goes first (typing, presence), then the whole connection: nothing is lost with it, since messages
//! are in the store. The connection's task takes out as much as goes into one write.

use crate::bus::Session;
use bytes::Bytes;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;
use uchat_protocol::{Code, Operation, Push, Refusal, Reply};

/// The queue of one connection.
#[derive(Debug, Default)]
pub(crate) struct Mailbox {
    queue: Mutex<Queue>,
    wake: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    items: VecDeque<Item>,
    bytes: usize,
    /// Requests that are being worked on: so many answers will still come.
    owed: usize,
    ended: Option<Code>,
    /// What has become of the session here, until the connection's task takes it.
    change: Option<Change>,
    /// Whether the connection has ended, so that nobody will read anything.
    deserted: bool,
}

/// What has become of a connection's session.
#[derive(Debug)]
pub(crate) enum Change {
    /// It has begun.
    Begun(Arc<Session>),
    /// It has ended, and the connection goes on without.
    Ended,
}

#[derive(Debug)]
struct Item {
    message: Bytes,
    since: Instant,
    may_be_lost: bool,
}

impl Item {
    fn new(message: Bytes, may_be_lost: bool) -> Self {
        Self { message, since: Instant::now(), may_be_lost }
    }

    /// The bytes that it takes: of many short messages most are not their own.
    fn size(&self) -> usize {
        size_of::<Self>() + self.message.len()
    }
}

/// What a connection's task wants to know of its mailbox.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    /// Bytes that wait.
    pub(crate) bytes: usize,
    /// Answers that will still come.
    pub(crate) owed: usize,
    /// Why nothing more will come.
    pub(crate) ended: Option<Code>,
}

impl Mailbox {
    /// A push. One that `may_be_lost` is left out where there is no room.
    pub(crate) fn push(&self, message: &Bytes, may_be_lost: bool) {
        self.put(message.clone(), may_be_lost, 0);
    }

    /// The answer to a request that was [owed](Self::owe).
    fn answer(&self, message: Bytes) {
        self.put(message, false, 1);
    }

    /// Says that an answer will come.
    fn owe(&self) {
        self.lock().owed += 1;
    }

    /// Ends the connection, and says why; what waits is sent first.
    pub(crate) fn end(&self, reason: &Refusal) {
        self.lock().end(reason);
        self.wake.notify_one();
    }

    /// Says that the connection has ended. What is still being done in its name goes on.
    pub(crate) fn desert(&self) {
        self.lock().deserted = true;
    }

    /// Whether the connection has ended.
    pub(crate) fn is_deserted(&self) -> bool {
        self.lock().deserted
    }

    /// Tells the connection's task of its session. To be called before the answer to what has changed it.
    pub(crate) fn change(&self, change: Change) {
        self.lock().change = Some(change);
    }

    /// What has changed since this was asked last.
    pub(crate) fn changed_session(&self) -> Option<Change> {
        self.lock().change.take()
    }

    /// What is there.
    pub(crate) fn look(&self) -> Look {
        let queue = self.lock();
        Look { bytes: queue.bytes, owed: queue.owed, ended: queue.ended }
    }

    /// Takes messages of about `most` bytes, at least one if there are any. Gives the time since when the first
    /// has waited.
    pub(crate) fn take(&self, most: usize, messages: &mut Vec<Bytes>) -> Option<Instant> {
        let mut queue = self.lock();
        let since = queue.items.front()?.since;
        let mut bytes = 0;
        while let Some(item) = queue.items.front() {
            if !messages.is_empty() && bytes + item.message.len() > most {
                break;
            }
            bytes += item.message.len();
            queue.bytes -= item.size();
            messages.extend(queue.items.pop_front().map(|item| item.message));
        }
        if queue.items.is_empty() && queue.items.capacity() > FEW {
            queue.items = VecDeque::new(); // most connections are idle most of the time
        }
        Some(since)
    }

    /// Wakes up once something has been put in, or the last answer that was owed has come.
    pub(crate) fn changed(&self) -> Notified<'_> {
        self.wake.notified()
    }

    fn put(&self, message: Bytes, may_be_lost: bool, paid: usize) {
        let mut queue = self.lock();
        queue.owed = queue.owed.saturating_sub(paid);
        let was_asleep = queue.items.is_empty() || (paid > 0 && queue.owed == 0);
        if queue.ended.is_none() {
            queue.put(message, may_be_lost);
        }
        drop(queue);
        if was_asleep {
            self.wake.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    // ANCHOR: queue
    fn put(&mut self, message: Bytes, may_be_lost: bool) {
        let item = Item::new(message, may_be_lost);
        if self.bytes + item.size() > MOST_BYTES {
            if may_be_lost {
                return;
            }
            self.items.retain(|item| !item.may_be_lost);
            self.bytes = self.items.iter().map(Item::size).sum();
            if self.bytes + item.size() > MOST_BYTES {
                // What waits will not be read in time; the reason will, if anything.
                self.items.clear();
                self.bytes = 0;
                return self.end(&Code::TooSlow.into());
            }
        }
        self.add(item);
    }
    // ANCHOR_END: queue

    fn add(&mut self, item: Item) {
        self.bytes += item.size();
        self.items.push_back(item);
    }

    fn end(&mut self, reason: &Refusal) {
        if self.ended.is_some() {
            return;
        }
        self.ended = Some(reason.code);
        match encode_push(&Push::ServerKick(reason.clone())) {
            Some(message) => self.add(Item::new(message, false)),
            None => tracing::error!(%reason, "a reason could not be written"),
        }
    }
}

/// A push as it is sent, for all its receivers.
pub(crate) fn encode_push(push: &Push) -> Option<Bytes> {
    let written = push.to_message().map_err(|error| error.to_string());
    encoded(written.and_then(|message| message.to_bytes().map_err(|error| error.to_string())))
}

fn encode_reply(reply: &Reply) -> Option<Bytes> {
    let written = reply.to_message().map_err(|error| error.to_string());
    encoded(written.and_then(|message| message.to_bytes().map_err(|error| error.to_string())))
}

fn encoded(bytes: Result<Vec<u8>, String>) -> Option<Bytes> {
    bytes.map(Bytes::from).inspect_err(|error| tracing::error!(%error, "a message could not be written")).ok()
}

/// The duty to answer one request. Should it get lost, the answer is that the server has failed: no client waits
/// for ever.
#[derive(Debug)]
pub(crate) struct Ticket {
    mailbox: Arc<Mailbox>,
    operation: Operation,
    is_open: bool,
}

impl Ticket {
    /// For a request of this operation, which has come on this connection.
    pub(crate) fn new(mailbox: &Arc<Mailbox>, operation: Operation) -> Self {
        mailbox.owe();
        Self { mailbox: Arc::clone(mailbox), operation, is_open: true }
    }

    /// What was asked for.
    pub(crate) fn operation(&self) -> Operation {
        self.operation
    }

    /// Answers.
    pub(crate) fn answer(mut self, reply: &Reply) {
        self.give(reply);
    }

    fn give(&mut self, reply: &Reply) {
        self.is_open = false;
        let failed = || encode_reply(&Reply::GeneralFailure(Code::ServerError.text().to_owned()));
        let message = encode_reply(reply).or_else(failed).unwrap_or_default();
        self.mailbox.answer(message);
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if self.is_open {
            self.give(&Reply::GeneralFailure(Code::ServerError.text().to_owned()));
        }
    }
}

/// The most bytes that wait on one connection.
const MOST_BYTES: usize = 4 << 20;
/// A queue that was longer gives its memory back when it is empty.
const FEW: usize = 32;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails here has failed")]
    use super::*;

    fn taken(mailbox: &Mailbox) -> Vec<Bytes> {
        let mut messages = Vec::new();
        while mailbox.take(1 << 20, &mut messages).is_some() {}
        messages
    }

    #[test]
    fn what_may_be_lost_goes_first_and_then_the_connection() {
        let mailbox = Mailbox::default();
        let large = Bytes::from(vec![0; (1 << 20) - size_of::<Item>()]);
        mailbox.push(&large, true);
        for _ in 0..3 {
            mailbox.push(&large, false);
        }
        mailbox.push(&large, true); // no room, and nobody minds
        assert_eq!(mailbox.look().bytes, 4 << 20);
        mailbox.push(&large, false); // takes the place of the first
        assert_eq!((mailbox.look().bytes, mailbox.look().ended), (4 << 20, None));
        mailbox.push(&large, false);
        assert_eq!(mailbox.look().ended, Some(Code::TooSlow));
        assert_eq!(taken(&mailbox).len(), 1, "the reason");
        mailbox.push(&large, false);
        assert!(taken(&mailbox).is_empty(), "nothing follows the reason");
    }

    #[test]
    fn many_short_messages_are_bounded_by_the_memory_that_they_take() {
        let mailbox = Mailbox::default();
        let short = Bytes::from_static(b"x");
        let fit = MOST_BYTES / (size_of::<Item>() + 1);
        (0..fit).for_each(|_| mailbox.push(&short, false));
        assert_eq!(mailbox.look().ended, None);
        mailbox.push(&short, false);
        assert_eq!(mailbox.look().ended, Some(Code::TooSlow));
        assert_eq!(taken(&mailbox).len(), 1);
        assert_eq!(mailbox.look().bytes, 0);
    }

    #[test]
    fn a_lost_ticket_is_an_answer_too() {
        let mailbox = Arc::new(Mailbox::default());
        let ticket = Ticket::new(&mailbox, Operation::AddFriend);
        assert_eq!(mailbox.look().owed, 1);
        drop(ticket);
        assert_eq!((mailbox.look().owed, taken(&mailbox).len()), (0, 1));
    }

    #[test]
    fn much_is_taken_in_pieces() {
        let mailbox = Mailbox::default();
        for _ in 0..5 {
            mailbox.push(&Bytes::from_static(&[0; 100]), false);
        }
        let mut messages = Vec::new();
        assert!(mailbox.take(250, &mut messages).is_some());
        assert_eq!(messages.len(), 2);
    }
}
