//! Friends, blocks, rooms, certificates, presence, the bundle of a log-in, a deleted account: each on a store in
//! memory, with people who are there or not.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a failed test"
)]

mod certificates;
mod following;
mod friends;
mod leaving;
mod log_in;
mod rooms;
mod search;

use crate::handler::{Caller, Failure, Handled, Outbox, Presence, Rules};
use crate::handlers::*;
use crate::store::SCHEMA;
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use uchat_protocol::content::{Happened, RoomEvent};
use uchat_protocol::push::NewMessage;
use uchat_protocol::reply::{Done, FriendResult};
use uchat_protocol::{Code, Conversation, Envelope, Push, Reply, request};

/// A handler.
type Handler<R> = fn(&Connection, &Caller, R, &mut Outbox) -> Handled;

/// What a handler gives: its answer, and what it tells whom.
type Said = (Result<Reply, Code>, Vec<(Vec<u64>, Push)>);

const ALICE: u64 = 1;
const BOB: u64 = 2;
const CAROL: u64 = 3;
const DAVE: u64 = 4;
const NAMES: [&str; 4] = ["Alice", "Bob", "小明", "Dave"];
const NOBODY: [u64; 5] = [0, 99, i64::MAX as u64, 1 << 63, u64::MAX];

/// Four users, a store, and who is there.
struct Class {
    db: Connection,
    online: Arc<Online>,
    rules: Rules,
    now: u64,
}

#[derive(Default)]
struct Online(Mutex<BTreeMap<u64, SocketAddr>>);

impl Presence for Online {
    fn online(&self, user: u64) -> Option<SocketAddr> {
        self.0.lock().unwrap().get(&user).copied()
    }
}

impl Class {
    fn new() -> Self {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch("PRAGMA foreign_keys = ON").unwrap();
        db.execute_batch(SCHEMA).unwrap();
        db.set_prepared_statement_cache_capacity(128);
        for (at, name) in NAMES.iter().enumerate() {
            let folded = uchat_protocol::fields::folded(name);
            let sql = "INSERT INTO users (username, folded, password, email, email_folded, created)
                VALUES (?1, ?2, 'hash', ?3, ?3, 7)";
            db.execute(sql, [*name, &folded, &format!("u{at}@example.org")]).unwrap();
        }
        let rules =
            Rules { encrypted: true, file_limit: 1, file_quota: 1, room_members: 500, contacts: 1000 };
        Self { db, online: Arc::default(), rules, now: 1000 }
    }

    /// Logs a user in, from the port 5000 + the user's number.
    fn log_in(&self, user: u64) {
        self.online.0.lock().unwrap().insert(user, address(user));
    }

    fn caller(&self, user: u64) -> Caller {
        Caller {
            user,
            name: NAMES[usize::try_from(user).unwrap() - 1].into(),
            address: address(user),
            now: self.now,
            rules: Arc::new(self.rules.clone()),
            presence: self.online.clone(),
            authority: None,
        }
    }

    /// Runs a handler as the engine does: what it has written is undone when it refuses.
    fn run<R>(&self, user: u64, handler: Handler<R>, request: R) -> Said {
        let tx = self.db.unchecked_transaction().unwrap();
        let mut out = Outbox::default();
        match handler(&tx, &self.caller(user), request, &mut out) {
            Ok(reply) => {
                tx.commit().unwrap();
                (Ok(reply), out.pushes)
            }
            Err(Failure::Refused(refusal)) => (Err(refusal.code), Vec::new()),
            Err(failure) => panic!("{failure}"),
        }
    }

    fn add(&self, user: u64, name: &str) -> Said {
        said(self.run(user, add_friend::handle, request::AddFriend { user_name: name.to_owned() }))
    }

    fn del(&self, user: u64, name: &str) -> Said {
        said(self.run(user, del_friend::handle, request::DelFriend { user_name: name.to_owned() }))
    }

    fn resolve(&self, user: u64, user_id: u64, accept: bool) -> Said {
        self.run(user, resolve_friend_request::handle, request::ResolveFriendRequest { user_id, accept })
    }

    fn block(&self, user: u64, name: &str) -> Said {
        self.run(user, block::handle, request::Block { user_name: name.to_owned() })
    }

    fn unblock(&self, user: u64, name: &str) -> Said {
        self.run(user, unblock::handle, request::Unblock { user_name: name.to_owned() })
    }

    fn create(&self, user: u64, name: &str) -> Said {
        self.run(user, create_room::handle, request::CreateRoom { room_name: name.to_owned() })
    }

    fn join(&self, user: u64, room_id: u64) -> Said {
        self.run(user, join_room::handle, request::JoinRoom { room_id })
    }

    fn leave(&self, user: u64, room_id: u64) -> Said {
        self.run(user, leave_room::handle, request::LeaveRoom { room_id })
    }

    fn remove(&self, user: u64, room_id: u64, user_id: u64) -> Said {
        self.run(user, remove_member::handle, request::RemoveMember { room_id, user_id })
    }

    fn hand_over(&self, user: u64, room_id: u64, user_id: u64) -> Said {
        self.run(user, hand_over::handle, request::HandOver { room_id, user_id })
    }

    fn befriend(&self, one: u64, other: u64) {
        let name = NAMES[usize::try_from(other).unwrap() - 1];
        self.add(one, name).0.unwrap();
        self.resolve(other, one, true).0.unwrap();
    }

    /// A room of the first of these users, which the others join in turn.
    fn room(&self, name: &str, users: &[u64]) -> u64 {
        let (Ok(Reply::Done(Done { room_id: Some(room), .. })), _) = self.create(users[0], name) else {
            panic!("no room {name}")
        };
        for user in &users[1..] {
            self.join(*user, room).0.unwrap();
        }
        room
    }

    /// The lines of a room that the store has: numbers without a gap, and who did what.
    fn lines(&self, room: u64) -> Vec<(Happened, u64)> {
        let sql = "SELECT h.seq, h.data, c.last_seq FROM rooms AS r
            JOIN conversations AS c ON c.id = r.conversation_id
            JOIN chat_history AS h ON h.conversation_id = c.id WHERE r.id = ?1 ORDER BY h.seq";
        let mut statement = self.db.prepare(sql).unwrap();
        let rows = statement.query_map([room], |row| {
            Ok((row.get::<_, u64>(0)?, row.get::<_, Vec<u8>>(1)?, row.get::<_, u64>(2)?))
        });
        let rows: Vec<_> = rows.unwrap().map(Result::unwrap).collect();
        for (at, (seq, _, last)) in (1..).zip(&rows) {
            assert_eq!((*seq, *last), (at, rows.len() as u64));
        }
        let event = |data: &[u8]| match Envelope::from_value(framing::decode(data).unwrap()).unwrap() {
            Envelope::Event(RoomEvent { what, user_id, user_name }) => {
                assert_eq!(user_name, NAMES[usize::try_from(user_id).unwrap() - 1]);
                (what, user_id)
            }
            other => panic!("{other:?}"),
        };
        rows.iter().map(|(_, data, _)| event(data)).collect()
    }

    fn count(&self, table: &str) -> u64 {
        self.db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    }
}

fn address(user: u64) -> SocketAddr {
    format!("192.0.2.{user}:{}", 5000 + user).parse().unwrap()
}

/// The refusal that add_friend and del_friend give in their own form. It tells nobody anything.
fn said((reply, pushes): Said) -> Said {
    match reply {
        Ok(
            Reply::AddFriendResult(FriendResult { ok: false, code, text })
            | Reply::DelFriendResult(FriendResult { ok: false, code, text }),
        ) => {
            assert!(!text.is_empty() && pushes.is_empty());
            (Err(code.unwrap()), pushes)
        }
        other => (other, pushes),
    }
}

/// Pushes in short: to whom, and what.
fn short(pushes: &[(Vec<u64>, Push)]) -> Vec<(Vec<u64>, String)> {
    let what = |push: &Push| match push {
        Push::IncomingFriendRequest(person) => format!("request {} {}", person.id, person.name),
        Push::ContactInfo(info) => match (&info.friend, &info.room) {
            (Some(friend), None) => format!("friend {} {}", friend.id, friend.name),
            (None, Some(room)) => format!("room {} {} of {}", room.id, room.name, room.owner),
            other => panic!("{other:?}"),
        },
        Push::DelInfo(gone) => match Conversation::from_target(gone.target_type, gone.target_id).unwrap() {
            Conversation::Friend(id) => format!("gone friend {id}"),
            Conversation::Room(id) => format!("gone room {id}"),
        },
        Push::OnNewMessage(NewMessage {
            message: Envelope::Event(event),
            sender_id: 0,
            target_type: 1,
            target_id,
            seq,
            id: None,
            ..
        }) => {
            format!("room {target_id} line {seq}: {} {}", event.user_id, event.what.name())
        }
        Push::FriendOnOffLine(line) => format!(
            "friend {} online {} {:?} {:?}",
            line.user_id,
            line.online,
            line.ip.as_deref().unwrap_or("-"),
            line.port.unwrap_or(0)
        ),
        Push::RoomUserOnOffLine(line) => {
            format!("room {} member {} online {}", line.room_id, line.user_id, line.online)
        }
        other => panic!("{other:?}"),
    };
    pushes.iter().map(|(to, push)| (to.clone(), what(push))).collect()
}

/// What [`short`] is compared with.
fn told(expected: &[(&[u64], &str)]) -> Vec<(Vec<u64>, String)> {
    expected.iter().map(|(to, what)| (to.to_vec(), (*what).to_owned())).collect()
}
