//! SQLite: the schema, one writer with group commit, a few readers; the SQL, by subject.
//!
//! | file | idea |
//! |---|---|
//! | `store/schema.sql` | the tables |
//! | `store/open.rs` | settings, and the steps from an older schema |
//! | `store/writer.rs` | the one writer: many jobs, one commit |
//! | `store/readers.rs` | a few connections that read beside it |
//! | `store/users.rs` | users by name and by number |
//! | `store/accounts.rs` | making, changing and ending accounts |
//! | `store/tokens.rs` | resume tokens |
//! | `store/conversations.rs` | who talks with whom, and from where on |
//! | `store/friends.rs` | friendships, requests and blocks |
//! | `store/rooms.rs` | rooms, their members, and the lines that say who comes and goes |
//! | `store/contacts.rs` `store/bundle.rs` | contacts as one user sees them; all of it after a log-in |
//! | `store/presence.rs` | whom to tell that somebody has come or gone |
//! | `store/leaving.rs` | an account is deleted |
//! | `store/places.rs` | who may speak or read where |
//! | `store/messages.rs` `store/cursors.rs` | what was said, and up to where each has received and read it |
//! | `store/key_packages.rs` | the keys of chains, wrapped for each member |
//! | `store/files.rs` | whose files there are, and for whom |

pub(crate) mod accounts;
pub(crate) mod bundle;
pub(crate) mod contacts;
pub(crate) mod conversations;
pub(crate) mod cursors;
pub(crate) mod files;
pub(crate) mod friends;
pub(crate) mod key_packages;
pub(crate) mod leaving;
pub(crate) mod messages;
mod open;
pub(crate) mod places;
pub(crate) mod presence;
mod readers;
pub(crate) mod rooms;
pub(crate) mod tokens;
pub(crate) mod users;
mod writer;

pub use open::OpenError;
pub(crate) use open::writer;
pub(crate) use readers::Readers;
pub(crate) use writer::{Deliver, Job, job};

use crate::handler::{Failure, Outbox};
use rusqlite::{Connection, Transaction};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};
use uchat_protocol::Code;

/// The tables of version 1.
pub(crate) const SCHEMA: &str = include_str!("store/schema.sql");

/// The database of a server.
#[derive(Debug)]
pub(crate) struct Store {
    /// `None` once it is closed.
    jobs: RwLock<Option<mpsc::Sender<Box<dyn Job>>>>,
    readers: Arc<Readers>,
    /// Of their own for those who move files, since they wait for the disk much longer than for the database.
    file_readers: Arc<Readers>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Store {
    /// Opens this file, which is made if it is missing. Whatever is written is told to `bus`.
    ///
    /// # Errors
    /// That SQLite cannot use it, or that a newer program has written it.
    pub(crate) fn open(path: &Path, bus: Arc<dyn Deliver>) -> Result<Self, OpenError> {
        let db = open::writer(path)?;
        let readers = Arc::new(Readers::open(path, READERS)?);
        let file_readers = Arc::new(Readers::open(path, FILE_READERS)?);
        let (sender, receiver) = mpsc::channel(WAITING);
        let thread = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || writer::run(receiver, db, &*bus))
            .map_err(OpenError::Thread)?;
        let (jobs, thread) = (RwLock::new(Some(sender)), Mutex::new(Some(thread)));
        Ok(Self { jobs, readers, file_readers, thread })
    }

    /// The readers.
    pub(crate) fn readers(&self) -> Arc<Readers> {
        Arc::clone(&self.readers)
    }

    /// The readers for pieces of files: so many pieces are written, checked or read at once.
    pub(crate) fn file_readers(&self) -> Arc<Readers> {
        Arc::clone(&self.file_readers)
    }

    /// Hands a job to the writer, and gives it back if so many wait that this one has to be
    /// [submitted](Self::submit). Once the store is closed, a job is dropped.
    pub(crate) fn try_submit(&self, job: Box<dyn Job>) -> Result<(), Box<dyn Job>> {
        let jobs = self.jobs.read().unwrap_or_else(PoisonError::into_inner);
        match jobs.as_ref().map(|jobs| jobs.try_send(job)) {
            Some(Err(TrySendError::Full(job))) => Err(job),
            _ => Ok(()),
        }
    }

    /// Hands a job to the writer, as soon as it takes more. Once the store is closed, a job is dropped.
    pub(crate) async fn submit(&self, job: Box<dyn Job>) {
        let jobs = self.jobs.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(jobs) = jobs {
            drop(jobs.send(job).await);
        }
    }

    /// Writes, and waits for the commit.
    ///
    /// # Errors
    /// What `work` says, or what the disk says; that the server is stopping.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>, &mut Outbox) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let (give, result) = oneshot::channel();
        self.submit(job(work, move |result| drop(give.send(result)))).await;
        result.await.unwrap_or_else(|_| Err(Code::ServerStopping.into()))
    }

    /// Reads, and waits for the result.
    ///
    /// # Errors
    /// What `work` says; that the server is stopping.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let (give, result) = oneshot::channel();
        self.readers().run(move |db| drop(give.send(db.and_then(work)))).await;
        result.await.unwrap_or_else(|_| Err(Code::ServerStopping.into()))
    }

    /// Writes what waits, then ends the writer. It waits for the disk.
    pub(crate) fn close(&self) {
        drop(self.jobs.write().unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the writer has ended with a panic");
        }
    }
}

/// Jobs that may wait for the writer; whoever has more to write waits with them.
const WAITING: usize = 4096;
/// Connections that read.
const READERS: usize = 3;
/// Connections that read for pieces of files.
const FILE_READERS: usize = 4;

#[cfg(test)]
mod tests;
