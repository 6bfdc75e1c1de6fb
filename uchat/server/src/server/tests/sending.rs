//! Messages in a row, where one of them is refused: answers and messages keep their order.

use super::*;
use framing::{Message, Value};
use std::sync::mpsc;
use std::time::Instant;
use uchat_protocol::content::Content;
use uchat_protocol::reply::Done;
use uchat_protocol::{Envelope, MessageId, Operation, Refusal, Reply};

/// A server with amy and bob, who are friends; bob's client.
fn friends(folder: &tempfile::TempDir) -> (Running, Client, u64, u64) {
    let config = Config { welcome: Some("amy".to_owned()), ..config(folder.path()) };
    let running = Running::start(config).unwrap();
    let amy = running.client().register("amy").unwrap();
    let (client, bob) = running.user("bob");
    (running, client, amy, bob.id)
}

fn message(to: u64, id: u8, length: usize) -> request::SendMessage {
    let content = Content { data: "x".repeat(length), ..Content::default() };
    let id = Some(MessageId([id; 16]));
    request::SendMessage { target_type: 0, target_id: to, message: Envelope::Plain(content), id }
}

fn stored(reply: Reply) -> Result<Option<u64>, Refusal> {
    match reply.granted()? {
        Reply::Done(Done { seq, .. }) => Ok(seq),
        other => panic!("{other:?}"),
    }
}

/// The database may have so many pages, but no fewer than it has.
fn disk(running: &Running, pages: u32) {
    let set =
        running.server().shared.store.write(move |tx, _| {
            Ok(tx.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))?)
        });
    running.runtime.block_on(set).unwrap();
}

#[test]
fn on_a_full_disk_nothing_overtakes_a_message_that_found_no_room() {
    let folder = tempfile::tempdir().unwrap();
    let (running, mut bob, amy, _) = friends(&folder);
    let mut say = |id, length| stored(bob.ask(message(amy, id, length)));
    disk(&running, 1);
    assert_eq!(say(1, 10), Ok(Some(1)), "for this there is room");
    let (large, small) = (50_000, 10);
    for _ in 0..2 {
        let refusal = say(2, large).unwrap_err();
        assert_eq!((refusal.code, refusal.retry_after), (Code::NoSpace, Some(5_000)));
        for later in [3, 4] {
            let refusal = say(later, small).unwrap_err();
            assert_eq!((refusal.code, refusal.retry_after), (Code::NoSpace, Some(5_000)));
        }
    }
    disk(&running, 1 << 20);
    assert_eq!(say(3, small), Ok(Some(2)), "the client has given the large one up");
    assert_eq!(say(4, small), Ok(Some(3)));
    running.stop();
}

#[test]
fn a_refusal_does_not_overtake_the_answers_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let (running, mut bob, amy, me) = friends(&folder);
    let shared = &running.server().shared;
    let (release, held) = mpsc::channel::<()>();
    let hold = move |_: &rusqlite::Transaction<'_>, _: &mut Outbox| {
        let _ = held.recv(); // until the other end is dropped
        Ok(())
    };
    shared.store.try_submit(crate::store::job(hold, |_| {})).unwrap_or_else(|_| unreachable!());
    bob.send(message(amy, 1, 10));
    bob.send_message(&Message { operation: Operation::SendMessage.number(), value: Value::None });
    bob.send(message(amy, 2, 10));
    let mailbox = Arc::clone(&shared.bus.session(me).unwrap().mailbox);
    let end = Instant::now() + Duration::from_secs(20);
    while mailbox.look().owed < 3 {
        assert!(Instant::now() < end, "the refusal waits for its turn");
        std::thread::yield_now();
    }
    drop(release);
    assert_eq!(stored(bob.answer().unwrap()), Ok(Some(1)));
    assert_eq!(stored(bob.answer().unwrap()).unwrap_err().code, Code::BadField);
    assert_eq!(stored(bob.answer().unwrap()), Ok(Some(2)));
    running.stop();
}
