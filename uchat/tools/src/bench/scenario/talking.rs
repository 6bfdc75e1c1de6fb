//! Some talk, others listen: in pairs, or all in one room.

use super::Scenario;
use super::talker::{PATIENCE, Talker};
use crate::bench::link::Arrived;
use crate::bench::payload::Book;
use crate::bench::work::{Opened, Start, Work, joined};
use crate::bench::{BenchError, Report};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::timeout;
use uchat_protocol::Push;

/// The first talks to the second, the third to the fourth, and so on.
pub(super) async fn pairs(work: &Arc<Work>) -> Result<Report, BenchError> {
    let mut links = work.open(work.plan.users / 2 * 2).await?.into_iter();
    let (start, mut tasks) = (work.start()?, JoinSet::new());
    while let (Some(talker), Some(listener)) = (links.next(), links.next()) {
        let target = (0, listener.id);
        converse(work, &mut tasks, talker, target, [listener]);
    }
    finish(work, tasks, &start).await
}

/// The first talks to all others, in one room.
pub(super) async fn room(work: &Arc<Work>) -> Result<Report, BenchError> {
    let mut links = work.open(work.plan.users).await?.into_iter();
    let (start, mut tasks) = (work.start()?, JoinSet::new());
    if let Some(talker) = links.next() {
        converse(work, &mut tasks, talker, (1, FIRST_ROOM), links);
    }
    finish(work, tasks, &start).await
}

/// Lets one talk to this user or room, and the others listen.
fn converse(
    work: &Arc<Work>,
    tasks: &mut JoinSet<Result<Book, BenchError>>,
    talker: Opened,
    target: (u8, u64),
    listeners: impl IntoIterator<Item = Opened>,
) {
    let (said, sender) = (Arc::new(AtomicU64::new(UNKNOWN)), talker.id);
    for listener in listeners {
        let (work, said) = (Arc::clone(work), Arc::clone(&said));
        tasks.spawn(async move { listen(&work, listener, sender, &said).await });
    }
    let work = Arc::clone(work);
    tasks.spawn(async move {
        let count = talk(&work, Talker::new(talker, target)).await?;
        said.store(count, Ordering::Release);
        Ok(Book::default())
    });
}

/// Waits for all clients and adds up what they have seen.
async fn finish(
    work: &Work,
    mut tasks: JoinSet<Result<Book, BenchError>>,
    start: &Start,
) -> Result<Report, BenchError> {
    let mut book = Book::default();
    while let Some(one) = joined(&mut tasks).await? {
        book.add(one);
    }
    work.report(start, book)
}

/// Says as much as window and time allow; waits until everything is stored. How much it was.
async fn talk(work: &Work, mut talker: Talker) -> Result<u64, BenchError> {
    let (plan, started) = (&work.plan, Instant::now());
    while started.elapsed() < plan.time {
        if plan.scenario == Scenario::Paced {
            talker.say(work, due(started.elapsed(), plan.window)).await?;
            talker.hear(Duration::from_secs(1) / u32::try_from(plan.window).unwrap_or(u32::MAX)).await?;
        } else {
            talker.say(work, talker.stored + plan.window as u64).await?;
            talker.must_hear().await?;
        }
    }
    while talker.stored < talker.said {
        talker.must_hear().await?;
    }
    Ok(talker.said)
}

/// How many messages are to be said by then, at so many a second.
fn due(elapsed: Duration, a_second: usize) -> u64 {
    let due = elapsed.as_nanos() * a_second as u128 / Duration::from_secs(1).as_nanos();
    u64::try_from(due).unwrap_or(u64::MAX - 1) + 1
}

/// Listens until everything that was said has arrived, or nothing comes any more.
async fn listen(work: &Work, listener: Opened, sender: u64, said: &AtomicU64) -> Result<Book, BenchError> {
    let mut link = listener.link;
    let (mut book, mut silence) = (Book::default(), Instant::now());
    while book.up_to(sender) < said.load(Ordering::Acquire) {
        match timeout(Duration::from_millis(50), link.next()).await {
            Ok(arrived) => {
                enter(&mut book, &arrived?, work.since);
                while let Some(arrived) = link.arrived()? {
                    enter(&mut book, &arrived, work.since);
                }
                silence = Instant::now();
            }
            Err(_) if silence.elapsed() > PATIENCE => break,
            Err(_) => {}
        }
    }
    let said = said.load(Ordering::Acquire);
    if said != UNKNOWN {
        book.lost += said.saturating_sub(book.up_to(sender));
    }
    Ok(book)
}

fn enter(book: &mut Book, arrived: &Arrived, since: Instant) {
    if let Arrived::Push(Push::OnNewMessage(message)) = arrived {
        book.enter(&message.message, since);
    }
}

/// The room that `prepare` makes.
const FIRST_ROOM: u64 = 1;

/// How much was said, while the talker is still at it.
const UNKNOWN: u64 = u64::MAX;
