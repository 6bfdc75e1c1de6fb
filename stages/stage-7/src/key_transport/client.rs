//! The client's side: it makes the key.

use super::keys::{Premaster, secrets};
use super::messages::{
    ClientHello, ClientKeyExchange, PREMASTER_LENGTH, ServerHello, ServerHelloDone, VERSION,
};
use crate::connection::{Connection, OtherHandshake, Step};
use crate::handshake::codec::Body;
use crate::handshake::context::{Context, Phase, expect, log_secrets};
use crate::handshake::messages::{CertificateChain, Finished};
use crate::handshake::schedule::HandshakeSecrets;
use crate::handshake::transcript::Transcript;
use crate::handshake::{ChannelError, ClientConfig, Peer};
use crate::x509::{Certificate, CertificateError, MAX_CHAIN, Purpose, ServerName, Verified, verify_chain};
use rand::CryptoRng;
use std::sync::Arc;
use std::time::{Instant, SystemTime};
use zeroize::Zeroizing;

/// A client that wants to talk to the server of this name. Of its configuration it uses the pinned CA, the
/// revocation list and the key log: this handshake has no place for an access key or a certificate of its own.
///
/// # Errors
/// None that could be caused from outside.
pub fn client(
    config: Arc<ClientConfig>,
    server_name: ServerName,
    time: SystemTime,
    now: Instant,
    random: &mut dyn CryptoRng,
) -> Result<Connection, ChannelError> {
    Connection::with(time, now, random, |cx| {
        // -> client_hello
        let client_random = cx.random();
        let message = ClientHello { random: client_random, server_name: server_name.clone() }.to_bytes();
        let mut transcript = Transcript::default();
        transcript.add(&message);
        cx.transport.send_hello(&message)?;
        let common = Common { config, server_name, client_random, transcript };
        Ok(Box::new(Client { common, awaits: Awaits::ServerHello }))
    })
}

#[derive(Debug, Clone)]
struct Client {
    common: Common,
    awaits: Awaits,
}

/// What every state carries along.
#[derive(Debug, Clone)]
struct Common {
    config: Arc<ClientConfig>,
    server_name: ServerName,
    client_random: [u8; 32],
    transcript: Transcript,
}

/// Which message comes next, and what is known by then.
#[derive(Debug, Clone)]
enum Awaits {
    ServerHello,
    Certificate,
    ServerHelloDone(Box<Verified>),
    Finished(Box<Verified>, Box<HandshakeSecrets>),
}

impl OtherHandshake for Client {
    fn handle(self: Box<Self>, message: &[u8], cx: &mut Context<'_>) -> Result<Step, ChannelError> {
        let Self { mut common, awaits } = *self;
        let awaits = match awaits {
            Awaits::ServerHello => {
                expect::<ServerHello>(message, &mut common.transcript)?;
                Awaits::Certificate
            }
            Awaits::Certificate => {
                let (CertificateChain(chain), _) = expect(message, &mut common.transcript)?;
                Awaits::ServerHelloDone(Box::new(common.check(&chain, cx)?))
            }
            Awaits::ServerHelloDone(server) => {
                expect::<ServerHelloDone>(message, &mut common.transcript)?;
                let secrets = common.send_key(&server, cx)?;
                Awaits::Finished(server, Box::new(secrets))
            }
            Awaits::Finished(server, secrets) => {
                return Ok(Step::Done(Box::new(common.finish(message, *server, &secrets, cx)?)));
            }
        };
        Ok(Step::Next(Box::new(Self { common, awaits })))
    }

    fn copy(&self) -> Box<dyn OtherHandshake> {
        Box::new(self.clone())
    }
}

impl Common {
    /// The server's certificate: as in the signed handshake, but its key must decrypt and not sign.
    fn check(&self, chain: &[Vec<u8>], cx: &Context<'_>) -> Result<Verified, ChannelError> {
        let last = chain.last().ok_or(CertificateError::ChainLength { count: 0, most: MAX_CHAIN })?;
        let ca = Certificate::from_der(last)?;
        if self.config.pinned_ca != Some(ca.fingerprint()) {
            return Err(ChannelError::UnknownCa { fingerprint: ca.fingerprint(), certificate: Box::new(ca) });
        }
        let purpose = Purpose::KeyTransport { name: self.server_name.clone() };
        let chain: Vec<&[u8]> = chain.iter().map(Vec::as_slice).collect();
        Ok(verify_chain(&chain, &ca, self.config.revocations.as_ref(), &purpose, cx.time)?)
    }

    /// -> client_key_exchange, finished
    fn send_key(
        &mut self,
        server: &Verified,
        cx: &mut Context<'_>,
    ) -> Result<HandshakeSecrets, ChannelError> {
        let mut premaster: Premaster = Zeroizing::new([0; PREMASTER_LENGTH]);
        cx.random.fill_bytes(&mut *premaster);
        // Nobody on the path can make the server believe that the client asked for an older version.
        premaster[..2].copy_from_slice(&VERSION.to_be_bytes());
        let key = server.leaf.public_key();
        let ciphertext = key.encrypt(&*premaster, &mut cx.random).map_err(ChannelError::KeyTransport)?;
        let message = ClientKeyExchange { ciphertext }.to_bytes();
        self.transcript.add(&message);
        cx.transport.send_hello(&message)?;

        let secrets = secrets(&premaster, &self.transcript);
        let key_log = self.config.key_log.as_ref();
        log_secrets(key_log, Phase::Handshake, &self.client_random, &secrets.client, &secrets.server);
        cx.transport.protect_sent(secrets.client.packet_keys());
        cx.transport.protect_received(secrets.server.packet_keys());
        let verify_data = secrets.client.finished(&self.transcript.hash());
        cx.send(&mut self.transcript, &Finished { verify_data })?;
        Ok(secrets)
    }

    /// <- finished
    fn finish(
        mut self,
        message: &[u8],
        server: Verified,
        secrets: &HandshakeSecrets,
        cx: &mut Context<'_>,
    ) -> Result<Peer, ChannelError> {
        let (finished, before) = expect::<Finished>(message, &mut self.transcript)?;
        if !secrets.server.accepts_finished(&before, &finished.verify_data) {
            return Err(ChannelError::Finished);
        }
        let (sent, received) = secrets.main.application(&self.transcript.hash());
        let key_log = self.config.key_log.as_ref();
        log_secrets(key_log, Phase::Application, &self.client_random, &sent, &received);
        cx.transport.protect_sent(sent.packet_keys());
        cx.transport.protect_received(received.packet_keys());
        Ok(Peer { certificate: Some(server), server_name: self.server_name, admitted: false })
    }
}
