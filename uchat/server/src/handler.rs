//! What a handler gets and what it gives back.
//!
//! A handler is a plain function over one transaction: it reads and writes rows, says what to tell whom, and
//! answers. It never waits, knows no socket, and cannot fail halfway: when it refuses, its writes are undone.
//! What it wants to tell others goes out only after the commit that holds its writes, in the order of commits.
//!
//! ```text
//! request ──▶ handle(tx, caller, request, out) ──▶ Ok(reply) or Err(refusal)
//!                                         out ──▶ pushes, after the commit
//! ```

use crate::authority::Authority;
use serde_bytes::ByteBuf;
use std::net::SocketAddr;
use std::sync::Arc;
use uchat_protocol::{Code, Push, Refusal, Reply};

/// What a handler says.
pub type Handled = Result<Reply, Failure>;

/// Why a handler does not do what it is asked for. Its writes are undone.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It refuses.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// The store failed. The caller is told [`Code::ServerError`] or [`Code::NoSpace`], the log says the rest.
    #[error("the store failed: {0}")]
    Store(#[from] rusqlite::Error),
    /// The folder of files failed. The caller is told [`Code::ServerError`], the log says the rest.
    #[error("the folder of files failed: {0}")]
    Files(#[from] std::io::Error),
    /// A row holds what this program never writes.
    #[error("the store is damaged: {0}")]
    Damaged(String),
}

impl From<Code> for Failure {
    fn from(code: Code) -> Self {
        Self::Refused(code.into())
    }
}

/// Who asks, when, and what holds here.
#[derive(Clone)]
pub struct Caller {
    /// The user's number.
    pub user: u64,
    /// The user's name.
    pub name: Arc<str>,
    /// From where.
    pub address: SocketAddr,
    /// The server's clock, in milliseconds since 1970.
    pub now: u64,
    /// The rules of this server.
    pub rules: Arc<Rules>,
    /// Who is there.
    pub presence: Arc<dyn Presence>,
    /// The CA that certifies users; none on lessons 1–6, which have no certificates.
    pub authority: Option<Arc<Authority>>,
}

/// What holds on this server for everybody.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Whether people's messages must be encrypted from end to end: all transports but lessons 1–6.
    pub encrypted: bool,
    /// The largest file, in bytes.
    pub file_limit: u64,
    /// All files of one user, in bytes.
    pub file_quota: u64,
    /// The most members of a room.
    pub room_members: usize,
    /// The most friends, and the most rooms, of one user.
    pub contacts: usize,
}

/// Who is there.
pub trait Presence: Send + Sync {
    /// From where this user is logged in; `None` if not at all.
    fn online(&self, user: u64) -> Option<SocketAddr>;
}

/// What is to be told after the commit.
#[derive(Debug, Default)]
pub struct Outbox {
    /// To whom (those who are not there get nothing), and what; in order.
    pub pushes: Vec<(Vec<u64>, Push)>,
    /// After these: key packages.
    pub packages: Vec<Wrapped>,
}

/// A key package on its way to many: what all of them get, and what each gets alone. In a room of 500 the header has
/// 20 KiB, so it is here once.
#[derive(Debug)]
pub struct Wrapped {
    /// What is signed.
    pub header: ByteBuf,
    /// The sender's signature.
    pub signature: ByteBuf,
    /// To whom, and the wrap for each.
    pub wraps: Vec<(u64, ByteBuf)>,
}

impl Outbox {
    /// Tells one user.
    pub fn tell(&mut self, user: u64, push: Push) {
        self.pushes.push((vec![user], push));
    }

    /// Tells several users.
    pub fn tell_all(&mut self, users: Vec<u64>, push: Push) {
        self.pushes.push((users, push));
    }
}
