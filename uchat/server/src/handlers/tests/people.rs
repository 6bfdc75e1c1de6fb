//! A store in memory with people in it, for tests.

use crate::handler::{Caller, Failure, Handled, Outbox, Presence, Rules};
use crate::store::SCHEMA;
use crate::store::conversations::{add_cursor, for_room, of_friends};
use rusqlite::{Connection, params};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use uchat_protocol::content::{Content, Encrypted};
use uchat_protocol::e2e::{Fingerprint, Header, Place};
use uchat_protocol::{Code, Envelope, KeyId, Refusal};

pub(crate) struct People {
    pub(crate) db: Connection,
    pub(crate) rules: Rules,
    pub(crate) now: u64,
    online: Arc<Online>,
}

#[derive(Default)]
struct Online(Mutex<BTreeSet<u64>>);

impl Presence for Online {
    fn online(&self, user: u64) -> Option<SocketAddr> {
        self.0.lock().unwrap().contains(&user).then(|| SocketAddr::from(([127, 0, 0, 1], 1)))
    }
}

impl People {
    /// Nobody yet; messages must be encrypted.
    pub(crate) fn new() -> Self {
        let db = Connection::open_in_memory().unwrap();
        db.pragma_update(None, "foreign_keys", true).unwrap();
        db.set_prepared_statement_cache_capacity(64);
        db.execute_batch(SCHEMA).unwrap();
        let (file_limit, file_quota) = (1 << 20, 4 << 20);
        let rules = Rules { encrypted: true, file_limit, file_quota, room_members: 500, contacts: 1000 };
        Self { db, rules, now: 1000, online: Arc::default() }
    }

    /// As [`new`](Self::new), with two friends, 1 and 2, and a stranger, 3, in it.
    pub(crate) fn two_friends() -> Self {
        let people = Self::new();
        for name in ["ann", "bob", "eve"] {
            people.user(name);
        }
        people.befriend(1, 2);
        people
    }

    pub(crate) fn user(&self, name: &str) -> u64 {
        let sql = "INSERT INTO users (username, folded, password, email, created) VALUES (?1, ?1, '', '', 0)";
        self.db.execute(sql, [name]).unwrap();
        self.db.last_insert_rowid() as u64
    }

    pub(crate) fn befriend(&self, one: u64, other: u64) {
        let sql = "INSERT INTO friends (from_user_id, to_user_id, accepted, time) VALUES (?1, ?2, 1, 0)";
        self.db.execute(sql, [one, other]).unwrap();
        of_friends(&self.db, one, other).unwrap();
    }

    pub(crate) fn unfriend(&self, one: u64, other: u64) {
        let sql = "DELETE FROM friends WHERE from_user_id = ?1 AND to_user_id = ?2";
        assert_eq!(self.db.execute(sql, [one, other]).unwrap(), 1);
    }

    pub(crate) fn block(&self, user: u64, blocked: u64) {
        self.db.execute("INSERT INTO blocks VALUES (?1, ?2)", [user, blocked]).unwrap();
    }

    /// A room with these members; the first is its owner.
    pub(crate) fn room(&self, members: &[u64]) -> u64 {
        let conversation = for_room(&self.db).unwrap();
        let name = format!("room {conversation}");
        let sql = "INSERT INTO rooms (room_name, folded, owner_id, conversation_id, created) VALUES (?1, ?1, ?2, ?3, 0)";
        self.db.execute(sql, params![name, members[0], conversation]).unwrap();
        let room = self.db.last_insert_rowid() as u64;
        for &member in members {
            self.join(room, member, 1);
        }
        room
    }

    /// A new member, whose history begins with line `seq`.
    pub(crate) fn join(&self, room: u64, member: u64, seq: u64) {
        let sql = "INSERT INTO room_user (room_id, user_id, joined_seq) VALUES (?1, ?2, ?3)";
        self.db.execute(sql, [room, member, seq]).unwrap();
        let sql = "SELECT conversation_id FROM rooms WHERE id = ?1";
        let conversation = self.db.query_row(sql, [room], |row| row.get(0)).unwrap();
        add_cursor(&self.db, conversation, member, seq - 1).unwrap();
    }

    pub(crate) fn leave(&self, room: u64, member: u64) {
        let sql = "DELETE FROM room_user WHERE room_id = ?1 AND user_id = ?2";
        assert_eq!(self.db.execute(sql, [room, member]).unwrap(), 1);
    }

    pub(crate) fn comes(&self, user: u64) {
        self.online.0.lock().unwrap().insert(user);
    }

    pub(crate) fn caller(&self, user: u64) -> Caller {
        let name: String =
            self.db.query_row("SELECT username FROM users WHERE id = ?1", [user], |row| row.get(0)).unwrap();
        Caller {
            user,
            name: name.into(),
            address: SocketAddr::from(([127, 0, 0, 1], 1)),
            now: self.now,
            rules: Arc::new(self.rules.clone()),
            presence: self.online.clone(),
            authority: None,
        }
    }

    /// Does what the writer does: a refusal undoes everything that was written.
    pub(crate) fn ask(
        &self,
        user: u64,
        handle: impl FnOnce(&Connection, &Caller, &mut Outbox) -> Handled,
    ) -> (Handled, Outbox) {
        let caller = self.caller(user);
        let mut out = Outbox::default();
        self.db.execute_batch("SAVEPOINT request").unwrap();
        let handled = handle(&self.db, &caller, &mut out);
        if handled.is_err() {
            out = Outbox::default();
            self.db.execute_batch("ROLLBACK TO request").unwrap();
        }
        self.db.execute_batch("RELEASE request").unwrap();
        (handled, out)
    }

    pub(crate) fn count(&self, table: &str) -> u64 {
        self.db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    }
}

/// The refusal; anything else is a failed test.
pub(crate) fn refused(handled: Handled) -> Refusal {
    match handled {
        Err(Failure::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

pub(crate) fn code(handled: Handled) -> Code {
    refused(handled).code
}

/// An encrypted message between friends, of so many bytes.
pub(crate) fn packet(bytes: usize) -> Envelope {
    let packet = vec![5; bytes];
    Envelope::Encrypted(Encrypted { key_id: KeyId([1; 16]), index: 7, packet, signature: None })
}

/// The same for a room.
pub(crate) fn signed(bytes: usize) -> Envelope {
    let (packet, signature) = (vec![5; bytes], Some(vec![6; 256]));
    Envelope::Encrypted(Encrypted { key_id: KeyId([1; 16]), index: 7, packet, signature })
}

pub(crate) fn text(data: &str) -> Content {
    Content { data: data.to_owned(), ..Content::default() }
}

/// The header of a key package, for this chain, from this sender and for these members.
pub(crate) fn header(place: Place, key: u8, sender: u64, members: &[u64]) -> Vec<u8> {
    let header = Header {
        place,
        key_id: KeyId([key; 16]),
        first: 0,
        time: 1000,
        previous: None,
        sender,
        members: members.iter().map(|&member| (member, Fingerprint([9; 32]))).collect(),
        commitment: [7; 32],
        ephemeral: [7; 256],
    };
    header.to_bytes()
}
