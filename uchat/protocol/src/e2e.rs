//! End-to-end encryption: only those who talk with each other can read what is said, the server cannot.
//!
//! Every user has two key pairs: RSA signs, Diffie-Hellman (the static value S of the user's certificate) gets
//! keys. Who wants to say something makes a *chain*, wraps its first key for each member of the conversation, and
//! signs the whole: a *key package*. Each message then has a key of its own, the next of the chain, and no way
//! leads back. These are the *sender keys* of today's messengers; Signal's agree on keys with X3DH and a double
//! ratchet, which also heals after a theft, and MLS (RFC 9420) shares the work in large groups in a tree.
//!
//! ```text
//! RSA key, S ── certificate ── K = SHA-256(SubjectPublicKeyInfo ‖ S), pinned ── safety number
//!                                │
//! chain key 0 ── wrapped for each member, signed: key package
//!      │ └── keys of message 0: a keyed packet
//! chain key 1 ── keys of message 1
//!      …
//! ```
//!
//! ```
//! # use rand::{rand_core::UnwrapErr, rngs::SysRng};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use uchat_protocol::content::{Content, Letter};
//! use uchat_protocol::e2e::{OwnKeys, Place, SendChain, open_package};
//! use uchat_protocol::{MessageId, push::KeyPackageFor};
//!
//! let mut random = UnwrapErr(SysRng);
//! let (alice, bob) = (OwnKeys::generate(&mut random)?, OwnKeys::generate(&mut random)?);
//! // What each knows of the other comes from certificates: MemberKeys::from_certificate.
//! let (of_alice, of_bob) = (alice.as_member(1), bob.as_member(2));
//!
//! let (mut chain, package) =
//!     SendChain::start(&alice, 1, Place::Friends, &[&of_bob], None, 1_800_000_000_000, &mut random)?;
//! let text = Content { data: "Hi Bob!".to_owned(), ..Content::default() };
//! let letter = Letter { id: MessageId::random(&mut random), time: 1_800_000_000_000, message: text };
//! let message = chain.seal(&alice, &letter, &mut random)?;
//!
//! let (_, wrap) = package.wraps.into_iter().find(|(user, _)| *user == 2).ok_or("no wrap for bob")?;
//! let package = KeyPackageFor {
//!     header: package.header.into(),
//!     signature: package.signature.into(),
//!     wrap: wrap.into(),
//! };
//! let (_, mut chain) = open_package(&package, &bob, 2, &of_alice)?;
//! assert_eq!(chain.open(&message, &of_alice)?.letter, letter);
//! # Ok(())
//! # }
//! ```
//!
//! | file | idea |
//! |---|---|
//! | `own_keys.rs` `key_file.rs` | our own keys; as text under a passphrase |
//! | `member.rs` | what we know of somebody else: the keys of a checked certificate |
//! | `fingerprint.rs` | K, and the sixteen words that two people compare |
//! | `sealed.rs` | one keyed packet, from a slice to bytes and back |
//! | `signed.rs` | what signatures are over, so that none can be taken for another |
//! | `header.rs` | what a key package says: whose chain, where, for whom |
//! | `wrap.rs` | a chain key for one member |
//! | `out_package.rs` | a key package, made |
//! | `package.rs` | a key package, checked and opened |
//! | `chain.rs` | from one chain key to the next, and to the keys of a message |
//! | `send.rs` `receive.rs` | a chain of our own, a chain of somebody else |
//! | `file.rs` | files, in pieces |
//!
//! Time and randomness are passed in. The order in which things are checked is that of the code: first who has
//! said it, then whether it fits, and only then is anything changed.

mod chain;
pub mod file;
mod fingerprint;
mod header;
mod key_file;
mod member;
mod out_package;
mod own_keys;
mod package;
mod receive;
mod sealed;
mod send;
mod signed;
mod wrap;

pub use fingerprint::{Fingerprint, safety_number};
pub use header::{Header, HeaderError, Place, Previous};
pub use key_file::KeyFileError;
pub use member::{MemberError, MemberKeys};
pub use out_package::OutPackage;
pub use own_keys::{OwnKeyError, OwnKeys};
pub use package::{PackageError, open_package};
pub use receive::{MAX_SKIPPED, OpenError, Opened, ReceiveChain};
pub use sealed::SealedError;
pub use send::{CHAIN_LIFE, CHAIN_MESSAGES, SendChain, SendError};
pub use wrap::WrapError;

/// The bytes of a stored chain or of stored keys do not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("what is stored of {what} cannot be read: {problem}; is it of another version, or damaged?")]
pub struct StoredError {
    /// Of what.
    pub what: &'static str,
    /// What is wrong.
    pub problem: String,
}
