//! The vault: everything that stays on this machine, and every key.
//!
//! ```text
//!              VaultEffect                      ┌──────────────┐   PROFILE/history.db  SQLite
//!  core ─────── a channel ──────▶ one thread ──▶│ Store::handle │── PROFILE/keys.pem    both private keys, encrypted
//!       ◀────── VaultEvent ────── events(…) ◀───│              │
//!                                               └──────────────┘
//! ```
//!
//! Each effect is one transaction: either all of it is on disk and its events are told, or nothing is. In `Store`
//! there is no thread and no channel, and the clock is passed in.
//!
//! | file | idea |
//! |---|---|
//! | `store.rs` `error.rs` | one effect after the other, each a transaction; why one is not done |
//! | `schema.rs` `schema.sql` | the database file and its versions |
//! | `account.rs` `keys.rs` | whose profile it is; the key file |
//! | `people.rs` | whose keys are known, pinned, changed, accepted |
//! | `contacts.rs` | conversations, members of rooms, what was read |
//! | `messages.rs` `history.rs` `fold.rs` | rows as they are shown; pages and searches |
//! | `receive.rs` `open.rs` | what the server brings: sorted, then opened where it is encrypted |
//! | `packages.rs` | key packages: kept until the message that needs them |
//! | `outbox.rs` `seal.rs` | messages of our own, from the outbox to the last state |

mod account;
mod contacts;
mod error;
mod fold;
mod history;
pub mod keys;
mod messages;
mod open;
mod outbox;
mod packages;
mod people;
mod receive;
mod schema;
mod seal;
mod store;

pub use error::VaultError;
pub use store::{Clock, Store, VaultSettings, system_time};

use crate::core::{VaultEffect, VaultEvent};
use std::path::Path;
use std::sync::mpsc;
use std::thread;

/// The vault on its thread. Key work takes seconds there, and nobody waits for it.
#[derive(Debug)]
pub struct Vault {
    effects: mpsc::SyncSender<VaultEffect>,
    thread: thread::JoinHandle<()>,
}

impl Vault {
    /// Opens the vault of a profile: a folder that exists and that its caller holds against other processes.
    /// `events` is called on the vault's thread, first with [`VaultEvent::Loaded`].
    ///
    /// # Errors
    /// If the database cannot be opened or is of a newer version, the CA's certificate is none, or the system
    /// has no thread or no randomness to give.
    pub fn open(
        profile: &Path,
        settings: VaultSettings,
        events: impl Fn(VaultEvent) + Send + 'static,
    ) -> Result<Self, VaultError> {
        let (mut store, loaded) = Store::open(profile, settings)?;
        let (effects, queue) = mpsc::sync_channel(QUEUE);
        let thread = thread::Builder::new().name("vault".to_owned()).spawn(move || {
            events(loaded);
            for effect in queue {
                store.handle(effect).into_iter().for_each(&events);
            }
        });
        Ok(Self { effects, thread: thread.map_err(VaultError::Thread)? })
    }

    /// Gives it something to do. Waits only while 64 effects are to be done before: so a server that sends
    /// faster than the disk writes is read more slowly, and nothing piles up. The vault itself waits for nobody.
    pub fn send(&self, effect: VaultEffect) {
        if self.effects.send(effect).is_err() {
            tracing::error!("the vault's thread has ended; nothing is stored any more");
        }
    }

    /// Returns once everything that was sent is done and on disk, and the database is closed.
    pub fn close(self) {
        drop(self.effects);
        if self.thread.join().is_err() {
            tracing::error!("the vault's thread has failed");
        }
    }
}

/// How many effects can wait for the vault: a page of history has 1 MiB at most.
const QUEUE: usize = 64;
