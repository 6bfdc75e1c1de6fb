//! The man in the middle, again. He knows the new handshake, and agrees on keys with each side as before; what he
//! cannot do is sign.

use crate::folder::{KEY_BITS, system_random};
use crate::handshake::Identity;
use crate::handshake::codec::Body;
use crate::handshake::messages::{
    CertificateChain, CertificateVerify, ClientHello, Finished, KEY_SHARE_LENGTH, ServerHello,
};
use crate::handshake::schedule::{HandshakeSecrets, Schedule};
use crate::handshake::transcript::{SERVER_CONTEXT, Transcript, signed_content};
use crate::keyed_packet::{KeyedError, Sequenced};
use crate::rsa::PrivateKey;
use crate::x509::{Ca, Profile, ServerName};
use cbc_packet::attack::path::{Halt, Passing, Path};
use cbc_packet::{LIMIT, Packet};
use conn_auth::random;
use echo::lab::{self, Direction, Failure, Outcome, Target, io_failure};
use framing::Message;
use key_exchange::{Group, KeyPair, fresh_pair};
use rand::rngs::StdRng;
use std::net::TcpStream;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, SystemTime};

/// Two tries, each on a connection of its own: the server's certificate and signature, passed on; then a certificate
/// of our own. A client that comes once sees the first one only.
pub(super) fn mallory(target: &Target) -> Result<Outcome, Failure> {
    let mut random = system_random()?;
    // Made before anybody waits: a handshake has 10 s.
    let key = PrivateKey::generate(KEY_BITS, &mut random).map_err(failure)?;
    let listener = lab::listen(target.listen)?;
    lab::announce(&listener)?;
    let clients = clients(listener)?;
    let first = clients.recv().map_err(|_| Failure::new("no client can be accepted"))?;
    let tries = [Try::PassedOn, Try::OwnCa(key)];
    let mut stopped = Vec::new();
    let mut next = Some(first);
    for way in tries {
        let Some(client) = next else { break };
        match between(client, target, &way, &mut random)? {
            Outcome::Failed(why) => {
                lab::print(format_args!("{}: stopped", way.name()));
                stopped.push(format!("{}: {why}", way.name()));
            }
            succeeded @ Outcome::Succeeded(_) => return Ok(succeeded),
        }
        next = clients.recv_timeout(SECOND_CLIENT).ok();
    }
    Ok(Outcome::Failed(stopped.join("; ")))
}

/// What the client is shown.
enum Try {
    /// The server's certificate and signature.
    PassedOn,
    /// A certificate with the right name, signed by a CA that was made a moment ago, and a signature by its key.
    OwnCa(PrivateKey),
}

impl Try {
    fn name(&self) -> &'static str {
        match self {
            Self::PassedOn => "the server's certificate and signature, passed on",
            Self::OwnCa(_) => "a certificate with the right name by a CA of our own",
        }
    }

    /// Which of the client's checks is between us and success.
    fn stopped_by(&self) -> &'static str {
        match self {
            Self::PassedOn => {
                "the client ended the connection, for the signature covers the handshake as the server saw it, and the \
                 client saw another one, with our key share (certificate_verify)"
            }
            Self::OwnCa(_) => {
                "the client ended the connection, for it does not know this CA (the pinned --ca)"
            }
        }
    }
}

/// One victim after the other.
fn clients(listener: std::net::TcpListener) -> Result<Receiver<TcpStream>, Failure> {
    let (sender, clients) = channel();
    let accept = move || {
        while let Ok((client, _)) = listener.accept() {
            if sender.send(client).is_err() {
                return;
            }
        }
    };
    let started = std::thread::Builder::new().name("accept".into()).spawn(accept);
    started.map_err(|e| io_failure("no client can be accepted", &e))?;
    Ok(clients)
}

fn between(client: TcpStream, target: &Target, way: &Try, random: &mut StdRng) -> Result<Outcome, Failure> {
    let server = lab::connect(target.connect, None)?;
    let mut path = Path::between(client, server).map_err(|e| io_failure("cannot sit on the path", &e))?;
    let outcome = attack(&mut path, way, random);
    path.relay(); // until both have closed
    match outcome {
        Ok(outcome) => Ok(outcome),
        Err(Halt::Stopped(why)) => Ok(Outcome::Failed(why)),
        Err(Halt::Broken(failure)) => Err(failure),
    }
}

fn attack(path: &mut Path, way: &Try, random: &mut StdRng) -> Result<Outcome, Halt> {
    let hello = path.frame(Direction::ToServer)?;
    let hello = ClientHello::from_bytes(&hello)
        .map_err(|e| Halt::stopped(format_args!("the client does not begin the signed handshake: {e}")))?;
    let (for_client, for_server) = (fresh_pair(&Group::ffdhe2048())?, fresh_pair(&Group::ffdhe2048())?);

    // Each side gets a key share of ours in the place of the other side's.
    let mut to_server = hello.clone();
    to_server.hello.key_share = public(&for_server)?;
    path.tell_frame(Direction::ToServer, &to_server.to_bytes())?;
    let answer = path.frame(Direction::ToClient)?;
    let answer = ServerHello::from_bytes(&answer).map_err(|e| {
        Halt::stopped(format_args!("the server does not go on with the signed handshake: {e}"))
    })?;
    let mut to_client = answer.clone();
    to_client.hello.key_share = public(&for_client)?;
    path.tell_frame(Direction::ToClient, &to_client.to_bytes())?;

    let mut server =
        Side::new(&for_server, &answer.hello.key_share, &to_server.to_bytes(), &answer.to_bytes())?;
    let mut client =
        Side::new(&for_client, &hello.hello.key_share, &hello.to_bytes(), &to_client.to_bytes())?;
    let mut from_server = Sequenced::new(server.secrets.server.packet_keys());
    let mut from_client = Sequenced::new(client.secrets.client.packet_keys());
    let mut sealer = Sequenced::new(client.secrets.server.packet_keys());
    let mut shown_finished = false;
    loop {
        let Some((direction, packet)) = path.next_packet()? else {
            return Err(Halt::stopped(way.stopped_by()));
        };
        if direction == Direction::ToServer {
            let message = open(&mut from_client, packet)?;
            if message.len() == 1 || !shown_finished {
                return Err(Halt::stopped(way.stopped_by()));
            }
            return listen_to(path, &client, &message, from_client);
        }
        let message = open(&mut from_server, packet)?;
        server.transcript.add(&message);
        let shown = for_the_client(message, way, &client, &hello.server_name, random)?;
        client.transcript.add(&shown.message);
        path.tell(Direction::ToClient, &seal(&mut sealer, &shown.message)?);
        shown_finished |= shown.is_finished;
    }
}

/// What the client is told in the place of a message of the server.
struct Shown {
    message: Vec<u8>,
    is_finished: bool,
}

fn for_the_client(
    message: Vec<u8>,
    way: &Try,
    client: &Side,
    name: &ServerName,
    random: &mut StdRng,
) -> Result<Shown, Halt> {
    let hash = client.transcript.hash();
    let is_finished = Finished::from_bytes(&message).is_ok();
    // ANCHOR: for_the_client
    let message = match way {
        // We share keys with the client, so this one fits.
        _ if is_finished => Finished { verify_data: client.secrets.server.finished(&hash) }.to_bytes(),
        Try::OwnCa(key) if CertificateChain::from_bytes(&message).is_ok() => {
            CertificateChain(own_identity(key, name, random)?.chain).to_bytes()
        }
        Try::OwnCa(key) if CertificateVerify::from_bytes(&message).is_ok() => {
            let signature = key.sign(&signed_content(SERVER_CONTEXT, &hash), random).map_err(failure)?;
            CertificateVerify { signature }.to_bytes()
        }
        Try::OwnCa(_) | Try::PassedOn => message,
    };
    // ANCHOR_END: for_the_client
    Ok(Shown { message, is_finished })
}

/// A CA and a server in one: what anybody can make.
fn own_identity(key: &PrivateKey, name: &ServerName, random: &mut StdRng) -> Result<Identity, Failure> {
    let now = SystemTime::now();
    let ca = Ca::init("uchat course CA", key.clone(), now, random).map_err(failure)?;
    let profile = Profile::Server { names: vec![name.clone()] };
    let leaf = ca.certify(key, &profile, LIFE, now, random).map_err(failure)?;
    Ok(Identity { chain: vec![leaf.der().to_vec(), ca.certificate().der().to_vec()], key: key.clone() })
}

/// The client has finished its handshake with us: read what it says.
fn listen_to(path: &mut Path, client: &Side, last: &[u8], mut handshake: Sequenced) -> Result<Outcome, Halt> {
    let channel = client.transcript.hash();
    let (secret, _) = client.secrets.main.application(&channel);
    let mut application = Sequenced::new(secret.packet_keys());
    let mut finished = Finished::from_bytes(last).is_ok();
    while let Some((direction, packet)) = path.next_packet()? {
        if direction == Direction::ToClient {
            continue;
        }
        let text = open(if finished { &mut application } else { &mut handshake }, packet)?;
        if !finished {
            finished = Finished::from_bytes(&text).is_ok();
        } else if let Ok(message) = Message::from_bytes(&text) {
            return Ok(Outcome::Succeeded(format!("the client took us for the server and said {message:?}")));
        }
    }
    Err(Halt::stopped("the client took us for the server, and said nothing"))
}

/// What we share with one of the two.
struct Side {
    transcript: Transcript,
    secrets: HandshakeSecrets,
}

impl Side {
    fn new(
        ours: &KeyPair,
        theirs: &[u8; KEY_SHARE_LENGTH],
        hello: &[u8],
        answer: &[u8],
    ) -> Result<Self, Halt> {
        let mut transcript = Transcript::default();
        transcript.add(hello);
        transcript.add(answer);
        let shared = ours.shared_value(theirs).map_err(Halt::stopped)?;
        let secrets = Schedule::UCHAT.handshake(&shared, &transcript.hash());
        Ok(Self { transcript, secrets })
    }
}

fn public(pair: &KeyPair) -> Result<[u8; KEY_SHARE_LENGTH], Halt> {
    pair.public().try_into().map_err(|_| failure("our own public value has another length").into())
}

fn open(keys: &mut Sequenced, mut packet: Passing) -> Result<Vec<u8>, Halt> {
    let packet = Packet { header: packet.header, body: &mut packet.body };
    keys.open(packet).map(<[u8]>::to_vec).map_err(Halt::stopped)
}

fn seal(keys: &mut Sequenced, message: &[u8]) -> Result<Passing, Halt> {
    let mut bytes = Vec::new();
    let write = |out: &mut Vec<u8>| {
        out.extend_from_slice(message);
        Ok::<(), KeyedError>(())
    };
    keys.seal(random()?, LIMIT, &mut bytes, write).map_err(failure)?;
    Passing::from_bytes(&bytes).ok_or_else(|| failure("what was just sealed is no packet").into())
}

fn failure(error: impl std::fmt::Display) -> Failure {
    Failure::new(error.to_string())
}

/// How long a client may take to come again.
const SECOND_CLIENT: Duration = Duration::from_secs(15);
const LIFE: Duration = Duration::from_secs(24 * 3600);
