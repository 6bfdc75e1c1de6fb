//! What has travelled lately, kept for a front end that shows messages from the inside.
//!
//! ```text
//!  net    what was carried, and what was in it ──▶ ┐
//!                                                  ├─ Recorder ── travelled(id) ──▶ a front end
//!  vault  what was in the packets of messages ───▶ ┘
//! ```
//!
//! Texts and letters are secrets: nothing is kept unless a front end hands in a recorder, nothing of it reaches the disk,
//! and the oldest is forgotten when there is more than a few MiB.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use uchat_protocol::channel::{Carried, Transport};
use uchat_protocol::inspect::{Sealed, Travelled};
use uchat_protocol::{Envelope, MessageId};
use zeroize::Zeroize;

/// Keeps it. Clones are handles of the same.
#[derive(Clone, Default)]
pub struct Recorder(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    carried: VecDeque<(Transport, Carried)>,
    /// Bytes of all of `carried`.
    bytes: usize,
    letters: BTreeMap<MessageId, Letter>,
    /// In which order the letters came.
    ages: VecDeque<MessageId>,
}

/// A packet that only its receivers can open, and what is in it.
struct Letter {
    packet: Vec<u8>,
    text: Vec<u8>,
}

impl Drop for Letter {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}

/// What was said is nobody's business, so all of it is left out.
impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").finish_non_exhaustive()
    }
}

impl Recorder {
    /// This has travelled.
    pub(crate) fn carried(&self, transport: Transport, carried: VecDeque<Carried>) {
        if carried.is_empty() {
            return;
        }
        let mut kept = self.kept();
        for carried in carried {
            kept.bytes += size(&carried);
            kept.carried.push_back((transport, carried));
        }
        while kept.bytes > MOST_BYTES {
            let Some((_, oldest)) = kept.carried.pop_front() else { break };
            kept.bytes -= size(&oldest);
        }
    }

    /// This was in the packet of a message.
    pub(crate) fn opened(&self, id: MessageId, envelope: &Envelope, text: &[u8]) {
        let Envelope::Encrypted(message) = envelope else { return };
        let letter = Letter { packet: message.packet.clone(), text: text.to_vec() };
        let mut kept = self.kept();
        if kept.letters.insert(id, letter).is_none() {
            kept.ages.push_back(id);
        }
        if kept.ages.len() > MOST_LETTERS
            && let Some(oldest) = kept.ages.pop_front()
        {
            kept.letters.remove(&oldest);
        }
    }

    /// How this message has travelled, the last time that it did; `text` is what stands in it. `None` if that is not
    /// known any more, or was before this program began.
    #[must_use]
    pub fn travelled(&self, id: MessageId, text: &str) -> Option<Travelled> {
        let kept = self.kept();
        let letter = kept.letters.get(&id);
        let needle = letter.map_or(&id.0[..], |letter| &letter.packet);
        let mut newest_first = kept.carried.iter().rev();
        let mut travelled = newest_first
            .find_map(|(transport, carried)| Travelled::find(*transport, carried, needle, text))?;
        if let Some(letter) = letter {
            let text = &travelled.carried.text;
            let at = text.windows(needle.len()).position(|window| window == needle)?;
            let part = at..at + needle.len();
            travelled.sealed = Some(Sealed { part, letter: letter.text.clone() });
        }
        Some(travelled)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn size(carried: &Carried) -> usize {
    carried.wire.len() + carried.text.len()
}

/// The most bytes that are kept of what was carried.
const MOST_BYTES: usize = 4 << 20;
/// The most letters.
const MOST_LETTERS: usize = 512;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

    use super::*;
    use uchat_protocol::channel::Went;
    use uchat_protocol::request::SendMessage;
    use uchat_protocol::{Content, Encrypted, KeyId, Request};

    fn carried(text: Vec<u8>) -> VecDeque<Carried> {
        VecDeque::from([Carried { went: Went::Out, sequence: None, wire: text.clone(), text }])
    }

    fn says(id: MessageId, message: Envelope) -> Vec<u8> {
        let request = SendMessage { target_type: 0, target_id: 2, message, id: Some(id) };
        Request::SendMessage(request).to_message().unwrap().to_bytes().unwrap()
    }

    #[test]
    fn a_message_is_found_by_its_id_or_by_its_packet_and_its_letter_is_there() {
        let recorder = Recorder::default();
        let (clear, sealed) = (MessageId([1; 16]), MessageId([2; 16]));
        let content = Content { data: "hi".to_owned(), ..Content::default() };
        let packet = b"a packet that nobody on the way can open".to_vec();
        let message = Encrypted { key_id: KeyId([3; 16]), index: 0, packet, signature: None };
        let envelope = Envelope::Encrypted(message);
        recorder.carried(Transport::default(), carried(says(clear, Envelope::Plain(content))));
        recorder.opened(sealed, &envelope, b"its letter");
        assert!(recorder.travelled(sealed, "hi").is_none(), "it has not travelled yet");
        recorder.carried(Transport::default(), carried(says(sealed, envelope)));

        assert!(recorder.travelled(clear, "hi").unwrap().sealed.is_none());
        let letter = recorder.travelled(sealed, "hi").unwrap().sealed.unwrap().letter;
        assert_eq!(letter, b"its letter");
        assert!(recorder.travelled(MessageId([4; 16]), "hi").is_none());
        assert!(!format!("{recorder:?}").contains("letter"));
    }

    #[test]
    fn what_is_kept_has_an_end() {
        let recorder = Recorder::default();
        for number in 0..100_u8 {
            recorder.carried(Transport::default(), carried(vec![number; 100_000]));
        }
        let message = Encrypted { key_id: KeyId([3; 16]), index: 0, packet: vec![1], signature: None };
        for number in 0..2_000_u16 {
            let mut id = [0; 16];
            id[..2].copy_from_slice(&number.to_be_bytes());
            recorder.opened(MessageId(id), &Envelope::Encrypted(message.clone()), b"x");
        }
        let kept = recorder.kept();
        assert!(kept.bytes <= MOST_BYTES && kept.carried.len() <= MOST_BYTES / 200_000);
        assert!(kept.letters.len() <= MOST_LETTERS && kept.ages.len() <= MOST_LETTERS);
    }
}
