#![allow(clippy::unwrap_used, reason = "a test that fails here has failed")]

use super::*;
use rusqlite::ErrorCode;
use std::sync::mpsc;
use uchat_protocol::Push;

/// Writes down what it is told, in order, among other things that happen.
struct Log(Mutex<mpsc::Sender<String>>);

impl Deliver for Log {
    fn deliver(&self, out: Outbox) {
        for (_, push) in out.pushes {
            if let Push::GeneralMsg(text) = push {
                self.0.lock().unwrap().send(format!("push {text}")).unwrap();
            }
        }
    }
}

fn opened() -> (tempfile::TempDir, Store, mpsc::Sender<String>, mpsc::Receiver<String>) {
    let folder = tempfile::tempdir().unwrap();
    let (log, lines) = mpsc::channel();
    let bus = Arc::new(Log(Mutex::new(log.clone())));
    let store = Store::open(&folder.path().join("uchat.db"), bus).unwrap();
    (folder, store, log, lines)
}

fn insert(tx: &Connection, text: &str) -> Result<(), Failure> {
    tx.prepare_cached("INSERT INTO conversations (last_time) VALUES (?1)")?.execute([text.len()])?;
    Ok(())
}

fn count(db: &Connection) -> u64 {
    db.query_row("SELECT count(*) FROM conversations", [], |row| row.get(0)).unwrap()
}

/// Holds the writer until the returned sender is dropped, so that what comes meanwhile is one batch.
fn hold(store: &Store) -> mpsc::Sender<()> {
    let (release, held) = mpsc::channel::<()>();
    let (started, has_started) = mpsc::channel();
    let hold = job(
        move |_, _| {
            started.send(()).unwrap();
            let _ = held.recv();
            Ok(())
        },
        |_| {},
    );
    store.try_submit(hold).unwrap_or_else(|_| unreachable!());
    has_started.recv().unwrap();
    release
}

#[test]
fn everybody_hears_of_a_job_after_its_commit_and_in_order() {
    let (folder, store, log, lines) = opened();
    let release = hold(&store);
    for name in ["a", "refused", "b"] {
        let (log, path) = (log.clone(), folder.path().join("uchat.db"));
        let work = move |tx: &Transaction<'_>, out: &mut Outbox| {
            insert(tx, name)?;
            out.tell(1, Push::GeneralMsg(name.to_owned()));
            if name == "refused" { Err(Code::NotFriends.into()) } else { Ok(()) }
        };
        let done = move |result: Result<(), Failure>| {
            // Another connection sees only what is committed.
            let seen = count(&Connection::open(path).unwrap());
            log.send(format!("{name} {} {seen}", result.is_ok())).unwrap();
        };
        store.try_submit(job(work, done)).unwrap_or_else(|_| unreachable!());
    }
    drop(release);
    let lines: Vec<String> = lines.iter().take(5).collect();
    assert_eq!(lines, ["push a", "a true 2", "refused false 2", "push b", "b true 2"]);
    store.close();
}

#[test]
fn a_full_disk_fails_the_whole_batch_and_the_writer_lives_on() {
    let (_folder, store, log, lines) = opened();
    let limit = |pages: i64| {
        let (done, is_done) = mpsc::channel();
        let set = move |tx: &Transaction<'_>, _: &mut Outbox| {
            tx.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))?;
            Ok(())
        };
        let job = job(set, move |result| done.send(result.is_ok()).unwrap());
        store.try_submit(job).unwrap_or_else(|_| unreachable!());
        assert!(is_done.recv().unwrap());
    };
    limit(1); // as many as there are already
    let release = hold(&store);
    for (name, size) in [("small", 1), ("large", 1 << 20)] {
        let log = log.clone();
        let work = move |tx: &Transaction<'_>, out: &mut Outbox| {
            out.tell(1, Push::GeneralMsg(name.to_owned()));
            insert(tx, name)?;
            let sql = "INSERT INTO chat_history VALUES (1, ?1, 0, 0, 0, NULL, 0, zeroblob(?1))";
            tx.execute(sql, [size])?;
            Ok(())
        };
        let done = move |result: Result<(), Failure>| {
            let full = matches!(&result, Err(Failure::Store(error))
                if error.sqlite_error_code() == Some(ErrorCode::DiskFull));
            log.send(format!("{name} full: {full}")).unwrap();
        };
        store.try_submit(job(work, done)).unwrap_or_else(|_| unreachable!());
    }
    drop(release);
    assert_eq!(lines.iter().take(2).collect::<Vec<_>>(), ["small full: true", "large full: true"]);
    limit(1 << 20);
    let (done, is_done) = mpsc::channel();
    let after = job(
        |tx, _| Ok((insert(tx, "after")?, count(tx)).1),
        move |result| {
            done.send(result.unwrap()).unwrap();
        },
    );
    store.try_submit(after).unwrap_or_else(|_| unreachable!());
    assert_eq!(is_done.recv().unwrap(), 1, "nothing of the lost batch is left");
    store.close();
}

#[test]
fn a_handler_that_panics_is_undone_and_nobody_else_notices() {
    let (_folder, store, log, lines) = opened();
    for name in ["panics", "works"] {
        let log = log.clone();
        let work = move |tx: &Transaction<'_>, _: &mut Outbox| {
            insert(tx, name)?;
            assert!(name != "panics", "on purpose");
            Ok(count(tx))
        };
        let done = move |result: Result<u64, Failure>| log.send(format!("{name} {:?}", result.ok())).unwrap();
        store.try_submit(job(work, done)).unwrap_or_else(|_| unreachable!());
    }
    assert_eq!(lines.iter().take(2).collect::<Vec<_>>(), ["panics None", "works Some(1)"]);
    store.close();
}
