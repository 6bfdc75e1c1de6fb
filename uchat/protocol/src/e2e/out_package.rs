//! A key package that is sent: signed once, wrapped for each member.

use super::chain::ChainKey;
use super::signed::Context;
use super::wrap::wrap;
use super::{Header, MemberKeys, OwnKeys, SendError};
use crate::request::KeyPackage;
use key_exchange::{ExchangeError, Group, KeyPair};
use rand::CryptoRng;
use serde_bytes::ByteBuf;

/// A key package, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutPackage {
    /// What is signed: see [`Header`].
    pub header: Vec<u8>,
    /// Our signature.
    pub signature: Vec<u8>,
    /// For each member who gets this package: number and wrapped chain key; ascending.
    pub wraps: Vec<(u64, Vec<u8>)>,
}

impl From<OutPackage> for KeyPackage {
    fn from(package: OutPackage) -> Self {
        Self {
            header: ByteBuf::from(package.header),
            signature: ByteBuf::from(package.signature),
            wraps: package.wraps.into_iter().map(|(user, wrap)| (user, ByteBuf::from(wrap))).collect(),
        }
    }
}

impl OutPackage {
    /// The package of this header and chain key, with wraps for these members; E is made here, new for each package.
    pub(super) fn make(
        mut header: Header,
        chain: &ChainKey,
        own: &OwnKeys,
        receivers: &[&MemberKeys],
        random: &mut impl CryptoRng,
    ) -> Result<Self, SendError> {
        let pair = KeyPair::generate(&Group::ffdhe2048(), random)?;
        header.ephemeral = *pair.public().first_chunk().ok_or(ExchangeError::Group)?;
        let header = header.to_bytes();
        let signature = Context::KeyPackage.sign(&[&header], own.rsa(), random)?;
        let mut wraps = Vec::with_capacity(receivers.len());
        for to in receivers {
            let member = (to.user(), to.fingerprint(), to.static_value().bytes());
            let wrapped = wrap(chain, &header, own, &pair, member, random);
            wraps.push((to.user(), wrapped.map_err(|error| SendError::Wrap { user: to.user(), error })?));
        }
        wraps.sort_unstable();
        Ok(Self { header, signature, wraps })
    }
}
