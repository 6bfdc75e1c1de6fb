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
const MIGRATIONS: &[&str] = &[
    include_str!("schema.sql"),
    include_str!("schema_2.sql"),
    include_str!("schema_3.sql"),
    include_str!("schema_4.sql"),
];

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

    #[test]
    fn what_was_said_before_messages_could_be_changed_is_there_afterwards() {
        let mut db = Connection::open_in_memory().unwrap();
        db.execute_batch(MIGRATIONS[0]).unwrap();
        db.execute_batch(MIGRATIONS[1]).unwrap();
        db.pragma_update(None, "user_version", 2).unwrap();
        db.execute_batch(
            "INSERT INTO messages (kind, peer, place, number, seq, sender, id, time, content, text, encrypted, told)
                 VALUES (0, 2, 1, 1, 1, 2, x'01', 5, 0, 'hello', 1, 1), (0, 2, 2, 1, 2, 2, x'02', 6, 0, 'new', 1, 0);
             INSERT INTO outbox (id, kind, peer, time, content) VALUES (x'03', 0, 2, 7, x'04');",
        )
        .unwrap();
        migrate(&mut db).unwrap();
        let rows = |sql: &str| {
            let mut query = db.prepare(sql).unwrap();
            let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
            rows.collect::<Result<Vec<(String, u64, u64)>, _>>().unwrap()
        };
        let messages = rows("SELECT text, edited, deleted + mentions FROM messages ORDER BY place");
        assert_eq!(messages, [("hello".to_owned(), 0, 0), ("new".to_owned(), 0, 0)]);
        let outbox =
            rows("SELECT hex(id) || hex(content), time, changes IS NULL AND text IS NULL FROM outbox");
        assert_eq!(outbox, [("0304".to_owned(), 7, 1)]);
    }
}
