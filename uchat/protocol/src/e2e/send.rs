//! A chain of our own: started for the members of a conversation, then one step further with each message.

use super::chain::ChainKey;
use super::header::{read_members, write_members};
use super::sealed::{self, SealedError};
use super::signed::Context;
use super::wrap::WrapError;
use super::{Fingerprint, Header, MemberKeys, OutPackage, OwnKeys, Place, Previous, StoredError};
use crate::content::{Letter, LetterError};
use crate::limits::{PACKET_BODY, ROOM_MEMBERS};
use crate::{Encrypted, KeyId};
use anatomy::{ReadError, Reader};
use certificates::keyed_packet::PacketKeys;
use certificates::rsa::SignatureError;
use key_exchange::ExchangeError;
use rand::CryptoRng;
use std::fmt;
use zeroize::Zeroizing;

/// After so many messages a new chain is started.
pub const CHAIN_MESSAGES: u32 = 100;

/// After so many milliseconds a new chain is started: 24 hours.
pub const CHAIN_LIFE: u64 = 24 * 60 * 60 * 1000;

/// A chain of our own. Store it, and each package or message that comes out of it, in one transaction before anything
/// is sent: a chain that goes back would encrypt two messages under the same keys.
pub struct SendChain {
    place: Place,
    key_id: KeyId,
    me: u64,
    /// When it was started, by our clock.
    made: u64,
    /// The time in its packages: the same, but never before that of the chain before.
    time: u64,
    next: u32,
    key: ChainKey,
    /// Who has the chain key, ourselves included; ascending.
    members: Vec<(u64, Fingerprint)>,
}

/// A chain cannot be started or used.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The members are none that a chain can have.
    #[error("the members do not fit: {0}")]
    Members(&'static str),
    /// The chain before is one of another conversation.
    #[error("the chain before belongs to another conversation")]
    OtherPlace,
    /// The chain must not be used any more: see [`SendChain::must_renew`].
    #[error("{CHAIN_MESSAGES} messages were sent under this chain; start a new one")]
    Exhausted,
    /// The ephemeral value.
    #[error("{0}")]
    Exchange(#[from] ExchangeError),
    /// A key cannot be wrapped for a member.
    #[error("the chain key cannot be wrapped for user {user}: {error}")]
    Wrap {
        /// For whom.
        user: u64,
        /// Why.
        error: WrapError,
    },
    /// The signature.
    #[error("{0}")]
    Signature(#[from] SignatureError),
    /// The letter cannot be written.
    #[error("{0}")]
    Letter(#[from] LetterError),
    /// The letter is too long.
    #[error("{0}")]
    Sealed(#[from] SealedError),
}

impl SendChain {
    /// Starts a chain for ourselves (user `me`) and the `others`: between friends one, in a room up to 499. The package
    /// has wraps for all of them and for us, so that another session of ours can read what we write.
    ///
    /// `previous` is our chain before in this conversation, if there is one; `time` is now, in milliseconds since 1970.
    /// No package is older than the one before it, even if a clock is set back.
    ///
    /// # Errors
    /// If the members do not fit, or `previous` is of another conversation.
    pub fn start(
        own: &OwnKeys,
        me: u64,
        place: Place,
        others: &[&MemberKeys],
        previous: Option<&Self>,
        time: u64,
        random: &mut impl CryptoRng,
    ) -> Result<(Self, OutPackage), SendError> {
        if previous.is_some_and(|previous| previous.place != place) {
            return Err(SendError::OtherPlace);
        }
        if place == Place::Friends && others.len() != 1 {
            return Err(SendError::Members("between friends there is exactly one other"));
        }
        let mut chain = Self {
            place,
            key_id: KeyId::random(random),
            me,
            made: time,
            time: previous.map_or(time, |previous| previous.time.max(time)),
            next: 0,
            key: ChainKey::random(random),
            members: vec![(me, own.fingerprint())],
        };
        chain.add(others)?;
        let previous = previous.map(|chain| Previous { key_id: chain.key_id, sent: chain.next });
        let ourselves = own.as_member(me);
        let all: Vec<&MemberKeys> = others.iter().copied().chain([&ourselves]).collect();
        let package = chain.package(own, &all, previous, random)?;
        Ok((chain, package))
    }

    /// A package for members who came into the room after the chain was started: with the chain key as it is now, so
    /// that what was said before stays closed to them. It lists everybody, and has wraps for the newcomers only.
    ///
    /// # Errors
    /// If they do not fit: between friends nobody comes, nobody is there twice, and a room has at most 500 members.
    /// Then the chain is as it was.
    pub fn package_for(
        &mut self,
        own: &OwnKeys,
        newcomers: &[&MemberKeys],
        random: &mut impl CryptoRng,
    ) -> Result<OutPackage, SendError> {
        if self.place == Place::Friends {
            return Err(SendError::Members("between two friends nobody comes in"));
        }
        let before = self.members.clone();
        let package = self.add(newcomers).and_then(|()| self.package(own, newcomers, None, random));
        if package.is_err() {
            self.members = before;
        }
        package
    }

    /// Whether the next message needs a new chain: a member left or was removed, a member's K or our own is another
    /// now, 100 messages were sent, or 24 hours have passed (or a clock was set back by as much). `others` are all other
    /// members as they are now; who is new among them needs no new chain, only a [package](Self::package_for).
    ///
    /// After restore or import of a profile a new chain is due as well; that only the caller knows.
    #[must_use]
    pub fn must_renew(&self, own: &OwnKeys, others: &[(u64, Fingerprint)], now: u64) -> bool {
        let stays = |(user, k): &(u64, Fingerprint)| {
            if *user == self.me { *k == own.fingerprint() } else { others.contains(&(*user, *k)) }
        };
        self.next >= CHAIN_MESSAGES
            || now.abs_diff(self.made) >= CHAIN_LIFE
            || !self.members.iter().all(stays)
    }

    /// Those of `others` who have not got the chain key.
    #[must_use]
    pub fn newcomers(&self, others: &[(u64, Fingerprint)]) -> Vec<u64> {
        let has = |user: u64| self.members.binary_search_by_key(&user, |(user, _)| *user).is_ok();
        others.iter().map(|(user, _)| *user).filter(|user| !has(*user)).collect()
    }

    // ANCHOR: seal
    /// Encrypts a letter under the keys of the next message, and moves on; in a room it is signed as well.
    ///
    /// # Errors
    /// If the letter is too long, or the chain is used up. Then the chain is as it was.
    pub fn seal(
        &mut self,
        own: &OwnKeys,
        letter: &Letter,
        random: &mut impl CryptoRng,
    ) -> Result<Encrypted, SendError> {
        if self.next >= CHAIN_MESSAGES {
            return Err(SendError::Exhausted);
        }
        let (key_id, index) = (self.key_id, self.next);
        let text = Zeroizing::new(letter.to_bytes()?);
        let keys = PacketKeys::from_bytes(&self.key.message_keys());
        let packet = sealed::seal(&keys, index.into(), sealed::random_iv(random), PACKET_BODY, &text)?;
        let signature = match self.place {
            Place::Friends => None,
            Place::Room(_) => {
                let parts: [&[u8]; 3] = [&key_id.0, &index.to_be_bytes(), &packet];
                Some(Context::RoomMessage.sign(&parts, own.rsa(), random)?)
            }
        };
        self.key = self.key.next();
        self.next += 1;
        Ok(Encrypted { key_id, index, packet, signature })
    }
    // ANCHOR_END: seal

    /// For two friends, or for which room.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place
    }

    /// Its key id.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// The index of the next message: so many were sent.
    #[must_use]
    pub fn next(&self) -> u32 {
        self.next
    }

    /// Who has the chain key, ourselves included: number and K, ascending.
    #[must_use]
    pub fn members(&self) -> &[(u64, Fingerprint)] {
        &self.members
    }

    /// For a store of our own. Who reads these bytes reads the messages to come.
    ///
    /// ```text
    /// 01 ‖ kind u8 ‖ conversation u64 ‖ key id 16 ‖ me u64 ‖ made u64 ‖ time u64 ‖ next u32
    /// ‖ chain key 32 ‖ n u16 ‖ n × (user id u64 ‖ K 32)
    /// ```
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        // Room for all of it from the start: bytes that are moved leave a copy behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(88 + 40 * self.members.len()));
        bytes.push(VERSION);
        self.place.write(&mut bytes);
        bytes.extend_from_slice(&self.key_id.0);
        bytes.extend_from_slice(&self.me.to_be_bytes());
        bytes.extend_from_slice(&self.made.to_be_bytes());
        bytes.extend_from_slice(&self.time.to_be_bytes());
        bytes.extend_from_slice(&self.next.to_be_bytes());
        bytes.extend_from_slice(self.key.bytes());
        write_members(&self.members, &mut bytes);
        bytes
    }

    /// The chain that these bytes are.
    ///
    /// # Errors
    /// If they are not what [`to_bytes`](Self::to_bytes) writes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StoredError> {
        Self::read(&mut Reader::new(bytes))
            .map_err(|error| StoredError { what: "a chain of our own", problem: error.to_string() })
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, ReadError> {
        if r.u8("version")? != VERSION {
            return Err(r.invalid("version", "is not 1"));
        }
        let place = Place::read(r)?;
        let (key_id, me) = (KeyId(r.array("key id")?), r.uint(8, "me")?);
        let (made, time, next) = (r.uint(8, "made")?, r.uint(8, "time")?, r.u32("next index")?);
        let key = Zeroizing::new(r.array("chain key")?);
        let members = read_members(r, place)?;
        r.finish("chain")?;
        Ok(Self { place, key_id, me, made, time, next, key: ChainKey::from_bytes(&key), members })
    }

    /// Puts others into the list, in their order.
    fn add(&mut self, others: &[&MemberKeys]) -> Result<(), SendError> {
        self.members.extend(others.iter().map(|other| (other.user(), other.fingerprint())));
        self.members.sort_unstable();
        if self.members.len() > ROOM_MEMBERS {
            return Err(SendError::Members("a room has at most 500 members"));
        }
        if self.members.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(SendError::Members("somebody is in it twice"));
        }
        Ok(())
    }

    /// The package of the chain key as it is now, with wraps for these.
    fn package(
        &self,
        own: &OwnKeys,
        receivers: &[&MemberKeys],
        previous: Option<Previous>,
        random: &mut impl CryptoRng,
    ) -> Result<OutPackage, SendError> {
        let header = Header {
            place: self.place,
            key_id: self.key_id,
            first: self.next,
            time: self.time,
            previous,
            sender: self.me,
            members: self.members.clone(),
            commitment: self.key.commitment(self.key_id, self.next),
            ephemeral: [0; 256], // E is made with the wraps
        };
        OutPackage::make(header, &self.key, own, receivers, random)
    }
}

impl fmt::Debug for SendChain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendChain")
            .field("place", &self.place)
            .field("key_id", &self.key_id)
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

const VERSION: u8 = 1;
