//! Stage 1's client, admitted by a challenge.

use crate::{KEY, Key, prove};
use echo::lab::{self, Failure, Options, Verb};
use std::net::SocketAddr;
use std::time::Duration;

/// A connection to an echo server that asks for proof.
#[derive(Debug)]
pub struct Client {
    inner: echo::Client,
    doubt: Doubt,
}

impl Client {
    /// Connects and answers the challenge; without a key (`--open`) none is expected.
    pub fn connect(
        server: SocketAddr,
        patience: Option<Duration>,
        key: Option<&Key>,
    ) -> Result<Self, Failure> {
        let mut inner = echo::Client::connect(server, patience)?;
        if let Some(key) = key {
            prove(inner.stream(), key)?;
        }
        Ok(Self { inner, doubt: Doubt::about(key) })
    }

    /// Sends a message and returns one answer, as [`echo::Client::request`] does.
    pub fn request(&mut self, message: &[u8]) -> Result<Vec<u8>, Failure> {
        let answer = self.inner.request(message);
        self.doubt.settle(answer)
    }
}

/// Whether our answer to the challenge was right. A server that refuses it says nothing, so the first
/// message that is answered is the first sign that it was.
#[derive(Debug)]
pub struct Doubt(bool);

impl Doubt {
    /// After the challenge was answered with `key`; without a key there is nothing to doubt.
    #[must_use]
    pub fn about(key: Option<&Key>) -> Self {
        Self(key.is_some())
    }

    /// Ends with the first success; names the likeliest cause of a failure before that.
    pub fn settle<T>(&mut self, answer: Result<T, Failure>) -> Result<T, Failure> {
        match answer {
            Err(failure) if self.0 => Err(Failure::new(format!(
                "{failure}; it was the first message after the challenge: is the key the server's key?"
            ))),
            answer => {
                self.0 = false;
                answer
            }
        }
    }
}

/// The verb `client` of stages 2 and 3.
#[must_use]
pub const fn client_verb(example: &'static str, run: fn(&Options) -> Result<(), Failure>) -> Verb {
    Verb {
        name: "client",
        operand: None,
        about: "answer the challenge, then send each line of standard input and print each answer",
        options: &[lab::CONNECT, lab::TIMEOUT, KEY],
        example,
        run,
    }
}

/// Runs that verb; `port` is the one of the stage's own server.
pub fn run_client(options: &Options, port: u16) -> Result<(), Failure> {
    let key = Key::from_options(options)?;
    let mut client = Client::connect(options.addr("connect", port)?, options.patience()?, key.as_ref())?;
    lab::converse(lab::Empty::HasNoBytes, lab::SHORT_LINE, |line| client.request(line))
}
