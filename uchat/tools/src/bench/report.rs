//! One line of JSON.

use super::payload::Book;
use super::{Plan, Scenario};
use serde::Serialize;
use std::time::Duration;

/// What was asked for and what was measured. Times in milliseconds unless their name says otherwise.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// What was done.
    pub scenario: Scenario,
    /// How many clients.
    pub users: usize,
    /// The bytes of each packet.
    pub size: usize,
    /// Messages of one sender on their way at a time.
    pub window: usize,
    /// For how long it was measured.
    pub seconds: f64,
    /// Deliveries; connect: log-ins; idle: connections.
    pub count: u64,
    /// Of these each second.
    pub per_second: f64,
    /// Half of the latencies were shorter.
    pub p50_ms: f64,
    /// 99 of 100 were shorter.
    pub p99_ms: f64,
    /// The longest.
    pub max_ms: f64,
    /// Must be 0.
    pub lost: u64,
    /// Repeated or out of order; must be 0.
    pub repeated: u64,
    /// The server's CPU time for each of `count`, in microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_cpu_us: Option<f64>,
    /// The server's memory for each connection, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_memory: Option<u64>,
}

impl Report {
    /// From a book, or, where there is nothing to enter, from a count and its latencies.
    pub(super) fn new(plan: &Plan, time: Duration, mut book: Book) -> Self {
        book.latencies.sort_unstable();
        let at = |part: f64| {
            let last = book.latencies.len().saturating_sub(1);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 <= part <= 1")]
            let index = (part * last as f64).round() as usize;
            book.latencies.get(index).map_or(0.0, |latency| latency.as_secs_f64() * 1e3)
        };
        let seconds = time.as_secs_f64();
        Self {
            scenario: plan.scenario,
            users: plan.users,
            size: plan.size,
            window: plan.window,
            seconds,
            count: book.latencies.len() as u64,
            per_second: book.latencies.len() as f64 / seconds.max(f64::MIN_POSITIVE),
            p50_ms: at(0.5),
            p99_ms: at(0.99),
            max_ms: at(1.0),
            lost: book.lost,
            repeated: book.repeated,
            server_cpu_us: None,
            server_memory: None,
        }
    }

    /// With the server's CPU time in the measured time.
    pub(super) fn with_cpu(mut self, cpu: Option<Duration>) -> Self {
        self.server_cpu_us = cpu.map(|cpu| cpu.as_secs_f64() * 1e6 / (self.count.max(1) as f64));
        self
    }
}
