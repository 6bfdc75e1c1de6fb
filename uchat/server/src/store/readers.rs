//! A few connections that read. Each piece of reading sees one state of the database, that of the last commit.

use super::open::{self, OpenError};
use crate::handler::Failure;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;

/// The readers. They wait on blocking threads, never on those that serve connections.
#[derive(Debug)]
pub(crate) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    /// As many pieces of reading at once as there are connections.
    free: Arc<Semaphore>,
}

impl Readers {
    /// So many readers of this database.
    pub(super) fn open(path: &Path, count: usize) -> Result<Self, OpenError> {
        let idle = (0..count).map(|_| open::reader(path)).collect::<Result<_, _>>()?;
        Ok(Self { path: path.to_owned(), idle: Mutex::new(idle), free: Arc::new(Semaphore::new(count)) })
    }

    /// Reads on a thread that may wait, as soon as a reader is free. `work` gets the error if there is none, and
    /// gives its result away by itself.
    pub(crate) async fn run(
        self: Arc<Self>,
        work: impl FnOnce(Result<&Connection, Failure>) + Send + 'static,
    ) {
        // It is never closed; should it be, reading goes on without counting.
        let turn = Arc::clone(&self.free).acquire_owned().await.ok();
        tokio::task::spawn_blocking(move || {
            self.read(work);
            drop(turn);
        });
    }

    fn read(&self, work: impl FnOnce(Result<&Connection, Failure>)) {
        match self.connection() {
            Err(error) => work(Err(error)),
            Ok(db) => {
                match db.unchecked_transaction() {
                    Ok(tx) => work(Ok(&tx)),
                    Err(error) => work(Err(error.into())),
                }
                self.idle().push(db);
            }
        }
    }

    /// One that is idle; where one was lost with a panic, a new one.
    fn connection(&self) -> Result<Connection, Failure> {
        let idle = self.idle().pop();
        idle.map_or_else(
            || {
                open::reader(&self.path).map_err(|error| match error {
                    OpenError::Sqlite(error) => Failure::Store(error),
                    other => Failure::Damaged(other.to_string()),
                })
            },
            Ok,
        )
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
