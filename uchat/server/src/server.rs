//! The server as a whole: it starts, listens, and stops in order.

use crate::bus::Bus;
use crate::config::{Config, ConfigError, Settings};
use crate::connection;
use crate::files::FileStore;
use crate::folder::DataFolder;
use crate::handler::{Failure, Rules};
use crate::limits::Limits;
use crate::passwords::Passwords;
use crate::repeated::Lines;
use crate::shared::{HANDSHAKES_AT_ONCE, Mailboxes, Shared};
use crate::store::{Deliver, OpenError, Store, files};
use certificates::folder::system_random;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::time::{Duration, SystemTime};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::{JoinHandle, JoinSet};
use uchat_protocol::channel::Transport;
use uchat_protocol::invite::Invite;
use uchat_protocol::{Code, limits};

/// A server that runs. Dropped, it stops in the background; [`stop`](Self::stop) waits for it.
#[derive(Debug)]
pub struct Server {
    pub(crate) shared: Arc<Shared>,
    address: SocketAddr,
    settings: Settings,
    stop: oneshot::Sender<()>,
    accepting: JoinHandle<()>,
    keeping: JoinHandle<()>,
}

/// The server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Something in the data folder cannot be read or written.
    #[error("{path} cannot be used: {error}")]
    Folder {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Another server runs on this data folder.
    #[error("the data folder {} is in use: another server runs on it; stop that one, or give another folder", .0.display())]
    InUse(PathBuf),
    /// A key, a certificate or a name cannot be used.
    #[error("{0}")]
    Keys(String),
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// Nobody can listen there.
    #[error("cannot listen on {address}: {error}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        error: io::Error,
    },
    /// Something else has failed.
    #[error("the server cannot start: {0}")]
    Other(String),
}

impl Server {
    /// Starts a server: when this returns, it listens.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let settings = config.settings()?;
        let for_parts = settings.clone();
        // Keys are made and the disk is read: that may take seconds.
        let made = tokio::task::spawn_blocking(move || make(&for_parts)).await;
        let shared = made.map_err(|error| StartError::Other(error.to_string()))??;
        sweep(&shared).await.map_err(|error| StartError::Other(error.to_string()))?;
        let failed = |error| StartError::Listen { address: settings.listen, error };
        let listener = TcpListener::bind(settings.listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        if let Some(banner) = settings.transport.banner() {
            tracing::warn!("{banner}");
        }
        tracing::info!(%address, transport = %settings.transport, limits = settings.limits, "listening");
        let (stop, stopped) = oneshot::channel();
        let accepting = tokio::spawn(accept(Arc::clone(&shared), listener, stopped));
        let keeping = tokio::spawn(keep_house(Arc::downgrade(&shared)));
        Ok(Self { shared, address, settings, stop, accepting, keeping })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it speaks.
    #[must_use]
    pub fn transport(&self) -> Transport {
        self.settings.transport
    }

    /// SHA-256 of the CA's certificate, which clients pin; none on lessons.
    #[must_use]
    pub fn ca_fingerprint(&self) -> Option<[u8; 32]> {
        self.shared.authority.as_ref().map(|authority| authority.certificate().fingerprint())
    }

    /// The access key, where there is one: as secret as a password.
    #[must_use]
    pub fn access_key(&self) -> Option<&[u8]> {
        self.shared.folder.access_key()
    }

    /// What a newcomer needs to know, under the first of the server's names; none on lessons.
    #[must_use]
    pub fn invite(&self) -> Option<Invite> {
        let ca = self.ca_fingerprint()?;
        let first = self.settings.hosts.first().cloned();
        let host = first.unwrap_or_else(|| match self.address.ip() {
            ip if ip.is_unspecified() => "localhost".to_owned(),
            ip => ip.to_string(),
        });
        let access_key = self.access_key().map(<[u8]>::to_vec);
        Some(Invite { host, port: self.address.port(), ca, access_key, transport: self.settings.transport })
    }

    /// Runs until `shutdown` is there, then [stops](Self::stop).
    pub async fn run_until(self, shutdown: impl Future<Output = ()>) {
        shutdown.await;
        self.stop().await;
    }

    /// Stops: takes no more connections, tells those that are there, gives them 5 s to hear it, and closes the
    /// database.
    pub async fn stop(self) {
        tracing::info!("stopping");
        self.keeping.abort();
        let _ = self.stop.send(()); // whoever listened has ended already
        if let Err(error) = self.accepting.await {
            tracing::error!(%error, "the listener has ended badly");
        }
        let shared = Arc::clone(&self.shared);
        if let Err(error) = tokio::task::spawn_blocking(move || shared.store.close()).await {
            tracing::error!(%error, "the database could not be closed in order");
        }
        tracing::info!("stopped");
    }
}

/// Brings together what a server consists of.
fn make(settings: &Settings) -> Result<Arc<Shared>, StartError> {
    raise_descriptor_limit();
    let folder = DataFolder::open(settings)?;
    let setup = folder.setup(SystemTime::now())?;
    let authority = folder.authority()?;
    let bus = Arc::new(Bus::default());
    let store = Store::open(&folder.database(), Arc::clone(&bus) as Arc<dyn Deliver>)?;
    let files = folder.files();
    let files = FileStore::open(&files).map_err(|error| StartError::Folder { path: files, error })?;
    let rules = Rules {
        encrypted: settings.transport.encrypted(),
        file_limit: settings.file_limit,
        file_quota: settings.file_quota,
        room_members: limits::ROOM_MEMBERS,
        contacts: CONTACTS,
    };
    let other = |error: &dyn fmt::Display| StartError::Other(error.to_string());
    Ok(Arc::new(Shared {
        folder,
        setup: RwLock::new(Arc::new(setup)),
        store,
        files: Arc::new(files),
        bus,
        limits: Limits::new(settings.limits),
        passwords: Passwords::new().map_err(|error| other(&error))?,
        rules: Arc::new(rules),
        authority: authority.map(Arc::new),
        welcome: settings.welcome.clone(),
        handshake_turns: Arc::new(Semaphore::new(HANDSHAKES_AT_ONCE)),
        mailboxes: Mailboxes::default(),
        random: Mutex::new(system_random().map_err(|error| other(&error))?),
        lines: Lines::default(),
    }))
}

/// Takes connections until it is told to stop, then ends them all.
async fn accept(shared: Arc<Shared>, listener: TcpListener, mut stopped: oneshot::Receiver<()>) {
    let mut connections = JoinSet::new();
    let mut left_out = tokio::time::interval(LEFT_OUT);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, address)) => {
                    // An IPv4 client of an IPv6 socket is called by its own address.
                    let address = SocketAddr::new(address.ip().to_canonical(), address.port());
                    match shared.limits.connect(address.ip()) {
                        Ok(places) => {
                            connections.spawn(connection::serve(Arc::clone(&shared), stream, address, places));
                        }
                        Err(reason) => {
                            if shared.lines.refused_connections.is_written() {
                                tracing::warn!(from = %address, %reason, "a connection is refused");
                            }
                            connection::turn_away(&shared, stream);
                        }
                    }
                }
                Err(error) => {
                    // Most likely there are no descriptors left: those who are done give some back.
                    if shared.lines.refused_connections.is_written() {
                        tracing::error!(%error, "a connection cannot be taken");
                    }
                    tokio::time::sleep(PAUSE).await;
                }
            },
            Some(ended) = connections.join_next(), if !connections.is_empty() => {
                if let Err(error) = ended {
                    tracing::error!(%error, "a connection has ended badly");
                }
            }
            _ = left_out.tick() => shared.lines.tell_left_out(),
            _ = &mut stopped => break,
        }
    }
    drop(listener);
    shared.lines.tell_left_out();
    shared.mailboxes.end_all(&Code::ServerStopping.into());
    let all_ended = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(STOPPING, all_ended).await.is_err() {
        tracing::warn!(left = connections.len(), "these connections did not end in time, and are cut off");
        connections.shutdown().await;
    }
}

/// Twice a day: renews the certificate if it ends soon, and removes files that nobody can ask for any more.
async fn keep_house(shared: Weak<Shared>) {
    loop {
        tokio::time::sleep(HALF_A_DAY).await;
        let Some(shared) = shared.upgrade() else { return };
        if let Err(error) = sweep(&shared).await {
            tracing::error!(%error, "old files cannot be removed");
        }
        match tokio::task::spawn_blocking(move || renew_at(&shared, SystemTime::now())).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the certificate cannot be renewed"),
            Err(error) => tracing::error!(%error, "the certificate cannot be renewed"),
        }
    }
}

/// Removes files that nobody can ask for any more.
async fn sweep(shared: &Shared) -> Result<(), Failure> {
    let files = Arc::clone(&shared.files);
    let gone = shared.store.read(move |db| files::sweep(db, &files, SystemTime::now())).await?;
    let files = Arc::clone(&shared.files);
    shared.store.write(move |tx, _| files::forget(tx, &files, &gone)).await
}

/// Renews the certificate if it ends soon after `now`. Connections that come later get the new one.
fn renew_at(shared: &Shared, now: SystemTime) -> Result<(), StartError> {
    let setup = Arc::new(shared.folder.setup(now)?);
    *shared.setup.write().unwrap_or_else(PoisonError::into_inner) = setup;
    Ok(())
}

/// Each connection takes a descriptor. What the system allows without asking is often too little.
fn raise_descriptor_limit() {
    match rlimit::increase_nofile_limit(DESCRIPTORS) {
        Ok(limit) if limit < DESCRIPTORS => {
            tracing::warn!(
                limit,
                wanted = DESCRIPTORS,
                "few descriptors: so many clients at most, fewer than the limits allow"
            );
        }
        Ok(_) => {}
        Err(error) => tracing::warn!(%error, "the limit of descriptors cannot be raised"),
    }
}

/// As many as connections are allowed, and some for handshakes and files.
const DESCRIPTORS: u64 = 10_000 + 500;
/// The most friends, and the most rooms, of one user.
pub(crate) const CONTACTS: usize = 1_000;
/// How long nobody is taken after one could not be.
const PAUSE: Duration = Duration::from_millis(100);
/// How often it is told how many lines were left out of the log.
const LEFT_OUT: Duration = Duration::from_secs(10);
/// How long connections may take to end, a little more than each gives itself.
const STOPPING: Duration = Duration::from_secs(6);
/// How often house is kept.
const HALF_A_DAY: Duration = Duration::from_secs(12 * 3600);

#[cfg(test)]
#[path = "../tests/server/common.rs"]
#[allow(dead_code, reason = "the tests in here use a part of it")]
pub(crate) mod common;
#[cfg(test)]
mod tests;
