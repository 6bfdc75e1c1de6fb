//! What a state of the handshake works with: its message comes in, answers and keys go to the transport.

use super::codec::{Body, MessageType};
use super::error::ChannelError;
use super::key_log::{KeyLog, LABELS};
use super::schedule::TrafficSecret;
use super::transcript::Transcript;
use crate::connection::Transport;
use crate::x509::{ServerName, Verified};
use key_exchange::{ExchangeError, Group, KeyPair};
use rand::CryptoRng;
use std::sync::Arc;
use std::time::SystemTime;

/// The world around a state.
pub(crate) struct Context<'a> {
    /// What carries messages and holds the keys.
    pub(crate) transport: &'a mut Transport,
    /// Where random values come from.
    pub(crate) random: &'a mut dyn CryptoRng,
    /// The time of day, for certificates.
    pub(crate) time: SystemTime,
}

impl Context<'_> {
    /// Sends a message in a packet and adds it to the transcript.
    pub(crate) fn send(&mut self, transcript: &mut Transcript, body: &impl Body) -> Result<(), ChannelError> {
        let message = body.to_bytes();
        transcript.add(&message);
        self.transport.send_bytes(self.random, &message)
    }

    /// `N` random bytes.
    pub(crate) fn random<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill_bytes(&mut bytes);
        bytes
    }

    /// A fresh pair of ffdhe2048, and its public value as it travels.
    pub(crate) fn key_pair(&mut self) -> Result<(KeyPair, [u8; 256]), ChannelError> {
        let pair = KeyPair::generate(&Group::ffdhe2048(), &mut self.random)?;
        let public = pair.public().try_into().map_err(|_| ExchangeError::Group)?;
        Ok((pair, public))
    }
}

/// Reads the one message that a state waits for and adds it to the transcript. The hash before it is returned
/// as well: what `finished` and the signatures cover.
pub(crate) fn expect<B: Body>(
    message: &[u8],
    transcript: &mut Transcript,
) -> Result<(B, [u8; 32]), ChannelError> {
    let got = message.first().copied().filter(|_| message.len() > 1);
    if got != Some(B::TYPE as u8) {
        return Err(ChannelError::Unexpected { expected: B::TYPE, got: got.filter(is_handshake) });
    }
    let body = B::from_bytes(message)?;
    let before = transcript.hash();
    transcript.add(message);
    Ok((body, before))
}

/// Tells both secrets of a phase to the key log, if there is one.
pub(crate) fn log_secrets(
    key_log: Option<&Arc<dyn KeyLog>>,
    phase: Phase,
    client_random: &[u8; 32],
    client: &TrafficSecret,
    server: &TrafficSecret,
) {
    let Some(key_log) = key_log else { return };
    let labels = match phase {
        Phase::Handshake => &LABELS[..2],
        Phase::Application => &LABELS[2..],
    };
    for (label, secret) in labels.iter().zip([client, server]) {
        key_log.log(label, client_random, secret.secret());
    }
}

/// Whose packets a pair of secrets protects.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Phase {
    Handshake,
    Application,
}

/// What is known of the other side when the handshake is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Its certificate and what was checked; a client shows one only if the server asked.
    pub certificate: Option<Verified>,
    /// Whom the client wanted to talk to.
    pub server_name: ServerName,
    /// Whether the access key was asked for, and known.
    pub admitted: bool,
}

fn is_handshake(number: &u8) -> bool {
    MessageType::from_number(*number).is_some()
}
