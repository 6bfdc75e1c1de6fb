//! What all clients of a run share, how they come in, and how the server is measured meanwhile.

use super::link::Link;
use super::payload::Book;
use super::server_process::ServerProcess;
use super::{BenchError, Plan, Report};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use uchat_protocol::channel::ClientSetup;

/// What all clients share.
pub(super) struct Work {
    pub(super) plan: Plan,
    setup: Arc<ClientSetup>,
    /// The moment from which all payloads count.
    pub(super) since: Instant,
}

/// A client that has logged in.
pub(super) struct Opened {
    index: usize,
    pub(super) id: u64,
    pub(super) link: Link,
    pub(super) took: Duration,
}

/// The moment at which a measurement began, and the server's CPU time then.
pub(super) struct Start {
    time: Instant,
    cpu: Option<Duration>,
}

impl Work {
    pub(super) fn new(plan: Plan) -> Result<Self, BenchError> {
        let (name, key) = (plan.server_name.clone(), plan.access_key.clone());
        let setup = ClientSetup::new(plan.transport, name, plan.pinned_ca, key)
            .map_err(|error| BenchError::Plan(error.to_string()))?;
        Ok(Self { plan, setup: Arc::new(setup), since: Instant::now() })
    }

    /// The server, if its process is known.
    pub(super) fn server(&self) -> Option<ServerProcess> {
        self.plan.server_pid.map(ServerProcess)
    }

    /// Logs the user with this index in.
    pub(super) async fn open_one(&self, index: usize) -> Result<Opened, BenchError> {
        let started = Instant::now();
        let (link, me) = Link::open(&self.plan, &self.setup, index).await?;
        Ok(Opened { index, id: me.id, link, took: started.elapsed() })
    }

    /// Logs the first so many users in, in their order.
    pub(super) async fn open(self: &Arc<Self>, users: usize) -> Result<Vec<Opened>, BenchError> {
        let mut links = Vec::with_capacity(users);
        let mut opening = JoinSet::new();
        for index in 0..users {
            while opening.len() >= OPENING {
                links.extend(joined(&mut opening).await?);
            }
            let work = Arc::clone(self);
            opening.spawn(async move { work.open_one(index).await });
        }
        while let Some(opened) = joined(&mut opening).await? {
            links.push(opened);
        }
        links.sort_by_key(|opened| opened.index);
        Ok(links)
    }

    /// Begins to measure.
    pub(super) fn start(&self) -> Result<Start, BenchError> {
        Ok(Start { time: Instant::now(), cpu: self.cpu()? })
    }

    /// What was measured since.
    pub(super) fn report(&self, start: &Start, book: Book) -> Result<Report, BenchError> {
        let (time, cpu) = (start.time.elapsed(), self.cpu()?);
        let cpu = start.cpu.zip(cpu).map(|(before, after)| after.saturating_sub(before));
        Ok(Report::new(&self.plan, time, book).with_cpu(cpu))
    }

    fn cpu(&self) -> Result<Option<Duration>, BenchError> {
        self.server().map(ServerProcess::cpu_time).transpose()
    }
}

/// The result of the next task that is done; `None` if there is none.
pub(super) async fn joined<T: 'static>(
    tasks: &mut JoinSet<Result<T, BenchError>>,
) -> Result<Option<T>, BenchError> {
    match tasks.join_next().await {
        None => Ok(None),
        Some(Ok(result)) => result.map(Some),
        Some(Err(error)) => Err(BenchError::Client(error.to_string())),
    }
}

/// How many connections are opened at a time: as many as the server allows one address to have unfinished.
const OPENING: usize = 8;
