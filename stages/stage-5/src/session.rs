//! A connection of this stage, without sockets: public values cross, then every frame is encrypted.

use crate::{Group, KeyPair, Rc4, SharedKey};
use echo::lab::{self, Failure};
use framing::{FrameService, FrameStream, Outgoing};
use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use socketserver::Close;
use std::fmt;
use std::net::SocketAddr;

/// One keystream for each direction, running on from frame to frame.
#[derive(Debug, Clone)]
pub struct Ciphers {
    /// For what this side sends.
    pub send: Rc4,
    /// For what it receives.
    pub receive: Rc4,
}

/// Which side of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The one who connected.
    Client,
    /// The one who listened.
    Server,
}

/// How many keystreams a connection has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keystreams {
    /// One for each direction: the key ends in `C` or `S`.
    Two,
    /// The same for both, as the course project had it. Two messages under one keystream: their XOR is
    /// the XOR of the texts.
    One,
}

impl Ciphers {
    // ANCHOR: ciphers
    /// The ciphers of one side.
    #[must_use]
    pub fn new(key: &SharedKey, side: Side, keystreams: Keystreams) -> Self {
        let stream = |letter: u8| match keystreams {
            Keystreams::Two => Rc4::new(&[key.bytes(), &[letter][..]].concat()),
            Keystreams::One => Rc4::new(key.bytes()),
        };
        let (client, server) = (stream(b'C'), stream(b'S'));
        match side {
            Side::Client => Self { send: client, receive: server },
            Side::Server => Self { send: server, receive: client },
        }
    }
    // ANCHOR_END: ciphers
}

/// A fresh pair from the operating system's random bytes.
pub fn fresh_pair(group: &Group) -> Result<KeyPair, Failure> {
    KeyPair::generate(group, &mut UnwrapErr(SysRng)).map_err(|e| Failure::new(e.to_string()))
}

/// The server's side: answers the public value, then each frame in upper case, all encrypted.
pub struct SecretEcho {
    peer: SocketAddr,
    keystreams: Keystreams,
    state: State,
}

/// Makes this side's pair. Called only when a client that was admitted has sent its public value: powers
/// modulo p are the dearest thing this server does, and strangers must not be able to ask for them.
type MakePair = Box<dyn FnOnce() -> Result<KeyPair, Failure> + Send>;

enum State {
    AwaitsPublicValue(MakePair),
    Open(Box<Ciphers>),
    Failed,
}

impl SecretEcho {
    /// For one client; `pair` must make a fresh one.
    #[must_use]
    pub fn new(
        peer: SocketAddr,
        keystreams: Keystreams,
        pair: impl FnOnce() -> Result<KeyPair, Failure> + Send + 'static,
    ) -> Self {
        Self { peer, keystreams, state: State::AwaitsPublicValue(Box::new(pair)) }
    }
}

impl fmt::Debug for SecretEcho {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretEcho").field("peer", &self.peer).finish_non_exhaustive()
    }
}

impl FrameService for SecretEcho {
    fn frame(&mut self, payload: &[u8], out: &mut Outgoing<'_>) -> Result<(), Close> {
        match std::mem::replace(&mut self.state, State::Failed) {
            State::AwaitsPublicValue(pair) => {
                let pair = pair().map_err(|failure| Close::because(format!("gone: {failure}")))?;
                let key = pair.shared_key(payload).map_err(|e| Close::because(format!("refused: {e}")))?;
                out.frame(pair.public())?;
                lab::log(format_args!("{} fingerprint: {}", self.peer, key.fingerprint()));
                self.state = State::Open(Box::new(Ciphers::new(&key, Side::Server, self.keystreams)));
            }
            State::Open(mut ciphers) => {
                let mut text = payload.to_vec();
                ciphers.receive.apply(&mut text);
                let mut answer = echo::upper_case(&text);
                ciphers.send.apply(&mut answer);
                out.frame(&answer)?;
                self.state = State::Open(ciphers);
            }
            State::Failed => {
                return Err(Close::because("gone: it goes on after its key exchange has failed"));
            }
        }
        Ok(())
    }
}

/// The client's side on a socket that waits.
#[derive(Debug)]
pub struct SecretClient {
    stream: FrameStream,
    ciphers: Ciphers,
}

impl SecretClient {
    /// Exchanges public values on `stream` (client first) and logs the fingerprint.
    pub fn agree(mut stream: FrameStream, pair: &KeyPair, keystreams: Keystreams) -> Result<Self, Failure> {
        // A server with another group refuses our value without a word, as one with another key does.
        let theirs = stream.request(pair.public()).map_err(|failure| {
            Failure::new(format!("{failure}; or does the server use another group (--historic, --group)?"))
        })?;
        let key = pair.shared_key(&theirs).map_err(|e| Failure::new(e.to_string()))?;
        lab::log(format_args!("fingerprint: {}", key.fingerprint()));
        Ok(Self { stream, ciphers: Ciphers::new(&key, Side::Client, keystreams) })
    }

    /// Sends a message and waits for its answer.
    pub fn request(&mut self, message: &[u8]) -> Result<Vec<u8>, Failure> {
        let mut secret = message.to_vec();
        self.ciphers.send.apply(&mut secret);
        let mut answer = self.stream.request(&secret)?;
        self.ciphers.receive.apply(&mut answer);
        Ok(answer)
    }
}
