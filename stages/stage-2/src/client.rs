//! Stage 1's client, admitted by a challenge.

use crate::{Key, prove};
use echo::lab::Failure;
use std::net::SocketAddr;
use std::time::Duration;

/// A connection to an echo server that asks for proof.
#[derive(Debug)]
pub struct Client {
    inner: echo::Client,
    // A server that refuses says nothing; the first answer is the first sign that it did not.
    unconfirmed: bool,
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
        Ok(Self { inner, unconfirmed: key.is_some() })
    }

    /// Sends a message and returns one answer, as [`echo::Client::request`] does.
    pub fn request(&mut self, message: &[u8]) -> Result<Vec<u8>, Failure> {
        let answer = self.inner.request(message);
        let answer = if self.unconfirmed { answer.map_err(suspect_key)? } else { answer? };
        self.unconfirmed = false;
        Ok(answer)
    }
}

/// Adds the likeliest cause to a failure of the first message after the challenge.
#[must_use]
pub fn suspect_key(failure: Failure) -> Failure {
    Failure::new(format!(
        "{failure}; it was the first message after the challenge: is the key the server's key?"
    ))
}
