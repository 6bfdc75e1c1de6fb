//! The board: it knows the university's certificate and nobody else, and lets in whom the university has signed.

use super::old_way::OldWay;
use super::posts::Posts;
use super::{BOARD_NAME, CA, DIR, log};
use crate::commands::path;
use certificates::BOARD_PORT;
use certificates::ChannelHandler;
use certificates::connection::{HandshakeLimits, HandshakePlace};
use certificates::files::replace;
use certificates::folder::{key_or_new, load_certificate, system_random};
use certificates::handshake::{ClientCa, Identity, Peer, ServerConfig};
use certificates::x509::{Certificate, CertificateRequest, Purpose, verify_chain};
use echo::lab::{self, Failure, Options, Verb};
use framing::{ByteOrder, FrameHandler, Message};
use socketserver::{Close, Deadline, RequestHandler, ThreadingTcpServer};
use std::borrow::Cow;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

pub(crate) const BOARD: Verb = Verb {
    name: "board",
    operand: None,
    about: "the board of the scenario: let in whom the university has signed, and keep what they write",
    options: &[lab::LISTEN, &[DIR, CA]],
    example: "cargo run -p stage-7 -- board --dir board --ca university/ca.pem",
    run,
};

fn run(options: &Options) -> Result<(), Failure> {
    let (dir, ca) = (path(options, "dir")?, path(options, "ca")?);
    let university = load_certificate(&ca)?;
    log!(WHO, "I trust {} and nobody else", university.who());
    let identity = identity(&dir, &university)?;
    let clients = Some(ClientCa { certificate: university.clone(), revocations: None });
    let config = Arc::new(ServerConfig { identity, access_key: None, clients, key_log: None });
    let (university, posts) = (Arc::new(university), Arc::new(Posts::default()));
    let limits = Arc::new(HandshakeLimits::default());
    let listener = lab::listen(options.addr("listen", BOARD_PORT)?)?;
    socketserver::run_server(listener, |listener| {
        let server = ThreadingTcpServer::new(listener, move |peer| {
            let place = limits.enter(peer.ip()).map_err(Failure::new)?;
            let channel = channel(peer, Arc::clone(&config), place, Arc::clone(&posts))?;
            let old_way = OldWay::new(Arc::clone(&university), Arc::clone(&posts));
            let old_way = FrameHandler::new(ByteOrder::Network, old_way);
            Ok(Door::Shut { stored: Vec::new(), channel: Box::new(channel), old_way: Box::new(old_way) })
        });
        let server = server.map_err(|e| lab::io_failure("the server cannot start", &e))?;
        Ok(Box::new(server.with_read_size(READ_SIZE)))
    })
}

/// The board's own certificate; without one, a request for it is made, and the operator told what to do.
fn identity(dir: &Path, university: &Certificate) -> Result<Identity, Failure> {
    let file = dir.join("server.pem");
    if !file.exists() {
        std::fs::create_dir_all(dir).map_err(|e| lab::io_failure("cannot make the board's folder", &e))?;
        let random = &mut system_random()?;
        let key = key_or_new(&dir.join("server.key"), None, random)?;
        let request = CertificateRequest::new(&key, BOARD_NAME, None, None, random).map_err(failed)?;
        let request_file = dir.join("server.csr");
        replace(&request_file, &request.to_pem())?;
        return Err(Failure::new(format!(
            "the board has no certificate yet; have the university sign the request that is there now: \
             stage-7 ca sign --server --dir UNIVERSITY --csr {} --out {}",
            request_file.display(),
            file.display()
        )));
    }
    let (leaf, key) =
        (load_certificate(&file)?, key_or_new(&dir.join("server.key"), None, &mut system_random()?)?);
    let purpose = Purpose::Server { name: BOARD_NAME.parse().map_err(failed)? };
    let of_no_use = |why: String| Failure::new(format!("{} is of no use: {why}", file.display()));
    verify_chain(&[leaf.der(), university.der()], university, None, &purpose, SystemTime::now())
        .map_err(|e| of_no_use(e.to_string()))?;
    if leaf.public_key() != key.public() {
        return Err(of_no_use("it is not for the key in server.key".into()));
    }
    Ok(Identity { chain: vec![leaf.der().to_vec(), university.der().to_vec()], key })
}

type Answer = Box<dyn FnMut(&Peer, Message) -> Message + Send>;

/// The signed handshake; then posts, whose author is whom the certificate names.
fn channel(
    peer: SocketAddr,
    config: Arc<ServerConfig>,
    place: HandshakePlace,
    posts: Arc<Posts>,
) -> Result<ChannelHandler<Answer>, Failure> {
    let mut checked = false;
    let answer = move |peer: &Peer, message| {
        let Some(verified) = &peer.certificate else { return posts.answer("", message) }; // the handshake wants one
        let author = verified.leaf.common_name().unwrap_or_default();
        if !std::mem::replace(&mut checked, true) {
            for check in &verified.checks {
                log!(WHO, "check: {check}");
            }
            log!(WHO, "check: {author} has signed this handshake with the key of the certificate");
        }
        log!(WHO, "a message of {author}, in a keyed packet");
        posts.answer(&author, message)
    };
    Ok(ChannelHandler::new(peer, config, place, system_random()?, Box::new(answer) as Answer))
}

/// One visitor. The first byte of the first frame tells a hello from the offer of a file.
enum Door {
    Shut { stored: Vec<u8>, channel: Box<ChannelHandler<Answer>>, old_way: Box<FrameHandler<OldWay>> },
    Channel(Box<ChannelHandler<Answer>>),
    OldWay(Box<FrameHandler<OldWay>>),
    Closed,
}

impl RequestHandler for Door {
    fn handle(&mut self, now: Instant, received: &[u8], out: &mut Vec<u8>) -> Result<(), Close> {
        let first = match self {
            Self::Channel(channel) => return channel.handle(now, received, out),
            Self::OldWay(old_way) => return old_way.handle(now, received, out),
            Self::Closed => return Err(Close::because("gone")),
            Self::Shut { stored, .. } => {
                stored.extend_from_slice(received);
                let Some(first) = stored.get(framing::HEADER_LENGTH) else { return Ok(()) };
                *first
            }
        };
        let Self::Shut { stored, channel, old_way } = std::mem::replace(self, Self::Closed) else {
            return Ok(());
        };
        *self = if first == CLIENT_HELLO { Self::Channel(channel) } else { Self::OldWay(old_way) };
        self.handle(now, &stored, out)
    }

    fn refill(&mut self, now: Instant, out: &mut Vec<u8>) -> Result<(), Close> {
        match self {
            Self::Channel(channel) => channel.refill(now, out),
            _ => Ok(()), // the old way answers one frame with one frame
        }
    }

    fn left(&mut self) -> Cow<'static, str> {
        match self {
            Self::Channel(channel) => channel.left(),
            _ => "left".into(),
        }
    }

    fn deadline(&self) -> Option<Deadline> {
        match self {
            Self::Shut { channel, .. } | Self::Channel(channel) => channel.deadline(),
            Self::OldWay(old_way) => old_way.deadline(),
            Self::Closed => None,
        }
    }

    fn finish(&mut self) {
        if let Self::Channel(channel) = self {
            channel.finish();
        }
    }
}

fn failed(error: impl ToString) -> Failure {
    Failure::new(error.to_string())
}

const WHO: &str = "board";
const READ_SIZE: usize = 16 << 10;
/// The type of the message with which the signed handshake begins; a file's offer is a dict, type 5.
const CLIENT_HELLO: u8 = 1;
