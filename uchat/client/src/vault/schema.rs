//! The database file: opened, made or brought up to this version.

use super::{VaultError, fold};
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

/// Opens the database, and makes it if it is missing.
pub(super) fn open(path: &Path) -> Result<Connection, VaultError> {
    create_private(path).map_err(|error| VaultError::File { path: path.to_owned(), error })?;
    let mut db = Connection::open(path)?;
    // A commit returns when the disk has it: a message that was sealed must never be sealed again another way.
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "secure_delete", true)?;
    db.set_prepared_statement_cache_capacity(128);
    fold::register(&db)?;
    migrate(&mut db)?;
    Ok(db)
}

fn migrate(db: &mut Connection) -> Result<(), VaultError> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: usize = tx.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let Some(missing) = MIGRATIONS.get(version..) else {
        return Err(VaultError::Newer { version, known: MIGRATIONS.len() });
    };
    for step in missing {
        tx.execute_batch(step)?;
    }
    tx.pragma_update(None, "user_version", MIGRATIONS.len())?;
    Ok(tx.commit()?)
}

/// History is nobody else's business, and SQLite gives its other files the mode of this one.
fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::File::options();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// What leads from version n to n + 1 stands at n.
const MIGRATIONS: &[&str] = &[include_str!("schema.sql"), include_str!("schema_2.sql")];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

    use super::*;

    #[test]
    fn a_database_of_a_newer_version_is_refused() {
        let mut db = Connection::open_in_memory().unwrap();
        migrate(&mut db).unwrap();
        migrate(&mut db).unwrap(); // nothing is left to do
        db.pragma_update(None, "user_version", MIGRATIONS.len() + 1).unwrap();
        assert!(matches!(migrate(&mut db), Err(VaultError::Newer { .. })));
    }

    #[test]
    fn a_database_of_the_first_version_is_brought_up_to_this_one() {
        let mut db = Connection::open_in_memory().unwrap();
        db.execute_batch(MIGRATIONS[0]).unwrap();
        db.pragma_update(None, "user_version", 1).unwrap();
        migrate(&mut db).unwrap();
        assert!(db.prepare("SELECT id, path FROM uploads").is_ok());
    }
}
