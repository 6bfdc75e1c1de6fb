//! One client: requests out, answers and pushes in.

use super::{BenchError, LogIn, Plan};
use rand::rngs::StdRng;
use sha2::{Digest, Sha256};
use std::io;
use std::sync::Arc;
use std::time::{Instant, SystemTime};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use uchat_protocol::channel::{Channel, ClientSetup, Event};
use uchat_protocol::reply::{Done, LoggedIn};
use uchat_protocol::request::{Login, Resume};
use uchat_protocol::{Push, Reply, Request};

/// The resume token of the user with this index, as `prepare` has written it into the store.
#[must_use]
pub fn token(index: usize) -> [u8; 32] {
    Sha256::digest(format!("uchat bench, token of user {index}")).into()
}

/// A connection, logged in.
pub(super) struct Link {
    who: String,
    stream: TcpStream,
    channel: Channel,
    random: StdRng,
    /// Encoded messages that go out together with the next write.
    waiting: Vec<Vec<u8>>,
    /// Where reads go; all links of a thread could share it, but then they could not be moved.
    piece: Box<[u8; 16 << 10]>,
}

/// What arrives.
pub(super) enum Arrived {
    /// An answer.
    Reply(Reply),
    /// Something unasked.
    Push(Push),
}

impl Link {
    /// Connects and logs in as the user with this index.
    pub(super) async fn open(
        plan: &Plan,
        setup: &Arc<ClientSetup>,
        index: usize,
    ) -> Result<(Self, LoggedIn), BenchError> {
        let mut link = Self::connect(plan, setup, index).await?;
        let request = match plan.log_in {
            LogIn::Token => Resume { token: token(index).to_vec().into() }.into(),
            LogIn::Password { name, password } => {
                Login { user_name: name(index), password: password.to_owned() }.into()
            }
        };
        match link.request(&request).await? {
            Reply::LoginSuccessful(me) => Ok((link, me)),
            other => Err(link.unexpected(&other)),
        }
    }

    /// Connects, and waits until messages can be sent.
    async fn connect(plan: &Plan, setup: &Arc<ClientSetup>, index: usize) -> Result<Self, BenchError> {
        let who = format!("user {index}");
        let failed = |error: &dyn std::fmt::Display| BenchError::Connection {
            who: who.clone(),
            reason: error.to_string(),
        };
        let stream = TcpStream::connect(plan.server).await.map_err(|error| failed(&error))?;
        stream.set_nodelay(true).map_err(|error| failed(&error))?;
        let mut random: StdRng = rand::make_rng();
        let channel = Channel::client(setup, SystemTime::now(), Instant::now(), &mut random)
            .map_err(|error| failed(&error))?;
        let mut link =
            Self { who, stream, channel, random, waiting: Vec::new(), piece: Box::new([0; 16 << 10]) };
        loop {
            link.flush().await?;
            match link.channel.event(&mut link.random) {
                Ok(Some(Event::Ready)) => break,
                Ok(Some(_)) => {}
                Ok(None) => link.read().await?,
                Err(error) => return Err(link.failed(&error)),
            }
        }
        link.flush().await?;
        Ok(link)
    }

    /// Puts a request among what goes out with the next [`flush`](Self::flush).
    pub(super) fn ask(&mut self, request: &Request) -> Result<(), BenchError> {
        let message = request.to_message().map_err(|error| self.failed(&error))?;
        self.waiting.push(message.to_bytes().map_err(|error| self.failed(&error))?);
        Ok(())
    }

    /// Sends what waits.
    pub(super) async fn flush(&mut self) -> Result<(), BenchError> {
        if !self.waiting.is_empty() {
            let messages = std::mem::take(&mut self.waiting);
            self.channel
                .send(&mut self.random, messages.iter().map(Vec::as_slice))
                .map_err(|error| self.failed(&error))?;
        }
        let output = self.channel.take_output();
        if output.is_empty() {
            return Ok(());
        }
        self.stream.write_all(&output).await.map_err(|error| self.failed(&error))
    }

    /// What arrives next. May be dropped while it waits, and called again.
    pub(super) async fn next(&mut self) -> Result<Arrived, BenchError> {
        loop {
            if let Some(arrived) = self.arrived()? {
                return Ok(arrived);
            }
            self.read().await?;
        }
    }

    /// What has arrived already, if anything.
    pub(super) fn arrived(&mut self) -> Result<Option<Arrived>, BenchError> {
        loop {
            let mut message = match self.channel.event(&mut self.random) {
                Ok(Some(Event::Message(message))) => message,
                Ok(Some(Event::Ready)) => continue,
                Ok(Some(Event::Closed)) => return Err(self.failed(&"the server has closed it")),
                Ok(None) => return Ok(None),
                Err(error) => return Err(self.failed(&error)),
            };
            if let Some(reply) = Reply::from_message(&mut message).map_err(|error| self.failed(&error))? {
                return Ok(Some(Arrived::Reply(reply)));
            }
            match Push::from_message(message).map_err(|error| self.failed(&error))? {
                Some(Push::ServerKick(reason)) => return Err(self.failed(&reason)),
                Some(push) => return Ok(Some(Arrived::Push(push))),
                None => {}
            }
        }
    }

    /// The next answer; what comes unasked before it is dropped.
    pub(super) async fn reply(&mut self) -> Result<Reply, BenchError> {
        self.flush().await?;
        loop {
            if let Arrived::Reply(reply) = self.next().await? {
                return Ok(reply);
            }
        }
    }

    /// Asks and waits for the answer.
    pub(super) async fn request(&mut self, request: &Request) -> Result<Reply, BenchError> {
        self.ask(request)?;
        self.reply().await
    }

    /// An answer that should have been another.
    pub(super) fn unexpected(&self, reply: &Reply) -> BenchError {
        let got = match reply.clone().granted() {
            Err(refusal) => format!("{}: {refusal}", refusal.code.name()),
            Ok(reply) => reply.operation().to_string(),
        };
        BenchError::Answer { who: self.who.clone(), got }
    }

    async fn read(&mut self) -> Result<(), BenchError> {
        loop {
            self.stream.readable().await.map_err(|error| self.failed(&error))?;
            match self.stream.try_read(&mut self.piece[..]) {
                Ok(0) => return Err(self.failed(&"the server has closed it")),
                Ok(length) => {
                    self.channel.received(Instant::now(), &self.piece[..length]);
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(self.failed(&error)),
            }
        }
    }

    /// The connection has failed.
    pub(super) fn failed(&self, error: &dyn std::fmt::Display) -> BenchError {
        BenchError::Connection { who: self.who.clone(), reason: error.to_string() }
    }
}

/// The answer to a message: stored, under this number.
pub(super) fn stored(link: &Link, reply: &Reply) -> Result<u64, BenchError> {
    match reply {
        Reply::Done(Done { seq: Some(seq), .. }) => Ok(*seq),
        other => Err(link.unexpected(other)),
    }
}
