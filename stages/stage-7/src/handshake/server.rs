//! The server's side: one type for each message that it waits for, as on the client's.

use super::access::accepts_answer;
use super::codec::Body;
use super::config::ServerConfig;
use super::context::{Context, Peer, Phase, expect, log_secrets};
use super::error::ChannelError;
use super::messages::{
    Access, CertificateChain, CertificateVerify, ClientHello, EncryptedExtensions, Finished, Hello,
    ServerHello, VERSION, hello_version, version_answer,
};
use super::schedule::{Schedule, TrafficSecret};
use super::transcript::{CLIENT_CONTEXT, SERVER_CONTEXT, Transcript, signed_content};
use crate::x509::{Purpose, ServerName, Verified, verify_chain};
use std::sync::Arc;

/// Where the server stands.
#[derive(Debug, Clone)]
pub(crate) enum ServerState {
    ClientHello(ExpectClientHello),
    Access(ExpectAccess),
    Certificate(ExpectCertificate),
    CertificateVerify(ExpectCertificateVerify),
    Finished(ExpectFinished),
    Done(Box<Peer>),
}

impl ServerState {
    /// Takes the next message of the handshake.
    pub(crate) fn handle(self, message: &[u8], cx: &mut Context<'_>) -> Result<Self, ChannelError> {
        match self {
            Self::ClientHello(state) => state.handle(message, cx),
            Self::Access(state) => state.handle(message),
            Self::Certificate(state) => state.handle(message, cx),
            Self::CertificateVerify(state) => state.handle(message),
            Self::Finished(state) => state.handle(message, cx),
            Self::Done(_) => Err(ChannelError::NotOpen),
        }
    }
}

/// <- client_hello
#[derive(Debug, Clone)]
pub(crate) struct ExpectClientHello {
    pub(crate) config: Arc<ServerConfig>,
}

impl ExpectClientHello {
    fn handle(self, message: &[u8], cx: &mut Context<'_>) -> Result<ServerState, ChannelError> {
        let Self { config } = self;
        if let Some(theirs) = hello_version(message).filter(|version| *version != VERSION) {
            cx.transport.send_hello(&version_answer())?;
            return Err(ChannelError::Version { theirs });
        }
        let mut transcript = Transcript::default();
        let (client, _) = expect::<ClientHello>(message, &mut transcript)?;
        let client_random = client.hello.random;

        // -> server_hello
        let (pair, key_share) = cx.key_pair()?;
        let shared = pair.shared_value(&client.hello.key_share)?;
        let hello = Hello { random: cx.random(), key_share };
        let message = ServerHello { hello }.to_bytes();
        transcript.add(&message);
        cx.transport.send_hello(&message)?;
        let secrets = Schedule::UCHAT.handshake(&shared, &transcript.hash());
        let key_log = config.key_log.as_ref();
        log_secrets(key_log, Phase::Handshake, &client_random, &secrets.client, &secrets.server);
        cx.transport.protect_sent(secrets.server.packet_keys());
        cx.transport.protect_received(secrets.client.packet_keys());

        // -> encrypted_extensions, certificate, certificate_verify, finished
        let challenge = config.access_key.as_ref().map(|_| cx.random());
        let client_certificate = config.clients.is_some();
        cx.send(&mut transcript, &EncryptedExtensions { challenge, client_certificate })?;
        let chain = CertificateChain(config.identity.chain.clone());
        if !chain.fits() {
            return Err(ChannelError::ChainTooLong);
        }
        cx.send(&mut transcript, &chain)?;
        let content = signed_content(SERVER_CONTEXT, &transcript.hash());
        let signature = config.identity.key.sign(&content, &mut cx.random).map_err(ChannelError::Signing)?;
        cx.send(&mut transcript, &CertificateVerify { signature })?;
        let verify_data = secrets.server.finished(&transcript.hash());
        cx.send(&mut transcript, &Finished { verify_data })?;

        let channel = transcript.hash();
        let (received, sent) = secrets.main.application(&channel);
        log_secrets(key_log, Phase::Application, &client_random, &received, &sent);
        // Nothing but an alert is sent before the client's `finished`; the client can read it, because it has
        // changed its keys at the same point.
        cx.transport.protect_sent(sent.packet_keys());

        let common = Common {
            config,
            transcript,
            secret: secrets.client,
            application: received,
            server_name: client.server_name,
            admitted: challenge.is_some(),
        };
        Ok(match challenge {
            Some(challenge) => ServerState::Access(ExpectAccess { common, challenge, channel }),
            None => common.after_access(),
        })
    }
}

/// What every later state carries along.
#[derive(Debug, Clone)]
pub(crate) struct Common {
    config: Arc<ServerConfig>,
    transcript: Transcript,
    /// The client's, for its `finished`.
    secret: TrafficSecret,
    /// The client's, for what comes after it.
    application: TrafficSecret,
    server_name: ServerName,
    admitted: bool,
}

impl Common {
    fn after_access(self) -> ServerState {
        match self.config.clients {
            Some(_) => ServerState::Certificate(ExpectCertificate { common: self }),
            None => ServerState::Finished(ExpectFinished { common: self, client: None }),
        }
    }
}

/// <- access
#[derive(Debug, Clone)]
pub(crate) struct ExpectAccess {
    common: Common,
    challenge: [u8; 32],
    /// The transcript hash up to and including our `finished`.
    channel: [u8; 32],
}

impl ExpectAccess {
    fn handle(self, message: &[u8]) -> Result<ServerState, ChannelError> {
        let Self { mut common, challenge, channel } = self;
        let (Access { answer }, _) = expect(message, &mut common.transcript)?;
        let key = common.config.access_key.as_ref().ok_or(ChannelError::AccessRefused)?;
        if !accepts_answer(key, &challenge, &channel, &answer) {
            return Err(ChannelError::AccessRefused);
        }
        Ok(common.after_access())
    }
}

/// <- certificate
#[derive(Debug, Clone)]
pub(crate) struct ExpectCertificate {
    common: Common,
}

impl ExpectCertificate {
    fn handle(self, message: &[u8], cx: &mut Context<'_>) -> Result<ServerState, ChannelError> {
        let Self { mut common } = self;
        let (CertificateChain(chain), _) = expect(message, &mut common.transcript)?;
        let ca = common.config.clients.as_ref().filter(|_| !chain.is_empty());
        let ca = ca.ok_or(ChannelError::NoCertificate)?;
        let ders: Vec<&[u8]> = chain.iter().map(Vec::as_slice).collect();
        let revocations = ca.revocations.as_ref();
        let client = verify_chain(&ders, &ca.certificate, revocations, &Purpose::Client, cx.time)?;
        Ok(ServerState::CertificateVerify(ExpectCertificateVerify { common, client }))
    }
}

/// <- certificate_verify
#[derive(Debug, Clone)]
pub(crate) struct ExpectCertificateVerify {
    common: Common,
    client: Verified,
}

impl ExpectCertificateVerify {
    fn handle(self, message: &[u8]) -> Result<ServerState, ChannelError> {
        let Self { mut common, client } = self;
        let (verify, before) = expect::<CertificateVerify>(message, &mut common.transcript)?;
        let content = signed_content(CLIENT_CONTEXT, &before);
        client.leaf.public_key().verify(&content, &verify.signature).map_err(ChannelError::Signature)?;
        Ok(ServerState::Finished(ExpectFinished { common, client: Some(client) }))
    }
}

/// <- finished
#[derive(Debug, Clone)]
pub(crate) struct ExpectFinished {
    common: Common,
    client: Option<Verified>,
}

impl ExpectFinished {
    fn handle(self, message: &[u8], cx: &mut Context<'_>) -> Result<ServerState, ChannelError> {
        let Self { mut common, client } = self;
        let (finished, before) = expect::<Finished>(message, &mut common.transcript)?;
        if !common.secret.accepts_finished(&before, &finished.verify_data) {
            return Err(ChannelError::Finished);
        }
        cx.transport.protect_received(common.application.packet_keys());
        let Common { server_name, admitted, .. } = common;
        Ok(ServerState::Done(Box::new(Peer { certificate: client, server_name, admitted })))
    }
}
