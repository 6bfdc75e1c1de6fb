//! The header of a key package: what its sender signs.
//!
//! ```text
//! kind u8 ‖ conversation u64 ‖ key id 16 ‖ first index u32 ‖ time u64 ‖ previous key id 16 ‖ sent under it u32
//! ‖ sender id u64 ‖ n u16 ‖ n × (user id u64 ‖ K 32) ‖ commitment 32 ‖ E 256
//! ```
//!
//! Everybody who gets the package sees the same list: nobody can read along unseen. The server reads headers too,
//! to know where a package belongs; it cannot change a byte of one.

use super::Fingerprint;
use crate::limits::{NUMBER, ROOM_MEMBERS};
use crate::{Conversation, KeyId};
use anatomy::{ReadError, Reader};

/// What a package is for. `Ord` and `Hash` so that it can be a key of a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// Two friends.
    Friends,
    /// The room of this number.
    Room(u64),
}

/// The chain that a new one replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Previous {
    /// Its key id.
    pub key_id: KeyId,
    /// How many messages were sent under it: the index that its next one would have had.
    pub sent: u32,
}

/// A header that can be read. Who has written it, only the signature says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// For two friends, or for which room.
    pub place: Place,
    /// The chain.
    pub key_id: KeyId,
    /// The index of the message that goes with the chain key.
    pub first: u32,
    /// When the chain was started, in milliseconds since 1970, by its sender's clock.
    pub time: u64,
    /// The sender's chain before in this conversation, if there was one.
    pub previous: Option<Previous>,
    /// The sender's number.
    pub sender: u64,
    /// Everybody who gets the chain key, the sender included: number and K, ascending by number.
    pub members: Vec<(u64, Fingerprint)>,
    /// SHA-256(`uchat 1, chain` ‖ key id ‖ first index ‖ chain key).
    pub commitment: [u8; 32],
    /// E, an ephemeral Diffie-Hellman value.
    pub ephemeral: [u8; 256],
}

/// Bytes are no header.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the header of a key package is malformed: {0}")]
pub struct HeaderError(ReadError);

impl Header {
    /// Reads a header: at most 500 members, ascending and none twice, the sender among them; between friends exactly
    /// two, and no conversation number; no number and no time above 2^63 - 1.
    ///
    /// # Errors
    /// The field that breaks a rule.
    pub fn parse(bytes: &[u8]) -> Result<Self, HeaderError> {
        Self::read(&mut Reader::new(bytes)).map_err(HeaderError)
    }

    /// Reads a header, each field with its label.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn read(r: &mut Reader<'_>) -> Result<Self, ReadError> {
        let place = Place::read(r)?;
        let (key_id, first, time) = (KeyId(r.array("key id")?), r.u32("first index")?, number(r, "time")?);
        let (before, sent) = (KeyId(r.array("previous key id")?), r.u32("messages sent under it")?);
        let previous = match (before, sent) {
            (NO_KEY, 0) => None,
            (NO_KEY, _) => {
                return Err(r.invalid("messages sent under it", "must be 0 without a chain before"));
            }
            (key_id, sent) => Some(Previous { key_id, sent }),
        };
        let sender = number(r, "sender id")?;
        let members = read_members(r, place)?;
        if !members.iter().any(|(user, _)| *user == sender) {
            return Err(r.invalid("members", "must include the sender"));
        }
        let (commitment, ephemeral) = (r.array("commitment")?, r.array("E")?);
        r.finish("header")?;
        Ok(Self { place, key_id, first, time, previous, sender, members, commitment, ephemeral })
    }

    /// Its bytes. What [`parse`](Self::parse) refuses can be written as well, and is refused when it is read.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let (before, sent) = self.previous.map_or((NO_KEY, 0), |previous| (previous.key_id, previous.sent));
        let mut bytes = Vec::with_capacity(FIXED + 40 * self.members.len());
        self.place.write(&mut bytes);
        bytes.extend_from_slice(&self.key_id.0);
        bytes.extend_from_slice(&self.first.to_be_bytes());
        bytes.extend_from_slice(&self.time.to_be_bytes());
        bytes.extend_from_slice(&before.0);
        bytes.extend_from_slice(&sent.to_be_bytes());
        bytes.extend_from_slice(&self.sender.to_be_bytes());
        write_members(&self.members, &mut bytes);
        bytes.extend_from_slice(&self.commitment);
        bytes.extend_from_slice(&self.ephemeral);
        bytes
    }

    /// The K under which a user is listed.
    #[must_use]
    pub fn listed(&self, user: u64) -> Option<Fingerprint> {
        let at = self.members.binary_search_by_key(&user, |(user, _)| *user).ok()?;
        self.members.get(at).map(|(_, k)| *k)
    }

    /// The conversation to which it belongs for user `me`; `None` between two others. This, not what the server says
    /// beside a message, decides where the message is shown.
    #[must_use]
    pub fn conversation(&self, me: u64) -> Option<Conversation> {
        self.listed(me)?;
        match self.place {
            Place::Room(room) => Some(Conversation::Room(room)),
            Place::Friends => {
                self.members.iter().map(|(user, _)| *user).find(|user| *user != me).map(Conversation::Friend)
            }
        }
    }
}

impl Place {
    /// `kind u8 ‖ conversation u64`.
    pub(super) fn write(self, out: &mut Vec<u8>) {
        let (kind, conversation) = match self {
            Self::Friends => (0, 0),
            Self::Room(room) => (1, room),
        };
        out.push(kind);
        out.extend_from_slice(&u64::to_be_bytes(conversation));
    }

    pub(super) fn read(r: &mut Reader<'_>) -> Result<Self, ReadError> {
        match (r.code("kind", &["friend", "room"])?, number(r, "conversation")?) {
            (0, 0) => Ok(Self::Friends),
            (1, room) => Ok(Self::Room(room)),
            (0, _) => Err(r.invalid("conversation", "must be 0 between friends")),
            _ => Err(r.invalid("kind", "is neither 0 (friend) nor 1 (room)")),
        }
    }
}

/// A number or a time: of 8 bytes, but at most [`NUMBER`].
fn number(r: &mut Reader<'_>, label: &'static str) -> Result<u64, ReadError> {
    match r.uint(8, label)? {
        number if number > NUMBER => Err(r.invalid(label, "is greater than 2^63 - 1")),
        number => Ok(number),
    }
}

/// `n u16 ‖ n × (user id u64 ‖ K 32)`.
pub(super) fn write_members(members: &[(u64, Fingerprint)], out: &mut Vec<u8>) {
    out.extend_from_slice(&u16::try_from(members.len()).unwrap_or(u16::MAX).to_be_bytes());
    for (user, k) in members {
        out.extend_from_slice(&user.to_be_bytes());
        out.extend_from_slice(&k.0);
    }
}

pub(super) fn read_members(r: &mut Reader<'_>, place: Place) -> Result<Vec<(u64, Fingerprint)>, ReadError> {
    let count = usize::from(r.u16("number of members")?);
    match place {
        Place::Friends if count != 2 => {
            return Err(r.invalid("number of members", "must be 2 between friends"));
        }
        _ if !(1..=ROOM_MEMBERS).contains(&count) => {
            return Err(r.invalid("number of members", format!("must be 1 to {ROOM_MEMBERS}")));
        }
        _ => {}
    }
    let mut members: Vec<(u64, Fingerprint)> = Vec::new(); // grows with what has arrived
    for _ in 0..count {
        let user = number(r, "user id")?;
        if members.last().is_some_and(|(before, _)| *before >= user) {
            return Err(r.invalid("user id", "must be greater than the one before"));
        }
        members.push((user, Fingerprint(r.array("K")?)));
    }
    Ok(members)
}

/// Bytes of a header without its members.
const FIXED: usize = 9 + 16 + 4 + 8 + 16 + 4 + 8 + 2 + 32 + 256;

/// Where there is no chain before.
const NO_KEY: KeyId = KeyId([0; 16]);
