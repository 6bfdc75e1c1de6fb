//! Opens the database: its settings, and the steps from an older schema to the newest.

use super::SCHEMA;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::path::Path;
use std::time::Duration;

/// What leads from each version of the schema to the next; the first makes version 1 out of nothing.
const STEPS: &[&str] = &[SCHEMA];

/// The database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A newer program has written it.
    #[error(
        "the database has schema {found}, but this server knows schemas up to {known} only: a newer uchat has \
         written it; start that one"
    )]
    Newer {
        /// Its version.
        found: i64,
        /// The newest that is known here.
        known: i64,
    },
    /// SQLite says no.
    #[error("the database cannot be used: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The file cannot be made.
    #[error("the database cannot be made: {0}")]
    File(std::io::Error),
    /// The writer's thread cannot be started.
    #[error("the thread that writes cannot be started: {0}")]
    Thread(std::io::Error),
}

/// The connection that writes. The file is made if it is missing, and brought to the newest schema.
pub(crate) fn writer(path: &Path) -> Result<Connection, OpenError> {
    make_private(path).map_err(OpenError::File)?;
    let mut db = Connection::open(path)?;
    // Write-ahead log: readers see the last commit and hold nobody up. FULL: a commit is on the disk when it
    // returns, so what was acknowledged survives a power cut.
    db.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    db.pragma_update(None, "synchronous", "full")?;
    db.pragma_update(None, "wal_autocheckpoint", CHECKPOINT)?;
    db.pragma_update(None, "cache_size", CACHE)?;
    settings(&db)?;
    migrate(&mut db)?;
    Ok(db)
}

/// Makes the file, if it is missing, for its owner only: password hashes lie in it. SQLite gives its log the same mode.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// A connection that reads.
pub(super) fn reader(path: &Path) -> Result<Connection, OpenError> {
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    settings(&db)?;
    Ok(db)
}

fn settings(db: &Connection) -> Result<(), OpenError> {
    db.busy_timeout(Duration::from_secs(5))?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    // Otherwise statements are compiled anew when their parameters change, in the hope of a better plan for these
    // values. Each of ours has one plan that is right.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

fn migrate(db: &mut Connection) -> Result<(), OpenError> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: i64 = tx.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    let missing = usize::try_from(found).ok().and_then(|done| STEPS.get(done..));
    let Some(missing) = missing else { return Err(OpenError::Newer { found, known }) };
    for step in missing {
        tx.execute_batch(step)?;
    }
    tx.pragma_update(None, "user_version", known)?;
    tx.commit()?;
    Ok(())
}

/// Statements that a connection keeps prepared: more than the program has.
const STATEMENTS: usize = 256;
/// Pages in the log after which it is copied into the database: 16 MiB. The end of each conversation is written
/// again and again; the longer the log, the more of that is copied only once.
const CHECKPOINT: u32 = 4096;
/// What the writer keeps in memory at the most, in KiB; negative, as `cache_size` wants it for a size in bytes.
const CACHE: i32 = -(8 << 10);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails here has failed")]
    use super::*;

    #[test]
    fn a_new_database_has_the_newest_schema_and_a_newer_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("uchat.db");
        let db = writer(&path).unwrap();
        let version: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        assert_eq!(version, 1);
        let mode: String = db.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
        assert_eq!(mode, "wal");
        assert!(reader(&path).unwrap().execute("DELETE FROM users", []).is_err(), "a reader cannot write");
        db.pragma_update(None, "user_version", 2).unwrap();
        drop(db);
        let error = writer(&path).unwrap_err();
        assert!(matches!(error, OpenError::Newer { found: 2, known: 1 }), "{error}");
    }
}
