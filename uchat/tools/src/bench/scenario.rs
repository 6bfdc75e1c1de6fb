//! What the clients do: which scenarios there are, and whether a plan makes sense for them.

mod connecting;
mod fetching;
mod talker;
mod talking;

use super::payload::SMALLEST;
use super::work::Work;
use super::{BenchError, Plan, Report};
use serde::Serialize;
use std::sync::Arc;
use uchat_protocol::limits;

/// What the clients do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scenario {
    /// Connect and log in, eight at a time.
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
/// A plan that makes no sense, the first connection that fails, the first answer that is not what it should be.
pub async fn run(plan: Plan) -> Result<Report, BenchError> {
    check(&plan)?;
    let work = Arc::new(Work::new(plan)?);
    match work.plan.scenario {
        Scenario::Connect => connecting::connect(&work).await,
        Scenario::Idle => connecting::idle(&work).await,
        Scenario::Direct | Scenario::Paced => talking::pairs(&work).await,
        Scenario::Room => talking::room(&work).await,
        Scenario::Offline => fetching::offline(&work).await,
    }
}

/// Whether the plan makes sense, and the system lets us carry it out.
fn check(plan: &Plan) -> Result<(), BenchError> {
    let least = match plan.scenario {
        Scenario::Connect | Scenario::Idle => 1,
        Scenario::Direct | Scenario::Paced | Scenario::Room | Scenario::Offline => 2,
    };
    if plan.users < least {
        return Err(BenchError::Plan(format!("this takes {least} users or more, not {}", plan.users)));
    }
    if plan.window == 0 {
        return Err(BenchError::Plan("a window of 0 lets nothing through; take 1 or more".to_owned()));
    }
    if !(SMALLEST..=limits::TEXT).contains(&plan.size) {
        let (size, most) = (plan.size, limits::TEXT);
        return Err(BenchError::Plan(format!("a message has {SMALLEST} to {most} bytes, not {size}")));
    }
    // Each connection takes a descriptor; what the system allows without asking is often too little.
    let wanted = plan.users as u64 + DESCRIPTORS;
    match rlimit::increase_nofile_limit(wanted) {
        Ok(limit) if limit < wanted => Err(BenchError::Plan(format!(
            "{} users take {wanted} descriptors, and the system gives {limit}; take fewer, or raise `ulimit -n`",
            plan.users
        ))),
        Ok(_) | Err(_) => Ok(()), // a system that does not tell may have enough
    }
}

/// What a process needs besides connections.
const DESCRIPTORS: u64 = 50;

#[cfg(test)]
mod tests;
