//! Fills the store of a server that does not run with people, for load tests: each is the friend of the next one,
//! and the first hundreds share rooms. All have the same password; each has a resume token that the caller names.

use crate::config::{Config, Settings};
use crate::folder::DataFolder;
use crate::handler::{Failure, Outbox};
use crate::passwords;
use crate::server::StartError;
use crate::shared::now;
use crate::store::{self, accounts, conversations, friends, rooms, tokens};
use rusqlite::Connection;
use std::net::SocketAddr;
use std::time::SystemTime;
use uchat_protocol::content::Happened;
use uchat_protocol::{fields, limits};

/// Who is to be made.
#[derive(Debug, Clone, Copy)]
pub struct Crowd {
    /// How many people: 0 and 1 are friends, 2 and 3, and so on.
    pub users: usize,
    /// How many rooms, each with the next [`ROOM_MEMBERS`](limits::ROOM_MEMBERS) people, the first of them its owner.
    pub rooms: usize,
    /// The password of all.
    pub password: &'static str,
    /// The resume token of each.
    pub token: fn(usize) -> [u8; limits::TOKEN],
}

/// Makes them, in one transaction. Keys are made as at a server's first start.
///
/// # Errors
/// That the folder is in use, or cannot be used; that there are people already.
pub fn prepare(config: Config, crowd: &Crowd) -> Result<(), StartError> {
    let settings = config.settings()?;
    let folder = DataFolder::open(&settings)?;
    folder.setup(SystemTime::now())?;
    let mut db = store::writer(&folder.database())?;
    let failed = |error: Failure| StartError::Other(error.to_string());
    let tx = db.transaction().map_err(|error| failed(error.into()))?;
    fill(&tx, &settings, crowd).map_err(failed)?;
    tx.commit().map_err(|error| failed(error.into()))
}

fn fill(db: &Connection, settings: &Settings, crowd: &Crowd) -> Result<(), Failure> {
    let (now, hash) = (now(), passwords::hash(&passwords::Memory::default(), crowd.password.as_bytes())?);
    let mut ids = Vec::with_capacity(crowd.users);
    for index in 0..crowd.users {
        let account = accounts::NewAccount {
            name: fields::user_name(&Crowd::name(index))?,
            password: hash.clone(),
            email: format!("{}@example.org", Crowd::name(index)),
            sex: String::new(),
            age: None,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            now,
        };
        let id = accounts::create(db, &account)?;
        if settings.transport.encrypted() {
            tokens::begin(db, id, &(crowd.token)(index).into(), now)?;
        }
        ids.push(id);
    }
    for pair in ids.chunks_exact(2) {
        friends::ask(db, pair[0], pair[1], now)?;
        friends::accept(db, pair[0], pair[1], now)?;
        conversations::of_friends(db, pair[0], pair[1])?;
    }
    for (number, members) in ids.chunks(limits::ROOM_MEMBERS).take(crowd.rooms).enumerate() {
        room(db, number, members, now)?;
    }
    Ok(())
}

fn room(db: &Connection, number: usize, members: &[u64], now: u64) -> Result<(), Failure> {
    let Some(&owner) = members.first() else { return Ok(()) };
    let name = fields::room_name(&format!("load {number}"))?;
    let room = rooms::create(db, &name, owner, now)?;
    for &member in members {
        let what = if member == owner { Happened::Created } else { Happened::Joined };
        let event = rooms::event(what, member, "somebody");
        let seq = rooms::say(db, &room, event, now, &mut Outbox::default(), Vec::new())?;
        rooms::enter(db, &room, member, seq)?;
    }
    Ok(())
}

impl Crowd {
    /// The name of the person with this index.
    #[must_use]
    pub fn name(index: usize) -> String {
        format!("b{index}")
    }
}
