//! A key package that came: checked, and opened to a chain.

use super::signed::Context;
use super::wrap::{WrapError, unwrap};
use super::{Header, HeaderError, MemberKeys, OwnKeys, ReceiveChain};
use crate::KeyId;
use crate::push::KeyPackageFor;
use certificates::rsa::SignatureError;

/// A key package is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackageError {
    /// Its header cannot be read.
    #[error("{0}")]
    Header(#[from] HeaderError),
    /// It is from somebody else than the keys that it is checked with.
    #[error("the key package is from user {got}, not from user {expected}")]
    OtherSender {
        /// Whose keys were given.
        expected: u64,
        /// The sender in the header.
        got: u64,
    },
    /// Its sender has not signed it so.
    #[error("the key package is not signed by its sender: {0}")]
    Signature(SignatureError),
    /// The list names other keys of its sender than those that signed it.
    #[error("the key package lists other keys of its sender than those that signed it")]
    SenderKey,
    /// We are not in its list.
    #[error("the key package is not for us: its list does not name us")]
    NotListed,
    /// The list names keys of ours that we do not have (any more).
    #[error("the key package is for other keys of ours; ask its sender for a new one")]
    OtherKeys,
    /// Our wrap does not open.
    #[error("the wrapped chain key does not open: {0}")]
    Wrap(#[from] WrapError),
    /// The wrapped key is not the one that the header promises to everybody.
    #[error("the chain key is not the one that the key package promises to all members")]
    Commitment,
    /// A chain with this key id is there already.
    #[error("a key package for chain {0} was accepted before")]
    Seen(KeyId),
    /// It is older than one that was accepted.
    #[error("the key package is of time {time}, older than the newest of this sender here, {newest}")]
    Older {
        /// Its time.
        time: u64,
        /// The newest one's.
        newest: u64,
    },
}

/// Opens a package for us, user `me`, from the user whose pinned keys are `sender`: read [`Header::sender`] first to
/// know whose are needed. Whose the package is and where it belongs, only its header says, never the server.
///
/// Ask [`Header::check_new`] as well, with what is known about the sender's earlier packages.
///
/// # Errors
/// The first check that fails: header, sender, signature, the sender's K and ours in the list, wrap, commitment.
pub fn open_package(
    package: &KeyPackageFor,
    own: &OwnKeys,
    me: u64,
    sender: &MemberKeys,
) -> Result<(Header, ReceiveChain), PackageError> {
    let bytes = package.header.as_slice();
    let header = Header::parse(bytes)?;
    if header.sender != sender.user() {
        return Err(PackageError::OtherSender { expected: sender.user(), got: header.sender });
    }
    Context::KeyPackage
        .verify(&[bytes], sender.rsa(), &package.signature)
        .map_err(PackageError::Signature)?;
    if header.listed(header.sender) != Some(sender.fingerprint()) {
        return Err(PackageError::SenderKey);
    }
    match (header.listed(me), header.conversation(me)) {
        (Some(k), Some(conversation)) if k == own.fingerprint() => {
            let s = sender.static_value().bytes();
            let key = unwrap(&package.wrap, bytes, own, me, &header.ephemeral, s)?;
            if key.commitment(header.key_id, header.first) != header.commitment {
                return Err(PackageError::Commitment);
            }
            let chain = ReceiveChain::new(&header, conversation, sender.fingerprint(), key);
            Ok((header, chain))
        }
        (Some(_), _) => Err(PackageError::OtherKeys),
        (None, _) => Err(PackageError::NotListed),
    }
}

impl Header {
    /// Whether it is new: `seen` says that a chain of this key id of this sender is known, `newest` is the time of the
    /// newest package that was accepted from this sender in this conversation.
    ///
    /// # Errors
    /// [`PackageError::Seen`] or [`PackageError::Older`].
    pub fn check_new(&self, seen: bool, newest: Option<u64>) -> Result<(), PackageError> {
        match newest {
            _ if seen => Err(PackageError::Seen(self.key_id)),
            Some(newest) if newest > self.time => Err(PackageError::Older { time: self.time, newest }),
            _ => Ok(()),
        }
    }

    /// Those in the list whom the receiver does not know as members of the conversation, or knows with another K:
    /// people should be told that these can read along. `known` says which K is expected of a user.
    #[must_use]
    pub fn strangers(&self, known: impl Fn(u64) -> Option<super::Fingerprint>) -> Vec<u64> {
        self.members.iter().filter(|(user, k)| known(*user) != Some(*k)).map(|(user, _)| *user).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::chain::ChainKey;
    use super::super::wrap::wrap;
    use super::super::{Place, SendChain};
    use super::*;
    use key_exchange::{Group, KeyPair};
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    fn keys(name: &str) -> OwnKeys {
        let path = format!("{}/tests/vectors/{name}.pem", env!("CARGO_MANIFEST_DIR"));
        OwnKeys::from_pkcs8(&std::fs::read_to_string(path).unwrap(), name.as_bytes()).unwrap()
    }

    /// A sender who gives one member another chain than the rest: with a wrap that is right for its header, the
    /// commitment is the only thing that does not fit.
    #[test]
    fn a_chain_key_that_was_not_promised_is_refused() {
        let (alice, bob, mut random) = (keys("alice"), keys("bob"), StdRng::seed_from_u64(7));
        let (a, b) = (alice.as_member(7), bob.as_member(2));
        let (_, package) = SendChain::start(&alice, 7, Place::Friends, &[&b], None, 1, &mut random).unwrap();
        let pair = KeyPair::generate(&Group::ffdhe2048(), &mut random).unwrap();
        let mut header = Header::parse(&package.header).unwrap();
        header.ephemeral = pair.public().try_into().unwrap();
        let header = header.to_bytes();
        let signature = Context::KeyPackage.sign(&[&header], alice.rsa(), &mut random).unwrap();
        let member = (2, b.fingerprint(), b.static_value().bytes());
        let other = ChainKey::random(&mut random);
        let wrap = wrap(&other, &header, &alice, &pair, member, &mut random).unwrap();
        let package = KeyPackageFor { header: header.into(), signature: signature.into(), wrap: wrap.into() };
        assert_eq!(open_package(&package, &bob, 2, &a).unwrap_err(), PackageError::Commitment);
    }
}
