//! The client's side: one type for each message that it waits for.
//!
//! A state is consumed by its message and returns the next one, so there is no way to take a message twice, to
//! leave one out, or to use keys before they exist.

use super::access::access_answer;
use super::codec::Body;
use super::config::ClientConfig;
use super::context::{Context, Peer, Phase, expect, log_secrets};
use super::error::ChannelError;
use super::messages::{
    Access, CertificateChain, CertificateVerify, ClientHello, EncryptedExtensions, Finished, Hello,
    ServerHello, VERSION, hello_version,
};
use super::schedule::{HandshakeSecrets, Schedule};
use super::transcript::{CLIENT_CONTEXT, SERVER_CONTEXT, Transcript, signed_content};
use crate::x509::{Certificate, CertificateError, MAX_CHAIN, Purpose, ServerName, Verified, verify_chain};
use key_exchange::KeyPair;
use std::sync::Arc;

/// Where the client stands.
#[derive(Debug, Clone)]
pub(crate) enum ClientState {
    ServerHello(ExpectServerHello),
    EncryptedExtensions(ExpectEncryptedExtensions),
    Certificate(ExpectCertificate),
    CertificateVerify(ExpectCertificateVerify),
    Finished(ExpectFinished),
    Done(Box<Peer>),
}

impl ClientState {
    /// Takes the next message of the handshake.
    pub(crate) fn handle(self, message: &[u8], cx: &mut Context<'_>) -> Result<Self, ChannelError> {
        match self {
            Self::ServerHello(state) => state.handle(message, cx),
            Self::EncryptedExtensions(state) => state.handle(message),
            Self::Certificate(state) => state.handle(message, cx),
            Self::CertificateVerify(state) => state.handle(message),
            Self::Finished(state) => state.handle(message, cx),
            Self::Done(_) => Err(ChannelError::NotOpen),
        }
    }
}

/// What every state carries along.
#[derive(Debug, Clone)]
pub(crate) struct Common {
    config: Arc<ClientConfig>,
    server_name: ServerName,
    client_random: [u8; 32],
    transcript: Transcript,
}

/// -> client_hello
pub(crate) fn start(
    config: Arc<ClientConfig>,
    server_name: ServerName,
    cx: &mut Context<'_>,
) -> Result<ClientState, ChannelError> {
    let (pair, key_share) = cx.key_pair()?;
    let client_random = cx.random();
    let hello = Hello { random: client_random, key_share };
    let message = ClientHello { hello, server_name: server_name.clone() }.to_bytes();
    let mut transcript = Transcript::default();
    transcript.add(&message);
    cx.transport.send_hello(&message)?;
    let common = Common { config, server_name, client_random, transcript };
    Ok(ClientState::ServerHello(ExpectServerHello { common, pair: Arc::new(pair) }))
}

/// <- server_hello
#[derive(Debug, Clone)]
pub(crate) struct ExpectServerHello {
    common: Common,
    pair: Arc<KeyPair>,
}

impl ExpectServerHello {
    fn handle(self, message: &[u8], cx: &mut Context<'_>) -> Result<ClientState, ChannelError> {
        let Self { mut common, pair } = self;
        if let Some(theirs) = hello_version(message).filter(|version| *version != VERSION) {
            return Err(ChannelError::Version { theirs });
        }
        let (server, _) = expect::<ServerHello>(message, &mut common.transcript)?;
        let shared = pair.shared_value(&server.hello.key_share)?;
        let secrets = Schedule::UCHAT.handshake(&shared, &common.transcript.hash());
        let key_log = common.config.key_log.as_ref();
        log_secrets(key_log, Phase::Handshake, &common.client_random, &secrets.client, &secrets.server);
        cx.transport.protect_sent(secrets.client.packet_keys());
        cx.transport.protect_received(secrets.server.packet_keys());
        Ok(ClientState::EncryptedExtensions(ExpectEncryptedExtensions { common, secrets }))
    }
}

/// <- encrypted_extensions
#[derive(Debug, Clone)]
pub(crate) struct ExpectEncryptedExtensions {
    common: Common,
    secrets: HandshakeSecrets,
}

impl ExpectEncryptedExtensions {
    fn handle(self, message: &[u8]) -> Result<ClientState, ChannelError> {
        let Self { mut common, secrets } = self;
        let (wanted, _) = expect(message, &mut common.transcript)?;
        Ok(ClientState::Certificate(ExpectCertificate { common, secrets, wanted }))
    }
}

/// <- certificate
#[derive(Debug, Clone)]
pub(crate) struct ExpectCertificate {
    common: Common,
    secrets: HandshakeSecrets,
    wanted: EncryptedExtensions,
}

impl ExpectCertificate {
    fn handle(self, message: &[u8], cx: &mut Context<'_>) -> Result<ClientState, ChannelError> {
        let Self { mut common, secrets, wanted } = self;
        let (CertificateChain(chain), _) = expect(message, &mut common.transcript)?;
        let last = chain.last().ok_or(CertificateError::ChainLength { count: 0, most: MAX_CHAIN })?;
        // The chain is checked against the CA that it brings along, and that CA against the pin. So an unknown
        // CA is told from a bad chain, and everything but the pin is known to be right when a person is asked.
        let ca = Certificate::from_der(last)?;
        let known = common.config.pinned_ca == Some(ca.fingerprint());
        let revocations = common.config.revocations.as_ref().filter(|_| known);
        let purpose = Purpose::Server { name: common.server_name.clone() };
        let ders: Vec<&[u8]> = chain.iter().map(Vec::as_slice).collect();
        let verified = verify_chain(&ders, &ca, revocations, &purpose, cx.time)?;
        let server = Server { verified, unknown_ca: (!known).then(|| Box::new(ca)) };
        Ok(ClientState::CertificateVerify(ExpectCertificateVerify { common, secrets, wanted, server }))
    }
}

/// The server's certificate.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    verified: Verified,
    /// The CA, if it is not the pinned one.
    unknown_ca: Option<Box<Certificate>>,
}

/// <- certificate_verify
#[derive(Debug, Clone)]
pub(crate) struct ExpectCertificateVerify {
    common: Common,
    secrets: HandshakeSecrets,
    wanted: EncryptedExtensions,
    server: Server,
}

impl ExpectCertificateVerify {
    fn handle(self, message: &[u8]) -> Result<ClientState, ChannelError> {
        let Self { mut common, secrets, wanted, server } = self;
        // ANCHOR: believe
        let (verify, before) = expect::<CertificateVerify>(message, &mut common.transcript)?;
        let content = signed_content(SERVER_CONTEXT, &before);
        let key = server.verified.leaf.public_key();
        key.verify(&content, &verify.signature).map_err(ChannelError::Signature)?;
        Ok(ClientState::Finished(ExpectFinished { common, secrets, wanted, server }))
        // ANCHOR_END: believe
    }
}

/// <- finished
#[derive(Debug, Clone)]
pub(crate) struct ExpectFinished {
    common: Common,
    secrets: HandshakeSecrets,
    wanted: EncryptedExtensions,
    server: Server,
}

impl ExpectFinished {
    fn handle(self, message: &[u8], cx: &mut Context<'_>) -> Result<ClientState, ChannelError> {
        let Self { common: Common { config, server_name, client_random, mut transcript }, .. } = self;
        let Self { secrets, wanted, server, .. } = self;
        let (finished, before) = expect::<Finished>(message, &mut transcript)?;
        if !secrets.server.accepts_finished(&before, &finished.verify_data) {
            return Err(ChannelError::Finished);
        }
        if let Some(certificate) = server.unknown_ca {
            return Err(ChannelError::UnknownCa { fingerprint: certificate.fingerprint(), certificate });
        }
        let channel = transcript.hash();
        if let Some(challenge) = &wanted.challenge {
            // -> access
            let key = config.access_key.as_ref().ok_or(ChannelError::AccessKeyWanted)?;
            let answer = access_answer(key, challenge, &channel);
            cx.send(&mut transcript, &Access { answer })?;
        }
        if wanted.client_certificate {
            send_certificate(&config, &mut transcript, cx)?;
        }
        // -> finished
        let verify_data = secrets.client.finished(&transcript.hash());
        cx.send(&mut transcript, &Finished { verify_data })?;

        let (sent, received) = secrets.main.application(&channel);
        log_secrets(config.key_log.as_ref(), Phase::Application, &client_random, &sent, &received);
        cx.transport.protect_sent(sent.packet_keys());
        cx.transport.protect_received(received.packet_keys());
        let admitted = wanted.challenge.is_some();
        let certificate = Some(server.verified);
        Ok(ClientState::Done(Box::new(Peer { certificate, server_name, admitted })))
    }
}

/// -> certificate, certificate_verify
fn send_certificate(
    config: &ClientConfig,
    transcript: &mut Transcript,
    cx: &mut Context<'_>,
) -> Result<(), ChannelError> {
    let Some(identity) = &config.identity else {
        return cx.send(transcript, &CertificateChain(Vec::new())); // the server decides what this means
    };
    let chain = CertificateChain(identity.chain.clone());
    if !chain.fits() {
        return Err(ChannelError::ChainTooLong);
    }
    cx.send(transcript, &chain)?;
    let content = signed_content(CLIENT_CONTEXT, &transcript.hash());
    let signature = identity.key.sign(&content, &mut cx.random).map_err(ChannelError::Signing)?;
    cx.send(transcript, &CertificateVerify { signature })
}
