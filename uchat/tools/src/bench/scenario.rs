//! What the clients do.

use super::link::{Arrived, Link, stored};
use super::payload::{Book, make};
use super::server_process::ServerProcess;
use super::{BenchError, Plan, Report};
use serde::Serialize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::timeout;
use uchat_protocol::channel::ClientSetup;
use uchat_protocol::request::{FetchHistory, SendMessage};
use uchat_protocol::{MessageId, Push, Reply, Request, limits};

/// What the clients do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scenario {
    /// Connect and resume a session, one after the other, `window` at a time.
    Connect,
    /// Connect and be silent.
    Idle,
    /// Pairs: one talks as fast as the window allows, the other listens.
    Direct,
    /// Pairs: one says `window` messages a second, the other listens.
    Paced,
    /// All in one room, the first of them talks as fast as the window allows.
    Room,
    /// One says `window` messages to somebody who is not there; then that one comes and fetches them.
    Offline,
}

/// Does it.
///
/// # Errors
/// The first connection that fails, the first answer that is not what it should be.
pub async fn run(plan: Plan) -> Result<Report, BenchError> {
    let setup =
        ClientSetup::new(plan.transport, plan.server_name.clone(), plan.pinned_ca, plan.access_key.clone())
            .map_err(|error| BenchError::Plan(error.to_string()))?;
    let work = Arc::new(Work { plan, setup: Arc::new(setup), since: Instant::now() });
    match work.plan.scenario {
        Scenario::Connect => connect(&work).await,
        Scenario::Idle => idle(&work).await,
        Scenario::Direct | Scenario::Paced => pairs(&work).await,
        Scenario::Room => room(&work).await,
        Scenario::Offline => offline(&work).await,
    }
}

/// What all clients share.
struct Work {
    plan: Plan,
    setup: Arc<ClientSetup>,
    /// The moment from which all payloads count.
    since: Instant,
}

impl Work {
    fn server(&self) -> Option<ServerProcess> {
        self.plan.server_pid.map(ServerProcess)
    }

    fn cpu(&self) -> Result<Option<Duration>, BenchError> {
        self.server().map(ServerProcess::cpu_time).transpose()
    }

    /// Opens the links of these users, `window` at a time.
    async fn open(self: &Arc<Self>, users: impl Iterator<Item = usize>) -> Result<Vec<Opened>, BenchError> {
        let mut links = Vec::new();
        let mut opening = JoinSet::new();
        for index in users {
            while opening.len() >= OPENING {
                links.extend(joined(&mut opening).await?);
            }
            let work = Arc::clone(self);
            opening.spawn(async move {
                let started = Instant::now();
                let (link, me) = Link::open(&work.plan, &work.setup, index).await?;
                Ok(Opened { index, id: me.id, link, took: started.elapsed() })
            });
        }
        while let Some(opened) = joined(&mut opening).await? {
            links.push(opened);
        }
        links.sort_by_key(|opened| opened.index);
        Ok(links)
    }
}

struct Opened {
    index: usize,
    id: u64,
    link: Link,
    took: Duration,
}

/// The next task that is done.
async fn joined<T: 'static>(tasks: &mut JoinSet<Result<T, BenchError>>) -> Result<Option<T>, BenchError> {
    match tasks.join_next().await {
        None => Ok(None),
        Some(Ok(result)) => result.map(Some),
        Some(Err(error)) => Err(BenchError::Plan(format!("a client ended: {error}"))),
    }
}

async fn connect(work: &Arc<Work>) -> Result<Report, BenchError> {
    let (before, started) = (work.cpu()?, Instant::now());
    let links = work.open(0..work.plan.users).await?;
    let time = started.elapsed();
    let cpu = between(before, work.cpu()?);
    let latencies = links.iter().map(|opened| opened.took).collect();
    Ok(Report::new(&work.plan, time, Book::of(latencies)).with_cpu(cpu))
}

async fn idle(work: &Arc<Work>) -> Result<Report, BenchError> {
    let before = work.server().map(ServerProcess::memory).transpose()?;
    let started = Instant::now();
    let links = work.open(0..work.plan.users).await?;
    tokio::time::sleep(work.plan.time).await;
    let after = work.server().map(ServerProcess::memory).transpose()?;
    let latencies = links.iter().map(|opened| opened.took).collect();
    let mut report = Report::new(&work.plan, started.elapsed(), Book::of(latencies));
    report.server_memory =
        before.zip(after).map(|(before, after)| after.saturating_sub(before) / work.plan.users.max(1) as u64);
    Ok(report)
}

/// How long a listener waits for what is still on its way.
const GRACE: Duration = Duration::from_secs(10);

/// How many connections are opened at a time: fewer than the server allows one address to have unfinished.
const OPENING: usize = 8;

async fn pairs(work: &Arc<Work>) -> Result<Report, BenchError> {
    let mut links = work.open(0..work.plan.users / 2 * 2).await?.into_iter();
    let (before, started) = (work.cpu()?, Instant::now());
    let mut tasks = JoinSet::new();
    while let (Some(talker), Some(listener)) = (links.next(), links.next()) {
        let said = Arc::new(AtomicU64::new(u64::MAX));
        let (talking, listening) = (Arc::clone(work), Arc::clone(work));
        let (target, sender, told) = ((0, listener.id), talker.id, Arc::clone(&said));
        tasks.spawn(async move {
            let count = talk(&talking, talker, target).await?;
            told.store(count, Ordering::Release);
            Ok(Book::default())
        });
        tasks.spawn(async move { listen(&listening, listener, sender, &said).await });
    }
    finish(work, tasks, before, started).await
}

async fn room(work: &Arc<Work>) -> Result<Report, BenchError> {
    let mut links = work.open(0..work.plan.users).await?.into_iter();
    let (before, started) = (work.cpu()?, Instant::now());
    let Some(talker) = links.next() else {
        return Err(BenchError::Plan("a room needs users".to_owned()));
    };
    let said = Arc::new(AtomicU64::new(u64::MAX));
    let sender = talker.id;
    let mut tasks = JoinSet::new();
    for listener in links {
        let (work, said) = (Arc::clone(work), Arc::clone(&said));
        tasks.spawn(async move { listen(&work, listener, sender, &said).await });
    }
    let talking = Arc::clone(work);
    tasks.spawn(async move {
        let count = talk(&talking, talker, (1, FIRST_ROOM)).await?;
        said.store(count, Ordering::Release);
        Ok(Book::default())
    });
    finish(work, tasks, before, started).await
}

/// The room that `prepare` makes.
const FIRST_ROOM: u64 = 1;

/// Waits for all clients and adds up what they have seen.
async fn finish(
    work: &Arc<Work>,
    mut tasks: JoinSet<Result<Book, BenchError>>,
    before: Option<Duration>,
    started: Instant,
) -> Result<Report, BenchError> {
    let mut book = Book::default();
    while let Some(one) = joined(&mut tasks).await? {
        book.add(one);
    }
    let time = started.elapsed();
    Ok(Report::new(&work.plan, time, book).with_cpu(between(before, work.cpu()?)))
}

/// Says as much as window and time allow; waits until everything is stored. How much it was.
async fn talk(work: &Work, talker: Opened, target: (u8, u64)) -> Result<u64, BenchError> {
    let Opened { id, mut link, .. } = talker;
    let plan = &work.plan;
    let paced = plan.scenario == Scenario::Paced;
    let (mut said, mut stored_until, started) = (0_u64, 0_u64, Instant::now());
    let mut random: rand::rngs::StdRng = rand::make_rng();
    while started.elapsed() < plan.time {
        // Paced: as many as the clock says; else: as many as fit into the window.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small positive number"
        )]
        let until = if paced {
            (started.elapsed().as_secs_f64() * plan.window as f64) as u64 + 1
        } else {
            stored_until + plan.window as u64
        };
        while said < until {
            let message = make(id, said, work.since, plan.size, target.0 == 1);
            let (target_type, target_id) = target;
            let fresh = Some(MessageId::random(&mut random));
            link.ask(&SendMessage { target_type, target_id, message, id: fresh }.into())?;
            said += 1;
        }
        link.flush().await?;
        let wait = if paced { Duration::from_secs_f64(1.0 / plan.window.max(1) as f64) } else { GRACE };
        if let Ok(arrived) = timeout(wait, link.next()).await {
            stored_until += count_stored(&link, &arrived?)?;
        } else if !paced {
            return Err(BenchError::Plan("the server did not answer for 10 s".to_owned()));
        }
        while let Some(arrived) = link.arrived()? {
            stored_until += count_stored(&link, &arrived)?;
        }
    }
    while stored_until < said {
        let arrived = link.next().await?;
        stored_until += count_stored(&link, &arrived)?;
    }
    Ok(said)
}

fn count_stored(link: &Link, arrived: &Arrived) -> Result<u64, BenchError> {
    match arrived {
        Arrived::Reply(reply) => stored(link, reply).map(|_| 1),
        Arrived::Push(_) => Ok(0),
    }
}

/// Listens until everything that was said has arrived, or nothing comes any more.
async fn listen(work: &Work, listener: Opened, sender: u64, said: &AtomicU64) -> Result<Book, BenchError> {
    let mut link = listener.link;
    let mut book = Book::default();
    let mut silence = Instant::now();
    while book.up_to(sender) < said.load(Ordering::Acquire) {
        match timeout(Duration::from_millis(50), link.next()).await {
            Ok(arrived) => {
                enter(&mut book, &arrived?, work.since);
                while let Some(arrived) = link.arrived()? {
                    enter(&mut book, &arrived, work.since);
                }
                silence = Instant::now();
            }
            Err(_) if silence.elapsed() > GRACE => break,
            Err(_) => {}
        }
    }
    let said = said.load(Ordering::Acquire);
    if said != u64::MAX {
        book.lost += said.saturating_sub(book.up_to(sender));
    }
    Ok(book)
}

fn enter(book: &mut Book, arrived: &Arrived, since: Instant) {
    if let Arrived::Push(Push::OnNewMessage(message)) = arrived {
        book.enter(&message.message, since);
    }
}

async fn offline(work: &Arc<Work>) -> Result<Report, BenchError> {
    let absent = Link::open(&work.plan, &work.setup, 1).await?.1;
    let (mut link, me) = Link::open(&work.plan, &work.setup, 0).await?;
    let mut random: rand::rngs::StdRng = rand::make_rng();
    let count = work.plan.window as u64;
    let (mut answered, mut first) = (0, None);
    for counter in 0..count {
        let message = make(me.id, counter, work.since, work.plan.size, false);
        let id = Some(MessageId::random(&mut random));
        link.ask(&SendMessage { target_type: 0, target_id: absent.id, message, id }.into())?;
        if counter + 1 - answered >= limits::SEND_WINDOW as u64 {
            let reply = link.reply().await?;
            first.get_or_insert(stored(&link, &reply)?);
            answered += 1;
        }
    }
    while answered < count {
        let reply = link.reply().await?;
        first.get_or_insert(stored(&link, &reply)?);
        answered += 1;
    }
    drop(link);
    // Now the other one comes, and asks for all of it.
    let (before, started) = (work.cpu()?, Instant::now());
    let (mut link, _) = Link::open(&work.plan, &work.setup, 1).await?;
    let mut book = Book::default();
    let mut after = first.map_or(0, |first| first - 1);
    loop {
        let request: Request = FetchHistory {
            target_type: 0,
            target_id: me.id,
            after: Some(after),
            before: None,
            limit: limits::HISTORY as u32,
        }
        .into();
        let reply = link.request(&request).await?;
        let Reply::ChatHistory(history) = reply else { return Err(link.unexpected(&reply)) };
        for message in &history.messages {
            book.enter(&message.message, work.since);
            after = message.seq;
        }
        if !history.more {
            break;
        }
    }
    let time = started.elapsed();
    book.lost += count.saturating_sub(book.up_to(me.id));
    Ok(Report::new(&work.plan, time, book).with_cpu(between(before, work.cpu()?)))
}

fn between(before: Option<Duration>, after: Option<Duration>) -> Option<Duration> {
    before.zip(after).map(|(before, after)| after.saturating_sub(before))
}
