//! The vault: everything that stays on this machine, and every key.
//!
//! ```text
//!              VaultEffect                      ┌───────┐   PROFILE/history.db  SQLite
//!  core ─────── a channel ──────▶ one thread ──▶│ Store │── PROFILE/keys.pem    both private keys, encrypted
//!       ◀────── VaultEvent ────── events(…) ◀───│       │
//!                                               └───────┘
//! ```
//!
//! Each effect is all or nothing: either all of it is on disk and its events are told, or nothing is. Effects that wait
//! together are one transaction, because waiting for the disk takes longer than most of them. In `Store` there is no
//! thread and no channel, and the clock is passed in.
//!
//! | file | idea |
//! |---|---|
//! | `batch.rs` `error.rs` | effects in one transaction, each all or nothing; why one is not done |
//! | `store.rs` `asked.rs` | what is known as long as the program runs; one effect at work |
//! | `schema.rs` `schema.sql` | the database file and its versions |
//! | `account.rs` `keys.rs` | whose profile it is; the key file |
//! | `people.rs` | whose keys are known, pinned, changed, accepted |
//! | `contacts.rs` | conversations, members of rooms, what was read |
//! | `messages.rs` `history.rs` `fold.rs` | rows as they are shown; pages and searches |
//! | `receive.rs` `open.rs` | what the server brings: sorted, then opened where it is encrypted |
//! | `packages.rs` | key packages: kept until the message that needs them |
//! | `changes.rs` `own_changes.rs` `reactions.rs` | edits, deletions, reactions |
//! | `mentions.rs` | which messages speak to us |
//! | `outbox.rs` `seal.rs` | messages of our own, from the outbox to the last state |

mod account;
mod asked;
mod batch;
mod changes;
mod contacts;
mod error;
mod fold;
mod history;
pub mod keys;
mod mentions;
mod messages;
mod open;
mod outbox;
mod own_changes;
mod packages;
mod people;
mod reactions;
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
use std::time::{Duration, Instant};

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
            work(&mut store, &queue, &events);
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

/// Does what comes, until nothing can come any more. What waits already is done together.
fn work(store: &mut Store, queue: &mpsc::Receiver<VaultEffect>, events: &impl Fn(VaultEvent)) {
    let mut kept = None; // what is done alone, and came after others
    while let Some(first) = kept.take().or_else(|| queue.recv().ok()) {
        let (mut free, end) = (TOGETHER - 1, Instant::now() + LONGEST);
        if batch::is_alone(&first) {
            free = 0;
        }
        let next = || {
            if free == 0 || Instant::now() >= end {
                return None;
            }
            free -= 1;
            let effect = queue.try_recv().ok()?;
            if !batch::is_alone(&effect) {
                return Some(effect);
            }
            kept = Some(effect);
            None
        };
        store.handle_all(first, next).into_iter().for_each(events);
        while let Some(more) = store.go_on() {
            more.into_iter().for_each(events);
        }
    }
}

/// The most effects in one transaction.
const TOGETHER: usize = 256;
/// No effect is begun in a transaction that is as old as this: who waits to be told waits for all of them.
const LONGEST: Duration = Duration::from_millis(10);
/// How many effects can wait for the vault: a page of history has 1 MiB at most.
const QUEUE: usize = 64;
