//! Stage 7's handshake step by step, so that each step can be checked, or done wrongly.

use super::direction::Direction;
use super::framed::{frame, read_frame};
use super::secret::pair;
use crate::case::{Outcome, Wrong, holds, same};
use crate::target::Target;
use crate::wire::Wire;
use certificates::handshake::access::access_answer;
use certificates::handshake::codec::Body;
use certificates::handshake::messages::{
    Access, CertificateChain, CertificateVerify, ClientHello, EncryptedExtensions, Finished, Hello,
    ServerHello,
};
use certificates::handshake::schedule::{HandshakeSecrets, Schedule};
use certificates::handshake::transcript::{SERVER_CONTEXT, Transcript, signed_content};
use certificates::x509::{Certificate, Purpose, Verified, verify_chain};
use key_exchange::KeyPair;
use std::time::SystemTime;

/// Bytes of a server_hello.
pub(crate) const SERVER_HELLO: usize = 4 + 2 + 32 + 2 + 256;

/// The most bytes of a packet's body during the handshake.
pub(crate) const SMALL: usize = 16 << 10;

/// What the server has said until its finished, opened but not believed yet.
pub(crate) struct Greeted {
    pub(crate) wire: Wire,
    transcript: Transcript,
    secrets: HandshakeSecrets,
    /// For what we send until our own finished.
    pub(crate) send: Direction,
    /// For what the server sends after its finished.
    pub(crate) receive: Direction,
    /// server_hello, encrypted_extensions, certificate, certificate_verify, finished: with their headers.
    pub(crate) messages: Vec<Vec<u8>>,
    /// The transcript hash before each of them.
    hashes: Vec<[u8; 32]>,
    wanted: EncryptedExtensions,
    channel: [u8; 32],
}

/// A client_hello for the target's name, and the pair behind it.
pub(crate) fn client_hello(target: &Target) -> Outcome<(KeyPair, Vec<u8>)> {
    let pair = pair()?;
    let broken = |error: String| Wrong::failed(format!("the kit cannot make a client_hello: {error}"));
    let hello = Hello {
        random: conn_auth::random().map_err(|error| broken(error.to_string()))?,
        key_share: pair.public().try_into().map_err(|_| broken("its value has another length".into()))?,
    };
    let server_name = target.name.parse().map_err(|error| broken(format!("--name: {error}")))?;
    Ok((pair, ClientHello { hello, server_name }.to_bytes()))
}

/// Reads a message as its type says.
fn read<T: Body>(bytes: &[u8]) -> Outcome<T> {
    T::from_bytes(bytes).map_err(|error| Wrong::Failed {
        what: format!("this message is not {}: {error}", T::TYPE),
        expected: None,
        found: Some(bytes.to_vec()),
    })
}

/// Says hello and opens what the server answers.
pub(crate) fn greet(target: &Target) -> Outcome<Greeted> {
    let (pair, hello) = client_hello(target)?;
    let mut wire = target.wire()?;
    wire.send(&frame(&hello)?)?;
    greeted(wire, &pair, &hello)
}

/// The same from the server_hello on.
pub(crate) fn greeted(mut wire: Wire, pair: &KeyPair, hello: &[u8]) -> Outcome<Greeted> {
    let mut transcript = Transcript::default();
    transcript.add(hello);
    let answer = read_frame(&mut wire, SERVER_HELLO).map_err(|wrong| wrong.when("server_hello"))?;
    let mut hashes = vec![transcript.hash()];
    transcript.add(&answer);
    let server: ServerHello = read(&answer)?;
    let shared = pair.shared_value(&server.hello.key_share);
    let shared = shared.map_err(|error| Wrong::failed(format!("the server's key_share: {error}")))?;
    let secrets = Schedule::UCHAT.handshake(&shared, &transcript.hash());
    let mut receive = Direction::new(&secrets.server);
    let mut messages = vec![answer];
    for name in ["encrypted_extensions", "certificate", "certificate_verify", "finished"] {
        let message = receive.open(&mut wire, SMALL).map_err(|wrong| wrong.when(name))?;
        hashes.push(transcript.hash());
        transcript.add(&message);
        messages.push(message);
    }
    let wanted: EncryptedExtensions = read(&messages[1])?;
    let channel = transcript.hash();
    let receive = Direction::new(&secrets.main.application(&channel).1);
    let send = Direction::new(&secrets.client);
    Ok(Greeted { wire, transcript, secrets, send, receive, messages, hashes, wanted, channel })
}

impl Greeted {
    /// The chain ends in the target's CA and holds for this name.
    pub(crate) fn chain(&self, target: &Target, name: &str) -> Outcome<Verified> {
        let ca = target
            .ca
            .as_ref()
            .ok_or_else(|| Wrong::Skipped("--ca FILE is needed to check certificates".into()))?;
        let CertificateChain(chain) = read(&self.messages[2])?;
        let ders: Vec<&[u8]> = chain.iter().map(Vec::as_slice).collect();
        let name =
            name.parse().map_err(|error| Wrong::failed(format!("the kit cannot use this name: {error}")))?;
        verify_chain(&ders, ca, None, &Purpose::Server { name }, SystemTime::now())
            .map_err(|error| Wrong::failed(format!("the server's certificate: {error}")))
    }

    /// The signature is over this very handshake, by the key of the leaf.
    pub(crate) fn signature(&self) -> Outcome {
        let CertificateChain(chain) = read(&self.messages[2])?;
        let leaf = chain.first().ok_or_else(|| Wrong::failed("the chain is empty"))?;
        let leaf =
            Certificate::from_der(leaf).map_err(|error| Wrong::failed(format!("the leaf: {error}")))?;
        let verify: CertificateVerify = read(&self.messages[3])?;
        let content = signed_content(SERVER_CONTEXT, &self.hashes[3]);
        leaf.public_key()
            .verify(&content, &verify.signature)
            .map_err(|error| Wrong::failed(format!("the signature does not fit the handshake: {error}")))
    }

    /// The server's finished fits.
    pub(crate) fn finished(&self) -> Outcome {
        let finished: Finished = read(&self.messages[4])?;
        same(
            "finished holds another HMAC",
            &self.secrets.server.finished(&self.hashes[4]),
            &finished.verify_data,
        )
    }

    /// Whether the server wants the access key.
    pub(crate) fn wants_access(&self) -> bool {
        self.wanted.challenge.is_some()
    }

    /// Our access message, if it is wanted; what we say next goes on from there.
    pub(crate) fn access(&mut self, target: &Target) -> Outcome<Option<Vec<u8>>> {
        let Some(challenge) = &self.wanted.challenge else { return Ok(None) };
        let key = target
            .key
            .as_ref()
            .ok_or_else(|| Wrong::Skipped("the server wants an access key: --key-file F".into()))?;
        let message = Access { answer: access_answer(key, challenge, &self.channel) }.to_bytes();
        self.transcript.add(&message);
        Ok(Some(message))
    }

    /// Our finished over all that was said.
    pub(crate) fn our_finished(&self) -> Vec<u8> {
        Finished { verify_data: self.secrets.client.finished(&self.transcript.hash()) }.to_bytes()
    }

    /// Sends a message of the handshake.
    pub(crate) fn say(&mut self, message: &[u8]) -> Outcome {
        let packet = self.send.seal(message)?;
        self.wire.push(&packet);
        Ok(())
    }

    /// Says everything that stands between us and the first message.
    pub(crate) fn finish(mut self, target: &Target) -> Outcome<super::channel::Open> {
        holds(!self.wanted.client_certificate, || {
            "the server wants a client's certificate; the kit has none: start it without".to_owned()
        })
        .map_err(|_| Wrong::Skipped("the server wants a client's certificate; start it without".into()))?;
        if let Some(access) = self.access(target)? {
            self.say(&access)?;
        }
        let finished = self.our_finished();
        self.say(&finished)?;
        Ok(self.opened())
    }

    /// The application's keys.
    pub(crate) fn opened(self) -> super::channel::Open {
        let send = Direction::new(&self.secrets.main.application(&self.channel).0);
        super::channel::Open::new(self.wire, send, self.receive)
    }

    /// The server says that something was wrong, not what, and closes.
    pub(crate) fn alerted(&mut self) -> Outcome {
        self.receive.alerted(&mut self.wire)
    }
}
