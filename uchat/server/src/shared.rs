//! What all connections of a server share.

use crate::authority::Authority;
use crate::bus::{Bus, Session};
use crate::files::FileStore;
use crate::folder::DataFolder;
use crate::handler::{Caller, Presence, Rules};
use crate::limits::Limits;
use crate::mailbox::Mailbox;
use crate::passwords::Passwords;
use crate::repeated::Lines;
use crate::store::Store;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::Semaphore;
use uchat_protocol::channel::ServerSetup;
use uchat_protocol::{Code, Refusal};
use zeroize::Zeroizing;

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Shared {
    /// The data folder, held against other servers.
    pub(crate) folder: DataFolder,
    /// The transport, with the server's current certificate.
    pub(crate) setup: RwLock<Arc<ServerSetup>>,
    /// The database.
    pub(crate) store: Store,
    /// The folder of files.
    pub(crate) files: Arc<FileStore>,
    /// Who is online where.
    pub(crate) bus: Arc<Bus>,
    /// Who may ask for how much.
    pub(crate) limits: Limits,
    /// Where passwords are hashed.
    pub(crate) passwords: Passwords,
    /// What holds for everybody.
    pub(crate) rules: Arc<Rules>,
    /// The CA that certifies users, where there are certificates.
    pub(crate) authority: Option<Arc<Authority>>,
    /// With whom new accounts are friends.
    pub(crate) welcome: Option<String>,
    /// Steps of handshakes at once: they are arithmetic, and more at once are no faster.
    pub(crate) handshake_turns: Arc<Semaphore>,
    /// Every connection's mailbox.
    pub(crate) mailboxes: Mailboxes,
    /// The source of all randomness.
    pub(crate) random: Mutex<StdRng>,
    /// Lines of the log that are counted when there are too many.
    pub(crate) lines: Lines,
}

impl Shared {
    /// A source of randomness for one connection.
    pub(crate) fn random(&self) -> StdRng {
        let mut seed = Zeroizing::new([0; 32]);
        self.random.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut *seed);
        StdRng::from_seed(*seed)
    }

    /// What handlers are told of who asks.
    pub(crate) fn caller(&self, session: &Session) -> Caller {
        Caller {
            user: session.user,
            name: Arc::clone(&session.name),
            address: session.address,
            now: now(),
            rules: Arc::clone(&self.rules),
            presence: Arc::clone(&self.bus) as Arc<dyn Presence>,
            authority: self.authority.clone(),
        }
    }
}

/// The mailboxes of all connections, logged in or not: to tell them that the server stops.
#[derive(Debug, Default)]
pub(crate) struct Mailboxes {
    all: Mutex<HashMap<u64, Weak<Mailbox>>>,
    next: AtomicU64,
    is_closed: AtomicBool,
}

impl Mailboxes {
    /// A new one, and the number under which it is known here. When the server is stopping, it says so at once.
    pub(crate) fn open(&self) -> (u64, Arc<Mailbox>) {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let mailbox = Arc::new(Mailbox::default());
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(number, Arc::downgrade(&mailbox));
        drop(all);
        if self.is_closed.load(Ordering::SeqCst) {
            mailbox.end(&Code::ServerStopping.into());
        }
        (number, mailbox)
    }

    /// Its connection has ended.
    pub(crate) fn forget(&self, number: u64) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&number);
    }

    /// Ends all connections, and those that still come.
    pub(crate) fn end_all(&self, reason: &Refusal) {
        self.is_closed.store(true, Ordering::SeqCst);
        for mailbox in self.all.lock().unwrap_or_else(PoisonError::into_inner).values() {
            if let Some(mailbox) = mailbox.upgrade() {
                mailbox.end(reason);
            }
        }
    }
}

/// The server's clock, in milliseconds since 1970.
pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Steps of handshakes at once: one for each core of a small machine.
pub(crate) const HANDSHAKES_AT_ONCE: usize = 2;
