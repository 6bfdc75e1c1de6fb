//! A client that talks: it says messages, and counts those that the server has stored.

use crate::bench::BenchError;
use crate::bench::link::{Arrived, Link, stored};
use crate::bench::payload::make;
use crate::bench::work::{Opened, Work};
use rand::rngs::StdRng;
use std::time::Duration;
use tokio::time::timeout;
use uchat_protocol::MessageId;
use uchat_protocol::request::SendMessage;

/// Somebody who talks to a user or to a room.
pub(super) struct Talker {
    link: Link,
    id: u64,
    /// Type and number.
    target: (u8, u64),
    random: StdRng,
    pub(super) said: u64,
    pub(super) stored: u64,
    /// The number in the conversation of the first one that was stored.
    pub(super) first: Option<u64>,
}

impl Talker {
    pub(super) fn new(opened: Opened, target: (u8, u64)) -> Self {
        let Opened { link, id, .. } = opened;
        Self { link, id, target, random: rand::make_rng(), said: 0, stored: 0, first: None }
    }

    /// Says as many as are missing to `until`.
    pub(super) async fn say(&mut self, work: &Work, until: u64) -> Result<(), BenchError> {
        let (target_type, target_id) = self.target;
        while self.said < until {
            let message = make(&work.plan, self.id, self.said, work.since, target_type == 1);
            let id = Some(MessageId::random(&mut self.random));
            self.link.ask(&SendMessage { target_type, target_id, message, id }.into())?;
            self.said += 1;
        }
        self.link.flush().await
    }

    /// Waits for an answer, and takes in all that has come with it. False if none comes for so long.
    pub(super) async fn hear(&mut self, patience: Duration) -> Result<bool, BenchError> {
        let Ok(arrived) = timeout(patience, self.link.next()).await else { return Ok(false) };
        self.enter(&arrived?)?;
        while let Some(arrived) = self.link.arrived()? {
            self.enter(&arrived)?;
        }
        Ok(true)
    }

    /// The same, where an answer must come.
    pub(super) async fn must_hear(&mut self) -> Result<(), BenchError> {
        match self.hear(PATIENCE).await? {
            true => Ok(()),
            false => Err(self.link.failed(&format!("no answer for {} s", PATIENCE.as_secs()))),
        }
    }

    fn enter(&mut self, arrived: &Arrived) -> Result<(), BenchError> {
        if let Arrived::Reply(reply) = arrived {
            let number = stored(&self.link, reply)?;
            self.first.get_or_insert(number);
            self.stored += 1;
        }
        Ok(())
    }
}

/// How long to wait for what is still on its way.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
