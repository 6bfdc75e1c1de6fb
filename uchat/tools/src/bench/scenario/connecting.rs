//! Connect, and connect and be silent.

use crate::bench::payload::Book;
use crate::bench::server_process::ServerProcess;
use crate::bench::work::{Opened, Work};
use crate::bench::{BenchError, Report};
use std::sync::Arc;

/// How long log-ins take.
pub(super) async fn connect(work: &Arc<Work>) -> Result<Report, BenchError> {
    let start = work.start()?;
    let links = work.open(work.plan.users).await?;
    work.report(&start, log_ins(&links))
}

/// How much memory connections take that say nothing.
pub(super) async fn idle(work: &Arc<Work>) -> Result<Report, BenchError> {
    let memory = || work.server().map(ServerProcess::memory).transpose();
    let (before, start) = (memory()?, work.start()?);
    let links = work.open(work.plan.users).await?;
    tokio::time::sleep(work.plan.time).await;
    let grown = before.zip(memory()?).map(|(before, after)| after.saturating_sub(before));
    let report = work.report(&start, log_ins(&links))?;
    Ok(Report { server_memory: grown.map(|bytes| bytes / work.plan.users.max(1) as u64), ..report })
}

fn log_ins(links: &[Opened]) -> Book {
    Book::of(links.iter().map(|opened| opened.took).collect())
}
