//! The order of what one session says in one conversation, when something of it is put off.
//!
//! A client has many messages on their way at once. When the disk is too full for one of them, the next may be smaller
//! and still find room: it would be stored first. So whatever follows a message that was put off is put off as well,
//! until the client has heard of it, which shows when it sends one of these again:
//!
//! ```text
//! m1, m2, m3 ──▶ m1 is put off: the disk is full; m2 and m3 are put off: they come after m1
//! m1, m2, m3 ──▶ m1 comes again, and all are taken as if they were new
//! ```
//!
//! Any of them will do, since a client may have given the first one up. A message without an id cannot be known again:
//! it has no part in this. All of it happens on the writer's thread, where messages are in their order.

use crate::handler::{Failure, Handled};
use crate::replies::told;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use uchat_protocol::limits::SEND_WINDOW;
use uchat_protocol::request::SendMessage;
use uchat_protocol::{Code, MessageId, Refusal};

/// What a session has to send again, in each conversation where something was put off.
#[derive(Debug, Default)]
pub(crate) struct SendOrder(Mutex<HashMap<Target, PutOff>>);

/// A conversation, as `target_type` and `target_id`: whether there is such a one is not known here.
type Target = (u8, u64);

/// What is known of a message before it is looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sent {
    target: Target,
    id: MessageId,
}

impl Sent {
    /// `None` for a message without an id.
    pub(crate) fn new(request: &SendMessage) -> Option<Self> {
        let target = (request.target_type, request.target_id);
        request.id.map(|id| Self { target, id })
    }
}

#[derive(Debug)]
struct PutOff {
    /// Why the first one was.
    why: Refusal,
    ids: Vec<MessageId>,
}

impl SendOrder {
    /// Takes a message in its turn: `take` works on it.
    ///
    /// # Errors
    /// What `take` says, or that an earlier message was put off.
    pub(crate) fn take(&self, sent: Sent, take: impl FnOnce() -> Handled) -> Handled {
        self.admit(sent)?;
        take().inspect_err(|failure| self.failed(sent, failure))
    }

    /// A message was not stored. If it may be stored later, those after it have to wait for it.
    pub(crate) fn failed(&self, sent: Sent, failure: &Failure) {
        let why = told(failure);
        if !is_put_off(&why) {
            return;
        }
        let mut all = self.lock();
        if all.len() >= CONVERSATIONS && !all.contains_key(&sent.target) {
            return;
        }
        let put_off = all.entry(sent.target).or_insert_with(|| PutOff { why, ids: Vec::new() });
        put_off.remember(sent.id);
    }

    fn admit(&self, sent: Sent) -> Result<(), Refusal> {
        let mut all = self.lock();
        let Some(put_off) = all.get_mut(&sent.target) else { return Ok(()) };
        if put_off.ids.contains(&sent.id) {
            all.remove(&sent.target);
            return Ok(());
        }
        put_off.remember(sent.id);
        let text = "an earlier message to the same conversation was put off; send that one again first";
        Err(Refusal { text: text.to_owned(), ..put_off.why.clone() })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Target, PutOff>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PutOff {
    /// More than a client has on its way need not be known again: it begins with one of the first.
    fn remember(&mut self, id: MessageId) {
        if self.ids.len() < SEND_WINDOW && !self.ids.contains(&id) {
            self.ids.push(id);
        }
    }
}

/// Whether clients keep a message that is refused so, and send it again.
fn is_put_off(refusal: &Refusal) -> bool {
    refusal.retry_after.is_some() || refusal.code == Code::ServerError
}

/// The most conversations of one session in which something is put off: more than a user can have.
const CONVERSATIONS: usize = 2 * crate::server::CONTACTS;

#[cfg(test)]
mod tests;
