//! A chain of somebody else: opens each of its messages once, also those that come late.

use super::chain::{ChainKey, MessageKeys};
use super::sealed::{self, SealedError};
use super::signed::Context;
use super::{Fingerprint, Header, MemberKeys, StoredError};
use crate::content::{Letter, LetterError};
use crate::limits::PACKET_BODY;
use crate::{Conversation, Encrypted, KeyId};
use anatomy::{ReadError, Reader};
use certificates::keyed_packet::PacketKeys;
use certificates::rsa::SignatureError;
use std::fmt;
use zeroize::Zeroizing;

/// How many keys are kept for messages that have not come yet, and how far one message may jump ahead.
pub const MAX_SKIPPED: usize = 100;

/// A chain of somebody else. Store it after every [`open`](Self::open), together with what came out of it.
#[derive(Clone)]
pub struct ReceiveChain {
    conversation: Conversation,
    key_id: KeyId,
    sender: u64,
    k: Fingerprint,
    next: u32,
    key: ChainKey,
    /// The keys of messages that were jumped over; ascending, at most [`MAX_SKIPPED`].
    skipped: Vec<(u32, MessageKeys)>,
}

/// A message that was opened.
#[derive(Debug, Clone, PartialEq)]
pub struct Opened {
    /// What it says.
    pub letter: Letter,
    /// The bytes that say so, as they were in the packet.
    pub text: Zeroizing<Vec<u8>>,
    /// How many messages before it have not come, and were not reported missing yet.
    pub missing: u32,
}

/// A message is not accepted. Nothing of it may be shown.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It belongs to another chain.
    #[error("the message belongs to chain {got}, not to {expected}")]
    OtherChain {
        /// This chain.
        expected: KeyId,
        /// Its chain.
        got: KeyId,
    },
    /// The chain is one of somebody else, or of keys that this user had before.
    #[error("the chain is not one of user {0} with these keys")]
    OtherSender(u64),
    /// In a room, a message without a signature could be from any member.
    #[error("the message has no signature, and in a room only that says who has written it")]
    NoSignature,
    /// The signature is not the sender's.
    #[error("the message is not signed by its sender: {0}")]
    Signature(SignatureError),
    /// It was opened before, or its key was given up.
    #[error("message {0} of the chain has come before, or is too old")]
    Replayed(u32),
    /// It jumps too far ahead.
    #[error("message {index} of the chain jumps over more than {MAX_SKIPPED}: {next} was expected")]
    TooFar {
        /// Its index.
        index: u32,
        /// The one that was expected.
        next: u32,
    },
    /// Its packet does not open.
    #[error("the packet of the message does not open: {0}")]
    Packet(#[from] SealedError),
    /// It opens, and holds no letter. It counts as come.
    #[error("the message holds no letter: {0}")]
    Letter(#[from] LetterError),
}

impl ReceiveChain {
    /// The chain of a header that was checked, with its key.
    pub(super) fn new(header: &Header, conversation: Conversation, k: Fingerprint, key: ChainKey) -> Self {
        let (key_id, sender) = (header.key_id, header.sender);
        Self { conversation, key_id, sender, k, next: header.first, key, skipped: Vec::new() }
    }

    /// Opens a message; `sender` are the pinned keys of the chain's sender. After an error the chain is as it was,
    /// [`OpenError::Letter`] aside.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn open(&mut self, message: &Encrypted, sender: &MemberKeys) -> Result<Opened, OpenError> {
        self.check_sender(message, sender)?;
        let index = message.index;
        let (text, missing) = match index.checked_sub(self.next) {
            None => (self.open_late(index, &message.packet)?, 0),
            Some(jump) => (self.open_next(index, jump, &message.packet)?, jump),
        };
        Ok(Opened { letter: Letter::from_bytes(&text)?, missing, text })
    }

    /// How many of the `sent` messages of this chain have not come and were not reported missing: to be asked when
    /// the next chain says how many there were.
    #[must_use]
    pub fn missing_of(&self, sent: u32) -> u32 {
        sent.saturating_sub(self.next)
    }

    /// Where its messages are shown, whatever the server says beside them.
    #[must_use]
    pub fn conversation(&self) -> Conversation {
        self.conversation
    }

    /// Its key id.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// Whose it is.
    #[must_use]
    pub fn sender(&self) -> u64 {
        self.sender
    }

    /// The index of the next message, if none is missing.
    #[must_use]
    pub fn next(&self) -> u32 {
        self.next
    }

    fn check_sender(&self, message: &Encrypted, sender: &MemberKeys) -> Result<(), OpenError> {
        if message.key_id != self.key_id {
            return Err(OpenError::OtherChain { expected: self.key_id, got: message.key_id });
        }
        if (sender.user(), sender.fingerprint()) != (self.sender, self.k) {
            return Err(OpenError::OtherSender(sender.user()));
        }
        // Between friends only two have the chain key, so it is from the other one. Where the chain is one of our own
        // (another session of ours has sent it), it is from us or from the friend: a friend who makes common cause
        // with the server could put words into our mouth in our own history, and nowhere else.
        let Conversation::Room(_) = self.conversation else { return Ok(()) };
        let signature = message.signature.as_ref().ok_or(OpenError::NoSignature)?;
        let parts: [&[u8]; 3] = [&message.key_id.0, &message.index.to_be_bytes(), &message.packet];
        Context::RoomMessage.verify(&parts, sender.rsa(), signature).map_err(OpenError::Signature)
    }

    /// A message that was jumped over. Its keys are given up once they have opened it.
    fn open_late(&mut self, index: u32, packet: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let at = self.skipped.binary_search_by_key(&index, |(index, _)| *index);
        let at = at.map_err(|_| OpenError::Replayed(index))?;
        let text = open_with(&self.skipped[at].1, index, packet)?;
        self.skipped.remove(at);
        Ok(text)
    }

    /// The next message, or one that jumps over others, whose keys are kept.
    fn open_next(&mut self, index: u32, jump: u32, packet: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let too_far = OpenError::TooFar { index, next: self.next };
        if jump as usize > MAX_SKIPPED {
            return Err(too_far);
        }
        let Some(after) = index.checked_add(1) else { return Err(too_far) };
        let (mut key, mut skipped) = (self.key.clone(), Vec::new());
        for index in self.next..index {
            skipped.push((index, key.message_keys()));
            key = key.next();
        }
        let text = open_with(&key.message_keys(), index, packet)?;
        // Only now that it is the sender's does anything change.
        (self.key, self.next) = (key.next(), after);
        self.skipped.append(&mut skipped);
        let too_many = self.skipped.len().saturating_sub(MAX_SKIPPED);
        self.skipped.drain(..too_many);
        Ok(text)
    }

    /// For a store of our own. Who reads these bytes reads the messages to come.
    ///
    /// ```text
    /// 01 ‖ type u8 ‖ number u64 ‖ key id 16 ‖ sender u64 ‖ K 32 ‖ next u32 ‖ chain key 32
    /// ‖ n u8 ‖ n × (index u32 ‖ AES key ‖ MAC key)
    /// ```
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        // Room for all of it from the start: bytes that are moved leave a copy behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(103 + 68 * self.skipped.len()));
        let (kind, number) = self.conversation.target();
        bytes.extend_from_slice(&[VERSION, kind]);
        bytes.extend_from_slice(&number.to_be_bytes());
        bytes.extend_from_slice(&self.key_id.0);
        bytes.extend_from_slice(&self.sender.to_be_bytes());
        bytes.extend_from_slice(&self.k.0);
        bytes.extend_from_slice(&self.next.to_be_bytes());
        bytes.extend_from_slice(self.key.bytes());
        bytes.push(self.skipped.len() as u8); // at most 100
        for (index, keys) in &self.skipped {
            bytes.extend_from_slice(&index.to_be_bytes());
            bytes.extend_from_slice(&**keys);
        }
        bytes
    }

    /// The chain that these bytes are.
    ///
    /// # Errors
    /// If they are not what [`to_bytes`](Self::to_bytes) writes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StoredError> {
        Self::read(&mut Reader::new(bytes))
            .map_err(|error| StoredError { what: "a chain of a user", problem: error.to_string() })
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, ReadError> {
        if r.u8("version")? != VERSION {
            return Err(r.invalid("version", "is not 1"));
        }
        let (kind, number) = (r.u8("type")?, r.uint(8, "number")?);
        let conversation = Conversation::from_target(kind, number)
            .ok_or_else(|| r.invalid("type", "is neither 0 (friend) nor 1 (room)"))?;
        let (key_id, sender) = (KeyId(r.array("key id")?), r.uint(8, "sender")?);
        let (k, next) = (Fingerprint(r.array("K")?), r.u32("next index")?);
        let key = ChainKey::from_bytes(&Zeroizing::new(r.array("chain key")?));
        let count = usize::from(r.u8("number of skipped keys")?);
        if count > MAX_SKIPPED {
            return Err(r.invalid("number of skipped keys", "is more than 100"));
        }
        let mut skipped: Vec<(u32, MessageKeys)> = Vec::with_capacity(count);
        for _ in 0..count {
            let index = r.u32("index")?;
            if skipped.last().is_some_and(|(before, _)| *before >= index) || index >= next {
                return Err(r.invalid("index", "must be greater than the one before, and less than the next"));
            }
            skipped.push((index, Zeroizing::new(r.array("message keys")?)));
        }
        r.finish("chain")?;
        Ok(Self { conversation, key_id, sender, k, next, key, skipped })
    }
}

impl fmt::Debug for ReceiveChain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceiveChain")
            .field("conversation", &self.conversation)
            .field("key_id", &self.key_id)
            .field("sender", &self.sender)
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

fn open_with(keys: &MessageKeys, index: u32, packet: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    Ok(sealed::open(&PacketKeys::from_bytes(keys), index.into(), PACKET_BODY, packet)?)
}

const VERSION: u8 = 1;
