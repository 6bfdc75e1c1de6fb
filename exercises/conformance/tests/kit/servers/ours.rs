//! Our own servers, in this process, on free ports. They run until the tests end.

use cbc_packet::{Fill, Friends, PacketHandler};
use certificates::ChannelHandler;
use certificates::connection::HandshakeLimits;
use certificates::folder::{ServerFolder, system_random};
use certificates::handshake::{Identity, Peer, ServerConfig};
use conformance::COURSE_KEY;
use conn_auth::{Key, demand, random};
use framing::{ByteOrder, FileReceiver, FrameHandler, UpperCaseFrames};
use key_exchange::{Group, Keystreams, SecretEcho, fresh_pair};
use socketserver::{
    Authenticated, EchoHandler, RequestHandler, SelectTcpServer, Server, TasksTcpServer, ThreadingTcpServer,
    ask,
};
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;

fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

pub(crate) fn key() -> Key {
    Key::new(COURSE_KEY).unwrap()
}

/// Stages 1 and 2: one client after the other.
pub(crate) fn in_turn(key: Option<Key>) -> SocketAddr {
    let (listener, address) = listen();
    std::thread::spawn(move || {
        echo::server::serve(&listener, |mut stream| {
            if let Some(key) = &key {
                demand(&mut stream, key)?;
            }
            echo::server::converse(stream)
        })
    });
    address
}

fn started(server: impl Server + Send + 'static) {
    std::thread::spawn(move || Box::new(server).serve_forever());
}

fn threads<H: RequestHandler>(make: impl Fn(SocketAddr) -> H + Send + Sync + 'static) -> SocketAddr {
    let (listener, address) = listen();
    let server =
        ThreadingTcpServer::new(listener, move |peer| Ok::<_, echo::lab::Failure>(make(peer))).unwrap();
    started(server.with_read_size(16 << 10));
    address
}

/// Stage 3, on one of its models.
pub(crate) fn stage_3(model: &str) -> SocketAddr {
    let (listener, address) = listen();
    let make = |_| Ok(Authenticated::new(ask(Some(&key()))?, EchoHandler));
    match model {
        "threads" => started(ThreadingTcpServer::new(listener, make).unwrap()),
        "select" => started(SelectTcpServer::new(listener, make).unwrap()),
        _ => started(TasksTcpServer::new(listener, make).unwrap()),
    }
    address
}

pub(crate) fn stage_4(key: Option<Key>) -> SocketAddr {
    threads(move |_| {
        let inner = FrameHandler::new(ByteOrder::Network, UpperCaseFrames);
        Authenticated::new(ask(key.as_ref()).unwrap(), inner)
    })
}

/// Stage 4 where it receives files, into `dir`.
pub(crate) fn files(dir: &Path) -> SocketAddr {
    let dir = dir.to_owned();
    threads(move |peer| {
        let receiver = FileReceiver::new(peer, dir.clone(), 1 << 30);
        Authenticated::new(ask(Some(&key())).unwrap(), FrameHandler::new(ByteOrder::Network, receiver))
    })
}

pub(crate) fn stage_5(keystreams: Keystreams) -> SocketAddr {
    threads(move |peer| {
        let service = SecretEcho::new(peer, keystreams, || fresh_pair(&Group::ffdhe2048()));
        Authenticated::new(ask(Some(&key())).unwrap(), FrameHandler::new(ByteOrder::Network, service))
    })
}

pub(crate) fn stage_6(fill: Fill) -> SocketAddr {
    let friends = Arc::new(Friends::default());
    threads(move |peer| {
        let pair = || fresh_pair(&Group::ffdhe2048());
        let inner = PacketHandler::new(peer, Arc::clone(&friends), fill, random, pair);
        Authenticated::new(ask(Some(&key())).unwrap(), inner)
    })
}

/// Stage 7, with keys and certificates made in `dir`.
pub(crate) fn stage_7(dir: &Path, access_key: Option<Key>) -> SocketAddr {
    let folder = ServerFolder::open_or_make(dir, &[]).unwrap();
    stage_7_as(Identity { chain: folder.chain(), key: folder.key().clone() }, access_key)
}

fn stage_7_as(identity: Identity, access_key: Option<Key>) -> SocketAddr {
    let config = Arc::new(ServerConfig { identity, access_key, clients: None, key_log: None });
    let (friends, limits) = (Arc::new(Friends::default()), Arc::new(HandshakeLimits::default()));
    let (listener, address) = listen();
    let server = ThreadingTcpServer::new(listener, move |peer| {
        let place = limits.enter(peer.ip()).map_err(echo::lab::Failure::new)?;
        let friends = Arc::clone(&friends);
        let answer = move |_: &Peer, message| friends.answer(message);
        Ok(ChannelHandler::new(peer, Arc::clone(&config), place, system_random()?, answer))
    });
    started(server.unwrap().with_read_size(16 << 10));
    address
}

/// Stage 8, with keys and certificates made in `dir`.
pub(crate) fn stage_8(dir: &Path) -> SocketAddr {
    ServerFolder::open_or_make(dir, &[]).unwrap();
    let identity = https::Identity::read(&dir.join("server.pem"), &dir.join("server.key")).unwrap();
    let config = https::server_config(identity, None, None).unwrap();
    threads(move |peer| https::HttpsHandler::new(peer, Arc::clone(&config)).unwrap())
}

/// The messenger's server on a lesson, with its data in `dir`; the thread keeps it running.
pub(crate) fn messenger(dir: &Path, lesson: u8) -> (SocketAddr, Key) {
    let config = uchat_server::Config {
        listen: Some(([127, 0, 0, 1], 0).into()),
        data: Some(dir.to_owned()),
        lesson: Some(lesson),
        limits: Some(false),
        ..Default::default()
    };
    let (told, hear) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let server = uchat_server::Server::start(config).await.unwrap();
            told.send((server.address(), Key::new(server.access_key().unwrap()).unwrap())).unwrap();
            server.run_until(std::future::pending::<()>()).await;
        });
    });
    hear.recv().unwrap()
}

/// Stage 7 with the certificate of one folder and the key of another.
pub(crate) fn stage_7_with_keys_of(certificates: &Path, keys: &Path) -> SocketAddr {
    let chain = ServerFolder::open_or_make(certificates, &[]).unwrap().chain();
    let key = ServerFolder::open_or_make(keys, &[]).unwrap().key().clone();
    stage_7_as(Identity { chain, key }, Some(self::key()))
}

/// Stage 8 that does not say what it speaks inside TLS.
pub(crate) fn stage_8_without_alpn(dir: &Path) -> SocketAddr {
    ServerFolder::open_or_make(dir, &[]).unwrap();
    let identity = https::Identity::read(&dir.join("server.pem"), &dir.join("server.key")).unwrap();
    let mut config = (*https::server_config(identity, None, None).unwrap()).clone();
    config.alpn_protocols.clear();
    let config = Arc::new(config);
    threads(move |peer| https::HttpsHandler::new(peer, Arc::clone(&config)).unwrap())
}

/// A server of stage 7 behind something that swallows packets which have come already: from outside, a server that
/// takes no notice of a repetition.
pub(crate) fn behind_a_filter(server: SocketAddr) -> SocketAddr {
    let (listener, address) = listen();
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let there = TcpStream::connect(server).unwrap();
            let (mut from, mut to) = (there.try_clone().unwrap(), client.try_clone().unwrap());
            std::thread::spawn(move || {
                let _ = std::io::copy(&mut from, &mut to);
                let _ = to.shutdown(Shutdown::Write);
            });
            std::thread::spawn(move || filter(client, there));
        }
    });
    address
}

/// Passes everything on; a packet that came just before is left out.
fn filter(mut from: TcpStream, mut to: TcpStream) {
    let (mut piece, mut passed) = ([0; 16 << 10], Vec::new());
    while let Ok(length @ 1..) = from.read(&mut piece) {
        let piece = &piece[..length];
        // A packet of one block has 69 bytes; the kit repeats just such a one, alone.
        if length == 69 && passed.ends_with(piece) {
            continue;
        }
        passed.extend_from_slice(piece);
        if to.write_all(piece).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
