//! Somebody comes back, and fetches what was said meanwhile.

use super::talker::Talker;
use crate::bench::payload::Book;
use crate::bench::work::Work;
use crate::bench::{BenchError, Report};
use std::sync::Arc;
use uchat_protocol::request::FetchHistory;
use uchat_protocol::{Reply, limits};

/// One says `window` messages to somebody who is away; then that one comes and fetches them.
pub(super) async fn offline(work: &Arc<Work>) -> Result<Report, BenchError> {
    let away = work.open_one(1).await?.id;
    let here = work.open_one(0).await?;
    let (me, count) = (here.id, work.plan.window as u64);
    let mut talker = Talker::new(here, (0, away));
    while talker.stored < count {
        talker.say(work, count.min(talker.stored + limits::SEND_WINDOW as u64)).await?;
        talker.must_hear().await?;
    }
    let before = talker.first.unwrap_or(1) - 1;
    drop(talker);

    let start = work.start()?;
    let book = fetch(work, me, before).await?;
    work.report(&start, book)
}

/// Logs in, and asks for all that this user has said after this number.
async fn fetch(work: &Work, sender: u64, mut after: u64) -> Result<Book, BenchError> {
    let mut link = work.open_one(1).await?.link;
    let mut book = Book::default();
    loop {
        let limit = limits::HISTORY as u32;
        let request =
            FetchHistory { target_type: 0, target_id: sender, after: Some(after), before: None, limit };
        let reply = link.request(&request.into()).await?;
        let Reply::ChatHistory(history) = reply else { return Err(link.unexpected(&reply)) };
        for message in &history.messages {
            book.enter(&message.message, work.since);
            after = message.seq;
        }
        if !history.more {
            book.lost += (work.plan.window as u64).saturating_sub(book.up_to(sender));
            return Ok(book);
        }
    }
}
