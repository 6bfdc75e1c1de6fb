//! Stage 2: connection authentication. May this program talk to me at all?
//!
//! Before the first message the server sends 32 random bytes, the *challenge*; the client answers with
//! HMAC-MD5 of them under a key that both know. Whoever does not know the key is closed out. The key
//! itself never travels, and an answer overheard today is worthless tomorrow, since the challenge is new.
//!
//! | file | idea |
//! |---|---|
//! | `challenge.rs` | the challenge, its answer, the check |
//! | `key.rs` | the shared key and where it comes from |
//! | `admission.rs` | both sides of the exchange on a socket |
//! | `client.rs` | stage 1's client, admitted |
//! | `attack.rs` | one silent connection keeps everybody else out |

mod admission;
pub mod attack;
mod challenge;
mod client;
mod dissect;
mod key;
mod random;

pub use admission::{PATIENCE, demand, prove};
pub use challenge::{ANSWER_LENGTH, CHALLENGE_LENGTH, Challenge};
pub use client::{Client, Doubt, client_verb, run_client};
pub use dissect::Challenged;
pub use key::{KEY, Key, drop_newline};
pub use random::random;

/// The port of this stage's server.
pub const PORT: u16 = 9999;
