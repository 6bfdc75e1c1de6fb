//! The server's side: it decrypts the key, and never says whether that went well.

use super::keys::{premaster, secrets};
use super::messages::{ClientHello, ClientKeyExchange, ServerHello, ServerHelloDone};
use crate::connection::{Connection, OtherHandshake, Step};
use crate::handshake::codec::Body;
use crate::handshake::context::{Context, Phase, expect, log_secrets};
use crate::handshake::messages::{CertificateChain, Finished};
use crate::handshake::schedule::HandshakeSecrets;
use crate::handshake::transcript::Transcript;
use crate::handshake::{ChannelError, Peer, ServerConfig};
use crate::x509::ServerName;
use rand::CryptoRng;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

/// A server that waits for a client's first message. Of its configuration it uses the identity, which must be that
/// of a [`TransportFolder`](super::TransportFolder), and the key log.
///
/// # Errors
/// None that could be caused from outside.
pub fn server(
    config: Arc<ServerConfig>,
    time: SystemTime,
    now: Instant,
    random: &mut dyn CryptoRng,
) -> Result<Connection, ChannelError> {
    Connection::with(time, now, random, |_| Ok(Box::new(Server { config, awaits: Awaits::ClientHello })))
}

#[derive(Debug, Clone)]
struct Server {
    config: Arc<ServerConfig>,
    awaits: Awaits,
}

/// Which message comes next, and what is known by then.
#[derive(Debug, Clone)]
enum Awaits {
    ClientHello,
    ClientKeyExchange(Common),
    Finished(Common, Box<HandshakeSecrets>),
}

#[derive(Debug, Clone)]
struct Common {
    client_random: [u8; 32],
    server_name: ServerName,
    transcript: Transcript,
}

impl OtherHandshake for Server {
    fn handle(self: Box<Self>, message: &[u8], cx: &mut Context<'_>) -> Result<Step, ChannelError> {
        let Self { config, awaits } = *self;
        let awaits = match awaits {
            Awaits::ClientHello => Awaits::ClientKeyExchange(hello(&config, message, cx)?),
            Awaits::ClientKeyExchange(mut common) => {
                let (exchange, _) = expect::<ClientKeyExchange>(message, &mut common.transcript)?;
                let premaster = premaster(&config.identity.key, &exchange.ciphertext, cx.random);
                let secrets = secrets(&premaster, &common.transcript);
                let key_log = config.key_log.as_ref();
                log_secrets(
                    key_log,
                    Phase::Handshake,
                    &common.client_random,
                    &secrets.client,
                    &secrets.server,
                );
                cx.transport.protect_sent(secrets.server.packet_keys());
                cx.transport.protect_received(secrets.client.packet_keys());
                Awaits::Finished(common, Box::new(secrets))
            }
            Awaits::Finished(common, secrets) => {
                return Ok(Step::Done(Box::new(finish(&config, message, common, &secrets, cx)?)));
            }
        };
        Ok(Step::Next(Box::new(Self { config, awaits })))
    }

    fn copy(&self) -> Box<dyn OtherHandshake> {
        Box::new(self.clone())
    }
}

/// <- client_hello
/// -> server_hello, certificate, server_hello_done
fn hello(config: &ServerConfig, message: &[u8], cx: &mut Context<'_>) -> Result<Common, ChannelError> {
    let mut transcript = Transcript::default();
    let (client, _) = expect::<ClientHello>(message, &mut transcript)?;
    let chain = CertificateChain(config.identity.chain.clone());
    if !chain.fits() {
        return Err(ChannelError::ChainTooLong);
    }
    let hello = ServerHello { random: cx.random() };
    for message in [hello.to_bytes(), chain.to_bytes(), ServerHelloDone.to_bytes()] {
        transcript.add(&message);
        cx.transport.send_hello(&message)?;
    }
    Ok(Common { client_random: client.random, server_name: client.server_name, transcript })
}

/// <- finished
/// -> finished
fn finish(
    config: &ServerConfig,
    message: &[u8],
    mut common: Common,
    secrets: &HandshakeSecrets,
    cx: &mut Context<'_>,
) -> Result<Peer, ChannelError> {
    let (finished, before) = expect::<Finished>(message, &mut common.transcript)?;
    if !secrets.client.accepts_finished(&before, &finished.verify_data) {
        return Err(ChannelError::Finished);
    }
    let verify_data = secrets.server.finished(&common.transcript.hash());
    cx.send(&mut common.transcript, &Finished { verify_data })?;
    let (received, sent) = secrets.main.application(&common.transcript.hash());
    log_secrets(config.key_log.as_ref(), Phase::Application, &common.client_random, &received, &sent);
    cx.transport.protect_sent(sent.packet_keys());
    cx.transport.protect_received(received.packet_keys());
    Ok(Peer { certificate: None, server_name: common.server_name, admitted: false })
}
