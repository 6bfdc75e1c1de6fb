//! The tester of `trusting-client`: stage 8's real server, a client that verifies nothing, and one that
//! verifies. The student sits in between.

mod exercise;
mod lax;

use certificates::rsa::PrivateKey;
use certificates::x509::{Ca, Profile};
use echo::lab::Failure;
use exercise::stand_between;
use https::{HttpsHandler, Identity, server_config};
use kit::{fail, flag, holds, network_error, same_text};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use socketserver::{Server, ThreadingTcpServer};
use std::error::Error;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, SystemTime};

const PATIENCE: Duration = Duration::from_secs(4);

/// The configuration of a server for `localhost`, and its CA.
fn server() -> (Arc<ServerConfig>, CertificateDer<'static>) {
    let (mut random, now) = (StdRng::seed_from_u64(2), SystemTime::now());
    let key = PrivateKey::generate(2048, &mut random).expect("2048 bits are enough");
    let ca = Ca::init("uchat course CA", key.clone(), now, &mut random).expect("a CA");
    let profile = Profile::Server { names: vec!["localhost".parse().expect("a name")] };
    let leaf = ca.certify(&key, &profile, Duration::from_secs(3600), now, &mut random).expect("a leaf");
    let der = key.to_pkcs8_der().expect("a key has a form").to_vec();
    let identity = Identity {
        chain: vec![leaf.der().to_vec().into()],
        key: PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(der)),
    };
    let config = server_config(identity, None, None).unwrap_or_else(|failure| fail(failure.to_string()));
    (config, ca.certificate().der().to_vec().into())
}

/// Stage 8's server, running.
fn run(config: Arc<ServerConfig>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it listens");
    let server = ThreadingTcpServer::new(listener, move |peer| {
        HttpsHandler::new(peer, Arc::clone(&config)).map_err(|error| Failure::new(error.to_string()))
    });
    let server = Box::new(server.expect("it starts"));
    thread::spawn(move || server.serve_forever());
    address
}

/// A server that answers one request with this page, and then says that it has.
fn answer_once(config: Arc<ServerConfig>, page: String) -> (SocketAddr, Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it listens");
    let (tell, told) = channel();
    thread::spawn(move || -> Result<(), Box<dyn Error + Send + Sync>> {
        let mut stream = StreamOwned::new(ServerConnection::new(config)?, listener.accept()?.0);
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte)?;
            request.extend(byte);
        }
        tell.send(())?;
        stream.write_all(format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{page}").as_bytes())?;
        stream.conn.send_close_notify();
        stream.flush()?;
        let _ = stream.sock.read(&mut [0; 64])?; // until the client has left
        Ok(())
    });
    (address, told)
}

/// A client asks the server to say this text in capital letters; what becomes of it, comes later.
fn victim(config: Arc<ClientConfig>, server: SocketAddr, text: String) -> Receiver<Result<String, String>> {
    let (tell, told) = channel();
    thread::spawn(move || {
        let result = ask(config, server, &text).map_err(|error| network_error(&*error, PATIENCE));
        let _ = tell.send(result); // the tester may have gone on
    });
    told
}

fn ask(config: Arc<ClientConfig>, server: SocketAddr, text: &str) -> Result<String, Box<dyn Error>> {
    let socket = TcpStream::connect_timeout(&server, PATIENCE)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    let mut stream = StreamOwned::new(ClientConnection::new(config, "localhost".try_into()?)?, socket);
    let request = format!("GET /echo?text={text} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.split_once("\r\n\r\n").ok_or("there is no end of the head")?.1.to_owned())
}

/// One attack on a client with this configuration: what the attacker has read, what the client has got.
fn attack(
    config: Arc<ClientConfig>,
    server: SocketAddr,
    text: &str,
) -> (Result<String, String>, Result<String, String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it listens");
    let told = victim(config, address, text.to_owned());
    let read = stand_between(&listener, server);
    let read = read
        .map(|request| String::from_utf8_lossy(&request).into_owned())
        .map_err(|error| network_error(&*error, Duration::from_secs(3)));
    drop(listener);
    let got = told.recv_timeout(2 * PATIENCE);
    (read, got.unwrap_or_else(|_| fail("the client still waits for its answer")))
}

/// An attack that must succeed without being noticed.
fn succeeds(server: SocketAddr, text: &str) -> String {
    let (read, got) = attack(lax::accept_everything(), server, text);
    match read {
        Ok(request) => {
            let line = request.lines().next().unwrap_or_default();
            same_text(&format!("GET /echo?text={text} HTTP/1.1"), line);
        }
        Err(error) => fail(format!("your attack gives up: {error}")),
    }
    match got {
        Ok(body) => body,
        Err(error) => fail(format!("the client has noticed something: {error}")),
    }
}

pub fn main() {
    kit::run(|tester| {
        let (config, ca) = server();
        let server = run(Arc::clone(&config));
        let echoed = |text: &str| same_text(&text.to_uppercase(), &succeeds(server, text));
        tester.step("a request is read, and its answer comes to the client", || echoed("hello"));
        tester.step("the next client sends the flag", || echoed(&flag("trusting-client")));
        tester.step("an answer that only the server knows", || {
            let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            let mut random = StdRng::seed_from_u64(now.as_nanos() as u64);
            let page = format!("page {:016x}", random.random::<u64>());
            let (address, asked) = answer_once(config, page.clone());
            let got = succeeds(address, "hello");
            holds(asked.try_recv().is_ok(), "the client got an answer, but the real server has seen nobody");
            same_text(&page, &got);
        });
        tester.step("a client that verifies says nothing to you", || {
            let mut roots = RootCertStore::empty();
            roots.add(ca.clone()).expect("it is a CA");
            let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
            let (read, got) = attack(Arc::new(config), server, "nobody-reads-this");
            holds(read.is_err(), format!("you return a request that nobody has sent: {read:?}"));
            holds(got.is_err(), format!("the client has got an answer: {got:?}"));
        });
    });
}
