//! The servers of the testers: certificates by a CA of their own, stage 8's server, and one that answers once.

use certificates::rsa::PrivateKey;
use certificates::x509::{Ca, Profile};
use echo::lab::Failure;
use https::{HttpsHandler, Identity, server_config};
use kit::fail;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use socketserver::{Server, ThreadingTcpServer};
use std::error::Error;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, SystemTime};

/// A server's configuration for this name, and its CA, whose key has this seed.
pub fn server(name: &str, seed: u64) -> (Arc<ServerConfig>, CertificateDer<'static>) {
    let (mut random, now) = (StdRng::seed_from_u64(seed), SystemTime::now());
    let key = PrivateKey::generate(2048, &mut random).expect("2048 bits are enough");
    let ca = Ca::init("uchat course CA", key.clone(), now, &mut random).expect("a CA");
    let profile = Profile::Server { names: vec![name.parse().expect("a name")] };
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
pub fn run(config: Arc<ServerConfig>) -> SocketAddr {
    let (listener, address) = listen();
    let server = ThreadingTcpServer::new(listener, move |peer| {
        HttpsHandler::new(peer, Arc::clone(&config)).map_err(|error| Failure::new(error.to_string()))
    });
    let server = Box::new(server.expect("it starts"));
    thread::spawn(move || server.serve_forever());
    address
}

/// A server that answers the first request with these bytes. It says goodbye in TLS, or just closes. The receiver
/// is told when the request is there.
pub fn answer_once(
    config: Arc<ServerConfig>,
    answer: impl Into<Vec<u8>>,
    goodbye: bool,
) -> (SocketAddr, Receiver<()>) {
    let (listener, address) = listen();
    let (answer, (tell, told)) = (answer.into(), channel());
    thread::spawn(move || -> Result<(), Box<dyn Error + Send + Sync>> {
        let mut stream = StreamOwned::new(ServerConnection::new(config)?, listener.accept()?.0);
        // The whole request, in however many records it comes: what is left unread resets the connection.
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte)?;
            request.extend(byte);
        }
        let _ = tell.send(()); // nobody may be waiting
        stream.write_all(&answer)?;
        if goodbye {
            stream.conn.send_close_notify();
        }
        stream.flush()?;
        stream.sock.shutdown(Shutdown::Write)?;
        while stream.sock.read(&mut [0; 64])? > 0 {} // until the client has left
        Ok(())
    });
    (address, told)
}

fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it listens");
    (listener, address)
}
