//! The one writer: a thread that takes jobs, and commits many of them at once (group commit).
//!
//! A commit waits for the disk, which takes longer than all else. So the writer takes what waits, gives each job
//! a savepoint in one transaction, and commits once. Only then does anybody hear of it: what a job wants to tell
//! others goes out, then its result, job after job, in the order of their writes.
//!
//! ```text
//! jobs ──▶ BEGIN │ SAVEPOINT job RELEASE │ SAVEPOINT job ROLLBACK │ … │ COMMIT ──▶ pushes, results
//! ```

use crate::handler::{Failure, Outbox};
use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior, ffi};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Where pushes go once they are true.
pub(crate) trait Deliver: Send + Sync {
    /// Hands them to those who are there.
    fn deliver(&self, out: Outbox);
}

/// Something to be written.
pub(crate) trait Job: Send {
    /// Writes. On `Err` all of it is undone; with a reason, that of the whole batch: the disk is full or broken.
    fn run(&mut self, tx: &Transaction<'_>, out: &mut Outbox) -> Result<(), Option<ffi::Error>>;

    /// Is told that what it wrote is on the disk, or that the batch was `lost`.
    fn finish(self: Box<Self>, lost: Option<ffi::Error>);
}

/// A job made of two functions: `work` in the transaction, `done` with its result after the commit.
struct Work<F, D, T> {
    work: Option<F>,
    done: D,
    result: Option<Result<T, Failure>>,
}

/// A job that does `work` in the transaction, and hands the result to `done` after the commit. Both run on the
/// writer's thread, where nobody may wait.
pub(crate) fn job<T: Send + 'static>(
    work: impl FnOnce(&Transaction<'_>, &mut Outbox) -> Result<T, Failure> + Send + 'static,
    done: impl FnOnce(Result<T, Failure>) + Send + 'static,
) -> Box<dyn Job> {
    Box::new(Work { work: Some(work), done, result: None })
}

impl<F, D, T> Job for Work<F, D, T>
where
    F: FnOnce(&Transaction<'_>, &mut Outbox) -> Result<T, Failure> + Send,
    D: FnOnce(Result<T, Failure>) + Send,
    T: Send,
{
    fn run(&mut self, tx: &Transaction<'_>, out: &mut Outbox) -> Result<(), Option<ffi::Error>> {
        let Some(work) = self.work.take() else { return Err(None) };
        // A mistake in one handler must not end the writer, and with it the server.
        let result = catch_unwind(AssertUnwindSafe(|| work(tx, out)))
            .unwrap_or_else(|_| Err(Failure::Damaged("a handler has panicked".to_owned())));
        let outcome = match &result {
            Ok(_) => Ok(()),
            Err(Failure::Store(error)) => Err(error.sqlite_error().copied().filter(ends_batch)),
            Err(_) => Err(None),
        };
        self.result = Some(result);
        outcome
    }

    fn finish(self: Box<Self>, lost: Option<ffi::Error>) {
        let Self { done, result, .. } = *self;
        done(match (lost, result) {
            (Some(error), _) => Err(Failure::Store(rusqlite::Error::SqliteFailure(error, None))),
            (None, Some(result)) => result,
            (None, None) => Err(Failure::Damaged("a job was not run".to_owned())),
        });
    }
}

/// Takes jobs until nobody can send any more, then empties the log into the database.
pub(super) fn run(mut jobs: mpsc::Receiver<Box<dyn Job>>, db: Connection, bus: &dyn Deliver) {
    let (mut batch, mut lost) = (Vec::new(), Lost::default());
    while jobs.blocking_recv_many(&mut batch, BATCH) > 0 {
        commit(&db, &mut batch, bus, &mut lost);
    }
    if let Err(error) = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())) {
        tracing::warn!(%error, "the write-ahead log could not be emptied; the next start does it");
    }
}

/// Batches that were lost since the log was told of one. On a full disk clients try again and again, and a longer log
/// makes nothing better.
#[derive(Default)]
struct Lost {
    batches: u64,
    told: Option<Instant>,
}

impl Lost {
    fn tell(&mut self, error: &rusqlite::Error, jobs: usize, now: Instant) {
        self.batches += 1;
        if self.told.is_none_or(|told| now >= told + QUIET) {
            self.told = Some(now);
            let batches = std::mem::take(&mut self.batches);
            tracing::error!(%error, jobs, batches, "a batch could not be written, and is undone");
        }
    }
}

// ANCHOR: commit
/// Writes a batch, commits it once, and then tells everybody.
fn commit(db: &Connection, batch: &mut Vec<Box<dyn Job>>, bus: &dyn Deliver, told: &mut Lost) {
    let mut outboxes = Vec::with_capacity(batch.len());
    let outcome = write(db, batch, &mut outboxes);
    let lost = outcome.err().map(|error| {
        told.tell(&error, batch.len(), Instant::now());
        error.sqlite_error().copied().unwrap_or(ffi::Error::new(ffi::SQLITE_ERROR))
    });
    if lost.is_some() {
        outboxes.clear();
    }
    let mut outboxes = outboxes.into_iter();
    for job in batch.drain(..) {
        let out = outboxes.next().unwrap_or_default();
        // One after the other, each with its own, so that everybody hears things in the order of the writes.
        let told = catch_unwind(AssertUnwindSafe(|| {
            bus.deliver(out);
            job.finish(lost);
        }));
        if told.is_err() {
            tracing::error!("telling of a commit has panicked");
        }
    }
}
// ANCHOR_END: commit

fn write(db: &Connection, batch: &mut [Box<dyn Job>], outboxes: &mut Vec<Outbox>) -> rusqlite::Result<()> {
    // Dropped before its commit, it is rolled back.
    let tx = Transaction::new_unchecked(db, TransactionBehavior::Immediate)?;
    for job in batch {
        let mut out = Outbox::default();
        tx.prepare_cached("SAVEPOINT job")?.execute([])?;
        match job.run(&tx, &mut out) {
            Ok(()) => {}
            Err(Some(error)) => return Err(rusqlite::Error::SqliteFailure(error, None)),
            Err(None) => {
                out = Outbox::default();
                tx.prepare_cached("ROLLBACK TO job")?.execute([])?;
            }
        }
        tx.prepare_cached("RELEASE job")?.execute([])?;
        outboxes.push(out);
    }
    tx.commit()
}

/// After these errors the transaction as a whole is in doubt (SQLite, "Response To Errors Within A Transaction").
fn ends_batch(error: &ffi::Error) -> bool {
    matches!(
        error.code,
        ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure
            | ErrorCode::OutOfMemory
            | ErrorCode::DatabaseCorrupt
            | ErrorCode::DatabaseBusy
            | ErrorCode::OperationInterrupted
    )
}

/// How long the log is quiet about further batches that are lost.
const QUIET: Duration = Duration::from_secs(10);
/// The most jobs of one commit.
const BATCH: usize = 512;
